#include "api/resources.h"

#include "api/server.h"
#include "base/clock.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

struct page {
	struct json_writer w;
	bool content;
};

static void write_one(void *arg, const struct entry_record *entry)
{
	struct page *page = arg;
	entry_write(&page->w, NULL, entry, page->content);
}

static struct entry_filter filter_of(const struct params *p)
{
	bool clamp = p->limit == 0 || p->limit > LIMIT_API_ENTRIES;
	return (struct entry_filter){
		.statuses = p->n_statuses > 0 ? p->statuses : NULL,
		.n_statuses = p->n_statuses,
		.starred = p->starred,
		.feed_id = p->feed_id,
		.category = category_wanted(p->category),
		.after_id = p->after_id,
		.before_id = p->before_id,
		.after = p->after,
		.before = p->before,
		.published_after = p->published_after,
		.published_before = p->published_before,
		.order = p->order,
		.descending = p->descending,
		.limit = clamp ? LIMIT_API_ENTRIES : p->limit,
		.offset = p->offset,
		.without_content = !p->content,
	};
}

/* What was searched for becomes part of the filter. False when the request was refused. */
static bool add_search(
	struct request *rq, struct query *q, struct entry_filter *filter, struct strbuf *match)
{
	const struct params *p = &rq->params;
	struct failure fail;

	if (p->search == NULL && p->order != ENTRY_ORDER_RELEVANCE)
		return true;
	if (p->search == NULL) {
		request_refuse(rq, STATUS_BAD_REQUEST, "order=relevance needs a search");
		return false;
	}
	if (!query_search(q, p->search, clock_now(), filter, match, &fail)) {
		request_fail(rq, &fail);
		return false;
	}
	if (!p->order_said)
		filter->order = ENTRY_ORDER_RELEVANCE;
	/* Only filters: there are no words by which one entry could fit better than another. */
	if (filter->match == NULL && filter->order == ENTRY_ORDER_RELEVANCE) {
		filter->order = ENTRY_ORDER_PUBLISHED;
		filter->descending = true;
	}
	return true;
}

static void write_page(struct request *rq, struct query *q, const struct entry_filter *filter)
{
	struct page page = { request_json(rq, MHD_HTTP_OK), rq->params.content };
	jw_object(&page.w, NULL);
	jw_array(&page.w, "entries");
	int64_t total = query_entries(q, filter, write_one, &page);
	jw_array_end(&page.w);
	jw_int(&page.w, "total", total);
	if (filter->match != NULL)
		jw_bool(&page.w, "total_is_least", total == LIMIT_SEARCH_MATCHES);
	jw_object_end(&page.w);
	if (total < 0 && filter->match != NULL && query_timed_out(q))
		request_refuse(rq, STATUS_BAD_REQUEST,
			"the search was given up after %d s: many entries have these words and few "
			"of them fit the rest; add a rarer word, or leave a filter out",
			LIMIT_SEARCH_MS / 1000);
	else if (total < 0)
		request_query_failed(rq, q);
}

void entries_read(struct request *rq, struct query *q)
{
	struct entry_filter filter = filter_of(&rq->params);
	struct strbuf match = STRBUF_INIT(SEARCH_MATCH_MAX);
	if (add_search(rq, q, &filter, &match))
		write_page(rq, q, &filter);
	strbuf_release(&match);
}

void entries_of_feed_read(struct request *rq, struct query *q)
{
	feed_exists_read(rq, q);
	if (rq->answer.code != 0)
		return;
	rq->params.feed_id = rq->id;
	entries_read(rq, q);
}

void entry_read(struct request *rq, struct query *q)
{
	struct page page = { JSON_WRITER(&rq->answer.body), true };
	int found = query_entry(q, rq->id, write_one, &page);
	if (found > 0)
		rq->answer.code = MHD_HTTP_OK;
	else if (found < 0)
		request_query_failed(rq, q);
	else
		request_refuse(rq, STATUS_NOT_FOUND, "there is no entry %" PRId64, rq->id);
}

/* ---- changes ---- */

static void changed(void *arg, const struct failure *fail, int64_t n_changed)
{
	struct request *rq = request_back(arg);
	(void)n_changed;
	if (rq == NULL)
		return;
	if (fail->status != STATUS_OK)
		request_fail(rq, fail);
	else
		request_no_content(rq);
	request_send(rq);
}

void entries_set_status(struct request *rq)
{
	enum entry_status status;
	const json_t *list = json_object_get(rq->body, "entry_ids");
	size_t n = json_array_size(list);
	if (!entry_status_parse(body_text(rq->body, "status"), &status)) {
		request_refuse(rq, STATUS_BAD_REQUEST, "status must be unread, read or removed");
		return;
	}
	int64_t *ids = xmalloc(n * sizeof *ids);
	for (size_t i = 0; i < n; i++)
		ids[i] = json_integer_value(json_array_get(list, i));
	store_entries_status(
		rq->api->options.store, ids, n, status, clock_now(), changed, request_out(rq));
	free(ids);
}

static void star_toggled(void *arg, const struct failure *fail, int64_t n_changed)
{
	struct request *rq = request_back(arg);
	(void)n_changed;
	if (rq == NULL)
		return;
	if (fail->status == STATUS_NOT_FOUND)
		request_refuse(rq, STATUS_NOT_FOUND, "there is no entry %" PRId64, rq->id);
	else if (fail->status != STATUS_OK)
		request_fail(rq, fail);
	else
		request_no_content(rq);
	request_send(rq);
}

void entry_toggle_star(struct request *rq)
{
	store_entry_toggle_star(
		rq->api->options.store, rq->id, clock_now(), star_toggled, request_out(rq));
}

/* Of one feed (id of the path), or with no id of all: entries that arrive meanwhile stay unread. */
void mark_read(struct request *rq)
{
	struct store *store = rq->api->options.store;
	store_feed_mark_read(
		store, rq->id, store_last_entry_id(store), clock_now(), changed, request_out(rq));
}
