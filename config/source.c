#include "config/source.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "config/check.h"
#include "config/command.h"
#include "config/key.h"
#include "config/scan.h"
#include "config/secret.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_KEYS 32 /* of one section, the end of the array included */

/* A file that is being read, and those that led to it. */
struct chain {
	const struct chain *parent;
	dev_t dev;
	ino_t ino;
	int depth;
};

struct include {
	char *path;
	int line;
};

struct reader {
	struct conf *conf;
	struct conf_messages *messages;
	struct conf_seen seen;
	struct conf_place place; /* the file being read */
	const struct conf_scan *scan;
	size_t next_title;
	struct conf_feed feed;     /* the section being read */
	struct conf_digest digest; /* the section being read */
	struct conf_host host;     /* the section being read */
	size_t feeds_cap, digests_cap, hosts_cap, files_cap;
	struct include *includes; /* of the file being read */
	size_t n_includes, includes_cap;
};

/* libconfuse hands no argument through to its callbacks. */
static struct reader *reading;

void conf_feed_release(struct conf_feed *feed)
{
	free(feed->name);
	free(feed->url);
	free(feed->exec);
	free(feed->category);
	conf_access_release(&feed->keys);
	access_drop(feed->access);
}

void conf_digest_release(struct conf_digest *digest)
{
	free(digest->name);
	for (size_t i = 0; i < digest->n_categories; i++)
		free(digest->categories[i]);
	free(digest->categories);
}

void conf_host_release(struct conf_host *host)
{
	free(host->name);
	for (size_t i = 0; i < host->n_names; i++)
		free(host->names[i]);
	free(host->names);
}

static struct conf_place place_at(const struct reader *r, int line)
{
	return (struct conf_place){
		.file = r->place.file, .number = r->place.number, .line = line
	};
}

/* ---- what libconfuse calls ---- */

__attribute__((format(printf, 2, 0))) static void confuse_error(
	cfg_t *cfg, const char *format, va_list ap)
{
	struct conf_place place = place_at(reading, cfg->line);
	struct strbuf text = STRBUF_INIT(KIB);

	/* scan.c has refused most of what libconfuse would; what is left is the inside of strings.
	 */
	strbuf_vaddf(&text, format, ap);
	conf_error(reading->messages, &place, "%s", strbuf_str(&text));
	strbuf_release(&text);
}

static void *section_target(struct reader *r, enum conf_section section)
{
	return section == CONF_FEED     ? (void *)&r->feed
	       : section == CONF_DIGEST ? (void *)&r->digest
	       : section == CONF_HOST   ? (void *)&r->host
					: (void *)r->conf;
}

static int value_read(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct reader *r = reading;
	enum conf_section section = conf_section_find(cfg->name, strlen(cfg->name));
	struct strbuf problem = STRBUF_INIT(16 * KIB);
	char path[64];

	if (section == CONF_SECTION_COUNT)
		section = CONF_TOP;
	const struct conf_key *key = conf_key_find(section, opt->name, strlen(opt->name));
	assert(key != NULL && "scan lets known keys through only");
	void *target = section_target(r, section);
	struct conf_place place = place_at(r, cfg->line);

	if (conf_key_is_list(key) && opt->nvalues == 1)
		conf_key_clear(key, target);
	if (!conf_key_set(key, target, value, &problem))
		conf_error(r->messages, &place, "%s: %s", conf_key_path(key, path),
			strbuf_str(&problem));
	strbuf_release(&problem);
	*(const char **)result = value;
	return 0;
}

static int include_read(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	struct reader *r = reading;

	(void)opt;
	assert(argc == 1 && "scan checked it");
	r->includes = xgrow(r->includes, r->n_includes, &r->includes_cap, sizeof(*r->includes));
	r->includes[r->n_includes++] =
		(struct include){ .path = xstrdup(argv[0]), .line = cfg->line };
	return 0;
}

/* The title and the first line of the section that libconfuse has just finished; drops libconfuse's
 * copy of it, so that a thousand feeds are not compared with each other. */
static struct conf_place section_finish(struct reader *r, cfg_opt_t *opt, char **ret_title)
{
	assert(r->next_title < r->scan->n_titles && "scan and libconfuse see the same sections");
	*ret_title = xstrdup(cfg_title(cfg_opt_getnsec(opt, 0)));
	cfg_free_value(opt);
	return place_at(r, r->scan->title_lines[r->next_title++]);
}

static bool name_ok(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n <= LIMIT_NAME && text_is_safe(name, n) && strpbrk(name, "\n\t") == NULL;
}

/* What a feed is fetched from: either of two keys. */
static void feed_source_take(
	struct reader *r, struct conf_feed *feed, const struct conf_place *place, bool any_error)
{
	char **words = feed->exec != NULL ? command_words(feed->exec) : NULL;

	if (feed->exec != NULL && feed->url != NULL)
		conf_error(r->messages, place,
			"feed.exec: feed \"%s\" has a url, too; remove one of them", feed->name);
	else if (feed->exec != NULL && words == NULL)
		conf_error(r->messages, place,
			"feed.exec: feed \"%s\" has more than %d words; put them into a script",
			feed->name, LIMIT_EXEC_WORDS);
	else if (feed->url == NULL && feed->exec == NULL && !any_error)
		conf_error(r->messages, place,
			"feed.url: feed \"%s\" has none; write url = \"https://...\"", feed->name);
	else if (feed->url == NULL)
		feed->url = feed->exec;
	if (feed->exec != feed->url)
		free(feed->exec);
	feed->exec = NULL;
	free(words);
}

static int feed_read(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reading;
	struct conf *conf = r->conf;
	struct conf_place place = section_finish(r, opt, &r->feed.name);

	if (!name_ok(r->feed.name))
		conf_error(r->messages, &place,
			"feed: its name is empty, too long, or holds control characters; write "
			"feed \"Name\" { ... }");
	feed_source_take(r, &r->feed, &place, conf_messages_any(r->messages, &place, cfg->line));
	conf_access_read(&r->feed, &place, r->messages);
	r->feed.file = place.file;
	r->feed.line = place.line;
	conf->feeds = xgrow(conf->feeds, conf->n_feeds, &r->feeds_cap, sizeof(*conf->feeds));
	conf->feeds[conf->n_feeds++] = r->feed;
	r->feed = (struct conf_feed){ 0 };
	conf_section_reset(CONF_FEED, &r->feed);
	return 0;
}

/* It becomes a directory's name. */
static bool digest_name_ok(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n <= 64 && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		       n;
}

static int digest_read(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reading;
	struct conf *conf = r->conf;
	struct conf_place place = section_finish(r, opt, &r->digest.name);

	(void)cfg;
	if (!digest_name_ok(r->digest.name))
		conf_error(r->messages, &place,
			"digest: \"%s\" cannot name a directory; use up to 64 letters, digits, _ "
			"and -",
			r->digest.name);
	for (size_t i = 0; i < conf->n_digests; i++)
		if (strcmp(conf->digests[i].name, r->digest.name) == 0)
			conf_error(r->messages, &place,
				"digest: there is a digest \"%s\" already; give each its own name",
				r->digest.name);
	conf->digests =
		xgrow(conf->digests, conf->n_digests, &r->digests_cap, sizeof(*conf->digests));
	conf->digests[conf->n_digests++] = r->digest;
	r->digest = (struct conf_digest){ 0 };
	conf_section_reset(CONF_DIGEST, &r->digest);
	return 0;
}

static int host_read(cfg_t *cfg, cfg_opt_t *opt)
{
	struct reader *r = reading;
	struct conf *conf = r->conf;
	struct conf_place place = section_finish(r, opt, &r->host.name);

	if (!name_ok(r->host.name))
		conf_error(r->messages, &place,
			"host: its name is empty, too long, or holds control characters; write "
			"host \"Name\" { ... }");
	if (r->host.n_names == 0 && !conf_messages_any(r->messages, &place, cfg->line))
		conf_error(r->messages, &place,
			"host.hosts: host \"%s\" has none; write hosts = { \"*.example.org\" }",
			r->host.name);
	if (r->host.per_host > LIMIT_PER_HOST && !conf_host_is_loopback(&r->host))
		conf_error(r->messages, &place,
			"host.per_host: %u is for hosts on this machine only (127.0.0.0/8, [::1], "
			"localhost); write at most %d",
			r->host.per_host, LIMIT_PER_HOST);
	r->host.file = place.file;
	r->host.line = place.line;
	conf->hosts = xgrow(conf->hosts, conf->n_hosts, &r->hosts_cap, sizeof(*conf->hosts));
	conf->hosts[conf->n_hosts++] = r->host;
	r->host = (struct conf_host){ 0 };
	conf_section_reset(CONF_HOST, &r->host);
	return 0;
}

/* ---- one file ---- */

/* All values are strings to libconfuse: key.c reads them. */
static void section_options(enum conf_section section, cfg_opt_t options[MOST_KEYS])
{
	size_t n = 0;

	for (size_t i = 0; i < n_conf_keys; i++) {
		const struct conf_key *key = &conf_keys[i];
		if (key->section != section)
			continue;
		assert(n < MOST_KEYS - 1);
		if (conf_key_is_list(key))
			options[n++] = (cfg_opt_t)CFG_STR_LIST_CB(
				key->name, NULL, CFGF_NODEFAULT, value_read);
		else
			options[n++] =
				(cfg_opt_t)CFG_STR_CB(key->name, NULL, CFGF_NODEFAULT, value_read);
	}
	options[n] = (cfg_opt_t)CFG_END();
}

static cfg_t *confuse_new(void)
{
	cfg_opt_t options[CONF_SECTION_COUNT][MOST_KEYS], top[MOST_KEYS + CONF_SECTION_COUNT];
	size_t n = 0;

	section_options(CONF_TOP, top);
	while (top[n].name != NULL)
		n++;
	for (int i = CONF_TOP + 1; i < CONF_SECTION_COUNT; i++) {
		enum conf_section section = (enum conf_section)i;
		section_options(section, options[i]);
		top[n] = (cfg_opt_t)CFG_SEC(conf_section_name(section), options[i],
			conf_section_titled(section) ? CFGF_MULTI | CFGF_TITLE : CFGF_NONE);
		top[n++].validcb = section == CONF_FEED     ? feed_read
				   : section == CONF_DIGEST ? digest_read
				   : section == CONF_HOST   ? host_read
							    : NULL;
	}
	top[n++] = (cfg_opt_t)CFG_FUNC("include", include_read);
	top[n] = (cfg_opt_t)CFG_END();
	cfg_t *cfg = cfg_init(top, CFGF_NONE);
	if (cfg == NULL)
		abort(); /* out of memory */
	cfg_set_error_function(cfg, confuse_error);
	return cfg;
}

static void text_parse(struct reader *r, char *text, size_t len)
{
	struct conf_scan scan = { .messages = r->messages,
		.seen = &r->seen,
		.place = r->place,
		.text = text,
		.len = len };

	if (conf_scan(&scan)) {
		cfg_t *cfg = confuse_new();
		r->scan = &scan;
		r->next_title = 0;
		/* Its verdict is in the messages: every failure goes through confuse_error(). */
		cfg_parse_buf(cfg, text);
		cfg_free(cfg);
		r->scan = NULL;
	}
	free(scan.title_lines);
}

/* The whole file, NUL-terminated; NULL with what is wrong in *problem. */
static char *text_read(int fd, size_t *ret_len, const char **problem)
{
	size_t len = 0, cap = 0;
	char *text = NULL;
	ssize_t got;

	do {
		if (cap - len < 4 * KIB) {
			cap = cap == 0 ? 64 * KIB : cap * 2;
			text = xrealloc(text, cap + 1);
		}
		got = read(fd, text + len, cap - len);
		if (got > 0)
			len += (size_t)got;
	} while ((got > 0 && len <= LIMIT_CONF_FILE) || (got < 0 && errno == EINTR));
	text[len] = '\0';
	*problem = got < 0                           ? strerror(errno)
		   : len > LIMIT_CONF_FILE           ? "it is larger than 32 MiB"
		   : memchr(text, '\0', len) != NULL ? "it holds NUL bytes; is it a text file?"
		   : !utf8_valid(text, len) ? "it is not valid UTF-8; save it in that encoding"
					    : NULL;
	if (*problem == NULL) {
		*ret_len = len;
		return text;
	}
	free(text);
	return NULL;
}

static bool in_chain(const struct chain *chain, const struct stat *st)
{
	for (; chain != NULL; chain = chain->parent)
		if (chain->dev == st->st_dev && chain->ino == st->st_ino)
			return true;
	return false;
}

static void file_read(struct reader *r, const char *path, const struct chain *parent,
	const struct conf_place *from);

/* `path` as the file `from` means it. */
static char *path_beside(const char *from, const char *path)
{
	const char *slash = strrchr(from, '/');

	if (path[0] == '/' || slash == NULL)
		return xstrdup(path);
	return xasprintf("%.*s/%s", (int)(slash - from), from, path);
}

static void includes_read(struct reader *r, const struct chain *chain)
{
	/* The files in it bring includes of their own. */
	struct include *includes = r->includes;
	const size_t n = r->n_includes;
	const struct conf_place here = r->place;

	r->includes = NULL;
	r->n_includes = r->includes_cap = 0;
	for (size_t i = 0; i < n; i++) {
		struct conf_place from = { here.file, here.number, includes[i].line };
		char *path = path_beside(here.file, includes[i].path);
		file_read(r, path, chain, &from);
		free(path);
		free(includes[i].path);
	}
	free(includes);
}

/* The file's own place in conf->files. */
static struct conf_place file_enter(struct reader *r, const char *path)
{
	struct conf *conf = r->conf;

	conf->files = xgrow(conf->files, conf->n_files, &r->files_cap, sizeof(*conf->files));
	conf->files[conf->n_files++] = xstrdup(path);
	return (struct conf_place){ .file = conf->files[conf->n_files - 1],
		.number = (unsigned)conf->n_files };
}

/* from: where the include stands, or NULL for the first file. */
static void file_read(struct reader *r, const char *path, const struct chain *parent,
	const struct conf_place *from)
{
	struct conf_place self = { .file = path };
	const char *problem = NULL, *what = from != NULL ? "include: " : "";
	struct stat st;
	char *text = NULL;
	size_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		problem = strerror(errno);
	else if (in_chain(parent, &st))
		problem = "it is being read already; a file cannot include itself";
	else if ((parent != NULL && parent->depth == LIMIT_CONF_DEPTH) ||
		 r->conf->n_files == LIMIT_CONF_FILES)
		problem = "too many files include each other; put the feeds into fewer files";
	else
		text = text_read(fd, &len, &problem);
	if (fd >= 0)
		close(fd);
	if (text == NULL) {
		if (from != NULL)
			conf_error(r->messages, from, "%s%s: %s", what, path, problem);
		else
			conf_error(r->messages, &self, "%s", problem);
		return;
	}
	struct chain chain = { parent, st.st_dev, st.st_ino,
		parent == NULL ? 1 : parent->depth + 1 };
	r->place = file_enter(r, path);
	text_parse(r, text, len);
	free(text);
	includes_read(r, &chain);
}

void conf_source_read(const char *file, struct conf *conf, struct conf_messages *messages)
{
	struct reader r = { .conf = conf, .messages = messages };

	assert(reading == NULL);
	reading = &r;
	conf_section_reset(CONF_FEED, &r.feed);
	conf_section_reset(CONF_DIGEST, &r.digest);
	conf_section_reset(CONF_HOST, &r.host);
	file_read(&r, file, NULL, NULL);
	conf_poll_read(conf, &r.seen, messages);
	conf_check(conf, &r.seen, messages);
	conf_feed_release(&r.feed);
	conf_digest_release(&r.digest);
	conf_host_release(&r.host);
	reading = NULL;
}
