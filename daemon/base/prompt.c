#include "base/prompt.h"

#include "base/limits.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

void prompt_thread(void)
{
	struct sched_attr attr = { .size = sizeof attr };

	/* The policy and the nice value stay what they are. */
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) != 0 ||
		attr.sched_policy != SCHED_NORMAL)
		return;
	attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	attr.sched_runtime = (uint64_t)LIMIT_TURN_US * 1000;
	syscall(SYS_sched_setattr, 0, &attr, 0);
}
