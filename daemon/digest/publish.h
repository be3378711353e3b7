/*
 * Puts finished files where readers find them: <state_dir>/digests/<name>/<label>.<extension>, and
 * latest.<extension>, a link to it. Reader thread. A reader of these files sees the whole old or
 * the whole new text, never a part, whenever the machine stops.
 */
#ifndef COURANT_DIGEST_PUBLISH_H
#define COURANT_DIGEST_PUBLISH_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct publisher {
	int dir;    /* of the digest */
	char *path; /* the same, for messages */
	char *label;
};

/* Makes the directories that are missing. False with *ret filled (DISK_FULL, STORE_FAILED). */
bool publisher_open(struct publisher *p, const char *state_dir, const char *name, const char *label,
	struct failure *ret) __attribute__((warn_unused_result));
/* Writes one file to a temporary name, syncs it, checks its size, renames it, and points
 * latest.<extension> at it. False as above; what readers see is unchanged then. */
bool publisher_write(struct publisher *p, const char *extension, const char *bytes, size_t n,
	struct failure *ret) __attribute__((warn_unused_result));
/* Makes the new names durable. False as above. */
bool publisher_sync(struct publisher *p, struct failure *ret) __attribute__((warn_unused_result));
void publisher_close(struct publisher *p);

#endif
