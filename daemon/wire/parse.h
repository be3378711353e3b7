/*
 * The payloads of the parse frames: a job (bytes, declared type, base URL) and its result (a struct
 * feed_doc or a struct failure). Decoding validates everything a lying worker could get wrong:
 * lengths and counts (base/limits.h), UTF-8, safe text in single-line fields, enums, http(s)
 * schemes where a URL is promised.
 */
#ifndef COURANT_WIRE_PARSE_H
#define COURANT_WIRE_PARSE_H

#include "base/status.h"
#include "feed/doc.h"
#include "feed/feed.h"
#include "wire/frame.h"

/*
 * Each encoder appends one whole frame; false when it does not fit `out` (nothing usable was
 * written then). A content type or a base URL that is no UTF-8 or too long is left out: the server
 * said nothing that helps.
 */
bool parse_job_encode(struct strbuf *out, const struct feed_input *job);
/* All of the frame of a job for that task but its last job->len bytes, which are the body as it is:
 * the caller sends it from where it lies. */
bool parse_job_encode_head(struct strbuf *out, enum feed_task task, const struct feed_input *job);
bool parse_doc_encode(struct strbuf *out, const struct feed_doc *doc);
/* The same frame in pieces, for those who send them as they come: all before the first entry (its
 * length says that the entries follow), then each entry in order. */
bool parse_doc_encode_head(struct strbuf *out, const struct feed_doc *doc);
void parse_doc_encode_entry(struct strbuf *out, const struct feed_entry *entry);
bool parse_fail_encode(struct strbuf *out, const struct failure *fail);

/* The task of a frame; false when the type is no job's. */
bool task_of_frame(enum frame_type type, enum feed_task *ret_task);

/* Decoders take a payload without its header and read all of it. The job's strings live in a, its
 * bytes in the payload; its task is told by the frame's type, not by the payload. */
bool parse_job_decode(const void *payload, size_t n, struct arena *a, struct feed_input *ret_job);
/* A new document, or NULL when the payload is not valid. */
struct feed_doc *parse_doc_decode(const void *payload, size_t n);
/* Only stage PARSE and what a parser may find (EMPTY ... BAD_ENCODING, INTERNAL) is valid. */
bool parse_fail_decode(const void *payload, size_t n, struct failure *ret_fail);

#endif
