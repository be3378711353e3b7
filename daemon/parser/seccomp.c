#include "parser/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const int allowed[] = {
	/* what is open already */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(close),
	/* memory; mmap and mprotect stand below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* time, chance, locks */
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(futex),
	/* the end, abort() included; tgkill stands below */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(restart_syscall), SCMP_SYS(getpid), SCMP_SYS(gettid)
};

static const int allowed_to_sanitizers[] = { SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(getrusage) };

/* stdio asks these of a stream before its first byte and does without an answer. */
static const int refused[] = { SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(ioctl) };

/* No memory is ever executable that was not so at the start, and none comes from a file. */
static int allow_memory(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	struct scmp_arg_cmp anonymous = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
	int err = seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_executable, anonymous);
	return err != 0 ? err
			: seccomp_rule_add(
				  filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_executable);
}

/* abort() signals itself, and sandbox_grant_cpu() sets its own limit: nobody else's. */
static int allow_self(scmp_filter_ctx filter)
{
	struct scmp_arg_cmp own_pid = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, own_pid);
	struct scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, 0, 0);
	struct scmp_arg_cmp cpu = SCMP_A1(SCMP_CMP_EQ, RLIMIT_CPU, 0);
	return err != 0 ? err
			: seccomp_rule_add(
				  filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, self, cpu);
}

static int add_list(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	int err = 0;
	for (size_t i = 0; err == 0 && i < n; i++)
		err = seccomp_rule_add(filter, action, calls[i], 0);
	return err;
}

#define COUNT(a) (sizeof(a) / sizeof *(a))

static int add_rules(scmp_filter_ctx filter)
{
	int err = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (err == 0)
		err = add_list(filter, SCMP_ACT_ALLOW, allowed, COUNT(allowed));
	if (err == 0 && SANITIZED)
		err = add_list(filter, SCMP_ACT_ALLOW, allowed_to_sanitizers,
			COUNT(allowed_to_sanitizers));
	if (err == 0)
		err = add_list(filter, SCMP_ACT_ERRNO(EPERM), refused, COUNT(refused));
	if (err == 0)
		err = allow_memory(filter);
	return err != 0 ? err : allow_self(filter);
}

static bool closed;

bool seccomp_close(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return false;
	closed = add_rules(filter) == 0 && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return closed;
}

#if SANITIZED
/* At exit LeakSanitizer would start a thread to trace this process, which the filter forbids. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
	return closed;
}
#endif
