/*
 * Threads that somebody waits for. Asks the system to let the calling thread run as soon as it has
 * work, in turns of LIMIT_TURN_US, while threads that compute for seconds keep longer ones: the
 * same share of the processor, sooner. Linux 6.12 and later does so (sched_setattr(2),
 * sched_runtime of SCHED_OTHER), older ones make no difference. What the thread starts is as usual.
 */
#ifndef COURANT_BASE_PROMPT_H
#define COURANT_BASE_PROMPT_H

void prompt_thread(void);

#endif
