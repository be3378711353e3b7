#include "service/notify.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_connect(const char *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	const size_t n = strlen(address);

	/* sd_notify(3): both kinds have a first character that nothing else has. A path needs room
	 * for its terminator. */
	if ((address[0] != '/' && address[0] != '@') || n < 2 || n >= sizeof(un.sun_path))
		return -1;
	memcpy(un.sun_path, address, n);
	if (address[0] == '@')
		un.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&un,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool notify_send(int fd, const char *text)
{
	ssize_t sent;

	if (fd < 0)
		return false;
	do
		sent = send(fd, text, strlen(text), MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent >= 0;
}

/* A whole decimal number from 1 to `most`; 0 for anything else. */
static uint64_t number(const char *s, uint64_t most)
{
	char *end;

	if (s == NULL || s[0] < '0' || s[0] > '9')
		return 0;
	errno = 0;
	unsigned long long n = strtoull(s, &end, 10);
	return errno != 0 || *end != '\0' || n > most ? 0 : n;
}

static bool meant_for(const char *pid, pid_t self)
{
	return number(pid, INT_MAX) == (uint64_t)self;
}

uint64_t notify_watchdog_half_us(const char *usec, const char *pid, pid_t self)
{
	/* Without WATCHDOG_PID it is meant for whoever reads it (sd_watchdog_enabled(3)). */
	if (pid != NULL && !meant_for(pid, self))
		return 0;
	uint64_t us = number(usec, INT64_MAX);
	return us == 1 ? 1 : us / 2;
}

int notify_listen_count(const char *fds, const char *pid, pid_t self)
{
	if (!meant_for(pid, self))
		return 0;
	return (int)number(fds, 1024);
}
