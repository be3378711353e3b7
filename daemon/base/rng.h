/*
 * Small, seedable random numbers for jitter and sampling (splitmix64, Steele, Lea & Flood 2014).
 * Not for secrets.
 */
#ifndef COURANT_BASE_RNG_H
#define COURANT_BASE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

void rng_seed(struct rng *r, uint64_t seed);
void rng_seed_random(struct rng *r); /* from getrandom(2) */
uint64_t rng_next(struct rng *r);
double rng_unit(struct rng *r); /* in [0, 1) */

#endif
