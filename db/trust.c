#include "db/trust.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct key { /* one key of one entry */
	const struct hash *hash;
	size_t entry;
	enum entry_key_kind kind;
};

/* By kind, then hash, then place in the document: the keys that may be equal stand together, the
 * first of the document first. */
static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = memcmp(x->hash->bytes, y->hash->bytes, HASH_SIZE);
	if (order != 0)
		return order;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Short hashes, open addressing. Whoever makes keys that crowd one place of it runs out of steps.
 */
struct seen {
	int64_t *hashes;
	size_t mask, steps; /* that may still be taken */
};

/* Whether the key may have been there already; now it is. */
static bool seen_before(struct seen *s, const struct hash *key)
{
	int64_t hash = hash_short(key);
	size_t at = (size_t)hash & s->mask;

	for (; s->hashes[at] != 0 && s->hashes[at] != hash && s->steps > 0; s->steps--)
		at = (at + 1) & s->mask;
	if (s->hashes[at] != 0 || hash == 0)
		return true;
	s->hashes[at] = hash;
	return false;
}

/* Whether a key may stand twice in the document. In most none does, and nothing has to be sorted.
 */
static bool may_repeat(const struct feed_doc *doc)
{
	size_t size = 16;
	bool repeats = false;

	while (size < 2 * doc->n_entries * ENTRY_KEY_COUNT)
		size *= 2;
	struct seen s = { xcalloc(size, sizeof(*s.hashes)), size - 1, size };
	for (size_t i = 0; i < doc->n_entries && !repeats; i++) {
		for (int kind = 0; kind < ENTRY_KEY_COUNT && !repeats; kind++) {
			const struct hash *key = &doc->entries[i].keys[kind];
			repeats = hash_is_set(key) && seen_before(&s, key);
		}
	}
	free(s.hashes);
	return repeats;
}

static size_t collect_keys(const struct feed_doc *doc, struct key *keys)
{
	size_t n = 0;

	for (size_t i = 0; i < doc->n_entries; i++) {
		for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++) {
			const struct hash *hash = &doc->entries[i].keys[kind];
			if (hash_is_set(hash))
				keys[n++] = (struct key){ hash, i, (enum entry_key_kind)kind };
		}
	}
	qsort(keys, n, sizeof(*keys), compare_keys);
	return n;
}

/* The most trusted kind that both have; they have at least one in common. */
static enum entry_key_kind common_kind(const struct feed_entry *a, const struct feed_entry *b)
{
	int kind = 0;

	while (!hash_is_set(&a->keys[kind]) || !hash_is_set(&b->keys[kind]))
		kind++;
	return (enum entry_key_kind)kind;
}

/* Entries with this key: the first one stays, the others are duplicates of it or show that the kind
 * says nothing. */
static unsigned compare_group(
	const struct feed_doc *doc, const struct key *keys, size_t n, struct entry_trust *ret)
{
	const struct key *first = NULL;
	unsigned learned = 0;

	for (size_t i = 0; i < n; i++) {
		if (ret[keys[i].entry].duplicate)
			continue;
		if (first == NULL)
			first = &keys[i];
		else if (common_kind(&doc->entries[first->entry], &doc->entries[keys[i].entry]) ==
			 first->kind)
			ret[keys[i].entry].duplicate = true;
		else
			learned |= KEY_BIT(first->kind);
	}
	return learned;
}

static unsigned compare_entries(const struct feed_doc *doc, struct entry_trust *ret)
{
	unsigned learned = 0;

	if (!may_repeat(doc))
		return 0;
	struct key *keys = xmalloc((doc->n_entries * ENTRY_KEY_COUNT + 1) * sizeof(*keys));
	size_t n = collect_keys(doc, keys), end;

	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && keys[end].kind == keys[i].kind; end++) {
			if (!hash_equal(keys[end].hash, keys[i].hash))
				break;
		}
		if (end - i > 1)
			learned |= compare_group(doc, &keys[i], end - i, ret);
	}
	free(keys);
	return learned;
}

/* Kinds that the parser left out because they repeat on different entries (feed/doc.h). A link that
 * cannot be made canonical has no key either, but then none with the title. */
static unsigned refused_keys(const struct feed_entry *e)
{
	unsigned refused = 0;

	if (e->guid != NULL && !hash_is_set(&e->keys[ENTRY_KEY_GUID]))
		refused |= KEY_BIT(ENTRY_KEY_GUID) | KEY_BIT(ENTRY_KEY_GUID_NOSCHEME);
	if (hash_is_set(&e->keys[ENTRY_KEY_LINK_TITLE]) && !hash_is_set(&e->keys[ENTRY_KEY_LINK]))
		refused |= KEY_BIT(ENTRY_KEY_LINK);
	return refused;
}

/* A link to the publisher's front page is that of every entry, even when the document holds only
 * one. */
static bool links_home(const struct feed_doc *doc, const struct feed_entry *e)
{
	return e->url != NULL && doc->home_page_url != NULL &&
	       strcmp(e->url, doc->home_page_url) == 0;
}

static unsigned set_keys(const struct feed_entry *e)
{
	unsigned set = 0;

	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++) {
		if (hash_is_set(&e->keys[kind]))
			set |= KEY_BIT(kind);
	}
	return set;
}

/* The first of these sets of which an entry has a key is what it is known by. */
static const unsigned key_sets[] = {
	KEY_BIT(ENTRY_KEY_GUID) | KEY_BIT(ENTRY_KEY_GUID_NOSCHEME) | KEY_BIT(ENTRY_KEY_LINK),
	KEY_BIT(ENTRY_KEY_LINK_TITLE),
	KEY_BIT(ENTRY_KEY_TITLE_CONTENT),
};

static unsigned choose_keys(
	const struct feed_doc *doc, const struct feed_entry *e, unsigned distrusted)
{
	unsigned set = set_keys(e), chosen = 0;
	unsigned home = links_home(doc, e) ? KEY_BIT(ENTRY_KEY_LINK) : 0;
	unsigned usable = set & ~(distrusted | home);

	/* An entry that has nothing better is still known by what it has. */
	if (usable == 0)
		usable = set;
	for (size_t i = 0; chosen == 0 && i < sizeof(key_sets) / sizeof(key_sets[0]); i++)
		chosen = usable & key_sets[i];
	return chosen;
}

void trust_choose(const struct feed_doc *doc, unsigned distrusted, struct entry_trust *ret)
{
	for (size_t i = 0; i < doc->n_entries; i++)
		ret[i].keys = choose_keys(doc, &doc->entries[i], distrusted);
}

unsigned trust_document(struct feed_doc *doc, unsigned distrusted, struct entry_trust *ret)
{
	for (size_t i = 0; i < doc->n_entries; i++) {
		struct feed_entry *e = &doc->entries[i];
		ret[i] = (struct entry_trust){ 0 };
		if (set_keys(e) == 0)
			e->keys[ENTRY_KEY_TITLE_CONTENT] = e->content_hash;
		distrusted |= refused_keys(e);
	}
	distrusted |= compare_entries(doc, ret);
	trust_choose(doc, distrusted, ret);
	return distrusted;
}
