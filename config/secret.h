/*
 * What stands in files of its own rather than in courant.conf, which everybody may read: passwords,
 * tokens, header fields, keys. Read with the configuration, so that `courantd --check` tells what
 * is wrong with them; SIGHUP reads them again. Internal to config/.
 */
#ifndef COURANT_CONFIG_SECRET_H
#define COURANT_CONFIG_SECRET_H

#include "config/conf.h"
#include "config/message.h"

/* Makes feed->access of feed->keys and of the login in feed->url, which is taken out of it. What is
 * wrong is told at `place`. */
void conf_access_read(
	struct conf_feed *feed, const struct conf_place *place, struct conf_messages *messages);
/* The same of the poll section's proxy and ca_file; seen: where its keys stand. */
struct conf_seen;
void conf_poll_read(
	struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages);
void conf_access_release(struct conf_access *keys);
/* One of the `headers`; false with the reason in *problem. */
bool conf_access_add_header(struct conf_access *keys, const char *value, struct strbuf *problem);
void conf_access_clear_headers(struct conf_access *keys);

#endif
