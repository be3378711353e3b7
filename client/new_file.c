#include "client/new_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t put = write(fd, bytes, n);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		bytes += put;
		n -= (size_t)put;
	}
	return true;
}

enum outcome new_file_write(const char *name, const struct strbuf *bytes)
{
	char *temporary = xasprintf("%s.XXXXXX", name);
	int fd = mkstemp(temporary);
	bool written = fd >= 0 && write_all(fd, strbuf_str(bytes), bytes->len) && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0) {
		written = false;
	}
	written = written && rename(temporary, name) == 0;
	enum outcome outcome = OUTCOME_OK;
	if (!written) {
		outcome = errno == EACCES ? OUTCOME_DENIED : OUTCOME_FAILED;
		complain("%s: %s", name, strerror(errno));
		if (fd >= 0) {
			unlink(temporary);
		}
	}
	free(temporary);
	return outcome;
}
