/*
 * A publisher and a reader as simple lists, for the random play of test_model.c: what feeds hold,
 * what must be stored of it, and which words it must be found by. Nothing here is shared with db/.
 */
#ifndef COURANT_TESTS_UNIT_MODEL_H
#define COURANT_TESTS_UNIT_MODEL_H

#include "db.h"

#include "feed/identity.h"

#include <inttypes.h>

#define MODEL_ITEMS 60    /* of one feed over its life */
#define MODEL_FEEDS 7     /* at a time, one of each manner */
#define MODEL_VERSIONS 10 /* that are kept (LIMIT_REVISIONS) */

/* What a piece of text looks like in HTML and as plain text, and the words that it is. */
static const struct atom {
	const char *html, *plain, *words;
} atoms[] = {
	{ "wa<b>t</b>er", "water", "water" },
	{ "Straße", "Straße", "strasse" },
	{ "État", "ÉTAT", "etat" },
	{ "東京", "東京", "東 京" },
	{ "R&amp;D", "R&D", "r d" },
	{ "don't", "don’t", "don t" },
	{ "C++", "C++", "c" },
	{ "3.14", "3.14", "3 14" },
	{ "<p>river</p>", "River", "river" },
	{ "riverbank", "riverbank", "riverbank" },
	{ "ﬁne", "fine", "fine" },
	{ "Łódź", "łódź", "lodz" },
	{ "<br>\nİstanbul", "istanbul", "istanbul" },
	{ "rail鉄道", "rail鉄道", "rail 鉄 道" },
	{ "&lt;tag&gt;", "<tag>", "tag" },
	{ "e\u0301te\u0301", "été", "ete" },
	{ "שלום", "שלום", "שלום" },
	{ "Ⱥ中é", "Ⱥ中é", "ⱥ 中 e" },
	{ "中", "中", "中" },
	{ "water🤔", "🥳water🤔", "water" },
	{ "100 €", "100 €", "100" },
	{ "AND", "AND", "and" },
	{ "NOT", "not", "not" },
	{ "near(", "NEAR(", "near" },
	{ "feed", "feed", "feed" },
	{ "ελλάδα", "ΕΛΛΑΔΑ", "ελλαδα" },
	{ "—", "—", "" },
	{ "🚀", "🚀", "" },
};

enum column { COLUMN_TEXT, COLUMN_TITLE, COLUMN_AUTHOR, COLUMN_COUNT };

struct version { /* of an entry: what a reader sees */
	char url[96], title[256], content[768], author[96];
	char words[COLUMN_COUNT][640]; /* " a b c " */
	int64_t date;                  /* 0: none */
};

struct past { /* a version that was replaced */
	int64_t number, n_alike;
	struct version v;
};

/* How a feed names its entries. */
enum manner {
	BY_GUID,          /* good guids; all else changes */
	BY_GUID_SCHEME,   /* guids are URLs whose scheme changes */
	BY_LINK,          /* no guids; links with trackers and other schemes */
	BY_LINK_ROTATING, /* guids that are made anew with every request */
	BY_LINK_SAME,     /* one guid for all */
	BY_TITLE,         /* all links lead home */
	BY_TEXT,          /* neither, and nothing is edited */
	MANNER_COUNT
};

struct item { /* one entry of a feed */
	int number;
	struct version v;  /* as it is published */
	int64_t last_seen; /* when a document had it, 0: never */
	/* as it is stored */
	int64_t id; /* 0: not yet */
	struct version stored;
	bool there; /* false: purged */
	bool listed, backfilled;
	int64_t gone; /* 0: in the document */
	enum entry_status status;
	bool starred;
	int64_t published, created, changed;
	struct past past[MODEL_VERSIONS + 1];
	size_t n_past;
};

struct model_feed {
	int64_t id; /* 0: none */
	enum manner manner;
	char url[64], category[16], guid_salt[16];
	bool https;
	int64_t last_success;
	struct item items[MODEL_ITEMS];
	size_t n_items;
};

/* ---- chance ---- */
static UNUSED unsigned pick(struct rng *rng, unsigned n)
{
	return (unsigned)(rng_next(rng) >> 33) % n;
}

static UNUSED bool chance(struct rng *rng, unsigned percent)
{
	return pick(rng, 100) < percent;
}

/* ---- texts ---- */
static UNUSED void add(char *text, size_t size, const char *more)
{
	size_t n = strlen(text);

	assert_true(n + strlen(more) < size);
	snprintf(text + n, size - n, "%s", more);
}

static UNUSED void add_words(char *words, size_t size, const char *more)
{
	if (*more == '\0')
		return;
	add(words, size, more);
	add(words, size, " ");
}

static UNUSED void write_text(
	struct rng *rng, bool html, unsigned most, char *text, size_t size, char *words)
{
	unsigned n = 1 + pick(rng, most);

	for (unsigned i = 0; i < n; i++) {
		const struct atom *a = &atoms[pick(rng, N_ELEMENTS(atoms))];
		add(text, size, html ? a->html : a->plain);
		add(text, size, " ");
		add_words(words, sizeof(((struct version *)0)->words[0]), a->words);
	}
}

/* A name in letters, since versions that differ in digits only count as alike. */
static UNUSED void letters(unsigned n, char ret[8])
{
	snprintf(ret, 8, "q%c%c%c", 'a' + n / 676 % 26, 'a' + n / 26 % 26, 'a' + n % 26);
}

/* Title, content and author anew; the number makes every title another. */
static UNUSED void write_version(struct rng *rng, int number, bool new_title, struct version *v)
{
	char name[8];

	letters((unsigned)number, name);
	if (new_title) {
		snprintf(v->title, sizeof(v->title), "%s ", name);
		snprintf(v->words[COLUMN_TITLE], sizeof(v->words[0]), " %s ", name);
		write_text(rng, false, 4, v->title, sizeof(v->title), v->words[COLUMN_TITLE]);
		v->author[0] = '\0';
		snprintf(v->words[COLUMN_AUTHOR], sizeof(v->words[0]), " ");
		if (chance(rng, 50))
			write_text(rng, false, 2, v->author, sizeof(v->author),
				v->words[COLUMN_AUTHOR]);
	}
	letters(pick(rng, 17576), name);
	snprintf(v->content, sizeof(v->content), "<p>%s ", name);
	snprintf(v->words[COLUMN_TEXT], sizeof(v->words[0]), " %s ", name);
	write_text(rng, true, 10, v->content, sizeof(v->content), v->words[COLUMN_TEXT]);
	snprintf(name, sizeof(name), "%u", pick(rng, 3) * 7);
	add(v->content, sizeof(v->content), name);
	add_words(v->words[COLUMN_TEXT], sizeof(v->words[0]), name);
	add(v->content, sizeof(v->content), "</p>");
}

/* ---- revisions ---- */
static UNUSED bool alike(const char *a, const char *b)
{
	char x[1024] = "", y[1024] = "";
	size_t n = 0, m = 0;

	for (; *a != '\0'; a++)
		if (*a < '0' || *a > '9')
			x[n++] = *a;
	for (; *b != '\0'; b++)
		if (*b < '0' || *b > '9')
			y[m++] = *b;
	return strcmp(x, y) == 0;
}

static UNUSED void keep_past(struct item *it, const struct version *next)
{
	const struct version *v = &it->stored;

	if (strcmp(v->title, next->title) == 0 && strcmp(v->content, next->content) == 0 &&
		strcmp(v->author, next->author) == 0)
		return;
	for (size_t i = 0; i < it->n_past; i++) {
		struct past *p = &it->past[i];
		if (alike(p->v.title, v->title) && alike(p->v.content, v->content) &&
			alike(p->v.author, v->author)) {
			p->n_alike++;
			return;
		}
	}
	int64_t number = it->n_past == 0 ? 1 : it->past[it->n_past - 1].number + 1;
	it->past[it->n_past++] = (struct past){ number, 0, *v };
	if (it->n_past > MODEL_VERSIONS) {
		memmove(&it->past[1], &it->past[2], (it->n_past - 2) * sizeof(it->past[0]));
		it->n_past--;
	}
}

/* ---- documents ---- */
static UNUSED void name_entry(struct rng *rng, const struct model_feed *f, const struct item *it,
	struct feed_entry *e, struct arena *arena)
{
	const char *scheme = f->https ? "https" : "http";
	char guid[128] = "", url[128] = "";

	switch (f->manner) {
	case BY_GUID:
		snprintf(guid, sizeof(guid), "urn:%d", it->number);
		snprintf(url, sizeof(url), "%s", it->v.url);
		break;
	case BY_GUID_SCHEME:
		snprintf(guid, sizeof(guid), "%s://id.example/%d", scheme, it->number);
		snprintf(url, sizeof(url), "%s", it->v.url);
		break;
	case BY_LINK:
	case BY_LINK_ROTATING:
	case BY_LINK_SAME:
		snprintf(url, sizeof(url), "%s://l.example/%d", scheme, it->number);
		if (f->manner == BY_LINK_ROTATING)
			snprintf(guid, sizeof(guid), "r%" PRIu64, rng_next(rng));
		else if (f->manner == BY_LINK_SAME)
			snprintf(guid, sizeof(guid), "same");
		break;
	case BY_TITLE:
		snprintf(url, sizeof(url), "https://home.example/");
		break;
	case BY_TEXT:
	case MANNER_COUNT:
		break;
	}
	e->guid = *guid == '\0' ? NULL : arena_strdup(arena, guid);
	e->url = *url == '\0' ? NULL : arena_strdup(arena, url);
}

static UNUSED void fill_entry(struct feed_doc *doc, const struct version *v, struct feed_entry *e)
{
	e->title = arena_strdup(&doc->arena, v->title);
	e->content_html = arena_strdup(&doc->arena, v->content);
	e->published = v->date != 0 ? v->date : FEED_NO_DATE;
	e->updated = FEED_NO_DATE;
	if (v->author[0] != '\0') {
		e->authors = arena_array(&doc->arena, struct feed_person, 1);
		e->authors[0] =
			(struct feed_person){ .name = arena_strdup(&doc->arena, v->author) };
		e->n_authors = 1;
	}
}

/* The items in this order, some twice. The links that they were given are noted in them. */
static UNUSED struct feed_doc *publish(
	struct rng *rng, struct model_feed *f, struct item **items, size_t n)
{
	struct feed_doc *doc = feed_doc_new();
	size_t twice = n > 2 && chance(rng, 10) ? pick(rng, (unsigned)n) : n;

	doc->title = arena_strdup(&doc->arena, "Example");
	doc->home_page_url = arena_strdup(&doc->arena, "https://home.example/");
	doc->entries = arena_array(&doc->arena, struct feed_entry, n + 1);
	for (size_t i = 0; i < n; i++) {
		struct feed_entry *e = &doc->entries[doc->n_entries++];
		name_entry(rng, f, items[i], e, &doc->arena);
		fill_entry(doc, &items[i]->v, e);
		snprintf(items[i]->v.url, sizeof(items[i]->v.url), "%s",
			e->url == NULL ? "" : e->url);
		if (i == twice)
			doc->entries[doc->n_entries++] = *e;
	}
	identity_assign(doc);
	return doc;
}

#endif
