/*
 * The strict reader: libxml2's push parser with nothing behind it but the builder. No network, no
 * files, no DTD, no entity of the document's own.
 */
#ifndef COURANT_FEED_XML_H
#define COURANT_FEED_XML_H

#include "feed/build.h"

struct xml_fault {
	int line;
	char text[160]; /* what libxml2 says */
};

/*
 * Reads a whole document of valid UTF-8 into b. False when it is not well-formed (*ret_fault says
 * where) or when the builder refused it (b->fail says why).
 */
bool xml_read(struct build *b, const char *utf8, size_t n, struct xml_fault *ret_fault);

#endif
