#include "client/marks.h"

#include <inttypes.h>

#include "client/api_path.h"

enum outcome marks_set_status(struct client *c, const int64_t *ids, size_t n, const char *status)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(list, json_integer(ids[i]));
	}
	json_t *body = json_pack("{s:o, s:s}", "entry_ids", list, "status", status);
	enum outcome outcome = call_put(c, "/v1/entries", body, NULL);
	json_decref(body);
	return outcome;
}

enum outcome marks_keep_known(struct client *c, int64_t *ids, size_t *n)
{
	size_t known = 0;
	unsigned missing = 0;
	for (size_t i = 0; i < *n; i++) {
		struct api_path q;
		api_path_init(&q, "/v1/entries/%" PRId64, ids[i]);
		enum outcome outcome = call_get(c, api_path_str(&q), NULL);
		api_path_release(&q);
		if (outcome == OUTCOME_OK) {
			ids[known++] = ids[i];
		} else if (outcome == OUTCOME_NOT_FOUND) {
			missing++;
		} else {
			return outcome;
		}
	}
	enum outcome outcome = outcome_of_many((unsigned)*n, missing, OUTCOME_NOT_FOUND);
	*n = known;
	return outcome;
}
