#include "client/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "client/json_get.h"

const char *const stats_weekdays[7] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

/* ---- words and numbers ---- */

static const struct {
	const char *word, *name;
} well[] = {
	{ "not_modified", "not modified" },
	{ "unchanged", "read, nothing new" },
	{ "changed", "only changes" },
	{ "new", "new entries" },
};
#define N_WELL (sizeof well / sizeof well[0])

static const char *name_of_well(const char *word)
{
	for (size_t i = 0; i < N_WELL; i++) {
		if (strcmp(word, well[i].word) == 0) {
			return well[i].name;
		}
	}
	return NULL;
}

const char *stats_result_name(const char *word)
{
	const char *name = name_of_well(word);
	return name != NULL ? name : word;
}

const char *stats_date(const char *date, char buf[16])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	unsigned year, month, day;
	if (sscanf(date, "%4u-%2u-%2u", &year, &month, &day) == 3 && month >= 1 && month <= 12 &&
		day <= 31) {
		snprintf(buf, 16, "%u %.3s", day, months + 3 * (month - 1));
	} else {
		buf[0] = '\0';
	}
	return buf;
}

const char *stats_number(int64_t n, char buf[32])
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRId64, n < 0 ? 0 : n), k = 0;
	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0) {
			buf[k++] = ',';
		}
		buf[k++] = digits[i];
	}
	buf[k] = '\0';
	return buf;
}

const char *stats_percent(int64_t n, int64_t of, char buf[16])
{
	double percent = of > 0 ? 100.0 * (double)n / (double)of : 0;
	if (n > 0 && percent < 1) {
		snprintf(buf, 16, "<1 %%");
	} else {
		snprintf(buf, 16, "%.0f %%", percent);
	}
	return buf;
}

int64_t stats_most(const int64_t *values, size_t n)
{
	int64_t most = 0;
	for (size_t i = 0; i < n; i++) {
		most = values[i] > most ? values[i] : most;
	}
	return most;
}

/* ---- reading ---- */

static int64_t count_of(const json_t *value)
{
	int64_t n = json_integer_value(value);
	return n > 0 && n < LIMIT_NUMBER ? n : 0;
}

static void add_result(struct stats *st, const char *word, int64_t n)
{
	size_t i = 0;
	while (i < st->n_results && strcmp(st->results[i].word, word) != 0) {
		i++;
	}
	if (i == st->n_results && i == STATS_RESULTS) {
		i--;
		st->results[i].word = "other";
	} else if (i == st->n_results) {
		st->results[st->n_results++] =
			(struct stats_result){ word, name_of_well(word) == NULL, 0 };
	}
	st->results[i].n += n;
}

static void read_day(struct stats *st, const json_t *value)
{
	struct stats_day *day = &st->days[st->n_days++];
	const char *word;
	json_t *n;
	*day = (struct stats_day){ .date = get_text(value, "date"),
		.n_new = count_of(get_value(value, "new")),
		.n_archive = count_of(get_value(value, "archive")),
		.n_changed = count_of(get_value(value, "changed")) };
	json_object_foreach(json_object_get(value, "fetches"), word, n)
	{
		add_result(st, word, count_of(n));
		day->n_fetches += count_of(n);
		day->n_failed += name_of_well(word) == NULL ? count_of(n) : 0;
	}
	st->sum.n_new += day->n_new;
	st->sum.n_archive += day->n_archive;
	st->sum.n_changed += day->n_changed;
	st->sum.n_fetches += day->n_fetches;
	st->sum.n_failed += day->n_failed;
}

static void read_feed(struct stats *st, const json_t *value)
{
	struct stats_feed *feed = &st->feeds[st->n_feeds++];
	const json_t *days = get_value(value, "days");
	feed->title = get_text(value, "title");
	feed->n_entries = count_of(get_value(value, "entries"));
	feed->n_unread = count_of(get_value(value, "unread"));
	for (size_t i = 0; i < st->n_days; i++) {
		feed->days[i] = count_of(json_array_get(days, i));
	}
}

static void read_store(struct stats *st, const json_t *store)
{
	size_t i;
	json_t *part;
	st->n_all_feeds = get_number(store, "feeds");
	st->n_entries = get_number(store, "entries");
	st->n_unread = get_number(store, "unread");
	st->n_starred = get_number(store, "starred");
	st->db_bytes = get_number(store, "database_bytes");
	st->free_bytes = get_number(store, "free_bytes");
	st->wal_bytes = get_number(store, "wal_bytes");
	json_array_foreach(json_object_get(store, "parts"), i, part)
	{
		if (st->n_parts < STATS_PARTS) {
			st->parts[st->n_parts++] = (struct stats_part){ get_text(part, "name"),
				count_of(get_value(part, "bytes")) };
		}
	}
}

static int compare_results(const void *a, const void *b)
{
	const struct stats_result *x = a, *y = b;
	if (x->failed != y->failed) {
		return x->failed ? 1 : -1;
	}
	return (x->n < y->n) - (x->n > y->n);
}

struct stats *statistics_read(const json_t *answer, bool of_feed)
{
	struct stats *st = xcalloc(1, sizeof *st);
	const json_t *days = get_value(answer, "days"), *feeds = get_value(answer, "feeds"),
		     *week = get_value(answer, "week");
	st->zone = get_text(answer, "time_zone");
	st->of_feed = of_feed;
	for (size_t i = 0; i < json_array_size(days) && i < LIMIT_TALLY_DAYS; i++) {
		read_day(st, json_array_get(days, i));
	}
	for (size_t i = 0; i < json_array_size(feeds) && i < LIMIT_STATS_FEEDS; i++) {
		read_feed(st, json_array_get(feeds, i));
	}
	for (size_t i = 0; i < 7 * 24; i++) {
		st->week[i / 24][i % 24] =
			count_of(json_array_get(json_array_get(week, i / 24), i % 24));
	}
	read_store(st, json_object_get(answer, "store"));
	qsort(st->results, st->n_results, sizeof st->results[0], compare_results);
	return st;
}

void stats_complete_day(json_t *day)
{
	const char *word;
	json_t *n;
	int64_t fetched = 0, failed = 0;
	json_object_foreach(json_object_get(day, "fetches"), word, n)
	{
		fetched += count_of(n);
		failed += name_of_well(word) == NULL ? count_of(n) : 0;
	}
	json_object_set_new(day, "fetched", json_integer(fetched));
	json_object_set_new(day, "failed", json_integer(failed));
}
