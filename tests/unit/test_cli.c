/* The command line: which command, which options, which arguments; and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli.h"

#define WORDS 8

static enum outcome parse(const char *const *words, struct invocation *ret)
{
	char *argv[WORDS + 2] = { (char[]){ "courant" } };
	int argc = 1;
	while (words[argc - 1] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
		argc++;
	}
	return invocation_parse(ret, argc, argv);
}

static void test_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *words[WORDS];
		const char *command;
		const char *limit; /* the value of --limit */
		const char *args;  /* joined by a space */
	} cases[] = {
		{ { NULL }, "headlines", NULL, "" },
		{ { "-n", "5" }, "headlines", "5", "" },
		{ { "-n5" }, "headlines", "5", "" },
		{ { "--limit=5", "headlines" }, "headlines", "5", "" },
		{ { "--limit", "5", "follow" }, "follow", "5", "" },
		{ { "follow", "-n", "1", "-n", "2" }, "follow", "2", "" },
		{ { "--json", "feeds" }, "feeds", NULL, "" },
		{ { "--socket", "feeds", "status" }, "status", NULL, "" },
		{ { "123" }, "show", NULL, "123" },
		{ { "--json", "123", "7" }, "show", NULL, "123 7" },
		{ { "show", "1", "--read", "2" }, "show", NULL, "1 2" },
		{ { "add", "--", "--odd" }, "add", NULL, "--odd" },
		{ { "digest", "-" }, "digest", NULL, "-" },
		{ { "show", "show" }, "show", NULL, "show" },
		{ { "show", "--help" }, "show", NULL, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct invocation inv;
		char args[64] = "";
		assert_int_equal(parse(cases[i].words, &inv), OUTCOME_OK);
		assert_string_equal(inv.command->name, cases[i].command);
		for (size_t k = 0; k < inv.n_args; k++) {
			size_t n = strlen(args);
			snprintf(args + n, sizeof args - n, "%s%s", k > 0 ? " " : "", inv.args[k]);
		}
		assert_string_equal(args, cases[i].args);
		if (cases[i].limit == NULL) {
			assert_null(inv.option[OPT_LIMIT]);
		} else {
			assert_string_equal(inv.option[OPT_LIMIT], cases[i].limit);
		}
		invocation_release(&inv);
	}
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const cases[][WORDS] = {
		{ "headlnes" }, { "--nonsense" }, { "-x" },
		{ "status", "--limit", "5" }, /* an option of others */
		{ "headlines", "--limit" }, { "--json=yes" }, { "status", "more" }, { "show" },
		{ "add" }, { "add", "a", "b" }, { "--", "5" }, /* headlines wants no arguments */
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct invocation inv;
		assert_int_equal(parse(cases[i], &inv), OUTCOME_USAGE);
	}
}

/* The rule that lets options stand before the command: the same name never takes a value here and
 * none there. */
static void test_option_tables_agree(void **state)
{
	(void)state;
	for (size_t a = 0; commands[a] != NULL; a++) {
		for (const struct option_def *o = commands[a]->options;
			o != NULL && o->name != NULL; o++) {
			const char *value;
			char name[64], letter[] = { '-', o->letter, '\0' };
			snprintf(name, sizeof name, "--%s", o->name);
			assert_null(option_find(options_for_all, name, &value));
			assert_true(o->letter == 0 ||
				    option_find(options_for_all, letter, &value) == NULL);
			for (size_t b = 0; commands[b] != NULL; b++) {
				const struct option_def *same =
					option_find(commands[b]->options, name, &value);
				assert_true(
					same == NULL || (same->arg == NULL) == (o->arg == NULL));
				same = o->letter != 0
					       ? option_find(commands[b]->options, letter, &value)
					       : NULL;
				assert_true(
					same == NULL || (same->arg == NULL) == (o->arg == NULL));
			}
		}
	}
}

static void test_ids(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		int64_t id; /* 0: refused */
	} cases[] = {
		{ "1", 1 },
		{ "007", 7 },
		{ "999999999999999999", 999999999999999999 },
		{ "9999999999999999999", 0 },
		{ "0", 0 },
		{ "", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ " 1", 0 },
		{ "1x", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t id = 0;
		assert_int_equal(id_from_word(cases[i].word, &id), cases[i].id != 0);
		assert_int_equal(id, cases[i].id);
	}
}

static void test_numbers(void **state)
{
	(void)state;
	struct invocation inv = { .command = &cmd_headlines };
	int64_t n = -1;
	assert_true(option_number(&inv, OPT_LIMIT, 1, 10, 7, &n));
	assert_int_equal(n, 7);
	inv.option[OPT_LIMIT] = "10";
	assert_true(option_number(&inv, OPT_LIMIT, 1, 10, 7, &n));
	assert_int_equal(n, 10);
	static const char *const refused[] = { "0", "11", "many", "", "-1",
		"99999999999999999999" };
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		inv.option[OPT_LIMIT] = refused[i];
		assert_false(option_number(&inv, OPT_LIMIT, 1, 10, 7, &n));
	}
	inv.option[OPT_LIMIT] = "0";
	assert_true(option_number(&inv, OPT_LIMIT, 0, 10, 7, &n));
	assert_int_equal(n, 0);
}

static void test_nearest(void **state)
{
	(void)state;
	assert_string_equal(command_nearest("feds"), "feeds");
	assert_string_equal(command_nearest("hedalines"), "headlines");
	assert_string_equal(command_nearest("ref"), "refresh");
	assert_string_equal(command_nearest("sohw"), "show");
	assert_null(command_nearest("xyzzy"));
	assert_null(command_nearest(""));
	assert_null(command_nearest(
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void test_many(void **state)
{
	(void)state;
	assert_int_equal(outcome_of_many(3, 0, OUTCOME_NOT_FOUND), OUTCOME_OK);
	assert_int_equal(outcome_of_many(3, 1, OUTCOME_NOT_FOUND), OUTCOME_PARTLY);
	assert_int_equal(outcome_of_many(3, 3, OUTCOME_NOT_FOUND), OUTCOME_NOT_FOUND);
	assert_int_equal(outcome_of_many(0, 0, OUTCOME_FAILED), OUTCOME_OK);
	struct outcomes all = { 0 };
	assert_int_equal(outcomes_sum(&all), OUTCOME_OK);
	assert_true(outcomes_add(&all, OUTCOME_DENIED));
	assert_int_equal(outcomes_sum(&all), OUTCOME_DENIED);
	assert_true(outcomes_add(&all, OUTCOME_OK));
	assert_int_equal(outcomes_sum(&all), OUTCOME_PARTLY);
	assert_false(outcomes_add(&all, OUTCOME_UNREACHABLE));
	assert_int_equal(outcomes_sum(&all), OUTCOME_UNREACHABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_option_tables_agree),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
