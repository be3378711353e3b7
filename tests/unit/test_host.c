#include "config/conf.h"
#include "config/host.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void what_can_be_a_name(void **state)
{
	static const char *const good[] = { "example.org", "*.example.org", "localhost",
		"127.0.0.1", "[::1]", "xn--bcher-kva.example", "a_b.example" };
	static const char *const bad[] = { "", "*", "*.", "a.*.example", "Example.org", "a:80",
		"http://a", "a/b", "[::1", "::1", "*.[::1]", "a b" };
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(good); i++)
		if (conf_host_problem(good[i]) != NULL)
			fail_msg("%s: %s", good[i], conf_host_problem(good[i]));
	for (size_t i = 0; i < N_ELEMENTS(bad); i++)
		if (conf_host_problem(bad[i]) == NULL)
			fail_msg("\"%s\" passed", bad[i]);
}

static char a0[] = "*.example.org", b0[] = "blog.example.org", b1[] = "[::1]",
	    c0[] = "*.blog.example.org", d0[] = "localhost", d1[] = "127.0.0.9";
static char *a[] = { a0 }, *b[] = { b0, b1 }, *c[] = { c0 }, *d[] = { d0, d1 };
static const struct conf_host hosts[] = { { .names = a, .n_names = 1 },
	{ .names = b, .n_names = 2 }, { .names = c, .n_names = 1 }, { .names = d, .n_names = 2 } };

static void the_name_that_says_most_wins(void **state)
{
	static const struct {
		const char *host;
		int want; /* -1: none */
	} cases[] = { { "x.example.org:443", 0 }, { "a.b.example.org:80", 0 },
		{ "blog.example.org:443", 1 }, { "x.blog.example.org:443", 2 },
		{ "example.org:443", -1 }, { "notexample.org:443", -1 }, { "[::1]:80", 1 },
		{ "[::2]:80", -1 }, { "[::1]", 1 }, { "localhost", 3 }, { "", -1 } };
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const struct conf_host *found =
			conf_host_find(hosts, N_ELEMENTS(hosts), cases[i].host);
		int is = found == NULL ? -1 : (int)(found - hosts);
		if (is != cases[i].want)
			fail_msg("%s: %d", cases[i].host, is);
	}
	assert_null(conf_host_find(NULL, 0, "a:80"));
}

static void loopback_is_what_is_written_so(void **state)
{
	(void)state;
	assert_true(conf_host_is_loopback(&hosts[3]));
	assert_false(conf_host_is_loopback(&hosts[1]));
	assert_false(conf_host_is_loopback(&hosts[0]));
}

/* What conf_load() says of a file with this text; NULL and *ret when it takes it. */
static const char *complaint(const char *text, struct conf **ret)
{
	static char said[1024];
	char path[] = "/tmp/courant-host-XXXXXX";
	struct strbuf messages = STRBUF_INIT(sizeof(said));
	int fd = mkstemp(path);
	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	struct conf *conf = conf_load(path, &messages);
	unlink(path);
	snprintf(said, sizeof(said), "%s", strbuf_str(&messages));
	strbuf_release(&messages);
	if (ret != NULL)
		*ret = conf;
	else
		conf_free(conf);
	return conf != NULL ? NULL : said;
}

static void what_a_section_says_is_checked(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "host \"a\" { }", "host.hosts: host \"a\" has none" },
		{ "host \"a\" { hosts = { \"https://x/\" } }", "write a host name in lower case" },
		{ "host \"a\" { hosts = { \"x\" } per_host = 7 }", "write at most 6" },
		{ "host \"a\" { hosts = { \"localhost\", \"x\" } per_host = 64 }", "at most 6" },
		{ "host \"a\" { hosts = { \"x\", \"x\" } }", "stands in host \"a\"" },
		{ "host \"a\" { hosts = { \"x\" } }\nhost \"b\" { hosts = { \"x\" } }",
			":2: host.hosts: \"x\" stands in host \"a\"" },
		{ "host \"a\" { hosts = { \"x\" } }\nhost \"a\" { hosts = { \"y\" } }",
			":2: host: there is a host \"a\" already" },
	};
	(void)state;
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		const char *said = complaint(cases[i].text, NULL);
		if (said == NULL || strstr(said, cases[i].said) == NULL)
			fail_msg("%s: %s", cases[i].text, said != NULL ? said : "taken");
	}
}

static void a_section_becomes_a_group(void **state)
{
	(void)state;
	struct conf *conf;
	assert_null(complaint("host \"bench\" { hosts = { \"127.0.0.1\", \"[::1]\" }\n"
			      " per_host = 64 host_delay = \"0\" }\n"
			      "host \"blogs\" { hosts = \"*.blogs.example\" }\n",
		&conf));
	assert_int_equal(conf->n_hosts, 2);
	assert_string_equal(conf->hosts[0].name, "bench");
	assert_int_equal(conf->hosts[0].n_names, 2);
	assert_int_equal(conf->hosts[0].per_host, 64);
	assert_int_equal(conf->hosts[0].host_delay_ms, 0);
	assert_int_equal(conf->hosts[1].per_host, 1);
	assert_int_equal(conf->hosts[1].host_delay_ms, 1000);
	assert_ptr_equal(conf_host_find(conf->hosts, 2, "a.blogs.example:443"), &conf->hosts[1]);
	conf_free(conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_be_a_name),
		cmocka_unit_test(the_name_that_says_most_wins),
		cmocka_unit_test(loopback_is_what_is_written_so),
		cmocka_unit_test(what_a_section_says_is_checked),
		cmocka_unit_test(a_section_becomes_a_group),
	};
	return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
