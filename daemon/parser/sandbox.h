/*
 * The sandbox of courant-parse, closed once, after everything that needs a file was opened and
 * before the first byte of a publisher is read. From then on the process can compute, read and
 * write what is open already, and nothing else:
 *
 *   no_new_privs  no program it might execute gains anything
 *   rlimits       memory, no new files, no processes, no core; CPU time by sandbox_grant_cpu()
 *   Landlock      no path, no TCP, no signal to the outside (as much as the kernel's ABI has)
 *   seccomp       a list of system calls; any other kills the process with SIGSYS
 *
 * Under AddressSanitizer the address space is unlimited and a few more calls are allowed, but open,
 * socket and exec kill all the same.
 */
#ifndef COURANT_PARSER_SANDBOX_H
#define COURANT_PARSER_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

enum sandbox_kind {
	/* One socket. Nothing grows a file; stderr becomes what stdout is (/dev/null), except under
	   a sanitizer. */
	SANDBOX_WORKER,
	/* courant-parse FILE...: what is open is read with read(2), stdout may be a file of any
	   size. */
	SANDBOX_FILTER,
};

struct sandbox {
	uint8_t landlock_abi; /* 0: the kernel has no Landlock, or it is switched off */
	bool seccomp;         /* false: the kernel has no seccomp filters */
};

/*
 * Closes the sandbox for good and tells what the kernel could give. Ends the program (log_fatal)
 * when no_new_privs or a limit is refused. The process must have one thread. No leak check runs at
 * exit any more.
 */
void sandbox_close(enum sandbox_kind kind, struct sandbox *ret_sandbox);

/* Grants CPU time from now on, usually LIMIT_PARSE_CPU_S for one document; using up more kills the
 * process with SIGXCPU. */
void sandbox_grant_cpu(unsigned seconds);

#endif
