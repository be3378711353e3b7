/*
 * One array in the order of names: looked into for each name above a host that is asked by http,
 * which few are.
 */
#include "fetch/hsts.h"
#include "base/limits.h"
#include "base/mem.h"
#include "fetch/fetch_url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct kept {
	char *host;
	int64_t expires, on_disk; /* on_disk: what was last called worth keeping */
	bool subdomains;
};

struct hsts {
	struct kept *list; /* by host */
	size_t n, cap;
	char forgotten[FETCH_HOST_SIZE]; /* the name that hsts_note() last told so */
};

struct hsts *hsts_new(void)
{
	return xcalloc(1, sizeof(struct hsts));
}

void hsts_free(struct hsts *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->n; i++)
		free(h->list[i].host);
	free(h->list);
	free(h);
}

/* --- the field ------------------------------------------------------------------------------ */

static bool name_is(const char *name, size_t n, const char *word)
{
	return n == strlen(word) && strncasecmp(name, word, n) == 0;
}

/* delta-seconds, in quotes or not; too large means for ever, as far as we are concerned. */
static bool age_parse(const char *s, size_t n, int64_t *ret)
{
	int64_t age = 0;
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
		s++;
		n -= 2;
	}
	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		age = age * 10 + (s[i] - '0');
		age = age > LIMIT_HSTS_AGE ? LIMIT_HSTS_AGE : age;
	}
	*ret = age;
	return n > 0;
}

bool hsts_parse(const char *value, int64_t *ret_max_age, bool *ret_subdomains)
{
	bool aged = false, subdomains = false;
	int64_t age = 0;
	while (*value) {
		const char *p = value + strspn(value, " \t");
		size_t whole = strcspn(p, ";"), n = whole;
		value = p + whole + (p[whole] == ';');
		while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
			n--;
		size_t name = strcspn(p, "= \t;");
		name = name > n ? n : name;
		const char *argument = p + name + strspn(p + name, " \t");
		if (name_is(p, name, "includeSubDomains")) {
			subdomains = true;
		} else if (name_is(p, name, "max-age")) {
			if (aged || argument >= p + n || *argument != '=')
				return false;
			argument += 1 + strspn(argument + 1, " \t");
			size_t left = argument < p + n ? (size_t)(p + n - argument) : 0;
			if (!age_parse(argument, left, &age))
				return false;
			aged = true;
		}
	}
	if (!aged)
		return false;
	*ret_max_age = age;
	*ret_subdomains = subdomains;
	return true;
}

/* --- the table ------------------------------------------------------------------------------ */

/* Where the host is, or would be. */
static size_t place_of(const struct hsts *h, const char *host, bool *ret_found)
{
	size_t low = 0, high = h->n;
	*ret_found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(h->list[middle].host, host);
		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void take_out(struct hsts *h, size_t place)
{
	free(h->list[place].host);
	h->n--;
	memmove(&h->list[place], &h->list[place + 1], (h->n - place) * sizeof(*h->list));
}

static void make_room(struct hsts *h)
{
	size_t first = 0;
	for (size_t i = 1; i < h->n; i++)
		if (h->list[i].expires < h->list[first].expires)
			first = i;
	take_out(h, first);
}

static struct kept *put_in(struct hsts *h, const char *host)
{
	bool found;
	size_t place = place_of(h, host, &found);
	if (!found && h->n == LIMIT_HSTS_HOSTS) {
		make_room(h);
		place = place_of(h, host, &found);
	}
	if (!found) {
		h->list = xgrow(h->list, h->n, &h->cap, sizeof(*h->list));
		memmove(&h->list[place + 1], &h->list[place], (h->n - place) * sizeof(*h->list));
		h->list[place] = (struct kept){ .host = xstrdup(host) };
		h->n++;
	}
	return &h->list[place];
}

/* "host:port" as the bare name; false for an address, or what is too long for a name. */
static bool bare_name(const char *host, char name[FETCH_HOST_SIZE])
{
	const char *colon = strrchr(host, ':');
	size_t n = colon ? (size_t)(colon - host) : strlen(host);
	if (n == 0 || n >= FETCH_HOST_SIZE || host[0] == '[')
		return false;
	memcpy(name, host, n);
	name[n] = '\0';
	struct in_addr v4;
	return inet_pton(AF_INET, name, &v4) != 1;
}

bool hsts_note(struct hsts *h, const char *host, int64_t max_age, bool subdomains, int64_t now,
	struct hsts_entry *ret)
{
	char name[FETCH_HOST_SIZE];
	bool found;
	if (!bare_name(host, name))
		return false;
	size_t place = place_of(h, name, &found);
	if (max_age == 0) {
		if (!found)
			return false;
		take_out(h, place);
		memcpy(h->forgotten, name, sizeof(name));
		*ret = (struct hsts_entry){ .host = h->forgotten };
		return true;
	}
	struct kept *kept = put_in(h, name);
	bool news = kept->subdomains != subdomains || kept->on_disk > now + max_age ||
		    kept->on_disk < now + max_age - LIMIT_HSTS_SLACK;
	kept->expires = now + max_age;
	kept->subdomains = subdomains;
	if (news)
		kept->on_disk = kept->expires;
	*ret = (struct hsts_entry){ kept->host, kept->expires, subdomains };
	return news;
}

void hsts_put(struct hsts *h, const struct hsts_entry *entry, int64_t now)
{
	if (entry->expires <= now)
		return;
	struct kept *kept = put_in(h, entry->host);
	kept->expires = kept->on_disk = entry->expires;
	kept->subdomains = entry->subdomains;
}

bool hsts_covers(const struct hsts *h, const char *host, int64_t now)
{
	char name[FETCH_HOST_SIZE];
	if (h->n == 0 || !bare_name(host, name))
		return false;
	for (const char *above = name; above; above = strchr(above, '.')) {
		above += above != name;
		bool found;
		size_t place = place_of(h, above, &found);
		if (found && h->list[place].expires > now &&
			(above == name || h->list[place].subdomains))
			return true;
	}
	return false;
}

size_t hsts_count(const struct hsts *h)
{
	return h->n;
}
