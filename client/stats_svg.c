/*
 * Statistics as one SVG 1.1 document: no script, nothing from elsewhere; light or dark as the
 * reader's system is. All text that is not ours is escaped. Units are pixels.
 */
#include "client/stats.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"

#define WIDTH 880
#define LEFT 70 /* room for the labels of an axis */
#define RIGHT 24
#define LINE 26         /* from one line of a list to the next */
#define NAMES 250       /* where the bars of a list begin */
#define BARS 360        /* the longest of them */
#define NAME_COLUMNS 28 /* of a terminal; what stands before the bars */

static const char style[] =
	"svg{--ground:#fff;--ink:#1c2733;--dim:#66727f;--grid:#e3e7eb;--bar:#2a78b8;"
	"--soft:#a9cbe6;--bad:#c0392b;--good:#3a8f5c;font:13px system-ui,sans-serif}"
	"@media(prefers-color-scheme:dark){svg{--ground:#14191f;--ink:#e6eaee;--dim:#98a4b0;"
	"--grid:#2b333c;--bar:#5aa9e6;--soft:#2f5675;--bad:#e8776a;--good:#5fbf86}}"
	".ground{fill:var(--ground)}text{fill:var(--ink)}.dim{fill:var(--dim)}"
	".big{font-size:17px;font-weight:600}.end{text-anchor:end}.mid{text-anchor:middle}"
	".grid{stroke:var(--grid)}.axis{stroke:var(--dim)}.bar{fill:var(--bar)}"
	".soft{fill:var(--soft)}.bad{fill:var(--bad)}.good{fill:var(--good)}.none{fill:var(--grid)"
	"}";

/* ---- elements ---- */

static void escape(struct strbuf *out, const char *text)
{
	struct strbuf safe = STRBUF_INIT(16 * KIB);
	text_safe_line(&safe, text, strlen(text));
	for (const char *c = strbuf_str(&safe); *c != '\0'; c++) {
		switch (*c) {
		case '<':
			strbuf_addstr(out, "&lt;");
			break;
		case '>':
			strbuf_addstr(out, "&gt;");
			break;
		case '&':
			strbuf_addstr(out, "&amp;");
			break;
		case '"':
			strbuf_addstr(out, "&quot;");
			break;
		default:
			strbuf_addch(out, *c);
		}
	}
	strbuf_release(&safe);
}

static void text(struct strbuf *out, double x, double y, const char *class, const char *words)
{
	strbuf_addf(out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
	escape(out, words);
	strbuf_addstr(out, "</text>\n");
}

/* A rectangle that tells its figure when it is pointed at. */
static void bar(struct strbuf *out, double x, double y, double width, double height,
	const char *class, const char *told)
{
	strbuf_addf(out,
		"<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" rx=\"1.5\" "
		"class=\"%s\">"
		"<title>",
		x, y, width, height, class);
	escape(out, told);
	strbuf_addstr(out, "</title></rect>\n");
}

static void line(struct strbuf *out, double y, const char *class)
{
	strbuf_addf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", LEFT,
		WIDTH - RIGHT, y, y, class);
}

static double heading(struct strbuf *out, double y, const char *title, const char *rest)
{
	text(out, RIGHT, y, "big", title);
	text(out, RIGHT, y + 20, "dim", rest);
	return y + 36;
}

/* ---- entries per day ---- */

/* The step between lines of a grid: 1, 2 or 5 times a power of ten, so that there are at most 5. */
static int64_t grid_step(int64_t most)
{
	int64_t step = 1;
	for (int i = 0; step * 5 < most; i++) {
		step = i % 3 == 1 ? step / 2 * 5 : step * 2;
	}
	return step;
}

static void draw_days(struct strbuf *out, const struct stats *st, double top, double height)
{
	int64_t values[LIMIT_TALLY_DAYS];
	char date[16], n[32], told[80];
	for (size_t i = 0; i < st->n_days; i++) {
		values[i] = st->days[i].n_new;
	}
	int64_t most = stats_most(values, st->n_days), step = grid_step(most);
	int64_t upto = most > 0 ? (most + step - 1) / step * step : 1;
	for (int64_t at = 0; at <= upto; at += step) {
		double y = top + height * (1 - (double)at / (double)upto);
		line(out, y, at == 0 ? "axis" : "grid");
		text(out, LEFT - 8, y + 4, "dim end", stats_number(at, n));
	}
	double each = (double)(WIDTH - LEFT - RIGHT) / (double)st->n_days;
	size_t labelled = (st->n_days + 9) / 10;
	for (size_t i = 0; i < st->n_days; i++) {
		double x = LEFT + each * (double)i,
		       tall = height * (double)values[i] / (double)upto;
		stats_date(st->days[i].date, date);
		snprintf(told, sizeof told, "%s: %s", date, stats_number(values[i], n));
		bar(out, x + each * 0.1, top + height - tall, each * 0.8, tall, "bar", told);
		if ((st->n_days - 1 - i) % labelled == 0) {
			text(out, x + each / 2, top + height + 18, "dim mid", date);
		}
	}
}

static double draw_entries(struct strbuf *out, const struct stats *st, double y)
{
	char n[32], older[32], rest[160];
	int used = snprintf(rest, sizeof rest, "%s in %zu day%s, by the day they were published",
		stats_number(st->sum.n_new, n), st->n_days, st->n_days == 1 ? "" : "s");
	if (st->sum.n_archive > 0) {
		snprintf(rest + used, sizeof rest - (size_t)used,
			"; and %s older ones that feeds brought along",
			stats_number(st->sum.n_archive, older));
	}
	y = heading(out, y, st->of_feed ? "Entries per day" : "New entries per day", rest);
	draw_days(out, st, y, 170);
	return y + 170 + 64;
}

/* ---- hours of the week ---- */

#define CELL_W 32
#define CELL_H 24

static double draw_week(struct strbuf *out, const struct stats *st, double y)
{
	int64_t most = stats_most(&st->week[0][0], (size_t)7 * 24);
	char label[96], n[32];
	snprintf(label, sizeof label, "hours of the week; the fullest field has %s entries; %s",
		stats_number(most, n), st->zone);
	y = heading(out, y, "When they were published", label);
	for (int day = 0; day < 7; day++) {
		double top = y + CELL_H * day;
		text(out, LEFT - 8, top + 16, "dim end", stats_weekdays[day]);
		for (int hour = 0; hour < 24; hour++) {
			int64_t count = st->week[day][hour];
			double opacity = most > 0 ? 0.12 + 0.88 * (double)count / (double)most : 0;
			snprintf(label, sizeof label, "%s %02d:00: %s", stats_weekdays[day], hour,
				stats_number(count, n));
			strbuf_addf(out, "<g opacity=\"%.2f\">", count > 0 ? opacity : 1.0);
			bar(out, LEFT + CELL_W * hour, top, CELL_W - 3, CELL_H - 3,
				count > 0 ? "bar" : "none", label);
			strbuf_addstr(out, "</g>");
		}
	}
	for (int hour = 0; hour < 24; hour += 3) {
		snprintf(label, sizeof label, "%02d:00", hour);
		text(out, LEFT + CELL_W * hour, y + CELL_H * 7 + 14, "dim", label);
	}
	return y + CELL_H * 7 + 60;
}

/* ---- lists ---- */

static void draw_name(struct strbuf *out, double y, const char *name)
{
	struct strbuf safe = STRBUF_INIT(16 * KIB);
	size_t width, fits;
	text_safe_line(&safe, name, strlen(name));
	fits = text_fit(strbuf_str(&safe), safe.len, NAME_COLUMNS, &width);
	if (fits < safe.len) {
		strbuf_truncate(
			&safe, text_fit(strbuf_str(&safe), safe.len, NAME_COLUMNS - 1, &width));
		strbuf_addstr(&safe, "…");
	}
	text(out, NAMES - 10, y + 14, "end", strbuf_str(&safe));
	strbuf_release(&safe);
}

static double draw_feeds(struct strbuf *out, const struct stats *st, double y)
{
	char n[32], unread[32], told[128], percent[16];
	snprintf(told, sizeof told, "entries kept, %zu of %s feed%s; the strong part is unread",
		st->n_feeds, stats_number(st->n_all_feeds, n), st->n_all_feeds == 1 ? "" : "s");
	y = heading(out, y, "The largest feeds", told);
	double scale =
		st->feeds[0].n_entries > 0 ? (double)BARS / (double)st->feeds[0].n_entries : 0;
	for (size_t i = 0; i < st->n_feeds; i++, y += LINE) {
		const struct stats_feed *feed = &st->feeds[i];
		double strong = scale * (double)feed->n_unread,
		       all = scale * (double)feed->n_entries;
		snprintf(told, sizeof told, "%s, %s unread", stats_number(feed->n_entries, n),
			stats_number(feed->n_unread, unread));
		draw_name(out, y, feed->title);
		bar(out, NAMES, y + 1, all, LINE - 8, "soft", told);
		bar(out, NAMES, y + 1, strong, LINE - 8, "bar", told);
		snprintf(told, sizeof told, "%s, %s unread (%s of all)",
			stats_number(feed->n_entries, n), stats_number(feed->n_unread, unread),
			stats_percent(feed->n_entries, st->n_entries, percent));
		text(out, NAMES + all + 8, y + 14, "dim", told);
	}
	return y + 44;
}

static double draw_fetches(struct strbuf *out, const struct stats *st, double y)
{
	char n[32], failed[32], told[128], percent[16];
	int64_t most = 1;
	snprintf(told, sizeof told, "%s in %zu day%s, %s failed",
		stats_number(st->sum.n_fetches, n), st->n_days, st->n_days == 1 ? "" : "s",
		stats_number(st->sum.n_failed, failed));
	y = heading(out, y, "How fetches ended", told);
	for (size_t i = 0; i < st->n_results; i++) {
		most = st->results[i].n > most ? st->results[i].n : most;
	}
	for (size_t i = 0; i < st->n_results; i++, y += LINE) {
		const struct stats_result *result = &st->results[i];
		double width = (double)BARS * (double)result->n / (double)most;
		snprintf(told, sizeof told, "%s (%s)", stats_number(result->n, n),
			stats_percent(result->n, st->sum.n_fetches, percent));
		draw_name(out, y, stats_result_name(result->word));
		bar(out, NAMES, y + 1, width, LINE - 8, result->failed ? "bad" : "good", told);
		text(out, NAMES + width + 8, y + 14, "dim", told);
	}
	return y + 44;
}

static double draw_store(struct strbuf *out, const struct stats *st, double y)
{
	char n[32], size[32], told[160];
	int64_t n_read = st->n_entries - st->n_unread;
	snprintf(told, sizeof told, "%s %s; the database and its log take %s",
		stats_number(st->n_entries, n), st->n_entries == 1 ? "entry" : "entries",
		size_format(st->db_bytes + st->wal_bytes, size));
	y = heading(out, y, "What is kept", told);
	double all = WIDTH - LEFT - RIGHT,
	       read = st->n_entries > 0 ? all * (double)n_read / (double)st->n_entries : 0;
	bar(out, LEFT, y, read, LINE, "soft", "read");
	bar(out, LEFT + read, y, st->n_entries > 0 ? all - read : 0, LINE, "bar", "unread");
	snprintf(told, sizeof told, "%s read", stats_number(n_read, n));
	text(out, LEFT, y + LINE + 18, "dim", told);
	snprintf(told, sizeof told, "%s unread", stats_number(st->n_unread, n));
	text(out, WIDTH - RIGHT, y + LINE + 18, "dim end", told);
	return y + LINE + 44;
}

/* ---- the document ---- */

void stats_svg(struct strbuf *out, const struct stats *st)
{
	struct strbuf body = STRBUF_INIT(out->max);
	double y = 40;
	if (st->of_feed && st->n_feeds > 0) {
		text(&body, RIGHT, y, "big", st->feeds[0].title);
		y += 36;
	}
	if (st->n_days > 0) {
		y = draw_entries(&body, st, y);
		y = draw_week(&body, st, y);
	}
	if (!st->of_feed && st->n_feeds > 0) {
		y = draw_feeds(&body, st, y);
	}
	if (!st->of_feed) {
		y = draw_fetches(&body, st, y);
		y = draw_store(&body, st, y);
	}
	strbuf_addf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
		"height=\"%.0f\" role=\"img\">\n<title>courant: statistics</title>\n"
		"<style>%s</style>\n<rect class=\"ground\" width=\"%d\" height=\"%.0f\"/>\n",
		WIDTH, y, WIDTH, y, style, WIDTH, y);
	strbuf_add(out, strbuf_str(&body), body.len);
	strbuf_addstr(out, "</svg>\n");
	strbuf_release(&body);
}
