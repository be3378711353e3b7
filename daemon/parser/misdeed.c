#include "parser/misdeed.h"
#include "base/limits.h"
#include "base/mem.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void execute(void)
{
	char *argv[] = { NULL };
	execve("/bin/true", argv, argv);
}

static void hang(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

/* Touched, so that it counts; xmalloc aborts at RLIMIT_AS. */
static void eat(void)
{
	for (;;)
		memset(xmalloc(MIB), 1, MIB);
}

void misdeed_do(enum misdeed misdeed)
{
	switch (misdeed) {
	case MISDEED_OPEN:
		close(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
		break;
	case MISDEED_SOCKET:
		close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		break;
	case MISDEED_EXEC:
		execute();
		break;
	case MISDEED_CRASH:
		__builtin_trap();
	case MISDEED_HANG:
		hang();
		break;
	case MISDEED_EAT:
		eat();
		break;
	}
}
