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

/* Each encoder appends one whole frame; false when it does not fit `out` (nothing usable was
 * written then). */
bool parse_job_encode(struct strbuf *out, const struct feed_input *job);
bool parse_doc_encode(struct strbuf *out, const struct feed_doc *doc);
bool parse_fail_encode(struct strbuf *out, const struct failure *fail);

/* Decoders take a payload without its header. Strings of the job point into a (bytes: into the
 * payload itself). */
bool parse_job_decode(const void *payload, size_t n, struct arena *a, struct feed_input *ret_job);
/* A new document, or NULL when the payload is not valid. */
struct feed_doc *parse_doc_decode(const void *payload, size_t n);
bool parse_fail_decode(const void *payload, size_t n, struct failure *ret_fail);

#endif
