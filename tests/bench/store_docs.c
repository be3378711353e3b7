#include "store_docs.h"

#include "base/rng.h"
#include "base/strbuf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define VOCABULARY 200000
#define TEXT_MAX 2048 /* bytes of one text, with room to spare */

void word_of_rank(unsigned rank, char out[WORD_SIZE])
{
	static const char *const starts[] = { "b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s",
		"t", "v", "st", "tr", "ch" };
	static const char *const ends[] = { "a", "e", "i", "o", "u", "an", "er", "in" };
	size_t n = 0;

	/* Digits of the rank as syllables: no two ranks spell the same, frequent words are short.
	 */
	for (unsigned rest = rank; n == 0 || rest > 0; rest /= 128) {
		n += (size_t)snprintf(
			out + n, WORD_SIZE - n, "%s%s", starts[rest % 16], ends[rest / 16 % 8]);
	}
}

/* By the inverse of Zipf's distribution, taken as continuous. */
static unsigned draw_rank(struct rng *rng)
{
	return (unsigned)exp(rng_unit(rng) * log(VOCABULARY));
}

static void add_words(struct strbuf *out, struct rng *rng, int n)
{
	char word[WORD_SIZE];

	for (int i = 0; i < n; i++) {
		word_of_rank(draw_rank(rng), word);
		strbuf_addf(out, "%s%s", i == 0 ? "" : " ", word);
	}
}

static char *words(struct arena *a, struct rng *rng, int n)
{
	struct strbuf text = STRBUF_INIT(TEXT_MAX);

	add_words(&text, rng, n);
	char *copy = arena_strdup(a, strbuf_str(&text));
	strbuf_release(&text);
	return copy;
}

static char *paragraphs(struct arena *a, struct rng *rng)
{
	struct strbuf html = STRBUF_INIT(TEXT_MAX);

	for (int i = 0; i < 4; i++) {
		strbuf_addstr(&html, "<p>");
		add_words(&html, rng, 30);
		strbuf_addstr(&html, ".</p>");
	}
	char *copy = arena_strdup(a, strbuf_str(&html));
	strbuf_release(&html);
	return copy;
}

static struct hash key_of(const char *kind, int64_t feed, int64_t entry)
{
	char text[96];

	return hash_bytes(text, (size_t)snprintf(text, sizeof(text), "%s %lld %lld", kind,
					(long long)feed, (long long)entry));
}

static __attribute__((format(printf, 2, 3))) char *text_of(struct arena *a, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return arena_strdup(a, text);
}

static void make_entry(struct feed_doc *doc, struct feed_entry *e, int64_t feed, int64_t entry)
{
	static const char *const kinds[] = { "guid", "bare", "link", "link+title",
		"title+content" };
	struct arena *a = &doc->arena;
	struct rng rng;

	rng_seed(&rng, (uint64_t)(feed * 1000003 + entry));
	e->guid = text_of(a, "https://feed%lld.example.org/entries/2026/11/%lld", (long long)feed,
		(long long)entry);
	e->url = text_of(a, "https://feed%lld.example.org/entries/2026/11/%lld.html",
		(long long)feed, (long long)entry);
	e->title = words(a, &rng, 9);
	e->summary = words(a, &rng, 18);
	e->content_html = paragraphs(a, &rng);
	e->published = NOW - 3600 * (20000 - entry) - feed;
	e->updated = FEED_NO_DATE;
	for (int kind = 0; kind < ENTRY_KEY_COUNT; kind++)
		e->keys[kind] = key_of(kinds[kind], feed, entry);
	e->content_hash = key_of("content", feed, entry);
}

struct feed_doc *make_doc(int64_t feed, int64_t first)
{
	struct feed_doc *doc = feed_doc_new();

	doc->title = text_of(&doc->arena, "Feed %lld", (long long)feed);
	doc->entries = arena_array(&doc->arena, struct feed_entry, PER_DOC);
	doc->n_entries = PER_DOC;
	for (int i = 0; i < PER_DOC; i++)
		make_entry(doc, &doc->entries[i], feed, first + PER_DOC - 1 - i);
	return doc;
}

static size_t without_tags(const char *html)
{
	size_t n = 0;
	bool inside = false;

	for (; *html != '\0'; html++) {
		inside = inside || *html == '<';
		n += !inside;
		inside = inside && *html != '>';
	}
	return n;
}

int64_t doc_text_bytes(const struct feed_doc *doc)
{
	size_t n = 0;

	for (size_t i = 0; i < doc->n_entries; i++) {
		const struct feed_entry *e = &doc->entries[i];
		n += strlen(e->title) + strlen(e->summary) + without_tags(e->content_html);
	}
	return (int64_t)n;
}
