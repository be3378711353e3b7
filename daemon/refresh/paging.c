/*
 * A gap: the document holds none of the entries that were known, so some between may have been
 * missed. Where the publisher offers the pages before it (RFC 5005: prev-archive of an archived
 * feed, next of a paged one), they are read one after the other until one shows a known entry.
 *
 * Pages are read for one gap only, at most LIMIT_GAP_PAGES, from the feed's own origin, in its
 * host's queue like any request, without validators (none are known), and never twice.
 */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "fetch/fetch_url.h"

#include <stdlib.h>
#include <string.h>

struct paging {
	unsigned n_read;
	char *read[LIMIT_GAP_PAGES]; /* the pages asked for so far */
	int64_t n_found;             /* entries that they brought */
};

static const char *link_of(const struct feed_doc *doc, const char *rel)
{
	for (size_t i = 0; i < doc->n_links; i++)
		if (strcmp(doc->links[i].rel, rel) == 0)
			return doc->links[i].href;
	return NULL;
}

void feed_note_page(struct feed *feed, const struct feed_doc *doc)
{
	const char *page = link_of(doc, "prev-archive");
	free(feed->page_url);
	feed->page_url = xstrdup_or_null(page != NULL ? page : link_of(doc, "next"));
	feed->prospect.may_gap = !doc->partial && !doc->history_complete && !doc->history_archive;
}

/* Whether the page may be asked for: the feed's own origin, and for the first time. */
static bool may_read(const struct feed *feed, const struct paging *p, const char *url)
{
	struct fetch_url home, page;
	if (url == NULL || p->n_read == LIMIT_GAP_PAGES || strcmp(url, feed_address(feed)) == 0 ||
		!fetch_url_parse(feed_address(feed), &home))
		return false;
	bool may = fetch_url_parse(url, &page);
	if (may) {
		may = fetch_url_same_origin(&home, &page);
		fetch_url_release(&page);
	}
	fetch_url_release(&home);
	for (unsigned i = 0; i < p->n_read; i++)
		may = may && strcmp(p->read[i], url) != 0;
	return may;
}

static void page_fetched(void *arg, struct fetch_response *response);

static bool ask(struct feed *feed)
{
	struct paging *p = feed->paging;
	if (feed->removed || feed->config.disabled || feed->refresher->draining ||
		!may_read(feed, p, feed->page_url))
		return false;
	char *url = p->read[p->n_read++] = feed->page_url;
	feed->page_url = NULL;
	struct fetch_request request = feed_request(feed);
	request.url = url;
	request.etag = request.last_modified = request.validators_url = NULL;
	feed_enter(feed, REFRESH_QUEUED);
	feed->fetch = fetch_start(feed->refresher->options.fetcher, &request, page_fetched, feed);
	return true;
}

static void paging_end(struct feed *feed, const char *how)
{
	struct paging *p = feed->paging;
	log_notice("feed %lld: %u earlier pages brought %lld entries; %s", (long long)feed->id,
		p->n_read, (long long)p->n_found, how);
	paging_free(feed);
	feed_finish(feed);
}

static void page_stored(void *arg, const struct store_refresh_result *result)
{
	struct feed *feed = arg;
	struct refresher *r = feed->refresher;
	if (result->fail.status != STATUS_OK) {
		paging_end(feed, "the next could not be stored");
		return;
	}
	refresher_count(r, feed, -1);
	feed->kept.gap_at = result->state->gap_at;
	refresher_count(r, feed, 1);
	feed->paging->n_found += result->n_new;
	feed->report.n_new += result->n_new;
	if (result->n_new > 0)
		r->options.published(r->options.arg, result->last_id);
	if (feed->kept.gap_at == 0)
		paging_end(feed, "nothing was missed");
	else if (!ask(feed))
		paging_end(feed, "entries may have been missed");
}

static void page_parsed(struct feed *feed, struct feed_doc *doc, const struct failure *fail)
{
	if (doc == NULL || feed->removed) {
		feed_doc_free(doc);
		paging_end(feed, doc == NULL ? status_text(fail->status) : "it is removed");
		return;
	}
	feed_note_page(feed, doc);
	doc->partial = true; /* what is not in it says nothing */
	feed->prospect.stays = feed->prospect.closes_gap = true;
	feed_enter(feed, REFRESH_STORING);
	store_refresh(feed->refresher->options.store, feed->id, &feed->kept, doc, clock_now(),
		page_stored, feed);
}

static void page_fetched(void *arg, struct fetch_response *response)
{
	struct feed *feed = arg;
	feed->fetch = NULL;
	if (response->fail.status != STATUS_OK || response->not_modified) {
		paging_end(feed, status_text(response->fail.status));
		return;
	}
	char *body = response->body;
	response->body = NULL;
	feed_submit(feed, body, response->body_len, response->content_type, response->final_url,
		page_parsed);
}

bool paging_begin(struct feed *feed)
{
	log_notice("feed %lld (%s): none of the entries known is in its document: some may have "
		   "been missed",
		(long long)feed->id,
		feed->config.name != NULL ? feed->config.name : feed->config.url);
	feed->paging = xcalloc(1, sizeof *feed->paging);
	if (ask(feed))
		return true;
	paging_free(feed);
	return false;
}

void paging_free(struct feed *feed)
{
	struct paging *p = feed->paging;
	free(feed->page_url);
	feed->page_url = NULL;
	feed->paging = NULL;
	feed->prospect.closes_gap = false;
	for (unsigned i = 0; p != NULL && i < p->n_read; i++)
		free(p->read[i]);
	free(p);
}
