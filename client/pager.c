#include "client/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/program.h"

static void run_pager(const struct program *pager, const int fds[2])
{
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	close(fds[1]);
	setenv("LESS", "FRX", 0);
	setenv("LESSCHARSET", "utf-8", 0);
	program_become(pager);
}

/* A reader that quits early is no error. */
static void feed_pager(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, text, n);
		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			break;
		}
		text += done;
		n -= (size_t)done;
	}
	close(fd);
}

/* ^C belongs to the pager while it runs. */
static bool show_through(const struct program *pager, const char *text, size_t n)
{
	int fds[2];
	if (pipe(fds) != 0) {
		return false;
	}
	pid_t pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return false;
	}
	if (pid == 0) {
		run_pager(pager, fds);
	}
	close(fds[0]);
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigaction(SIGINT, &ignore, &before);
	feed_pager(fds[1], text, n);
	int code = program_wait(pid);
	sigaction(SIGINT, &before, NULL);
	return code != PROGRAM_NOT_STARTED;
}

bool pager_show(const char *text, size_t n)
{
	struct program pager;
	program_init(&pager, "PAGER", "less");
	bool shown =
		pager.n > 0 && strcmp(pager.words[0], "cat") != 0 && show_through(&pager, text, n);
	program_release(&pager);
	return shown;
}
