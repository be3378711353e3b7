/*
 * Tags with more attributes than any honest one. libxml2 compares each attribute of a tag with all
 * before it, so that a tag of 1 MB takes it seconds: such a document is found out before it sees
 * the tag, and left to the recovering reader. Pure.
 */
#ifndef COURANT_FEED_CROWD_H
#define COURANT_FEED_CROWD_H

#include "feed/span.h"

/* Where the first tag with more than LIMIT_ATTRIBUTES attributes begins; NULL when there is none.
 */
const char *crowd_find(struct span document);

#endif
