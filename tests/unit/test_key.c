/* The table of keys against itself, the commented default file and the manual. */
#include "config/key.h"
#include "config/suggest.h"
#include "config/url.h"

#include "base/limits.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A file of the tree. */
static char *read_text(const char *name)
{
	char *path = xasprintf(
		"%.*s/%s", (int)(strlen(TEST_DATA) - strlen("/tests/data")), TEST_DATA, name);
	FILE *f = fopen(path, "r");
	char *text = xcalloc(1, 256 * KIB);

	if (f == NULL)
		fail_msg("%s is missing", path);
	size_t n = fread(text, 1, 256 * KIB - 1, f);
	assert_true(n > 0);
	fclose(f);
	free(path);
	return text;
}

/* The default file with the '#' of its settings (those without a space behind it) taken off. */
static char *uncomment(const char *text)
{
	char *out = xcalloc(1, strlen(text) + 1);
	size_t n = 0;

	for (const char *s = text; *s != '\0'; s++) {
		const bool line_start = s == text || s[-1] == '\n';
		if (line_start && *s == '#' && s[1] != ' ' && s[1] != '\n')
			continue;
		out[n++] = *s;
	}
	out[n] = '\0';
	return out;
}

static struct conf *load_text(const char *text)
{
	char path[] = "/tmp/courant-test-key-XXXXXX", sub[64];
	struct strbuf messages = STRBUF_INIT(64 * KIB);

	assert_non_null(mkdtemp(path));
	snprintf(sub, sizeof(sub), "%s/courant.conf", path);
	FILE *f = fopen(sub, "w");
	fputs(text, f);
	fclose(f);
	struct conf *conf = conf_load(sub, &messages);
	if (conf == NULL || messages.len > 0)
		print_error("%s\n", strbuf_str(&messages));
	assert_non_null(conf);
	assert_int_equal(messages.len, 0);
	strbuf_release(&messages);
	unlink(sub);
	rmdir(path);
	return conf;
}

static const void *value_of(const struct conf *conf, const struct conf_key *key)
{
	const void *target = key->section == CONF_FEED     ? (const void *)conf->feeds
			     : key->section == CONF_DIGEST ? (const void *)conf->digests
			     : key->section == CONF_HOST   ? (const void *)conf->hosts
							   : (const void *)conf;
	return (const char *)target + key->offset;
}

static bool same_value(const struct conf *a, const struct conf *b, const struct conf_key *key)
{
	const void *x = value_of(a, key), *y = value_of(b, key);

	switch (key->kind) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_SOCKET_PATH:
	case CONF_URL:
	case CONF_WEB_URL:
	case CONF_LISTEN:
	case CONF_PROXY:
	case CONF_FILE:
		return strcmp(*(char *const *)x, *(char *const *)y) == 0;
	case CONF_SECONDS:
	case CONF_MILLISECONDS:
	case CONF_BIG_COUNT:
	case CONF_BYTES:
		return *(const int64_t *)x == *(const int64_t *)y;
	case CONF_COUNT:
	case CONF_MODE:
	case CONF_FORMATS:
	case CONF_CLOCK:
	case CONF_AUTH:
	case CONF_IP:
		return *(const unsigned *)x == *(const unsigned *)y;
	case CONF_FLAG:
		return *(const bool *)x == *(const bool *)y;
	case CONF_COMMAND: /* has no default */
		return true;
	case CONF_HEADERS:
		return a->feeds[0].keys.n_headers == b->feeds[0].keys.n_headers;
	case CONF_CATEGORIES:
		return a->digests[0].n_categories == b->digests[0].n_categories;
	case CONF_HOSTS: /* a group needs one; it has no default */
		return true;
	}
	return false;
}

static void test_default_file_says_the_defaults(void **state)
{
	(void)state;
	char *text = read_text("config/courant.conf"), *bare = uncomment(text);
	char *include = strstr(bare, "include(");
	assert_non_null(include);
	*include = '#';

	setenv("STATE_DIRECTORY", "/var/lib/courant", 1);
	setenv("RUNTIME_DIRECTORY", "/run/courant", 1);
	struct conf *as_shipped = load_text(text), *spelled_out = load_text(bare);
	struct conf_feed none = { 0 };
	conf_section_reset(CONF_FEED, &none);
	assert_int_equal(as_shipped->n_feeds, 0);
	assert_int_equal(spelled_out->n_feeds, 2);
	for (size_t i = 0; i < n_conf_keys; i++) {
		const struct conf_key *key = &conf_keys[i];
		char name[64], path[64];
		snprintf(name, sizeof(name), "\n#\t%s = ", key->name);
		if (key->section == CONF_TOP)
			snprintf(name, sizeof(name), "\n#%s = ", key->name);
		/* A key that needs something of the machine is an example only. */
		if (key->initial == NULL && strstr(text, name) == NULL)
			snprintf(name, sizeof(name), "\n#\t# %s = ", key->name);
		if (strstr(text, name) == NULL)
			fail_msg("config/courant.conf lacks %s", conf_key_path(key, path));
		bool has_default = key->section != CONF_FEED && key->section != CONF_HOST &&
				   key->initial != NULL;
		if (has_default && !same_value(as_shipped, spelled_out, key))
			fail_msg("config/courant.conf tells another default of %s",
				conf_key_path(key, path));
	}
	assert_int_equal(spelled_out->n_hosts, 1);
	assert_int_equal(spelled_out->hosts[0].per_host, 1);
	assert_int_equal(spelled_out->hosts[0].host_delay_ms, 1000);
	assert_int_equal(spelled_out->feeds[0].interval, spelled_out->poll.interval);
	assert_int_equal(spelled_out->feeds[0].allow_private, none.allow_private);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	conf_free(as_shipped);
	conf_free(spelled_out);
	free(text);
	free(bare);
}

/* Every key has an entry with its default in the manual: ".It Cm interval No = Qq 1h". */
static void test_manual_names_every_key(void **state)
{
	(void)state;
	char *text = read_text("docs/courant.conf.5");

	for (size_t i = 0; i < n_conf_keys; i++) {
		const struct conf_key *key = &conf_keys[i];
		char heading[64], item[128], path[64];
		snprintf(heading, sizeof(heading), ".Ss %s", conf_section_name(key->section));
		char *section = strstr(
			text, key->section == CONF_TOP ? ".Ss Outside of sections" : heading);
		if (section == NULL)
			print_error("courant.conf.5 has no %s\n", heading);
		assert_non_null(section);
		char *end = strstr(section + 1, "\n.Ss "), *end2 = strstr(section + 1, "\n.Sh ");
		if (end == NULL || end2 < end)
			end = end2;
		assert_non_null(end);
		*end = '\0';
		snprintf(item, sizeof(item), ".It Cm %s ", key->name);
		char *found = strstr(section, item);
		if (found == NULL)
			print_error(
				"courant.conf.5 does not explain %s\n", conf_key_path(key, path));
		assert_non_null(found);
		char *line_end = strchr(found, '\n');
		assert_non_null(line_end);
		*line_end = '\0';
		if (key->initial != NULL && !conf_key_is_list(key) &&
			strstr(found, key->initial) == NULL)
			fail_msg("courant.conf.5 tells another default of %s",
				conf_key_path(key, path));
		*line_end = *end = '\n';
	}
	free(text);
}

static void test_table(void **state)
{
	struct conf conf = { 0 };
	struct conf_digest digest = { 0 };
	struct conf_feed feed = { 0 };
	struct conf_host host = { 0 };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < CONF_SECTION_COUNT; i++)
			conf_section_reset((enum conf_section)i, i == CONF_FEED ? (void *)&feed
								 : i == CONF_DIGEST
									 ? (void *)&digest
								 : i == CONF_HOST ? (void *)&host
										  : (void *)&conf);
		assert_int_equal(digest.formats, 7);
		assert_int_equal(conf.poll.interval, 3600);
		assert_null(feed.url);
	}
	free(conf.state_dir);
	free(conf.socket_path);
	for (size_t i = 0; i < n_conf_keys; i++)
		assert_ptr_equal(conf_key_find(conf_keys[i].section, conf_keys[i].name,
					 strlen(conf_keys[i].name)),
			&conf_keys[i]);
	assert_int_equal(conf_section_find("pollx", 5), CONF_SECTION_COUNT);
	assert_int_equal(conf_section_find("pollx", 4), CONF_POLL);
}

static void test_url(void **state)
{
	static const struct {
		const char *url;
		bool fine, exempt;
	} cases[] = {
		{ "http://a.example/", true, false },
		{ "https://a.example:8443/x?y=1|2#z", true, false },
		{ "HTTPS://A.EXAMPLE", true, false },
		{ "http://user:pw@127.0.0.1:80/x", true, true },
		{ "http://127.255.0.1?x", true, true },
		{ "http://localhost#x", true, true },
		{ "http://LOCALHOST:9/", true, true },
		{ "http://[::1]/", true, true },
		{ "http://[::1]:8/", true, true },
		{ "http://[::2]/", true, false },
		{ "http://127.1/", true, false },
		{ "http://127.0.0.1.example/", true, false },
		{ "http://128.0.0.1/", true, false },
		{ "http://127.0.0.1@b.example/", true, false },
		{ "http://b.example/@127.0.0.1", true, false },
		{ "http://b.example?@127.0.0.1/", true, false },
		{ "file:///srv/feed.xml", true, true },
		{ "file://localhost/srv/feed.xml", true, true },
		{ "file://host/srv/feed.xml", false, false },
		{ "file:feed.xml", false, false },
		{ "http://", false, false },
		{ "http://:80/", false, false },
		{ "http://user@/", false, false },
		{ "ftp://a.example/", false, false },
		{ "//a.example/", false, false },
		{ "http://a.example\\@127.0.0.1/", false, false },
		{ "http://a b/", false, false },
		{ "http://a/\x01", false, false },
		{ "http://a/\xff", false, false },
		{ "http://a/\xe2\x80\xae", false, false },
		{ "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if ((conf_url_problem(cases[i].url) == NULL) != cases[i].fine ||
			conf_url_floor_exempt(cases[i].url) != cases[i].exempt)
			fail_msg("%s: %s", cases[i].url, conf_url_problem(cases[i].url));
	}
	char *longest = xcalloc(1, LIMIT_URL + 2);
	memset(longest, 'a', LIMIT_URL);
	memcpy(longest, "http://", 7);
	assert_null(conf_url_problem(longest));
	longest[LIMIT_URL] = 'a';
	assert_non_null(conf_url_problem(longest));
	free(longest);
}

static void test_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = { { "", "", 0 }, { "a", "", 1 }, { "", "abc", 3 }, { "poll", "pol", 1 },
		{ "poll", "plol", 1 }, { "interval", "intervall", 1 }, { "kitten", "sitting", 3 },
		{ "formats", "format", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(conf_edit_distance(cases[i].a, strlen(cases[i].a), cases[i].b,
					 strlen(cases[i].b)),
			cases[i].distance);
	char big[4096];
	memset(big, 'x', sizeof(big));
	assert_int_equal(conf_edit_distance(big, sizeof(big), "y", 1), 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_file_says_the_defaults),
		cmocka_unit_test(test_manual_names_every_key),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_url),
		cmocka_unit_test(test_distance),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
