/*
 * What the process settles with its host before it serves. Where the host cannot serve us these end
 * the program with a message that says what to do. Start-up, one thread.
 */
#ifndef COURANT_SERVICE_HOST_H
#define COURANT_SERVICE_HOST_H

/* Makes the state directory and those above it where they are missing, and holds it: two daemons on
 * one directory would poll every feed twice. conf_file: named in messages. Returns the lock's
 * descriptor; closing it lets go. */
int host_take_directory(const char *dir, const char *conf_file);
/* Makes or leaves a file that its owner alone can read: there may be passwords in the database, and
 * its directory is for the digests' readers, too. What SQLite puts beside it gets its mode. */
void host_make_private(const char *path);
/* Raises the soft limit of descriptors to LIMIT_DESCRIPTORS, as far as the hard one lets it. */
void host_raise_descriptors(void);
/* COURANT_CLOCK: a rehearsal on loopback at another pace (courantd(8)). */
void host_scale_clock(void);

#endif
