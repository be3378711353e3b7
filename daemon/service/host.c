#include "service/host.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes a directory and those above it that are missing: a new user has no ~/.local/state. */
static bool make_dirs(const char *path)
{
	char *part = xstrdup(path);
	for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(part, 0755); /* what is wrong with it the last one tells */
		*slash = '/';
	}
	bool made = mkdir(part, 0755) == 0 || errno == EEXIST;
	free(part);
	return made;
}

int host_take_directory(const char *dir, const char *conf_file)
{
	if (!make_dirs(dir))
		log_fatal("state_dir %s: cannot make it: %s; create it, or set state_dir in %s",
			dir, strerror(errno), conf_file);
	char *path = xasprintf("%s/courantd.lock", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		log_fatal("%s: %s; courantd must be able to write in its state_dir", path,
			strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		log_fatal("%s is held: another courantd serves %s; stop that one first", path, dir);
	free(path);
	return fd;
}

void host_make_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return; /* store_open() says why */
	if (fchmod(fd, 0600) != 0)
		log_warning("%s: its mode stays as it is: %s", path, strerror(errno));
	close(fd);
}

void host_raise_descriptors(void)
{
	struct rlimit most;
	if (getrlimit(RLIMIT_NOFILE, &most) != 0 || most.rlim_cur >= LIMIT_DESCRIPTORS)
		return;
	most.rlim_cur = most.rlim_max < LIMIT_DESCRIPTORS ? most.rlim_max : LIMIT_DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &most); /* with fewer, some fetches fail, and say so */
}

void host_scale_clock(void)
{
	const char *path = getenv("COURANT_CLOCK");
	if (path == NULL)
		return;
	if (!clock_scale(path))
		log_fatal(
			"COURANT_CLOCK: %s does not hold three numbers, RATE UTC MONOTONIC", path);
	log_warning("COURANT_CLOCK is set: time is what %s says, and nothing but loopback "
		    "addresses and files is asked; this is for tests only",
		path);
}
