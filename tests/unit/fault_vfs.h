/*
 * A file system for SQLite that fails on demand and remembers what a loss of power would leave: a
 * VFS over the unix one, made the default, so that the store opens its files through it unawares.
 * Every write is passed on; reads see it. One file pair (database and -wal) at a time.
 */
#ifndef COURANT_TESTS_UNIT_FAULT_VFS_H
#define COURANT_TESTS_UNIT_FAULT_VFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers it. */
void fault_vfs_install(void);
/* Forgets all: counts, faults, files. Nothing may be open. */
void fault_vfs_reset(void);

enum fault_op { FAULT_WRITE, FAULT_SYNC, FAULT_OPS };

/* The n-th operation of a kind from now on (1: the next) fails with this SQLite code; with `stay`
 * all later ones, too. n 0: none. */
void fault_vfs_fail(enum fault_op op, unsigned n, int code, bool stay);
/* Whether a fault has come since it was asked for. */
bool fault_vfs_failed(void);

/* What the disk holds after the power is lost now: what was synced, and of the writes since then a
 * random part, in any order, some of them torn at a sector. Written as `path` and `path`-wal. */
void fault_vfs_cut_power(const char *path, uint64_t *random);
typedef void fault_snapshot_fn(void *arg);
/* Calls `each` after every write and before every sync, on the thread that writes. NULL: stops. */
void fault_vfs_watch(fault_snapshot_fn *each, void *arg);

#endif
