#include "client/entry_list.h"

enum outcome entry_list_run(struct client *c, const struct entry_list *list)
{
	struct printer p;
	struct api_path q;
	json_t *answer = NULL;
	int64_t limit;
	api_path_init(&q, "/v1/entries");
	enum outcome outcome = printer_init(&p, c);
	if (outcome == OUTCOME_OK &&
		!option_number(&c->invocation, OPT_LIMIT, 1, list->most, list->usual, &limit)) {
		outcome = OUTCOME_USAGE;
	}
	if (outcome == OUTCOME_OK) {
		api_path_add_number(&q, "limit", limit);
		outcome = list->ask(c, &p, &q);
	}
	if (outcome == OUTCOME_OK) {
		outcome = call_get(c, api_path_str(&q), &answer);
	}
	if (outcome == OUTCOME_OK) {
		list->print(c, &p, answer);
	}
	json_decref(answer);
	api_path_release(&q);
	printer_release(&p);
	return outcome;
}
