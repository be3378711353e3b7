/*
 * courantd: wiring only. What it is made of stands in main(), in the order in which it is needed;
 * teardown is the reverse.
 */
#include "api/api.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/prompt.h"
#include "care/care.h"
#include "config/conf.h"
#include "db/query.h"
#include "db/recovery.h"
#include "db/store.h"
#include "digest/digest.h"
#include "fetch/fetch.h"
#include "refresh/refresh.h"
#include "schedule/schedule.h"
#include "service/host.h"
#include "service/service.h"
#include "websub/websub.h"
#include "workers/workers.h"

#include <curl/curl.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READER_THREADS 3 /* one for what takes long, two for what is quick */

struct daemon {
	struct ev_loop *loop;
	struct conf *conf;
	const char *conf_path; /* as given by -c; NULL: searched */
	int lock_fd;
	char *bound; /* the socket's path when it is ours to remove */
	char *db_path, *parser_path, *user_agent;
	struct store *store;
	struct readers *readers;
	struct fetcher *fetcher;
	struct workers *workers;
	struct refresher *refresher;
	struct websub *websub;
	struct digester *digester;
	struct care *care;
	struct api *api;
	struct service *service;
	ev_async woken; /* the writer or a reader has answers */
	ev_signal term, interrupt, hangup;
	ev_timer status_timer, stop_timer, done_timer;
	bool stopping, drained;
	bool unclean; /* the last stop was */
	bool damaged; /* the database is */
};

/* ---- options ---- */

enum { OPTION_CHECK = 256 };
static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check", no_argument, NULL, OPTION_CHECK },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: courantd [-v] [-c FILE]\n"
	"       courantd --check [-c FILE]\n"
	"\n"
	"  -c, --config FILE  read this configuration instead of the usual places\n"
	"      --check        say what is wrong with the configuration, and exit\n"
	"  -v, --verbose      log each step of each feed\n"
	"  -h, --help         show this\n"
	"  -V, --version      show the version\n"
	"\n"
	"It stays in the foreground, logs to stderr, reloads on SIGHUP and stops on SIGTERM.\n"
	"courantd(8) tells the rest.\n";

/* Writes the configuration's errors or warnings as log lines. */
static void log_messages(enum log_level level, const struct strbuf *messages)
{
	const char *line = strbuf_str(messages);
	while (*line != '\0') {
		size_t n = strcspn(line, "\n");
		log_line(level, "%.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static struct conf *load_conf(const char *path)
{
	struct strbuf messages = STRBUF_INIT(LIMIT_API_BODY);
	struct conf *conf = conf_load(path, &messages);
	log_messages(conf != NULL ? LOG_LEVEL_WARNING : LOG_LEVEL_ERR, &messages);
	strbuf_release(&messages);
	return conf;
}

static int check_conf(const char *path)
{
	struct conf *conf = load_conf(path);
	if (conf == NULL)
		return EXIT_FAILURE;
	printf("%s: ok (feeds: %zu, digests: %zu)\n",
		conf->file[0] != '\0' ? conf->file : "defaults", conf->n_feeds, conf->n_digests);
	conf_free(conf);
	return EXIT_SUCCESS;
}

/* ---- the host ---- */

static unsigned worker_count(const struct conf *conf)
{
	long cores =
		conf->poll.workers > 0 ? (long)conf->poll.workers : sysconf(_SC_NPROCESSORS_ONLN);
	return cores < 1 ? 1 : cores > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)cores;
}

static void hsts_noted(void *arg, const struct hsts_entry *entry)
{
	struct daemon *d = arg;
	store_https_host(d->store, entry->host, entry->expires, entry->subdomains);
}

static void rest_noted(void *arg, const struct fetch_rest *rest)
{
	struct daemon *d = arg;
	store_host_rest(d->store, rest->host, rest->since, rest->until, rest->pause_ms);
}

static void hsts_kept(void *arg, const char *host, int64_t expires, bool subdomains)
{
	struct daemon *d = arg;
	fetcher_put_hsts(d->fetcher, &(struct hsts_entry){ host, expires, subdomains });
}

/* RFC 9110 10.1.5: the product, and how to reach who runs it. */
static struct fetcher_options fetcher_options(struct daemon *d)
{
	const struct conf *conf = d->conf;
	free(d->user_agent);
	d->user_agent = conf->poll.contact != NULL
				? xasprintf("courant/%s (+%s)", COURANT_VERSION, conf->poll.contact)
				: xstrdup("courant/" COURANT_VERSION);
	return (struct fetcher_options){
		.user_agent = d->user_agent,
		.concurrency = conf->poll.concurrency,
		.per_host = conf->poll.per_host,
		.host_delay_ms = conf->poll.host_delay_ms,
		.hosts = conf->hosts,
		.n_hosts = conf->n_hosts,
		.ca_file = conf->poll.ca_file,
		.proxy = conf->poll.proxy,
		.proxy_password = conf->poll.proxy_password,
		.ip = conf->poll.ip,
		.hsts_noted = hsts_noted,
		.rest_noted = rest_noted,
		.noted_arg = d,
	};
}

/* ---- what the loop is told ---- */

/* Any thread. */
static void wake(void *arg)
{
	struct daemon *d = arg;
	ev_async_send(d->loop, &d->woken);
}

static void dispatch(struct ev_loop *loop, ev_async *watcher, int events)
{
	(void)loop;
	(void)events;
	struct daemon *d = watcher->data;
	store_dispatch(d->store);
	readers_dispatch(d->readers);
	if (readers_take_search_damage(d->readers))
		store_rebuild_search(d->store);
	if (store_is_damaged(d->store) || readers_are_damaged(d->readers))
		care_damaged(d->care, "a statement met a damaged page");
	care_log(d->care, store_log_bytes(d->store));
}

/* STATUS= follows the daemon with a pause, so that a busy round is not a stream of messages. */
#define STATUS_PAUSE_S 2.
static void tell_status_soon(struct daemon *d)
{
	if (!ev_is_active(&d->status_timer) && !d->stopping) {
		ev_timer_set(&d->status_timer, STATUS_PAUSE_S, 0.);
		ev_timer_start(d->loop, &d->status_timer);
	}
}

static void tell_status(struct daemon *d)
{
	struct refresher_stats stats;
	refresher_stats(d->refresher, &stats);
	char due[64] = "nothing due";
	time_t next = (time_t)stats.next_due;
	struct tm tm;
	if (stats.next_due != SCHEDULE_NEVER && localtime_r(&next, &tm) != NULL)
		strftime(due, sizeof due, "next due %a %H:%M:%S", &tm);
	service_status(d->service, "%u feeds, %u failing, %s%s", stats.n_feeds, stats.n_failing,
		stats.offline_since > 0 ? "offline, " : "", due);
}

static void status_due(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	tell_status(timer->data);
}

static void published(void *arg, int64_t last_entry_id)
{
	struct daemon *d = arg;
	api_published(d->api, last_entry_id);
}

static void hub_seen(
	void *arg, int64_t feed_id, const char *hub, const char *topic, const char *from)
{
	struct daemon *d = arg;
	websub_hub_seen(d->websub, feed_id, hub, topic, from);
}

static void removed(void *arg, int64_t feed_id)
{
	struct daemon *d = arg;
	websub_feed_removed(d->websub, feed_id);
}

static void refreshed(void *arg)
{
	tell_status_soon(arg);
}

/* ---- reload and stop ---- */

/* The database is open where it was: what is written and shown beside it stays there, too. */
static void keep_places(struct conf *old, struct conf *conf)
{
	char *state_dir = conf->state_dir, *socket_path = conf->socket_path;
	conf->state_dir = old->state_dir;
	conf->socket_path = old->socket_path;
	old->state_dir = state_dir;
	old->socket_path = socket_path;
}

static void reload(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)loop;
	(void)events;
	struct daemon *d = watcher->data;
	if (d->stopping)
		return;
	service_reloading(d->service);
	struct conf *conf = load_conf(d->conf_path);
	if (conf == NULL) {
		log_err("the configuration stays as it was: mend the errors above, then reload "
			"again");
	} else {
		struct conf *old = d->conf;
		d->conf = conf;
		if (strcmp(old->state_dir, conf->state_dir) != 0 ||
			strcmp(old->socket_path, conf->socket_path) != 0)
			log_warning("state_dir and socket.path take effect at the next start only");
		keep_places(old, conf);
		struct fetcher_options fetching = fetcher_options(d);
		fetcher_set_options(d->fetcher, &fetching);
		workers_set_count(d->workers, worker_count(conf));
		refresher_reload(d->refresher, conf);
		websub_reload(d->websub, conf);
		digester_reload(d->digester, conf);
		care_reload(d->care, conf);
		api_reload(d->api, conf);
		conf_free(old);
		log_notice("reloaded %s: %zu feeds declared", conf->file, conf->n_feeds);
	}
	service_ready(d->service);
	tell_status_soon(d);
}

/* An edition that was begun is finished: asked again each 50 ms. */
#define STOP_POLL_S 0.05
static void drained(void *arg)
{
	struct daemon *d = arg;
	d->drained = true;
}

static void stop_when_done(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)events;
	struct daemon *d = timer->data;
	if (d->drained && !digester_busy(d->digester))
		ev_break(loop, EVBREAK_ALL);
}

static void stop_overdue(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	log_warning("work under way did not end in time and is given up; nothing stored is lost");
	ev_break(loop, EVBREAK_ALL);
}

static void begin_stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	log_notice("stopping");
	service_stopping(d->service);
	api_drain(d->api);
	websub_drain(d->websub);
	refresher_drain(d->refresher, drained, d);
	/* What is left of LIMIT_STOP_MS is for closing the database. */
	ev_timer_set(&d->stop_timer, LIMIT_STOP_MS * 0.7 / 1000., 0.);
	ev_timer_start(d->loop, &d->stop_timer);
	ev_timer_start(d->loop, &d->done_timer);
}

static void stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
	(void)loop;
	(void)events;
	begin_stop(watcher->data);
}

/* Ids, counters, cursors: too much is held in memory of what is in a database to exchange it under
 * our feet. The next start does. */
static void found_damaged(void *arg)
{
	struct daemon *d = arg;
	d->damaged = true;
	begin_stop(d);
}

static void watch_signal(struct daemon *d, ev_signal *watcher, int number,
	void (*callback)(struct ev_loop *, ev_signal *, int))
{
	ev_signal_init(watcher, callback, number);
	watcher->data = d;
	ev_signal_start(d->loop, watcher);
}

static void watch(struct daemon *d)
{
	watch_signal(d, &d->term, SIGTERM, stop);
	watch_signal(d, &d->interrupt, SIGINT, stop);
	watch_signal(d, &d->hangup, SIGHUP, reload);
	sigaction(SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL);
	ev_async_init(&d->woken, dispatch);
	d->woken.data = d;
	ev_async_start(d->loop, &d->woken);
	ev_timer_init(&d->status_timer, status_due, 0., 0.);
	d->status_timer.data = d;
	ev_timer_init(&d->stop_timer, stop_overdue, 0., 0.);
	ev_timer_init(&d->done_timer, stop_when_done, 0., STOP_POLL_S);
	d->done_timer.data = d;
}

/* ---- the parts, in the order of their needs ---- */

static void open_database(struct daemon *d)
{
	char error[LIMIT_LOG_LINE];
	d->unclean = recovery_was_unclean(d->db_path);
	recovery_at_start(d->db_path, clock_now());
	host_make_private(d->db_path);
	struct store_options storing = { .path = d->db_path, .wake = wake, .wake_arg = d };
	d->store = store_open(&storing, error, sizeof error);
	if (d->store == NULL)
		log_fatal("%s", error);
	struct readers_options reading = {
		.path = d->db_path, .count = READER_THREADS, .wake = wake, .wake_arg = d
	};
	d->readers = readers_open(&reading, error, sizeof error);
	if (d->readers == NULL)
		log_fatal("%s", error);
}

static void start_pipeline(struct daemon *d)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		log_fatal("libcurl does not start");
	struct fetcher_options fetching = fetcher_options(d);
	d->fetcher = fetcher_new(d->loop, &fetching);
	store_each_https_host(d->store, hsts_kept, d);
	d->parser_path = workers_program();
	struct workers_options parsing = { .program = d->parser_path,
		.count = worker_count(d->conf),
		.deadline_ms = LIMIT_PARSE_MS };
	d->workers = workers_new(d->loop, &parsing);
	struct websub_options hearing = {
		.loop = d->loop, .store = d->store, .fetcher = d->fetcher, .conf = d->conf
	};
	char error[LIMIT_LOG_LINE];
	d->websub = websub_new(&hearing, error, sizeof error);
	if (d->websub == NULL)
		log_fatal("%s", error);
	struct refresher_options refreshing = { .loop = d->loop,
		.store = d->store,
		.fetcher = d->fetcher,
		.workers = d->workers,
		.conf = d->conf,
		.published = published,
		.refreshed = refreshed,
		.hub_seen = hub_seen,
		.removed = removed,
		.arg = d };
	d->refresher = refresher_new(&refreshing);
	websub_start(d->websub, d->refresher);
}

static void open_socket(struct daemon *d)
{
	char error[LIMIT_LOG_LINE];
	int fd = service_listen_fd();
	if (fd < 0) {
		fd = api_listen(d->conf->socket_path, d->conf->socket_mode, error, sizeof error);
		d->bound = xstrdup(d->conf->socket_path);
	}
	if (fd < 0)
		log_fatal("%s", error);
	struct api_options serving = { .loop = d->loop,
		.listen_fd = fd,
		.store = d->store,
		.readers = d->readers,
		.refresher = d->refresher,
		.websub = d->websub,
		.digester = d->digester,
		.care = d->care,
		.fetcher = d->fetcher,
		.workers = d->workers,
		.conf = d->conf };
	d->api = api_new(&serving, error, sizeof error);
	if (d->api == NULL)
		log_fatal("%s", error);
}

static void serve(struct daemon *d)
{
	host_raise_descriptors();
	d->loop = ev_default_loop(EVFLAG_AUTO);
	if (d->loop == NULL)
		log_fatal("libev does not start");
	watch(d);
	d->lock_fd = host_take_directory(d->conf->state_dir, d->conf->file);
	d->db_path = xasprintf("%s/courant.db", d->conf->state_dir);
	open_database(d);
	d->service = service_new(d->loop);
	struct digester_options digesting = {
		.loop = d->loop, .store = d->store, .readers = d->readers, .conf = d->conf
	};
	d->digester = digester_new(&digesting);
	struct care_options caring = { .loop = d->loop,
		.db_path = d->db_path,
		.conf = d->conf,
		.unclean = d->unclean,
		.damaged = found_damaged,
		.arg = d };
	d->care = care_new(&caring);
	start_pipeline(d);
	open_socket(d);
	store_begin(d->store);
	prompt_thread();
	service_ready(d->service);
	tell_status(d);
	log_notice("courantd %s serves %s from %s", COURANT_VERSION, d->conf->socket_path,
		d->conf->state_dir);

	ev_run(d->loop, 0);

	/* Whoever still owes an answer gives it now, so what is answered goes last. A digest that
	 * is still being made ends alone; it must not ask closed readers for more. */
	care_free(d->care);
	digester_free(d->digester);
	workers_free(d->workers); /* a parse that ends lets the fetcher go on */
	fetcher_close(d->fetcher);
	readers_close(d->readers);
	store_close(d->store); /* what it stored late is told to the fetcher and to websub */
	fetcher_free(d->fetcher);
	websub_free(d->websub);
	api_free(d->api);
	refresher_free(d->refresher);
	service_free(d->service);
	ev_loop_destroy(d->loop);
	curl_global_cleanup();
	free(d->parser_path);
	free(d->user_agent);
	free(d->db_path);
	/* While the lock is held no other daemon can have put its own socket there. */
	if (d->bound != NULL)
		unlink(d->bound);
	free(d->bound);
	close(d->lock_fd);
}

/* Large answers and documents go back to the kernel one by one. Left to itself malloc learns to put
 * them into the heaps of the threads, and to keep there as much as ever was in use. */
static void bound_heaps(void)
{
	mallopt(M_MMAP_THRESHOLD, LIMIT_HEAP_BLOCK);
	mallopt(M_TRIM_THRESHOLD, 2 * LIMIT_HEAP_BLOCK);
}

int main(int argc, char **argv)
{
	struct daemon d = { .lock_fd = -1 };
	enum log_level most = LOG_LEVEL_INFO;
	bool check = false;
	int option;
	while ((option = getopt_long(argc, argv, "c:vhV", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			d.conf_path = optarg;
			break;
		case OPTION_CHECK:
			check = true;
			break;
		case 'v':
			most = LOG_LEVEL_DEBUG;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("courantd " COURANT_VERSION);
			return EXIT_SUCCESS;
		default:
			fputs(help, stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "courantd: what is '%s'? It takes options only\n%s", argv[optind],
			help);
		return 2;
	}
	log_init("courantd", most);
	if (check)
		return check_conf(d.conf_path);
	host_scale_clock();
	d.conf = load_conf(d.conf_path);
	if (d.conf == NULL)
		log_fatal("not started: mend the errors above");
	umask(0027);
	bound_heaps();
	serve(&d);
	log_notice("stopped");
	conf_free(d.conf);
	return d.damaged ? EXIT_FAILURE : EXIT_SUCCESS;
}
