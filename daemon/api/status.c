#include "api/figures.h"
#include "api/resources.h"

#include "api/server.h"
#include "base/clock.h"
#include "base/mem.h"
#include "schedule/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

void healthcheck(struct request *rq)
{
	strbuf_addstr(&rq->answer.body, "OK");
	rq->answer.type = "text/plain; charset=utf-8";
	rq->answer.code = MHD_HTTP_OK;
}

void version(struct request *rq)
{
	struct utsname host;
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_object(&w, NULL);
	jw_string(&w, "version", COURANT_VERSION);
	jw_string(&w, "compiler", __VERSION__);
	if (uname(&host) == 0) {
		jw_string(&w, "os", host.sysname);
		jw_string(&w, "arch", host.machine);
	}
	jw_object_end(&w);
}

/* The one user there is: whoever may open the socket. */
void me(struct request *rq)
{
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_object(&w, NULL);
	jw_int(&w, "id", 1);
	jw_string(&w, "username", "courant");
	jw_bool(&w, "is_admin", true);
	jw_string(&w, "theme", "system_serif");
	jw_string(&w, "language", "en_US");
	jw_string(&w, "timezone", "UTC");
	jw_string(&w, "entry_sorting_direction", "desc");
	jw_string(&w, "entry_sorting_order", "published_at");
	jw_int(&w, "entries_per_page", 100);
	jw_null(&w, "last_login_at");
	jw_object_end(&w);
}

static void write_database(struct json_writer *w, const struct query_totals *totals)
{
	jw_int(w, "feeds", totals->n_feeds);
	jw_int(w, "failing", totals->n_failing);
	jw_int(w, "entries", totals->n_entries);
	jw_int(w, "unread", totals->n_unread);
	jw_int(w, "starred", totals->n_starred);
	jw_int(w, "last_entry_id", totals->last_entry_id);
	jw_int(w, "database_bytes", totals->db_bytes);
}

static void write_room(struct json_writer *w, int64_t bytes)
{
	if (bytes >= 0)
		jw_int(w, "disk_free_bytes", bytes);
	else
		jw_null(w, "disk_free_bytes");
}

static void write_refresh(struct json_writer *w, const struct refresher_stats *stats)
{
	jw_time(w, "next_due", stats->next_due == SCHEDULE_NEVER ? 0 : stats->next_due);
	jw_time(w, "offline_since", stats->offline_since);
	jw_time(w, "disk_full_since", stats->full_since);
	jw_time(w, "add_starts_at", stats->add_starts_at);
	jw_int(w, "gaps", stats->n_gaps);
	jw_object(w, "refresh");
	for (int state = REFRESH_IDLE + 1; state < REFRESH_STATE_COUNT; state++)
		jw_int(w, refresh_state_name((enum refresh_state)state), stats->in_state[state]);
	jw_object_end(w);
}

static void write_workers(struct json_writer *w, const struct workers_stats *stats)
{
	jw_object(w, "workers");
	jw_int(w, "alive", stats->alive);
	jw_int(w, "busy", stats->busy);
	jw_int(w, "queued", stats->queued);
	jw_int(w, "parsed", (int64_t)stats->parsed);
	jw_int(w, "crashed", (int64_t)stats->crashed);
	jw_int(w, "timed_out", (int64_t)stats->timed_out);
	jw_object_end(w);
}

static void write_fetch(struct json_writer *w, const struct fetcher_stats *stats)
{
	jw_object(w, "fetch");
	jw_int(w, "active", stats->active);
	jw_int(w, "queued", stats->queued);
	jw_int(w, "requests", (int64_t)stats->requests);
	jw_int(w, "bytes", (int64_t)stats->bytes);
	jw_object_end(w);
}

static void write_care(struct json_writer *w, const struct care_status *care)
{
	jw_string(w, "database_check", care_check_name(care->check));
	jw_object(w, "backup");
	jw_time(w, "last_at", care->last_copy);
	jw_time(w, "failed_at", care->failed_copy);
	if (care->failed_copy > 0)
		jw_string(w, "error", care->error);
	else
		jw_null(w, "error");
	jw_object_end(w);
	jw_int(w, "log_bytes", care->log_bytes);
	jw_time(w, "log_held_since", care->log_held_since);
	if (!care->recovered) {
		jw_null(w, "recovery");
		return;
	}
	jw_object(w, "recovery");
	jw_time(w, "at", care->recovery.at);
	jw_string(w, "text", care->recovery.text);
	jw_object_end(w);
}

static void figures_free(void *data)
{
	figures_release(data);
	free(data);
}

void status_begin(struct request *rq)
{
	rq->data = xcalloc(1, sizeof(struct figures));
	rq->data_free = figures_free;
	figures_take(rq->data, rq->api);
}

void status_read(struct request *rq, struct query *q)
{
	const struct figures *figures = rq->data;
	struct query_totals totals;
	if (!query_totals(q, &totals)) {
		request_query_failed(rq, q);
		return;
	}
	struct json_writer w = request_json(rq, MHD_HTTP_OK);
	jw_object(&w, NULL);
	jw_string(&w, "version", COURANT_VERSION);
	jw_int(&w, "pid", getpid());
	jw_time(&w, "started_at", figures->started);
	jw_time(&w, "now", clock_now());
	write_database(&w, &totals);
	write_room(&w, figures_room(figures));
	write_care(&w, &figures->care);
	write_refresh(&w, &figures->refresh);
	write_workers(&w, &figures->workers);
	write_fetch(&w, &figures->fetch);
	jw_int(&w, "followers", figures->n_followers);
	jw_int(&w, "memory_bytes", figures_memory());
	jw_object_end(&w);
}
