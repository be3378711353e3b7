/*
 * The fetcher: what all fetches share, and the turns in which they start and are answered. A turn
 * is an event fed to the loop, so that no callback of the caller ever runs inside a call of his,
 * nor inside libcurl.
 */
#include "fetch/fetcher.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fetcher_take_turn(struct fetcher *f)
{
	ev_feed_event(f->loop, &f->turn, EV_CUSTOM);
}

static bool held_back(const struct fetcher *f)
{
	return f->paused || f->n_held >= LIMIT_FETCHING_BYTES;
}

static void begin_all(struct fetcher *f, int64_t now_ms)
{
	struct host_place *place;
	struct fetch *fetch;
	while (!f->paused && f->n_reading < f->options.concurrency &&
		(fetch = TAILQ_FIRST(&f->files_waiting)))
		fetch_begin_local(fetch);
	while (!held_back(f) && (place = hosts_start_next(f->hosts, now_ms)))
		fetch_begin_hop((struct fetch *)place);
}

/* One tick when the first pause of a host with a queue is over; none while nothing waits. */
static void next_start_arm(struct fetcher *f)
{
	int64_t at_ms = held_back(f) ? HOSTS_NEVER : hosts_next_start(f->hosts);
	ev_timer_stop(f->loop, &f->next_start);
	if (at_ms == HOSTS_NEVER)
		return;
	int64_t wait_ms = at_ms - clock_wait_ms();
	double wait_s = wait_ms > 0 ? (double)wait_ms / 1000.0 : 0.0;
	if (clock_is_scaled() && wait_s > CLOCK_LOOK_S)
		wait_s = CLOCK_LOOK_S;
	ev_timer_set(&f->next_start, wait_s, 0.0);
	ev_timer_start(f->loop, &f->next_start);
}

static void idle_arm(struct fetcher *f)
{
	bool idle = TAILQ_EMPTY(&f->under_way);
	if (idle && f->multi && !ev_is_active(&f->idle)) {
		ev_timer_set(&f->idle, LIMIT_KEEPALIVE_MS / 1000.0, 0.0);
		ev_timer_start(f->loop, &f->idle);
	} else if (!idle) {
		ev_timer_stop(f->loop, &f->idle);
	}
}

static void turn_taken(struct ev_loop *loop, struct ev_prepare *turn, int revents)
{
	(void)loop, (void)revents;
	struct fetcher *f = turn->data;
	struct fetch *fetch;
	begin_all(f, clock_wait_ms());
	while ((fetch = TAILQ_FIRST(&f->answered)))
		fetch_deliver(fetch);
	next_start_arm(f);
	idle_arm(f);
}

static void next_start_due(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)loop, (void)revents;
	fetcher_take_turn(timer->data);
}

/* Connections that nobody will use again soon are closed by us, and their memory goes back. */
static void idle_due(struct ev_loop *loop, struct ev_timer *timer, int revents)
{
	(void)loop, (void)revents;
	struct fetcher *f = timer->data;
	multi_free(f->multi);
	f->multi = NULL;
}

struct multi *fetcher_multi(struct fetcher *f)
{
	if (!f->multi)
		f->multi = multi_new(f->loop, fetch_transferred, f);
	return f->multi;
}

static void options_release(struct fetcher_options *options)
{
	free((void *)(uintptr_t)options->user_agent);
	free((void *)(uintptr_t)options->ca_file);
	free((void *)(uintptr_t)options->proxy);
	free((void *)(uintptr_t)options->proxy_password);
}

/* NULL when even libcurl does not know. */
static const char *ca_file_of(const struct fetcher_options *options)
{
	const char *chosen = options->ca_file ? options->ca_file : getenv("SSL_CERT_FILE");
	return chosen && *chosen ? chosen : curl_version_info(CURLVERSION_NOW)->cainfo;
}

const char *fetcher_queue(const struct fetcher *f, const char *host, char buf[FETCH_QUEUE_SIZE])
{
	const struct conf_host *group = conf_host_find(f->options.hosts, f->options.n_hosts, host);
	if (!group)
		return host;
	snprintf(buf, FETCH_QUEUE_SIZE, "group %s", group->name);
	return buf;
}

/* Whether every host is in the queue that it was in. */
static bool same_groups(const struct fetcher_options *a, const struct fetcher_options *b)
{
	bool same = a->n_hosts == b->n_hosts;
	for (size_t i = 0; same && i < a->n_hosts; i++) {
		const struct conf_host *x = &a->hosts[i], *y = &b->hosts[i];
		same = strcmp(x->name, y->name) == 0 && x->n_names == y->n_names;
		for (size_t j = 0; same && j < x->n_names; j++)
			same = strcmp(x->names[j], y->names[j]) == 0;
	}
	return same;
}

/* Groups may have changed: each queue gets its limits, each rest and each fetch its queue. */
static void set_queues(struct fetcher *f)
{
	char name[FETCH_QUEUE_SIZE];
	int64_t now_ms = clock_wait_ms();
	hosts_set_limits(f->hosts, f->options.concurrency, f->options.per_host,
		f->options.host_delay_ms, now_ms);
	for (size_t i = 0; i < f->options.n_hosts; i++) {
		const struct conf_host *group = &f->options.hosts[i];
		snprintf(name, sizeof(name), "group %s", group->name);
		hosts_limit(f->hosts, name, group->per_host, group->host_delay_ms, now_ms);
	}
	for (size_t i = 0; i < f->rests.n; i++) {
		struct rest *rest = &f->rests.rests[i];
		char *queue = xstrdup(fetcher_queue(f, rest->host, name));
		free(rest->queue);
		rest->queue = queue;
	}
	for (struct fetch *fetch = TAILQ_FIRST(&f->under_way), *next; fetch; fetch = next) {
		next = TAILQ_NEXT(fetch, link);
		fetch_requeue(fetch);
	}
}

void fetcher_rest(struct fetcher *f, const struct fetch_rest *rest)
{
	char queue[FETCH_QUEUE_SIZE];
	rests_add(&f->rests, rest->host, fetcher_queue(f, rest->host, queue), rest->until,
		rest->pause_ms, rest->since);
}

int64_t fetcher_resting(struct fetcher *f, const char *url)
{
	char queue[FETCH_QUEUE_SIZE];
	struct fetch_url parsed;
	if (f->rests.n == 0 || !fetch_url_parse(url, &parsed))
		return 0;
	int64_t until = rests_until(&f->rests, fetcher_queue(f, parsed.host, queue), clock_now());
	fetch_url_release(&parsed);
	return until;
}

void fetcher_set_options(struct fetcher *f, const struct fetcher_options *options)
{
	struct fetcher_options old = f->options;
	assert(options->concurrency > 0 && options->per_host > 0);
	f->options = *options;
	f->options.user_agent = xstrdup(options->user_agent);
	f->options.ca_file = xstrdup_or_null(ca_file_of(options));
	f->options.proxy = xstrdup_or_null(options->proxy);
	f->options.proxy_password = xstrdup_or_null(options->proxy_password);
	set_queues(f);
	/* Another queue knows nothing of when its hosts were asked. */
	if (!same_groups(&old, &f->options))
		hosts_hold(f->hosts, clock_wait_ms());
	options_release(&old);
	fetcher_take_turn(f);
}

struct fetcher *fetcher_new(struct ev_loop *loop, const struct fetcher_options *options)
{
	struct fetcher *f = xcalloc(1, sizeof(*f));
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
	if (code != CURLE_OK)
		log_fatal("libcurl cannot start: %s", curl_easy_strerror(code));
	f->loop = loop;
	f->hsts = hsts_new();
	f->hosts = hosts_new();
	hosts_hold(f->hosts, clock_wait_ms()); /* a restart does not shorten a pause */
	rng_seed_random(&f->rng);
	f->files = file_reader_new(loop, fetch_file_read, f);
	f->execs = execs_new(loop);
	TAILQ_INIT(&f->files_waiting);
	TAILQ_INIT(&f->under_way);
	TAILQ_INIT(&f->answered);
	ev_init(&f->turn, turn_taken);
	ev_init(&f->next_start, next_start_due);
	ev_init(&f->idle, idle_due);
	f->turn.data = f->next_start.data = f->idle.data = f;
	fetcher_set_options(f, options);
	return f;
}

static void cancel_all(struct fetch_list *list)
{
	struct fetch *fetch;
	while ((fetch = TAILQ_FIRST(list)))
		fetch_cancel(fetch);
}

void fetcher_close(struct fetcher *f)
{
	struct fetch *fetch;
	f->closing = true;
	TAILQ_FOREACH(fetch, &f->answered, link)
	fetch_cancel(fetch);
	cancel_all(&f->files_waiting);
	cancel_all(&f->under_way);
	while ((fetch = TAILQ_FIRST(&f->answered)))
		fetch_deliver(fetch);
}

void fetcher_free(struct fetcher *f)
{
	if (!f)
		return;
	fetcher_close(f);
	ev_clear_pending(f->loop, &f->turn);
	ev_timer_stop(f->loop, &f->next_start);
	ev_timer_stop(f->loop, &f->idle);
	multi_free(f->multi);
	file_reader_free(f->files);
	execs_free(f->execs);
	hosts_free(f->hosts);
	rests_release(&f->rests);
	hsts_free(f->hsts);
	options_release(&f->options);
	curl_global_cleanup();
	free(f);
}

void fetcher_pause(struct fetcher *f, bool paused)
{
	f->paused = paused;
	fetcher_take_turn(f);
}

void fetcher_stats(const struct fetcher *f, struct fetcher_stats *ret)
{
	*ret = (struct fetcher_stats){
		.active = hosts_n_started(f->hosts) + f->n_reading,
		.queued = hosts_n_waiting(f->hosts) + f->n_files_waiting,
		.requests = f->n_requests,
		.bytes = f->n_bytes,
	};
}

void fetcher_put_hsts(struct fetcher *f, const struct hsts_entry *entry)
{
	hsts_put(f->hsts, entry, clock_now());
}
