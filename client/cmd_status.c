/* courant status: what the daemon is doing. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "client/age.h"
#include "client/json_get.h"
#include "client/paragraph.h"
#include "client/printer.h"

/* The fields for --tsv and --fields; people see the lines below. */
static const struct column columns[] = {
	{ .name = "version", .path = "version", .shown = true },
	{ .name = "pid", .path = "pid", .shown = true },
	{ .name = "started_at", .path = "started_at", .shown = true },
	{ .name = "feeds", .path = "feeds", .shown = true },
	{ .name = "failing", .path = "failing", .shown = true },
	{ .name = "gaps", .path = "gaps" },
	{ .name = "entries", .path = "entries", .shown = true },
	{ .name = "unread", .path = "unread", .shown = true },
	{ .name = "starred", .path = "starred", .shown = true },
	{ .name = "next_due", .path = "next_due", .shown = true },
	{ .name = "followers", .path = "followers", .shown = true },
	{ .name = "database_bytes", .path = "database_bytes", .shown = true },
	{ .name = "memory_bytes", .path = "memory_bytes", .shown = true },
	{ .name = "queued", .path = "refresh.queued" },
	{ .name = "fetching", .path = "refresh.fetching" },
	{ .name = "parsing", .path = "refresh.parsing" },
	{ .name = "storing", .path = "refresh.storing" },
	{ .name = "workers_alive", .path = "workers.alive" },
	{ .name = "workers_busy", .path = "workers.busy" },
	{ .name = "workers_parsed", .path = "workers.parsed" },
	{ .name = "workers_crashed", .path = "workers.crashed" },
	{ .name = "workers_timed_out", .path = "workers.timed_out" },
	{ .name = "requests", .path = "fetch.requests" },
	{ .name = "bytes", .path = "fetch.bytes" },
	{ 0 },
};

struct number {
	const char *path;
	const char *word; /* after the number */
	bool alarming;    /* red when it is not 0 */
};

#define N_NUMBERS 5

struct line {
	const char *label;
	struct number numbers[N_NUMBERS];
};

static const struct line lines[] = {
	{ "entries", { { "entries", "in all", false }, { "unread", "unread", false },
			     { "starred", "starred", false } } },
	{ "feeds", { { "feeds", "in all", false }, { "failing", "failing", true },
			   { "gaps", "with a gap", false } } },
	{ "refreshes",
		{ { "refresh.queued", "queued", false }, { "refresh.fetching", "fetching", false },
			{ "refresh.parsing", "parsing", false },
			{ "refresh.storing", "storing", false } } },
	{ "parsers",
		{ { "workers.alive", "alive", false }, { "workers.parsed", "documents", false },
			{ "workers.crashed", "crashed", true },
			{ "workers.timed_out", "timed out", true } } },
	{ "followers", { { "followers", "connected", false } } },
};

/* A line, folded where the terminal is narrow: "feeds      12 in all, ..." */
static void begin_line(struct paragraph *p, struct output *o, const char *label)
{
	char padded[LAYOUT_MARKER];
	snprintf(padded, sizeof padded, "%-11s", label);
	paragraph_begin(p, o, padded, o->columns);
}

static void add_line(struct output *o, const char *label, unsigned style, const char *text)
{
	struct paragraph p;
	begin_line(&p, o, label);
	paragraph_add(&p, style, "%s", text);
	paragraph_end(&p);
}

static void add_numbers(struct output *o, const struct line *line, const json_t *status)
{
	struct paragraph p;
	begin_line(&p, o, line->label);
	for (size_t i = 0; i < N_NUMBERS && line->numbers[i].path != NULL; i++) {
		const struct number *n = &line->numbers[i];
		int64_t value = get_number(status, n->path);
		paragraph_add(&p, STYLE_PLAIN, "%s", i > 0 ? ", " : "");
		paragraph_add(&p, n->alarming && value != 0 ? STYLE_RED : STYLE_PLAIN,
			"%" PRId64 " %s", value, n->word);
	}
	paragraph_end(&p);
}

static void add_size(struct output *o, const char *label, int64_t bytes)
{
	char size[32];
	add_line(o, label, STYLE_PLAIN, size_format(bytes, size));
}

static void add_start(struct output *o, const json_t *status, int64_t now)
{
	int64_t started;
	char span[32];
	struct strbuf version = STRBUF_INIT(256);
	struct paragraph p;
	value_as_text(&version, get_value(status, "version"));
	begin_line(&p, o, "courantd");
	paragraph_add(&p, STYLE_PLAIN, "%s, pid %" PRId64, strbuf_str(&version),
		get_number(status, "pid"));
	if (get_time(status, "started_at", &started)) {
		paragraph_add(&p, STYLE_PLAIN, ", up for %s",
			duration_format(now > started ? now - started : 0, span));
	}
	paragraph_end(&p);
	strbuf_release(&version);
}

static void add_next(struct output *o, const json_t *status, int64_t now)
{
	int64_t due;
	char age[AGE_SIZE];
	add_line(o, "next fetch", STYLE_PLAIN,
		get_time(status, "next_due", &due) ? age_format(due, now, false, age) : "none");
}

static void add_network(struct output *o, const json_t *status, int64_t now)
{
	int64_t since;
	char age[AGE_SIZE], text[96];
	if (!get_time(status, "offline_since", &since))
		return;
	snprintf(text, sizeof text, "offline since %s: polling waits, nobody is blamed",
		age_format(since, now, false, age));
	add_line(o, "network", STYLE_RED, text);
}

static void add_care(struct output *o, const json_t *status, int64_t now)
{
	int64_t at;
	char age[AGE_SIZE], text[256];
	if (get_time(status, "disk_full_since", &at)) {
		snprintf(text, sizeof text, "full since %s: polling waits, reading goes on",
			age_format(at, now, false, age));
		add_line(o, "disk", STYLE_RED, text);
	}
	if (get_time(status, "log_held_since", &at)) {
		snprintf(text, sizeof text,
			"%lld MiB long since another program reads: see courant doctor",
			(long long)(get_number(status, "log_bytes") >> 20));
		add_line(o, "log", STYLE_RED, text);
	}
	if (get_time(status, "recovery.at", &at)) {
		snprintf(text, sizeof text, "was damaged and restored %s: see courant doctor",
			age_format(at, now, false, age));
		add_line(o, "database", STYLE_RED, text);
	}
	if (get_time(status, "backup.failed_at", &at)) {
		snprintf(text, sizeof text, "failed %s: see courant doctor",
			age_format(at, now, false, age));
		add_line(o, "backup", STYLE_RED, text);
	} else if (get_time(status, "backup.last_at", &at)) {
		add_line(o, "backup", STYLE_PLAIN, age_format(at, now, false, age));
	}
}

static void print_for_people(struct client *c, const json_t *status)
{
	struct output *o = &c->output;
	add_start(o, status, c->now);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		add_numbers(o, &lines[i], status);
	}
	add_network(o, status, c->now);
	add_next(o, status, c->now);
	add_care(o, status, c->now);
	add_size(o, "database", get_number(status, "database_bytes"));
	add_size(o, "memory", get_number(status, "memory_bytes"));
}

static enum outcome run(struct client *c)
{
	struct printer p;
	json_t *status = NULL;
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK) {
		outcome = call_get(c, "/v1/status", &status);
	}
	if (outcome == OUTCOME_OK && p.format == FORMAT_TABLE && !p.chosen) {
		print_for_people(c, status);
	} else if (outcome == OUTCOME_OK && p.format == FORMAT_JSON && !p.chosen) {
		print_json(&c->output, status, FORMAT_JSON);
	} else if (outcome == OUTCOME_OK && p.format == FORMAT_JSON) {
		json_t *row = printer_chosen(&p, status);
		print_json(&c->output, row, FORMAT_JSON);
		json_decref(row);
	} else if (outcome == OUTCOME_OK) {
		printer_row(&p, status);
		printer_finish(&p);
	}
	json_decref(status);
	printer_release(&p);
	return outcome;
}

const struct command cmd_status = {
	.name = "status",
	.synopsis = "",
	.summary = "show what the daemon is doing",
	.columns = columns,
	.run = run,
};
