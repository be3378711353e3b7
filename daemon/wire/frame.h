/*
 * Frames between courantd and its courant-parse workers, over a socketpair: u32 length of the
 * payload (little endian), u8 type, payload. Numbers are little endian; a string is u32 length +
 * bytes, NULL is length 0xffffffff. Both ends bound every count before they allocate; the daemon
 * treats a worker's frames as hostile.
 */
#ifndef COURANT_WIRE_FRAME_H
#define COURANT_WIRE_FRAME_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum frame_type {
	FRAME_PARSE_JOB = 1,  /* daemon -> worker: struct parse_job */
	FRAME_PARSE_DOC = 2,  /* worker -> daemon: struct feed_doc */
	FRAME_PARSE_FAIL = 3, /* worker -> daemon: struct failure */
	FRAME_READY = 4, /* worker -> daemon, once: the sandbox is closed; payload: u8 landlock abi,
			    u8 seccomp (0/1) */
	FRAME_FIND_JOB = 5, /* daemon -> worker: struct parse_job, answered by a document, a listing
			       or a failure */
	FRAME_OPML_JOB =
		6,         /* daemon -> worker: struct parse_job, answered by a listing or a failure
			    */
	FRAME_LISTING = 7, /* worker -> daemon: struct listing */
	FRAME_MISDEED = 64, /* daemon -> worker, debug builds and tests only: u8 enum misdeed; the
			       worker must die of it */
};
/* What a test asks a debug worker (courant-parse --worker FD --misdeeds) to try. */
enum misdeed {
	MISDEED_OPEN = 1,
	MISDEED_SOCKET = 2,
	MISDEED_EXEC = 3,
	MISDEED_CRASH = 4,
	MISDEED_HANG = 5,
	MISDEED_EAT = 6
};

#define FRAME_HEADER 5

/* Appends header and payload room: frame_begin() returns the offset to give to frame_end(), which
 * fills in the length. */
size_t frame_begin(struct strbuf *out, enum frame_type type);
void frame_end(struct strbuf *out, size_t start);
/* As frame_end, for a frame whose last `more` bytes the caller sends from where they are: what
 * stands in `out` is its beginning. */
void frame_end_before(struct strbuf *out, size_t start, size_t more);
/* Reads a header; false when the length is above LIMIT_FRAME or the type unknown. */
bool frame_header(
	const unsigned char header[FRAME_HEADER], uint32_t *ret_len, enum frame_type *ret_type);

void put_u8(struct strbuf *out, uint8_t v);
void put_u32(struct strbuf *out, uint32_t v);
void put_i64(struct strbuf *out, int64_t v);
void put_bytes(struct strbuf *out, const void *bytes, size_t n); /* length-prefixed */
void put_str(struct strbuf *out, const char *s_or_null);

/* A reader over one payload. Any read past the end, or of an impossible value, sets `bad` and
 * yields zero. */
struct frame_reader {
	const unsigned char *at, *end;
	bool bad;
};
uint8_t get_u8(struct frame_reader *r);
uint32_t get_u32(struct frame_reader *r);
int64_t get_i64(struct frame_reader *r);
/* A string copied into the arena; NULL when it was NULL. Sets bad when it is longer than max, holds
 * a NUL or is not UTF-8. */
const char *get_str(struct frame_reader *r, struct arena *a, size_t max);
/* n bytes as they are, pointing into the payload; NULL (and bad) when there are fewer. */
const void *get_raw(struct frame_reader *r, size_t n);
/* Length-prefixed raw bytes, pointing into the payload; NULL with n = 0 for a NULL string, or when
 * bad. */
const void *get_bytes(struct frame_reader *r, size_t max, size_t *ret_n);

#endif
