#include "client/suggest.h"

#include <string.h>

#define LONGEST 32 /* longer words are no typing errors of ours */

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment over three rolling rows; both words are at most LONGEST bytes. */
static unsigned edit_distance(const char *a, const char *b)
{
	unsigned rows[3][LONGEST + 1];
	size_t na = strlen(a), nb = strlen(b);
	for (unsigned j = 0; j <= nb; j++) {
		rows[0][j] = j;
	}
	for (unsigned i = 1; i <= na; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
		row[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]),
				least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				row[j] = least(row[j], above2[j - 2] + 1);
			}
		}
	}
	return rows[na % 3][nb];
}

struct suggestion suggest_for(const char *word)
{
	return (struct suggestion){
		.word = word,
		.distance =
			1 + ((unsigned)least((unsigned)strnlen(word, LONGEST), LONGEST) + 2) / 3,
	};
}

void suggest_consider(struct suggestion *s, const char *known)
{
	size_t n = strlen(s->word);
	if (n == 0 || n > LONGEST) {
		return;
	}
	unsigned distance = s->distance;
	if (n >= 2 && strcasestr(known, s->word) != NULL) {
		distance = 0;
	} else if (strlen(known) <= LONGEST) {
		distance = edit_distance(s->word, known);
	}
	if (distance < s->distance) {
		s->distance = distance;
		s->nearest = known;
	}
}
