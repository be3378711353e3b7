/* How a feed is asked: what the configuration takes and refuses, and what it makes of it. */
#include "base/limits.h"
#include "base/mem.h"
#include "config/conf.h"
#include "config/url.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/courant-test-access-XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
	free(path);
}

/* Reads one feed with these keys, in which ~ stands for the directory. */
static struct conf *load(const char *keys, char *ret_messages, size_t size)
{
	char *path = xasprintf("%s/courant.conf", dir);
	struct strbuf messages = STRBUF_INIT(64 * KIB), text = STRBUF_INIT(64 * KIB);
	strbuf_addstr(&text, "feed \"A\" { ");
	for (const char *c = keys; *c != '\0'; c++) {
		if (*c == '~')
			strbuf_addstr(&text, dir);
		else
			strbuf_addch(&text, *c);
	}
	strbuf_addstr(&text, strstr(keys, "url") == NULL ? " url = \"https://a/\" }\n" : " }\n");
	write_file("courant.conf", strbuf_str(&text), 0644);
	struct conf *conf = conf_load(path, &messages);
	snprintf(ret_messages, size, "%s", strbuf_str(&messages));
	strbuf_release(&messages);
	strbuf_release(&text);
	free(path);
	return conf;
}

static void texts_are_refused(void **state)
{
	(void)state;
	static const struct {
		const char *keys, *says;
	} cases[] = {
		{ "auth = \"ntlm\"", "feed.auth: \"ntlm\" is none of \"basic\", \"digest\", "
				     "\"bearer\"" },
		{ "ip = \"v5\"", "feed.ip: \"v5\" is none of \"any\", \"v4\", \"v6\"" },
		{ "proxy = \"ftp://p:1\"",
			"feed.proxy: \"ftp://p:1\" cannot be a proxy: it is no" },
		{ "proxy = \"http://u:hush@p/x\"", "it has a path" },
		{ "headers = {\"X-Secret\"}", "it is no header field" },
		{ "headers = {\"X-Secret: \"}", "it has no value" },
		{ "headers = {\"X Secret: hush\"}", "it is no header field" },
		{ "headers = {\"host: hush\"}", "\"host\" cannot be sent: it is part of the URL" },
		{ "headers = {\"User-Agent: hush\"}", "courant says who it is" },
		{ "headers = {\"If-None-Match: hush\"}", "courant keeps what the server said" },
		{ "headers = {\"Content-Length: hush\"}", "a request has no content" },
		{ "headers = {\"X: hush\\r\\nY: z\"}", "control characters" },
		{ "username = \"me\" auth = \"bearer\" password_file = \"~/good\"",
			"bearer takes a token in password_file, and no username" },
		{ "auth = \"bearer\"", "bearer takes a token" },
		{ "password_file = \"~/good\"", "has a password and no user name" },
		{ "client_key = \"~/good\"", "has no client_cert" },
		{ "proxy_password_file = \"~/good\"", "has no proxy of its own" },
		{ "username = \"me\" password_file = \"a/b\"", "neither an absolute path nor" },
		{ "username = \"me\" password_file = \"~/none\"", "No such file" },
		{ "username = \"me\" password_file = \"~/open\"", "everybody may read or change" },
		{ "username = \"me\" password_file = \"~/two\"", "must hold one line" },
		{ "username = \"me\" password_file = \"~/empty\"", "must hold one line" },
		{ "username = \"me\" password_file = \"~\"", "is no regular file" },
		{ "username = \"me\" password_file = \"lwn\"", "LoadCredential=lwn:" },
		{ "headers_file = \"~/badheaders\"", "line 2 of " },
		{ "client_cert = \"~/open\"", "everybody may read or change" },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		char messages[4096];
		struct conf *conf = load(cases[i].keys, messages, sizeof(messages));
		if (conf != NULL || strstr(messages, cases[i].says) == NULL)
			fail_msg("%s: \"%s\"", cases[i].keys, messages);
		assert_null(strstr(messages, "hush"));
	}
}

static void everything_is_taken(void **state)
{
	(void)state;
	char messages[4096];
	struct conf *conf = load(
		"username = \"me\" password_file = \"~/good\" auth = \"digest\" "
		"headers = {\"X-Key: 1\", \"Cookie: a=b\"} headers_file = \"~/headers\" "
		"proxy = \"socks5h://p:1080\" proxy_password_file = \"~/good\" "
		"client_cert = \"~/open\" client_key = \"~/good\" ca_file = \"~/open\" ip = \"v6\"",
		messages, sizeof(messages));
	assert_string_equal(messages, "");
	const struct access *a = conf->feeds[0].access;
	assert_int_equal(a->auth, ACCESS_DIGEST);
	assert_string_equal(a->username, "me");
	assert_string_equal(a->password, "pass word");
	assert_int_equal(a->n_headers, 4);
	assert_string_equal(a->headers[0], "X-Key: 1");
	assert_string_equal(a->headers[3], "X-Other: 3");
	assert_string_equal(a->proxy, "socks5h://p:1080");
	assert_string_equal(a->proxy_password, "pass word");
	assert_int_equal(a->ip, ACCESS_IP_V6);
	assert_true(access_equal(a, a));
	assert_false(access_equal(a, NULL));
	conf_free(conf);
}

static void nothing_special_is_nothing(void **state)
{
	(void)state;
	char messages[4096];
	struct conf *conf = load("interval = \"2h\"", messages, sizeof(messages));
	assert_null(conf->feeds[0].access);
	conf_free(conf);
}

static void credentials_come_from_systemd(void **state)
{
	(void)state;
	char messages[4096];
	setenv("CREDENTIALS_DIRECTORY", dir, 1);
	struct conf *conf =
		load("auth = \"bearer\" password_file = \"good\"", messages, sizeof(messages));
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_string_equal(messages, "");
	assert_int_equal(conf->feeds[0].access->auth, ACCESS_BEARER);
	assert_string_equal(conf->feeds[0].access->password, "pass word");
	conf_free(conf);
}

static void logins_leave_the_url(void **state)
{
	(void)state;
	static const struct {
		const char *url, *rest, *username, *password;
	} cases[] = {
		{ "https://a/b@c", "https://a/b@c", NULL, NULL },
		{ "https://me@a/", "https://a/", "me", NULL },
		{ "https://me:pw@a/", "https://a/", "me", "pw" },
		{ "HTTP://me:p%40w%2f:@a:80?x@y", "HTTP://a:80?x@y", "me", "p@w/:" },
		{ "https://m@e:p@w@a", "https://a", "m@e", "p@w" },
		{ "https://:pw@a/", "https://a/", NULL, "pw" },
		{ "https://%00%zz%4:x@a/", "https://a/", "%00%zz%4", "x" },
		{ "file:///a@b", "file:///a@b", NULL, NULL },
	};
	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		char *url = xstrdup(cases[i].url), *username = NULL, *password = NULL;
		bool taken = conf_url_take_login(url, &username, &password);
		assert_int_equal(taken, cases[i].username || cases[i].password);
		assert_string_equal(url, cases[i].rest);
		assert_int_equal(username != NULL, cases[i].username != NULL);
		assert_int_equal(password != NULL, cases[i].password != NULL);
		if (username)
			assert_string_equal(username, cases[i].username);
		if (password)
			assert_string_equal(password, cases[i].password);
		free(url);
		free(username);
		free(password);
	}
}

static void login_of_a_url_is_used(void **state)
{
	(void)state;
	char messages[4096];
	struct conf *conf = load("url = \"https://me:hush@a/\"", messages, sizeof(messages));
	assert_non_null(strstr(messages, "has a login in its URL"));
	assert_null(strstr(messages, "hush"));
	assert_string_equal(conf->feeds[0].url, "https://a/");
	assert_int_equal(conf->feeds[0].access->auth, ACCESS_BASIC);
	assert_string_equal(conf->feeds[0].access->username, "me");
	assert_string_equal(conf->feeds[0].access->password, "hush");
	conf_free(conf);
	conf = load("url = \"https://me:hush@a/\" username = \"me\"", messages, sizeof(messages));
	assert_null(conf);
	assert_non_null(strstr(messages, "remove that of the URL"));
	assert_null(strstr(messages, "hush"));
}

static int files_make(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	write_file("good", "pass word\n", 0600);
	write_file("open", "pass word\n", 0644);
	write_file("two", "one\ntwo\n", 0600);
	write_file("empty", "\n", 0600);
	write_file("headers", "X-Token: 2\r\n\nX-Other: 3", 0640);
	write_file("badheaders", "X-Token: 2\nHost: hush\n", 0600);
	return 0;
}

static int files_remove(void **state)
{
	(void)state;
	static const char *const names[] = { "good", "open", "two", "empty", "headers",
		"badheaders", "courant.conf" };
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		char *path = xasprintf("%s/%s", dir, names[i]);
		unlink(path);
		free(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_refused),
		cmocka_unit_test(everything_is_taken),
		cmocka_unit_test(nothing_special_is_nothing),
		cmocka_unit_test(credentials_come_from_systemd),
		cmocka_unit_test(logins_leave_the_url),
		cmocka_unit_test(login_of_a_url_is_used),
	};
	return cmocka_run_group_tests(tests, files_make, files_remove);
}
