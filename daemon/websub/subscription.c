#include "websub/subscription.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"

#include <assert.h>
#include <errno.h>
#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SECRET 64 /* hex digits; WebSub 5.1 allows less than 200 bytes */

static const char *const state_names[] = {
#define X(id, name, text) [WEBSUB_##id] = name,
	WEBSUB_STATE_LIST(X)
#undef X
};

const char *websub_state_name(enum websub_state state)
{
	assert(state < WEBSUB_STATE_COUNT);
	return state_names[state];
}

static enum websub_state state_from_name(const char *name)
{
	for (int i = 0; i < WEBSUB_STATE_COUNT; i++)
		if (strcmp(state_names[i], name) == 0)
			return (enum websub_state)i;
	return WEBSUB_ADVERTISED;
}

struct subscription *subscription_new(
	struct websub *w, int64_t feed_id, const char *hub, const char *topic)
{
	struct subscription *sub = xcalloc(1, sizeof(*sub));
	sub->due = (struct heap_node)HEAP_NODE_INIT;
	sub->websub = w;
	sub->feed_id = feed_id;
	sub->hub = xstrdup(hub);
	sub->topic = xstrdup(topic);
	return sub;
}

/* A hub that was asked before a restart may verify it now. */
struct subscription *subscription_from_record(struct websub *w, const struct websub_record *record)
{
	struct subscription *sub = subscription_new(w, record->feed_id, record->hub, record->topic);
	sub->state = state_from_name(record->state);
	sub->callback = xstrdup_or_null(record->callback);
	sub->secret = xstrdup_or_null(record->secret);
	sub->detail = xstrdup_or_null(record->detail);
	sub->lease_until = record->lease_until;
	sub->next_try = record->next_try;
	sub->n_failures = record->n_failures;
	if (sub->state == WEBSUB_REQUESTED && sub->detail == NULL)
		sub->asked = ASKED_SUBSCRIBE;
	if (sub->state == WEBSUB_LEAVING)
		sub->asked = ASKED_UNSUBSCRIBE;
	return sub;
}

void subscription_free(struct subscription *sub)
{
	assert(sub->fetch == NULL);
	free(sub->hub);
	free(sub->topic);
	free(sub->callback);
	free(sub->secret);
	free(sub->detail);
	free(sub);
}

struct websub_record subscription_record(const struct subscription *sub)
{
	return (struct websub_record){
		.feed_id = sub->feed_id,
		.hub = sub->hub,
		.topic = sub->topic,
		.state = websub_state_name(sub->state),
		.callback = sub->callback,
		.secret = sub->secret,
		.lease_until = sub->lease_until,
		.next_try = sub->next_try,
		.n_failures = sub->n_failures,
		.detail = sub->detail,
	};
}

static void random_hex(char *out, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[SECRET / 2];
	assert(n % 2 == 0 && n / 2 <= sizeof(bytes));
	if (getrandom(bytes, n / 2, 0) != (ssize_t)(n / 2))
		log_fatal("no random numbers: %s", strerrordesc_np(errno));
	for (size_t i = 0; i < n; i++)
		out[i] = digits[bytes[i / 2] >> (i % 2 ? 0 : 4) & 15];
	out[n] = '\0';
}

void subscription_make_secrets(struct subscription *sub, const char *base)
{
	char token[WEBSUB_TOKEN + 1], secret[SECRET + 1];
	random_hex(token, WEBSUB_TOKEN);
	random_hex(secret, SECRET);
	free(sub->callback);
	free(sub->secret);
	sub->callback = xasprintf("%s/%s", base, token);
	sub->secret = xstrdup(secret);
}

void subscription_set_detail(struct subscription *sub, const char *detail)
{
	struct failure safe = { 0 };
	free(sub->detail);
	sub->detail = NULL;
	if (detail == NULL)
		return;
	failure_set(&safe, STAGE_NONE, STATUS_OK, 0, "%s", detail);
	sub->detail = xstrdup(safe.detail);
}

/* application/x-www-form-urlencoded */
static void form_add(struct strbuf *form, const char *name, const char *value)
{
	strbuf_addf(form, "%s%s=", form->len > 0 ? "&" : "", name);
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			strchr("-._~", c) != NULL)
			strbuf_addch(form, *value);
		else
			strbuf_addf(form, "%%%02X", c);
	}
}

char *subscription_form(const struct subscription *sub, bool subscribe)
{
	struct strbuf form = STRBUF_INIT(8 * LIMIT_URL);
	char lease[24];
	form_add(&form, "hub.mode", subscribe ? "subscribe" : "unsubscribe");
	form_add(&form, "hub.topic", sub->topic);
	form_add(&form, "hub.callback", sub->callback);
	if (subscribe) {
		snprintf(lease, sizeof(lease), "%d", LIMIT_WEBSUB_LEASE);
		form_add(&form, "hub.lease_seconds", lease);
		form_add(&form, "hub.secret", sub->secret);
	}
	assert(!form.overflow);
	return strbuf_take(&form, &(size_t){ 0 });
}

/* ---- the table ---- */

/* Orphans behind all that have a feed. */
static bool before(const struct subscription *a, const struct subscription *b)
{
	return a->orphan != b->orphan ? b->orphan : a->feed_id < b->feed_id;
}

/* Where it stands, or would. */
static size_t place_of(const struct subscription_table *t, const struct subscription *sub)
{
	size_t low = 0, high = t->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (before(t->all[middle], sub))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void subscription_table_add(struct subscription_table *t, struct subscription *sub)
{
	size_t place = place_of(t, sub);
	t->all = xgrow(t->all, t->n, &t->cap, sizeof(struct subscription *));
	memmove(&t->all[place + 1], &t->all[place], (t->n - place) * sizeof(struct subscription *));
	t->all[place] = sub;
	t->n++;
}

void subscription_table_remove(struct subscription_table *t, struct subscription *sub)
{
	size_t place = place_of(t, sub);
	while (t->all[place] != sub) /* orphans of one feed */
		place++;
	t->n--;
	memmove(&t->all[place], &t->all[place + 1], (t->n - place) * sizeof(struct subscription *));
}

struct subscription *subscription_of_feed(const struct subscription_table *t, int64_t feed_id)
{
	struct subscription wanted = { .feed_id = feed_id };
	size_t place = place_of(t, &wanted);
	bool found = place < t->n && !t->all[place]->orphan && t->all[place]->feed_id == feed_id;
	return found ? t->all[place] : NULL;
}

struct subscription *subscription_by_token(
	const struct subscription_table *t, const char token[WEBSUB_TOKEN])
{
	for (size_t i = 0; i < t->n; i++) {
		const char *callback = t->all[i]->callback;
		size_t n = callback != NULL ? strlen(callback) : 0;
		if (n > WEBSUB_TOKEN &&
			memeql_sec(callback + n - WEBSUB_TOKEN, token, WEBSUB_TOKEN))
			return t->all[i];
	}
	return NULL;
}
