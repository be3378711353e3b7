/*
 * Text safety: what comes from a feed, a header or a client passes here, after its last decode,
 * before it reaches a terminal, a log, a file name or another program. Pure; no locale; UTF-8 (RFC
 * 3629) throughout.
 *
 * Removed as unsafe: C0 controls but TAB and LF, DEL, C1 controls (U+0080-009F), bidi overrides and
 * isolates (U+202A-202E, U+2066-2069), noncharacters and lone surrogates. Invalid bytes become
 * U+FFFD, one per maximal subpart (Unicode 15, 3.9).
 */
#ifndef COURANT_BASE_TEXT_H
#define COURANT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

/* Decodes one character at s[0..n), n > 0; stores its bytes' count and returns it, or -1 for a
 * maximal invalid subpart. */
int32_t utf8_decode(const char *s, size_t n, size_t *ret_len);
/* Encodes; returns the bytes written (1-4). cp must be a Unicode scalar value. */
size_t utf8_encode(int32_t cp, char out[4]);
/* Whether all n bytes are valid UTF-8. Fast for ASCII. */
bool utf8_valid(const char *s, size_t n);
/* The largest k <= n such that s[0..k) does not end inside a character. */
size_t utf8_cut(const char *s, size_t n);

/* Whether the character may be shown as it is (see the list above). */
bool text_char_safe(int32_t cp);
/* Whether n bytes are valid UTF-8 of safe characters only. */
bool text_is_safe(const char *s, size_t n);
/* Appends s as safe text; keeps TAB and LF. */
void text_safe(struct strbuf *out, const char *s, size_t n);
/* As text_safe, on one line: runs of white space (Unicode White_Space) become one space, but a lone
 * no-break space stays, as French punctuation needs it; trimmed. */
void text_safe_line(struct strbuf *out, const char *s, size_t n);
/* text_safe_line into a fixed array, cut at a character; always terminated. Returns out. */
char *text_safe_copy(char *out, size_t size, const char *s);
/* Whether following this URL could run what it says: javascript:, vbscript:, data: (RFC 3986 3.1:
 * schemes are case-insensitive). Such a URL is never kept, shown or passed on. */
bool text_url_runs_code(const char *url, size_t n);
/* Columns that a safe string takes on a terminal: 0 for combining marks, 2 for wide (East Asian
 * Width W, F; emoji). */
size_t text_width(const char *s, size_t n);
/* The bytes of the longest prefix that fits `columns`; *ret_width its width. Never splits a
 * character from its marks. */
size_t text_fit(const char *s, size_t n, size_t columns, size_t *ret_width);

#endif
