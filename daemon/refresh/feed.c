#include "refresh/feed.h"
#include "base/clock.h"
#include "base/mem.h"
#include "config/url.h"
#include "feed/url.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Records hold const strings, since most of them are borrowed; the ones here are owned. */
static void drop(const char **s)
{
	union {
		const char *read;
		char *own;
	} u = { .read = *s };
	free(u.own);
	*s = NULL;
}

static void drop_secret(const char **s)
{
	xfree_secret((void *)(uintptr_t)*s);
	*s = NULL;
}

static void config_copy(struct feed_config *to, const struct feed_config *from)
{
	*to = *from;
	to->url = xstrdup(from->url);
	to->name = xstrdup_or_null(from->name);
	to->category = xstrdup_or_null(from->category);
	to->username = xstrdup_or_null(from->username);
	to->password = xstrdup_or_null(from->password);
	to->cookie = xstrdup_or_null(from->cookie);
	to->proxy = xstrdup_or_null(from->proxy);
}

static void config_release(struct feed_config *config)
{
	drop(&config->url);
	drop(&config->name);
	drop(&config->category);
	drop(&config->username);
	drop_secret(&config->password);
	drop_secret(&config->cookie);
	drop_secret(&config->proxy);
}

/* What a feed is given through the API; a declared one gets its own from the configuration. */
static void access_of_config(struct feed *feed)
{
	if (feed->config.declared)
		return;
	access_drop(feed->access);
	struct access *a = access_of_login(feed->config.username, feed->config.password);
	if (a == NULL && (feed->config.cookie != NULL || feed->config.proxy != NULL))
		a = access_new();
	if (feed->config.cookie != NULL) {
		char *field = xasprintf("Cookie: %s", feed->config.cookie);
		access_add_header(a, field);
		xfree_secret(field);
	}
	if (feed->config.proxy != NULL)
		a->proxy = xstrdup(feed->config.proxy);
	feed->access = a;
}

bool text_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

struct hash feed_url_key(const char *url)
{
	struct strbuf canonical = STRBUF_INIT(LIMIT_URL * 3);
	struct hash key;
	size_t n = strcspn(url, "#");
	if (!url_canonical(&canonical, (struct span){ url, n })) {
		strbuf_clear(&canonical);
		strbuf_addstr(&canonical, url);
	}
	key = hash_bytes(strbuf_str(&canonical), canonical.len);
	strbuf_release(&canonical);
	return key;
}

bool feed_config_equal(const struct feed_config *a, const struct feed_config *b)
{
	return text_same(a->url, b->url) && text_same(a->name, b->name) &&
	       text_same(a->category, b->category) && a->interval == b->interval &&
	       a->allow_private == b->allow_private && a->declared == b->declared &&
	       a->disabled == b->disabled && text_same(a->username, b->username) &&
	       text_same(a->password, b->password) && text_same(a->cookie, b->cookie) &&
	       text_same(a->proxy, b->proxy);
}

const struct feed_fetch_state fetch_state_unknown = { .ttl_minutes = -1,
	.update_interval_seconds = -1 };

void fetch_state_copy(struct feed_fetch_state *to, const struct feed_fetch_state *from)
{
	*to = *from;
	to->etag = xstrdup_or_null(from->etag);
	to->last_modified = xstrdup_or_null(from->last_modified);
	to->validators_url = xstrdup_or_null(from->validators_url);
	to->mended = xstrdup_or_null(from->mended);
}

static void drop_validators(struct feed_fetch_state *state)
{
	drop(&state->etag);
	drop(&state->last_modified);
	drop(&state->validators_url);
}

void fetch_state_release(struct feed_fetch_state *state)
{
	drop_validators(state);
	drop(&state->mended);
}

void fetch_state_set_mended(struct feed_fetch_state *state, const char *mended)
{
	drop(&state->mended);
	state->mended = xstrdup_or_null(mended);
}

void fetch_state_set_validators(struct feed_fetch_state *state, const char *etag,
	const char *last_modified, const char *url)
{
	drop_validators(state);
	state->etag = xstrdup_or_null(etag);
	state->last_modified = xstrdup_or_null(last_modified);
	state->validators_url = xstrdup_or_null(etag != NULL || last_modified != NULL ? url : NULL);
}

/* A rehearsal at another pace treats this machine as it would treat others. */
static bool is_local(const char *url)
{
	return !clock_is_scaled() && conf_url_floor_exempt(url);
}

const char *feed_address(const struct feed *feed)
{
	return feed_moves_lead(&feed->moves, feed->config.url);
}

void feed_address_changed(struct feed *feed)
{
	const char *address = feed_address(feed);
	feed->local = is_local(address);
	feed->url_key = feed->address_key = feed_url_key(feed->config.url);
	if (strcmp(address, feed->config.url) != 0)
		feed->address_key = feed_url_key(address);
}

struct feed *feed_new(struct refresher *r, int64_t id, const struct feed_config *config,
	const struct feed_fetch_state *kept)
{
	struct feed *feed = xcalloc(1, sizeof *feed);
	feed->due = (struct heap_node)HEAP_NODE_INIT;
	feed->refresher = r;
	feed->id = id;
	config_copy(&feed->config, config);
	access_of_config(feed);
	feed_address_changed(feed);
	fetch_state_copy(&feed->kept, kept);
	return feed;
}

void feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	assert(feed->waiters == NULL && feed->fetch == NULL);
	config_release(&feed->config);
	fetch_state_release(&feed->kept);
	fetch_state_release(&feed->next);
	feed_moves_release(&feed->moves);
	free(feed->led_to);
	free(feed->declared_at);
	access_drop(feed->access);
	free(feed);
}

void feed_set_config(struct feed *feed, const struct feed_config *config)
{
	struct feed_config old = feed->config;
	config_copy(&feed->config, config);
	access_of_config(feed);
	feed_address_changed(feed);
	config_release(&old);
}

void feed_table_release(struct feed_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		feed_free(t->feeds[i]);
	free(t->feeds);
	*t = (struct feed_table){ 0 };
}

void feed_table_add(struct feed_table *t, struct feed *feed)
{
	assert(t->n == 0 || t->feeds[t->n - 1]->id < feed->id);
	t->feeds = xgrow(t->feeds, t->n, &t->cap, sizeof(struct feed *));
	t->feeds[t->n++] = feed;
}

/* The index of the first feed whose id is not below `id`. */
static size_t place_of(const struct feed_table *t, int64_t id)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->feeds[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void feed_table_remove(struct feed_table *t, struct feed *feed)
{
	size_t place = place_of(t, feed->id);
	assert(place < t->n && t->feeds[place] == feed);
	t->n--;
	memmove(&t->feeds[place], &t->feeds[place + 1], (t->n - place) * sizeof(struct feed *));
}

struct feed *feed_table_get(const struct feed_table *t, int64_t id)
{
	size_t place = place_of(t, id);
	return place < t->n && t->feeds[place]->id == id ? t->feeds[place] : NULL;
}

struct feed *feed_table_by_url(const struct feed_table *t, const char *url)
{
	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->feeds[i]->config.url, url) == 0)
			return t->feeds[i];
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->feeds[i]->moves.n > 0 && strcmp(feed_address(t->feeds[i]), url) == 0)
			return t->feeds[i];
	}
	return NULL;
}

struct feed *feed_table_by_key(const struct feed_table *t, const struct hash *key)
{
	for (size_t i = 0; i < t->n; i++) {
		if (hash_equal(&t->feeds[i]->url_key, key) ||
			hash_equal(&t->feeds[i]->address_key, key))
			return t->feeds[i];
	}
	return NULL;
}
