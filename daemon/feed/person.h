/*
 * People as feeds name them in one line: "mail@example.org (Name)", "Name <mail@example.org>",
 * "Name", "mail@example.org".
 */
#ifndef COURANT_FEED_PERSON_H
#define COURANT_FEED_PERSON_H

#include "feed/span.h"

/* Splits the text; either part may come out empty. Both point into text. */
void person_split(struct span text, struct span *ret_name, struct span *ret_email);

#endif
