/* Texts as one value: what goes in comes out, and nothing else does, whatever the value is. */
#include "test.h"

#include "base/mem.h"
#include "base/rng.h"
#include "db/packing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>
#include <zstd.h>

#define LONG "<p>The night ferry to the outer islands runs again, six times a week.</p>"

struct value {
	unsigned char bytes[4096];
	size_t size;
};

static void pack_value(struct packing *p, const char *const *texts, size_t n, struct value *ret)
{
	const void *bytes = pack(p, texts, n, &ret->size);

	assert_true(ret->size <= sizeof(ret->bytes));
	if (bytes != NULL)
		memcpy(ret->bytes, bytes, ret->size);
}

static enum unpack_result unpack_value(
	struct packing *p, const struct value *v, struct unpacked *ret)
{
	int64_t number = 0;

	return unpack(p, v->bytes, v->size, PACKED_TEXTS, ret, &number);
}

static void assert_texts(const struct unpacked *u, const char *const texts[PACKED_TEXTS])
{
	for (size_t i = 0; i < PACKED_TEXTS; i++) {
		bool said = texts[i] != NULL && *texts[i] != '\0';
		assert_true((u->texts[i] != NULL) == said);
		if (said)
			assert_string_equal(u->texts[i], texts[i]);
	}
}

/* A dictionary of texts like LONG; `seed` makes different ones. */
static size_t make_dictionary(char *ret, size_t cap, unsigned seed)
{
	char samples[200][96];
	size_t sizes[200], used = 0;
	char all[200 * 96];

	for (unsigned i = 0; i < 200; i++) {
		snprintf(samples[i], sizeof(samples[i]),
			"<p>The %u. ferry of %u runs %u times.</p>", i * seed, i + seed, i % 7);
		sizes[i] = strlen(samples[i]);
		memcpy(all + used, samples[i], sizes[i]);
		used += sizes[i];
	}
	size_t n = ZDICT_finalizeDictionary(
		ret, cap, all, 4096, all, sizes, 200, (ZDICT_params_t){ 0 });
	assert_false(ZDICT_isError(n));
	return n;
}

static void what_goes_in_comes_out(void **state)
{
	static const char *const cases[][PACKED_TEXTS] = {
		{ "g", "https://e.org/c", "A summary", LONG LONG },
		{ NULL, NULL, NULL, LONG },
		{ "g", NULL, NULL, NULL },
		{ NULL, "c", "", NULL },
		{ "", "", "s", "" },
		{ LONG, LONG, LONG, LONG },
	};
	struct packing *p = packing_new();
	struct unpacked u = { 0 };
	struct value v;

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		pack_value(p, cases[i], PACKED_TEXTS, &v);
		assert_int_equal(unpack_value(p, &v, &u), UNPACK_OK);
		assert_texts(&u, cases[i]);
	}
	unpacked_release(&u);
	packing_free(p);
}

static void no_text_is_no_value(void **state)
{
	struct packing *p = packing_new();
	struct unpacked u = { 0 };
	int64_t number;
	size_t size;

	(void)state;
	assert_null(pack(p, (const char *[]){ NULL, "", NULL, "" }, 4, &size));
	assert_null(pack(p, NULL, 0, &size));
	assert_int_equal(unpack(p, NULL, 0, PACKED_TEXTS, &u, &number), UNPACK_OK);
	assert_texts(&u, (const char *[PACKED_TEXTS]){ NULL });
	unpacked_release(&u);
	packing_free(p);
}

static void only_what_gets_smaller_is_compressed(void **state)
{
	struct packing *p = packing_new();
	struct value v;
	char noise[500];
	struct rng rng;

	(void)state;
	pack_value(p, (const char *[]){ LONG LONG }, 1, &v);
	assert_int_equal(v.bytes[0], PACKED_ALONE);
	assert_true(v.size < strlen(LONG LONG));
	pack_value(p, (const char *[]){ "short" }, 1, &v);
	assert_int_equal(v.size, 6);
	assert_memory_equal(v.bytes, "\0short", 6);
	rng_seed(&rng, 1);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(1 + rng_unit(&rng) * 254);
	noise[sizeof(noise) - 1] = '\0';
	pack_value(p, (const char *[]){ noise }, 1, &v);
	assert_int_equal(v.bytes[0], PACKED_PLAIN);
	assert_int_equal(v.size, sizeof(noise));
	packing_free(p);
}

/* Long ones in between leave no trace. */
static void long_texts_are_packed(void **state)
{
	struct packing *p = packing_new();
	struct unpacked u = { 0 };
	char *text = xmalloc(LIMIT_PACKED + 1);
	int64_t number;
	size_t size;

	(void)state;
	for (size_t i = 0; i < LIMIT_PACKED; i++)
		text[i] = (char)('a' + i * i % 23);
	text[LIMIT_PACKED] = '\0';
	for (size_t n = LIMIT_PACKED; n > 0; n /= 16) {
		text[n] = '\0';
		const void *value = pack(p, (const char *[]){ text }, 1, &size);
		assert_int_equal(unpack(p, value, size, 1, &u, &number), UNPACK_OK);
		assert_int_equal(u.size, n);
		assert_string_equal(u.texts[0], text);
	}
	free(text);
	unpacked_release(&u);
	packing_free(p);
}

static void a_value_names_its_dictionary(void **state)
{
	struct packing *writer = packing_new(), *reader = packing_new();
	char dictionary[8192], other[8192];
	size_t n = make_dictionary(dictionary, sizeof(dictionary), 1);
	size_t n_other = make_dictionary(other, sizeof(other), 3);
	static const char *const texts[PACKED_TEXTS] = {
		"g", NULL, NULL,
		"<p>The 17. ferry of 18 runs 3 times.</p><p>The 20. ferry of 21 runs 6 times.</p>"
	};
	struct unpacked u = { 0 };
	struct value v, old;
	int64_t number = 0;

	(void)state;
	pack_value(writer, texts, PACKED_TEXTS, &old);
	assert_true(packing_choose(writer, 5, dictionary, n));
	pack_value(writer, texts, PACKED_TEXTS, &v);
	assert_int_equal(v.bytes[0], 5);
	assert_int_equal(
		unpack(reader, v.bytes, v.size, PACKED_TEXTS, &u, &number), UNPACK_UNKNOWN);
	assert_int_equal(number, 5);
	assert_true(packing_know(reader, 5, dictionary, n));
	assert_int_equal(unpack_value(reader, &v, &u), UNPACK_OK);
	assert_texts(&u, texts);
	/* What was packed before is read as before. */
	assert_int_equal(unpack_value(reader, &old, &u), UNPACK_OK);
	assert_texts(&u, texts);
	/* Another one under its number is noticed. */
	assert_true(packing_know(reader, 5, other, n_other));
	assert_int_equal(unpack_value(reader, &v, &u), UNPACK_DAMAGED);
	assert_texts(&u, (const char *[PACKED_TEXTS]){ NULL });
	unpacked_release(&u);
	packing_free(writer);
	packing_free(reader);
}

static void what_is_no_dictionary_is_refused(void **state)
{
	struct packing *p = packing_new();
	char dictionary[8192];
	size_t n = make_dictionary(dictionary, sizeof(dictionary), 1);

	(void)state;
	assert_false(packing_know(p, PACKED_ALONE, dictionary, n));
	assert_false(packing_know(p, PACKED_DICTIONARY + LIMIT_DICTIONARIES, dictionary, n));
	assert_false(packing_know(p, 2, LONG, strlen(LONG)));
	assert_false(packing_know(p, 2, dictionary, 0));
	assert_false(packing_choose(p, 2, LONG, strlen(LONG)));
	memset(dictionary + 8, 0xff, 64);
	packing_know(p, 2, dictionary, n);
	packing_choose(p, 2, dictionary, n);
	packing_free(p);
}

static void damage_is_noticed(void **state)
{
	struct packing *p = packing_new();
	static const char *const texts[PACKED_TEXTS] = { "g", "c", "s", LONG LONG };
	struct unpacked u = { 0 };
	struct value v, bad;

	(void)state;
	pack_value(p, texts, PACKED_TEXTS, &v);
	for (size_t i = 1; i < v.size; i++) {
		for (int bit = 0; bit < 8; bit++) {
			bad = v;
			bad.bytes[i] ^= (unsigned char)(1 << bit);
			if (unpack_value(p, &bad, &u) == UNPACK_OK)
				assert_texts(&u, texts);
		}
	}
	for (bad = v; bad.size > 1; bad.size--) {
		if (bad.size < v.size)
			assert_int_equal(unpack_value(p, &bad, &u), UNPACK_DAMAGED);
	}
	bad = (struct value){ { 200, 1, 2, 3 }, 4 };
	assert_int_equal(unpack_value(p, &bad, &u), UNPACK_DAMAGED);
	/* More texts than there are. */
	bad = (struct value){ { PACKED_PLAIN, 'a', 0, 'b', 0, 'c', 0, 'd', 0, 'e' }, 10 };
	assert_int_equal(unpack_value(p, &bad, &u), UNPACK_DAMAGED);
	assert_texts(&u, (const char *[PACKED_TEXTS]){ NULL });
	unpacked_release(&u);
	packing_free(p);
}

/* A frame of `size` zeros that says its size, or not. */
static void make_bomb(size_t size, bool says_size, struct value *ret)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	char *zeros = xcalloc(1, size);

	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, says_size);
	size_t n = ZSTD_compress2(c, ret->bytes, sizeof(ret->bytes), zeros, size);
	assert_false(ZSTD_isError(n));
	memmove(ret->bytes + 1, ret->bytes + 4, n - 4);
	ret->bytes[0] = PACKED_ALONE;
	ret->size = n - 3;
	ZSTD_freeCCtx(c);
	free(zeros);
}

static void no_bomb_goes_off(void **state)
{
	struct packing *p = packing_new();
	struct unpacked u = { 0 };
	struct value v;

	(void)state;
	make_bomb(LIMIT_PACKED + 1, true, &v);
	assert_int_equal(unpack_value(p, &v, &u), UNPACK_DAMAGED);
	assert_null(u.bytes);
	make_bomb(1000, false, &v);
	assert_int_equal(unpack_value(p, &v, &u), UNPACK_DAMAGED);
	assert_null(u.bytes);
	unpacked_release(&u);
	packing_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(no_text_is_no_value),
		cmocka_unit_test(only_what_gets_smaller_is_compressed),
		cmocka_unit_test(long_texts_are_packed),
		cmocka_unit_test(a_value_names_its_dictionary),
		cmocka_unit_test(what_is_no_dictionary_is_refused),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(no_bomb_goes_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
