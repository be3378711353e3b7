/*
 * What is done with the documents that the floor fetches: nothing, or the least that a reader has
 * to do (floor_store.c: libxml2's push parser and one SQLite transaction). Part of the benchmark
 * `floor`, a yardstick that shares no code with courant.
 */
#ifndef COURANT_BENCH_FLOOR_H
#define COURANT_BENCH_FLOOR_H

#include <stddef.h>

struct document;

/* `path`: of the database, made anew when there is none. */
void documents_open(const char *path);
/* Commits. Returns the number of entries that were new. */
long documents_close(void);
struct document *document_new(int feed);
void document_add(struct document *d, const char *bytes, size_t n);
/* Ends it and frees it. */
void document_end(struct document *d);

#endif
