/* Which entries of one document are one, and by which keys they are known. */
#include "db.h"

#include "db/trust.h"

#define G KEY_BIT(ENTRY_KEY_GUID)
#define N KEY_BIT(ENTRY_KEY_GUID_NOSCHEME)
#define L KEY_BIT(ENTRY_KEY_LINK)
#define LT KEY_BIT(ENTRY_KEY_LINK_TITLE)
#define TC KEY_BIT(ENTRY_KEY_TITLE_CONTENT)

struct story {
	const char *name;
	struct spec entries[3];
	unsigned before, after; /* distrusted kinds */
	struct entry_trust trust[3];
};

static const struct story stories[] = {
	{ "all different",
		{ { .guid = "a", .url = "/a", .title = "A" },
			{ .guid = "b", .url = "/b", .title = "B" } },
		0, 0, { { false, G | L }, { false, G | L } } },
	{ "the same guid twice is one entry, the first",
		{ { .guid = "a", .title = "A" }, { .guid = "b", .title = "B" },
			{ .guid = "a", .title = "A" } },
		0, 0, { { false, G }, { false, G }, { true, G } } },
	{ "different guids are not joined by an equal link, which is distrusted",
		{ { .guid = "a", .url = "/", .title = "A" },
			{ .guid = "b", .url = "/", .title = "B" } },
		0, L, { { false, G }, { false, G } } },
	{ "nor by an equal title and content",
		{ { .guid = "a", .title = "A" }, { .guid = "b", .title = "A" } }, 0, TC,
		{ { false, G }, { false, G } } },
	{ "an entry without guid is joined to one with the same link",
		{ { .guid = "a", .url = "/a", .title = "A" }, { .url = "/a", .title = "A" } }, 0, 0,
		{ { false, G | L }, { true, L } } },
	{ "a guid that the parser refused is distrusted",
		{ { .guid = "x", .url = "/a", .title = "A", .untrusted = G | N },
			{ .guid = "x", .url = "/b", .title = "B", .untrusted = G | N } },
		0, G | N, { { false, L }, { false, L } } },
	{ "a link that the parser refused is distrusted",
		{ { .url = "/", .title = "A", .untrusted = L },
			{ .url = "/", .title = "B", .untrusted = L } },
		0, L, { { false, LT }, { false, LT } } },
	{ "what was distrusted stays distrusted", { { .guid = "x", .url = "/a", .title = "A" } },
		G | N, G | N, { { false, L } } },
	{ "an entry that has nothing better is known by what it has", { { .guid = "x" } }, G | N,
		G | N, { { false, G } } },
	{ "title and content identify only what has nothing better",
		{ { .title = "Open thread" }, { .url = "/b", .title = "Open thread" } }, 0, 0,
		{ { false, TC }, { true, L } } },
	{ "an entry without any key is known by its content", { { .untrusted = 0 } }, 0, 0,
		{ { false, TC } } },
};

static void documents_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(stories); i++) {
		const struct story *s = &stories[i];
		size_t n = 0;
		while (n < 3 && (s->trust[n].keys != 0))
			n++;
		struct entry_trust trust[3];
		struct feed_doc *doc = make_doc(s->entries, n);
		unsigned after = trust_document(doc, s->before, trust);
		if (after != s->after)
			fail_msg("%s: distrusts %#x", s->name, after);
		for (size_t e = 0; e < n; e++) {
			if (trust[e].duplicate != s->trust[e].duplicate ||
				trust[e].keys != s->trust[e].keys)
				fail_msg("%s: entry %zu: duplicate %d, keys %#x", s->name, e,
					trust[e].duplicate, trust[e].keys);
		}
		feed_doc_free(doc);
	}
}

static void the_front_page_identifies_nothing(void **state)
{
	static const struct spec entries[] = {
		{ .guid = "a", .url = "https://example.org/", .title = "A" }
	};
	struct feed_doc *doc = make_doc(entries, 1);
	struct entry_trust trust[1];

	(void)state;
	doc->home_page_url = "https://example.org/";
	assert_int_equal(trust_document(doc, 0, trust), 0);
	assert_int_equal(trust[0].keys, G);
	feed_doc_free(doc);
}

static void an_empty_document_is_fine(void **state)
{
	struct feed_doc *doc = feed_doc_new();

	(void)state;
	assert_int_equal(trust_document(doc, G, NULL), G);
	feed_doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_told_apart),
		cmocka_unit_test(the_front_page_identifies_nothing),
		cmocka_unit_test(an_empty_document_is_fine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
