#include "api/figures.h"

#include "api/server.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

void figures_take(struct figures *f, const struct api *api)
{
	const struct api_options *options = &api->options;
	refresher_stats(options->refresher, &f->refresh);
	workers_stats(options->workers, &f->workers);
	fetcher_stats(options->fetcher, &f->fetch);
	care_status(options->care, &f->care);
	f->n_followers = api->streams.n;
	f->started = api->started;
	f->state_dir = xstrdup(options->conf->state_dir);
}

void figures_release(struct figures *f)
{
	free(f->state_dir);
}

/* Resident bytes of a process (proc(5), statm), 0 when it has gone. */
static int64_t resident_bytes(long pid)
{
	char path[64];
	int64_t size, resident = 0;
	snprintf(path, sizeof path, "/proc/%ld/statm", pid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%" SCNd64 " %" SCNd64, &size, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

/* The workers are the children that the main thread spawned. */
int64_t figures_memory(void)
{
	char path[64];
	long self = getpid(), child;
	int64_t sum = resident_bytes(self);
	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", self, self);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return sum;
	while (fscanf(file, "%ld", &child) == 1)
		sum += resident_bytes(child);
	fclose(file);
	return sum;
}

int64_t figures_room(const struct figures *figures)
{
	struct statvfs fs;
	return statvfs(figures->state_dir, &fs) == 0 ? (int64_t)(fs.f_bavail * fs.f_frsize) : -1;
}
