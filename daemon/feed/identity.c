#include "feed/identity.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "feed/url.h"

#include <assert.h>
#include <stdlib.h>

/* Every hash begins with its purpose: a guid that reads like a link is still no link. */
static struct hash key_of(const char *purpose, const char *a, const char *b)
{
	const char *parts[] = { purpose, a, b };

	return hash_strings(parts, 3);
}

static const char *without_scheme(const char *url)
{
	struct span u = span_of(url);

	if (span_starts(u, "https://"))
		return url + 8;
	return span_starts(u, "http://") ? url + 7 : NULL;
}

static void entry_keys(struct feed_entry *e, struct strbuf *link)
{
	const char *content = e->content_html != NULL   ? e->content_html
			      : e->content_text != NULL ? e->content_text
							: e->summary;
	const char *bare = e->guid == NULL ? NULL : without_scheme(e->guid);

	strbuf_clear(link);
	bool linked = e->url != NULL && url_canonical(link, span_of(e->url));
	if (e->guid != NULL)
		e->keys[ENTRY_KEY_GUID] = key_of("guid", e->guid, NULL);
	if (bare != NULL)
		e->keys[ENTRY_KEY_GUID_NOSCHEME] = key_of("guid//", bare, NULL);
	if (linked)
		e->keys[ENTRY_KEY_LINK] = key_of("link", strbuf_str(link), NULL);
	if (linked && e->title != NULL)
		e->keys[ENTRY_KEY_LINK_TITLE] = key_of("link+title", strbuf_str(link), e->title);
	if (e->title != NULL || content != NULL)
		e->keys[ENTRY_KEY_TITLE_CONTENT] = key_of("title+content", e->title, content);
}

/* What a reader would notice; no dates: a changed date alone is nothing. */
static struct hash content_hash(const struct feed_entry *e, const char ***parts, size_t *cap)
{
	const char *fixed[] = { e->url, e->external_url, e->title, e->summary, e->content_html,
		e->content_text, e->image, e->rights, e->source.title, e->source.url };
	size_t n_fixed = sizeof(fixed) / sizeof(fixed[0]), n = 0;
	size_t most = n_fixed + e->n_authors + e->n_tags + e->n_attachments + 3;

	while (*cap < most)
		*parts = xgrow(*parts, *cap, cap, sizeof(**parts));
	assert(*parts != NULL);
	for (size_t i = 0; i < n_fixed; i++)
		(*parts)[n++] = fixed[i];
	(*parts)[n++] = "authors";
	for (size_t i = 0; i < e->n_authors; i++)
		(*parts)[n++] = e->authors[i].name;
	(*parts)[n++] = "tags";
	for (size_t i = 0; i < e->n_tags; i++)
		(*parts)[n++] = e->tags[i].term;
	(*parts)[n++] = "attachments";
	for (size_t i = 0; i < e->n_attachments; i++)
		(*parts)[n++] = e->attachments[i].url;
	return hash_strings(*parts, n);
}

/* A hash table of entries by one kind of key: open addressing, at most half full. */
struct sightings {
	uint32_t *places; /* index of an entry + 1, 0: free */
	size_t mask;
};

static size_t first_place(const struct sightings *seen, const struct hash *key)
{
	uint64_t word;

	memcpy(&word, key->bytes, sizeof(word));
	return (size_t)word & seen->mask;
}

/* The earlier entry with the same key, or NULL, after noting this one. */
static const struct feed_entry *see(
	struct sightings *seen, const struct feed_doc *doc, size_t i, int kind)
{
	const struct hash *key = &doc->entries[i].keys[kind];
	size_t at = first_place(seen, key);

	for (; seen->places[at] != 0; at = (at + 1) & seen->mask) {
		const struct feed_entry *other = &doc->entries[seen->places[at] - 1];
		if (hash_equal(&other->keys[kind], key))
			return other;
	}
	seen->places[at] = (uint32_t)i + 1;
	return NULL;
}

/* Whether two entries share a key of that kind and differ in content. */
static bool is_ambiguous(const struct feed_doc *doc, int kind, struct sightings *seen)
{
	memset(seen->places, 0, (seen->mask + 1) * sizeof(*seen->places));
	for (size_t i = 0; i < doc->n_entries; i++) {
		const struct feed_entry *e = &doc->entries[i], *other;
		if (!hash_is_set(&e->keys[kind]))
			continue;
		other = see(seen, doc, i, kind);
		if (other != NULL && !hash_equal(&other->content_hash, &e->content_hash))
			return true;
	}
	return false;
}

void identity_assign(struct feed_doc *doc)
{
	struct strbuf link = STRBUF_INIT(LIMIT_URL * 4);
	const char **parts = NULL;
	size_t cap = 0;
	struct sightings seen = { .mask = 15 };

	if (doc->n_entries == 0)
		return;
	while (seen.mask < doc->n_entries * 2)
		seen.mask = seen.mask * 2 + 1;
	seen.places = xcalloc(seen.mask + 1, sizeof(*seen.places));
	for (size_t i = 0; i < doc->n_entries; i++) {
		entry_keys(&doc->entries[i], &link);
		doc->entries[i].content_hash = content_hash(&doc->entries[i], &parts, &cap);
	}
	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++)
		if (is_ambiguous(doc, kind, &seen))
			for (size_t i = 0; i < doc->n_entries; i++)
				doc->entries[i].keys[kind] = (struct hash){ { 0 } };
	free(seen.places);
	free(parts);
	strbuf_release(&link);
}
