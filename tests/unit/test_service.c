#include "service/notify.h"
#include "service/service.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* systemd's side. '@' first: an abstract name. */
static int manager_open(const char *address)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t n = strlen(address);

	memcpy(un.sun_path, address, n);
	if (address[0] == '@')
		un.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&un,
				 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)),
		0);
	return fd;
}

static const char *heard(int fd)
{
	static char text[1024];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void drive(const char *address)
{
	struct ev_loop *loop = ev_loop_new(0);
	int fd = manager_open(address);
	unsigned long long usec;

	setenv("NOTIFY_SOCKET", address, 1);
	struct service *s = service_new(loop);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_string_equal(heard(fd), "");
	service_ready(s);
	assert_string_equal(heard(fd), "READY=1");
	service_status(s, "%d feeds", 3);
	assert_string_equal(heard(fd), "STATUS=3 feeds");
	service_status(s, "%d feeds", 3);
	assert_string_equal(heard(fd), "");
	service_status(s, "%s", "hostile\nREADY=1\x1b[31m");
	assert_string_equal(heard(fd), "STATUS=hostile READY=1[31m");
	service_reloading(s);
	assert_int_equal(sscanf(heard(fd), "RELOADING=1\nMONOTONIC_USEC=%llu", &usec), 1);
	assert_true(usec > 0);
	service_ready(s);
	assert_string_equal(heard(fd), "READY=1");
	service_stopping(s);
	assert_string_equal(heard(fd), "STOPPING=1");
	service_free(s);
	ev_loop_destroy(loop);
	close(fd);
}

static void test_path(void **state)
{
	char dir[] = "/tmp/courant-test-service-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/notify", dir);
	drive(path);
	unlink(path);
	rmdir(dir);
}

static void test_abstract(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@courant-test-%d", (int)getpid());
	drive(name);
}

static void test_without_systemd(void **state)
{
	struct ev_loop *loop = ev_loop_new(0);

	(void)state;
	unsetenv("NOTIFY_SOCKET");
	setenv("WATCHDOG_USEC", "1000", 1);
	struct service *s = service_new(loop);
	service_ready(s);
	service_status(s, "nobody listens");
	service_reloading(s);
	service_stopping(s);
	/* Without a listener there is no watchdog to wake us. */
	assert_int_equal(ev_pending_count(loop), 0);
	ev_run(loop, EVRUN_NOWAIT);
	service_free(s);
	service_free(NULL);
	ev_loop_destroy(loop);
}

static void stop(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)timer;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void test_watchdog(void **state)
{
	struct ev_loop *loop = ev_loop_new(0);
	char name[64];
	struct ev_timer end;
	int fed = 0;

	(void)state;
	snprintf(name, sizeof(name), "@courant-test-dog-%d", (int)getpid());
	int fd = manager_open(name);
	setenv("NOTIFY_SOCKET", name, 1);
	setenv("WATCHDOG_USEC", "20000", 1);
	unsetenv("WATCHDOG_PID");
	struct service *s = service_new(loop);
	assert_null(getenv("WATCHDOG_USEC"));
	ev_timer_init(&end, stop, 0.105, 0);
	ev_timer_start(loop, &end);
	ev_run(loop, 0);
	assert_string_equal(heard(fd), ""); /* not before READY */
	service_ready(s);
	assert_string_equal(heard(fd), "READY=1");
	ev_timer_set(&end, 0.105, 0);
	ev_timer_start(loop, &end);
	ev_run(loop, 0);
	while (strcmp(heard(fd), "WATCHDOG=1") == 0)
		fed++;
	assert_in_range(fed, 3, 12); /* 11 on an idle machine */
	ev_run(loop, 0);             /* ends at once: the watchdog alone keeps no loop alive */
	service_free(s);
	ev_loop_destroy(loop);
	close(fd);
}

static void test_watchdog_environment(void **state)
{
	static const struct {
		const char *usec, *pid;
		uint64_t half;
	} cases[] = {
		{ "180000000", NULL, 90000000 },
		{ "180000000", "42", 90000000 },
		{ "180000000", "43", 0 },
		{ "180000000", "", 0 },
		{ "1", "42", 1 },
		{ "0", NULL, 0 },
		{ "", NULL, 0 },
		{ "-5", NULL, 0 },
		{ "12x", NULL, 0 },
		{ "99999999999999999999999", NULL, 0 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			notify_watchdog_half_us(cases[i].usec, cases[i].pid, 42), cases[i].half);
}

static void test_addresses(void **state)
{
	char longest[200];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[0] = '@';
	longest[108] = '\0';
	assert_int_equal(notify_connect(longest), -1);
	assert_int_equal(notify_connect(""), -1);
	assert_int_equal(notify_connect("@"), -1);
	assert_int_equal(notify_connect("/"), -1);
	assert_int_equal(notify_connect("relative"), -1);
	assert_int_equal(notify_connect("/nowhere/socket"), -1);
	assert_int_equal(notify_connect("vsock:2:1234"), -1);
	assert_false(notify_send(-1, "READY=1"));
}

static void test_listen_count(void **state)
{
	(void)state;
	assert_int_equal(notify_listen_count("1", "42", 42), 1);
	assert_int_equal(notify_listen_count("1", "41", 42), 0);
	assert_int_equal(notify_listen_count("1", NULL, 42), 0);
	assert_int_equal(notify_listen_count(NULL, "42", 42), 0);
	assert_int_equal(notify_listen_count("1000000000", "42", 42), 0);
	assert_int_equal(notify_listen_count("-1", "42", 42), 0);
}

/* In a child: the numbers 3, 4, 5 must be ours. 0 when all is well, else the number of what is not.
 */
static int listen_child(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char pid[16];
	int first = socket(AF_UNIX, SOCK_STREAM, 0), other = open("/dev/null", O_RDONLY);

	if (bind(first, (struct sockaddr *)&un, sizeof(un.sun_family)) < 0 || listen(first, 1) < 0)
		return 1;
	if (dup2(first, 100) < 0 || dup2(other, 101) < 0)
		return 2;
	close_range(3, 99, 0);
	dup2(101, 3); /* no socket: passed over */
	dup2(100, 4);
	dup2(100, 5); /* one too many */
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "3", 1);
	setenv("LISTEN_FDNAMES", "a:b:c", 1);
	if (service_listen_fd() != 4)
		return 3;
	if (fcntl(3, F_GETFD) >= 0 || fcntl(5, F_GETFD) >= 0)
		return 4;
	if ((fcntl(4, F_GETFD) & FD_CLOEXEC) == 0 || (fcntl(4, F_GETFL) & O_NONBLOCK) == 0)
		return 5;
	if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL ||
		getenv("LISTEN_FDNAMES") != NULL)
		return 6;
	return service_listen_fd() == -1 ? 0 : 7;
}

static void test_listen_fd(void **state)
{
	int status;

	(void)state;
	pid_t child = fork();
	if (child == 0)
		_exit(listen_child());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_abstract),
		cmocka_unit_test(test_without_systemd),
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_watchdog_environment),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_listen_count),
		cmocka_unit_test(test_listen_fd),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
