#include "refresh/moves.h"
#include "base/limits.h"
#include "base/mem.h"
#include "config/url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *text;
} verdicts[] = {
#define X(id, name, text) [MOVE_##id] = { name, text },
	MOVE_VERDICT_LIST(X)
#undef X
};

const char *move_verdict_name(enum move_verdict verdict)
{
	assert(verdict < MOVE_VERDICT_COUNT);
	return verdicts[verdict].name;
}

const char *move_verdict_text(enum move_verdict verdict)
{
	assert(verdict < MOVE_VERDICT_COUNT);
	return verdicts[verdict].text;
}

static void release_move(struct move_record *move)
{
	free((void *)(uintptr_t)move->from_url);
	free((void *)(uintptr_t)move->to_url);
}

void feed_moves_release(struct feed_moves *m)
{
	for (size_t i = 0; i < m->n; i++)
		release_move(&m->list[i]);
	free(m->list);
	*m = (struct feed_moves){ 0 };
}

void feed_moves_add(struct feed_moves *m, const struct move_record *move)
{
	m->list = xgrow(m->list, m->n, &m->cap, sizeof *m->list);
	struct move_record *copy = &m->list[m->n++];
	*copy = *move;
	copy->from_url = xstrdup(move->from_url);
	copy->to_url = xstrdup(move->to_url);
}

static bool is_in_force(const struct move_record *move)
{
	return move->adopted > 0 && move->undone == 0;
}

const char *feed_moves_lead(const struct feed_moves *m, const char *url)
{
	for (size_t i = 0; i < m->n; i++) {
		if (is_in_force(&m->list[i]) && strcmp(m->list[i].from_url, url) == 0)
			url = m->list[i].to_url;
	}
	return url;
}

struct move_record *feed_moves_pending(const struct feed_moves *m)
{
	return m->n > 0 && m->list[m->n - 1].adopted == 0 ? &m->list[m->n - 1] : NULL;
}

struct move_record *feed_moves_adopted(const struct feed_moves *m)
{
	for (size_t i = m->n; i-- > 0;) {
		if (is_in_force(&m->list[i]))
			return &m->list[i];
	}
	return NULL;
}

int64_t feed_moves_refused_until(const struct feed_moves *m, const char *to)
{
	int64_t until = 0;
	for (size_t i = 0; i < m->n; i++) {
		if (m->list[i].undone > 0 && strcmp(m->list[i].to_url, to) == 0)
			until = m->list[i].undone + LIMIT_MOVE_REFUSED;
	}
	return until;
}

struct move_record *feed_moves_seen(
	struct feed_moves *m, const char *from, const char *to, int64_t now)
{
	struct move_record *pending = feed_moves_pending(m);
	if (pending != NULL && strcmp(pending->from_url, from) == 0 &&
		strcmp(pending->to_url, to) == 0) {
		pending->n_seen++;
		return pending;
	}
	feed_moves_drop_pending(m);
	int64_t number = m->n > 0 ? m->list[m->n - 1].number + 1 : 0;
	feed_moves_add(m, &(struct move_record){ .number = number,
				  .from_url = from,
				  .to_url = to,
				  .n_seen = 1,
				  .first_seen = now });
	return feed_moves_pending(m);
}

void feed_moves_drop_pending(struct feed_moves *m)
{
	struct move_record *pending = feed_moves_pending(m);
	if (pending == NULL)
		return;
	release_move(pending);
	m->n--;
}

static bool is_downgrade(const struct move_record *move)
{
	return strncasecmp(move->from_url, "https:", 6) == 0 &&
	       strncasecmp(move->to_url, "https:", 6) != 0;
}

enum move_verdict feed_moves_judge(const struct feed_moves *m, int64_t now, bool taken)
{
	const struct move_record *move = feed_moves_pending(m);
	assert(move != NULL);
	if (conf_url_problem(move->to_url) != NULL)
		return MOVE_UNUSABLE;
	if (is_downgrade(move))
		return MOVE_DOWNGRADE;
	if (taken)
		return MOVE_SUBSCRIBED;
	if (now < feed_moves_refused_until(m, move->to_url))
		return MOVE_UNDONE;
	if (m->n > LIMIT_MOVES)
		return MOVE_TOO_MANY;
	return move->n_seen >= LIMIT_MOVE_SEEN && now - move->first_seen >= LIMIT_MOVE_AGE
		       ? MOVE_RIPE
		       : MOVE_WAITING;
}
