#include "wire/record.h"
#include "base/hash.h"
#include "base/text.h"
#include "feed/doc.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

/* The first second of year 0 and the last of year 9999: what RFC 3339 can write. */
#define DATE_MIN INT64_C(-62167219200)
#define DATE_MAX INT64_C(253402300799)

static_assert(sizeof(enum feed_format) == sizeof(uint32_t), "FIELD_U32 holds an enum");

static const char *string_at(const void *at)
{
	const char *s;
	memcpy(&s, at, sizeof s);
	return s;
}

static size_t count_at(const char *record, const struct field *f)
{
	size_t n;
	memcpy(&n, record + f->count, sizeof n);
	return n;
}

static void put_list(struct strbuf *out, const struct field *f, const char *from)
{
	const char *elements = string_at(from + f->offset);
	size_t n = count_at(from, f);
	assert(n <= UINT32_MAX);
	put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		record_put(out, f->of, elements + i * f->of->size);
}

static void put_field(struct strbuf *out, const struct field *f, const char *from)
{
	const char *at = from + f->offset;
	int64_t number;
	uint32_t u32;
	switch (f->kind) {
	case FIELD_LINE:
	case FIELD_TEXT:
	case FIELD_HTML:
	case FIELD_URL:
		put_str(out, string_at(at));
		break;
	case FIELD_BOOL:
		put_u8(out, *(const bool *)at);
		break;
	case FIELD_U8:
		put_u8(out, *(const uint8_t *)at);
		break;
	case FIELD_U32:
		memcpy(&u32, at, sizeof u32);
		put_u32(out, u32);
		break;
	case FIELD_NUMBER:
	case FIELD_DATE:
		memcpy(&number, at, sizeof number);
		put_i64(out, number);
		break;
	case FIELD_HASHES:
		strbuf_add(out, at, f->max * HASH_SIZE);
		break;
	case FIELD_RECORD:
		record_put(out, f->of, at);
		break;
	case FIELD_LIST:
		put_list(out, f, from);
		break;
	}
}

void record_put(struct strbuf *out, const struct record *record, const void *from)
{
	for (size_t i = 0; i < record->n_fields && !out->overflow; i++)
		put_field(out, &record->fields[i], from);
}

static bool is_line(const char *s, size_t n)
{
	return memchr(s, '\n', n) == NULL && memchr(s, '\t', n) == NULL && text_is_safe(s, n);
}

static bool string_is_valid(enum field_kind kind, const char *s, size_t n)
{
	if (kind == FIELD_LINE)
		return is_line(s, n);
	if (kind == FIELD_TEXT)
		return text_is_safe(s, n);
	/* What else a URL is for is feed's affair; this is the line that a lying worker cannot
	 * cross. */
	if (kind == FIELD_URL)
		return is_line(s, n) && !text_url_runs_code(s, n);
	return memchr(s, '\0', n) == NULL && utf8_valid(s, n);
}

static void get_string(struct frame_reader *r, struct arena *a, const struct field *f, void *to)
{
	size_t n;
	const char *s = get_bytes(r, f->max, &n);
	if (s == NULL) {
		r->bad |= f->required;
		return;
	}
	const char *copy = string_is_valid(f->kind, s, n) ? arena_strndup(a, s, n) : NULL;
	if (copy == NULL)
		r->bad = true;
	memcpy(to, &copy, sizeof copy);
}

static void get_integer(struct frame_reader *r, const struct field *f, void *to)
{
	uint32_t v = f->kind == FIELD_U32 ? get_u32(r) : get_u8(r);
	if (v > (f->kind == FIELD_BOOL ? 1 : f->max)) {
		r->bad = true;
		return;
	}
	if (f->kind == FIELD_U32)
		memcpy(to, &v, sizeof v);
	else if (f->kind == FIELD_BOOL)
		*(bool *)to = v != 0;
	else
		*(uint8_t *)to = (uint8_t)v;
}

static void get_number(struct frame_reader *r, const struct field *f, void *to)
{
	int64_t v = get_i64(r);
	bool valid = f->kind == FIELD_DATE ? v == FEED_NO_DATE || (v >= DATE_MIN && v <= DATE_MAX)
					   : v == FEED_UNKNOWN || (v >= 0 && (uint64_t)v <= f->max);
	r->bad |= !valid;
	memcpy(to, &v, sizeof v);
}

static void get_hashes(struct frame_reader *r, const struct field *f, void *to)
{
	const void *bytes = get_raw(r, f->max * HASH_SIZE);
	if (bytes == NULL)
		return;
	memcpy(to, bytes, f->max * HASH_SIZE);
	const struct hash *hashes = to;
	for (size_t i = 0; f->required && i < f->max; i++)
		r->bad |= !hash_is_set(&hashes[i]);
}

/* An element takes a byte at least, so a count above what is left is a lie, found before memory is
 * taken for it. */
static void get_list(struct frame_reader *r, struct arena *a, const struct field *f, char *to)
{
	size_t n = get_u32(r);
	if (r->bad || n == 0)
		return;
	char *elements = NULL;
	if (n <= f->max && n <= (size_t)(r->end - r->at))
		elements = arena_alloc(a, n, f->of->size);
	if (elements == NULL) {
		r->bad = true;
		return;
	}
	for (size_t i = 0; i < n && !r->bad; i++)
		record_get(r, a, f->of, elements + i * f->of->size);
	memcpy(to + f->offset, &elements, sizeof elements);
	memcpy(to + f->count, &n, sizeof n);
}

static void get_field(struct frame_reader *r, struct arena *a, const struct field *f, char *to)
{
	char *at = to + f->offset;
	switch (f->kind) {
	case FIELD_LINE:
	case FIELD_TEXT:
	case FIELD_HTML:
	case FIELD_URL:
		get_string(r, a, f, at);
		break;
	case FIELD_BOOL:
	case FIELD_U8:
	case FIELD_U32:
		get_integer(r, f, at);
		break;
	case FIELD_NUMBER:
	case FIELD_DATE:
		get_number(r, f, at);
		break;
	case FIELD_HASHES:
		get_hashes(r, f, at);
		break;
	case FIELD_RECORD:
		record_get(r, a, f->of, at);
		break;
	case FIELD_LIST:
		get_list(r, a, f, to);
		break;
	}
}

void record_get(struct frame_reader *r, struct arena *a, const struct record *record, void *to)
{
	for (size_t i = 0; i < record->n_fields && !r->bad; i++)
		get_field(r, a, &record->fields[i], to);
}
