#include "base/rng.h"

#include <sys/random.h>
#include <time.h>

void rng_seed(struct rng *r, uint64_t seed)
{
	r->state = seed;
}

void rng_seed_random(struct rng *r)
{
	/* Jitter only: where the kernel has no entropy yet, the clock will do. */
	if (getrandom(&r->state, sizeof r->state, GRND_NONBLOCK) != sizeof r->state) {
		struct timespec t;
		clock_gettime(CLOCK_MONOTONIC, &t);
		r->state = (uint64_t)t.tv_sec << 30 ^ (uint64_t)t.tv_nsec;
	}
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

double rng_unit(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1p-53;
}
