#include "base/fold.h"

#include <string.h>

#include "base/text.h"

static bool is_one_of(const char *s, size_t n, const char *set)
{
	return memmem(set, strlen(set), s, n) != NULL;
}

bool fold_closes(const char *s, size_t n)
{
	return is_one_of(s, n, "、。，．：；？！）」』】〕》〉｝］ー々");
}

bool fold_opens(const char *s, size_t n)
{
	return is_one_of(s, n, "（「『【〔《〈｛［\u200d");
}

/* Where the code point before s[at] begins, at > 0. */
static size_t before(const char *s, size_t at)
{
	do
		at--;
	while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80);
	return at;
}

static bool is_wide(const char *s, size_t from, size_t end)
{
	return text_width(s + from, end - from) == 2;
}

/* Before s[at], 0 < at < n. Marks belong to the character before them. */
static bool may_end(const char *s, size_t n, size_t at)
{
	size_t len, last = before(s, at), base = last;
	if (s[at] == ' ')
		return true;
	utf8_decode(s + at, n - at, &len);
	if (text_width(s + at, len) == 0 || fold_closes(s + at, len) ||
		fold_opens(s + last, at - last))
		return false;
	while (base > 0 && text_width(s + base, at - base) == 0)
		base = before(s, base);
	return s[base] != ' ' && (is_wide(s, at, at + len) || is_wide(s, base, at));
}

size_t fold_at(const char *s, size_t n, size_t columns)
{
	size_t width, fits = text_fit(s, n, columns, &width), len;
	if (fits == n)
		return n;
	if (fits == 0) {
		utf8_decode(s, n, &len);
		return len;
	}
	for (size_t at = fits; at > 0; at = before(s, at))
		if (may_end(s, n, at))
			return at;
	return fits;
}
