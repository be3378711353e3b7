/*
 * What libconfuse does not tell of a file: where each section and key stands, exactly, and all that
 * is wrong with its shape at once rather than up to the first fault. scan reads the text before
 * libconfuse does and checks it against the table of keys; what it refuses it also blanks, so that
 * libconfuse can go on to the values of the rest. It also blanks comments, after which
 * libconfuse 3.3 miscounts lines, and refuses "${", which libconfuse would replace by an
 * environment variable that may be empty. Internal to config/.
 */
#ifndef COURANT_CONFIG_SCAN_H
#define COURANT_CONFIG_SCAN_H

#include "config/key.h"
#include "config/message.h"

/* Where the keys of the sections without a title were set, over all files: each may be set once. */
struct conf_seen {
	struct conf_place at[128]; /* by place in conf_keys; file NULL: not yet */
};

struct conf_scan {
	struct conf_messages *messages;
	struct conf_seen *seen;
	struct conf_place place; /* file and number; the line is where scan is */
	char *text;              /* NUL-terminated, blanked in place */
	size_t len;
	int *title_lines; /* of the titled sections that libconfuse will see, in order; free() it */
	size_t n_titles, cap_titles;
};

/* False when the shape is so broken that libconfuse need not try. */
bool conf_scan(struct conf_scan *s);

#endif
