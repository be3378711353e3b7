/*
 * What the configuration needs to know of a feed's URL. Pure. The address guard of fetch/ decides
 * at connect time who is reached; this decides only which pace is allowed.
 */
#ifndef COURANT_CONFIG_URL_H
#define COURANT_CONFIG_URL_H

#include <stdbool.h>
#include <stddef.h>

/* NULL when a feed may have this URL, else what is wrong with it, static: "it is no http:, https:
 * or file: URL". */
const char *conf_url_problem(const char *url);

/* Whether the floor of 15 minutes (LIMIT_INTERVAL_FLOOR) does not apply: file: URLs, and hosts
 * 127.0.0.0/8, [::1] and localhost as they are written; nothing is resolved. False for what is no
 * URL. */
bool conf_url_floor_exempt(const char *url);

/* Takes user name and password (percent-decoded, to be freed; NULL: not there) out of an http or
 * https URL, in place, so that they stand nowhere a URL is shown. False when there are
 * none. */
bool conf_url_take_login(char *url, char **ret_username, char **ret_password);

/* What somebody typed as a feed's address, as a URL, to be freed: https:// where no scheme stands
 * (http:// for this machine), feed://x as http://x, feed:https://x without the feed:. Whether it is
 * one a feed may have is conf_url_problem()'s to say. */
char *conf_url_typed(const char *typed);

#endif
