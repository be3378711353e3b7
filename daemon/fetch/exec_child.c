/*
 * Everything that allocates is done before fork(): afterwards the child, a copy of one thread of
 * many, makes system calls only.
 */
#include "fetch/exec_child.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define FIRST_FREE_FD 3

/* ---- Landlock: where it may write ---- */

/* Spelled out as in parser/landlock.c: the kernel may know more than the headers. */
struct ruleset {
	uint64_t fs;
};
struct path_rule {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));
#define VERSION_FLAG 1u
#define RULE_PATH_BENEATH 1
/* Write to, remove and make files of each kind; from ABI 2 on link and rename between directories,
 * from 3 on truncate. Reading and executing are not restricted. */
#define WRITE_FILE (UINT64_C(1) << 1)
#define ABI1_WRITES (WRITE_FILE | UINT64_C(0x1ff0))
#define ABI2_REFER (UINT64_C(1) << 13)
#define ABI3_TRUNCATE (UINT64_C(1) << 14)

static const char *const writable[] = { "/tmp", "/var/tmp", "/dev" };

/* A ruleset's descriptor; -1 when this kernel has no Landlock. */
static int ruleset_new(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
	if (abi < 1)
		return -1;
	struct ruleset rules = { .fs = ABI1_WRITES | (abi >= 2 ? ABI2_REFER : 0) |
				       (abi >= 3 ? ABI3_TRUNCATE : 0) };
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);
	for (size_t i = 0; ruleset >= 0 && i < N_ELEMENTS(writable); i++) {
		int dir = open(writable[i], O_PATH | O_CLOEXEC);
		struct path_rule rule = { .allowed = rules.fs, .fd = dir };
		if (dir < 0)
			continue;
		syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
		close(dir);
	}
	return ruleset;
}

/* ---- in the child ---- */

static int limit(__rlimit_resource_t resource, uint64_t value)
{
	struct rlimit now, wanted;
	if (getrlimit(resource, &now) != 0)
		return -1;
	rlim_t most = now.rlim_max < value ? now.rlim_max : (rlim_t)value;
	wanted = (struct rlimit){ most, most };
	return setrlimit(resource, &wanted);
}

static int set_limits(int64_t timeout_ms)
{
	const struct {
		__rlimit_resource_t resource;
		uint64_t value;
	} limits[] = {
		{ RLIMIT_CPU, (uint64_t)timeout_ms / 1000 + 1 },
		{ RLIMIT_DATA, LIMIT_EXEC_MEMORY },
		{ RLIMIT_FSIZE, LIMIT_EXEC_FILE },
		{ RLIMIT_NOFILE, LIMIT_EXEC_FILES },
		{ RLIMIT_CORE, 0 },
	};
	for (size_t i = 0; i < N_ELEMENTS(limits); i++)
		if (limit(limits[i].resource, limits[i].value) != 0)
			return -1;
	return 0;
}

static int set_descriptors(const struct exec_child *child)
{
	int null = open("/dev/null", O_RDONLY);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(child->out, STDOUT_FILENO) < 0 ||
		dup2(child->err, STDERR_FILENO) < 0)
		return -1;
	return (int)syscall(SYS_close_range, FIRST_FREE_FD, ~0u, 1u << 2 /* CLOEXEC */);
}

/* Handlers of the daemon must never run here; what it ignores (SIGPIPE) is not ignored here. */
static void set_signals(void)
{
	sigset_t none;
	struct sigaction initial = { .sa_handler = SIG_DFL };
	for (int number = 1; number < NSIG; number++)
		sigaction(number, &initial, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int enter_sandbox(int ruleset)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return ruleset < 0 ? 0 : (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}

static _Noreturn void child_run(
	const struct exec_child *child, char **environment, pid_t daemon, int ruleset)
{
	set_signals();
	umask(077);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == daemon && setsid() >= 0 &&
		chdir("/") == 0 && enter_sandbox(ruleset) == 0 && set_descriptors(child) == 0 &&
		set_limits(child->timeout_ms) == 0)
		execve(child->words[0], child->words, environment);
	int error = errno;
	ssize_t written = write(child->report, &error, sizeof(error));
	(void)written;
	_exit(127);
}

pid_t exec_child_start(const struct exec_child *child)
{
	const char *home = getenv("HOME");
	char path[] = "PATH=/usr/local/bin:/usr/bin:/bin", lang[] = "LANG=C.UTF-8";
	char *home_is = xasprintf("HOME=%s", home != NULL ? home : "/");
	char *environment[] = { path, lang, home_is, NULL };
	int ruleset = ruleset_new();
	pid_t self = getpid();
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = fork();
	if (pid == 0)
		child_run(child, environment, self, ruleset);
	int error = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ruleset >= 0)
		close(ruleset);
	free(home_is);
	errno = error;
	return pid;
}
