#include "wire/frame.h"
#include "base/limits.h"
#include "base/text.h"

#include <assert.h>
#include <string.h>

#define NULL_LENGTH UINT32_MAX

static void store_u32(unsigned char at[4], uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t load_u32(const unsigned char at[4])
{
	uint32_t v = 0;
	for (unsigned i = 0; i < 4; i++)
		v |= (uint32_t)at[i] << 8 * i;
	return v;
}

size_t frame_begin(struct strbuf *out, enum frame_type type)
{
	size_t start = out->len;
	put_u32(out, 0);
	put_u8(out, (uint8_t)type);
	return start;
}

void frame_end(struct strbuf *out, size_t start)
{
	frame_end_before(out, start, 0);
}

void frame_end_before(struct strbuf *out, size_t start, size_t more)
{
	if (out->overflow)
		return;
	assert(out->len - start >= FRAME_HEADER);
	size_t payload = out->len - start - FRAME_HEADER;
	if (payload > LIMIT_FRAME || more > LIMIT_FRAME - payload) {
		out->overflow = true;
		return;
	}
	unsigned char len[4];
	store_u32(len, (uint32_t)(payload + more));
	memcpy(out->data + start, len, sizeof len);
}

bool frame_header(
	const unsigned char header[FRAME_HEADER], uint32_t *ret_len, enum frame_type *ret_type)
{
	uint32_t len = load_u32(header);
	if (len > LIMIT_FRAME)
		return false;
	switch (header[4]) {
	case FRAME_PARSE_JOB:
	case FRAME_PARSE_DOC:
	case FRAME_PARSE_FAIL:
	case FRAME_READY:
	case FRAME_FIND_JOB:
	case FRAME_OPML_JOB:
	case FRAME_LISTING:
	case FRAME_MISDEED:
		break;
	default:
		return false;
	}
	*ret_len = len;
	*ret_type = (enum frame_type)header[4];
	return true;
}

void put_u8(struct strbuf *out, uint8_t v)
{
	strbuf_add(out, &v, 1);
}

void put_u32(struct strbuf *out, uint32_t v)
{
	unsigned char bytes[4];
	store_u32(bytes, v);
	strbuf_add(out, bytes, sizeof bytes);
}

void put_i64(struct strbuf *out, int64_t v)
{
	uint64_t u = (uint64_t)v;
	put_u32(out, (uint32_t)u);
	put_u32(out, (uint32_t)(u >> 32));
}

void put_bytes(struct strbuf *out, const void *bytes, size_t n)
{
	if (n > LIMIT_FRAME) {
		out->overflow = true;
		return;
	}
	put_u32(out, (uint32_t)n);
	strbuf_add(out, bytes, n);
}

void put_str(struct strbuf *out, const char *s_or_null)
{
	if (s_or_null == NULL)
		put_u32(out, NULL_LENGTH);
	else
		put_bytes(out, s_or_null, strlen(s_or_null));
}

/* The next n bytes, or NULL and `bad` when there are fewer. */
static const unsigned char *advance(struct frame_reader *r, size_t n)
{
	if (r->bad || n > (size_t)(r->end - r->at)) {
		r->bad = true;
		return NULL;
	}
	const unsigned char *at = r->at;
	r->at += n;
	return at;
}

const void *get_raw(struct frame_reader *r, size_t n)
{
	return advance(r, n);
}

uint8_t get_u8(struct frame_reader *r)
{
	const unsigned char *at = advance(r, 1);
	return at != NULL ? *at : 0;
}

uint32_t get_u32(struct frame_reader *r)
{
	const unsigned char *at = advance(r, 4);
	return at != NULL ? load_u32(at) : 0;
}

int64_t get_i64(struct frame_reader *r)
{
	const unsigned char *at = advance(r, 8);
	if (at == NULL)
		return 0;
	return (int64_t)(load_u32(at) | (uint64_t)load_u32(at + 4) << 32);
}

const void *get_bytes(struct frame_reader *r, size_t max, size_t *ret_n)
{
	*ret_n = 0;
	uint32_t n = get_u32(r);
	if (r->bad || n == NULL_LENGTH)
		return NULL;
	if (n > max) {
		r->bad = true;
		return NULL;
	}
	const void *bytes = advance(r, n);
	if (bytes != NULL)
		*ret_n = n;
	return bytes;
}

const char *get_str(struct frame_reader *r, struct arena *a, size_t max)
{
	size_t n;
	const char *s = get_bytes(r, max, &n);
	if (s == NULL)
		return NULL;
	if (memchr(s, '\0', n) != NULL || !utf8_valid(s, n)) {
		r->bad = true;
		return NULL;
	}
	const char *copy = arena_strndup(a, s, n);
	if (copy == NULL)
		r->bad = true;
	return copy;
}
