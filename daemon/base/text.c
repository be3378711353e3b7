#include "base/text.h"
#include "base/strbuf.h"

#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* The lead bytes and the range of the byte that follows them (Unicode 15, table 3-7). */
static size_t sequence(unsigned char lead, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = 0x80;
	*ret_high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*ret_low = 0xa0;
		if (lead == 0xed)
			*ret_high = 0x9f;
		return 3;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*ret_low = 0x90;
		if (lead == 0xf4)
			*ret_high = 0x8f;
		return 4;
	}
	return 0;
}

static int32_t decode_sequence(const unsigned char *p, size_t n, size_t *ret_len)
{
	unsigned char low, high;
	size_t want = sequence(p[0], &low, &high);
	int32_t cp = p[0] & (want == 2 ? 0x1f : want == 3 ? 0x0f : 0x07);
	for (size_t i = 1; i < want; i++) {
		if (i == n || p[i] < low || p[i] > high) {
			*ret_len = i;
			return -1;
		}
		cp = cp << 6 | (p[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*ret_len = want > 0 ? want : 1;
	return want > 0 ? cp : -1;
}

static bool is_continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* utf8_decode(), inlined into the loops here: all text of all feeds goes through them more than
 * once. The commonest sequences come first; decode_sequence() knows them all. */
static inline int32_t decode(const char *s, size_t n, size_t *ret_len)
{
	const unsigned char *p = (const unsigned char *)s;
	if (p[0] < 0x80) {
		*ret_len = 1;
		return p[0];
	}
	if (p[0] >= 0xc2 && p[0] < 0xe0 && n > 1 && is_continuation(p[1])) {
		*ret_len = 2;
		return (p[0] & 0x1f) << 6 | (p[1] & 0x3f);
	}
	if (p[0] > 0xe0 && p[0] < 0xed && n > 2 && is_continuation(p[1]) && is_continuation(p[2])) {
		*ret_len = 3;
		return (p[0] & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);
	}
	return decode_sequence(p, n, ret_len);
}

int32_t utf8_decode(const char *s, size_t n, size_t *ret_len)
{
	return decode(s, n, ret_len);
}

size_t utf8_encode(int32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t len = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (cp & 0x3f));
		cp >>= 6;
	}
	out[0] = (char)(lead[len] | cp);
	return len;
}

/* Length of the run of ASCII at s, eight bytes at a time. */
static size_t ascii_run(const char *s, size_t n)
{
	size_t i = 0;
	while (n - i >= sizeof(uint64_t)) {
		uint64_t word;
		memcpy(&word, s + i, sizeof word);
		if (word & 0x8080808080808080u)
			break;
		i += sizeof word;
	}
	while (i < n && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}

bool utf8_valid(const char *s, size_t n)
{
	for (size_t i = ascii_run(s, n); i < n; i += ascii_run(s + i, n - i)) {
		size_t len;
		if (decode(s + i, n - i, &len) < 0)
			return false;
		i += len;
	}
	return true;
}

size_t utf8_cut(const char *s, size_t n)
{
	size_t k = n;
	while (k > 0 && n - k < 4 && ((unsigned char)s[k - 1] & 0xc0) == 0x80)
		k--;
	if (k == 0 || n - k >= 4)
		return n;
	unsigned char low, high;
	size_t want = sequence((unsigned char)s[k - 1], &low, &high);
	return want > n - k + 1 ? k - 1 : n;
}

bool text_char_safe(int32_t cp)
{
	if (cp < 0x20)
		return cp == '\t' || cp == '\n';
	if (cp < 0x7f)
		return true;
	if (cp < 0xa0)
		return false;
	if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		return false;
	if ((cp >= 0xd800 && cp <= 0xdfff) || (cp >= 0xfdd0 && cp <= 0xfdef))
		return false;
	return (cp & 0xfffe) != 0xfffe;
}

/* Length of the run of printable ASCII at s, eight bytes at a time: a byte below 0x20 borrows from
 * its top bit, one of 0x7f and above sets it. */
static size_t printable_run(const char *s, size_t n)
{
	const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
	size_t i = 0;
	for (; n - i >= sizeof ones; i += sizeof ones) {
		uint64_t word;
		memcpy(&word, s + i, sizeof word);
		if ((word | (word - 0x20 * ones) | (word + ones)) & tops)
			break;
	}
	return i;
}

bool text_is_safe(const char *s, size_t n)
{
	for (size_t i = printable_run(s, n); i < n; i += printable_run(s + i, n - i)) {
		size_t len;
		int32_t cp = decode(s + i, n - i, &len);
		if (cp < 0 || !text_char_safe(cp))
			return false;
		i += len;
	}
	return true;
}

void text_safe(struct strbuf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len;
		int32_t cp = decode(s + i, n - i, &len);
		if (cp < 0)
			strbuf_addstr(out, REPLACEMENT);
		else if (text_char_safe(cp))
			strbuf_add(out, s + i, len);
		i += len;
	}
}

/* Unicode White_Space (PropList.txt). */
static bool is_space(int32_t cp)
{
	return (cp >= 0x09 && cp <= 0x0d) || cp == 0x20 || cp == 0x85 || cp == 0xa0 ||
	       cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202f || cp == 0x205f || cp == 0x3000;
}

static bool is_no_break_space(int32_t cp)
{
	return cp == 0xa0 || cp == 0x202f;
}

/* Length of the run of ASCII words at s, one blank between each two. */
static size_t words_run(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && ((s[i] > ' ' && s[i] < 0x7f) || (s[i] == ' ' && i > 0 && i + 1 < n &&
								s[i + 1] > ' ' && s[i + 1] < 0x7f)))
		i++;
	return i;
}

void text_safe_line(struct strbuf *out, const char *s, size_t n)
{
	size_t start = out->len;
	size_t n_spaces = 0;
	int32_t space = 0;
	for (size_t i = 0; i < n;) {
		size_t len = words_run(s + i, n - i);
		int32_t cp = len > 0 ? 'w' : decode(s + i, n - i, &len);
		if (cp >= 0 && is_space(cp)) {
			n_spaces++;
			space = cp;
		} else if (cp < 0 || text_char_safe(cp)) {
			if (n_spaces > 0 && out->len > start) {
				char utf8[4];
				bool lone = n_spaces == 1 && is_no_break_space(space);
				strbuf_add(out, utf8, utf8_encode(lone ? space : ' ', utf8));
			}
			n_spaces = 0;
			if (cp < 0)
				strbuf_addstr(out, REPLACEMENT);
			else
				strbuf_add(out, s + i, len);
		}
		i += len;
	}
}

char *text_safe_copy(char *out, size_t size, const char *s)
{
	struct strbuf line = STRBUF_INIT(SIZE_MAX - 1);
	text_safe_line(&line, s, strlen(s));
	size_t n = line.len < size ? line.len : utf8_cut(strbuf_str(&line), size - 1);
	memcpy(out, strbuf_str(&line), n);
	out[n] = '\0';
	strbuf_release(&line);
	return out;
}

/* wcwidth(3) knows the widths, but of the current locale only: it is asked in C.UTF-8, whatever the
 * user's is. */
static locale_t width_locale;

static void make_width_locale(void)
{
	width_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t enter_width_locale(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_width_locale);
	return width_locale != (locale_t)0 ? uselocale(width_locale) : (locale_t)0;
}

static void leave_width_locale(locale_t before)
{
	if (before != (locale_t)0)
		uselocale(before);
}

bool text_url_runs_code(const char *url, size_t n)
{
	static const char *const schemes[] = { "javascript:", "vbscript:", "data:" };
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i]);
		if (n >= len && strncasecmp(url, schemes[i], len) == 0)
			return true;
	}
	return false;
}

size_t text_width(const char *s, size_t n)
{
	size_t width;
	text_fit(s, n, SIZE_MAX, &width);
	return width;
}

size_t text_fit(const char *s, size_t n, size_t columns, size_t *ret_width)
{
	locale_t before = enter_width_locale();
	size_t i = 0, width = 0;
	while (i < n) {
		size_t len;
		int32_t cp = decode(s + i, n - i, &len);
		int w = cp < 0 ? 1 : cp < 0x7f ? cp >= 0x20 : wcwidth((wchar_t)cp);
		if (w < 0) /* without the locale, or unassigned: most likely one column */
			w = 1;
		if ((size_t)w > columns - width)
			break;
		width += (size_t)w;
		i += len;
	}
	leave_width_locale(before);
	*ret_width = width;
	return i;
}
