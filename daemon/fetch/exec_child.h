/*
 * What happens between fork() and execve() for an `exec:` feed. Private to this folder.
 *
 * The child can do all that the daemon's user can but: gain privileges (no_new_privs); write files
 * outside of /tmp, /var/tmp and /dev (Landlock, where the kernel has it); use more CPU time than
 * its deadline, more than LIMIT_EXEC_MEMORY, LIMIT_EXEC_FILES descriptors or files above
 * LIMIT_EXEC_FILE, each a process; see descriptors or the environment of the daemon; outlive the
 * daemon's loop thread (its first process). It can reach the network and read files.
 */
#ifndef COURANT_FETCH_EXEC_CHILD_H
#define COURANT_FETCH_EXEC_CHILD_H

#include <stdint.h>
#include <sys/types.h>

struct exec_child {
	char **words;       /* the program and its arguments, NULL-terminated */
	int out, err;       /* become descriptors 1 and 2 */
	int report;         /* close-on-exec; gets an int, the errno, when it cannot run */
	int64_t timeout_ms; /* bounds its CPU time */
};

/* Forks; the child never returns from it. -1 with errno. */
pid_t exec_child_start(const struct exec_child *child);

#endif
