/*
 * GET /metrics: the text format of Prometheus, version 0.0.4. Every label's values are a closed
 * list of ours, so that the number of series has a bound whatever the feeds are.
 */
#include "api/figures.h"
#include "api/resources.h"

#include "api/server.h"
#include "base/clock.h"
#include "base/mem.h"
#include "schedule/policy.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- the format ---- */

static void begin(struct strbuf *out, const char *name, const char *type, const char *help)
{
	strbuf_addf(out, "# HELP courant_%s %s\n# TYPE courant_%s %s\n", name, help, name, type);
}

static void sample(
	struct strbuf *out, const char *name, const char *label, const char *value, uint64_t n)
{
	strbuf_addf(out, "courant_%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, n);
}

static void single(
	struct strbuf *out, const char *name, const char *type, const char *help, int64_t n)
{
	begin(out, name, type, help);
	strbuf_addf(out, "courant_%s %" PRId64 "\n", name, n);
}

/* ---- what the loop counted ---- */

static void write_results(struct strbuf *out, const struct refresh_tally *tally)
{
	begin(out, "refreshes_total", "counter", "Refreshes that were stored, by result.");
	sample(out, "refreshes_total", "result", "ok",
		tally->results[STATUS_OK] - tally->unchanged);
	sample(out, "refreshes_total", "result", "unchanged", tally->unchanged);
	for (int status = STATUS_OK + 1; status < STATUS_COUNT; status++) {
		if (tally->results[status] > 0)
			sample(out, "refreshes_total", "result", status_name((enum status)status),
				tally->results[status]);
	}
	single(out, "new_entries_total", "counter", "Entries that were new.",
		(int64_t)tally->n_new);
	single(out, "changed_entries_total", "counter", "Entries that their publisher changed.",
		(int64_t)tally->n_changed);
}

static void write_commits(struct strbuf *out, const struct refresh_tally *tally)
{
	uint64_t n = 0;
	begin(out, "commit_seconds", "histogram",
		"Time from handing a refresh over to the database until it is durable.");
	for (int i = 0; i < TALLY_COMMIT_CLASSES - 1; i++) {
		n += tally->commits[i];
		strbuf_addf(out, "courant_commit_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
			tally_commit_bounds_ms[i] / 1000., n);
	}
	n += tally->commits[TALLY_COMMIT_CLASSES - 1];
	strbuf_addf(out, "courant_commit_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", n);
	strbuf_addf(out, "courant_commit_seconds_sum %g\n", (double)tally->commit_ms / 1000.);
	strbuf_addf(out, "courant_commit_seconds_count %" PRIu64 "\n", n);
}

static void write_refresher(struct strbuf *out, const struct refresher_stats *stats)
{
	begin(out, "refreshes", "gauge", "Refreshes under way, by state.");
	for (int state = REFRESH_IDLE + 1; state < REFRESH_STATE_COUNT; state++)
		sample(out, "refreshes", "state", refresh_state_name((enum refresh_state)state),
			stats->in_state[state]);
	if (stats->next_due != SCHEDULE_NEVER)
		single(out, "next_due_timestamp_seconds", "gauge", "When the next feed is due.",
			stats->next_due);
	single(out, "feeds_with_gap", "gauge",
		"Feeds whose document once held nothing known: entries may have been missed.",
		stats->n_gaps);
	single(out, "offline", "gauge", "1 while no host can be reached.",
		stats->offline_since > 0);
	write_results(out, &stats->tally);
	write_commits(out, &stats->tally);
}

static void write_processes(struct strbuf *out, const struct figures *f)
{
	begin(out, "transfers", "gauge", "HTTP exchanges, by state.");
	sample(out, "transfers", "state", "active", f->fetch.active);
	sample(out, "transfers", "state", "queued", f->fetch.queued);
	single(out, "requests_total", "counter", "HTTP requests sent.", (int64_t)f->fetch.requests);
	single(out, "received_bytes_total", "counter", "Bytes of bodies, decoded.",
		(int64_t)f->fetch.bytes);
	begin(out, "parsers", "gauge", "Parser processes.");
	sample(out, "parsers", "state", "busy", f->workers.busy);
	sample(out, "parsers", "state", "idle", f->workers.alive - f->workers.busy);
	begin(out, "documents_total", "counter", "Documents given to parsers, by how it ended.");
	sample(out, "documents_total", "result", "parsed", f->workers.parsed);
	sample(out, "documents_total", "result", "crashed", f->workers.crashed);
	sample(out, "documents_total", "result", "timed_out", f->workers.timed_out);
	single(out, "followers", "gauge", "Followers of the stream.", f->n_followers);
	single(out, "resident_bytes", "gauge", "Memory of the daemon and its parsers.",
		figures_memory());
	single(out, "start_timestamp_seconds", "gauge", "When the daemon started.", f->started);
}

/* ---- what the database has ---- */

static void write_database(
	struct strbuf *out, const struct figures *f, const struct query_totals *totals)
{
	single(out, "entries", "gauge", "Entries stored.", totals->n_entries);
	single(out, "unread_entries", "gauge", "Entries not read.", totals->n_unread);
	single(out, "starred_entries", "gauge", "Entries with a star.", totals->n_starred);
	single(out, "database_bytes", "gauge", "Size of the database.", totals->db_bytes);
	int64_t room = figures_room(f);
	if (room >= 0)
		single(out, "disk_free_bytes", "gauge", "Room where the database is.", room);
}

/* ---- the steps ---- */

struct scrape {
	struct figures figures;
	struct query_totals totals;
	struct feed_facts {
		int64_t id;
		struct health_facts facts;
	} * feeds;
	size_t n, cap;
};

static void scrape_free(void *data)
{
	struct scrape *scrape = data;
	figures_release(&scrape->figures);
	free(scrape->feeds);
	free(scrape);
}

static void keep_facts(void *arg, const struct feed_record *feed)
{
	struct scrape *scrape = arg;
	scrape->feeds = xgrow(scrape->feeds, scrape->n, &scrape->cap, sizeof *scrape->feeds);
	scrape->feeds[scrape->n].id = feed->id;
	facts_read(&scrape->feeds[scrape->n++].facts, feed);
}

static void metrics_read(struct request *rq, struct query *q)
{
	struct scrape *scrape = rq->data;
	bool ok = query_totals(q, &scrape->totals) && query_feeds(q, 0, keep_facts, scrape) >= 0;
	for (size_t i = 0; i < scrape->n && ok; i++)
		ok = facts_read_pulse(&scrape->feeds[i].facts, scrape->feeds[i].id, q);
	if (!ok)
		request_query_failed(rq, q);
}

static void write_feeds(
	struct strbuf *out, const struct scrape *scrape, const struct refresher *refresher)
{
	uint64_t n[HEALTH_COUNT] = { 0 };
	int64_t since, now = clock_now();
	for (size_t i = 0; i < scrape->n; i++) {
		struct feed_facts *feed = &scrape->feeds[i];
		facts_complete(&feed->facts, refresher, feed->id);
		n[health_judge(&feed->facts, now, &since)]++;
	}
	begin(out, "feeds", "gauge", "Feeds, by health.");
	for (int i = 0; i < HEALTH_COUNT; i++)
		sample(out, "feeds", "health", health_name((enum health)i), n[i]);
}

static void metrics_end(struct request *rq)
{
	struct scrape *scrape = rq->data;
	struct strbuf *out = &rq->answer.body;
	begin(out, "build_info", "gauge", "The version.");
	sample(out, "build_info", "version", COURANT_VERSION, 1);
	write_feeds(out, scrape, rq->api->options.refresher);
	write_database(out, &scrape->figures, &scrape->totals);
	write_refresher(out, &scrape->figures.refresh);
	write_processes(out, &scrape->figures);
	rq->answer.type = "text/plain; version=0.0.4; charset=utf-8";
	rq->answer.code = MHD_HTTP_OK;
}

void metrics(struct request *rq)
{
	struct scrape *scrape = xcalloc(1, sizeof *scrape);
	figures_take(&scrape->figures, rq->api);
	rq->data = scrape;
	rq->data_free = scrape_free;
	request_read_long(rq, metrics_read, metrics_end);
}
