#include "service/service.h"

#include "base/mem.h"
#include "base/text.h"
#include "service/notify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* sd_listen_fds(3): the sockets handed over begin here. */
#define LISTEN_FDS_START 3

struct service {
	struct ev_loop *loop;
	int fd; /* connected to systemd, or -1 */
	char status[512];
	struct ev_timer watchdog; /* the loop feeds it: a loop that hangs lets systemd restart us */
	bool feeding;
};

static void watchdog_due(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	struct service *s = timer->data;

	(void)loop;
	(void)events;
	notify_send(s->fd, "WATCHDOG=1");
}

struct service *service_new(struct ev_loop *loop)
{
	struct service *s = xcalloc(1, sizeof(*s));
	const char *address = getenv("NOTIFY_SOCKET");

	s->loop = loop;
	s->fd = address != NULL ? notify_connect(address) : -1;
	uint64_t half_us =
		notify_watchdog_half_us(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid());
	ev_timer_init(&s->watchdog, watchdog_due, 0, s->fd >= 0 ? (double)half_us / 1e6 : 0);
	s->watchdog.data = s;
	/* What was meant for us is nothing for the programs that we start. */
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return s;
}

void service_free(struct service *s)
{
	if (s == NULL)
		return;
	if (s->feeding)
		ev_ref(s->loop);
	ev_timer_stop(s->loop, &s->watchdog);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

void service_ready(struct service *s)
{
	notify_send(s->fd, "READY=1");
	if (s->watchdog.repeat <= 0 || s->feeding)
		return;
	s->feeding = true;
	notify_send(s->fd, "WATCHDOG=1");
	ev_timer_again(s->loop, &s->watchdog);
	/* It must not keep a loop alive that has nothing else to do. */
	ev_unref(s->loop);
}

void service_reloading(struct service *s)
{
	char text[64];
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		(uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	notify_send(s->fd, text);
}

void service_stopping(struct service *s)
{
	notify_send(s->fd, "STOPPING=1");
}

void service_status(struct service *s, const char *format, ...)
{
	char raw[sizeof(s->status)], safe[sizeof(s->status)], text[sizeof(s->status) + 8];
	va_list ap;

	if (s->fd < 0)
		return;
	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	text_safe_copy(safe, sizeof(safe), raw);
	if (strcmp(safe, s->status) == 0)
		return;
	snprintf(text, sizeof(text), "STATUS=%s", safe);
	if (notify_send(s->fd, text))
		memcpy(s->status, safe, sizeof(safe));
}

static bool is_listening(int fd)
{
	int on = 0;
	socklen_t n = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

int service_listen_fd(void)
{
	const int n = notify_listen_count(getenv("LISTEN_FDS"), getenv("LISTEN_PID"), getpid());
	int found = -1;

	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	for (int fd = LISTEN_FDS_START; fd < LISTEN_FDS_START + n; fd++) {
		if (found >= 0 || !is_listening(fd)) {
			close(fd);
			continue;
		}
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
		found = fd;
	}
	return found;
}
