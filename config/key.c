#include "config/key.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/units.h"
#include "config/choice.h"
#include "config/command.h"
#include "config/key_text.h"
#include "config/secret.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	bool titled;
} sections[CONF_SECTION_COUNT] = {
	[CONF_TOP] = { "", false },
	[CONF_SOCKET] = { "socket", false },
	[CONF_POLL] = { "poll", false },
	[CONF_RETAIN] = { "retain", false },
	[CONF_BACKUP] = { "backup", false },
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

static void list_add(char ***list, size_t *n, const char *value)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = xstrdup(value);
}

static void list_clear(char ***list, size_t *n)
{
	while (*n > 0)
		free((*list)[--*n]);
	free(*list);
	*list = NULL;
}

static bool categories_add(struct conf_digest *digest, const char *value, struct strbuf *problem)
{
	if (digest->n_categories == LIMIT_PER_ENTRY) {
		strbuf_addf(problem,
			"there are more than %d categories; leave the list empty for all",
			LIMIT_PER_ENTRY);
		return false;
	}
	if (!key_text_ok(value, LIMIT_NAME, problem))
		return false;
	for (size_t i = 0; i < digest->n_categories; i++)
		if (strcmp(digest->categories[i], value) == 0)
			return true; /* named twice: its entries count once */
	list_add(&digest->categories, &digest->n_categories, value);
	return true;
}

/* The first word is the program. */
static bool command_grow(char **ret, const char *word, struct strbuf *problem)
{
	struct strbuf url = STRBUF_INIT(LIMIT_URL);
	bool ok = key_text_ok(word, LIMIT_URL, problem);

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
	list_add(&host->names, &host->n_names, value);
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
		if (!key_text_check(key->kind, value, problem))
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
		list_clear(&digest->categories, &digest->n_categories);
		break;
	case CONF_HEADERS:
		conf_access_clear_headers(&((struct conf_feed *)target)->keys);
		break;
	case CONF_HOSTS:
		list_clear(&host->names, &host->n_names);
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
