#include "config/command.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "config/url.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static void words_come_back_as_they_were(void **state)
{
	(void)state;
	static const struct {
		const char *words[5], *url;
	} cases[] = {
		{ { "/bin/feed" }, "exec:/bin/feed" },
		{ { "/bin/feed", "a", "-n", "5" }, "exec:/bin/feed a -n 5" },
		{ { "/my feeds/x", "two words" }, "exec:/my%20feeds/x two%20words" },
		{ { "/x", "100%", "%41", "$HOME;`id`" }, "exec:/x 100%25 %2541 $HOME;`id`" },
		{ { "/x", "caf\xc3\xa9", "a\x7f" }, "exec:/x caf\xc3\xa9 a%7F" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct strbuf url = STRBUF_INIT(LIMIT_URL);
		size_t n = 0;
		for (; cases[i].words[n] != NULL; n++)
			assert_true(command_add(&url, cases[i].words[n]));
		assert_string_equal(strbuf_str(&url), cases[i].url);
		char **words = command_words(strbuf_str(&url));
		assert_non_null(words);
		for (size_t k = 0; k < n; k++)
			assert_string_equal(words[k], cases[i].words[k]);
		assert_null(words[n]);
		free(words);
		strbuf_release(&url);
	}
}

static void what_is_no_command_has_no_words(void **state)
{
	(void)state;
	char many[LIMIT_EXEC_WORDS * 2 + 16] = "exec:/x";
	static const char *const cases[] = { "", "exec:", "exec:x", "exec: /x", "http://x/",
		"exec:%2Fx" };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_null(command_words(cases[i]));
	for (size_t n = strlen(many), i = 0; i < LIMIT_EXEC_WORDS; i++) {
		many[n++] = ' ';
		many[n++] = 'y';
		many[n] = '\0';
	}
	assert_null(command_words(many));
	char **odd = command_words("exec:/x %4 %zz %");
	assert_string_equal(odd[1], "%4");
	assert_string_equal(odd[2], "%zz");
	assert_string_equal(odd[3], "%");
	free(odd);
}

static void a_command_that_is_too_long_is_refused(void **state)
{
	(void)state;
	struct strbuf url = STRBUF_INIT(16);
	assert_true(command_add(&url, "/bin/x"));
	assert_false(command_add(&url, "0123456789"));
	strbuf_release(&url);
}

/* Only the configuration makes commands: whatever is given as a URL is refused. */
static void a_command_is_no_url(void **state)
{
	(void)state;
	assert_non_null(conf_url_problem("exec:/bin/true"));
	assert_non_null(conf_url_problem("EXEC:/bin/true"));
	assert_true(conf_url_floor_exempt("exec:/bin/true a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_come_back_as_they_were),
		cmocka_unit_test(what_is_no_command_has_no_words),
		cmocka_unit_test(a_command_that_is_too_long_is_refused),
		cmocka_unit_test(a_command_is_no_url),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
