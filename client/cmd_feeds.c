/* courant feeds: the subscriptions and their health; and the way back from a move. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/printer.h"
#include "client/undo_move.h"

static const struct option_def options[] = {
	{ "failing", 0, NULL, "only those whose last fetch failed", OPT_FAILING },
	{ "category", 'c', "NAME", "only those in this category", OPT_CATEGORY },
	{ 0 },
};

static bool is_failing(const json_t *feed)
{
	return json_is_object(get_value(feed, "error")) &&
	       !json_is_true(get_value(feed, "disabled"));
}

static unsigned title_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	size_t before = out->len;
	value_as_text(out, get_value(row, "title"));
	if (out->len == before) {
		value_as_text(out, get_value(row, "feed_url"));
	}
	return get_number(row, "unread") > 0 ? STYLE_BOLD : STYLE_PLAIN;
}

static unsigned checked_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "checked_at", p);
}

static unsigned next_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	size_t before = out->len;
	unsigned style = time_cell(out, row, "next_check_at", p);
	if (out->len == before) {
		strbuf_addstr(out, "stopped");
	}
	return style;
}

static unsigned success_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "last_success_at", p);
}

static unsigned failing_since_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	return time_cell(out, row, "failing_since", p);
}

/* What went wrong, in few words: columns are narrow. */
static void add_error(struct strbuf *out, const json_t *feed)
{
	int64_t http_code = get_number(feed, "error.http_code");
	const char *message = get_text(feed, "error.message"),
		   *detail = get_text(feed, "error.detail");
	if (http_code >= 400) {
		strbuf_addf(out, "HTTP %" PRId64, http_code);
		return;
	}
	/* The detail says the same and more, where there is one. */
	const char *text = detail[0] != '\0' ? detail : message;
	text_safe_line(out, text, strlen(text));
}

/* Feeds for which waiting is not enough. */
static bool is_lost(const char *health)
{
	return strcmp(health, "gone") == 0 || strcmp(health, "dead") == 0 ||
	       strcmp(health, "blocked") == 0;
}

/* Of a feed whose last fetch was well. */
static unsigned add_wellness(struct strbuf *out, const json_t *feed)
{
	const char *mended = get_text(feed, "mended"), *moved_to = get_text(feed, "moved_to");
	int64_t checked, gap;
	if (!get_time(feed, "checked_at", &checked)) {
		strbuf_addstr(out, "not fetched yet");
		return STYLE_DIM;
	}
	if (moved_to[0] != '\0') {
		strbuf_addstr(out, "ok, moved to ");
		text_safe_line(out, moved_to, strlen(moved_to));
	} else if (mended[0] != '\0') {
		strbuf_addstr(out, "ok, but mended: ");
		text_safe_line(out, mended, strlen(mended));
	} else if (get_time(feed, "gap_at", &gap)) {
		strbuf_addstr(out, "ok, but entries may have been missed");
	} else if (strcmp(get_text(feed, "health"), "quiet") == 0) {
		strbuf_addstr(out, "ok, but quiet");
	} else {
		strbuf_addstr(out, "ok");
		return STYLE_GREEN;
	}
	return STYLE_YELLOW;
}

static unsigned health_cell(struct strbuf *out, const json_t *row, const struct printer *p)
{
	(void)p;
	int64_t times = get_number(row, "parsing_error_count");
	if (json_is_true(get_value(row, "disabled"))) {
		strbuf_addstr(out, "not polled: no longer declared");
		return STYLE_DIM;
	}
	if (!is_failing(row)) {
		return add_wellness(out, row);
	}
	if (is_lost(get_text(row, "health"))) {
		strbuf_addf(out, "%s: ", get_text(row, "health"));
	}
	add_error(out, row);
	if (times > 1) {
		strbuf_addf(out, " (%" PRId64 " times)", times);
	}
	return STYLE_RED;
}

static const struct column columns[] = {
	{ .name = "id", .path = "id", .heading = "id", .shown = true, .right = true, .firm = true },
	{ .name = "title",
		.path = "title",
		.heading = "feed",
		.cell = title_cell,
		.shown = true,
		.share = 40 },
	{ .name = "unread",
		.path = "unread",
		.heading = "unread",
		.shown = true,
		.right = true,
		.firm = true },
	{ .name = "checked_at",
		.path = "checked_at",
		.heading = "checked",
		.cell = checked_cell,
		.shown = true,
		.firm = true,
		.spare = true },
	{ .name = "next_check_at",
		.path = "next_check_at",
		.heading = "next",
		.cell = next_cell,
		.shown = true,
		.firm = true,
		.spare = true },
	{ .name = "why", .path = "next_check_reason", .heading = "why" },
	{ .name = "push", .path = "websub.state", .heading = "push" },
	{ .name = "hub", .path = "websub.hub", .heading = "hub" },
	{ .name = "health",
		.path = "parsing_error_message",
		.heading = "health",
		.cell = health_cell,
		.shown = true },
	{ .name = "feed_url", .path = "feed_url" },
	{ .name = "site_url", .path = "site_url" },
	{ .name = "description", .path = "description" },
	{ .name = "category", .path = "category.title" },
	{ .name = "entries", .path = "entries", .right = true },
	{ .name = "state", .path = "state" },
	{ .name = "moved_to", .path = "moved_to" },
	{ .name = "redirected_to", .path = "redirected.to" },
	{ .name = "declared", .path = "declared" },
	{ .name = "disabled", .path = "disabled" },
	{ .name = "allow_private", .path = "allow_private" },
	{ .name = "interval", .path = "interval", .right = true },
	{ .name = "publishes_every", .path = "publishes_every", .right = true },
	{ .name = "last_success_at",
		.path = "last_success_at",
		.cell = success_cell,
		.firm = true },
	{ .name = "failing_since",
		.path = "failing_since",
		.cell = failing_since_cell,
		.firm = true },
	{ .name = "error_stage", .path = "error.stage" },
	{ .name = "error_code", .path = "error.code" },
	{ .name = "error_http_code", .path = "error.http_code", .right = true },
	{ .name = "error_message", .path = "error.message" },
	{ .name = "error_detail", .path = "error.detail" },
	{ .name = "error_count", .path = "parsing_error_count", .right = true },
	{ .name = "etag_header", .path = "etag_header" },
	{ .name = "last_modified_header", .path = "last_modified_header" },
	{ 0 },
};

static bool is_wanted(const struct client *c, const json_t *feed)
{
	const char *category = c->invocation.option[OPT_CATEGORY];
	return (!has_option(&c->invocation, OPT_FAILING) || is_failing(feed)) &&
	       (category == NULL || strcmp(get_text(feed, "category.title"), category) == 0);
}

/* The feeds that the options leave (new reference). */
static json_t *wanted_feeds(const struct client *c, const json_t *feeds)
{
	size_t i;
	json_t *feed, *ret = json_array();
	json_array_foreach(feeds, i, feed)
	{
		if (is_wanted(c, feed)) {
			json_array_append(ret, feed);
		}
	}
	return ret;
}

static void remark_on_nothing(const struct client *c, size_t all)
{
	if (all == 0) {
		feed_list_is_empty();
	} else {
		remark(has_option(&c->invocation, OPT_FAILING) ? "no feed fails" : "no such feed");
	}
}

static enum outcome list(struct client *c)
{
	struct printer p;
	const json_t *feeds = NULL;
	const char *category = c->invocation.option[OPT_CATEGORY];
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK && category != NULL) {
		outcome = category_check(c, category);
	}
	if (outcome == OUTCOME_OK) {
		outcome = feed_list(c, &feeds);
	}
	if (outcome == OUTCOME_OK) {
		json_t *wanted = wanted_feeds(c, feeds);
		printer_answer(&p, wanted, wanted);
		if (p.format == FORMAT_TABLE && json_array_size(wanted) == 0) {
			remark_on_nothing(c, json_array_size(feeds));
		}
		json_decref(wanted);
	}
	printer_release(&p);
	return outcome;
}

static enum outcome run(struct client *c)
{
	const struct invocation *inv = &c->invocation;
	if (inv->n_args == 0) {
		return list(c);
	}
	if (strcmp(inv->args[0], "undo-move") != 0) {
		complain("courant feeds lists all of them; '%s' can only be undo-move FEED",
			inv->args[0]);
		return OUTCOME_USAGE;
	}
	if (inv->n_args < 2) {
		complain("which feed? courant feeds undo-move FEED");
		return OUTCOME_USAGE;
	}
	return undo_moves(c, inv->args + 1, inv->n_args - 1);
}

const struct command cmd_feeds = {
	.name = "feeds",
	.synopsis = "[undo-move FEED...]",
	.summary = "list the feeds and their health",
	.about = "With undo-move, a feed that moved because of a permanent redirect goes back to "
		 "its old URL.",
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.columns = columns,
	.run = run,
};
