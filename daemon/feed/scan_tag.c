#include "feed/scan_tag.h"

static bool name_start(char c)
{
	return ascii_alpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool name_byte(char c)
{
	return name_start(c) || ascii_digit(c) || c == '-' || c == '.' || c == ':';
}

static void copy(char out[SCAN_NAME], struct span t)
{
	size_t n = t.n < SCAN_NAME - 1 ? t.n : SCAN_NAME - 1;

	memcpy(out, t.s, n);
	out[n] = '\0';
}

static void split_name(struct span name, char prefix[SCAN_NAME], char local[SCAN_NAME])
{
	const char *colon = name.n == 0 ? NULL : memchr(name.s, ':', name.n);
	size_t n = colon == NULL ? 0 : (size_t)(colon - name.s);

	copy(prefix, (struct span){ name.s, n });
	if (colon != NULL)
		n++;
	copy(local, (struct span){ name.s + n, name.n - n });
}

static size_t skip_space(struct span t, size_t i)
{
	while (i < t.n && (ascii_space(t.s[i]) || t.s[i] == '/'))
		i++;
	return i;
}

/* A value from i on; returns where it ends, quotes included. A quote that is never closed ends with
 * the tag. */
static size_t read_value(struct span t, size_t i, struct span *ret)
{
	char quote = i < t.n && (t.s[i] == '"' || t.s[i] == '\'') ? t.s[i] : '\0';
	size_t from = i + (quote != '\0'), to = from;

	if (quote != '\0') {
		const char *close = from < t.n ? memchr(t.s + from, quote, t.n - from) : NULL;
		if (close != NULL &&
			memchr(t.s + from, '<', (size_t)(close - t.s) - from) == NULL) {
			*ret = (struct span){ t.s + from, (size_t)(close - t.s) - from };
			return (size_t)(close - t.s) + 1;
		}
	}
	while (to < t.n && !ascii_space(t.s[to]) && t.s[to] != '>' && t.s[to] != '<')
		to++;
	/* href=a/> : the slash ends the tag */
	if (to > from && to < t.n && t.s[to] == '>' && t.s[to - 1] == '/')
		to--;
	*ret = (struct span){ t.s + from, to - from };
	return to;
}

static size_t read_attribute(struct scan_tag *tag, struct span t, size_t i)
{
	size_t from = i;
	struct scan_attribute *a = &tag->attributes[tag->n_attributes];

	tag->n_attributes += tag->n_attributes < LIMIT_ATTRIBUTES;

	while (i < t.n && !ascii_space(t.s[i]) && strchr("=></", t.s[i]) == NULL)
		i++;
	split_name((struct span){ t.s + from, i - from }, a->prefix, a->local);
	a->value = (struct span){ t.s + from, 0 };
	size_t next = i;
	while (next < t.n && ascii_space(t.s[next]))
		next++;
	if (next >= t.n || t.s[next] != '=')
		return i > from ? i : i + 1;
	next++;
	while (next < t.n && ascii_space(t.s[next]))
		next++;
	return read_value(t, next, &a->value);
}

bool scan_tag_read(struct scan_tag *tag, struct span t)
{
	size_t i = 1;

	tag->n_attributes = 0;
	tag->end = t.n > 1 && t.s[1] == '/';
	tag->empty = false;
	i += tag->end;
	if (i >= t.n || !name_start(t.s[i]))
		return false;
	size_t from = i;
	while (i < t.n && name_byte(t.s[i]))
		i++;
	tag->name = (struct span){ t.s + from, i - from };
	split_name(tag->name, tag->prefix, tag->local);
	if (i < t.n && !ascii_space(t.s[i]) && strchr("/><", t.s[i]) == NULL)
		return false;
	while (true) {
		i = skip_space(t, i);
		if (i >= t.n || t.s[i] == '<' || t.s[i] == '>')
			break;
		i = read_attribute(tag, t, i);
	}
	tag->empty = i > 1 && i <= t.n && t.s[i - 1] == '/' && !tag->end;
	tag->len = i + (i < t.n && t.s[i] == '>');
	return tag->local[0] != '\0';
}

struct span scan_tag_value(const struct scan_tag *tag, const char *name)
{
	for (int i = 0; i < tag->n_attributes; i++)
		if (tag->attributes[i].prefix[0] == '\0' &&
			strcasecmp(tag->attributes[i].local, name) == 0)
			return tag->attributes[i].value;
	return (struct span){ "", 0 };
}
