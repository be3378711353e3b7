#include "watch.h"
#include "base/limits.h"
#include "feed/doc.h"
#include "schedule/rhythm.h"

static const struct sim_outage *outage_at(const struct sim_host *host, int64_t now)
{
	for (size_t i = 0; i < host->n_outages; i++)
		if (now >= host->outages[i].from && now < host->outages[i].to)
			return &host->outages[i];
	return NULL;
}

/* What the publisher has asked for, computed without the code that is under test. */
static bool is_skipped(const struct sim_feed *feed, int64_t at)
{
	return (feed->skip_hours >> (at / 3600 % 24) & 1) ||
	       (feed->skip_days >> ((at / 86400 + 4) % 7) & 1);
}

static int64_t capped(int64_t seconds)
{
	return seconds < LIMIT_SERVER_FLOOR ? seconds : LIMIT_SERVER_FLOOR;
}

static void count_request(
	struct sim_watch *w, const struct sim_feed *feed, int64_t now, struct tally *tally)
{
	tally->n_requests++;
	/* Before the first answer nobody knows what the publisher wants. */
	if (now < w->floor || (w->outcome.rhythm.at > 0 && is_skipped(feed, now)))
		tally->n_early++;
	if (w->last > 0 && now < w->last + LIMIT_INTERVAL_FLOOR)
		tally->n_too_often++;
}

static void set_floor(struct sim_watch *w, const struct sim_feed *feed, int64_t now)
{
	const struct schedule_outcome *o = &w->outcome;
	int64_t asked[] = { o->max_age, o->retry_after, feed->ttl_minutes * 60,
		feed->update_interval };
	/* The document's wishes are known once there was one, and its header's with this answer. */
	size_t n = o->rhythm.at > 0 ? 4 : 2;
	w->floor = 0;
	for (size_t i = 0; i < n; i++)
		if (asked[i] > 0 && now + capped(asked[i]) > w->floor)
			w->floor = now + capped(asked[i]);
	w->last = now;
}

static void refuse(struct sim_watch *w, enum status status, int http_code, int64_t retry_after)
{
	w->outcome.fail =
		(struct failure){ .stage = STAGE_FETCH, .status = status, .http_code = http_code };
	w->outcome.n_failures++;
	w->outcome.retry_after = retry_after;
}

/* The document holds the last `window` entries: what is older and was not seen is lost. It counts
 * with the delay until now, too, or the rule that loses the most would seem the fastest. */
static void read_document(struct sim_watch *w, const struct sim_feed *feed, int64_t now,
	int64_t end, struct tally *tally)
{
	struct rhythm_document d = { 0 };
	size_t window = (size_t)feed->window;
	size_t first = w->published > window ? w->published - window : 0;
	size_t fresh = w->seen > first ? w->seen : first;
	for (size_t i = w->seen; i < fresh; i++)
		tally->n_lost += feed->entries[i] >= SIM_BEGIN && feed->entries[i] < end;
	for (size_t i = first; i < w->published; i++)
		rhythm_document_add(&d, now, feed->entries[i]);
	for (size_t i = w->seen; i < w->published; i++)
		if (feed->entries[i] >= SIM_BEGIN && feed->entries[i] < end)
			tally_delay(tally, now - feed->entries[i]);
	int64_t n_new = (int64_t)(w->published - fresh);
	tally->n_useful += now < end && n_new > 0;
	w->outcome.gap = w->outcome.rhythm.at > 0 && n_new > 0 && n_new == d.n_entries;
	rhythm_look(&w->outcome.rhythm, now, n_new, &d);
	w->seen = w->published;
}

static void answer(struct sim_watch *w, const struct sim_feed *feed, int64_t now, int64_t end,
	struct tally *tally)
{
	struct schedule_outcome *o = &w->outcome;
	bool first = o->rhythm.at == 0;
	o->fail = (struct failure){ 0 };
	o->n_failures = 0;
	o->max_age = feed->max_age;
	o->validators = feed->validators;
	o->ttl_minutes = feed->ttl_minutes;
	o->update_interval_seconds = feed->update_interval;
	o->skip_hours = feed->skip_hours;
	o->skip_days = feed->skip_days;
	while (w->published < feed->n_entries && feed->entries[w->published] <= now)
		w->published++;
	o->gap = false;
	if (first || w->published > w->seen)
		read_document(w, feed, now, end, tally);
	else
		rhythm_look(&o->rhythm, now, 0, &(struct rhythm_document){ 0 });
}

/* A request goes out: the last outcome is history. */
static void begin(struct sim_watch *w, const struct sim_feed *feed, int64_t now, int64_t end,
	struct tally *tally)
{
	struct schedule_outcome *o = &w->outcome;
	if (now < end)
		count_request(w, feed, now, tally);
	o->last_status = o->fail.status;
	o->last_fetch = o->now;
	if (o->fail.status == STATUS_OK && o->now > 0)
		o->last_success = o->now;
	o->now = now;
	o->retry_after = o->max_age = -1;
	if (w->last == 0)
		o->ttl_minutes = o->update_interval_seconds = -1;
}

void sim_watch_refused(struct sim_watch *w, const struct sim_feed *feed, int64_t now, int64_t end,
	enum status status, int http_code, int64_t retry_after, struct tally *tally)
{
	begin(w, feed, now, end, tally);
	refuse(w, status, http_code, retry_after);
	set_floor(w, feed, now);
}

void sim_watch_ask(struct sim_watch *w, const struct sim_host *host, const struct sim_feed *feed,
	int64_t now, int64_t end, struct tally *tally)
{
	const struct sim_outage *outage = outage_at(host, now);
	begin(w, feed, now, end, tally);
	if (outage != NULL)
		refuse(w, outage->status, outage->status == STATUS_HTTP_ERROR ? 503 : 0,
			outage->retry_after);
	else if (feed->fate == SIM_MISSING)
		refuse(w, STATUS_HTTP_ERROR, 404, -1);
	else
		answer(w, feed, now, end, tally);
	set_floor(w, feed, now);
}
