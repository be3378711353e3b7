#include "config/key.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/units.h"
#include "config/choice.h"
#include "config/command.h"
#include "config/listen.h"
#include "config/secret.h"
#include "config/url.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <strings.h>
#include <sys/un.h>

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define CENTURY (36500LL * DAY)

#define IN(section, field) offsetof(struct conf, section.field)
#define OF_FEED(field) offsetof(struct conf_feed, keys.field)

/* state_dir and socket.path stand here with what the system service uses; conf.c puts in the place
 * that fits the environment. */
const struct conf_key conf_keys[] = {
	{ CONF_TOP, "state_dir", CONF_PATH, offsetof(struct conf, state_dir), 0, 0,
		"/var/lib/courant" },

	{ CONF_SOCKET, "path", CONF_SOCKET_PATH, offsetof(struct conf, socket_path), 0, 0,
		"/run/courant/courant.sock" },
	{ CONF_SOCKET, "mode", CONF_MODE, offsetof(struct conf, socket_mode), 0600, 0777, "0660" },

	{ CONF_POLL, "interval", CONF_SECONDS, IN(poll, interval), 1, 365 * DAY, "1h" },
	{ CONF_POLL, "min_interval", CONF_SECONDS, IN(poll, min_interval), 1, 365 * DAY, "15min" },
	{ CONF_POLL, "max_interval", CONF_SECONDS, IN(poll, max_interval), 1, 365 * DAY, "24h" },
	{ CONF_POLL, "concurrency", CONF_COUNT, IN(poll, concurrency), 1, LIMIT_CONCURRENCY, "16" },
	{ CONF_POLL, "per_host", CONF_COUNT, IN(poll, per_host), 1, LIMIT_PER_HOST, "1" },
	{ CONF_POLL, "host_delay", CONF_MILLISECONDS, IN(poll, host_delay_ms), 0, HOUR * 1000,
		"1s" },
	{ CONF_POLL, "timeout", CONF_MILLISECONDS, IN(poll, timeout_ms), 100, HOUR * 1000, "60s" },
	{ CONF_POLL, "max_body", CONF_BYTES, IN(poll, max_body), KIB, LIMIT_BODY_MAX, "10MiB" },
	{ CONF_POLL, "proxy", CONF_PROXY, IN(poll, proxy), 0, 0, NULL },
	{ CONF_POLL, "proxy_password_file", CONF_FILE, IN(poll, proxy_password_file), 0, 0, NULL },
	{ CONF_POLL, "ca_file", CONF_FILE, IN(poll, ca_file), 0, 0, NULL },
	{ CONF_POLL, "ip", CONF_IP, IN(poll, ip), 0, 0, "any" },
	{ CONF_POLL, "contact", CONF_TEXT, IN(poll, contact), 0, 0, NULL },
	{ CONF_POLL, "workers", CONF_COUNT, IN(poll, workers), 0, LIMIT_WORKERS, "0" },

	{ CONF_RETAIN, "read", CONF_SECONDS, IN(retain, read), 0, CENTURY, "60d" },
	{ CONF_RETAIN, "unread", CONF_SECONDS, IN(retain, unread), 0, CENTURY, "365d" },
	{ CONF_RETAIN, "max_entries_per_feed", CONF_BIG_COUNT, IN(retain, max_entries_per_feed), 0,
		1000000000, "5000" },

	{ CONF_WEBSUB, "callback", CONF_WEB_URL, IN(websub, callback), 0, 0, NULL },
	{ CONF_WEBSUB, "listen", CONF_LISTEN, IN(websub, listen), 0, 0, NULL },

	{ CONF_DIGEST, "at", CONF_CLOCK, offsetof(struct conf_digest, at_minutes), 0, 0, "07:00" },
	{ CONF_DIGEST, "formats", CONF_FORMATS, offsetof(struct conf_digest, formats), 0, 0,
		"html,md,txt" },
	{ CONF_DIGEST, "categories", CONF_CATEGORIES, 0, 0, 0, "" },
	{ CONF_DIGEST, "max_stories", CONF_BIG_COUNT, offsetof(struct conf_digest, max_stories), 1,
		LIMIT_DIGEST_STORIES, "80" },

	{ CONF_HOST, "hosts", CONF_HOSTS, 0, 0, 0, "" },
	{ CONF_HOST, "per_host", CONF_COUNT, offsetof(struct conf_host, per_host), 1,
		LIMIT_PER_HOST_LOOPBACK, "1" },
	{ CONF_HOST, "host_delay", CONF_MILLISECONDS, offsetof(struct conf_host, host_delay_ms), 0,
		HOUR * 1000, "1s" },

	{ CONF_FEED, "url", CONF_URL, offsetof(struct conf_feed, url), 0, 0, NULL },
	{ CONF_FEED, "exec", CONF_COMMAND, offsetof(struct conf_feed, exec), 0, 0, NULL },
	{ CONF_FEED, "category", CONF_TEXT, offsetof(struct conf_feed, category), 0, 0, NULL },
	{ CONF_FEED, "interval", CONF_SECONDS, offsetof(struct conf_feed, interval), 1, 365 * DAY,
		NULL },
	{ CONF_FEED, "allow_private", CONF_FLAG, offsetof(struct conf_feed, allow_private), 0, 0,
		"false" },
	{ CONF_FEED, "auth", CONF_AUTH, OF_FEED(auth), 0, 0, NULL },
	{ CONF_FEED, "username", CONF_TEXT, OF_FEED(username), 0, 0, NULL },
	{ CONF_FEED, "password_file", CONF_FILE, OF_FEED(password_file), 0, 0, NULL },
	{ CONF_FEED, "headers", CONF_HEADERS, 0, 0, 0, "" },
	{ CONF_FEED, "headers_file", CONF_FILE, OF_FEED(headers_file), 0, 0, NULL },
	{ CONF_FEED, "client_cert", CONF_FILE, OF_FEED(client_cert), 0, 0, NULL },
	{ CONF_FEED, "client_key", CONF_FILE, OF_FEED(client_key), 0, 0, NULL },
	{ CONF_FEED, "ca_file", CONF_FILE, OF_FEED(ca_file), 0, 0, NULL },
	{ CONF_FEED, "proxy", CONF_PROXY, OF_FEED(proxy), 0, 0, NULL },
	{ CONF_FEED, "proxy_password_file", CONF_FILE, OF_FEED(proxy_password_file), 0, 0, NULL },
	{ CONF_FEED, "ip", CONF_IP, OF_FEED(ip), 0, 0, NULL },
};
const size_t n_conf_keys = sizeof(conf_keys) / sizeof(conf_keys[0]);

static const struct {
	const char *name;
	bool titled;
} sections[CONF_SECTION_COUNT] = {
	[CONF_TOP] = { "", false },
	[CONF_SOCKET] = { "socket", false },
	[CONF_POLL] = { "poll", false },
	[CONF_RETAIN] = { "retain", false },
	[CONF_WEBSUB] = { "websub", false },
	[CONF_DIGEST] = { "digest", true },
	[CONF_HOST] = { "host", true },
	[CONF_FEED] = { "feed", true },
};

static const struct {
	const char *name;
	unsigned bit;
} formats[] = { { "html", DIGEST_HTML }, { "md", DIGEST_MD }, { "txt", DIGEST_TXT } };

static const struct {
	const char *name;
	bool value;
} flags[] = { { "true", true }, { "yes", true }, { "on", true }, { "false", false },
	{ "no", false }, { "off", false } };

const char *conf_section_name(enum conf_section section)
{
	return sections[section].name;
}

bool conf_section_titled(enum conf_section section)
{
	return sections[section].titled;
}

static bool name_is(const char *name, const char *s, size_t n)
{
	return strlen(name) == n && memcmp(name, s, n) == 0;
}

enum conf_section conf_section_find(const char *name, size_t n)
{
	for (int i = CONF_TOP + 1; i < CONF_SECTION_COUNT; i++)
		if (name_is(sections[i].name, name, n))
			return (enum conf_section)i;
	return CONF_SECTION_COUNT;
}

const struct conf_key *conf_key_find(enum conf_section section, const char *name, size_t n)
{
	for (size_t i = 0; i < n_conf_keys; i++)
		if (conf_keys[i].section == section && name_is(conf_keys[i].name, name, n))
			return &conf_keys[i];
	return NULL;
}

bool conf_key_is_list(const struct conf_key *key)
{
	return key->kind == CONF_FORMATS || key->kind == CONF_CATEGORIES ||
	       key->kind == CONF_COMMAND || key->kind == CONF_HEADERS || key->kind == CONF_HOSTS;
}

const char *conf_key_path(const struct conf_key *key, char buf[64])
{
	const char *section = conf_section_name(key->section);

	snprintf(buf, 64, "%s%s%s", section, section[0] != '\0' ? "." : "", key->name);
	return buf;
}

/* What a number was written as decides how its bounds are told. */
static const char *bound_format(enum conf_kind kind, int64_t value, char buf[32])
{
	if (kind == CONF_MILLISECONDS && value % 1000 != 0)
		snprintf(buf, 32, "%lld ms", (long long)value);
	else if (kind == CONF_MILLISECONDS)
		duration_format(value / 1000, buf);
	else if (kind == CONF_SECONDS)
		duration_format(value, buf);
	else if (kind == CONF_BYTES && value >= MIB)
		snprintf(buf, 32, "%lld MiB", (long long)(value / MIB));
	else if (kind == CONF_BYTES)
		snprintf(buf, 32, "%lld KiB", (long long)(value / KIB));
	else
		snprintf(buf, 32, "%lld", (long long)value);
	return buf;
}

static bool in_range(
	const struct conf_key *key, int64_t number, const char *value, struct strbuf *problem)
{
	char least[32], most[32];

	if (number >= key->min && number <= key->max)
		return true;
	strbuf_addf(problem, "\"%s\" is out of range; it goes from %s to %s", value,
		bound_format(key->kind, key->min, least), bound_format(key->kind, key->max, most));
	return false;
}

static bool parse_whole(const char *value, int base, int64_t *ret)
{
	char *end;

	if (value[0] < '0' || value[0] > '9')
		return false;
	errno = 0;
	long long number = strtoll(value, &end, base);
	if (*end != '\0' || errno != 0)
		return false;
	*ret = number;
	return true;
}

static bool parse_number(
	const struct conf_key *key, const char *value, int64_t *ret, struct strbuf *problem)
{
	int64_t ms;
	uint64_t bytes;

	switch ((int)key->kind) {
	case CONF_SECONDS:
	case CONF_MILLISECONDS:
		if (!duration_parse(value, &ms)) {
			strbuf_addf(problem, "\"%s\" is no duration; write for example \"90min\"",
				value);
			return false;
		}
		/* Part of a second rounds up: 0 would mean "for ever", or "without a pause". */
		*ret = key->kind == CONF_SECONDS ? (ms + 999) / 1000 : ms;
		break;
	case CONF_BYTES:
		if (!size_parse(value, &bytes)) {
			strbuf_addf(
				problem, "\"%s\" is no size; write for example \"10MiB\"", value);
			return false;
		}
		*ret = bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
		break;
	default:
		if (!parse_whole(value, 10, ret)) {
			strbuf_addf(problem, "\"%s\" is no whole number; write for example %s",
				value, key->initial);
			return false;
		}
	}
	return in_range(key, *ret, value, problem);
}

static bool parse_mode(
	const struct conf_key *key, const char *value, unsigned *ret, struct strbuf *problem)
{
	int64_t mode;

	if (!parse_whole(value, 8, &mode) || mode > key->max || (mode & key->min) != key->min) {
		strbuf_addf(problem,
			"\"%s\" is no mode for a socket; write octal permissions from 0600 to 0777 "
			"that let its "
			"owner read and write, for example \"0660\"",
			value);
		return false;
	}
	*ret = (unsigned)mode;
	return true;
}

static bool parse_clock(const char *value, int *ret, struct strbuf *problem)
{
	static const char digit[] = "0123456789";
	size_t hours = strspn(value, digit);

	if (strcmp(value, "never") == 0) {
		*ret = -1;
		return true;
	}
	if (hours >= 1 && hours <= 2 && value[hours] == ':' &&
		strspn(value + hours + 1, digit) == 2 && value[hours + 3] == '\0') {
		long hour = strtol(value, NULL, 10), minute = strtol(value + hours + 1, NULL, 10);
		if (hour < 24 && minute < 60) {
			*ret = (int)(hour * 60 + minute);
			return true;
		}
	}
	strbuf_addf(problem, "\"%s\" is no time of day; write for example \"07:00\", or \"never\"",
		value);
	return false;
}

static bool parse_flag(const char *value, bool *ret, struct strbuf *problem)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (strcmp(value, flags[i].name) == 0) {
			*ret = flags[i].value;
			return true;
		}
	strbuf_addf(problem, "\"%s\" is neither yes nor no; write true or false", value);
	return false;
}

static bool text_ok(const char *value, size_t most, struct strbuf *problem)
{
	size_t n = strlen(value);

	if (n == 0)
		strbuf_addstr(problem, "it is empty; write a value or remove the key");
	else if (n > most)
		strbuf_addf(problem, "it is longer than %zu bytes", most);
	else if (!text_is_safe(value, n) || strpbrk(value, "\n\t") != NULL)
		strbuf_addstr(problem, "it holds control characters or is no UTF-8");
	else
		return true;
	return false;
}

static const char *web_url_problem(const char *value)
{
	if (strncasecmp(value, "http://", 7) != 0 && strncasecmp(value, "https://", 8) != 0)
		return "write https://...";
	return strpbrk(value, "?#@") != NULL ? "it holds a ?, # or @" : conf_url_problem(value);
}

/* The text kinds differ in what they refuse only. */
static bool text_check(enum conf_kind kind, const char *value, struct strbuf *problem)
{
	const size_t most = kind == CONF_TEXT ? LIMIT_NAME
			    : kind == CONF_SOCKET_PATH
				    ? sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1
				    : LIMIT_URL;
	const char *wrong;

	if (!text_ok(value, most, problem))
		return false;
	if ((kind == CONF_PATH || kind == CONF_SOCKET_PATH) && value[0] != '/') {
		strbuf_addf(problem, "\"%s\" is no absolute path; begin it with a /", value);
		return false;
	}
	wrong = kind == CONF_URL       ? conf_url_problem(value)
		: kind == CONF_WEB_URL ? web_url_problem(value)
		: kind == CONF_LISTEN  ? conf_listen_problem(value)
		: kind == CONF_PROXY   ? access_proxy_problem(value)
				       : NULL;
	if (wrong == NULL && kind == CONF_FILE && value[0] != '/' && strchr(value, '/') != NULL)
		wrong = "it is neither an absolute path nor the name of a systemd credential";
	if (wrong == NULL)
		return true;
	/* What may hold a password is not repeated. */
	strbuf_addf(problem, "\"%s\" cannot be %s: %s", strchr(value, '@') != NULL ? "..." : value,
		kind == CONF_URL       ? "a feed's URL"
		: kind == CONF_WEB_URL ? "the address that hubs send to"
		: kind == CONF_LISTEN  ? "an address to listen on"
		: kind == CONF_PROXY   ? "a proxy"
				       : "a file",
		wrong);
	return false;
}

static bool formats_add(unsigned *ret, const char *value, struct strbuf *problem)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(value, formats[i].name) == 0) {
			*ret |= formats[i].bit;
			return true;
		}
	strbuf_addf(problem, "there is no format \"%s\"; the formats are html, md and txt", value);
	return false;
}

static bool categories_add(struct conf_digest *digest, const char *value, struct strbuf *problem)
{
	if (digest->n_categories == LIMIT_PER_ENTRY) {
		strbuf_addf(problem,
			"there are more than %d categories; leave the list empty for all",
			LIMIT_PER_ENTRY);
		return false;
	}
	if (!text_ok(value, LIMIT_NAME, problem))
		return false;
	digest->categories = xrealloc(
		digest->categories, (digest->n_categories + 1) * sizeof(*digest->categories));
	digest->categories[digest->n_categories++] = xstrdup(value);
	return true;
}

/* The first word is the program. */
static bool command_grow(char **ret, const char *word, struct strbuf *problem)
{
	struct strbuf url = STRBUF_INIT(LIMIT_URL);
	bool ok = text_ok(word, LIMIT_URL, problem);

	if (ok && *ret == NULL && word[0] != '/') {
		strbuf_addf(problem,
			"\"%s\" is no absolute path; programs are not searched for, write for "
			"example "
			"\"/usr/local/bin/%s\"",
			word, word);
		ok = false;
	}
	if (*ret != NULL)
		strbuf_addstr(&url, *ret);
	if (ok && command_add(&url, word)) {
		free(*ret);
		*ret = strbuf_take(&url, &(size_t){ 0 });
	} else if (ok) {
		strbuf_addstr(problem, "the command is longer than 8 KiB; put it into a script");
		ok = false;
	}
	strbuf_release(&url);
	return ok;
}

static bool hosts_add(struct conf_host *host, const char *value, struct strbuf *problem)
{
	const char *wrong = conf_host_problem(value);

	if (wrong != NULL) {
		strbuf_addf(problem, "\"%s\": %s", value, wrong);
		return false;
	}
	if (host->n_names == LIMIT_HOST_NAMES) {
		strbuf_addf(problem,
			"there are more than %d names; a \"*.example.org\" stands "
			"for many",
			LIMIT_HOST_NAMES);
		return false;
	}
	host->names = xrealloc(host->names, (host->n_names + 1) * sizeof(*host->names));
	host->names[host->n_names++] = xstrdup(value);
	return true;
}

static void number_store(const struct conf_key *key, void *field, int64_t number)
{
	if (key->kind == CONF_COUNT)
		*(unsigned *)field = (unsigned)number;
	else if (key->kind == CONF_BYTES)
		*(uint64_t *)field = (uint64_t)number;
	else
		*(int64_t *)field = number;
}

bool conf_key_set(
	const struct conf_key *key, void *target, const char *value, struct strbuf *problem)
{
	void *field = (char *)target + key->offset;
	int64_t number;

	switch (key->kind) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_SOCKET_PATH:
	case CONF_URL:
	case CONF_WEB_URL:
	case CONF_LISTEN:
	case CONF_PROXY:
	case CONF_FILE:
		if (!text_check(key->kind, value, problem))
			return false;
		free(*(char **)field);
		*(char **)field = xstrdup(value);
		return true;
	case CONF_SECONDS:
	case CONF_MILLISECONDS:
	case CONF_BYTES:
	case CONF_COUNT:
	case CONF_BIG_COUNT:
		if (!parse_number(key, value, &number, problem))
			return false;
		number_store(key, field, number);
		return true;
	case CONF_MODE:
		return parse_mode(key, value, field, problem);
	case CONF_FLAG:
		return parse_flag(value, field, problem);
	case CONF_CLOCK:
		return parse_clock(value, field, problem);
	case CONF_FORMATS:
		return formats_add(field, value, problem);
	case CONF_CATEGORIES:
		return categories_add(target, value, problem);
	case CONF_COMMAND:
		return command_grow(field, value, problem);
	case CONF_AUTH:
	case CONF_IP:
		return conf_choice_parse(key->kind, value, field, problem);
	case CONF_HEADERS:
		return conf_access_add_header(&((struct conf_feed *)target)->keys, value, problem);
	case CONF_HOSTS:
		return hosts_add(target, value, problem);
	}
	return false;
}

void conf_key_clear(const struct conf_key *key, void *target)
{
	void *field = (char *)target + key->offset;
	struct conf_digest *digest = target;
	struct conf_host *host = target;

	switch (key->kind) {
	case CONF_TEXT:
	case CONF_PATH:
	case CONF_SOCKET_PATH:
	case CONF_URL:
	case CONF_WEB_URL:
	case CONF_LISTEN:
	case CONF_COMMAND:
	case CONF_PROXY:
	case CONF_FILE:
		free(*(char **)field);
		*(char **)field = NULL;
		break;
	case CONF_SECONDS:
	case CONF_MILLISECONDS:
	case CONF_BYTES:
	case CONF_COUNT:
	case CONF_BIG_COUNT:
		number_store(key, field, 0);
		break;
	case CONF_MODE:
	case CONF_FORMATS:
	case CONF_AUTH:
	case CONF_IP:
		*(unsigned *)field = 0;
		break;
	case CONF_FLAG:
		*(bool *)field = false;
		break;
	case CONF_CLOCK:
		*(int *)field = -1;
		break;
	case CONF_CATEGORIES:
		while (digest->n_categories > 0)
			free(digest->categories[--digest->n_categories]);
		free(digest->categories);
		digest->categories = NULL;
		break;
	case CONF_HEADERS:
		conf_access_clear_headers(&((struct conf_feed *)target)->keys);
		break;
	case CONF_HOSTS:
		while (host->n_names > 0)
			free(host->names[--host->n_names]);
		free(host->names);
		host->names = NULL;
		break;
	}
}

static void initial_add(const struct conf_key *key, void *target, const char *value, size_t n)
{
	struct strbuf problem = STRBUF_INIT(KIB);
	char *copy = xstrndup(value, n);
	bool ok = conf_key_set(key, target, copy, &problem);

	assert(ok && "the table's own default");
	(void)ok;
	free(copy);
	strbuf_release(&problem);
}

void conf_key_reset(const struct conf_key *key, void *target)
{
	conf_key_clear(key, target);
	const char *value = key->initial;
	if (value == NULL)
		return;
	if (!conf_key_is_list(key)) {
		initial_add(key, target, value, strlen(value));
		return;
	}
	while (*value != '\0') {
		size_t n = strcspn(value, ",");
		initial_add(key, target, value, n);
		value += n + (value[n] == ',');
	}
}

void conf_section_reset(enum conf_section section, void *target)
{
	for (size_t i = 0; i < n_conf_keys; i++)
		if (conf_keys[i].section == section)
			conf_key_reset(&conf_keys[i], target);
}
