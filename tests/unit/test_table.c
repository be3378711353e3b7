/* Tables fitted to a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "client/table.h"

static const struct table_column id = { .right = true, .firm = true };
static const struct table_column feed = { .share = 25 };
static const struct table_column title = { 0 };

static void make_headlines(struct table *t)
{
	static const char *const rows[][3] = {
		{ "1", "LWN", "short" },
		{ "12345", "A feed with a rather long name",
			"A title that is much too long for any narrow terminal, by far" },
		{ "7", "新华网新华网新华网",
			"国家统计局：前三季度国内生产总值同比增长百分之四点八" },
		{ "8", "e\u0301te\u0301", "" },
	};
	table_init(t);
	table_add_column(t, &id);
	table_add_column(t, &feed);
	table_add_column(t, &title);
	for (size_t i = 0; i < 4; i++) {
		for (size_t k = 0; k < 3; k++) {
			table_add_cell(t, STYLE_PLAIN, rows[i][k], strlen(rows[i][k]));
		}
	}
}

static void print(struct table *t, struct output *o, size_t columns, bool headings)
{
	*o = (struct output){ .text = STRBUF_INIT(100000), .columns = columns };
	table_print(t, o, headings);
}

/* Every line fits, whatever the width; the widest one fills it as long as something had to be cut.
 */
static void test_fits_any_width(void **state)
{
	(void)state;
	for (size_t columns = 1; columns < 140; columns++) {
		struct table t;
		struct output o;
		size_t widest = 0;
		make_headlines(&t);
		print(&t, &o, columns, false);
		const char *s = strbuf_str(&o.text);
		while (*s != '\0') {
			size_t n = strcspn(s, "\n"), width = text_width(s, n);
			assert_true(width <= columns || columns < 5);
			widest = width > widest ? width : widest;
			s += n + 1;
		}
		assert_true(utf8_valid(strbuf_str(&o.text), o.text.len));
		assert_true(columns < 30 || columns > 90 || widest == columns);
		output_release(&o);
		table_release(&t);
	}
}

static void test_layout(void **state)
{
	(void)state;
	struct table t;
	struct output o;
	make_headlines(&t);
	print(&t, &o, 40, false);
	assert_string_equal(strbuf_str(&o.text), "    1  LWN         short\n"
						 "12345  A feed wi…  A title that is much…\n"
						 "    7  新华网新…   国家统计局：前三季度…\n"
						 "    8  e\u0301te\u0301\n");
	output_release(&o);
	table_release(&t);
}

static void test_unlimited(void **state)
{
	(void)state;
	struct table t;
	struct output o;
	make_headlines(&t);
	print(&t, &o, 0, false);
	assert_non_null(strstr(strbuf_str(&o.text), "for any narrow terminal, by far\n"));
	assert_null(strstr(strbuf_str(&o.text), "…"));
	output_release(&o);
	table_release(&t);
}

static void test_headings(void **state)
{
	(void)state;
	static const struct table_column a = { .heading = "id", .right = true },
					 b = { .heading = "name" };
	struct table t;
	struct output o;
	table_init(&t);
	table_add_column(&t, &a);
	table_add_column(&t, &b);
	table_add_cell(&t, STYLE_PLAIN, "1234", 4);
	table_add_cell(&t, STYLE_PLAIN, "x", 1);
	print(&t, &o, 80, true);
	assert_string_equal(strbuf_str(&o.text), "  id  name\n1234  x\n");
	assert_int_equal(t.n_cells, 0);
	output_release(&o);
	table_release(&t);
}

/* A stream has one row at a time: its columns stand where they stood. */
/* A narrow terminal does without what can be spared. */
static void test_spare(void **state)
{
	(void)state;
	static const struct table_column age = { .firm = true, .spare = true };
	static const char *const cells[] = { "1", "yesterday 12:00", "The Harbour Times" };
	for (int narrow = 0; narrow < 2; narrow++) {
		struct table t;
		struct output o;
		table_init(&t);
		table_add_column(&t, &id);
		table_add_column(&t, &age);
		table_add_column(&t, &title);
		for (size_t i = 0; i < 3; i++) {
			table_add_cell(&t, STYLE_PLAIN, cells[i], strlen(cells[i]));
		}
		print(&t, &o, narrow ? 30 : 32, false);
		assert_string_equal(strbuf_str(&o.text),
			narrow ? "1  The Harbour Times\n" : "1  yesterday 12:00  The Harbour…\n");
		output_release(&o);
		table_release(&t);
	}
}

static void test_stream(void **state)
{
	(void)state;
	static const struct table_column number = { .right = true, .firm = true, .usual = 4 };
	static const struct table_column name = { .usual = 6 };
	struct table t;
	struct output o;
	table_init(&t);
	table_add_column(&t, &number);
	table_add_column(&t, &name);
	table_add_column(&t, &title);
	static const char *const cells[] = { "1", "ab", "x", "12345", "abcdefgh", "y" };
	o = (struct output){ .text = STRBUF_INIT(1000), .columns = 40 };
	for (size_t i = 0; i < 6; i++) {
		table_add_cell(&t, STYLE_PLAIN, cells[i], strlen(cells[i]));
		if (i % 3 == 2) {
			table_print(&t, &o, false);
		}
	}
	assert_string_equal(strbuf_str(&o.text), "   1  ab      x\n12345  abcde…  y\n");
	output_release(&o);
	table_release(&t);
}

static void test_styles(void **state)
{
	(void)state;
	struct table t;
	struct output o = { .text = STRBUF_INIT(1000), .colour = true };
	table_init(&t);
	table_add_column(&t, &title);
	table_add_column(&t, &title);
	table_add_cell(&t, STYLE_BOLD | STYLE_RED, "a", 1);
	table_add_cell(&t, STYLE_PLAIN, "b", 1);
	table_print(&t, &o, false);
	assert_string_equal(strbuf_str(&o.text), "\033[1;31ma\033[0m  b\n");
	output_release(&o);
	table_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fits_any_width),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_unlimited),
		cmocka_unit_test(test_headings),
		cmocka_unit_test(test_spare),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_styles),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
