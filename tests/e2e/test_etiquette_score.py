"""The etiquette score's short form: one feed of each kind, the same day in longer steps (`make etiquette` plays the whole set)."""

from score import MINUTE, Score


def test_the_score_of_a_day():
    score = Score(whole=False, hosts=7, step=20 * MINUTE)
    try:
        table = score.play().show()
        assert score.is_clean(), table + "\n" + "\n".join(score.wrongs[:20])
        assert all(score.ledgers[p.number].requests for p in score.publishers if not p.kind.redirect), "every feed was asked"
        assert len(score.retries) >= 3 and score.by_hand_requests > 10 and score.statuses[304] > 50, table
    finally:
        score.close()
