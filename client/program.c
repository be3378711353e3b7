#include "client/program.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

void program_init(struct program *p, const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);
	char *state = NULL;
	*p = (struct program){ .line = xstrdup(value != NULL ? value : otherwise) };
	for (char *w = strtok_r(p->line, " \t", &state); w != NULL && p->n < PROGRAM_WORDS;
		w = strtok_r(NULL, " \t", &state)) {
		p->words[p->n++] = w;
	}
}

void program_release(struct program *p)
{
	free(p->line);
	*p = (struct program){ 0 };
}

void program_become(const struct program *p)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigaction(SIGPIPE, &action, NULL);
	execvp(p->words[0], p->words);
	_exit(PROGRAM_NOT_STARTED);
}

int program_wait(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return 0;
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}
