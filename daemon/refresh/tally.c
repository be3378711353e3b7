#include "refresh/tally.h"

const int tally_commit_bounds_ms[TALLY_COMMIT_CLASSES - 1] = { 1, 5, 10, 25, 50, 100, 250, 500,
	1000, 2500 };

void refresh_tally_add(
	struct refresh_tally *t, enum status status, bool unchanged, int64_t commit_ms)
{
	unsigned class = 0;
	while (class < TALLY_COMMIT_CLASSES - 1 && commit_ms > tally_commit_bounds_ms[class])
		class ++;
	t->commits[class]++;
	t->commit_ms += (uint64_t)(commit_ms > 0 ? commit_ms : 0);
	t->results[status]++;
	t->unchanged += unchanged;
}
