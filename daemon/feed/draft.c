#include "feed/draft.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void draft_init(struct draft *d)
{
	memset(d, 0, sizeof(*d));
	strbuf_init(&d->pool, LIMIT_BODY_MAX * 2);
	draft_clear(d);
}

void draft_release(struct draft *d)
{
	strbuf_release(&d->pool);
	free(d->authors.items);
	free(d->contributors.items);
	free(d->tags.items);
	free(d->links.items);
	free(d->attachments.items);
	free(d->hubs.items);
	free(d->chapters.items);
	free(d->geo.numbers);
}

void draft_clear(struct draft *d)
{
	strbuf_clear(&d->pool);
	memset(d->texts, 0, sizeof(d->texts));
	for (int i = 0; i < SLOT_COUNT; i++)
		d->dates[i] = FEED_NO_DATE;
	d->authors.n = d->contributors.n = d->tags.n = d->links.n = d->attachments.n = 0;
	d->hubs.n = d->chapters.n = 0;
	d->geo =
		(struct draft_geo){ .numbers = d->geo.numbers, .cap = d->geo.cap, .dimensions = 2 };
	d->image = d->lang = d->base = NULL;
	d->author_field = FIELD_NONE;
	d->n_replies = FEED_UNKNOWN;
	d->permalink = d->permalink_said = false;
	d->skip_hours = 0;
	d->skip_days = 0;
}

bool draft_wants(const struct draft *d, enum field field)
{
	return field >= d->texts[field_info[field].slot].field;
}

struct span draft_span(const struct draft *d, enum slot slot)
{
	const struct draft_text *t = &d->texts[slot];

	if (t->field == FIELD_NONE || t->n == 0)
		return (struct span){ "", 0 };
	return (struct span){ d->pool.data + t->at, t->n };
}

void draft_push(struct draft_list *list, const void *item, size_t size)
{
	if (list->n >= LIMIT_PER_ENTRY)
		return;
	list->items = xgrow(list->items, list->n, &list->cap, size);
	memcpy((char *)list->items + list->n++ * size, item, size);
}

void *draft_take(struct draft_list *list, size_t size, struct arena *a, size_t *ret_n)
{
	void *items = list->n == 0 ? NULL : arena_alloc(a, list->n, size);

	*ret_n = 0;
	if (items == NULL)
		return NULL;
	memcpy(items, list->items, list->n * size);
	*ret_n = list->n;
	list->n = 0;
	return items;
}
