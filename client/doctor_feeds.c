#include "client/doctor.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "client/age.h"
#include "client/json_get.h"
#include "client/paragraph.h"

#define USUAL_WIDTH 80
#define WIDE 100 /* columns from which a table has room for the reason of the next fetch */
#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* In order of urgency: the daemon's words (docs/courantd.8, HEALTH). */
static const struct {
	const char *health, *heading;
	bool listed;
} groups[] = {
	{ "gone", "gone", true },
	{ "dead", "dead", true },
	{ "blocked", "blocked", true },
	{ "not_a_feed", "not a feed", true },
	{ "failing", "failing", true },
	{ "quiet", "quiet", true },
	{ "retrying", "retrying", true },
	{ "resting", "resting", true },
	{ "offline", "offline", false },
	{ "never_fetched", "never fetched", false },
	{ "disabled", "disabled", false },
};

_Static_assert(N_ELEMENTS(groups) == DOCTOR_WELL, "what is well comes last");

const char *doctor_word(unsigned rank)
{
	return rank < DOCTOR_WELL ? groups[rank].heading : "ok";
}

unsigned doctor_rank(const json_t *feed)
{
	const char *health = get_text(feed, "health");
	for (unsigned i = 0; i < N_ELEMENTS(groups); i++) {
		if (strcmp(groups[i].health, health) == 0) {
			return i;
		}
	}
	return DOCTOR_WELL;
}

bool doctor_lists(const json_t *feed)
{
	unsigned rank = doctor_rank(feed);
	return rank != DOCTOR_WELL && groups[rank].listed;
}

static void add_safe(struct strbuf *out, const char *s)
{
	text_safe_line(out, s, strlen(s));
}

void doctor_seen(struct strbuf *out, const json_t *feed)
{
	const char *detail = get_text(feed, "error.detail");
	int64_t times = get_number(feed, "parsing_error_count");
	if (!json_is_object(get_value(feed, "error"))) {
		return;
	}
	add_safe(out, detail[0] != '\0' ? detail : get_text(feed, "error.message"));
	if (times > 1) {
		strbuf_addf(out, " (%" PRId64 " times)", times);
	}
}

void doctor_next(struct strbuf *out, const json_t *feed, int64_t now)
{
	int64_t due;
	char age[AGE_SIZE];
	const char *why = get_text(feed, "next_check_reason");
	if (!get_time(feed, "next_check_at", &due)) {
		strbuf_addstr(out, get_flag(feed, "disabled") ? "not polled" : "never again");
		return;
	}
	strbuf_addstr(out, age_format(due, now, false, age));
	if (why[0] != '\0') {
		strbuf_addstr(out, ": ");
		add_safe(out, why);
	}
}

void doctor_hub(struct strbuf *out, const json_t *feed)
{
	int64_t at;
	char full[AGE_SIZE];
	const char *state = get_text(feed, "websub.state");
	const char *detail = get_text(feed, "websub.detail");
	if (state[0] == '\0') {
		return;
	}
	add_safe(out, state);
	if (get_time(feed, "websub.lease_until", &at)) {
		strbuf_addf(out, " until %s", age_full(at, full));
	}
	strbuf_addstr(out, " at ");
	add_safe(out, get_text(feed, "websub.hub"));
	if (detail[0] != '\0') {
		strbuf_addstr(out, "; ");
		add_safe(out, detail);
	}
	if (detail[0] != '\0' && get_time(feed, "websub.next_try", &at)) {
		strbuf_addf(out, "; asked again %s", age_full(at, full));
	}
}

void doctor_moved(struct strbuf *out, const json_t *feed)
{
	const char *to = get_text(feed, "moved_to"), *lead = get_text(feed, "redirected.to");
	if (to[0] != '\0') {
		strbuf_addstr(out, "has moved for good to ");
		add_safe(out, to);
		strbuf_addstr(out, ", is fetched from there, and ");
		add_safe(out, get_text(feed, "declared"));
		strbuf_addstr(out, " still names the old URL: change it there");
	} else if (lead[0] != '\0') {
		strbuf_addstr(out, "redirects for good to ");
		add_safe(out, lead);
		int64_t seen = get_number(feed, "redirected.times");
		strbuf_addf(out, ", seen %" PRId64 " time%s: ", seen, seen == 1 ? "" : "s");
		add_safe(out, get_text(feed, "redirected.message"));
	}
}

/* ---- groups ---- */

static void add_title(struct strbuf *out, const json_t *feed)
{
	const char *title = get_text(feed, "title");
	add_safe(out, title[0] != '\0' ? title : get_text(feed, "feed_url"));
}

static void begin_table(struct table *t)
{
	static const struct table_column columns[] = {
		{ .heading = "id", .right = true, .firm = true },
		{ .heading = "feed", .share = 30 },
		{ .heading = "since", .firm = true },
		{ .heading = "what was seen" },
		{ .heading = "next", .firm = true },
	};
	table_init(t);
	for (size_t i = 0; i < N_ELEMENTS(columns); i++) {
		table_add_column(t, &columns[i]);
	}
}

static void add_stock(struct strbuf *out, const json_t *feed)
{
	int64_t entries = get_number(feed, "entries");
	strbuf_addf(out, "%" PRId64 " %s, %" PRId64 " unread", entries,
		entries == 1 ? "entry" : "entries", get_number(feed, "unread"));
}

static void add_cell(struct table *t, struct strbuf *cell, unsigned style)
{
	table_add_cell(t, style, strbuf_str(cell), cell->len);
	strbuf_clear(cell);
}

static void add_row(struct table *t, const json_t *feed, int64_t now, bool wide)
{
	struct strbuf cell = STRBUF_INIT(LIMIT_LOG_LINE);
	int64_t since, due;
	char age[AGE_SIZE];
	strbuf_addf(&cell, "%" PRId64, get_number(feed, "id"));
	add_cell(t, &cell, STYLE_CYAN);
	add_title(&cell, feed);
	add_cell(t, &cell, STYLE_PLAIN);
	if (get_time(feed, "health_since", &since)) {
		strbuf_addstr(&cell, age_format(since, now, true, age));
	}
	add_cell(t, &cell, STYLE_PLAIN);
	doctor_seen(&cell, feed);
	if (cell.len == 0) { /* its answers are fine */
		add_stock(&cell, feed);
	}
	add_cell(t, &cell, STYLE_PLAIN);
	if (wide) {
		doctor_next(&cell, feed, now);
	} else {
		strbuf_addstr(&cell, get_time(feed, "next_check_at", &due)
					     ? age_format(due, now, true, age)
					     : "never");
	}
	add_cell(t, &cell, STYLE_PLAIN);
	strbuf_release(&cell);
}

static size_t width_of(const struct output *o)
{
	return o->columns > 0 ? o->columns : USUAL_WIDTH;
}

static bool has_moved_on(const json_t *feed)
{
	return get_text(feed, "moved_to")[0] != '\0' ||
	       (get_text(feed, "redirected.to")[0] != '\0' &&
		       strcmp(get_text(feed, "redirected.code"), "waiting") != 0);
}

static bool is_declared(const json_t *feed)
{
	return get_text(feed, "declared")[0] != '\0';
}

static bool same_advice(const json_t *a, const json_t *b)
{
	return strcmp(get_text(a, "advice"), get_text(b, "advice")) == 0 &&
	       is_declared(a) == is_declared(b);
}

/* The numbers of the feeds of that rank that share the advice of this one; returns how many do not.
 */
static size_t add_sharers(struct strbuf *out, const json_t *feeds, unsigned rank, const json_t *one,
	const char *separator)
{
	size_t i, n = 0, others = 0;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		if (doctor_rank(feed) == rank && same_advice(feed, one)) {
			strbuf_addf(out, "%s%" PRId64, n++ > 0 ? separator : "",
				get_number(feed, "id"));
		} else if (doctor_rank(feed) == rank) {
			others++;
		}
	}
	return others;
}

static void add_replaced(struct strbuf *out, const char *text, const char *what, const char *by)
{
	const char *found;
	while ((found = strstr(text, what)) != NULL) {
		strbuf_add(out, text, (size_t)(found - text));
		strbuf_addstr(out, by);
		text = found + strlen(what);
	}
	strbuf_addstr(out, text);
}

/* The advice of a feed with numbers where it says FEED, so that what it names can be typed. A
 * declared feed is removed where it is declared: `place`. */
static void add_advice(
	struct strbuf *out, const json_t *feed, const char *numbers, const char *place)
{
	struct strbuf removal = STRBUF_INIT(LIMIT_LOG_LINE), said = STRBUF_INIT(LIMIT_LOG_LINE * 2),
		      text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	strbuf_addf(&removal, "take it out of %s", place);
	add_replaced(&said, get_text(feed, "advice"), "courant remove FEED",
		is_declared(feed) ? strbuf_str(&removal) : "courant remove FEED");
	add_replaced(&text, strbuf_str(&said), "FEED", numbers);
	add_safe(out, strbuf_str(&text));
	strbuf_release(&removal);
	strbuf_release(&said);
	strbuf_release(&text);
}

/* One advice, with the numbers of those whom it is for in front unless that is the whole group. */
static void print_shared_advice(
	struct output *o, const json_t *feeds, unsigned rank, const json_t *one)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	struct strbuf numbers = STRBUF_INIT(LIMIT_CLIENT_OUTPUT);
	if (add_sharers(&text, feeds, rank, one, ", ") > 0) {
		strbuf_addstr(&text, ": ");
	} else {
		strbuf_clear(&text);
	}
	add_sharers(&numbers, feeds, rank, one, " ");
	add_advice(&text, one, strbuf_str(&numbers), "the file that declares it");
	paragraph_print(o, "  → ", width_of(o), STYLE_PLAIN, strbuf_str(&text));
	strbuf_release(&text);
	strbuf_release(&numbers);
}

/* Each advice of a group once: there are few of them, however many feeds. */
static void print_advice(struct output *o, const json_t *feeds, unsigned rank)
{
	size_t i;
	json_t *feed, *said[2] = { json_object(), json_object() }; /* declared ones apart */
	json_array_foreach(feeds, i, feed)
	{
		const char *advice = get_text(feed, "advice");
		if (doctor_rank(feed) == rank && advice[0] != '\0' &&
			json_object_get(said[is_declared(feed)], advice) == NULL) {
			print_shared_advice(o, feeds, rank, feed);
			json_object_set_new(said[is_declared(feed)], advice, json_true());
		}
	}
	json_decref(said[0]);
	json_decref(said[1]);
}

/* "word: what it means", after an empty line. */
static void print_heading(struct output *o, const char *word, unsigned style, const char *meaning)
{
	struct strbuf safe = STRBUF_INIT(LIMIT_LOG_LINE);
	struct paragraph p;
	add_safe(&safe, meaning);
	output_addstr(o, "\n");
	paragraph_begin(&p, o, "", o->columns);
	paragraph_add(&p, style | STYLE_BOLD, "%s", word);
	paragraph_add(&p, STYLE_PLAIN, ": %s", strbuf_str(&safe));
	paragraph_end(&p);
	strbuf_release(&safe);
}

static void print_group(struct output *o, const json_t *feeds, unsigned rank, int64_t now)
{
	struct table t;
	size_t i, n = 0;
	json_t *feed;
	begin_table(&t);
	json_array_foreach(feeds, i, feed)
	{
		if (doctor_rank(feed) != rank) {
			continue;
		}
		if (n++ == 0) {
			print_heading(o, groups[rank].heading,
				get_flag(feed, "health_alarming") ? STYLE_RED : STYLE_YELLOW,
				get_text(feed, "health_text"));
		}
		add_row(&t, feed, now, width_of(o) >= WIDE);
	}
	if (n > 0) {
		table_print(&t, o, true);
		print_advice(o, feeds, rank);
	}
	table_release(&t);
}

void doctor_print_moved(struct output *o, const json_t *feeds)
{
	size_t i, n = 0;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		struct strbuf text = STRBUF_INIT(LIMIT_LOG_LINE * 8);
		if (has_moved_on(feed)) {
			if (n++ == 0) {
				print_heading(o, "moved", STYLE_YELLOW,
					"permanent redirects lead elsewhere");
			}
			add_title(&text, feed);
			strbuf_addf(&text, " (%" PRId64 ") ", get_number(feed, "id"));
			doctor_moved(&text, feed);
			paragraph_print(o, "  → ", width_of(o), STYLE_PLAIN, strbuf_str(&text));
		}
		strbuf_release(&text);
	}
}

void doctor_print_gaps(struct output *o, const json_t *feeds)
{
	size_t i, n = 0;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		struct strbuf text = STRBUF_INIT(LIMIT_LOG_LINE * 8);
		int64_t at;
		char full[AGE_SIZE];
		if (get_time(feed, "gap_at", &at)) {
			if (n++ == 0) {
				print_heading(o, "gaps", STYLE_YELLOW,
					"a document held nothing that was known, so that "
					"entries may have been missed");
			}
			add_title(&text, feed);
			strbuf_addf(&text, " (%" PRId64 ") %s", get_number(feed, "id"),
				age_full(at, full));
			paragraph_print(o, "  → ", width_of(o), STYLE_PLAIN, strbuf_str(&text));
		}
		strbuf_release(&text);
	}
}

void doctor_print_groups(struct output *o, const json_t *feeds, int64_t now)
{
	for (unsigned rank = 0; rank < N_ELEMENTS(groups); rank++) {
		if (groups[rank].listed) {
			print_group(o, feeds, rank, now);
		}
	}
}

/* ---- one feed ---- */

static void print_line(struct output *o, const char *label, struct strbuf *text, unsigned style)
{
	char marker[LAYOUT_MARKER];
	if (text->len > 0) {
		snprintf(marker, sizeof marker, "  %-9s ", label);
		paragraph_print(o, marker, width_of(o), style, strbuf_str(text));
	}
	strbuf_clear(text);
}

static void print_time(struct output *o, const char *label, const json_t *feed, const char *path)
{
	struct strbuf text = STRBUF_INIT(LIMIT_LOG_LINE);
	int64_t at;
	char full[AGE_SIZE];
	if (get_time(feed, path, &at)) {
		strbuf_addstr(&text, age_full(at, full));
	}
	print_line(o, label, &text, STYLE_PLAIN);
	strbuf_release(&text);
}

static void add_health(struct strbuf *out, const json_t *feed)
{
	int64_t since;
	char full[AGE_SIZE];
	unsigned rank = doctor_rank(feed);
	strbuf_addstr(out, doctor_word(rank));
	if (get_time(feed, "health_since", &since)) {
		strbuf_addf(out, " since %s", age_full(since, full));
	}
	strbuf_addstr(out, ": ");
	add_safe(out, get_text(feed, "health_text"));
}

void doctor_print_feed(struct output *o, const json_t *feed, int64_t now)
{
	char number[sizeof "-9223372036854775808"];
	struct strbuf text = STRBUF_INIT(LIMIT_LOG_LINE * 8);
	struct paragraph heading;
	unsigned style = get_flag(feed, "health_alarming")  ? STYLE_RED
			 : doctor_rank(feed) != DOCTOR_WELL ? STYLE_YELLOW
							    : STYLE_GREEN;
	add_title(&text, feed);
	paragraph_begin(&heading, o, "", o->columns);
	paragraph_add(&heading, STYLE_BOLD, "%s", strbuf_str(&text));
	paragraph_add(&heading, STYLE_PLAIN, " (%" PRId64 ")", get_number(feed, "id"));
	paragraph_end(&heading);
	strbuf_clear(&text);
	add_safe(&text, get_text(feed, "feed_url"));
	print_line(o, "url", &text, STYLE_PLAIN);
	add_safe(&text, get_text(feed, "declared"));
	print_line(o, "declared", &text, STYLE_PLAIN);
	add_health(&text, feed);
	print_line(o, "health", &text, style);
	doctor_seen(&text, feed);
	print_line(o, "seen", &text, STYLE_PLAIN);
	add_safe(&text, get_text(feed, "mended"));
	print_line(o, "mended", &text, STYLE_PLAIN);
	doctor_moved(&text, feed);
	print_line(o, "moved", &text, STYLE_PLAIN);
	doctor_hub(&text, feed);
	print_line(o, "hub", &text, STYLE_PLAIN);
	print_time(o, "gap", feed, "gap_at");
	print_time(o, "checked", feed, "checked_at");
	print_time(o, "last well", feed, "last_success_at");
	doctor_next(&text, feed, now);
	print_line(o, "next", &text, STYLE_PLAIN);
	snprintf(number, sizeof number, "%" PRId64, get_number(feed, "id"));
	add_advice(&text, feed, number, get_text(feed, "declared"));
	print_line(o, "do", &text, STYLE_BOLD);
	strbuf_release(&text);
}
