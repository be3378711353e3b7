/*
 * The documents that bench_store stores: entries of about 1 kB whose words follow Zipf's law, as
 * those of languages do, so that a search has rare, medium and very common words. The same feed and
 * entry give the same bytes.
 */
#ifndef COURANT_BENCH_STORE_DOCS_H
#define COURANT_BENCH_STORE_DOCS_H

#include "feed/doc.h"

#include <stdint.h>

#define NOW INT64_C(1700000000)
#define PER_DOC 20 /* entries of one document */

/* How frequent a word is: it stands in about PER_ENTRY / rank of all entries, or in most. */
#define RANK_COMMON 1
#define RANK_MEDIUM 1000
#define RANK_RARE 150000
#define WORD_SIZE 16
void word_of_rank(unsigned rank, char out[WORD_SIZE]);

/* Entries first .. first + PER_DOC - 1 of a feed, the newest first. */
struct feed_doc *make_doc(int64_t feed, int64_t first);
/* Characters of text in a document, as people read it: without tags and addresses. */
int64_t doc_text_bytes(const struct feed_doc *doc);

#endif
