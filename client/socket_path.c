#include "client/socket_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

/* The socket below the directory that a variable names, when it is there; NULL otherwise. */
static char *socket_below(const char *variable, const char *rest)
{
	struct stat st;
	const char *dir = getenv(variable);
	if (dir == NULL || dir[0] != '/') {
		return NULL;
	}
	char *path = xasprintf("%s%s/courant/courant.sock", dir, rest);
	if (stat(path, &st) == 0) {
		return path;
	}
	free(path);
	return NULL;
}

/* The user's own socket, or NULL when there is no sign of a user's daemon. Started without
 * XDG_RUNTIME_DIR, as after su(1) or by cron(8), it has its socket beside the database. */
static char *user_socket(void)
{
	char *path = NULL;
	if (getuid() == 0) {
		return NULL;
	}
	if ((path = socket_below("XDG_RUNTIME_DIR", "")) == NULL &&
		(path = socket_below("XDG_STATE_HOME", "")) == NULL) {
		path = socket_below("HOME", "/.local/state");
	}
	return path;
}

void socket_path_choose(struct socket_path *ret, const char *option)
{
	const char *environment = getenv("COURANT_SOCKET");
	*ret = (struct socket_path){ 0 };
	if (option != NULL) {
		ret->path = xstrdup(option);
		ret->from = "--socket";
	} else if (environment != NULL && environment[0] != '\0') {
		ret->path = xstrdup(environment);
		ret->from = "COURANT_SOCKET";
	} else if ((ret->path = user_socket()) != NULL) {
		ret->user = true;
	} else {
		ret->path = xstrdup(SOCKET_SYSTEM);
	}
}

void socket_path_release(struct socket_path *p)
{
	free(p->path);
	*p = (struct socket_path){ 0 };
}

bool socket_path_fits(const struct socket_path *p)
{
	size_t most = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
	if (p->path[0] != '\0' && strlen(p->path) <= most) {
		return true;
	}
	complain("the socket's path must have 1 to %zu bytes: '%s'", most, p->path);
	return false;
}

/* The errno of connecting, 0 when somebody answers after all. */
static int try_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, path, strlen(path) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return errno;
	}
	int error = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
	close(fd);
	return error;
}

static void hint_how_to_start(const struct socket_path *p)
{
	if (p->from != NULL) {
		remark("that path is from %s; start the daemon: courantd -c FILE", p->from);
	} else if (p->user) {
		remark("start it: systemctl --user start courantd, or: courantd -c FILE");
	} else {
		remark("start it: systemctl start courantd (for yourself: systemctl --user start "
		       "courantd), "
		       "or: courantd -c FILE");
	}
}

enum outcome socket_path_explain(const struct socket_path *p)
{
	int error = try_connect(p->path);
	switch (error) {
	case EACCES:
	case EPERM:
		complain("you may not use the daemon's socket %s", p->path);
		remark("ask its owner, or join its group (ls -l %s) and log in again", p->path);
		return OUTCOME_DENIED;
	case ENOENT:
	case ENOTDIR:
		complain("the daemon is not running: there is no socket %s", p->path);
		break;
	case ECONNREFUSED:
		complain("the daemon is not running: nobody answers on %s", p->path);
		break;
	case 0:
		complain("the daemon on %s accepts connections but does not answer", p->path);
		return OUTCOME_UNREACHABLE;
	default:
		complain("cannot reach the daemon on %s: %s", p->path, strerror(error));
		break;
	}
	hint_how_to_start(p);
	return OUTCOME_UNREACHABLE;
}
