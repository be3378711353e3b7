/*
 * The table of struct feed_doc for wire/record.h: every field of feed/doc.h, in the order in which
 * it goes over the wire. A new field of a document needs its row here and nothing else.
 */
#ifndef COURANT_WIRE_DOC_H
#define COURANT_WIRE_DOC_H

#include "wire/record.h"

extern const struct record doc_record;   /* of struct feed_doc, its arena left out */
extern const struct record entry_record; /* of struct feed_entry */
/* doc_record without its last field, the entries. */
extern const struct record doc_head_record;

#endif
