#include "client/pager.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define MOST_WORDS 16
#define EXIT_NOT_STARTED 127

/* Splits the words in place; the array ends with NULL. */
static size_t split_words(char *line, char *words[MOST_WORDS + 1])
{
	size_t n = 0;
	char *state = NULL;
	for (char *w = strtok_r(line, " \t", &state); w != NULL && n < MOST_WORDS;
		w = strtok_r(NULL, " \t", &state)) {
		words[n++] = w;
	}
	words[n] = NULL;
	return n;
}

static void run_pager(char *const *words, const int fds[2])
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigaction(SIGPIPE, &action, NULL);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	close(fds[1]);
	setenv("LESS", "FRX", 0);
	setenv("LESSCHARSET", "utf-8", 0);
	execvp(words[0], words);
	_exit(EXIT_NOT_STARTED);
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

static int wait_for(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return 0;
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/* ^C belongs to the pager while it runs. */
static bool show_through(char *const *words, const char *text, size_t n)
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
		run_pager(words, fds);
	}
	close(fds[0]);
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigaction(SIGINT, &ignore, &before);
	feed_pager(fds[1], text, n);
	int code = wait_for(pid);
	sigaction(SIGINT, &before, NULL);
	return code != EXIT_NOT_STARTED;
}

bool pager_show(const char *text, size_t n)
{
	const char *pager = getenv("PAGER");
	char *line = xstrdup(pager != NULL ? pager : "less");
	char *words[MOST_WORDS + 1];
	bool shown = split_words(line, words) > 0 && strcmp(words[0], "cat") != 0 &&
		     show_through(words, text, n);
	free(line);
	return shown;
}
