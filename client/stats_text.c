/* Statistics for a terminal. */
#include "client/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "client/chart.h"
#include "client/paragraph.h"
#include "client/table.h"

#define ROWS 6         /* of the chart of days */
#define USUAL_WIDTH 80 /* without a terminal */
#define LEAST_WIDTH 40
#define NO_BREAK "\u00a0"
#define MOST_WIDTH 160 /* wider charts are not read more easily */

struct page {
	struct output *o;
	const struct stats *st;
	bool unicode;
	size_t width;
};

static bool is_narrow(const struct page *p)
{
	return p->width < 60;
}

static void heading(struct page *p, const char *title, const char *rest)
{
	struct paragraph line;
	paragraph_begin(&line, p->o, "", p->o->columns);
	paragraph_add(&line, STYLE_BOLD, "%s", title);
	paragraph_add(&line, STYLE_PLAIN, "%s%s", rest[0] != '\0' ? ": " : "", rest);
	paragraph_end(&line);
}

/* ---- entries per day ---- */

/* A bar's columns, those after it included: as wide as there is room for, up to 5. */
static size_t bar_width(size_t n, size_t room)
{
	size_t width = n > 0 ? room / n : 1;
	return width > 5 ? 5 : width < 1 ? 1 : width;
}

static void print_row(
	struct page *p, const int64_t *bars, size_t n, int64_t most, size_t row, size_t width)
{
	struct strbuf line = STRBUF_INIT(64 * KIB);
	size_t bar = width > 1 ? width - 1 : 1;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < width; k++) {
			strbuf_addstr(&line,
				k < bar ? chart_column(bars[i], most, ROWS, row, p->unicode) : " ");
		}
	}
	while (line.len > 0 && line.data[line.len - 1] == ' ') {
		strbuf_truncate(&line, line.len - 1);
	}
	output_styled(p->o, STYLE_CYAN, strbuf_str(&line), line.len);
	strbuf_release(&line);
}

/* The first and the last day stand under their bars; one day under its own. More than about a year
 * needs to say which. */
static void print_dates(struct page *p, size_t margin, size_t columns, size_t group)
{
	char day[16], first[32], last[16], each[48] = "";
	const struct stats *st = p->st;
	snprintf(first, sizeof first, "%s%s%.4s", stats_date(st->days[0].date, day),
		st->n_days > 300 ? " " : "", st->n_days > 300 ? st->days[0].date : "");
	stats_date(st->days[st->n_days - 1].date, last);
	if (group > 1) {
		snprintf(each, sizeof each, "a bar is %zu days", group);
	}
	if (st->n_days == 1) {
		output_addf(p->o, "%*s%s\n", (int)margin + 2, "", first);
		return;
	}
	size_t ends = strlen(first) + strlen(last), used = ends + strlen(each);
	bool apart = margin + 2 + used + 2 > p->width;
	used = apart ? ends : used;
	size_t room = columns > used ? columns - used : 2;
	output_addf(p->o, "%*s%s%*s%s%*s%s\n", (int)margin + 2, "", first, (int)(room / 2), "",
		apart ? "" : each, (int)(room - room / 2), "", last);
	if (apart) {
		output_addf(p->o, "%*s%s\n", (int)margin + 2, "", each);
	}
}

static void print_days(struct page *p)
{
	const struct stats *st = p->st;
	int64_t values[LIMIT_TALLY_DAYS], bars[LIMIT_TALLY_DAYS];
	char label[32];
	for (size_t i = 0; i < st->n_days; i++) {
		values[i] = st->days[i].n_new;
	}
	size_t room = p->width - 14, group = chart_group(st->n_days, room),
	       n = chart_sums(values, st->n_days, group, bars), width = bar_width(n, room);
	int64_t most = stats_most(bars, n);
	size_t margin = strlen(stats_number(most, label));
	for (size_t row = ROWS; row-- > 0;) {
		output_addf(p->o, "%*s %s", (int)margin, row + 1 == ROWS ? label : "",
			p->unicode ? (row + 1 == ROWS ? "┤" : "│") : "|");
		print_row(p, bars, n, most, row, width);
		output_addstr(p->o, "\n");
	}
	output_addf(p->o, "%*s %s", (int)margin, "0", p->unicode ? "┼" : "+");
	for (size_t i = 0; i < n * width; i++) {
		output_addstr(p->o, p->unicode ? "─" : "-");
	}
	output_addstr(p->o, "\n");
	print_dates(p, margin, n * width, group);
}

/* How many a day: where they are few, with a decimal, since "0 a day" would be wrong. */
static const char *per_day(const struct stats *st, char buf[32])
{
	int64_t n_days = (int64_t)st->n_days, n = st->sum.n_new;
	if (n >= 10 * n_days) {
		return stats_number((n + n_days / 2) / n_days, buf);
	}
	snprintf(buf, 32, "%.1f", (double)n / (double)n_days);
	return buf;
}

static void print_entries(struct page *p)
{
	const struct stats *st = p->st;
	char text[160], n[32], day[32];
	snprintf(text, sizeof text, "%s in %zu day%s, %s a day", stats_number(st->sum.n_new, n),
		st->n_days, st->n_days == 1 ? "" : "s", per_day(st, day));
	heading(p, st->of_feed ? "Entries" : "New entries", text);
	if (st->sum.n_new > 0) {
		print_days(p);
	}
	if (st->sum.n_archive > 0) {
		snprintf(text, sizeof text, "and %s older ones that feeds brought along",
			stats_number(st->sum.n_archive, n));
		paragraph_print(p->o, "", p->o->columns, STYLE_PLAIN, text);
	}
	output_addstr(p->o, "\n");
}

/* ---- hours of the week ---- */

static void print_hours(struct page *p, size_t cell)
{
	output_addstr(p->o, "     ");
	for (int hour = 0; hour < 24; hour += 3) {
		output_addf(p->o, "%02d%*s", hour, (int)(3 * cell - 2), "");
	}
	output_addstr(p->o, "\n");
}

static void print_weekday(struct page *p, int day, int64_t most, int64_t most_day, size_t cell)
{
	const int64_t *hours = p->st->week[day];
	struct strbuf line = STRBUF_INIT(4 * KIB);
	char text[32];
	int64_t sum = 0;
	for (int hour = 0; hour < 24; hour++) {
		sum += hours[hour];
		for (size_t k = 0; k < cell; k++) {
			strbuf_addstr(&line,
				chart_shade_text(chart_shade(hours[hour], most), p->unicode));
		}
	}
	output_addf(p->o, "%s  ", stats_weekdays[day]);
	output_styled(p->o, STYLE_CYAN, strbuf_str(&line), line.len);
	strbuf_clear(&line);
	chart_bar(&line, sum, most_day, p->width > 24 * cell + 20 ? p->width - 24 * cell - 20 : 1,
		p->unicode);
	output_addstr(p->o, "  ");
	output_styled(p->o, STYLE_CYAN, strbuf_str(&line), line.len);
	output_addf(p->o, " %s\n", stats_number(sum, text));
	strbuf_release(&line);
}

/* What each shade stands for; those that no number has are left out. */
static void print_legend(struct page *p, int64_t most)
{
	char text[32];
	struct paragraph line;
	paragraph_begin(&line, p->o, "     ", p->o->columns);
	paragraph_add(&line, STYLE_PLAIN, "entries:");
	for (unsigned shade = 1; shade < CHART_SHADES; shade++) {
		int64_t below = most * (shade - 1) / (CHART_SHADES - 1),
			upto = most * shade / (CHART_SHADES - 1);
		if (upto == below) {
			continue;
		}
		paragraph_add(&line, STYLE_PLAIN, " %s%s%s", chart_shade_text(shade, p->unicode),
			p->unicode ? NO_BREAK : " ", stats_number(below + 1, text));
		if (upto > below + 1) {
			paragraph_add(&line, STYLE_PLAIN, "-%s", stats_number(upto, text));
		}
	}
	paragraph_end(&line);
}

static void print_week(struct page *p)
{
	const struct stats *st = p->st;
	int64_t most = stats_most(&st->week[0][0], (size_t)7 * 24), days[7] = { 0 };
	size_t cell = p->width >= 110 ? 3 : is_narrow(p) ? 1 : 2;
	struct strbuf zone = STRBUF_INIT(256);
	if (most == 0) {
		return;
	}
	for (int i = 0; i < 7 * 24; i++) {
		days[i / 24] += st->week[i / 24][i % 24];
	}
	strbuf_addstr(&zone, "times in ");
	text_safe_line(&zone, st->zone, strlen(st->zone));
	heading(p, "When they were published", strbuf_str(&zone));
	strbuf_release(&zone);
	print_hours(p, cell);
	for (int day = 0; day < 7; day++) {
		print_weekday(p, day, most, stats_most(days, 7), cell);
	}
	print_legend(p, most);
	output_addstr(p->o, "\n");
}

/* ---- feeds ---- */

static void add_number_cell(struct table *t, int64_t n)
{
	char text[32];
	stats_number(n, text);
	table_add_cell(t, STYLE_PLAIN, text, strlen(text));
}

static void add_feed(struct page *p, struct table *t, const struct stats_feed *feed, size_t columns)
{
	const struct stats *st = p->st;
	struct strbuf text = STRBUF_INIT(16 * KIB);
	char percent[16];
	text_safe_line(&text, feed->title, strlen(feed->title));
	table_add_cell(t, STYLE_PLAIN, strbuf_str(&text), text.len);
	add_number_cell(t, feed->n_entries);
	stats_percent(feed->n_entries, st->n_entries, percent);
	table_add_cell(t, STYLE_PLAIN, percent, strlen(percent));
	add_number_cell(t, feed->n_unread);
	strbuf_clear(&text);
	chart_line(&text, feed->days, st->n_days, columns, p->unicode);
	table_add_cell(t, STYLE_CYAN, strbuf_str(&text), text.len);
	strbuf_release(&text);
}

static void print_feeds(struct page *p)
{
	static const struct table_column columns[] = { { .heading = "feed", .share = 40 },
		{ .heading = "entries", .right = true, .firm = true },
		{ .heading = "share", .right = true, .firm = true },
		{ .heading = "unread", .right = true, .firm = true } };
	struct table t;
	char text[96], n[32], days[64];
	if (p->st->n_feeds == 0) {
		return;
	}
	snprintf(text, sizeof text, "%zu of %s feed%s", p->st->n_feeds,
		stats_number(p->st->n_all_feeds, n), p->st->n_all_feeds == 1 ? "" : "s");
	heading(p, "The largest", text);
	table_init(&t);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		table_add_column(&t, &columns[i]);
	}
	snprintf(days, sizeof days, "%zu day%s, each its own scale", p->st->n_days,
		p->st->n_days == 1 ? "" : "s");
	table_add_column(
		&t, &(struct table_column){ .heading = days, .firm = true, .spare = true });
	for (size_t i = 0; i < p->st->n_feeds; i++) {
		add_feed(p, &t, &p->st->feeds[i], p->width >= 110 ? 60 : 30);
	}
	table_print(&t, p->o, true);
	table_release(&t);
	output_addstr(p->o, "\n");
}

/* ---- fetches ---- */

static int name_width(const struct page *p)
{
	return is_narrow(p) ? 18 : 20;
}

/* What is left for a bar beside its name and its number. */
static size_t bar_room(const struct page *p)
{
	return p->width > 70 ? p->width - 50 : is_narrow(p) ? p->width - 36 : 20;
}

static void print_result(struct page *p, const struct stats_result *result, int64_t most)
{
	struct strbuf name = STRBUF_INIT(256), bar = STRBUF_INIT(4 * KIB);
	const char *word = stats_result_name(result->word);
	char n[32], percent[16];
	unsigned style = result->failed ? STYLE_RED : STYLE_PLAIN;
	text_safe_line(&name, word, strlen(word));
	chart_bar(&bar, result->n, most, bar_room(p), p->unicode);
	output_addstr(p->o, "  ");
	output_styled(p->o, style, strbuf_str(&name), name.len);
	int width = (int)text_width(strbuf_str(&name), name.len);
	output_addf(p->o, "%*s", width < name_width(p) ? name_width(p) - width : 1, "");
	output_styled(p->o, result->failed ? STYLE_RED : STYLE_GREEN, strbuf_str(&bar), bar.len);
	output_addf(p->o, "%*s  %5s\n", is_narrow(p) ? 9 : 11, stats_number(result->n, n),
		stats_percent(result->n, p->st->sum.n_fetches, percent));
	strbuf_release(&name);
	strbuf_release(&bar);
}

static void print_fetches(struct page *p)
{
	const struct stats *st = p->st;
	char text[160], n[32], failed[32], percent[16];
	int64_t most = 0;
	snprintf(text, sizeof text, "%s in %zu day%s, %s failed (%s)",
		stats_number(st->sum.n_fetches, n), st->n_days, st->n_days == 1 ? "" : "s",
		stats_number(st->sum.n_failed, failed),
		stats_percent(st->sum.n_failed, st->sum.n_fetches, percent));
	heading(p, "Fetches", text);
	for (size_t i = 0; i < st->n_results; i++) {
		most = st->results[i].n > most ? st->results[i].n : most;
	}
	for (size_t i = 0; i < st->n_results; i++) {
		print_result(p, &st->results[i], most);
	}
	output_addstr(p->o, "\n");
}

/* ---- the store ---- */

static void print_parts(struct page *p)
{
	const struct stats *st = p->st;
	struct strbuf line = STRBUF_INIT(4 * KIB);
	char size[32];
	for (size_t i = 0; i < st->n_parts; i++) {
		strbuf_clear(&line);
		text_safe_line(&line, st->parts[i].name, strlen(st->parts[i].name));
		output_addf(p->o, "  %-20s", strbuf_str(&line));
		strbuf_clear(&line);
		chart_bar(&line, st->parts[i].bytes, st->parts[0].bytes, bar_room(p), p->unicode);
		output_styled(p->o, STYLE_CYAN, strbuf_str(&line), line.len);
		output_addf(p->o, "%*s\n", is_narrow(p) ? 11 : 18,
			size_format(st->parts[i].bytes, size));
	}
	strbuf_release(&line);
}

static void print_store(struct page *p)
{
	const struct stats *st = p->st;
	char n[32], read[32], unread[32], starred[32], percent[16], text[160];
	struct paragraph line;
	int64_t n_read = st->n_entries - st->n_unread;
	snprintf(text, sizeof text, "%s %s in %s feed%s", stats_number(st->n_entries, n),
		st->n_entries == 1 ? "entry" : "entries", stats_number(st->n_all_feeds, read),
		st->n_all_feeds == 1 ? "" : "s");
	heading(p, "Stored", text);
	paragraph_begin(&line, p->o, "  read      ", p->o->columns);
	paragraph_add(&line, STYLE_PLAIN, "%s (%s), %s unread, %s starred",
		stats_number(n_read, read), stats_percent(n_read, st->n_entries, percent),
		stats_number(st->n_unread, unread), stats_number(st->n_starred, starred));
	paragraph_end(&line);
	paragraph_begin(&line, p->o, "  database  ", p->o->columns);
	paragraph_add(&line, STYLE_PLAIN, "%s", size_format(st->db_bytes, n));
	paragraph_add(&line, STYLE_PLAIN, ", of which %s are free", size_format(st->free_bytes, n));
	paragraph_add(&line, STYLE_PLAIN, "; its log %s", size_format(st->wal_bytes, n));
	paragraph_end(&line);
	print_parts(p);
}

void stats_print(struct output *o, const struct stats *st, bool unicode)
{
	size_t width = o->columns > 0 ? o->columns : USUAL_WIDTH;
	struct page p = { o, st, unicode,
		width < LEAST_WIDTH  ? LEAST_WIDTH
		: width > MOST_WIDTH ? MOST_WIDTH
				     : width };
	if (st->n_days == 0) {
		return;
	}
	print_entries(&p);
	print_week(&p);
	if (!st->of_feed) {
		print_feeds(&p);
		print_fetches(&p);
		print_store(&p);
	}
}
