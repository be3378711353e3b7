/*
 * What clients ask of the database first, and how long the query layer takes for it, on one reader
 * thread as in courantd, but without HTTP (tests/bench/million.py measures that).
 */
#ifndef COURANT_BENCH_STORE_QUESTIONS_H
#define COURANT_BENCH_STORE_QUESTIONS_H

/* Prints a line a question: its median and its 99th percentile. */
void ask_all(const char *path);
/* Seconds on a clock that only goes on. */
double now_s(void);

#endif
