/* Bytes become valid UTF-8, whatever was declared. */
#include "test.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "feed/charset.h"
#include "feed/charset_labels.h"
#include "feed/feed.h"

#define UTF8_E "\xc3\xa9"

struct charset_case {
	const char *bytes;
	size_t n; /* 0: strlen */
	const char *content_type, *text, *name;
	bool lied;
};

static void test_decisions(void **state)
{
	static const struct charset_case cases[] = {
		{ "<a>" UTF8_E "</a>", 0, NULL, "<a>" UTF8_E "</a>", "UTF-8", false },
		{ "\xef\xbb\xbf<a/>", 0, NULL, "<a/>", "UTF-8", false },
		{ "<a>\xed\xa0\xbd\xed\xb8\x80</a>", 0, NULL, "<a>\xf0\x9f\x98\x80</a>", "UTF-8",
			false },
		{ "<a>" UTF8_E "\xed\xaf\xbf\xed\xbf\xbf</a>", 0, "text/xml; charset=utf-8",
			"<a>" UTF8_E "\xf4\x8f\xbf\xbf</a>", "UTF-8", false },
		{ "\xff\xfe<\0\xe9\0", 6, NULL, "<" UTF8_E, "UTF-16LE", false },
		{ "\xfe\xff\0<\0\xe9", 6, NULL, "<" UTF8_E, "UTF-16BE", false },
		{ "<\0\x3d\xd8\0\xde", 6, NULL, "<\xf0\x9f\x98\x80", "UTF-16LE", false },
		{ "\xff\xfe\0\0<\0\0\0", 8, NULL, "<", "UTF-32LE", false },
		{ "<?xml version='1.0' encoding='iso-8859-1'?>\xe9\x80", 0, NULL,
			"<?xml version='1.0' encoding='iso-8859-1'?>" UTF8_E "\xe2\x82\xac",
			"windows-1252", false },
		{ "<?xml version='1.0' encoding = \"KOI8-R\" ?>\xc1", 0, NULL,
			"<?xml version='1.0' encoding = \"KOI8-R\" ?>\xd0\xb0", "KOI8-R", false },
		{ "<a>\xe9</a>", 0, "text/xml; charset=windows-1251", "<a>\xd0\xb9</a>",
			"windows-1251", false },
		{ "<?xml encoding='utf-8'?>\xc1\xc1\xc1", 0, "text/xml; charset=\"koi8-r\"; x=y",
			"<?xml encoding='utf-8'?>\xd0\xb0\xd0\xb0\xd0\xb0", "KOI8-R", false },
		{ "<a>\xb1\xe2</a>", 0, "text/xml;charset=euc-kr", "<a>\xea\xb8\xb0</a>", "EUC-KR",
			false },
		{ "<a>\x82\xa0</a>", 0, "text/xml;charset=shift_jis", "<a>\xe3\x81\x82</a>",
			"Shift_JIS", false },
		{ "<a>\xa4\xe9</a>", 0, "text/xml;charset=big5", "<a>\xe6\x97\xa5</a>", "Big5",
			false },
		{ "<a>\xc8\xd5</a>", 0, "text/xml;charset=gb2312", "<a>\xe6\x97\xa5</a>", "GB18030",
			false },
		{ "<a>\xa4\xa2</a>", 0, "text/xml;charset=euc-jp", "<a>\xe3\x81\x82</a>", "EUC-JP",
			false },
		/* lies */
		{ "<?xml encoding='iso-8859-1'?>" UTF8_E, 0, NULL,
			"<?xml encoding='iso-8859-1'?>" UTF8_E, "UTF-8", true },
		{ "<?xml encoding='utf-16'?><a/>", 0, NULL, "<?xml encoding='utf-16'?><a/>",
			"UTF-8", true },
		{ "<?xml encoding='klingon'?><a/>", 0, NULL, "<?xml encoding='klingon'?><a/>",
			"UTF-8", true },
		{ "<?xml encoding='utf-8'?>caf\xe9 " UTF8_E UTF8_E, 0, NULL,
			"<?xml encoding='utf-8'?>caf" UTF8_E " " UTF8_E UTF8_E, "UTF-8", true },
	};

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const struct charset_case *c = &cases[i];
		struct charset_text got;
		charset_decode(&got, (struct span){ c->bytes, c->n ? c->n : strlen(c->bytes) },
			c->content_type);
		if (strcmp(got.name, c->name) != 0 || got.utf8.n != strlen(c->text) ||
			memcmp(got.utf8.s, c->text, got.utf8.n) != 0 ||
			(got.declared[0] != '\0') != c->lied)
			fail_msg("case %zu: %s, \"%.*s\", not %s", i, got.name, (int)got.utf8.n,
				got.utf8.s, c->name);
		strbuf_release(&got.made);
	}
}

static void test_russian_is_detected(void **state)
{
	/* windows-1251, nothing declared: "a quick brown fox" of Russian typesetters, twice */
	static const char text[] =
		"<a>\xd1\xfa\xe5\xf8\xfc \xe5\xf9\xb8 \xfd\xf2\xe8\xf5 \xec\xff\xe3\xea\xe8\xf5 "
		"\xf4\xf0\xe0\xed\xf6\xf3\xe7\xf1\xea\xe8\xf5 \xe1\xf3\xeb\xee\xea, \xe4\xe0 "
		"\xe2\xfb\xef\xe5\xe9 \xf7\xe0\xfe</a>";
	struct charset_text got;

	(void)state;
	charset_decode(&got, span_of(text), NULL);
	assert_string_equal(got.name, "windows-1251");
	assert_true(got.detected);
	strbuf_release(&got.made);
}

static void test_anything_becomes_valid(void **state)
{
	static const char *const labels[] = { "utf-8", "big5", "shift_jis", "euc-jp", "euc-kr",
		"gb18030", "iso-2022-jp", "koi8-r", "windows-874", "utf-16", "utf-7", "hz",
		"ibm037", "macintosh" };
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 700; round++) {
		char bytes[300], type[64];
		struct charset_text got;
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1103515245u + 12345u;
			bytes[i] = (char)(seed >> 16);
		}
		snprintf(type, sizeof(type), "text/xml; charset=%s",
			labels[(size_t)round % N_ELEMENTS(labels)]);
		charset_decode(&got, (struct span){ bytes, (size_t)round % sizeof(bytes) }, type);
		assert_non_null(got.name);
		assert_true(utf8_valid(got.utf8.s, got.utf8.n));
		strbuf_release(&got.made);
	}
}

static void test_every_label_has_a_converter(void **state)
{
	static const char *const labels[] = { "utf-8", "latin1", "ascii", "l2", "iso-8859-3",
		"iso-8859-4", "iso-8859-5", "iso-8859-6", "greek", "hebrew", "latin5",
		"iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "koi8-u", "mac",
		"x-mac-cyrillic", "tis-620", "cp1250", "cp1251", "cp1253", "cp1255", "cp1256",
		"cp1257", "cp1258", "gbk", "big5-hkscs", "eucjp", "iso-2022-jp", "iso-2022-kr",
		"sjis", "uhc", "euc-tw", "utf-7", "cp437", "cp850", "cp852", "ibm037", "ibm500",
		"ibm1047", "cp855", "cp862", "cp866", "hz-gb-2312" };

	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(labels); i++) {
		char type[64];
		struct charset_text got;
		snprintf(type, sizeof(type), "text/xml; charset=%s", labels[i]);
		assert_non_null(encoding_find(span_of(labels[i])));
		charset_decode(&got, span_of("<a>\xe0\xe1\xe2</a>"), type);
		assert_true(utf8_valid(got.utf8.s, got.utf8.n));
		strbuf_release(&got.made);
	}
	assert_null(encoding_find(span_of("")));
	assert_null(encoding_find(span_of("utf")));
	assert_null(encoding_find(span_of("../../etc/passwd")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decisions),
		cmocka_unit_test(test_russian_is_detected),
		cmocka_unit_test(test_anything_becomes_valid),
		cmocka_unit_test(test_every_label_has_a_converter),
	};

	feed_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
