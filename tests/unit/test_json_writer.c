#include "base/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

static void test_elements(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(1000);
	struct json_writer w = JSON_WRITER(&b);
	jw_object(&w, NULL);
	jw_int(&w, "zero", 0);
	jw_int(&w, "least", INT64_MIN);
	jw_int(&w, "most", INT64_MAX);
	jw_bool(&w, "yes", true);
	jw_array(&w, "list");
	jw_int(&w, NULL, 7);
	jw_object(&w, NULL);
	jw_object_end(&w);
	jw_array(&w, NULL);
	jw_array_end(&w);
	jw_bool(&w, NULL, false);
	jw_array_end(&w);
	jw_string(&w, "none", NULL);
	jw_string_or_null(&w, "null", NULL);
	jw_string_or_null(&w, "text", "a");
	jw_time(&w, "never", 0);
	jw_time(&w, "then", 1);
	jw_object_end(&w);
	assert_string_equal(strbuf_str(&b),
		"{\"zero\":0,\"least\":-9223372036854775808,\"most\":9223372036854775807,"
		"\"yes\":true,\"list\":[7,{},[],false],\"none\":\"\",\"null\":null,\"text\":\"a\","
		"\"never\":null,\"then\":\"1970-01-01T00:00:01Z\"}");
	strbuf_release(&b);
}

static void test_decimals_and_what_is_left_out(void **state)
{
	(void)state;
	static const double numbers[] = { 0, -0.5, 13.0884, 1e300, 1.0 / 3, NAN, -INFINITY };
	struct strbuf b = STRBUF_INIT(1000);
	struct json_writer w = JSON_WRITER(&b);
	jw_object(&w, NULL);
	jw_string_if(&w, "no", NULL);
	jw_string_if(&w, "empty", "");
	jw_decimal(&w, "half", 0.5);
	jw_array(&w, "list");
	jw_string_if(&w, NULL, NULL);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		jw_decimal(&w, NULL, numbers[i]);
	jw_array_end(&w);
	jw_object_end(&w);
	assert_string_equal(strbuf_str(&b),
		"{\"empty\":\"\",\"half\":0.5,"
		"\"list\":[0,-0.5,13.0884,1e+300,0.3333333333,null,null]}");
	strbuf_release(&b);
}

static void test_escapes(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out;
	} CASES[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "\"", "\"\\\"\"" },
		{ "a\\b\"c", "\"a\\\\b\\\"c\"" },
		{ "\n\t\r\b\f", "\"\\n\\t\\r\\b\\f\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
		{ "</script>", "\"</script>\"" },
		{ "été ☕ 😀", "\"été ☕ 😀\"" },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		struct strbuf b = STRBUF_INIT(1000);
		struct json_writer w = JSON_WRITER(&b);
		jw_string(&w, NULL, CASES[i].in);
		assert_string_equal(strbuf_str(&b), CASES[i].out);
		strbuf_release(&b);
	}
}

/* Whatever bytes come in, what goes out is JSON, and decodes to what came in when that was UTF-8.
 */
static void test_any_bytes_give_valid_json(void **state)
{
	(void)state;
	for (int first = 1; first < 256; first++) {
		for (int second = 1; second < 256; second++) {
			char in[] = { 'x', (char)first, (char)second, 0 };
			struct strbuf b = STRBUF_INIT(1000);
			struct json_writer w = JSON_WRITER(&b);
			jw_string(&w, NULL, in);
			json_t *back = json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
			assert_non_null(back);
			if (first < 0x80 && second < 0x80)
				assert_string_equal(json_string_value(back), in);
			json_decref(back);
			strbuf_release(&b);
		}
	}
}

/* Every byte at every place of a run, short and long. */
static void test_long_runs(void **state)
{
	(void)state;
	char in[41];
	for (int byte = 1; byte < 0x80; byte++) {
		for (size_t at = 0; at < sizeof in - 1; at++) {
			memset(in, 'x', sizeof in - 1);
			in[sizeof in - 1] = '\0';
			in[at] = (char)byte;
			struct strbuf b = STRBUF_INIT(1000);
			struct json_writer w = JSON_WRITER(&b);
			jw_string(&w, NULL, in);
			json_t *back = json_loadb(b.data, b.len, JSON_DECODE_ANY, NULL);
			assert_string_equal(json_string_value(back), in);
			bool escaped = byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\';
			assert_int_equal(b.len > sizeof in - 1 + 2, escaped);
			json_decref(back);
			strbuf_release(&b);
		}
	}
}

static void test_the_maximum_is_kept(void **state)
{
	(void)state;
	struct strbuf b = STRBUF_INIT(10);
	struct json_writer w = JSON_WRITER(&b);
	jw_string(&w, NULL, "too long for that");
	assert_true(b.overflow);
	assert_true(b.len <= 10);
	strbuf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_decimals_and_what_is_left_out),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_any_bytes_give_valid_json),
		cmocka_unit_test(test_long_runs),
		cmocka_unit_test(test_the_maximum_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
