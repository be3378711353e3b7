#include "plot.h"

#include <math.h>

/* Pixels: a panel's place and size. */
#define PANEL_WIDTH 300.0
#define PANEL_HEIGHT 240.0
#define LEFT 60.0
#define TOP 50.0
#define PANEL_STEP (PANEL_WIDTH + 80.0)
#define WIDTH (2 * PANEL_STEP + 20)
#define HEIGHT (TOP + PANEL_HEIGHT + 60)

static const char *const colours[SIM_RULE_COUNT] = {
	[SIM_FIXED] = "#777777",
	[SIM_ENTRY_FREQUENCY] = "#c0661b",
	[SIM_COURANT] = "#1b66c0",
};

struct panel {
	const char *title;
	double left, most_x, most_y; /* requests a feed and day, minutes */
	double (*value)(const struct tally *t);
};

static double mean_minutes(const struct tally *t)
{
	return tally_mean_delay(t) / MINUTE;
}

static double p95_minutes(const struct tally *t)
{
	return tally_percentile(t, 0.95) / MINUTE;
}

static double x_of(const struct panel *p, double requests)
{
	return p->left + requests / p->most_x * PANEL_WIDTH;
}

static double y_of(const struct panel *p, double minutes)
{
	return TOP + PANEL_HEIGHT - minutes / p->most_y * PANEL_HEIGHT;
}

/* 1, 2 or 5 times a power of ten, for about five lines. */
static double step_of(double most)
{
	double ten = pow(10.0, floor(log10(most / 5.0))), times = most / 5.0 / ten;
	return ten * (times > 5.0 ? 10.0 : times > 2.0 ? 5.0 : times > 1.0 ? 2.0 : 1.0);
}

static void draw_axes(FILE *out, const struct panel *p)
{
	fprintf(out, "<text x=\"%.0f\" y=\"%.0f\" font-weight=\"bold\">%s</text>\n", p->left,
		TOP - 18, p->title);
	for (double y = 0, step = step_of(p->most_y); y <= p->most_y; y += step)
		fprintf(out,
			"<path d=\"M%.1f %.1fh%.0f\" stroke=\"#ddd\"/>"
			"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>\n",
			p->left, y_of(p, y), PANEL_WIDTH, p->left - 6, y_of(p, y) + 4, y);
	for (double x = 0; x <= p->most_x; x += 3)
		fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.0f</text>\n",
			x_of(p, x), TOP + PANEL_HEIGHT + 18, x);
	fprintf(out,
		"<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">requests a feed and "
		"day</text>\n",
		p->left + PANEL_WIDTH / 2, TOP + PANEL_HEIGHT + 38);
}

static void draw_line(FILE *out, const struct panel *p, const struct sim_scale *scale,
	const struct sim_run *runs, size_t n_runs, enum sim_rule rule)
{
	fprintf(out, "<path fill=\"none\" stroke-width=\"2\" stroke=\"%s\" d=\"", colours[rule]);
	for (size_t i = 0; i < n_runs; i++)
		fprintf(out, "%c%.1f %.1f", i == 0 ? 'M' : 'L',
			x_of(p, sim_spent(scale, &runs[i].tally[rule])),
			y_of(p, p->value(&runs[i].tally[rule])));
	fprintf(out, "\"/>\n");
	for (size_t i = 0; i < n_runs; i++)
		fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
			x_of(p, sim_spent(scale, &runs[i].tally[rule])),
			y_of(p, p->value(&runs[i].tally[rule])), colours[rule]);
	const struct tally *first = &runs[0].tally[rule];
	fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">%s</text>\n",
		x_of(p, sim_spent(scale, first)) + 8, y_of(p, p->value(first)) - 6, colours[rule],
		sim_rule_name(rule));
}

static void draw_panel(FILE *out, struct panel *p, const struct sim_scale *scale,
	const struct sim_run *runs, size_t n_runs)
{
	for (size_t i = 0; i < n_runs; i++)
		for (unsigned rule = 0; rule < SIM_RULE_COUNT; rule++) {
			p->most_x = fmax(p->most_x, 1.1 * sim_spent(scale, &runs[i].tally[rule]));
			p->most_y = fmax(p->most_y, 1.1 * p->value(&runs[i].tally[rule]));
		}
	draw_axes(out, p);
	for (unsigned rule = 0; rule < SIM_RULE_COUNT; rule++)
		draw_line(out, p, scale, runs, n_runs, rule);
}

void sim_plot(FILE *out, const struct sim_scale *scale, const struct sim_run *runs, size_t n_runs)
{
	struct panel mean = { "mean delay, minutes", LEFT, 0, 0, mean_minutes };
	struct panel p95 = { "95th percentile, minutes", LEFT + PANEL_STEP, 0, 0, p95_minutes };
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
		"font-family=\"sans-serif\" font-size=\"13\">\n"
		"<title>Delay until an entry is seen, over requests spent: %zu feeds, %u days"
		"</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
		WIDTH, HEIGHT, scale->n_feeds, scale->days);
	draw_panel(out, &mean, scale, runs, n_runs);
	draw_panel(out, &p95, scale, runs, n_runs);
	fprintf(out, "</svg>\n");
}
