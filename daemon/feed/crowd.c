#include "feed/crowd.h"

#include "base/limits.h"

#include <stdbool.h>

/* Bytes of that many attributes at least, each as short as ` a=""`; and no '<' among them, which
 * XML forbids. */
#define LEAST ((size_t)LIMIT_ATTRIBUTES * 5)

/* Whether so many bytes without '<' follow upon one. Looks at a few bytes of most documents. */
static bool has_room(struct span t)
{
	for (size_t at = 0; at + LEAST <= t.n;) {
		const char *last = memrchr(t.s + at, '<', LEAST);
		if (last == NULL)
			return true;
		at = (size_t)(last - t.s) + 1;
	}
	return false;
}

/* Bytes of what begins with '<' and is no tag, its end left out; 0: a tag. */
static size_t passed_over(struct span t)
{
	static const struct {
		const char *begin, *end;
	} kinds[] = { { "<![CDATA[", "]]>" }, { "<!--", "-->" }, { "<?", "?>" } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!span_starts(t, kinds[i].begin))
			continue;
		const char *end = memmem(t.s, t.n, kinds[i].end, strlen(kinds[i].end));
		return end == NULL ? t.n : (size_t)(end - t.s);
	}
	return 0;
}

/* Counts the attributes of the tag at t; returns its bytes. */
static size_t count(struct span t, size_t *ret_attributes)
{
	char quote = '\0';
	size_t i = 1;

	*ret_attributes = 0;
	for (; i < t.n && t.s[i] != '<' && (t.s[i] != '>' || quote != '\0'); i++) {
		if (quote != '\0')
			quote = t.s[i] == quote ? '\0' : quote;
		else if (t.s[i] == '"' || t.s[i] == '\'')
			quote = t.s[i];
		else
			*ret_attributes += t.s[i] == '=';
	}
	return i;
}

const char *crowd_find(struct span t)
{
	const char *open;

	if (!has_room(t))
		return NULL;
	while (t.n > 0 && (open = memchr(t.s, '<', t.n)) != NULL) {
		size_t attributes = 0;
		span_skip(&t, (size_t)(open - t.s));
		size_t len = passed_over(t);
		if (len == 0)
			len = count(t, &attributes);
		if (attributes > LIMIT_ATTRIBUTES)
			return open;
		span_skip(&t, len);
	}
	return NULL;
}
