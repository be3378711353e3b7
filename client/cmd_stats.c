/* courant stats: what came, when, from where, and how fetching went. */
#include <stdlib.h>

#include "client/api_path.h"
#include "client/chart.h"
#include "client/feed_ref.h"
#include "client/json_get.h"
#include "client/new_file.h"
#include "client/printer.h"
#include "client/stats.h"

#define USUAL_DAYS 30

static const struct option_def options[] = {
	{ "days", 'd', "N", "look at the last N days, today among them (30; at most 400)",
		OPT_DAYS },
	{ "svg", 0, "FILE", "write the charts into an SVG file", OPT_SVG },
	{ "store", 0, NULL, "say also what takes how much room in the database", OPT_STORE },
	{ 0 },
};

/* Of a row for scripts, which is a day. */
static const struct column columns[] = {
	{ .name = "date", .path = "date", .shown = true },
	{ .name = "new", .path = "new", .shown = true },
	{ .name = "archive", .path = "archive", .shown = true },
	{ .name = "changed", .path = "changed", .shown = true },
	{ .name = "fetched", .path = "fetched", .shown = true },
	{ .name = "failed", .path = "failed", .shown = true },
	{ 0 },
};

static enum outcome ask(struct client *c, int64_t feed_id, json_t **ret)
{
	struct api_path q;
	int64_t days;
	if (!option_number(&c->invocation, OPT_DAYS, 1, LIMIT_TALLY_DAYS, USUAL_DAYS, &days)) {
		return OUTCOME_USAGE;
	}
	api_path_init(&q, "/v1/stats");
	api_path_add_number(&q, "days", days);
	if (feed_id > 0) {
		api_path_add_number(&q, "feed_id", feed_id);
	}
	if (has_option(&c->invocation, OPT_STORE)) {
		api_path_add(&q, "parts", "1");
	}
	enum outcome outcome = call_get(c, api_path_str(&q), ret);
	api_path_release(&q);
	return outcome;
}

static enum outcome write_svg(const char *name, const struct stats *st)
{
	struct strbuf svg = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	stats_svg(&svg, st);
	enum outcome outcome = new_file_write(name, &svg);
	strbuf_release(&svg);
	return outcome;
}

static enum outcome show(struct client *c, struct printer *p, json_t *answer, bool of_feed)
{
	const char *svg = c->invocation.option[OPT_SVG];
	enum outcome outcome = OUTCOME_OK;
	size_t i;
	json_t *day;
	struct stats *st = statistics_read(answer, of_feed);
	if (svg != NULL) {
		outcome = write_svg(svg, st);
	}
	if (p->format == FORMAT_TABLE && !p->chosen && svg == NULL) {
		stats_print(&c->output, st, chart_unicode());
	}
	free(st);
	if (p->format != FORMAT_TABLE || p->chosen) {
		if (p->format != FORMAT_JSON || p->chosen) {
			json_array_foreach(json_object_get(answer, "days"), i, day)
			{
				stats_complete_day(day);
			}
		}
		printer_answer(p, answer, json_object_get(answer, "days"));
	}
	return outcome;
}

static enum outcome run(struct client *c)
{
	struct printer p;
	json_t *answer = NULL;
	int64_t feed_id = 0;
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK && c->invocation.n_args > 0) {
		outcome = feed_resolve_existing(c, c->invocation.args[0], &feed_id);
	}
	if (outcome == OUTCOME_OK) {
		outcome = ask(c, feed_id, &answer);
	}
	if (outcome == OUTCOME_OK) {
		outcome = show(c, &p, answer, feed_id > 0);
	}
	json_decref(answer);
	printer_release(&p);
	return outcome;
}

const struct command cmd_stats = {
	.name = "stats",
	.synopsis = "[FEED]",
	.summary = "show what came when, from where, and how fetching went",
	.about =
		"Entries per day, hours of the week, the largest feeds, how fetches ended, and the "
		"store; of a FEED what it published, as far as it is kept. For scripts (--tsv, "
		"--jsonl, --fields) the rows are the days.",
	.max_args = 1,
	.options = options,
	.columns = columns,
	.run = run,
};
