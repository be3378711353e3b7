/*
 * What a parser that was taken over might try. Only a worker started with --misdeeds does any of
 * it, when a test asks by FRAME_MISDEED, to show that it dies.
 */
#ifndef COURANT_PARSER_MISDEED_H
#define COURANT_PARSER_MISDEED_H

#include "wire/frame.h"

/* Returns only when nothing stopped it, which is what the test would find. */
void misdeed_do(enum misdeed misdeed);

#endif
