#include "digest/make.h"

#include "base/limits.h"
#include "base/mem.h"
#include "digest/edition.h"
#include "digest/format.h"
#include "digest/publish.h"

#include <stdlib.h>
#include <string.h>

struct digest_order *digest_order_new(const char *state_dir, const struct conf_digest *digest)
{
	struct digest_order *order = xcalloc(1, sizeof(*order));

	order->state_dir = xstrdup(state_dir);
	order->name = xstrdup(digest->name);
	order->formats = digest->formats;
	order->max_stories = digest->max_stories;
	order->categories = xcalloc(digest->n_categories, sizeof(*order->categories));
	order->n_categories = digest->n_categories;
	for (size_t i = 0; i < digest->n_categories; i++)
		order->categories[i] = xstrdup(digest->categories[i]);
	return order;
}

void digest_order_free(struct digest_order *order)
{
	if (order == NULL)
		return;
	for (size_t i = 0; i < order->n_categories; i++)
		free(order->categories[i]);
	free(order->categories);
	free(order->state_dir);
	free(order->name);
	free(order->label);
	free(order);
}

/* ---- select ---- */

struct selecting {
	const struct digest_order *order;
	struct edition *edition;
	int64_t last_id; /* seen */
	size_t n_seen;
};

static bool category_wanted(const struct digest_order *order, const char *category)
{
	for (size_t i = 0; i < order->n_categories; i++)
		if (category != NULL && strcmp(order->categories[i], category) == 0)
			return true;
	return order->n_categories == 0;
}

static void entry_seen(void *arg, const struct entry_record *record)
{
	struct selecting *s = arg;

	s->last_id = record->id;
	s->n_seen++;
	if (category_wanted(s->order, record->category))
		edition_add(s->edition, record);
}

static bool query_failed(struct digest_order *order, struct query *q)
{
	failure_set(&order->fail, STAGE_STORE, STATUS_STORE_FAILED, 0, "cannot read entries: %s",
		query_error(q));
	return false;
}

/* All entries of the range, page by page: a long range must not hold a read transaction for long.
 */
static bool select_entries(struct digest_order *order, struct query *q, struct edition *e)
{
	struct selecting s = { .order = order, .edition = e, .last_id = order->after_id };

	do {
		const struct entry_filter page = {
			.news = true,
			.after_id = s.last_id,
			.before_id = order->upto_id + 1,
			.order = ENTRY_ORDER_ID,
			.limit = LIMIT_DIGEST_PAGE,
			.without_total = true,
			.without_content = true,
		};
		s.n_seen = 0;
		if (query_entries(q, &page, entry_seen, &s) < 0)
			return query_failed(order, q);
	} while (s.n_seen == LIMIT_DIGEST_PAGE);
	return true;
}

struct summarising {
	struct edition *edition;
	struct digest_entry *entry;
};

static void summary_seen(void *arg, const struct entry_record *record)
{
	struct summarising *s = arg;

	edition_summary(s->edition, s->entry, record->summary, record->content);
}

static bool summarise_stories(struct digest_order *order, struct query *q, struct edition *e)
{
	for (size_t i = 0; i < e->n_stories; i++) {
		struct summarising s = { e, &e->entries[i] };
		/* One that went away meanwhile keeps its title. */
		if (query_entry(q, e->entries[i].id, summary_seen, &s) < 0)
			return query_failed(order, q);
	}
	return true;
}

/* ---- render and publish ---- */

static bool publish_format(struct digest_order *order, struct publisher *p, const struct edition *e,
	const struct digest_renderer *renderer)
{
	struct strbuf text = STRBUF_INIT(LIMIT_DIGEST_FILE);
	bool ok = false;

	renderer->render(e, &text);
	if (text.overflow)
		failure_set(&order->fail, STAGE_STORE, STATUS_TOO_BIG, 0,
			"%s.%s is larger than %u MiB", order->label, renderer->extension,
			LIMIT_DIGEST_FILE / MIB);
	else
		ok = publisher_write(
			p, renderer->extension, strbuf_str(&text), text.len, &order->fail);
	strbuf_release(&text);
	return ok;
}

static bool publish(struct digest_order *order, const struct edition *e)
{
	struct publisher p;

	if (!publisher_open(&p, order->state_dir, order->name, order->label, &order->fail))
		return false;
	bool ok = true;
	for (size_t i = 0; i < n_digest_renderers && ok; i++)
		if ((order->formats & digest_renderers[i].format) != 0)
			ok = publish_format(order, &p, e, &digest_renderers[i]);
	ok = ok && publisher_sync(&p, &order->fail);
	publisher_close(&p);
	return ok;
}

void digest_order_carry_out(struct digest_order *order, struct query *q)
{
	struct edition e;

	order->fail = (struct failure){ 0 };
	edition_init(&e, order->name, order->label, order->created);
	if (select_entries(order, q, &e)) {
		edition_rank(&e, (size_t)order->max_stories);
		order->n_entries = e.n + e.n_uncounted;
		order->n_stories = e.n_stories;
		if (summarise_stories(order, q, &e))
			publish(order, &e);
	}
	edition_release(&e);
}
