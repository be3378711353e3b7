/* courant headlines: the newest unread entries, in one line each. */
#include "client/entry_columns.h"
#include "client/entry_list.h"
#include "client/feed_ref.h"
#include "client/json_get.h"

#include "base/limits.h"

#define USUAL_COUNT 20 /* fits the smallest terminal that is still in use, 80 x 24 */

static const struct option_def options[] = {
	{ "limit", 'n', "N", "print at most N entries (20)", OPT_LIMIT },
	{ "unread", 'u', NULL, "what is unread (this is what happens anyway)", OPT_UNREAD },
	{ "all", 'a', NULL, "what is read, too", OPT_ALL },
	{ "starred", 's', NULL, "what has a star, read or not", OPT_STARRED },
	{ "feed", 'f', "FEED", "of this feed: its number, URL or title", OPT_FEED },
	{ "category", 'c', "NAME", "of the feeds in this category", OPT_CATEGORY },
	{ 0 },
};

/* Bodies travel only when they will be printed. */
static bool needs_content(const struct printer *p)
{
	bool whole = p->format == FORMAT_JSON || p->format == FORMAT_JSONL;
	return (whole && !p->chosen) || printer_wants(p, "content");
}

static enum outcome ask(struct client *c, const struct printer *p, struct api_path *q)
{
	const struct invocation *inv = &c->invocation;
	enum outcome outcome = OUTCOME_OK;
	int64_t feed;
	api_path_add(q, "order", "published_at");
	api_path_add(q, "direction", "desc");
	if (!needs_content(p)) {
		api_path_add(q, "content", "0");
	}
	if (has_option(inv, OPT_STARRED)) {
		api_path_add(q, "starred", "1");
	}
	if (has_option(inv, OPT_UNREAD) ||
		!(has_option(inv, OPT_ALL) || has_option(inv, OPT_STARRED))) {
		api_path_add(q, "status", "unread");
	}
	if (has_option(inv, OPT_CATEGORY)) {
		api_path_add(q, "category", inv->option[OPT_CATEGORY]);
		outcome = category_check(c, inv->option[OPT_CATEGORY]);
	}
	if (outcome == OUTCOME_OK && has_option(inv, OPT_FEED)) {
		outcome = feed_resolve_existing(c, inv->option[OPT_FEED], &feed);
		if (outcome == OUTCOME_OK) {
			api_path_add_number(q, "feed_id", feed);
		}
	}
	return outcome;
}

/* Who has no feeds yet is told how to get them. */
static void remark_on_nothing(struct client *c)
{
	const json_t *feeds = NULL;
	bool all = has_option(&c->invocation, OPT_ALL) || has_option(&c->invocation, OPT_STARRED);
	if (feed_list(c, &feeds) == OUTCOME_OK && json_array_size(feeds) == 0) {
		feed_list_is_empty();
	} else if (all) {
		remark("nothing there");
	} else {
		remark("nothing unread (courant headlines --all shows what is read)");
	}
}

static void print(struct client *c, struct printer *p, const json_t *answer)
{
	const json_t *entries = get_value(answer, "entries");
	printer_answer(p, answer, entries);
	if (p->format == FORMAT_TABLE && json_array_size(entries) == 0) {
		remark_on_nothing(c);
	}
}

static enum outcome run(struct client *c)
{
	static const struct entry_list list = { USUAL_COUNT, LIMIT_API_ENTRIES, ask, print };
	return entry_list_run(c, &list);
}

const struct command cmd_headlines = {
	.name = "headlines",
	.synopsis = "",
	.summary = "list the newest unread entries",
	.about = "One line an entry, newest first: its number, its age, its feed and its title. "
		 "Unread "
		 "titles are bold.",
	.options = options,
	.columns = headline_columns,
	.run = run,
};
