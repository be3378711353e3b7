#include "parser/landlock.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Spelled out, because the kernel that runs may know more than the headers that were compiled
 * against. */
struct ruleset {
	uint64_t fs, net, scoped;
};
#define VERSION_FLAG 1u
#define BITS(n) ((UINT64_C(1) << (n)) - 1)

/* What each ABI can take away, and how much of the struct it reads (linux/landlock.h). */
static const struct {
	struct ruleset denied;
	size_t size;
} abis[] = {
	[1] = { { BITS(13), 0, 0 }, sizeof(uint64_t) }, /* read, write, execute, make, remove */
	[2] = { { BITS(14), 0, 0 }, sizeof(uint64_t) }, /* + refer */
	[3] = { { BITS(15), 0, 0 }, sizeof(uint64_t) }, /* + truncate */
	[4] = { { BITS(15), BITS(2), 0 }, 2 * sizeof(uint64_t) }, /* + TCP bind and connect */
	[5] = { { BITS(16), BITS(2), 0 }, 2 * sizeof(uint64_t) }, /* + ioctl of devices */
	[6] = { { BITS(16), BITS(2), BITS(2) },
		sizeof(struct ruleset) }, /* + abstract sockets, signals */
};
#define NEWEST (sizeof abis / sizeof *abis - 1)

uint8_t landlock_deny_all(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
	if (abi < 1)
		return 0;
	size_t i = (size_t)abi > NEWEST ? NEWEST : (size_t)abi;
	int fd = (int)syscall(SYS_landlock_create_ruleset, &abis[i].denied, abis[i].size, 0);
	if (fd < 0)
		return 0;
	long denied = syscall(SYS_landlock_restrict_self, fd, 0);
	close(fd);
	return denied == 0 ? (uint8_t)abi : 0;
}
