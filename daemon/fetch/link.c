/*
 * value = 1#( "<" target ">" *( ";" name [ "=" ( token / quoted ) ] ) ). What does not follow that
 * is skipped to the next comma.
 */
#include "fetch/link.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

struct scan {
	const char *p, *end;
};

static bool at(const struct scan *s, char c)
{
	return s->p < s->end && *s->p == c;
}

static void skip_blanks(struct scan *s)
{
	while (at(s, ' ') || at(s, '\t'))
		s->p++;
}

static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* A token, or what stands between quotes; backslashes stay, since no relation has one. */
static size_t word_take(struct scan *s, const char **ret)
{
	bool quoted = at(s, '"');
	const char *start = s->p += quoted;
	while (s->p < s->end && (quoted ? *s->p != '"' : !one_of(*s->p, " \t,;=")))
		s->p += quoted && *s->p == '\\' && s->end - s->p > 1 ? 2 : 1;
	size_t n = (size_t)(s->p - start);
	s->p += quoted && s->p < s->end;
	*ret = start;
	return n;
}

static bool has_word(const char *words, size_t n, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; i < n; i++) {
		size_t start = i;
		while (i < n && words[i] != ' ' && words[i] != '\t')
			i++;
		if (i - start == len && strncasecmp(words + start, word, len) == 0)
			return true;
	}
	return false;
}

/* The parameters behind a target; of several rel the first counts. */
static bool rel_is(struct scan *s, const char *rel)
{
	bool seen = false, is = false;
	for (skip_blanks(s); at(s, ';'); skip_blanks(s)) {
		const char *name, *value = NULL;
		size_t n_value = 0;
		s->p++;
		skip_blanks(s);
		size_t n = word_take(s, &name);
		skip_blanks(s);
		if (at(s, '=')) {
			s->p++;
			skip_blanks(s);
			n_value = word_take(s, &value);
		}
		if (n == 3 && strncasecmp(name, "rel", 3) == 0 && !seen) {
			seen = true;
			is = has_word(value, n_value, rel);
		}
	}
	return is;
}

size_t link_find(const char *value, size_t n, const char *rel, const char **ret)
{
	struct scan s = { value, value + n };
	while (s.p < s.end) {
		if (*s.p++ != '<')
			continue;
		const char *target = s.p;
		const char *close = memchr(target, '>', (size_t)(s.end - target));
		if (close == NULL)
			return 0;
		s.p = close + 1;
		if (rel_is(&s, rel)) {
			*ret = target;
			return (size_t)(close - target);
		}
		while (s.p < s.end && *s.p != ',')
			s.p++;
	}
	return 0;
}
