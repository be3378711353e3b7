"""The short form of the etiquette score (score.py): the same day, with one feed of each kind on fewer hosts."""

from score import MINUTE, Score


def test_a_day_of_manners():
    score = Score(hosts=6, step=20 * MINUTE, each=1, pause="0s")
    try:
        table = score.play().show()
        assert score.is_clean(), "\n".join([table, *score.wrongs])
        # The day had what it was to be judged by.
        assert {200, 301, 302, 304, 307, 403, 404, 410, 429, 500, 503, "reset"} <= set(score.statuses), table
        assert len(score.retries) >= 3 and len(score.requests) > 400, table
    finally:
        score.close()
