#include "db/packing.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* The best that costs no more than storing a row: tests/bench/bench_store.c, decision 88. */
#define LEVEL 2
#define MAGIC_SIZE 4 /* of a frame, left out */

struct buffer {
	char *data;
	size_t cap;
};

struct packing {
	ZSTD_CCtx *compress; /* these: NULL until they are needed */
	ZSTD_DCtx *decompress;
	ZSTD_CDict *chosen;
	int64_t chosen_number;
	ZSTD_DDict *known[LIMIT_DICTIONARIES];
	struct buffer joined, value; /* what is packed, and packed; or what is unpacked */
};

static char *reserve(struct buffer *b, size_t size)
{
	if (size > b->cap) {
		free(b->data);
		b->data = xmalloc(size);
		b->cap = size;
	}
	return b->data;
}

static void give_back(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){ 0 };
}

struct packing *packing_new(void)
{
	return xcalloc(1, sizeof(struct packing));
}

void packing_free(struct packing *p)
{
	if (p == NULL)
		return;
	ZSTD_freeCCtx(p->compress);
	ZSTD_freeDCtx(p->decompress);
	ZSTD_freeCDict(p->chosen);
	for (size_t i = 0; i < LIMIT_DICTIONARIES; i++)
		ZSTD_freeDDict(p->known[i]);
	give_back(&p->joined);
	give_back(&p->value);
	free(p);
}

/* ---- dictionaries ---- */
static bool is_number(int64_t number)
{
	return number >= PACKED_DICTIONARY && number < PACKED_DICTIONARY + LIMIT_DICTIONARIES;
}

/* zstd takes whatever does not begin as one of its dictionaries for plain text: ours always do. */
static bool is_dictionary(int64_t number, const void *bytes, size_t n)
{
	return is_number(number) && n <= LIMIT_DICTIONARY && ZSTD_getDictID_fromDict(bytes, n) != 0;
}

bool packing_know(struct packing *p, int64_t number, const void *bytes, size_t n)
{
	if (!is_dictionary(number, bytes, n))
		return false;
	ZSTD_DDict **known = &p->known[number - PACKED_DICTIONARY];
	ZSTD_freeDDict(*known);
	*known = ZSTD_createDDict(bytes, n);
	return *known != NULL;
}

bool packing_choose(struct packing *p, int64_t number, const void *bytes, size_t n)
{
	ZSTD_freeCDict(p->chosen);
	p->chosen = is_dictionary(number, bytes, n) ? ZSTD_createCDict(bytes, n, LEVEL) : NULL;
	p->chosen_number = number;
	return p->chosen != NULL;
}

/* ---- packing ---- */
/* Returns the number of bytes; nothing follows the last text that is one. */
static size_t join(struct buffer *out, const char *const *texts, size_t n)
{
	size_t lengths[PACKED_TEXTS], size = 0;

	assert(n <= PACKED_TEXTS);
	while (n > 0 && (texts[n - 1] == NULL || *texts[n - 1] == '\0'))
		n--;
	for (size_t i = 0; i < n; i++)
		size += (lengths[i] = texts[i] == NULL ? 0 : strlen(texts[i])) + (i > 0);
	assert(size <= LIMIT_PACKED);
	char *at = reserve(out, size + 1);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*at++ = '\0';
		if (lengths[i] > 0)
			memcpy(at, texts[i], lengths[i]);
		at += lengths[i];
	}
	return size;
}

static ZSTD_CCtx *compressor(struct packing *p)
{
	if (p->compress == NULL) {
		if ((p->compress = ZSTD_createCCtx()) == NULL)
			abort();
		ZSTD_CCtx_setParameter(p->compress, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(p->compress, ZSTD_c_checksumFlag, 1);
		ZSTD_CCtx_setParameter(p->compress, ZSTD_c_dictIDFlag, 0);
	}
	ZSTD_CCtx_refCDict(p->compress, p->chosen);
	return p->compress;
}

/* What one long text has taken is not kept for the short ones. */
static void forget_long(struct packing *p)
{
	if (p->joined.cap <= LIMIT_PACKING_KEPT)
		return;
	give_back(&p->joined);
	ZSTD_freeCCtx(p->compress);
	p->compress = NULL;
}

/* The frame goes where its magic number ends up under the byte that is ours: nothing is moved. */
const void *pack(struct packing *p, const char *const *texts, size_t n, size_t *ret_size)
{
	size_t size = join(&p->joined, texts, n), bound = ZSTD_compressBound(size);

	if (p->value.cap > LIMIT_PACKING_KEPT)
		give_back(&p->value);
	*ret_size = 0;
	if (size == 0)
		return NULL;
	char *frame = reserve(&p->value, bound);
	size_t packed = ZSTD_compress2(compressor(p), frame, bound, p->joined.data, size);
	char *value = frame + MAGIC_SIZE - 1;
	if (!ZSTD_isError(packed) && packed - MAGIC_SIZE < size) {
		*value = p->chosen != NULL ? (char)p->chosen_number : PACKED_ALONE;
		*ret_size = packed - MAGIC_SIZE + 1;
	} else {
		*value = PACKED_PLAIN;
		memcpy(value + 1, p->joined.data, size);
		*ret_size = size + 1;
	}
	forget_long(p);
	return value;
}

/* ---- unpacking ---- */
static char *room(struct unpacked *u, size_t size)
{
	struct buffer b = { u->bytes, u->cap };

	reserve(&b, size + 1);
	u->bytes = b.data;
	u->cap = b.cap;
	return u->bytes;
}

/* Finds the n texts in the bytes; false when there are more. */
static bool split(struct unpacked *u, size_t size, size_t n)
{
	char *at = u->bytes, *end = u->bytes + size;

	u->size = size;
	*end = '\0';
	for (size_t i = 0; i < n && at <= end; i++, at += strlen(at) + 1)
		u->texts[i] = *at == '\0' ? NULL : at;
	return at > end;
}

static enum unpack_result split_or_fail(struct unpacked *u, size_t size, size_t n)
{
	if (split(u, size, n))
		return UNPACK_OK;
	memset(u->texts, 0, sizeof(u->texts));
	u->size = 0;
	return UNPACK_DAMAGED;
}

/* The frame as zstd wants it. */
static const char *whole_frame(struct packing *p, const char *rest, size_t size)
{
	static const unsigned char magic[MAGIC_SIZE] = { 0x28, 0xb5, 0x2f, 0xfd };
	char *frame = reserve(&p->value, MAGIC_SIZE + size);

	memcpy(frame, magic, MAGIC_SIZE);
	memcpy(frame + MAGIC_SIZE, rest, size);
	return frame;
}

/* The size of the texts is the frame's claim: believed up to the limit, then held to it. */
static enum unpack_result decompress(struct packing *p, const char *rest, size_t size,
	const ZSTD_DDict *dictionary, size_t n, struct unpacked *ret)
{
	const char *frame = whole_frame(p, rest, size);
	unsigned long long claimed = ZSTD_getFrameContentSize(frame, MAGIC_SIZE + size);

	/* What is not known, or no frame, is a very large number. */
	if (claimed > LIMIT_PACKED)
		return UNPACK_DAMAGED;
	if (p->decompress == NULL && (p->decompress = ZSTD_createDCtx()) == NULL)
		abort();
	char *out = room(ret, claimed);
	size_t got = dictionary != NULL ? ZSTD_decompress_usingDDict(p->decompress, out, claimed,
						  frame, MAGIC_SIZE + size, dictionary)
					: ZSTD_decompressDCtx(p->decompress, out, claimed, frame,
						  MAGIC_SIZE + size);
	return !ZSTD_isError(got) && got == claimed ? split_or_fail(ret, got, n) : UNPACK_DAMAGED;
}

enum unpack_result unpack(struct packing *p, const void *value, size_t size, size_t n,
	struct unpacked *ret, int64_t *ret_number)
{
	const char *bytes = value;
	const ZSTD_DDict *dictionary = NULL;

	assert(n <= PACKED_TEXTS);
	memset(ret->texts, 0, sizeof(ret->texts));
	ret->size = 0;
	if (size == 0)
		return UNPACK_OK;
	unsigned char kind = (unsigned char)bytes[0];
	if (size - 1 > LIMIT_PACKED)
		return UNPACK_DAMAGED;
	if (kind == PACKED_PLAIN) {
		memcpy(room(ret, size - 1), bytes + 1, size - 1);
		return split_or_fail(ret, size - 1, n);
	}
	if (kind != PACKED_ALONE) {
		if (!is_number(kind))
			return UNPACK_DAMAGED;
		dictionary = p->known[kind - PACKED_DICTIONARY];
		*ret_number = kind;
		if (dictionary == NULL)
			return UNPACK_UNKNOWN;
	}
	return decompress(p, bytes + 1, size - 1, dictionary, n, ret);
}

void unpacked_release(struct unpacked *u)
{
	free(u->bytes);
	*u = (struct unpacked){ 0 };
}
