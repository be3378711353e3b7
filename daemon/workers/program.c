#include "base/mem.h"
#include "workers/workers.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* courant-parse stands beside courantd in the build tree, and where both are installed. */
char *workers_program(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n > 0) {
		self[n] = '\0';
		*(strrchr(self, '/')) = '\0';
		char *beside = xasprintf("%s/courant-parse", self);
		if (access(beside, X_OK) == 0)
			return beside;
		free(beside);
	}
	return xstrdup(COURANT_LIBEXECDIR "/courant-parse");
}
