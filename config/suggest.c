#include "config/suggest.h"

#include <stdio.h>
#include <string.h>

#define LONGEST 31

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t conf_edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t d[LONGEST + 1][LONGEST + 1];

	n_a = least(n_a, LONGEST);
	n_b = least(n_b, LONGEST);
	for (size_t i = 0; i <= n_a; i++)
		d[i][0] = i;
	for (size_t k = 0; k <= n_b; k++)
		d[0][k] = k;
	for (size_t i = 1; i <= n_a; i++)
		for (size_t k = 1; k <= n_b; k++) {
			d[i][k] = least(least(d[i - 1][k], d[i][k - 1]) + 1,
				d[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[n_a][n_b];
}

/* Farther than that it is a guess, not a slip. */
static size_t farthest(size_t n)
{
	return n < 4 ? 1 : n / 3 + 1;
}

static const struct conf_key *nearest_key(enum conf_section section, const char *name, size_t n)
{
	const struct conf_key *best = NULL;
	size_t best_distance = farthest(n) + 1;

	for (size_t i = 0; i < n_conf_keys; i++) {
		size_t d =
			conf_edit_distance(name, n, conf_keys[i].name, strlen(conf_keys[i].name));
		if (conf_keys[i].section == section && d < best_distance) {
			best = &conf_keys[i];
			best_distance = d;
		}
	}
	return best;
}

static void list_keys(enum conf_section section, struct strbuf *out)
{
	for (size_t i = 0; i < n_conf_keys; i++)
		if (conf_keys[i].section == section)
			strbuf_addf(out, "%s%s", out->len > 0 ? ", " : "", conf_keys[i].name);
}

/* The section that has a key of exactly this name, or CONF_TOP. */
static enum conf_section home_of(const char *name, size_t n)
{
	for (int i = CONF_TOP + 1; i < CONF_SECTION_COUNT; i++)
		if (conf_key_find((enum conf_section)i, name, n) != NULL)
			return (enum conf_section)i;
	return CONF_TOP;
}

void conf_suggest_key(struct conf_messages *m, const struct conf_place *place,
	enum conf_section section, const char *name, size_t n)
{
	const char *in = conf_section_name(section), *dot = in[0] != '\0' ? "." : "";
	const struct conf_key *near = nearest_key(section, name, n);
	const enum conf_section home = home_of(name, n);
	const int shown = (int)least(n, 60);
	struct strbuf keys = STRBUF_INIT(1024);

	if (home != CONF_TOP && section == CONF_TOP)
		conf_error(m, place, "%.*s: it belongs into a section; write %s { %.*s = ... }",
			shown, name, conf_section_name(home), shown, name);
	else if (section != CONF_TOP && conf_key_find(CONF_TOP, name, n) != NULL)
		conf_error(m, place,
			"%s.%.*s: it stands outside of sections; move it out of %s { }", in, shown,
			name, in);
	else if (near != NULL)
		conf_error(m, place, "%s%s%.*s: there is no such key; did you mean %s?", in, dot,
			shown, name, near->name);
	else {
		list_keys(section, &keys);
		conf_error(m, place, "%s%s%.*s: there is no such key; the keys here are %s", in,
			dot, shown, name, strbuf_str(&keys));
	}
	strbuf_release(&keys);
}

/* "socket, poll and feed": all that have a name. */
static const char *section_names(char *names, size_t size)
{
	size_t n = 0;

	names[0] = '\0';
	for (int i = CONF_TOP + 1; i < CONF_SECTION_COUNT && n < size; i++) {
		const char *before = i == CONF_TOP + 1             ? ""
				     : i == CONF_SECTION_COUNT - 1 ? " and "
								   : ", ";
		n += (size_t)snprintf(names + n, size - n, "%s%s", before,
			conf_section_name((enum conf_section)i));
	}
	return names;
}

void conf_suggest_section(
	struct conf_messages *m, const struct conf_place *place, const char *name, size_t n)
{
	const char *best = NULL;
	size_t best_distance = farthest(n) + 1;
	char names[256];

	for (int i = CONF_TOP + 1; i < CONF_SECTION_COUNT; i++) {
		const char *section = conf_section_name((enum conf_section)i);
		size_t d = conf_edit_distance(name, n, section, strlen(section));
		if (d < best_distance) {
			best = section;
			best_distance = d;
		}
	}
	if (best != NULL)
		conf_error(m, place, "%.*s: there is no such section; did you mean %s?",
			(int)least(n, 60), name, best);
	else
		conf_error(m, place, "%.*s: there is no such section; the sections are %s",
			(int)least(n, 60), name, section_names(names, sizeof(names)));
}
