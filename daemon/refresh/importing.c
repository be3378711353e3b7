/* Many feeds at once, from a list that somebody else may have written: judged, stored in one
 * transaction, and fetched in their turn like all that are due (etiquette P4). */
#include "refresh/private.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "config/url.h"
#include "fetch/address.h"
#include "fetch/fetch_url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what is refused unseen ---- */

/* The host as it is written: names that lead inwards are found out when they are resolved. */
static bool is_private(const char *url)
{
	struct fetch_url u;
	bool private = true;
	if (strncasecmp(url, "http", 4) != 0) /* file: is as private as it gets */
		return true;
	if (!fetch_url_parse(url, &u))
		return false;
	char *port = strrchr(u.host, ':');
	if (port != NULL)
		*port = '\0';
	size_t n = strlen(u.host);
	if (strcmp(u.host, "localhost") != 0 &&
		(n < 10 || strcmp(u.host + n - 10, ".localhost") != 0)) {
		enum address_kind kind = address_kind_text(u.host, NULL);
		private = kind == ADDRESS_LOOPBACK || kind == ADDRESS_PRIVATE;
	}
	fetch_url_release(&u);
	return private;
}

static void refuse_unusable(struct store_import *feed)
{
	const char *problem = conf_url_problem(feed->config.url);
	if (problem != NULL)
		failure_set(&feed->fail, STAGE_NONE, STATUS_BAD_URL, 0, "%s", problem);
}

static void refuse_private(struct store_import *feed)
{
	if (!feed->config.allow_private && is_private(feed->config.url))
		failure_set(&feed->fail, STAGE_NONE, STATUS_ADDRESS_REFUSED, 0,
			"it is private, and allow_private is not set");
}

static void each_left(
	struct store_import *feeds, size_t n, void (*judge)(struct store_import *feed))
{
	for (size_t i = 0; i < n; i++) {
		if (feeds[i].fail.status == STATUS_OK)
			judge(&feeds[i]);
	}
}

/* ---- what is there already ---- */

struct place {
	struct hash key;
	size_t rank;                 /* 0 for a feed that is there, then in order of the list */
	struct feed *known;          /* or NULL */
	struct store_import *wanted; /* or NULL */
};

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = memcmp(x->key.bytes, y->key.bytes, sizeof x->key.bytes);
	return order != 0 ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static size_t list_places(
	struct refresher *r, struct store_import *feeds, size_t n, struct place *places)
{
	size_t k = 0;
	for (size_t i = 0; i < r->table.n; i++) {
		struct feed *feed = r->table.feeds[i];
		places[k++] = (struct place){ .key = feed->url_key, .known = feed };
		if (!hash_equal(&feed->url_key, &feed->address_key))
			places[k++] = (struct place){ .key = feed->address_key, .known = feed };
	}
	for (size_t i = 0; i < n; i++) {
		if (feeds[i].fail.status == STATUS_OK)
			places[k++] = (struct place){ .key = feed_url_key(feeds[i].config.url),
				.rank = i + 1,
				.wanted = &feeds[i] };
	}
	return k;
}

/* The list names what is there, or what it has named before. A feed that was disabled goes on. */
static void meet(struct refresher *r, const struct place *first, struct store_import *wanted)
{
	if (first->wanted != NULL) {
		failure_set(&wanted->fail, STAGE_NONE, STATUS_EXISTS, 0, "the list names it twice");
		return;
	}
	wanted->feed_id = first->known->id;
	if (first->known->config.disabled)
		feed_reconfigure(r, first->known, &wanted->config, NULL, NULL);
	failure_set(&wanted->fail, STAGE_NONE, STATUS_EXISTS, 0, "feed %lld",
		(long long)wanted->feed_id);
}

static void find_known(struct refresher *r, struct store_import *feeds, size_t n)
{
	struct place *places = xcalloc(2 * r->table.n + n, sizeof *places);
	size_t n_places = list_places(r, feeds, n, places), first = 0;
	if (n_places > 0)
		qsort(places, n_places, sizeof *places, compare_places);
	for (size_t i = 0; i < n_places; i++) {
		if (!hash_equal(&places[i].key, &places[first].key))
			first = i;
		if (i != first && places[i].wanted != NULL)
			meet(r, &places[first], places[i].wanted);
	}
	free(places);
}

/* ---- the import ---- */

struct import {
	struct refresher *refresher;
	struct store_import *feeds;
	size_t n;
	int64_t now;
	refresher_imported_fn *done;
	void *arg;
};

static void subscribe(struct import *import, const struct store_import *wanted)
{
	struct refresher *r = import->refresher;
	struct feed *feed = feed_new(r, wanted->feed_id, &wanted->config, &fetch_state_unknown);
	feed->kept.next_due = import->now;
	feed_table_add(&r->table, feed);
	refresher_count(r, feed, 1);
	feed_schedule(feed);
}

static void imported(void *arg, const struct failure *fail, int64_t n_added)
{
	struct import *import = arg;
	struct refresher *r = import->refresher;
	for (size_t i = 0; fail->status == STATUS_OK && i < import->n; i++) {
		if (import->feeds[i].fail.status == STATUS_OK)
			subscribe(import, &import->feeds[i]);
	}
	if (fail->status == STATUS_OK && n_added > 0)
		log_notice("imported: %lld feeds", (long long)n_added);
	import->done(import->arg, fail);
	free(import);
	refresher_storing_done(r);
}

void refresher_import(struct refresher *r, struct store_import *feeds, size_t n,
	refresher_imported_fn *done, void *arg)
{
	struct import *import = xmalloc(sizeof *import);
	*import = (struct import){
		.refresher = r, .feeds = feeds, .n = n, .now = clock_now(), .done = done, .arg = arg
	};
	each_left(feeds, n, refuse_unusable);
	find_known(r, feeds, n); /* also a private one: it stays as it is */
	each_left(feeds, n, refuse_private);
	r->n_storing++;
	store_feeds_import(r->options.store, feeds, n, import->now, imported, import);
}
