/* Which entries are the same, and which keys are believed. */
#include "test.h"

#include <string.h>

#include "feed/identity.h"

static struct feed_doc *make(const struct feed_entry *entries, size_t n)
{
	struct feed_doc *doc = feed_doc_new();

	doc->entries = arena_array(&doc->arena, struct feed_entry, n);
	memcpy(doc->entries, entries, n * sizeof(*entries));
	doc->n_entries = n;
	identity_assign(doc);
	return doc;
}

static void test_keys_of_one_entry(void **state)
{
	const struct feed_entry entries[] = {
		{ .guid = "https://x/1", .url = "http://x/1?utm_source=a", .title = "t" },
		{ .guid = "http://x/1", .url = "https://X/1", .title = "v" },
		{ .title = "u" },
		{ .guid = "urn:1" },
	};
	struct feed_doc *doc = make(entries, N_ELEMENTS(entries));
	struct feed_entry *e = doc->entries;

	(void)state;
	assert_true(hash_is_set(&e[0].keys[ENTRY_KEY_GUID]));
	assert_false(hash_equal(&e[0].keys[ENTRY_KEY_GUID], &e[1].keys[ENTRY_KEY_GUID]));
	assert_false(hash_is_set(&e[2].keys[ENTRY_KEY_GUID]));
	assert_false(hash_is_set(&e[2].keys[ENTRY_KEY_LINK]));
	assert_true(hash_is_set(&e[2].keys[ENTRY_KEY_TITLE_CONTENT]));
	assert_false(hash_is_set(&e[3].keys[ENTRY_KEY_TITLE_CONTENT]));
	feed_doc_free(doc);
}

static void test_same_keys_across_documents(void **state)
{
	const struct feed_entry before = {
		.guid = "http://x/1", .url = "http://x/1", .title = "t"
	};
	const struct feed_entry after = {
		.guid = "https://x/1", .url = "https://x/1#", .title = "t"
	};
	struct feed_doc *a = make(&before, 1), *b = make(&after, 1);

	(void)state;
	for (int kind = ENTRY_KEY_GUID_NOSCHEME; kind < ENTRY_KEY_COUNT; kind++)
		assert_true(hash_equal(&a->entries[0].keys[kind], &b->entries[0].keys[kind]));
	feed_doc_free(a);
	feed_doc_free(b);
}

static void test_repeated_kinds_are_distrusted(void **state)
{
	const struct feed_entry entries[] = {
		{ .guid = "same", .url = "http://x/", .title = "a" },
		{ .guid = "same", .url = "http://x/", .title = "b" },
		{ .guid = "other", .url = "http://x/2", .title = "c" },
	};
	struct feed_doc *doc = make(entries, N_ELEMENTS(entries));

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_false(hash_is_set(&doc->entries[i].keys[ENTRY_KEY_GUID]));
		assert_false(hash_is_set(&doc->entries[i].keys[ENTRY_KEY_LINK]));
		assert_true(hash_is_set(&doc->entries[i].keys[ENTRY_KEY_LINK_TITLE]));
	}
	feed_doc_free(doc);
}

static void test_true_copies_keep_their_keys(void **state)
{
	const struct feed_entry entries[] = {
		{ .guid = "same", .url = "http://x/", .title = "a", .published = 1 },
		{ .guid = "same", .url = "http://x/", .title = "a", .published = 2 },
	};
	struct feed_doc *doc = make(entries, N_ELEMENTS(entries));

	(void)state;
	assert_true(hash_is_set(&doc->entries[0].keys[ENTRY_KEY_GUID]));
	assert_true(hash_equal(&doc->entries[0].content_hash, &doc->entries[1].content_hash));
	feed_doc_free(doc);
}

static void test_content_hash(void **state)
{
	struct feed_person author = { "A", NULL, NULL };
	struct feed_tag tag = { "A", NULL, NULL };
	const struct feed_entry entries[] = {
		{ .title = "a", .summary = "b" },
		{ .title = "a", .content_html = "b" },
		{ .title = "ab" },
		{ .title = "a", .summary = "b", .authors = &author, .n_authors = 1 },
		{ .title = "a", .summary = "b", .tags = &tag, .n_tags = 1 },
		{ .title = "a", .summary = "b", .url = "u" },
	};
	struct feed_doc *doc = make(entries, N_ELEMENTS(entries));

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(entries); i++)
		for (size_t k = 0; k < i; k++)
			assert_false(hash_equal(
				&doc->entries[i].content_hash, &doc->entries[k].content_hash));
	feed_doc_free(doc);
}

static void test_empty_document(void **state)
{
	struct feed_doc *doc = feed_doc_new();

	(void)state;
	identity_assign(doc);
	feed_doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_of_one_entry),
		cmocka_unit_test(test_same_keys_across_documents),
		cmocka_unit_test(test_repeated_kinds_are_distrusted),
		cmocka_unit_test(test_true_copies_keep_their_keys),
		cmocka_unit_test(test_content_hash),
		cmocka_unit_test(test_empty_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
