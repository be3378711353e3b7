/*
 * One tag of broken XML or HTML.
 */
#ifndef COURANT_FEED_SCAN_TAG_H
#define COURANT_FEED_SCAN_TAG_H

#include "base/limits.h"
#include "feed/span.h"

#define SCAN_NAME 64 /* bytes of a name, its terminator included; longer ones are cut */

struct scan_attribute {
	char prefix[SCAN_NAME], local[SCAN_NAME]; /* prefix "" when there is none */
	struct span value;                        /* as written, references and all */
};

struct scan_tag {
	char prefix[SCAN_NAME], local[SCAN_NAME];
	struct span name;                                       /* as written */
	size_t len;                                             /* bytes from '<' to '>' */
	bool end, empty;                                        /* </name>, <name/> */
	struct scan_attribute attributes[LIMIT_ATTRIBUTES + 1]; /* the last one is passed over */
	int n_attributes;
};

/* Reads the tag at t, which begins with '<'; false when it is none, but a '<' that was meant as
 * such. */
bool scan_tag_read(struct scan_tag *tag, struct span t);
/* The value of an attribute without prefix, or an empty span. */
struct span scan_tag_value(const struct scan_tag *tag, const char *name);

#endif
