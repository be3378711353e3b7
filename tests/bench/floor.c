/*
 * floor [-c CAFILE] [-d DATABASE] URLS STATE CONCURRENCY: what a refresh costs at least: libcurl's
 * multi handle on libev fetches the URLs (one a line), conditionally by the validators that STATE
 * keeps, and drops the bodies; with -d it parses them and stores their entries, without any of
 * what makes a reader safe or right. The last line it prints is
 * `200s 304s errors bytes new_entries`.
 */
#include "floor.h"

#include <curl/curl.h>
#include <err.h>
#include <ev.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

enum { URL_SIZE = 160, VALIDATOR_SIZE = 80 };

struct feed {
	char url[URL_SIZE], etag[VALIDATOR_SIZE], modified[VALIDATOR_SIZE];
};

struct exchange {
	CURL *easy;
	struct feed *feed;
	struct curl_slist *fields;
	struct document *document; /* NULL until its first bytes */
	struct exchange *next;     /* idle ones */
};

static struct ev_loop *loop;
static CURLM *multi;
static ev_timer timer;
static struct feed *feeds;
static int n_feeds, n_begun, n_active;
static struct exchange *idle;
static bool storing;
static const char *ca_file;
static struct {
	long ok, not_modified, failed;
	double bytes;
} counts;

/* ---- what is kept from one run to the next ---- */

static void read_feeds(const char *urls, const char *state)
{
	FILE *file = fopen(urls, "r");
	size_t room = 0;
	if (file == NULL)
		err(1, "%s", urls);
	char line[URL_SIZE];
	while (fgets(line, sizeof line, file) != NULL) {
		if ((size_t)n_feeds == room) {
			room = room * 2 + 64;
			feeds = realloc(feeds, room * sizeof *feeds);
			if (feeds == NULL)
				err(1, NULL);
		}
		line[strcspn(line, "\n")] = '\0';
		feeds[n_feeds] = (struct feed){ 0 };
		snprintf(feeds[n_feeds++].url, URL_SIZE, "%s", line);
	}
	fclose(file);
	file = fopen(state, "rb");
	if (file == NULL)
		return;
	for (int i = 0; i < n_feeds; i++)
		if (fread(feeds[i].etag, VALIDATOR_SIZE, 1, file) != 1 ||
			fread(feeds[i].modified, VALIDATOR_SIZE, 1, file) != 1)
			errx(1, "%s is too short", state);
	fclose(file);
}

static void write_state(const char *state)
{
	FILE *file = fopen(state, "wb");
	if (file == NULL)
		err(1, "%s", state);
	for (int i = 0; i < n_feeds; i++) {
		fwrite(feeds[i].etag, VALIDATOR_SIZE, 1, file);
		fwrite(feeds[i].modified, VALIDATOR_SIZE, 1, file);
	}
	if (fclose(file) != 0)
		err(1, "%s", state);
}

/* ---- one exchange ---- */

static size_t body_arrived(char *bytes, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	n *= size;
	counts.bytes += (double)n;
	if (storing) {
		if (x->document == NULL)
			x->document = document_new((int)(x->feed - feeds));
		document_add(x->document, bytes, n);
	}
	return n;
}

static void keep(char *to, const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);
	if (n <= len || strncasecmp(line, name, len) != 0)
		return;
	while (len < n && line[len] == ' ')
		len++;
	while (n > len && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	if (n - len < VALIDATOR_SIZE) {
		memset(to, 0, VALIDATOR_SIZE);
		memcpy(to, line + len, n - len);
	}
}

static size_t header_arrived(char *line, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	n *= size;
	keep(x->feed->etag, line, n, "ETag:");
	keep(x->feed->modified, line, n, "Last-Modified:");
	return n;
}

static struct exchange *exchange_new(void)
{
	struct exchange *x = calloc(1, sizeof *x);
	if (x == NULL || (x->easy = curl_easy_init()) == NULL)
		err(1, NULL);
	curl_easy_setopt(x->easy, CURLOPT_PRIVATE, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, body_arrived);
	curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, header_arrived);
	curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->easy, CURLOPT_TIMEOUT, 60L);
	curl_easy_setopt(x->easy, CURLOPT_USERAGENT, "floor/1");
	curl_easy_setopt(x->easy, CURLOPT_CAPATH, NULL);
	if (ca_file != NULL)
		curl_easy_setopt(x->easy, CURLOPT_CAINFO, ca_file);
	return x;
}

static void field_add(struct exchange *x, const char *name, const char *value)
{
	char field[VALIDATOR_SIZE + 32];
	if (*value == '\0')
		return;
	snprintf(field, sizeof field, "%s: %s", name, value);
	x->fields = curl_slist_append(x->fields, field);
}

static void begin_more(int concurrency)
{
	while (n_active < concurrency && n_begun < n_feeds) {
		struct exchange *x = idle != NULL ? idle : exchange_new();
		idle = x->next;
		x->next = NULL;
		x->feed = &feeds[n_begun++];
		field_add(x, "If-None-Match", x->feed->etag);
		field_add(x, "If-Modified-Since", x->feed->modified);
		curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->fields);
		curl_easy_setopt(x->easy, CURLOPT_URL, x->feed->url);
		n_active++;
		curl_multi_add_handle(multi, x->easy);
	}
}

static void exchange_end(struct exchange *x, CURLcode result)
{
	long code = 0;
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &code);
	curl_multi_remove_handle(multi, x->easy);
	curl_slist_free_all(x->fields);
	x->fields = NULL;
	if (x->document != NULL)
		document_end(x->document);
	x->document = NULL;
	counts.ok += result == CURLE_OK && code == 200;
	counts.not_modified += result == CURLE_OK && code == 304;
	counts.failed += result != CURLE_OK || (code != 200 && code != 304);
	x->next = idle;
	idle = x;
	n_active--;
}

static int concurrency;

static void act(curl_socket_t fd, int events)
{
	int running, left;
	CURLMsg *message;
	curl_multi_socket_action(multi, fd, events, &running);
	while ((message = curl_multi_info_read(multi, &left)) != NULL) {
		char *private = NULL;
		CURLcode result = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		exchange_end((struct exchange *)(void *)private, result);
	}
	begin_more(concurrency);
	if (n_active == 0)
		ev_break(loop, EVBREAK_ALL);
}

/* ---- libcurl on libev ---- */

static void socket_ready(struct ev_loop *l, ev_io *io, int events)
{
	(void)l;
	act(io->fd, (events & EV_READ ? CURL_CSELECT_IN : 0) |
			    (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void timer_due(struct ev_loop *l, ev_timer *t, int events)
{
	(void)l, (void)t, (void)events;
	act(CURL_SOCKET_TIMEOUT, 0);
}

static int timer_wanted(CURLM *m, long timeout_ms, void *arg)
{
	(void)m, (void)arg;
	ev_timer_stop(loop, &timer);
	if (timeout_ms >= 0) {
		ev_timer_set(&timer, (double)timeout_ms / 1000., 0.);
		ev_timer_start(loop, &timer);
	}
	return 0;
}

static int socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *watched)
{
	(void)easy, (void)arg;
	ev_io *io = watched;
	if (io != NULL)
		ev_io_stop(loop, io);
	if (what == CURL_POLL_REMOVE) {
		free(io);
		return 0;
	}
	if (io == NULL) {
		io = calloc(1, sizeof *io);
		if (io == NULL)
			err(1, NULL);
		ev_init(io, socket_ready);
		curl_multi_assign(multi, fd, io);
	}
	ev_io_set(io, fd,
		(what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
	ev_io_start(loop, io);
	return 0;
}

static void fetch_all(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
	loop = ev_default_loop(0);
	multi = curl_multi_init();
	ev_init(&timer, timer_due);
	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_wanted);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_wanted);
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)concurrency);
	begin_more(concurrency);
	if (n_active > 0)
		ev_run(loop, 0);
}

int main(int argc, char **argv)
{
	const char *database = NULL;
	struct rlimit files;
	for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2) {
		if (argv[1][1] == 'c')
			ca_file = argv[2];
		else
			database = argv[2];
	}
	if (argc != 4)
		errx(2, "usage: floor [-c CAFILE] [-d DATABASE] URLS STATE CONCURRENCY");
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	concurrency = (int)strtol(argv[3], NULL, 10);
	storing = database != NULL;
	if (storing)
		documents_open(database);
	read_feeds(argv[1], argv[2]);
	fetch_all();
	long n_new = storing ? documents_close() : 0;
	write_state(argv[2]);
	printf("%ld %ld %ld %.0f %ld\n", counts.ok, counts.not_modified, counts.failed,
		counts.bytes, n_new);
	return counts.failed > 0;
}
