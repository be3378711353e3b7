#include "client/undo_move.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/api_path.h"
#include "client/each.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/paragraph.h"

/* The last move that was adopted and is not undone, or NULL. */
static const json_t *last_adopted(const json_t *moves)
{
	int64_t at;
	for (size_t i = json_array_size(moves); i-- > 0;) {
		const json_t *move = json_array_get(moves, i);
		if (get_time(move, "adopted_at", &at) && !get_time(move, "undone_at", &at)) {
			return move;
		}
	}
	return NULL;
}

static void say_undone(struct client *c, int64_t feed, const json_t *move)
{
	struct strbuf label = STRBUF_INIT(LIMIT_LOG_LINE), url = STRBUF_INIT(LIMIT_URL);
	const json_t *feeds;
	const char *from = get_text(move, "from");
	feed_list(c, &feeds);
	feed_label(c, feed, &label);
	text_safe_line(&url, from, strlen(from));
	paragraph_printf(&c->output,
		"%s: from its next fetch on %s is asked again; the same move is not made for %d "
		"days",
		strbuf_str(&label), strbuf_str(&url), LIMIT_MOVE_REFUSED / 86400);
	strbuf_release(&label);
	strbuf_release(&url);
}

static enum outcome undo_one(struct client *c, const char *word)
{
	struct api_path q;
	int64_t feed;
	json_t *moves = NULL;
	enum outcome outcome = feed_resolve(c, word, &feed);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	api_path_init(&q, "/v1/feeds/%" PRId64 "/moves", feed);
	outcome = call_get(c, api_path_str(&q), &moves);
	api_path_release(&q);
	if (outcome == OUTCOME_OK) {
		api_path_init(&q, "/v1/feeds/%" PRId64 "/undo-move", feed);
		outcome = call_put(c, api_path_str(&q), NULL, NULL);
		api_path_release(&q);
	}
	if (outcome == OUTCOME_OK) {
		say_undone(c, feed, last_adopted(moves));
	}
	json_decref(moves);
	return outcome;
}

enum outcome undo_moves(struct client *c, const char *const *words, size_t n)
{
	return each_word(c, words, n, undo_one);
}
