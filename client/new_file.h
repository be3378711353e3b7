/*
 * A file that a command writes: all of it or nothing.
 */
#ifndef COURANT_CLIENT_NEW_FILE_H
#define COURANT_CLIENT_NEW_FILE_H

#include "base/strbuf.h"
#include "client/outcome.h"

/* Writes the bytes under a temporary name beside it, syncs and renames: what stood there stays
 * until the new one is complete. For its owner alone: addresses of feeds may hold secrets.
 * Complains. */
enum outcome new_file_write(const char *name, const struct strbuf *bytes);

#endif
