#include "refresh/private.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[] = {
#define X(id, name) [REFRESH_##id] = name,
	REFRESH_STATE_LIST(X)
#undef X
};

const char *refresh_state_name(enum refresh_state state)
{
	assert(state < REFRESH_STATE_COUNT);
	return state_names[state];
}

bool refresher_is_full(const struct refresher *r)
{
	return r->held_bytes > LIMIT_HELD_BYTES ||
	       (r->held_bytes > LIMIT_HELD_BYTES / 2 && r->n_held > LIMIT_HELD_DOCS);
}

/* A body counts until what came of it is committed: the store may be slower than the parsers. */
static void feed_hold(struct feed *feed, size_t bytes)
{
	struct refresher *r = feed->refresher;
	r->n_held += (bytes > 0) - (feed->held_bytes > 0);
	r->held_bytes += bytes;
	r->held_bytes -= feed->held_bytes;
	feed->held_bytes = bytes;
	fetcher_pause(r->options.fetcher, refresher_is_full(r));
}

void feed_enter(struct feed *feed, enum refresh_state state)
{
	struct refresher *r = feed->refresher;
	log_debug("feed %lld: %s -> %s", (long long)feed->id, refresh_state_name(feed->state),
		refresh_state_name(state));
	r->in_state[feed->state]--;
	r->in_state[state]++;
	feed->state = state;
	/* Of one that is queued for an earlier page the last body is committed. */
	if (state <= REFRESH_QUEUED && feed->held_bytes > 0)
		feed_hold(feed, 0);
}

void refresher_count(struct refresher *r, const struct feed *feed, int by)
{
	r->in_state[feed->state] += (unsigned)by;
	if (feed->kept.failure.status != STATUS_OK && !feed->config.disabled)
		r->n_failing += (unsigned)by;
	if (feed->kept.gap_at > 0)
		r->n_gaps += (unsigned)by;
}

void refresher_check_drained(struct refresher *r)
{
	unsigned n = r->n_storing;
	for (int state = REFRESH_IDLE + 1; state < REFRESH_STATE_COUNT; state++)
		n += r->in_state[state];
	if (!r->draining || n > 0 || r->drained == NULL)
		return;
	void (*drained)(void *arg) = r->drained;
	r->drained = NULL;
	drained(r->drained_arg);
}

void feed_schedule(struct feed *feed)
{
	struct refresher *r = feed->refresher;
	if (feed->state != REFRESH_IDLE)
		return;
	if (feed->config.disabled || r->draining)
		schedule_remove(r->schedule, &feed->due);
	else
		schedule_set(r->schedule, &feed->due, feed->kept.next_due);
}

void refresher_forget(struct refresher *r, struct feed *feed)
{
	schedule_remove(r->schedule, &feed->due);
	feed_table_remove(&r->table, feed);
	if (r->options.removed != NULL)
		r->options.removed(r->options.arg, feed->id);
	if (feed->state != REFRESH_IDLE) {
		feed->removed = true;
		if (feed->fetch != NULL)
			fetch_cancel(feed->fetch);
		return;
	}
	refresher_count(r, feed, -1);
	feed_free(feed);
}

/* ---- the last step: back to idle, with everybody told ---- */

static void drop_links(struct feed *feed)
{
	free(feed->link_hub);
	free(feed->link_self);
	free(feed->link_from);
	feed->link_hub = feed->link_self = feed->link_from = NULL;
}

void feed_finish(struct feed *feed)
{
	struct refresher *r = feed->refresher;
	fetch_state_release(&feed->next);
	free(feed->led_to);
	feed->led_to = NULL;
	free(feed->page_url);
	feed->page_url = NULL;
	feed_enter(feed, REFRESH_IDLE);
	drop_links(feed);
	if (!feed->unasked || feed->removed)
		feed_answer_waiters(feed);
	if (feed->addition != NULL)
		addition_finished(feed);
	if (feed->removed || feed->id == 0) {
		refresher_count(r, feed, -1);
		feed_free(feed);
	} else if (!feed_pardon(feed) && !feed_heed_hub(feed)) {
		feed_heed_change(feed);
		feed_schedule(feed);
		feed_ask_for_waiters(feed);
	}
	r->options.refreshed(r->options.arg);
	refresher_check_drained(r);
}

static void log_outcome(const struct feed *feed, const struct store_refresh_result *result)
{
	const struct failure *fail = &feed->next.failure;
	if (feed->prospect.stays) /* it was not asked */
		return;
	const char *name = feed->config.name != NULL ? feed->config.name : feed->config.url;
	if (fail->status != STATUS_OK && feed->next.n_failures == 1)
		log_warning("feed %lld (%s): %s: %s: %s", (long long)feed->id, name,
			stage_name(fail->stage), status_name(fail->status), fail->detail);
	else if (fail->status == STATUS_OK && feed->kept.failure.status != STATUS_OK)
		log_notice("feed %lld (%s): works again", (long long)feed->id, name);
	if (result->n_new > 0 || result->n_changed > 0)
		log_info("feed %lld (%s): %lld new, %lld changed", (long long)feed->id, name,
			(long long)result->n_new, (long long)result->n_changed);
	if (result->n_purged > 0)
		log_debug("feed %lld: %lld entries were kept long enough", (long long)feed->id,
			(long long)result->n_purged);
}

/* The database did not take it: what is known stays as it was, and the feed is asked again later,
 * not at once, and not before the server wishes. */
static void store_failed(struct feed *feed, const struct failure *fail)
{
	struct feed_fetch_state *kept = &feed->kept;
	int64_t now = clock_now(), due = now + feed->refresher->options.conf->poll.min_interval;
	state_mind_clock(&feed->next, now);
	kept->retry_at = feed->next.retry_at;
	if (!feed->removed)
		log_err("feed %lld: %s: %s", (long long)feed->id, status_name(fail->status),
			fail->detail);
	full_noted(feed->refresher, fail);
	feed->report.fail = *fail;
	kept->due_reason = kept->retry_at > due ? DUE_RETRY_AFTER : DUE_BACK_OFF;
	kept->next_due = kept->retry_at > due ? kept->retry_at : due;
	kept->due_wait = kept->next_due - now;
	feed_finish(feed);
}

/* What feed_decide() found is known on the loop only now. */
static void take_decision(struct feed_fetch_state *next, const struct feed_fetch_state *committed)
{
	next->next_due = committed->next_due;
	next->due_reason = committed->due_reason;
	next->due_wait = committed->due_wait;
	next->rhythm = committed->rhythm;
	next->gap_at = committed->gap_at;
}

static void count_refresh(const struct feed *feed, const struct store_refresh_result *result)
{
	struct refresh_tally *tally = &feed->refresher->tally;
	if (feed->prospect.stays) /* it was not asked */
		return;
	refresh_tally_add(tally, feed->next.failure.status, feed->report.not_modified,
		clock_monotonic_ms() - feed->handed_over_ms);
	tally->n_new += (uint64_t)result->n_new;
	tally->n_changed += (uint64_t)result->n_changed;
}

static void stored(void *arg, const struct store_refresh_result *result)
{
	struct feed *feed = arg;
	struct refresher *r = feed->refresher;
	if (result->fail.status != STATUS_OK) {
		store_failed(feed, &result->fail);
		return;
	}
	take_decision(&feed->next, result->state);
	bool gap = feed->next.gap_at > feed->kept.gap_at;
	log_outcome(feed, result);
	feed->report.n_new = result->n_new;
	feed->report.n_changed = result->n_changed;
	count_refresh(feed, result);
	refresher_count(r, feed, -1);
	fetch_state_release(&feed->kept);
	feed->kept = feed->next;
	feed->next = (struct feed_fetch_state){ 0 };
	feed->future = (struct feed_times){ 0 };
	feed_mind_clock(feed, clock_now()); /* it may have been set back meanwhile */
	refresher_count(r, feed, 1);
	if (feed->kept.failure.status == STATUS_OK && !feed->removed && !feed->prospect.stays)
		feed_led_to(feed, feed->led_to);
	if (result->n_new > 0)
		r->options.published(r->options.arg, result->last_id);
	if (!gap || !paging_begin(feed))
		feed_finish(feed);
}

/* ---- deciding what is committed ---- */

int64_t feed_interval(const struct feed *feed)
{
	const struct conf *conf = feed->refresher->options.conf;
	return feed->config.interval > 0 ? feed->config.interval : conf->poll.interval;
}

static struct rhythm_document rhythm_of(const struct feed_doc *doc, int64_t now)
{
	struct rhythm_document d = { 0 };
	for (size_t i = 0; doc != NULL && i < doc->n_entries; i++)
		rhythm_document_add(&d, now, doc->entries[i].published);
	return d;
}

/* Gathers what the next due time is decided from, but for what the database will find. */
static void look_ahead(struct feed *feed, const struct feed_doc *doc, int64_t now)
{
	struct refresher *r = feed->refresher;
	const struct conf *conf = r->options.conf;
	const struct feed_fetch_state *kept = &feed->kept, *next = &feed->next;
	struct feed_prospect *p = &feed->prospect;
	p->stays = p->closes_gap = false;
	p->may_gap = p->may_gap && doc != NULL;
	p->by_hub = feed->pushed && feed_interval(feed) < LIMIT_WEBSUB_POLL;
	p->policy = (struct schedule_policy){
		.interval = p->by_hub ? LIMIT_WEBSUB_POLL : feed_interval(feed),
		.stated = feed->config.interval > 0 || p->by_hub,
		.min_interval = conf->poll.min_interval,
		.max_interval = conf->poll.max_interval,
		.floor_exempt = feed->local,
	};
	p->outcome = (struct schedule_outcome){
		.now = now,
		.fail = next->failure,
		.n_failures = next->n_failures,
		.last_status = kept->failure.status,
		.last_fetch = kept->last_fetch,
		.last_success = kept->last_success,
		.max_age = feed->freshness.max_age,
		.retry_after = feed->freshness.retry_after,
		.ttl_minutes = next->ttl_minutes,
		.update_interval_seconds = next->update_interval_seconds,
		.skip_hours = next->skip_hours,
		.skip_days = next->skip_days,
		.rhythm = kept->rhythm,
		.validators = next->etag != NULL || next->last_modified != NULL,
	};
	p->document = rhythm_of(doc, now);
	p->rng.state = rng_next(&r->rng);
}

/* Nothing of the document was known, in a feed that has entries. */
static bool is_gap(const struct feed_prospect *p, const struct store_refresh_result *result)
{
	int64_t n_before = result->n_entries + result->n_purged - result->n_new;
	return p->may_gap && p->outcome.last_success > 0 && result->n_new > 0 &&
	       result->n_known == 0 && n_before > 0;
}

/* On the writer thread. */
void feed_decide(
	void *arg, const struct store_refresh_result *result, struct feed_fetch_state *state)
{
	struct feed_prospect *p = &((struct feed *)arg)->prospect;
	if (p->closes_gap && result->n_known > 0)
		state->gap_at = 0;
	if (p->stays)
		return;
	p->outcome.gap = is_gap(p, result);
	if (p->outcome.gap)
		state->gap_at = p->outcome.now;
	if (state->failure.status == STATUS_OK)
		rhythm_look(&p->outcome.rhythm, p->outcome.now,
			result->n_new - result->n_backfilled, &p->document);
	struct schedule_decision d = schedule_next(&p->policy, &p->outcome, &p->rng);
	state->next_due = d.due;
	state->due_reason = p->by_hub && d.reason == DUE_INTERVAL ? DUE_PUSHED : d.reason;
	state->due_wait = d.wait;
	state->rhythm = p->outcome.rhythm;
}

/* Link fields go before what stands in the document (WebSub 4). */
static void tell_hub(const struct feed *feed, const struct feed_doc *doc)
{
	const struct refresher_options *options = &feed->refresher->options;
	const char *hub = feed->link_hub, *self = feed->link_self;
	if (hub == NULL)
		hub = doc->n_hubs > 0 ? doc->hubs[0] : NULL;
	if (self == NULL)
		self = doc->feed_url;
	if (options->hub_seen != NULL)
		options->hub_seen(options->arg, feed->id, hub, self, feed->link_from);
}

void feed_store(struct feed *feed, struct feed_doc *doc, int64_t now)
{
	if (doc != NULL)
		tell_hub(feed, doc);
	store_refresh(
		feed->refresher->options.store, feed->id, &feed->next, doc, now, stored, feed);
}

/* Commits feed->next, whose failure is set, and doc (taken; may be NULL). */
static void commit(struct feed *feed, struct feed_doc *doc)
{
	int64_t now = clock_now(), retry = feed->freshness.retry_after;
	struct feed_fetch_state *next = &feed->next;
	next->last_fetch = now;
	next->retry_at = retry < 0                    ? 0
			 : retry < LIMIT_SERVER_FLOOR ? now + retry
						      : now + LIMIT_SERVER_FLOOR;
	if (next->failure.status == STATUS_OK) {
		next->last_success = now;
		next->n_failures = 0;
		next->failing_since = 0;
	} else {
		next->n_failures++;
		if (next->failing_since == 0)
			next->failing_since = now;
	}
	look_ahead(feed, doc, now);
	feed->report.fail = next->failure;
	feed_enter(feed, REFRESH_STORING);
	feed->handed_over_ms = clock_monotonic_ms();
	if (feed->id == 0)
		addition_store(feed, doc, now);
	else
		feed_store(feed, doc, now);
}

/* Stopping, or the feed was removed meanwhile, or is none that could be added. */
void feed_abandon(struct feed *feed, const struct failure *fail)
{
	feed->report.fail = *fail;
	feed_finish(feed);
}

static void fail_refresh(struct feed *feed, const struct failure *fail)
{
	if (fail->status == STATUS_CANCELLED || feed->removed || feed->id == 0) {
		feed_abandon(feed, fail);
		return;
	}
	feed->next.failure = *fail;
	commit(feed, NULL);
}

/* ---- parse ---- */

static void keep_what_the_document_says(struct feed_fetch_state *next, const struct feed_doc *doc)
{
	next->ttl_minutes = doc->ttl_minutes;
	next->update_interval_seconds = doc->update_interval_seconds;
	next->skip_hours = doc->skip_hours;
	next->skip_days = doc->skip_days;
	bool mended = !doc->well_formed && doc->n_warnings > 0;
	fetch_state_set_mended(next, mended ? doc->warnings[0] : NULL);
}

/* A broken document that gave no entry is a failure: it may have been cut off before the first, and
 * its feed would seem healthy and silent. */
static bool is_wreck(const struct feed_doc *doc, struct failure *ret_fail)
{
	if (doc == NULL || doc->well_formed || doc->n_entries > 0)
		return false;
	failure_set(ret_fail, STAGE_PARSE, STATUS_MALFORMED, 0, "no entry could be read; %s",
		doc->n_warnings > 0 ? doc->warnings[doc->n_warnings - 1] : "it is not well-formed");
	return true;
}

static void parsed(struct feed *feed, struct feed_doc *doc, const struct failure *fail)
{
	struct feed_fetch_state *next = &feed->next;
	struct failure wreck;
	if (is_wreck(doc, &wreck)) {
		feed_doc_free(doc);
		doc = NULL;
		fail = &wreck;
	}
	if (doc == NULL) {
		if (fail->status == STATUS_PARSER_CRASHED ||
			fail->status == STATUS_PARSER_TIMEOUT || fail->status == STATUS_PARSER_LIED)
			next->quarantine_hash = next->body_hash;
		/* Nothing of a body that could not be read counts as seen (etiquette C4). */
		next->body_hash = feed->kept.body_hash;
		fetch_state_set_validators(
			next, feed->kept.etag, feed->kept.last_modified, feed->kept.validators_url);
		fail_refresh(feed, fail);
		return;
	}
	if (feed->removed) {
		feed_doc_free(doc);
		feed_abandon(feed, &(struct failure){ .status = STATUS_CANCELLED });
		return;
	}
	if (!doc->well_formed)
		fetch_state_set_validators(
			next, feed->kept.etag, feed->kept.last_modified, feed->kept.validators_url);
	keep_what_the_document_says(next, doc);
	feed_note_page(feed, doc);
	next->quarantine_hash = (struct hash){ 0 };
	commit(feed, doc);
}

struct parse_ticket {
	struct feed *feed;
	feed_parsed_fn *parsed;
};

static void parse_done(void *arg, struct feed_doc *doc, const struct failure *fail)
{
	struct parse_ticket ticket = *(struct parse_ticket *)arg;
	free(arg);
	ticket.parsed(ticket.feed, doc, fail);
}

/* The same for a feed that is being added: what else the document may be counts too. */
static void find_done(
	void *arg, struct feed_doc *doc, struct listing *listing, const struct failure *fail)
{
	struct feed *feed = ((struct parse_ticket *)arg)->feed;
	struct failure found = { 0 };
	if (addition_looked(feed, doc, listing)) {
		feed_doc_free(doc);
		parse_done(arg, NULL, &found);
	} else if (listing != NULL) {
		failure_set(&found, STAGE_PARSE, STATUS_NOT_A_FEED, 0,
			"it is an HTML page that names %zu %s", listing->n_feeds,
			listing->n_feeds == 1 ? "feed" : "feeds");
		parse_done(arg, NULL, &found);
	} else {
		parse_done(arg, doc, fail);
	}
}

void feed_submit(struct feed *feed, char *body, size_t len, const char *content_type,
	const char *base_url, feed_parsed_fn *done)
{
	struct refresher *r = feed->refresher;
	struct parse_ticket *ticket = xmalloc(sizeof *ticket);
	*ticket = (struct parse_ticket){ .feed = feed, .parsed = done };
	feed_hold(feed, len);
	feed_enter(feed, REFRESH_PARSING);
	if (feed->id == 0)
		workers_find(r->options.workers, FEED_TASK_FIND, body, len, content_type, base_url,
			find_done, ticket);
	else
		workers_submit(
			r->options.workers, body, len, content_type, base_url, parse_done, ticket);
}

/* ---- fetch ---- */

static void unchanged(struct feed *feed)
{
	feed->report.not_modified = true;
	commit(feed, NULL);
}

static void fetch_begun(void *arg)
{
	feed_enter(arg, REFRESH_FETCHING);
}

static void fetched(void *arg, struct fetch_response *response)
{
	struct feed *feed = arg;
	struct feed_fetch_state *next = &feed->next;
	feed->fetch = NULL;
	feed->freshness = response->freshness;
	if (pace_answered(feed, response))
		return;
	if (response->fail.status != STATUS_OK) {
		fail_refresh(feed, &response->fail);
		return;
	}
	next->failure = (struct failure){ 0 };
	struct failure known;
	if (feed->addition != NULL && response->moved_permanently &&
		addition_is_known(feed, response->final_url, &known)) {
		feed_abandon(feed, &known);
		return;
	}
	feed->led_to = response->moved_permanently ? xstrdup(response->final_url) : NULL;
	if (response->not_modified) {
		/* A 304 refreshes what it names and leaves the rest (RFC 9110 15.4.5). */
		fetch_state_set_validators(next,
			response->etag != NULL ? response->etag : feed->kept.etag,
			response->last_modified != NULL ? response->last_modified
							: feed->kept.last_modified,
			feed->kept.validators_url);
		unchanged(feed);
		return;
	}
	struct hash hash = hash_bytes(response->body, response->body_len);
	if (hash_is_set(&next->quarantine_hash) && hash_equal(&hash, &next->quarantine_hash)) {
		struct failure fail;
		failure_set(&fail, STAGE_PARSE, STATUS_QUARANTINED, response->http_code,
			"the same bytes as the ones that crashed the parser");
		fail_refresh(feed, &fail);
		return;
	}
	bool same = hash_equal(&hash, &feed->kept.body_hash);
	/* What was read in recovery keeps no validators, however often it comes (etiquette C4). */
	if (!same || feed->kept.mended == NULL)
		fetch_state_set_validators(
			next, response->etag, response->last_modified, response->final_url);
	if (same) {
		unchanged(feed);
		return;
	}
	next->body_hash = hash;
	feed->link_hub = xstrdup_or_null(response->hub);
	feed->link_self = xstrdup_or_null(response->self);
	feed->link_from = xstrdup_or_null(response->final_url);
	char *body = response->body;
	response->body = NULL;
	feed_submit(feed, body, response->body_len, response->content_type, response->final_url,
		parsed);
}

struct fetch_request feed_request(const struct feed *feed)
{
	const struct conf *conf = feed->refresher->options.conf;
	return (struct fetch_request){
		.url = feed_address(feed),
		.etag = feed->kept.etag,
		.last_modified = feed->kept.last_modified,
		.validators_url = feed->kept.validators_url,
		.allow_private = feed->config.allow_private,
		.allow_exec = feed->config.declared,
		.access = feed->access,
		.access_url = feed->config.url,
		.timeout_ms = conf->poll.timeout_ms,
		.max_body = conf->poll.max_body,
		.begun = fetch_begun,
	};
}

void feed_begin_refresh(struct feed *feed)
{
	struct refresher *r = feed->refresher;
	assert(feed->state == REFRESH_IDLE && !feed->removed);
	schedule_remove(r->schedule, &feed->due);
	pace_begun(feed);
	feed->unasked = false;
	fetch_state_copy(&feed->next, &feed->kept);
	feed->report = (struct refresh_report){ .feed_id = feed->id };
	struct fetch_request request = feed_request(feed);
	feed_enter(feed, REFRESH_QUEUED);
	feed->fetch = fetch_start(r->options.fetcher, &request, fetched, feed);
}

void feed_due(void *refresher, struct heap_node *node)
{
	struct refresher *r = refresher;
	struct feed *feed = (struct feed *)((char *)node - offsetof(struct feed, due));
	struct feed_fetch_state *kept = &feed->kept;
	/* The due time is in an allowed hour, but the machine may have slept until now (P2). */
	int64_t now = clock_now();
	if (feed_mind_clock_set_on(feed, now)) {
		feed_schedule(feed);
		return;
	}
	int64_t allowed = schedule_allowed_from(kept->skip_hours, kept->skip_days, now, &r->rng);
	if (allowed > now) {
		kept->next_due = allowed;
		kept->due_reason = DUE_SKIPPED;
		feed_schedule(feed);
		return;
	}
	if (feed_may_begin(feed, now))
		feed_begin_refresh(feed);
}
