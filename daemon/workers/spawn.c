#include "workers/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_FD 3
#define CHILD_FD_TEXT "3"

/* 0, 1: /dev/null; 2: as ours; 3: the socket (dup2 of a descriptor to itself clears close-on-exec).
 */
static int add_descriptors(posix_spawn_file_actions_t *actions, int socket_fd)
{
	int err = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(actions, STDIN_FILENO, STDOUT_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(actions, socket_fd, CHILD_FD);
	if (err == 0)
		err = posix_spawn_file_actions_addclosefrom_np(actions, CHILD_FD + 1);
	return err;
}

static int add_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	int err = posix_spawnattr_setsigmask(attr, &none);
	if (err == 0)
		err = posix_spawnattr_setsigdefault(attr, &all);
	if (err == 0)
		err = posix_spawnattr_setflags(
			attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return err;
}

static int start(const char *program, int socket_fd, pid_t *ret_pid)
{
	char name[] = "courant-parse", option[] = "--worker", fd[] = CHILD_FD_TEXT;
	char *argv[] = { name, option, fd, NULL };
	char *environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err = posix_spawn_file_actions_init(&actions);
	if (err != 0)
		return err;
	err = posix_spawnattr_init(&attr);
	if (err != 0)
		goto out;
	err = add_descriptors(&actions, socket_fd);
	if (err == 0)
		err = add_signals(&attr);
	if (err == 0)
		err = posix_spawn(ret_pid, program, &actions, &attr, argv, environment);
	posix_spawnattr_destroy(&attr);
out:
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

int spawn_parser(const char *program, struct process *ret_process)
{
	int fds[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return errno;
	struct process process = { .fd = fds[0] };
	int err = fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
	if (err == 0)
		err = start(program, fds[1], &process.pid);
	close(fds[1]);
	if (err != 0)
		goto out;
	process.pidfd = pidfd_open(process.pid, 0);
	if (process.pidfd < 0) {
		err = errno;
		kill(process.pid, SIGKILL);
		waitpid(process.pid, NULL, 0);
		goto out;
	}
	*ret_process = process;
	return 0;
out:
	close(fds[0]);
	return err;
}
