/*
 * From bytes to valid UTF-8: a byte order mark, then what HTTP declares, then what the XML
 * declaration says, then UTF-8; and when that is a lie or nothing is said, what uchardet believes.
 * No byte ever loses the document: what cannot be decoded becomes U+FFFD.
 */
#ifndef COURANT_FEED_CHARSET_H
#define COURANT_FEED_CHARSET_H

#include "base/strbuf.h"
#include "feed/span.h"

struct charset_text {
	struct span utf8;   /* valid; the caller's bytes when they were fine, else made->data */
	struct strbuf made; /* strbuf_release() it */
	const char *name;   /* static: the encoding as decoded */
	char declared[48];  /* safe: the label that was not true, "" when all is well */
	size_t n_replaced;  /* places where bytes fit no character */
	bool ambiguous; /* served as text/xml without a charset (RFC 3023 3.1, undone by RFC 7303),
			   and not ASCII */
	bool detected;  /* nobody declared it: uchardet or a guess */
};

/* Never fails; content_type may be NULL. */
void charset_decode(struct charset_text *ret, struct span bytes, const char *content_type);

#endif
