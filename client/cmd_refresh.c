/* courant refresh: fetch feeds now. */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/paragraph.h"
#include "client/printer.h"
#include "client/waiting.h"
#include "client/api_path.h"

static const struct option_def options[] = {
	{ "wait", 'w', NULL, "wait until it is done, and say what came", OPT_WAIT },
	{ 0 },
};

static bool is_failure(const json_t *report)
{
	return json_is_object(get_value(report, "error"));
}

static void complain_of(struct client *c, const json_t *report)
{
	struct strbuf label = STRBUF_INIT(LIMIT_LOG_LINE);
	const json_t *feeds;
	feed_list(c, &feeds);
	feed_label(c, get_number(report, "feed_id"), &label);
	const char *detail = get_text(report, "error.detail");
	complain("%s: %s%s%s", strbuf_str(&label), get_text(report, "error.message"),
		detail[0] != '\0' ? ": " : "", detail);
	strbuf_release(&label);
}

static void print_report(struct client *c, const json_t *report)
{
	struct strbuf label = STRBUF_INIT(LIMIT_LOG_LINE);
	feed_label(c, get_number(report, "feed_id"), &label);
	int64_t new = get_number(report, "new"), changed = get_number(report, "changed");
	if (new == 0 && changed == 0) {
		paragraph_printf(&c->output, "%s: nothing new", strbuf_str(&label));
	} else {
		paragraph_printf(&c->output, "%s: %" PRId64 " new, %" PRId64 " changed",
			strbuf_str(&label), new, changed);
	}
	strbuf_release(&label);
}

static void print_summary(struct client *c, const json_t *report)
{
	int64_t soon = get_number(report, "too_soon"), feeds = get_number(report, "feeds");
	struct paragraph line;
	paragraph_begin(&line, &c->output, "", c->output.columns);
	paragraph_add(&line, STYLE_PLAIN,
		"%" PRId64 " of %" PRId64 " feed%s refreshed: %" PRId64 " new, %" PRId64 " changed",
		get_number(report, "refreshed"), feeds, feeds == 1 ? "" : "s",
		get_number(report, "new"), get_number(report, "changed"));
	if (soon > 0) {
		paragraph_add(&line, STYLE_PLAIN, "; %" PRId64 " spared for now", soon);
	}
	paragraph_end(&line);
}

/* A report of one feed or of all, as the format wants it. */
static void print_answer(struct client *c, const json_t *report,
	void (*print)(struct client *, const json_t *), enum format format)
{
	if (format == FORMAT_TABLE) {
		print(c, report);
	} else {
		print_json(&c->output, report, format == FORMAT_JSON ? FORMAT_JSON : FORMAT_JSONL);
	}
}

static enum outcome refresh_one(struct client *c, const char *word, enum format format)
{
	struct api_path q;
	int64_t feed;
	json_t *report = NULL;
	enum outcome outcome = feed_resolve(c, word, &feed);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	bool wait = has_option(&c->invocation, OPT_WAIT);
	api_path_init(&q, "/v1/feeds/%" PRId64 "/refresh%s", feed, wait ? "?wait=1" : "");
	outcome = waiting_put(c, api_path_str(&q), feed, &report);
	if (outcome == OUTCOME_OK && is_failure(report)) {
		complain_of(c, report);
		outcome = OUTCOME_FAILED;
	}
	if (report != NULL && (outcome == OUTCOME_OK || format != FORMAT_TABLE)) {
		print_answer(c, report, print_report, format);
	}
	json_decref(report);
	api_path_release(&q);
	return outcome;
}

static enum outcome refresh_named(struct client *c, enum format format)
{
	const struct invocation *inv = &c->invocation;
	struct outcomes all = { 0 };
	size_t i = 0;
	while (i < inv->n_args && outcomes_add(&all, refresh_one(c, inv->args[i], format))) {
		i++;
	}
	return outcomes_sum(&all);
}

/* Feeds that were spared (too_soon) count as neither done nor failed. */
static enum outcome outcome_of_report(const json_t *report)
{
	size_t failed = json_array_size(get_value(report, "failed"));
	int64_t tried = get_number(report, "feeds") - get_number(report, "too_soon");
	return outcome_of_many(tried > 0 ? (unsigned)tried : 0, (unsigned)failed, OUTCOME_FAILED);
}

static enum outcome refresh_all(struct client *c, enum format format)
{
	size_t i;
	json_t *failure, *report = NULL;
	bool wait = has_option(&c->invocation, OPT_WAIT);
	enum outcome outcome =
		waiting_put(c, wait ? "/v1/feeds/refresh?wait=1" : "/v1/feeds/refresh", 0, &report);
	if (outcome != OUTCOME_OK || report == NULL) {
		return outcome;
	}
	json_array_foreach(get_value(report, "failed"), i, failure)
	{
		complain_of(c, failure);
	}
	print_answer(c, report, print_summary, format);
	outcome = outcome_of_report(report);
	json_decref(report);
	return outcome;
}

static enum outcome run(struct client *c)
{
	enum format format;
	enum outcome outcome = format_of(&c->invocation, &format);
	if (outcome != OUTCOME_OK) {
		return outcome;
	}
	outcome = c->invocation.n_args > 0 ? refresh_named(c, format) : refresh_all(c, format);
	if (outcome == OUTCOME_OK && !has_option(&c->invocation, OPT_WAIT) && c->output.tty) {
		remark("asked for; courant refresh --wait says what came");
	}
	return outcome;
}

const struct command cmd_refresh = {
	.name = "refresh",
	.synopsis = "[FEED...]",
	.summary = "fetch feeds now, all of them or some",
	.about = "A FEED is its number, its URL or its title. What was fetched less than 10 "
		 "minutes ago is spared, unless it is of this machine.",
	.max_args = LIMIT_CLIENT_ARGS,
	.options = options,
	.run = run,
};
