/*
 * The life of one fetch, hop by hop, from fetch_start() to its one answer.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "fetch/fetcher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void fetch_move(struct fetch *fetch, struct fetch_list *to)
{
	if (fetch->list)
		TAILQ_REMOVE(fetch->list, fetch, link);
	fetch->list = to;
	TAILQ_INSERT_TAIL(to, fetch, link);
}

/* --- the answer ------------------------------------------------------------------------------ */

static void fetch_answer(struct fetch *fetch)
{
	if (fetch->state != FETCH_ANSWERED)
		fetch_move(fetch, &fetch->fetcher->answered);
	fetch->state = FETCH_ANSWERED;
	fetcher_take_turn(fetch->fetcher);
}

__attribute__((format(printf, 3, 4))) static void fetch_fail(
	struct fetch *fetch, enum status status, const char *format, ...)
{
	char detail[LIMIT_DETAIL];
	va_list ap;
	va_start(ap, format);
	vsnprintf(detail, sizeof(detail), format, ap);
	va_end(ap);
	failure_set(&fetch->response.fail, STAGE_FETCH, status, 0, "%s", detail);
	fetch_answer(fetch);
}

static void fetch_free(struct fetch *fetch)
{
	TAILQ_REMOVE(fetch->list, fetch, link);
	free(fetch->etag);
	free(fetch->last_modified);
	free(fetch->validators_url);
	free(fetch->form);
	access_drop(fetch->access);
	free(fetch->hub);
	free(fetch->self);
	free(fetch->response.body);
	fetch_url_release(&fetch->url);
	fetch_url_release(&fetch->home);
	redirect_trail_release(&fetch->trail);
	transfer_free(fetch->transfer);
	file_job_free(fetch->job);
	free(fetch);
}

void fetch_deliver(struct fetch *fetch)
{
	struct fetch_response *r = &fetch->response;
	assert(fetch->state == FETCH_ANSWERED);
	r->http_code = r->http_code ? r->http_code : r->fail.http_code;
	r->final_url = fetch->url.text;
	r->elapsed_ms = fetch->spent_ms;
	fetch->fetcher->n_bytes += r->body_len;
	fetch->done(fetch->arg, r);
	fetch_free(fetch);
}

/* --- waiting for a host ---------------------------------------------------------------------- */

/* Its host rests: it was not asked, and comes back when the rest is over. */
static void fetch_postpone(struct fetch *fetch, int64_t until)
{
	char wait[32];
	int64_t left = until - clock_now();
	fetch->response.postponed_until = until;
	fetch_fail(fetch, STATUS_RATE_LIMITED, "%s asked for a rest, %s of it are left",
		fetch->url.host, duration_format(left > 0 ? left : 0, wait));
}

/* Whether the hop goes where a proxy would lead it past the address guard; answered then. */
static bool fetch_refuse_hidden(struct fetch *fetch)
{
	const char *what = hop_forbidden(fetch);
	if (clock_is_scaled() && hop_proxy(fetch)) {
		fetch_fail(fetch, STATUS_ADDRESS_REFUSED,
			"%s is behind a proxy; while COURANT_CLOCK is set loopback alone is asked",
			fetch->url.host);
		return true;
	}
	if (what)
		fetch_fail(fetch, STATUS_ADDRESS_REFUSED, "%s is %s, and allow_private is not set",
			fetch->url.host, what);
	return what != NULL;
}

/* Into the queue of the present hop's host; `first`: as the next hop of what was begun. */
static void fetch_wait(struct fetch *fetch, bool first)
{
	struct fetcher *f = fetch->fetcher;
	char buf[FETCH_QUEUE_SIZE];
	const char *queue = fetcher_queue(f, fetch->url.host, buf);
	int64_t until = rests_until(&f->rests, queue, clock_now());
	if (fetch_refuse_hidden(fetch))
		return;
	if (until > 0) {
		fetch_postpone(fetch, until);
		return;
	}
	fetch->state = FETCH_WAITING;
	int64_t now_ms = clock_wait_ms();
	hosts_slow(f->hosts, queue, rests_pause_ms(&f->rests, queue, clock_now()), now_ms);
	hosts_enter(f->hosts, &fetch->place, queue, first, now_ms);
	fetcher_take_turn(f);
}

void fetch_requeue(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	struct host_place *place = &fetch->place;
	char buf[FETCH_QUEUE_SIZE];
	if (place->host == NULL)
		return;
	int64_t now = clock_now(), now_ms = clock_wait_ms();
	const char *queue = fetcher_queue(f, fetch->url.host, buf);
	int64_t until = rests_until(&f->rests, queue, now);
	hosts_slow(f->hosts, queue, rests_pause_ms(&f->rests, queue, now), now_ms);
	if (until > 0 && !place->started) {
		hosts_leave(f->hosts, place, now_ms);
		fetch_postpone(fetch, until);
	} else {
		hosts_move(f->hosts, place, queue, now_ms);
	}
}

int64_t fetch_starts_at(const struct fetch *fetch)
{
	if (fetch->state != FETCH_WAITING || fetch->place.host == NULL || fetch->place.started)
		return 0;
	int64_t now_ms = clock_wait_ms();
	int64_t wait_ms = hosts_starts_ms(fetch->fetcher->hosts, &fetch->place, now_ms) - now_ms;
	return clock_now() + (wait_ms + 999) / 1000;
}

/* How long a 429 means. One's own machine needs no rest that it did not ask for. */
static int64_t rest_of(struct fetch *fetch, int64_t retry_after)
{
	if (retry_after > LIMIT_SERVER_FLOOR)
		return LIMIT_SERVER_FLOOR;
	if (retry_after != FETCH_UNSAID)
		return retry_after > 0 ? retry_after : 1;
	if (transfer_is_loopback(fetch->transfer) && !clock_is_scaled())
		return 0;
	return LIMIT_HOST_REST + (int64_t)(rng_unit(&fetch->fetcher->rng) * LIMIT_HOST_REST);
}

/* A 429 is about the reader, not about one feed: the whole host rests (etiquette), and those who
 * wait for it come back later. */
static void host_rest(struct fetch *fetch, int64_t retry_after)
{
	struct fetcher *f = fetch->fetcher;
	char buf[FETCH_QUEUE_SIZE];
	const char *queue = fetcher_queue(f, fetch->url.host, buf);
	int64_t now = clock_now(), rest = rest_of(fetch, retry_after);
	struct fetch_rest noted = { .host = fetch->url.host, .since = now, .until = now + rest };
	struct host_place *place;
	char wait[32];
	if (rest <= 0)
		return;
	noted.pause_ms = rests_refused(&f->rests, fetch->url.host, queue, now + rest,
		hosts_pause_ms(f->hosts, queue), now);
	log_notice("%s answered 429: it is not asked for %s, and then no faster than every %.3g s",
		noted.host, duration_format(rest, wait), (double)noted.pause_ms / 1000.0);
	if (f->options.rest_noted)
		f->options.rest_noted(f->options.noted_arg, &noted);
	while ((place = hosts_first_waiting(f->hosts, queue))) {
		hosts_leave(f->hosts, place, clock_wait_ms());
		fetch_postpone((struct fetch *)place, now + rest);
	}
}

/* It answers, and not by 429. */
static void host_bears(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	char buf[FETCH_QUEUE_SIZE];
	if (f->rests.n > 0)
		rests_answered(&f->rests, fetcher_queue(f, fetch->url.host, buf));
}

/* --- one hop --------------------------------------------------------------------------------- */

static void fetch_settled(void *arg)
{
	struct fetch *fetch = arg;
	hosts_resolved(fetch->fetcher->hosts, &fetch->place);
	fetcher_take_turn(fetch->fetcher);
}

static void fetch_sending(void *arg)
{
	struct fetch *fetch = arg;
	hosts_sent(fetch->fetcher->hosts, &fetch->place, clock_wait_ms());
}

static void fetch_arrived(void *arg, size_t n_header, size_t n_body)
{
	struct fetch *fetch = arg;
	fetch->fetcher->n_held += n_body;
	fetch->n_held += n_body;
	fetch->n_unstirred += n_header + n_body;
	if (fetch->n_unstirred < LIMIT_QUIET_BYTES)
		return;
	fetch->n_unstirred = 0;
	hosts_stirred(fetch->fetcher->hosts, &fetch->place, clock_wait_ms());
}

static bool fetch_connection_wanted(void *arg)
{
	struct fetch *fetch = arg;
	const struct hosts *hosts = fetch->fetcher->hosts;
	return hosts_n_waiting(hosts) < LIMIT_IDLE_CONNECTIONS ||
	       hosts_first_waiting(hosts, fetch->url.host) != NULL;
}

static void fetch_tell_begun(struct fetch *fetch)
{
	void (*begun)(void *arg) = fetch->begun;
	fetch->begun = NULL;
	if (begun)
		begun(fetch->arg);
}

void fetch_begin_hop(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	bool known = strcmp(fetch->url.text, fetch->validators_url) == 0; /* etiquette C3 */
	struct transfer_request request = {
		.url = &fetch->url,
		.etag = known ? fetch->etag : NULL,
		.last_modified = known ? fetch->last_modified : NULL,
		.user_agent = f->options.user_agent,
		.ca_file = f->options.ca_file,
		.allow_private = fetch->allow_private,
		.timeout_ms = fetch->left_ms,
		.max_body = fetch->max_body,
		.form = fetch->form,
		.settled = fetch_settled,
		.sending = fetch_sending,
		.arrived = fetch_arrived,
		.wanted = fetch_connection_wanted,
		.arg = fetch,
	};
	hop_take_access(fetch, &request);
	f->n_requests++;
	fetch->n_unstirred = 0;
	fetch->state = FETCH_TRANSFERRING;
	fetch->hop_began_ms = clock_monotonic_ms();
	fetch->transfer = transfer_new(multi_easy_get(fetcher_multi(f)), &request);
	multi_add(f->multi, fetch->transfer->easy);
	fetch_tell_begun(fetch);
}

/* The exchange of a hop is over: its host, its handle and its time are accounted for. */
static void fetch_end_hop(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	int64_t now_ms = clock_monotonic_ms();
	fetch->spent_ms += now_ms - fetch->hop_began_ms;
	fetch->left_ms -= now_ms - fetch->hop_began_ms;
	hosts_leave(f->hosts, &fetch->place, clock_wait_ms());
	f->n_held -= fetch->n_held;
	fetch->n_held = 0;
	multi_easy_put(f->multi, transfer_take_easy(fetch->transfer));
	fetcher_take_turn(f);
}

static void fetch_redirected(struct fetch *fetch, int code)
{
	struct fetch_url to;
	if (!redirect_follow(&fetch->trail, &fetch->url, code, fetch->transfer->reply.location,
		    fetch->fetcher->hsts, clock_now(), &to, &fetch->response.fail)) {
		fetch_answer(fetch);
		return;
	}
	bool unsafe = fetch->form && fetch->url.scheme == SCHEME_HTTPS && to.scheme == SCHEME_HTTP;
	fetch_url_release(&fetch->url);
	fetch->url = to;
	hop_mark_secrets(fetch);
	if (unsafe) {
		fetch_fail(fetch, STATUS_REDIRECT_REFUSED,
			"redirected from https to http, which would show what is sent");
		return;
	}
	transfer_free(fetch->transfer);
	fetch->transfer = NULL;
	if (fetch->left_ms > 0)
		fetch_wait(fetch, true);
	else
		fetch_fail(fetch, STATUS_TIMEOUT, "the redirects took too long");
}

/* A target of the Link field, to be freed; NULL when there is none that can be used. */
static char *link_resolved(const struct fetch *fetch, const char *target)
{
	struct fetch_url url;
	return target && fetch_url_resolve(&fetch->url, target, &url) ? url.text : NULL;
}

/* What the last hop said, good or bad. */
static void fetch_take_reply(struct fetch *fetch, enum transfer_end end)
{
	struct fetch_response *r = &fetch->response;
	struct transfer *t = fetch->transfer;
	r->moved_permanently = fetch->trail.permanent && !hop_left_home(fetch);
	headers_freshness(&t->reply, clock_now(), &r->freshness);
	r->no_route = t->no_route;
	if (end == TRANSFER_FAILED)
		return;
	r->not_modified = end == TRANSFER_NOT_MODIFIED;
	r->etag = t->reply.etag;
	r->last_modified = t->reply.last_modified;
	r->content_type = t->reply.content_type;
	r->hub = fetch->hub = link_resolved(fetch, t->reply.hub);
	r->self = fetch->self = link_resolved(fetch, t->reply.self);
	if (end == TRANSFER_DOCUMENT)
		r->body = strbuf_take(&t->body, &r->body_len);
}

void fetch_transferred(void *fetcher, CURL *easy, CURLcode result)
{
	char *private = NULL;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
	struct fetch *fetch = (struct fetch *)(void *)private;
	assert(fetch->fetcher == fetcher && fetch->state == FETCH_TRANSFERRING);
	struct fetch_response *r = &fetch->response;
	int code = transfer_code(fetch->transfer);
	enum transfer_end end = transfer_judge(fetch->transfer, result, &r->fail);
	hop_note_hsts(fetch);
	if (end != TRANSFER_REDIRECTED) {
		r->http_code = code;
		fetch_take_reply(fetch, end);
	}
	if (code == 429 && end == TRANSFER_FAILED)
		host_rest(fetch, r->freshness.retry_after);
	else if (code > 0)
		host_bears(fetch);
	fetch_end_hop(fetch);
	if (end == TRANSFER_REDIRECTED)
		fetch_redirected(fetch, code);
	else
		fetch_answer(fetch);
}

/* --- files and programs ---------------------------------------------------------------------- */

/* Out of whatever it is in, with nothing of it left under way. */
static void fetch_abandon(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	switch (fetch->state) {
	case FETCH_WAITING:
		f->n_files_waiting -= fetch->list == &f->files_waiting;
		hosts_leave(f->hosts, &fetch->place, clock_wait_ms());
		break;
	case FETCH_TRANSFERRING:
		multi_remove(f->multi, fetch->transfer->easy);
		fetch_end_hop(fetch);
		break;
	case FETCH_READING: /* the job comes back, and is freed then */
		if (fetch->run) {
			exec_abandon(fetch->run);
			fetch->run = NULL;
			f->n_reading--;
			break;
		}
		ev_timer_stop(f->loop, &fetch->deadline);
		fetch->job->owner = NULL;
		atomic_store(&fetch->job->abandoned, true);
		fetch->job = NULL;
		break;
	case FETCH_ANSWERED:
		free(fetch->response.body);
		break;
	}
}

static void file_late(struct ev_loop *loop, struct ev_timer *deadline, int revents)
{
	(void)loop, (void)revents;
	struct fetch *fetch = deadline->data;
	fetch_abandon(fetch);
	fetch_fail(fetch, STATUS_TIMEOUT, "the file was not read in time");
}

static void fetch_begin_file(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	char *path = fetch_url_file_path(fetch->url.text);
	bool known = strcmp(fetch->url.text, fetch->validators_url) == 0;
	fetch->job = file_job_new(path, known ? fetch->etag : NULL, fetch->max_body, fetch);
	free(path);
	ev_timer_init(&fetch->deadline, file_late, (double)fetch->left_ms / 1000.0, 0.0);
	fetch->deadline.data = fetch;
	ev_timer_start(f->loop, &fetch->deadline);
	file_submit(f->files, fetch->job);
}

static void exec_read(void *arg, struct exec_answer *answer)
{
	struct fetch *fetch = arg;
	struct fetch_response *r = &fetch->response;
	fetch->run = NULL;
	fetch->fetcher->n_reading--;
	fetch->spent_ms = clock_monotonic_ms() - fetch->hop_began_ms;
	r->fail = answer->fail;
	if (answer->fail.status == STATUS_OK) {
		r->http_code = 200;
		r->body = answer->body;
		r->body_len = answer->body_len;
		answer->body = NULL;
	}
	fetch_answer(fetch);
}

void fetch_begin_local(struct fetch *fetch)
{
	struct fetcher *f = fetch->fetcher;
	f->n_files_waiting--;
	f->n_reading++;
	f->n_requests++;
	fetch->state = FETCH_READING;
	fetch->hop_began_ms = clock_monotonic_ms();
	fetch_move(fetch, &f->under_way);
	if (fetch->url.scheme == SCHEME_EXEC)
		fetch->run = exec_start(f->execs, fetch->url.text, fetch->max_body, fetch->left_ms,
			exec_read, fetch);
	else
		fetch_begin_file(fetch);
	fetch_tell_begun(fetch);
}

void fetch_file_read(void *fetcher, struct file_job *job)
{
	struct fetcher *f = fetcher;
	struct fetch *fetch = job->owner;
	f->n_reading--;
	if (!fetch) {
		file_job_free(job);
		fetcher_take_turn(f);
		return;
	}
	struct fetch_response *r = &fetch->response;
	ev_timer_stop(f->loop, &fetch->deadline);
	fetch->spent_ms = clock_monotonic_ms() - fetch->hop_began_ms;
	r->fail = job->fail;
	if (job->fail.status == STATUS_OK) {
		r->http_code = job->not_modified ? 304 : 200;
		r->not_modified = job->not_modified;
		r->etag = job->tag;
		r->body = job->body;
		r->body_len = job->body_len;
		job->body = NULL;
	}
	fetch_answer(fetch);
}

/* --- start and end --------------------------------------------------------------------------- */

struct fetch *fetch_start(
	struct fetcher *f, const struct fetch_request *request, fetch_done_fn *done, void *arg)
{
	struct fetch *fetch = xcalloc(1, sizeof(*fetch));
	fetch->fetcher = f;
	fetch->done = done;
	fetch->begun = request->begun;
	fetch->arg = arg;
	fetch->etag = xstrdup_or_null(request->etag);
	fetch->last_modified = xstrdup_or_null(request->last_modified);
	fetch->validators_url =
		xstrdup(request->validators_url ? request->validators_url : request->url);
	fetch->form = xstrdup_or_null(request->form);
	fetch->allow_private = request->allow_private;
	fetch->max_body = request->max_body;
	fetch->left_ms = request->timeout_ms;
	fetch->response.freshness = (struct fetch_freshness){ FETCH_UNSAID, FETCH_UNSAID };
	redirect_trail_init(&fetch->trail, request->url);
	fetch_move(fetch, &f->under_way);
	if (f->closing) {
		fetch_fail(fetch, STATUS_CANCELLED, "courant is stopping");
	} else if (!fetch_url_parse(request->url, &fetch->url)) {
		char shown[LIMIT_DETAIL];
		fetch->url.text = xstrdup(request->url);
		fetch_fail(fetch, STATUS_BAD_URL, "\"%s\" is no http, https or file URL",
			fetch_url_for_people(request->url, shown, sizeof(shown)));
	} else if (fetch->url.scheme == SCHEME_EXEC && clock_is_scaled()) {
		fetch_fail(fetch, STATUS_ADDRESS_REFUSED,
			"no program is run while COURANT_CLOCK is set: it could ask anybody");
	} else if (fetch->url.scheme == SCHEME_EXEC && !request->allow_exec) {
		fetch_fail(fetch, STATUS_BAD_URL, "programs are run for declared feeds only");
	} else if (fetch->url.scheme == SCHEME_FILE || fetch->url.scheme == SCHEME_EXEC) {
		fetch_move(fetch, &f->files_waiting);
		f->n_files_waiting++;
		fetcher_take_turn(f);
	} else {
		hop_begin(fetch, request);
		fetch_wait(fetch, false);
	}
	return fetch;
}

void fetch_cancel(struct fetch *fetch)
{
	fetch_abandon(fetch);
	fetch->response = (struct fetch_response){ .freshness = { FETCH_UNSAID, FETCH_UNSAID } };
	fetch_fail(fetch, STATUS_CANCELLED, "the fetch was stopped");
}
