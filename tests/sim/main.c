/*
 * sim: plays simulated publishers against the daemon's own scheduling code, and prints what came of
 * it as Markdown. The same seed gives the same output, to the byte.
 */
#include "compare.h"
#include "base/mem.h"
#include "life.h"
#include "plot.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const double budgets[] = { 3, 6, 9 };
#define N_RUNS (sizeof budgets / sizeof *budgets)

static double minutes(double seconds)
{
	return seconds / MINUTE;
}

static void print_row(const struct sim_scale *scale, const struct sim_run *run, enum sim_rule rule)
{
	const struct tally *t = &run->tally[rule];
	printf("| %.0f | %s | %.2f | %.1f %% | %.0f min | %.0f min | %.0f min | %.3f %% | %" PRIu64
	       " |\n",
		run->budget, sim_rule_name(rule), sim_spent(scale, t),
		100.0 * (double)t->n_useful / (double)t->n_requests, minutes(tally_mean_delay(t)),
		minutes(tally_percentile(t, 0.5)), minutes(tally_percentile(t, 0.95)),
		100.0 * (double)t->n_lost / (double)t->n_entries, t->n_early);
}

static double less_than(const struct sim_run *run, enum sim_rule rule)
{
	return 100.0 *
	       (tally_mean_delay(&run->tally[SIM_COURANT]) / tally_mean_delay(&run->tally[rule]) -
		       1.0);
}

static void print_comparison(const struct sim_scale *scale, const struct sim_run *runs)
{
	printf("%zu feeds, %u days, seed %" PRIu64 ", %" PRIu64 " entries\n\n", scale->n_feeds,
		scale->days, scale->seed, runs[0].tally[SIM_COURANT].n_entries);
	printf("| budget | rule | requests a feed and day | useful | mean delay | median | 95th "
	       "percentile | entries lost | floors broken |\n"
	       "|--:|---|--:|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < N_RUNS; i++)
		for (unsigned rule = 0; rule < SIM_RULE_COUNT; rule++)
			print_row(scale, &runs[i], rule);
	printf("\n");
	for (size_t i = 0; i < N_RUNS; i++)
		printf("At %.0f requests a feed and day courant's mean delay is %+.0f %% "
		       "to entry_frequency's and %+.0f %% to a fixed interval's.\n",
			runs[i].budget, less_than(&runs[i], SIM_ENTRY_FREQUENCY),
			less_than(&runs[i], SIM_FIXED));
}

static void print_life(const struct sim_scale *scale, const struct sim_life *life)
{
	const struct tally *t = &life->tally;
	printf("\n| one daemon's life, default configuration | |\n|---|--:|\n");
	printf("| requests a feed and day | %.2f |\n", sim_spent(scale, t));
	printf("| useful | %.1f %% |\n", 100.0 * (double)t->n_useful / (double)t->n_requests);
	printf("| mean delay, 95th percentile | %.0f min, %.0f min |\n",
		minutes(tally_mean_delay(t)), minutes(tally_percentile(t, 0.95)));
	printf("| floors broken, of the server's and of our own | %" PRIu64 ", %" PRIu64 " |\n",
		t->n_early, t->n_too_often);
	printf("| least time between two starts at one host | %.3f s |\n",
		(double)life->least_spacing_ms / 1000.0);
	printf("| requests beside another to the same host | %" PRIu64 " |\n",
		life->n_side_by_side);
	printf("| hosts that take 20 requests a minute, their answers 429 | %" PRIu64 ", %" PRIu64
	       " |\n",
		life->n_limited, life->n_rate_limited);
	printf("| requests to a host that rests | %" PRIu64 " |\n", life->n_during_rest);
	printf("| busiest minute: usual, first hour, after the stop | %" PRIu64 ", %" PRIu64
	       ", %" PRIu64 " requests |\n",
		life->usual_minute, life->first_minute, life->restart_minute);
	printf("| after the stop, until 99 %% of what fell due was asked | %" PRId64 " min |\n",
		life->restart_backlog_s / MINUTE);
	printf("| tries while offline, feeds blamed for it | %" PRIu64 ", %" PRIu64 " |\n",
		life->n_offline_tries, life->n_blamed);
}

static void usage(void)
{
	fprintf(stderr, "usage: sim [--feeds N] [--days N] [--seed N] [--svg FILE]\n");
	exit(2);
}

static uint64_t number(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 10);
	if (*s == '\0' || *end != '\0')
		usage();
	return n;
}

static bool plot_into(const char *path, const struct sim_scale *scale, const struct sim_run *runs)
{
	FILE *out = fopen(path, "w");
	if (out == NULL) {
		perror(path);
		return false;
	}
	sim_plot(out, scale, runs, N_RUNS);
	return fclose(out) == 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "feeds", required_argument, NULL, 'f' },
		{ "days", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "svg", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct sim_scale scale = { .n_feeds = 100000, .days = 30, .seed = 1 };
	const char *svg = NULL;
	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (c == 'f')
			scale.n_feeds = number(optarg);
		else if (c == 'd')
			scale.days = (unsigned)number(optarg);
		else if (c == 's')
			scale.seed = number(optarg);
		else if (c == 'o')
			svg = optarg;
		else
			usage();
	}
	if (optind < argc || scale.n_feeds == 0 || scale.days == 0)
		usage();
	struct sim_run *runs = xcalloc(N_RUNS, sizeof *runs);
	for (size_t i = 0; i < N_RUNS; i++)
		runs[i].budget = budgets[i];
	sim_compare(&scale, runs, N_RUNS);
	print_comparison(&scale, runs);
	bool ok = svg == NULL || plot_into(svg, &scale, runs);
	free(runs);
	struct sim_life *life = xcalloc(1, sizeof *life);
	sim_live(&scale, life);
	print_life(&scale, life);
	free(life);
	return ok ? 0 : 1;
}
