/*
 * Words in dates: months, zones and the signs that other scripts put after a number.
 */
#ifndef COURANT_FEED_DATE_NAMES_H
#define COURANT_FEED_DATE_NAMES_H

#include "feed/span.h"

enum date_word {
	DATE_WORD_UNKNOWN,
	DATE_WORD_MONTH, /* value: 1-12 */
	DATE_WORD_ZONE,  /* value: minutes east of UTC */
	DATE_WORD_AM,
	DATE_WORD_PM,
	DATE_WORD_YEAR, /* the number before it is a year, ... */
	DATE_WORD_DAY,
	DATE_WORD_HOUR,
	DATE_WORD_MINUTE,
	DATE_WORD_SECOND,
	DATE_WORD_MONTH_SIGN,
	DATE_WORD_FILLER, /* a week day, "of", "at": says nothing */
};

/* What the word, in any case, stands for. */
enum date_word date_word_find(struct span word, int *ret_value);

#endif
