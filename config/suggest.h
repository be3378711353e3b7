/* "Did you mean": what to say of a name that is no key or section. Internal to config/. */
#ifndef COURANT_CONFIG_SUGGEST_H
#define COURANT_CONFIG_SUGGEST_H

#include "config/key.h"
#include "config/message.h"

void conf_suggest_key(struct conf_messages *m, const struct conf_place *place,
	enum conf_section section, const char *name, size_t n);
void conf_suggest_section(
	struct conf_messages *m, const struct conf_place *place, const char *name, size_t n);

/* Edits (insertions, deletions, exchanges, swapped neighbours) that lead from a to b; both at most
 * 31 bytes are looked at. */
size_t conf_edit_distance(const char *a, size_t n_a, const char *b, size_t n_b);

#endif
