/*
 * What /v1/status and /metrics count: taken on the loop before a reader thread adds the database's
 * figures. For the files of api/ alone.
 */
#ifndef COURANT_API_FIGURES_H
#define COURANT_API_FIGURES_H

#include "api/request.h"
#include "care/care.h"
#include "fetch/fetch.h"
#include "refresh/refresh.h"
#include "workers/workers.h"

#include <stdint.h>

struct figures {
	struct refresher_stats refresh;
	struct workers_stats workers;
	struct fetcher_stats fetch;
	struct care_status care;
	unsigned n_followers;
	int64_t started; /* UTC seconds */
	char *state_dir; /* owned */
};

/* Loop thread. */
void figures_take(struct figures *f, const struct api *api);
void figures_release(struct figures *f);
/* Resident bytes of the daemon and its workers. Any thread. */
int64_t figures_memory(void);
/* Bytes that are left where the database is, -1 when the system does not say. Any thread. */
int64_t figures_room(const struct figures *figures);

#endif
