#include "client/word_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

/* ---- cutting ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Bytes of a character that is a word by itself: from U+0800 on, but the punctuation and symbols of
 * U+2000. 0: it is part of a word. */
static size_t lone_character(const char *s, size_t n)
{
	unsigned char lead = (unsigned char)s[0];
	size_t len = lead >= 0xf0 ? 4 : 3;

	return lead >= 0xe0 && lead != 0xe2 && len <= n ? len : 0;
}

static const char joiner[] = "\u200d"; /* makes one picture of the two beside it */

/* The bytes of what belongs to the character s[0..len): marks, selectors, what is joined to it. */
static size_t with_marks(const char *s, size_t n, size_t len)
{
	size_t next, j = sizeof joiner - 1;

	for (; len < n && !is_space(s[len]); len += next) {
		bool joined = len >= j && memcmp(s + len - j, joiner, j) == 0;
		utf8_decode(s + len, n - len, &next);
		if (!joined && text_width(s + len, next) > 0)
			break;
	}
	return len;
}

static size_t word_length(const char *s, size_t n)
{
	size_t len = lone_character(s, n), lone;

	if (len > 0)
		return with_marks(s, n, len);
	for (; len < n && !is_space(s[len]); len++) {
		lone = lone_character(s + len, n - len);
		if (lone > 0 && text_width(s + len, lone) > 0)
			break;
	}
	return len;
}

static void add_word(struct words *w, struct word word)
{
	w->list = xgrow(w->list, w->n, &w->cap, sizeof(*w->list));
	w->list[w->n++] = word;
}

void words_cut(struct words *w, const char *text, size_t n)
{
	size_t at = 0;

	while (at < n) {
		size_t begin = at;
		size_t lines = 0;
		for (; at < n && is_space(text[at]); at++)
			lines += text[at] == '\n';
		if (lines > 0)
			add_word(w, (struct word){ "\n\n", lines > 1 ? 2 : 1, false, true });
		size_t len = at < n ? word_length(text + at, n - at) : 0;
		if (len > 0)
			add_word(w,
				(struct word){ text + at, len, at > begin && lines == 0, false });
		at += len;
	}
}

void words_release(struct words *w)
{
	free(w->list);
	*w = (struct words){ 0 };
}

/* ---- comparing ---- */

struct diff {
	const struct word *a, *b; /* without what is common at both ends */
	ptrdiff_t n_a, n_b;
	diff_fn *each;
	void *arg;
};

static bool same(const struct word *a, const struct word *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The furthest x on diagonal k with one more edit, from the row of the edits so far. */
static ptrdiff_t step(const int *v, ptrdiff_t k, ptrdiff_t d)
{
	if (k == -d || (k != d && v[k - 1] < v[k + 1]))
		return v[k + 1]; /* a word came */
	return v[k - 1] + 1;     /* a word went */
}

/*
 * Row d of `rows` holds, for the diagonals -d..d, how far d edits reach; it begins at d * d, so
 * that all rows stand one behind the other. The number of edits, or -1 when there are too many.
 */
static ptrdiff_t search(const struct diff *f, int *rows)
{
	for (ptrdiff_t d = 0; d <= LIMIT_DIFF_WORDS; d++) {
		int *row = &rows[d * d + d];
		const int *before = d > 0 ? &rows[(d - 1) * (d - 1) + d - 1] : NULL;
		for (ptrdiff_t k = -d; k <= d; k += 2) {
			ptrdiff_t x = d > 0 ? step(before, k, d) : 0, y = x - k;
			while (x < f->n_a && y < f->n_b && same(&f->a[x], &f->b[y]))
				x++, y++;
			row[k] = (int)x;
			if (x >= f->n_a && y >= f->n_b)
				return d;
		}
	}
	return -1;
}

static void tell(const struct diff *f, enum change change, const struct word *words, ptrdiff_t n)
{
	if (n > 0)
		f->each(f->arg, change, words, (size_t)n);
}

/* Marks the words that went and those that came, walking back from the end. */
static void trace(const struct diff *f, const int *rows, ptrdiff_t d, bool *gone, bool *come)
{
	ptrdiff_t x = f->n_a, y = f->n_b;

	for (; d > 0; d--) {
		const int *v = &rows[(d - 1) * (d - 1) + d - 1];
		ptrdiff_t k = x - y;
		bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
		ptrdiff_t before = down ? k + 1 : k - 1;
		x = v[before];
		y = x - before;
		if (down)
			come[y] = true;
		else
			gone[x] = true;
	}
}

static void tell_all(const struct diff *f, const bool *gone, const bool *come)
{
	ptrdiff_t x = 0, y = 0;

	while (x < f->n_a || y < f->n_b) {
		ptrdiff_t same = y;
		while (x < f->n_a && y < f->n_b && !gone[x] && !come[y])
			x++, y++;
		tell(f, CHANGE_NONE, &f->b[same], y - same);
		ptrdiff_t from_x = x, from_y = y;
		while (x < f->n_a && gone[x])
			x++;
		while (y < f->n_b && come[y])
			y++;
		tell(f, CHANGE_OLD, &f->a[from_x], x - from_x);
		tell(f, CHANGE_NEW, &f->b[from_y], y - from_y);
	}
}

static void compare(const struct diff *f)
{
	size_t most = LIMIT_DIFF_WORDS + 1;
	int *rows = xcalloc(most * most, sizeof(*rows));
	ptrdiff_t d = search(f, rows);

	if (d < 0) {
		tell(f, CHANGE_OLD, f->a, f->n_a);
		tell(f, CHANGE_NEW, f->b, f->n_b);
	} else {
		bool *gone = xcalloc((size_t)f->n_a + 1, sizeof(*gone));
		bool *come = xcalloc((size_t)f->n_b + 1, sizeof(*come));
		trace(f, rows, d, gone, come);
		tell_all(f, gone, come);
		free(gone);
		free(come);
	}
	free(rows);
}

void word_diff(const struct words *before, const struct words *after, diff_fn *each, void *arg)
{
	size_t least = before->n < after->n ? before->n : after->n, head = 0, tail = 0;

	while (head < least && same(&before->list[head], &after->list[head]))
		head++;
	while (tail < least - head &&
		same(&before->list[before->n - 1 - tail], &after->list[after->n - 1 - tail]))
		tail++;
	struct diff f = { .a = before->list + head,
		.b = after->list + head,
		.n_a = (ptrdiff_t)(before->n - head - tail),
		.n_b = (ptrdiff_t)(after->n - head - tail),
		.each = each,
		.arg = arg };
	tell(&f, CHANGE_NONE, after->list, (ptrdiff_t)head);
	if (f.n_a > 0 || f.n_b > 0)
		compare(&f);
	tell(&f, CHANGE_NONE, after->list + after->n - tail, (ptrdiff_t)tail);
}
