#include "api/api.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 512

static bool refuse(char *error, size_t size, const char *path, const char *why)
{
	snprintf(error, size, "%s: %s", path, why);
	return false;
}

static int unix_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Whether the path is free for us: nothing there, or the socket of a daemon that has gone. */
static bool path_is_free(const struct sockaddr_un *address, char *error, size_t size)
{
	struct stat st;
	const char *path = address->sun_path;
	if (lstat(path, &st) != 0)
		return errno == ENOENT || refuse(error, size, path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return refuse(error, size, path, "is there and is no socket: it is left alone");
	int fd = unix_socket();
	int answer =
		connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
	close(fd);
	if (answer == ECONNREFUSED || answer == ENOENT)
		return true;
	if (answer == 0 || answer == EAGAIN)
		return refuse(error, size, path, "another courantd answers there");
	return refuse(error, size, path, strerror(answer));
}

/* Binds under another name and moves the socket into place, so that it is never seen with another
 * mode, and never missing while a stale one is replaced. */
static bool bind_in_place(
	int fd, const struct sockaddr_un *address, unsigned mode, char *error, size_t size)
{
	struct sockaddr_un fresh = { .sun_family = AF_UNIX };
	int n = snprintf(
		fresh.sun_path, sizeof fresh.sun_path, "%s.%ld", address->sun_path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof fresh.sun_path)
		return refuse(error, size, address->sun_path, "the path is too long for a socket");
	unlink(fresh.sun_path);
	if (bind(fd, (const struct sockaddr *)&fresh, sizeof fresh) != 0)
		return refuse(error, size, fresh.sun_path, strerror(errno));
	if (chmod(fresh.sun_path, mode) == 0 && listen(fd, BACKLOG) == 0 &&
		rename(fresh.sun_path, address->sun_path) == 0)
		return true;
	int cause = errno;
	unlink(fresh.sun_path);
	return refuse(error, size, address->sun_path, strerror(cause));
}

/* The directory, made when only its last part is missing; locked, so that of two daemons that start
 * at once one sees the other. -1 on failure. */
static int lock_directory(const char *path, char *error, size_t size)
{
	char *copy = xstrdup(path);
	const char *directory = dirname(copy);
	int fd = -1;
	if (mkdir(directory, 0755) == 0 || errno == EEXIST)
		fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		refuse(error, size, directory, strerror(errno));
	else
		(void)flock(fd, LOCK_EX);
	free(copy);
	return fd;
}

int api_listen(const char *path, unsigned mode, char *error, size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address.sun_path) {
		refuse(error, size, path, "the path is too long for a socket");
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	int directory = lock_directory(path, error, size);
	if (directory < 0)
		return -1;
	int fd = unix_socket();
	if (!path_is_free(&address, error, size) ||
		!bind_in_place(fd, &address, mode, error, size)) {
		close(fd);
		fd = -1;
	}
	close(directory); /* and its lock */
	return fd;
}
