/* What can be judged only when all files are read: names and URLs used twice, intervals that
 * contradict each other. Internal to config/. */
#ifndef COURANT_CONFIG_CHECK_H
#define COURANT_CONFIG_CHECK_H

#include "config/conf.h"
#include "config/message.h"
#include "config/scan.h"

/* seen: where the keys of poll stand. Raises intervals to the floor, with a warning each. */
void conf_check(struct conf *conf, const struct conf_seen *seen, struct conf_messages *messages);

#endif
