#include "client/doctor.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/units.h"
#include "client/age.h"
#include "client/json_get.h"

/* Below it the next digest or a busy morning may find the disk full. */
#define LEAST_ROOM ((int64_t)64 << 20)
/* Seconds that two looks at one clock may be apart on a busy machine. */
#define CLOCK_SLACK 60

const char *check_result_name(enum check_result result)
{
	static const char *const names[] = { "ok", "note", "problem" };
	return names[result];
}

static struct strbuf *add_check(struct checks *c, const char *name, enum check_result result)
{
	struct check *check = &c->list[c->n++];
	check->name = name;
	check->result = result;
	strbuf_init(&check->text, LIMIT_LOG_LINE);
	return &check->text;
}

static void check_daemon(struct checks *c, const json_t *status, int64_t now)
{
	struct strbuf *text = add_check(c, "courantd", CHECK_OK);
	int64_t started;
	char span[32];
	value_as_text(text, get_value(status, "version"));
	strbuf_addf(text, ", pid %" PRId64, get_number(status, "pid"));
	if (get_time(status, "started_at", &started)) {
		strbuf_addf(text, ", up for %s",
			duration_format(now > started ? now - started : 0, span));
	}
}

static void check_store(struct checks *c, const json_t *status)
{
	const json_t *room = get_value(status, "disk_free_bytes");
	int64_t bytes = get_number(status, "disk_free_bytes");
	bool full = json_is_integer(room) && bytes < LEAST_ROOM;
	struct strbuf *text = add_check(c, "database", full ? CHECK_PROBLEM : CHECK_OK);
	int64_t entries = get_number(status, "entries");
	char size[32];
	strbuf_addf(text, "%s, %" PRId64 " %s",
		size_format(get_number(status, "database_bytes"), size), entries,
		entries == 1 ? "entry" : "entries");
	if (json_is_integer(room)) {
		strbuf_addf(text, "; %s%s free", full ? "the disk is nearly full, " : "",
			size_format(bytes, size));
	}
}

int64_t doctor_now(const json_t *status, int64_t now)
{
	get_time(status, "now", &now);
	return now;
}

/* Feeds that were checked in the future: the clock was wrong then, or is now. */
static int64_t feeds_ahead(const json_t *feeds, int64_t now)
{
	size_t i;
	json_t *feed;
	int64_t n = 0, at;
	json_array_foreach(feeds, i, feed)
	{
		n += get_time(feed, "checked_at", &at) && at > now + CLOCK_SLACK;
	}
	return n;
}

static void check_clock(struct checks *c, const json_t *status, const json_t *feeds, int64_t now)
{
	int64_t daemons = doctor_now(status, now);
	char full[AGE_SIZE];
	int64_t ahead = feeds_ahead(feeds, daemons);
	if (daemons > now + CLOCK_SLACK || daemons < now - CLOCK_SLACK) {
		strbuf_addf(add_check(c, "clock", CHECK_PROBLEM),
			"courantd's is %s, another than here: is COURANT_CLOCK set?",
			age_full(daemons, full));
	} else if (ahead > 0) {
		strbuf_addf(add_check(c, "clock", CHECK_NOTE),
			"%s; %" PRId64 " feeds were checked later than that: it was set back",
			age_full(now, full), ahead);
	} else {
		strbuf_addstr(add_check(c, "clock", CHECK_OK), age_full(now, full));
	}
}

static void check_parsers(struct checks *c, const json_t *status)
{
	int64_t parsed = get_number(status, "workers.parsed");
	int64_t crashed = get_number(status, "workers.crashed");
	int64_t late = get_number(status, "workers.timed_out");
	bool working = parsed > 0 || crashed + late == 0;
	struct strbuf *text = add_check(c, "parsers",
		!working              ? CHECK_PROBLEM
		: crashed + late == 0 ? CHECK_OK
				      : CHECK_NOTE);
	strbuf_addf(text, "%" PRId64 " alive, %" PRId64 " document%s",
		get_number(status, "workers.alive"), parsed, parsed == 1 ? "" : "s");
	if (crashed + late > 0) {
		strbuf_addf(text, ", %" PRId64 " crashed, %" PRId64 " timed out", crashed, late);
	}
}

static void check_digest(struct checks *c, const json_t *editions)
{
	const json_t *last = json_array_get(editions, 0);
	if (last == NULL) {
		strbuf_addstr(add_check(c, "digest", CHECK_OK), "no edition yet");
		return;
	}
	bool there = json_object_size(get_value(last, "files")) > 0;
	struct strbuf *text = add_check(c, "digest", there ? CHECK_OK : CHECK_NOTE);
	value_as_text(text, get_value(last, "name"));
	strbuf_addstr(text, " ");
	value_as_text(text, get_value(last, "label"));
	if (!there) {
		strbuf_addstr(text, ": its files are not there");
	}
}

static void check_feeds(struct checks *c, const json_t *feeds)
{
	struct check *check = &c->list[c->n];
	struct strbuf *text = add_check(c, "feeds", CHECK_OK);
	size_t counts[DOCTOR_WELL + 1] = { 0 }, i;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		counts[doctor_rank(feed)]++;
		if (get_flag(feed, "health_alarming")) {
			check->result = CHECK_NOTE;
		}
	}
	strbuf_addf(text, "%zu", json_array_size(feeds));
	const char *before = ": ";
	for (unsigned rank = 0; rank <= DOCTOR_WELL; rank++) {
		if (counts[rank] > 0) {
			strbuf_addf(text, "%s%zu %s", before, counts[rank], doctor_word(rank));
			before = ", ";
		}
	}
	if (json_array_size(feeds) == 0) {
		strbuf_addstr(text, ": courant add URL subscribes to the first");
	}
}

/* Of the feeds with a hub that is to be asked, how many are told of what is new. */
static void check_hubs(struct checks *c, const json_t *feeds)
{
	size_t i, n_subscribed = 0, n_denied = 0, n_failing = 0, n = 0;
	json_t *feed;
	json_array_foreach(feeds, i, feed)
	{
		const char *state = get_text(feed, "websub.state");
		bool subscribed = strcmp(state, "subscribed") == 0;
		bool denied = strcmp(state, "denied") == 0;
		bool failing = !denied && get_text(feed, "websub.detail")[0] != '\0' &&
			       strcmp(state, "unusable") != 0;
		n_subscribed += subscribed;
		n_denied += denied;
		n_failing += failing;
		n += subscribed || denied || failing || strcmp(state, "requested") == 0;
	}
	if (n == 0) {
		return;
	}
	struct strbuf *text =
		add_check(c, "hubs", n_denied + n_failing > 0 ? CHECK_NOTE : CHECK_OK);
	strbuf_addf(text, "%zu of %zu feed%s subscribed", n_subscribed, n, n == 1 ? "" : "s");
	if (n_denied > 0) {
		strbuf_addf(text, ", %zu denied", n_denied);
	}
	if (n_failing > 0) {
		strbuf_addf(text, ", %zu whose hub fails", n_failing);
	}
	strbuf_addstr(text, n_denied + n_failing > 0 ? ": these are polled as others are" : "");
}

static void check_gaps(struct checks *c, const json_t *feeds)
{
	size_t i, n = 0;
	json_t *feed;
	int64_t at;
	json_array_foreach(feeds, i, feed)
	{
		n += get_time(feed, "gap_at", &at);
	}
	if (n > 0) {
		strbuf_addf(add_check(c, "gaps", CHECK_NOTE),
			"entries of %zu feed%s may have been missed", n, n == 1 ? "" : "s");
	}
}

/* A time of the status in words; false when there is none. */
static bool get_full_time(const json_t *status, const char *path, char full[AGE_SIZE])
{
	int64_t at;
	bool there = get_time(status, path, &at);
	if (there) {
		age_full(at, full);
	}
	return there;
}

static void check_offline(struct checks *c, const json_t *status)
{
	char full[AGE_SIZE];
	if (get_full_time(status, "offline_since", full)) {
		strbuf_addf(add_check(c, "network", CHECK_NOTE),
			"no host can be reached since %s: offline; polling waits, nobody is blamed",
			full);
	}
}

static void check_disk(struct checks *c, const json_t *status)
{
	char full[AGE_SIZE];
	if (get_full_time(status, "disk_full_since", full)) {
		strbuf_addf(add_check(c, "disk", CHECK_PROBLEM),
			"full since %s: nothing is fetched until there is room; reading goes on",
			full);
	}
}

static void check_log(struct checks *c, const json_t *status)
{
	char full[AGE_SIZE];
	if (get_full_time(status, "log_held_since", full)) {
		strbuf_addf(add_check(c, "log", CHECK_PROBLEM),
			"another program has read the database in one transaction since %s at the "
			"latest, and so its log (courant.db-wal) has "
			"grown to %lld MiB; end that program (fuser names it), and the log shrinks",
			full, (long long)(get_number(status, "log_bytes") >> 20));
	}
}

static void check_recovery(struct checks *c, const json_t *status)
{
	char full[AGE_SIZE];
	if (get_full_time(status, "recovery.at", full)) {
		struct strbuf *text = add_check(c, "recovery", CHECK_PROBLEM);
		strbuf_addf(text, "%s: ", full);
		value_as_text(text, get_value(status, "recovery.text"));
		strbuf_addstr(text, "; delete what was set aside once you do not need it");
	}
}

static void check_backup(struct checks *c, const json_t *status)
{
	char full[AGE_SIZE];
	if (get_full_time(status, "backup.failed_at", full)) {
		struct strbuf *text = add_check(c, "backup", CHECK_PROBLEM);
		strbuf_addf(text, "failed %s: ", full);
		value_as_text(text, get_value(status, "backup.error"));
	} else if (get_full_time(status, "backup.last_at", full)) {
		strbuf_addstr(add_check(c, "backup", CHECK_OK), full);
	}
}

void checks_make(struct checks *ret, const json_t *status, const json_t *feeds,
	const json_t *editions, int64_t now)
{
	ret->n = 0;
	check_daemon(ret, status, now);
	check_store(ret, status);
	check_disk(ret, status);
	check_log(ret, status);
	check_recovery(ret, status);
	check_backup(ret, status);
	check_clock(ret, status, feeds, now);
	check_offline(ret, status);
	check_parsers(ret, status);
	check_digest(ret, editions);
	check_feeds(ret, feeds);
	check_hubs(ret, feeds);
	check_gaps(ret, feeds);
}

void checks_release(struct checks *c)
{
	for (size_t i = 0; i < c->n; i++) {
		strbuf_release(&c->list[i].text);
	}
	c->n = 0;
}
