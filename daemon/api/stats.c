/*
 * GET /v1/stats: what came, when, from where, and how fetching went. Days and hours are those of
 * the daemon's time zone; what was counted in an hour of UTC belongs to the local hour in which
 * that begins.
 */
#include "api/resources.h"

#include "base/clock.h"
#include "base/mem.h"
#include "db/stats.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 86400

/* How a fetch ended that did not fail; the failures' words follow, in the order of enum status. */
static const char *const well[] = { "new", "changed", "unchanged", "not_modified" };
#define N_WELL (sizeof well / sizeof well[0])

struct day {
	int64_t n_new, n_archive, n_changed;
	int64_t fetches[N_WELL + STATUS_COUNT];
};

struct stats {
	int64_t n_days, first_day; /* days since 1970 on the local calendar */
	struct day *days;
	int64_t week[7][24]; /* new entries, from Monday */
};

/* ---- the local calendar ---- */

static int64_t day_number(const struct tm *local)
{
	struct tm date = {
		.tm_year = local->tm_year, .tm_mon = local->tm_mon, .tm_mday = local->tm_mday
	};
	return timegm(&date) / DAY;
}

/* The day of a time, or NULL when it is not among those asked for. */
static struct day *day_of(struct stats *st, int64_t at, struct tm *ret_local)
{
	time_t t = (time_t)at;
	if (localtime_r(&t, ret_local) == NULL)
		return NULL;
	int64_t i = day_number(ret_local) - st->first_day;
	return i >= 0 && i < st->n_days ? &st->days[i] : NULL;
}

static void count_new(struct stats *st, int64_t at, int64_t n)
{
	struct tm local;
	struct day *day = day_of(st, at, &local);
	if (day == NULL)
		return;
	day->n_new += n;
	st->week[(local.tm_wday + 6) % 7][local.tm_hour] += n;
}

static void stats_init(struct stats *st, int64_t n_days, int64_t now)
{
	time_t t = (time_t)now;
	struct tm local;
	*st = (struct stats){ .n_days = n_days, .days = xcalloc((size_t)n_days, sizeof *st->days) };
	if (localtime_r(&t, &local) != NULL)
		st->first_day = day_number(&local) - n_days + 1;
}

/* Nothing of the days asked for is older: zones are at most 14 hours off. */
static int64_t since(const struct stats *st)
{
	int64_t at = (st->first_day - 1) * DAY;
	return at > 0 ? at : 0;
}

/* ---- counting ---- */

static void count_fetches(struct day *day, const struct tally *t)
{
	size_t i = 0;
	while (i < N_WELL && strcmp(t->word, well[i]) != 0)
		i++;
	day->fetches[i < N_WELL ? i : N_WELL + status_from_name(t->word)] += t->n;
}

static void count(void *arg, const struct tally *t)
{
	struct stats *st = arg;
	struct tm local;
	struct day *day = day_of(st, t->at, &local);
	if (day == NULL)
		return;
	if (strcmp(t->what, "fetches") == 0)
		count_fetches(day, t);
	else if (strcmp(t->word, "new") == 0)
		count_new(st, t->at, t->n);
	else if (strcmp(t->word, "archive") == 0)
		day->n_archive += t->n;
	else
		day->n_changed += t->n;
}

static void count_date(void *arg, int64_t published)
{
	count_new(arg, published, 1);
}

/* ---- writing ---- */

static void write_fetches(struct json_writer *w, const int64_t *fetches)
{
	jw_object(w, "fetches");
	for (size_t i = 0; i < N_WELL + STATUS_COUNT; i++) {
		if (fetches[i] > 0)
			jw_int(w, i < N_WELL ? well[i] : status_name((enum status)(i - N_WELL)),
				fetches[i]);
	}
	jw_object_end(w);
}

static void write_days(struct json_writer *w, const struct stats *st, bool of_feed)
{
	char date[32];
	jw_array(w, "days");
	for (int64_t i = 0; i < st->n_days; i++) {
		time_t t = (time_t)((st->first_day + i) * DAY);
		struct tm day;
		gmtime_r(&t, &day);
		strftime(date, sizeof date, "%Y-%m-%d", &day);
		jw_object(w, NULL);
		jw_string(w, "date", date);
		jw_int(w, "new", st->days[i].n_new);
		if (!of_feed) {
			jw_int(w, "archive", st->days[i].n_archive);
			jw_int(w, "changed", st->days[i].n_changed);
			write_fetches(w, st->days[i].fetches);
		}
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void write_week(struct json_writer *w, const struct stats *st)
{
	jw_array(w, "week");
	for (int day = 0; day < 7; day++) {
		jw_array(w, NULL);
		for (int hour = 0; hour < 24; hour++)
			jw_int(w, NULL, st->week[day][hour]);
		jw_array_end(w);
	}
	jw_array_end(w);
}

/* ---- feeds ---- */

struct largest {
	struct top_feed {
		struct stats_feed feed; /* but for its title */
		char *title;            /* owned */
	} feeds[LIMIT_STATS_FEEDS];
	size_t n;
};

static void keep_feed(void *arg, const struct stats_feed *feed)
{
	struct largest *l = arg;
	l->feeds[l->n] = (struct top_feed){ *feed, xstrdup(feed->title) };
	l->n++;
}

static bool write_feed(struct json_writer *w, struct query *q, const struct top_feed *f,
	int64_t n_days, int64_t now)
{
	struct stats st;
	stats_init(&st, n_days, now);
	bool ok = stats_dates(q, f->feed.id, since(&st), count_date, &st);
	jw_object(w, NULL);
	jw_int(w, "id", f->feed.id);
	jw_string(w, "title", f->title);
	jw_int(w, "entries", f->feed.n_entries);
	jw_int(w, "unread", f->feed.n_unread);
	jw_array(w, "days");
	for (int64_t i = 0; i < n_days; i++)
		jw_int(w, NULL, st.days[i].n_new);
	jw_array_end(w);
	jw_object_end(w);
	free(st.days);
	return ok;
}

static bool write_feeds(struct json_writer *w, struct query *q, const struct largest *largest,
	int64_t n_days, int64_t now)
{
	bool ok = true;
	jw_array(w, "feeds");
	for (size_t i = 0; i < largest->n && ok; i++)
		ok = write_feed(w, q, &largest->feeds[i], n_days, now);
	jw_array_end(w);
	return ok;
}

/* ---- the store ---- */

static void write_part(void *arg, const char *name, int64_t bytes)
{
	struct json_writer *w = arg;
	jw_object(w, NULL);
	jw_string(w, "name", name);
	jw_int(w, "bytes", bytes);
	jw_object_end(w);
}

static bool write_parts(struct json_writer *w, struct query *q)
{
	bool known;
	jw_array(w, "parts");
	bool ok = stats_parts(q, &known, write_part, w);
	jw_array_end(w);
	return ok;
}

static bool write_store(struct json_writer *w, struct query *q, bool parts)
{
	struct query_totals totals;
	struct stats_size size;
	if (!query_totals(q, &totals) || !stats_size(q, &size))
		return false;
	jw_object(w, "store");
	jw_int(w, "feeds", totals.n_feeds);
	jw_int(w, "entries", totals.n_entries);
	jw_int(w, "unread", totals.n_unread);
	jw_int(w, "starred", totals.n_starred);
	jw_int(w, "database_bytes", size.db_bytes);
	jw_int(w, "free_bytes", size.free_bytes);
	jw_int(w, "wal_bytes", size.wal_bytes);
	bool ok = !parts || write_parts(w, q);
	jw_object_end(w);
	return ok;
}

/* ---- the route ---- */

static void write_head(struct json_writer *w, int64_t now)
{
	time_t t = (time_t)now;
	struct tm local;
	char zone[64] = "";
	if (localtime_r(&t, &local) != NULL)
		strftime(zone, sizeof zone, "%Z", &local);
	jw_time(w, "now", now);
	jw_string(w, "time_zone", zone);
}

/* Of everything, or of the one feed. */
static bool write_stats(struct request *rq, struct query *q, const struct largest *largest)
{
	int64_t now = clock_now(), feed_id = rq->params.feed_id;
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	struct stats st;
	stats_init(&st, rq->params.days > 0 ? rq->params.days : 30, now);
	bool ok = feed_id != 0 ? stats_dates(q, feed_id, since(&st), count_date, &st)
			       : stats_tallies(q, since(&st), count, &st);
	jw_object(&w, NULL);
	write_head(&w, now);
	write_days(&w, &st, feed_id != 0);
	write_week(&w, &st);
	ok = ok && write_feeds(&w, q, largest, st.n_days, now) &&
	     (feed_id != 0 || write_store(&w, q, rq->params.parts));
	jw_object_end(&w);
	free(st.days);
	return ok;
}

static void found(void *arg, const struct feed_record *feed)
{
	keep_feed(arg, &(struct stats_feed){
			       feed->id, feed->n_entries, feed->n_unread, feed_title(feed) });
}

static bool read_largest(struct query *q, int64_t feed_id, struct largest *ret)
{
	if (feed_id != 0)
		return query_feeds(q, feed_id, found, ret) >= 0;
	return stats_feeds(q, LIMIT_STATS_FEEDS, keep_feed, ret);
}

void stats_read(struct request *rq, struct query *q)
{
	const struct params *p = &rq->params;
	struct largest largest = { .n = 0 };
	if (p->days > LIMIT_TALLY_DAYS) {
		request_refuse(rq, STATUS_BAD_REQUEST, "days are at most %d", LIMIT_TALLY_DAYS);
		return;
	}
	bool ok = read_largest(q, p->feed_id, &largest);
	if (ok && p->feed_id != 0 && largest.n == 0)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no feed %" PRId64, p->feed_id);
	else if (!ok || !write_stats(rq, q, &largest))
		request_query_failed(rq, q);
	for (size_t i = 0; i < largest.n; i++)
		free(largest.feeds[i].title);
}
