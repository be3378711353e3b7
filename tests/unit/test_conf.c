#include "config/conf.h"

#include "base/limits.h"
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/courant-test-conf-XXXXXX";
static char main_file[64];

static void write_file(const char *name, const char *text, size_t n)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path); /* a new file: file systems sync one that is rewritten */
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static struct conf *load(const char *text, struct strbuf *messages)
{
	strbuf_init(messages, 1024 * 1024);
	write_file("courant.conf", text, strlen(text));
	return conf_load(main_file, messages);
}

/* The messages with the name of the directory taken out. */
static const char *told(struct strbuf *messages)
{
	static char out[16384];
	size_t n = 0;
	const char *s = strbuf_str(messages);

	while (*s != '\0' && n + 1 < sizeof(out)) {
		if (strncmp(s, dir, strlen(dir)) == 0 && s[strlen(dir)] == '/')
			s += strlen(dir) + 1;
		else
			out[n++] = *s++;
	}
	out[n] = '\0';
	strbuf_release(messages);
	return out;
}

static void refuses(const char *text, const char *expected)
{
	struct strbuf messages;
	struct conf *conf = load(text, &messages);
	const char *said = told(&messages);

	if (conf != NULL || strcmp(said, expected) != 0)
		print_error("text:\n%s\nexpected:\n%s\nsaid:\n%s\n", text, expected, said);
	assert_null(conf);
	assert_string_equal(said, expected);
}

static struct conf *accepts(const char *text, const char *warnings)
{
	struct strbuf messages;
	struct conf *conf = load(text, &messages);

	assert_string_equal(told(&messages), warnings);
	assert_non_null(conf);
	return conf;
}

static void test_example(void **state)
{
	(void)state;
	struct conf *c = accepts(
		"state_dir = \"/var/lib/courant\"              # courant.db, digests/\n"
		"socket { path = \"/run/courant/courant.sock\"  mode = \"0600\" }\n"
		"/* several\n * lines */ poll   { interval = \"2h\"  min_interval = \"20min\"\n"
		"max_interval = 1d  concurrency = 8 // and so on\n"
		"         per_host = 2  host_delay = \"250ms\"  timeout = \"30s\"\n"
		"         max_body = \"1MiB\"  contact = \"https://me.example/reader\"  workers = "
		"3 }\r\n"
		"retain { read = \"0\"  unread = \"1w\"  max_entries_per_feed = 0 }\n"
		"digest \"daily\" { at = \"7:05\"  formats = {\"md\"}  categories = {\"a\", \"b "
		"c\"}\n"
		"                 max_stories = 8 }\n"
		"digest weekly_2 { at = never }\n"
		"feed \"LWN # 1\" { url = \"https://lwn.net/headlines/rss#x\"  category = "
		"\"tech\"\n"
		"             interval = \"2h\" }\n"
		"\n"
		"feed\n'Local' { url = 'http://127.0.0.1:8080/${x}.xml'  allow_private = true "
		"interval = 1s }\n",
		"");
	assert_string_equal(c->state_dir, "/var/lib/courant");
	assert_string_equal(c->socket_path, "/run/courant/courant.sock");
	assert_int_equal(c->socket_mode, 0600);
	assert_int_equal(c->poll.interval, 7200);
	assert_int_equal(c->poll.min_interval, 1200);
	assert_int_equal(c->poll.max_interval, 86400);
	assert_int_equal(c->poll.concurrency, 8);
	assert_int_equal(c->poll.per_host, 2);
	assert_int_equal(c->poll.host_delay_ms, 250);
	assert_int_equal(c->poll.timeout_ms, 30000);
	assert_int_equal(c->poll.max_body, 1024 * 1024);
	assert_int_equal(c->poll.workers, 3);
	assert_string_equal(c->poll.contact, "https://me.example/reader");
	assert_int_equal(c->retain.read, 0);
	assert_int_equal(c->retain.unread, 7 * 86400);
	assert_int_equal(c->retain.max_entries_per_feed, 0);
	assert_int_equal(c->n_digests, 2);
	assert_string_equal(c->digests[0].name, "daily");
	assert_int_equal(c->digests[0].at_minutes, 7 * 60 + 5);
	assert_int_equal(c->digests[0].formats, DIGEST_MD);
	assert_int_equal(c->digests[0].n_categories, 2);
	assert_string_equal(c->digests[0].categories[1], "b c");
	assert_int_equal(c->digests[0].max_stories, 8);
	assert_string_equal(c->digests[1].name, "weekly_2");
	assert_int_equal(c->digests[1].at_minutes, -1);
	assert_int_equal(c->digests[1].formats, DIGEST_HTML | DIGEST_MD | DIGEST_TXT);
	assert_int_equal(c->digests[1].max_stories, 80);
	assert_int_equal(c->n_feeds, 2);
	assert_string_equal(c->feeds[0].name, "LWN # 1");
	assert_string_equal(c->feeds[0].url, "https://lwn.net/headlines/rss#x");
	assert_string_equal(c->feeds[0].category, "tech");
	assert_int_equal(c->feeds[0].interval, 7200);
	assert_false(c->feeds[0].allow_private);
	assert_string_equal(c->feeds[0].file, main_file);
	assert_int_equal(c->feeds[0].line, 12);
	assert_string_equal(c->feeds[1].name, "Local");
	assert_null(c->feeds[1].category);
	assert_true(c->feeds[1].allow_private);
	assert_int_equal(c->feeds[1].interval, 1);
	assert_int_equal(c->feeds[1].line, 15);
	assert_string_equal(c->feeds[1].url, "http://127.0.0.1:8080/${x}.xml");
	conf_free(c);
}

static void test_defaults(void **state)
{
	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/one:/var/lib/two", 1);
	setenv("RUNTIME_DIRECTORY", "/run/here", 1);
	struct conf *c = accepts("", "");
	assert_string_equal(c->state_dir, "/var/lib/one");
	assert_string_equal(c->socket_path, "/run/here/courant.sock");
	assert_int_equal(c->socket_mode, 0660);
	assert_int_equal(c->poll.interval, 3600);
	assert_int_equal(c->poll.max_body, LIMIT_BODY_DEFAULT);
	assert_int_equal(c->poll.workers, 0);
	assert_int_equal(c->retain.read, 60 * 86400);
	assert_int_equal(c->n_feeds, 0);
	assert_int_equal(c->n_digests, 1);
	assert_string_equal(c->digests[0].name, "daily");
	assert_int_equal(c->digests[0].at_minutes, 420);
	conf_free(c);
	setenv("COURANT_SOCKET", "/tmp/other.sock", 1);
	c = accepts("state_dir = /x/y", "");
	assert_string_equal(c->state_dir, "/x/y");
	assert_string_equal(c->socket_path, "/tmp/other.sock");
	conf_free(c);
	unsetenv("COURANT_SOCKET");
	unsetenv("RUNTIME_DIRECTORY");
	unsetenv("STATE_DIRECTORY");
	if (geteuid() == 0) {
		c = accepts("# nothing", "");
		assert_string_equal(c->state_dir, "/var/lib/courant");
		assert_string_equal(c->socket_path, "/run/courant/courant.sock");
		conf_free(c);
	}
}

static void test_search(void **state)
{
	(void)state;
	struct strbuf messages = STRBUF_INIT(4096);
	char path[128], sub[96];

	snprintf(sub, sizeof(sub), "%s/courant", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	write_file("courant/courant.conf", "state_dir = /found", 18);
	setenv("XDG_CONFIG_HOME", dir, 1);
	struct conf *c = conf_load(NULL, &messages);
	assert_non_null(c);
	assert_string_equal(c->state_dir, "/found");
	snprintf(path, sizeof(path), "%s/courant.conf", sub);
	assert_string_equal(c->file, path);
	conf_free(c);
	unlink(path);
	rmdir(sub);
	if (access("/etc/courant/courant.conf", F_OK) != 0) {
		c = conf_load(NULL, &messages);
		assert_non_null(c);
		assert_string_equal(c->file, "");
		assert_non_null(strstr(strbuf_str(&messages), "there is no courant.conf"));
		conf_free(c);
	}
	unsetenv("XDG_CONFIG_HOME");
	strbuf_release(&messages);
}

static void test_one_error(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "\npoll { interval = \"1 hour ago\" }",
			"courant.conf:2: poll.interval: \"1 hour ago\" is no duration; write for "
			"example \"90min\"\n" },
		{ "poll { interval = \"0\" }", "courant.conf:1: poll.interval: \"0\" is out of "
					       "range; it goes from 1 s to 365 d\n" },
		{ "poll { max_body = \"1GiB\" }", "courant.conf:1: poll.max_body: \"1GiB\" is out "
						  "of range; it goes from 1 KiB to 64 MiB\n" },
		{ "poll { max_body = ten }", "courant.conf:1: poll.max_body: \"ten\" is no size; "
					     "write for example \"10MiB\"\n" },
		{ "poll { workers = -1 }", "courant.conf:1: poll.workers: \"-1\" is no whole "
					   "number; write for example 0\n" },
		{ "poll { concurrency = 99999999999999999999 }",
			"courant.conf:1: poll.concurrency: \"99999999999999999999\" is no whole "
			"number; write for example 16\n" },
		{ "poll { per_host = 100 }", "courant.conf:1: poll.per_host: \"100\" is out of "
					     "range; it goes from 1 to 6\n" },
		{ "poll { intervall = 1h }", "courant.conf:1: poll.intervall: there is no such "
					     "key; did you mean interval?\n" },
		{ "retain { zzz = {1, 2} read = 1d }",
			"courant.conf:1: retain.zzz: there is no such key; the keys here are read, "
			"unread, max_entries_per_feed\n" },
		{ "interval = 1h", "courant.conf:1: interval: it belongs into a section; write "
				   "poll { interval = ... }\n" },
		{ "poll { state_dir = /x }", "courant.conf:1: poll.state_dir: it stands outside of "
					     "sections; move it out of poll { }\n" },
		{ "\n\npol { interval = 1h x { y = 2 } }",
			"courant.conf:3: pol: there is no such section; did you mean poll?\n" },
		{ "weather \"x\" { }", "courant.conf:1: weather: there is no such section; the "
				       "sections are socket, poll, retain, backup, websub, digest, "
				       "host and feed\n" },
		{ "poll \"x\" { }",
			"courant.conf:1: poll: this section has no name; write poll { ... }\n" },
		{ "feed { url = \"http://a/\" }", "courant.conf:1: feed: this section needs a "
						  "name; write feed \"Name\" { ... }\n" },
		{ "feed \"\" { url = \"http://a/\" }",
			"courant.conf:1: feed: its name is empty, too long, or holds control "
			"characters; write feed \"Name\" { ... }\n" },
		{ "feed \"A\" { exec = {\"feed.sh\"} }",
			"courant.conf:1: feed.exec: \"feed.sh\" is no absolute path; programs are "
			"not "
			"searched for, write for example \"/usr/local/bin/feed.sh\"\n" },
		{ "feed \"A\" {\nurl = \"http://a.example/\"\nexec = {\"/bin/x\"}\n}",
			"courant.conf:1: feed.exec: feed \"A\" has a url, too; remove one of "
			"them\n" },
		{ "feed \"A\" { exec = {\"/bin/x\"} }\nfeed \"B\" { exec = {\"/bin/x\"} }",
			"courant.conf:2: feed.url: feed \"B\" has the URL of feed \"A\" at "
			"courant.conf:1; remove one\n" },
		{ "feed \"A\" {\n}", "courant.conf:1: feed.url: feed \"A\" has none; write url = "
				     "\"https://...\"\n" },
		{ "feed A {\nurl = \"gopher://x\" }",
			"courant.conf:2: feed.url: \"gopher://x\" cannot be a feed's URL: it is no "
			"http://, https:// or file:/// URL\n" },
		{ "feed A { url = \"https:///x\" }", "courant.conf:1: feed.url: \"https:///x\" "
						     "cannot be a feed's URL: it names no host\n" },
		{ "feed A { url = \"http://a b/\" }",
			"courant.conf:1: feed.url: \"http://a b/\" cannot be a feed's URL: it "
			"holds a character that must be "
			"percent-encoded\n" },
		{ "feed A {\n url = http://a/ }",
			"courant.conf:2: feed.url: put the value into quotes\n" },
		{ "feed A { url = \"http://a/\" category = \"\" }",
			"courant.conf:1: feed.category: it is empty; write a value or remove the "
			"key\n" },
		{ "feed A { url = \"http://a/\" category = \"a\\x1b[31m\" }",
			"courant.conf:1: feed.category: it holds control characters or is no "
			"UTF-8\n" },
		{ "feed A { url = \"http://a/\" allow_private = maybe }",
			"courant.conf:1: feed.allow_private: \"maybe\" is neither yes nor no; "
			"write true or false\n" },
		{ "digest \"../x\" { }", "courant.conf:1: digest: \"../x\" cannot name a "
					 "directory; use up to 64 letters, digits, _ and -\n" },
		{ "digest d { }\ndigest d { }", "courant.conf:2: digest: there is a digest \"d\" "
						"already; give each its own name\n" },
		{ "digest d { at = \"24:00\" }",
			"courant.conf:1: digest.at: \"24:00\" is no time of day; write for example "
			"\"07:00\", or \"never\"\n" },
		{ "digest d { formats = {} }", "courant.conf:1: digest.formats: the list is empty; "
					       "name at least one of html, md and txt\n" },
		{ "digest d {\n formats = {\"html\",\n \"pdf\"} }",
			"courant.conf:3: digest.formats: there is no format \"pdf\"; the formats "
			"are html, md and txt\n" },
		{ "digest d { formats += {\"html\"} }",
			"courant.conf:1: digest.formats: += is not understood; write = and the "
			"whole value\n" },
		{ "poll { interval = {1h} }", "courant.conf:1: poll.interval: it takes one value; "
					      "write it without braces\n" },
		{ "socket { mode = \"660\" path = run/x }",
			"courant.conf:1: socket.path: \"run/x\" is no absolute path; begin it with "
			"a /\n" },
		{ "socket { mode = \"0066\" }",
			"courant.conf:1: socket.mode: \"0066\" is no mode for a socket; write "
			"octal permissions from 0600 to 0777 "
			"that let its owner read and write, for example \"0660\"\n" },
		{ "state_dir = \"${HOME}/x\"",
			"courant.conf:1: \"${\" stands for no environment variable here; write "
			"\"\\${\", or the value itself\n"
			"courant.conf:1: state_dir: \"_{HOME}/x\" is no absolute path; begin it "
			"with a /\n" },
		{ "state_dir = ${HOME}", "courant.conf:1: \"${\" stands for no environment "
					 "variable here; write the value itself\n" },
		{ "poll {\n interval = 1h\n}\npoll { interval = 2h }",
			"courant.conf:4: poll.interval: it is set already at courant.conf:2; "
			"remove one of them\n" },
		{ "poll { min_interval = 2h\n max_interval = 1h }",
			"courant.conf:1: poll.min_interval: it is 2 h, more than "
			"poll.max_interval, 1 h; write the smaller one here\n" },
		{ "feed A { url = \"http://a/\" }\n\nfeed A { url = \"http://b/\" }",
			"courant.conf:3: feed: there is a feed \"A\" already at courant.conf:1; "
			"give each its own name\n" },
		{ "feed A { url = \"http://a/\" }\nfeed B { url = \"http://b/\" }\nfeed C { url = "
		  "\"http://a/\" }",
			"courant.conf:3: feed.url: feed \"C\" has the URL of feed \"A\" at "
			"courant.conf:1; remove one\n" },
		{ "poll { interval = ", "courant.conf:1: interval: its value is missing\n" },
		{ "\npoll {\n interval = 1h\n", "courant.conf:2: poll: the section that begins "
						"here is not closed; add a }\n" },
		{ "poll { interval = 1 hour }", "courant.conf:1: hour: expected = and a value; is "
						"a quote or a } missing before it?\n" },
		{ "feed \"A { url = x }\n", "courant.conf:1: the string that begins here does not "
					    "end on this line; close it with \"\n" },
		{ "/* a\n\n", "courant.conf:1: the comment that begins here does not end; close it "
			      "with */\n" },
		{ "}", "courant.conf:1: unexpected }; a key, a section or include() begins with a "
		       "word\n" },
		{ "poll { include(\"x\") }", "courant.conf:1: include: it stands outside of "
					     "sections; move it out of poll { }\n" },
		{ "include(x, y)", "courant.conf:1: include: write include(\"feeds.conf\")\n" },
		{ "exec(\"x\")", "courant.conf:1: exec: there is no such function; the only one is "
				 "include(\"file\")\n" },
		{ "poll|interval = 1h", "courant.conf:1: poll|interval: there is no such key; the "
					"keys here are state_dir\n" },
		{ "digest d { formats = {\"html\" \"md\"} }",
			"courant.conf:1: formats: the list is not well formed; write { \"one\", "
			"\"two\" }\n" },
		{ "digest d { categories = {\"a\",,} }",
			"courant.conf:1: categories: the list is not well formed; write { \"one\", "
			"\"two\" }\n" },
		{ "state_dir = \"/a\\400\"", "courant.conf:1: invalid octal number '\\400'\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(cases[i].text, cases[i].said);
}

static void test_all_errors_in_order(void **state)
{
	(void)state;
	refuses("poll { interval = soon\n"
		"  foo = 1 }\n"
		"feed A { url = \"http://a/\" }\n"
		"feed \"B\" {\n"
		"  url = nothing }\n"
		"feed A { url = \"http://c/\"\n"
		"  intervall = 2 }\n"
		"retain { read = \"\" }\n",
		"courant.conf:1: poll.interval: \"soon\" is no duration; write for example "
		"\"90min\"\n"
		"courant.conf:2: poll.foo: there is no such key; the keys here are interval, "
		"min_interval, max_interval, "
		"concurrency, per_host, host_delay, timeout, max_body, proxy, proxy_password_file, "
		"ca_file, ip, contact, workers\n"
		"courant.conf:5: feed.url: \"nothing\" cannot be a feed's URL: it is no http://, "
		"https:// or file:/// URL\n"
		"courant.conf:6: feed: there is a feed \"A\" already at courant.conf:3; give each "
		"its own name\n"
		"courant.conf:7: feed.intervall: there is no such key; did you mean interval?\n"
		"courant.conf:8: retain.read: \"\" is no duration; write for example \"90min\"\n");
}

static void test_warnings(void **state)
{
	(void)state;
	struct conf *c =
		accepts("feed A { url = \"https://a.example/\" interval = 5min }\n"
			"feed B { url = \"http://127.9.9.9:1/\" interval = 1s }\n"
			"feed C { url = \"file:///srv/c.xml\" interval = 1s }\n"
			"feed D { url = \"HTTP://localhost/\" interval = 900ms }\n"
			"feed E { url = \"http://[::1]:80/\" interval = 1s }\n"
			"feed F { url = \"http://127.0.0.1@evil.example/\" interval = 1s }\n"
			"feed G { url = \"http://localhost.evil.example/\" interval = 1s }\n"
			"feed H { url = \"http://127.1.example/\" interval = 1s }\n"
			"poll { min_interval = 2s interval = 3s }\n",
			"courant.conf:1: feed.interval: feed \"A\" asks for 5 min and gets 15 min: "
			"less is for feeds on this machine only\n"
			"courant.conf:6: feed.url: feed \"F\" has a login in its URL, where "
			"others may read it; write username and password_file instead\n"
			"courant.conf:6: feed.interval: feed \"F\" asks for 1 s and gets 15 min: "
			"less is for feeds on this machine only\n"
			"courant.conf:7: feed.interval: feed \"G\" asks for 1 s and gets 15 min: "
			"less is for feeds on this machine only\n"
			"courant.conf:8: feed.interval: feed \"H\" asks for 1 s and gets 15 min: "
			"less is for feeds on this machine only\n"
			"courant.conf:9: poll.interval: 3 s holds for feeds on this machine only "
			"(loopback, file:); all others are polled "
			"at most every 15 min\n"
			"courant.conf:9: poll.min_interval: 2 s holds for feeds on this machine "
			"only (loopback, file:); all others are "
			"polled at most every 15 min\n");
	const int64_t intervals[] = { 900, 1, 1, 1, 1, 900, 900, 900 };
	for (size_t i = 0; i < c->n_feeds; i++)
		assert_int_equal(c->feeds[i].interval, intervals[i]);
	assert_int_equal(c->poll.min_interval, 2);
	conf_free(c);
}

static void test_include(void **state)
{
	static const char feeds[] = "feed A { url = \"http://a/\" }\n\nfeed B { url = "
				    "\"http://b/\" }\ninclude('more.conf')\n";
	static const char more[] = "feed C { url = \"http://c/\" }\npoll { timeout = 5s }";

	(void)state;
	write_file("feeds.conf", feeds, strlen(feeds));
	write_file("more.conf", more, strlen(more));
	struct conf *c = accepts(
		"include(\"feeds.conf\")\nfeed Z { url = \"http://z/\" }\npoll { interval = 2h }\n",
		"");
	assert_int_equal(c->n_feeds, 4);
	assert_int_equal(c->n_files, 3);
	assert_string_equal(c->feeds[0].name, "Z");
	assert_string_equal(c->feeds[2].name, "B");
	assert_int_equal(c->feeds[2].line, 3);
	assert_string_equal(strrchr(c->feeds[2].file, '/'), "/feeds.conf");
	assert_int_equal(c->poll.timeout_ms, 5000);
	assert_int_equal(c->poll.interval, 7200);
	conf_free(c);

	refuses("poll { timeout = 5s }\nfeed B { url = \"http://x/\" interval = no "
		"}\ninclude(feeds.conf)\n",
		"courant.conf:2: feed.interval: \"no\" is no duration; write for example "
		"\"90min\"\n"
		"feeds.conf:3: feed: there is a feed \"B\" already at courant.conf:2; give each "
		"its own name\n"
		"more.conf:2: poll.timeout: it is set already at courant.conf:1; remove one of "
		"them\n");
	refuses("\ninclude(\"nowhere.conf\")",
		"courant.conf:2: include: nowhere.conf: No such file or directory\n");
	refuses("include(\"courant.conf\")", "courant.conf:1: include: courant.conf: it is being "
					     "read already; a file cannot include itself\n");
	write_file("more.conf", "include(feeds.conf)", 19);
	refuses("include(\"feeds.conf\")", "more.conf:1: include: feeds.conf: it is being read "
					   "already; a file cannot include itself\n");
}

static void test_depth(void **state)
{
	char name[32], text[64];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "d%d.conf", i);
		snprintf(text, sizeof(text), "include(d%d.conf)", i + 1);
		write_file(name, text, strlen(text));
	}
	refuses("include(d0.conf)", "d6.conf:1: include: d7.conf: too many files include each "
				    "other; put the feeds into fewer files\n");
}

static void test_unreadable(void **state)
{
	struct strbuf messages = STRBUF_INIT(4096);

	(void)state;
	refuses("state_dir = /caf\xe9",
		"courant.conf: it is not valid UTF-8; save it in that encoding\n");
	assert_null(conf_load("/nowhere/courant.conf", &messages));
	assert_string_equal(
		strbuf_str(&messages), "/nowhere/courant.conf: No such file or directory\n");
	strbuf_clear(&messages);
	assert_null(conf_load(dir, &messages));
	assert_non_null(strstr(strbuf_str(&messages), "Is a directory"));
	strbuf_clear(&messages);
	write_file("courant.conf", "a = 1\0b", 7);
	assert_null(conf_load(main_file, &messages));
	assert_non_null(strstr(strbuf_str(&messages), "it holds NUL bytes"));
	strbuf_release(&messages);
}

/* Wrong a thousand times: told a hundred times. */
static void test_many_errors(void **state)
{
	struct strbuf text = STRBUF_INIT(1 << 20), messages;
	size_t lines = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&text, "feed \"%d\" { url = \"http://h%d/\" x%d = 1 }\n", i, i, i);
	assert_null(load(strbuf_str(&text), &messages));
	for (const char *s = strbuf_str(&messages); (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	assert_int_equal(lines, LIMIT_CONF_MESSAGES + 1);
	assert_non_null(strstr(strbuf_str(&messages), "and 900 more\n"));
	strbuf_release(&text);
	strbuf_release(&messages);
}

/* All cuts of a file, and all single damaged bytes, end in a verdict: this is what the sanitizers
 * watch. */
static void test_damage(void **state)
{
	static const char text[] = "state_dir = \"/v\\\"x\" # c\nsocket { mode = '0660' }\n/* c */ "
				   "digest \"d\" { formats = {\"html\", \"md\"} }\n"
				   "feed \"L\\x41\" { url = \"https://l/\" allow_private = true "
				   "}\ninclude(\"none.conf\") // end\n";
	static const char bytes[] = "\"'{}()=+,#/*$\\\n x\x80";
	char copy[sizeof(text)];
	struct strbuf messages;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++) {
		memcpy(copy, text, n);
		copy[n] = '\0';
		conf_free(load(copy, &messages));
		strbuf_release(&messages);
		for (size_t k = 0; k < sizeof(bytes); k++) {
			memcpy(copy, text, sizeof(text));
			copy[n] = bytes[k];
			conf_free(load(copy, &messages));
			strbuf_release(&messages);
		}
	}
}

static void test_large(void **state)
{
	struct strbuf text = STRBUF_INIT(LIMIT_CONF_FILE), messages;

	(void)state;
	for (int i = 0; i < 20000; i++)
		strbuf_addf(&text, "feed \"feed %d\" { url = \"https://host%d.example/feed\" }\n",
			i, i);
	struct conf *c = load(strbuf_str(&text), &messages);
	assert_non_null(c);
	assert_int_equal(c->n_feeds, 20000);
	assert_int_equal(c->feeds[19999].line, 20000);
	conf_free(c);
	strbuf_release(&text);
	strbuf_release(&messages);
}

static int set_up(void **state)
{
	(void)state;
	snprintf(main_file, sizeof(main_file), "%s/courant.conf", mkdtemp(dir));
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	unsetenv("COURANT_SOCKET");
	return 0;
}

static int tear_down(void **state)
{
	char path[128];
	const char *names[] = { "courant.conf", "feeds.conf", "more.conf" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	for (int i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "%s/d%d.conf", dir, i);
		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_one_error),
		cmocka_unit_test(test_all_errors_in_order),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_many_errors),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_large),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
