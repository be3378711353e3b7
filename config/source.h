/*
 * Reads a configuration file, and the files it includes, into a snapshot: text, scan, libconfuse,
 * values. Internal to config/.
 */
#ifndef COURANT_CONFIG_SOURCE_H
#define COURANT_CONFIG_SOURCE_H

#include "config/conf.h"
#include "config/message.h"

/* Fills conf, whose scalars hold the defaults already. What is wrong stands in messages; conf then
 * holds what was right. */
void conf_source_read(const char *file, struct conf *conf, struct conf_messages *messages);
/* Frees what one feed, digest or group of hosts holds. */
void conf_host_release(struct conf_host *host);
void conf_feed_release(struct conf_feed *feed);
void conf_digest_release(struct conf_digest *digest);

#endif
