/*
 * When the next scheduled copy of the database is due: daily at a time of the local clock. One that
 * was missed, since nobody was here, is made soon after the start. Pure but for the time zone.
 */
#ifndef COURANT_CARE_NEXT_COPY_H
#define COURANT_CARE_NEXT_COPY_H

#include <stdint.h>

/* at_minutes: after midnight, -1: never (ALARM_NEVER is returned). last: when the newest copy was
 * taken, 0: there is none yet, so that none was missed. UTC seconds. */
int64_t next_copy(int at_minutes, int64_t last, int64_t now);

#endif
