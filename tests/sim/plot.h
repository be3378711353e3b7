/*
 * The comparison as a drawing: delay over requests spent, one line a rule.
 */
#ifndef COURANT_SIM_PLOT_H
#define COURANT_SIM_PLOT_H

#include "compare.h"

#include <stdio.h>

/* Writes an SVG with two panels, mean and 95th percentile. The runs must have budgets. */
void sim_plot(FILE *out, const struct sim_scale *scale, const struct sim_run *runs, size_t n_runs);

#endif
