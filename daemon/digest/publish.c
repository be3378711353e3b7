#include "digest/publish.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Fills *ret from errno. */
static bool failed(struct failure *ret, const char *what, const char *path, const char *file)
{
	const int error = errno;
	const enum status status = error == ENOSPC || error == EDQUOT || error == EFBIG
					   ? STATUS_DISK_FULL
					   : STATUS_STORE_FAILED;

	failure_set(ret, STAGE_STORE, status, 0, "%s %s%s%s: %s", what, path,
		file[0] != '\0' ? "/" : "", file, strerror(error));
	return false;
}

static bool make_dir(const char *path, struct failure *ret)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return true;
	return failed(ret, "cannot make", path, "");
}

bool publisher_open(struct publisher *p, const char *state_dir, const char *name, const char *label,
	struct failure *ret)
{
	char *parent = xasprintf("%s/digests", state_dir);

	*p = (struct publisher){
		.dir = -1, .path = xasprintf("%s/%s", parent, name), .label = xstrdup(label)
	};
	bool ok = make_dir(parent, ret) && make_dir(p->path, ret);
	if (ok) {
		p->dir = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		ok = p->dir >= 0 || failed(ret, "cannot open", p->path, "");
	}
	free(parent);
	if (!ok)
		publisher_close(p);
	return ok;
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t wrote = write(fd, bytes, n);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		bytes += wrote;
		n -= (size_t)wrote;
	}
	return true;
}

/* The bytes on disk under a name that is nobody's yet. */
static bool write_temporary(
	struct publisher *p, const char *name, const char *bytes, size_t n, struct failure *ret)
{
	struct stat st;

	/* Left behind by a crash, perhaps. */
	unlinkat(p->dir, name, 0);
	int fd = openat(p->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return failed(ret, "cannot write", p->path, name);
	bool ok = write_all(fd, bytes, n) && fsync(fd) == 0 && fstat(fd, &st) == 0;
	if (ok && (size_t)st.st_size != n) {
		errno = EIO;
		ok = false;
	}
	if (!ok)
		failed(ret, "cannot write", p->path, name);
	if (close(fd) < 0 && ok)
		ok = failed(ret, "cannot write", p->path, name);
	if (!ok)
		unlinkat(p->dir, name, 0);
	return ok;
}

static bool rename_to(struct publisher *p, const char *from, const char *to, struct failure *ret)
{
	if (renameat(p->dir, from, p->dir, to) == 0)
		return true;
	failed(ret, "cannot rename to", p->path, to);
	unlinkat(p->dir, from, 0);
	return false;
}

/* A relative link, so that the directory can be moved or served as it is. */
static bool point_latest(
	struct publisher *p, const char *extension, const char *file, struct failure *ret)
{
	char latest[32], temporary[40];

	snprintf(latest, sizeof(latest), "latest.%s", extension);
	snprintf(temporary, sizeof(temporary), ".latest.%s.new", extension);
	unlinkat(p->dir, temporary, 0);
	if (symlinkat(file, p->dir, temporary) < 0)
		return failed(ret, "cannot write", p->path, latest);
	return rename_to(p, temporary, latest, ret);
}

bool publisher_write(struct publisher *p, const char *extension, const char *bytes, size_t n,
	struct failure *ret)
{
	char *file = xasprintf("%s.%s", p->label, extension),
	     *temporary = xasprintf(".%s.new", file);
	const bool ok = write_temporary(p, temporary, bytes, n, ret) &&
			rename_to(p, temporary, file, ret) && point_latest(p, extension, file, ret);

	free(file);
	free(temporary);
	return ok;
}

bool publisher_sync(struct publisher *p, struct failure *ret)
{
	return fsync(p->dir) == 0 || failed(ret, "cannot sync", p->path, "");
}

void publisher_close(struct publisher *p)
{
	if (p->dir >= 0)
		close(p->dir);
	free(p->path);
	free(p->label);
	*p = (struct publisher){ .dir = -1 };
}
