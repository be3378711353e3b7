#include "feed/geo.h"

#include "base/limits.h"
#include "base/mem.h"
#include "feed/fields.h"

#include <math.h>

/* A decimal number at the start of t, white space and commas before it skipped; false at the end or
 * at something else. The C library's would ask the locale. */
static bool take_number(struct span *t, double *ret)
{
	double v = 0, scale = 1;
	bool negative, point = false, digits = false;

	while (t->n > 0 && (ascii_space(t->s[0]) || t->s[0] == ','))
		t->s++, t->n--;
	negative = t->n > 0 && t->s[0] == '-';
	if (t->n > 0 && (t->s[0] == '-' || t->s[0] == '+'))
		t->s++, t->n--;
	for (; t->n > 0 && (ascii_digit(t->s[0]) || (t->s[0] == '.' && !point)); t->s++, t->n--) {
		if (t->s[0] == '.') {
			point = true;
			continue;
		}
		digits = true;
		v = v * 10 + (t->s[0] - '0');
		scale = point ? scale * 10 : scale;
	}
	*ret = (negative ? -v : v) / scale;
	return digits && isfinite(*ret);
}

static void add_numbers(struct draft_geo *g, struct span text)
{
	double v;

	while (take_number(&text, &v) && g->n < LIMIT_GEO_NUMBERS) {
		g->numbers = xgrow(g->numbers, g->n, &g->cap, sizeof(*g->numbers));
		g->numbers[g->n++] = v;
	}
}

/* EPSG 4001 to 4999 are geographic: latitude comes first. Others are projected. */
static bool is_projected(struct span srs_name)
{
	size_t n = srs_name.n;

	while (n > 0 && srs_name.s[n - 1] != ':' && srs_name.s[n - 1] != '/')
		n--;
	int64_t code = field_number((struct span){ srs_name.s + n, srs_name.n - n });
	return code >= 0 && (code < 4001 || code > 4999);
}

void geo_shape(struct draft_geo *g, enum field shape, struct span srs_name, struct span dimensions)
{
	if (g->shape != FIELD_NONE)
		return; /* the first place counts */
	g->shape = shape;
	g->as_written = is_projected(srs_name);
	g->dimensions = field_number(dimensions) == 3 ? 3 : 2;
}

static enum field shape_of(enum field field)
{
	switch ((int)field) {
	case FIELD_GEO_POINT:
		return FIELD_GML_POINT;
	case FIELD_GEO_LINE:
		return FIELD_GML_LINE;
	case FIELD_GEO_POLYGON:
		return FIELD_GML_POLYGON;
	default:
		return FIELD_GML_BOX;
	}
}

void geo_numbers(struct draft_geo *g, enum field field, struct span text)
{
	if (field == FIELD_GEO_LATITUDE) {
		g->has_latitude = take_number(&text, &g->latitude);
	} else if (field == FIELD_GEO_LONGITUDE) {
		g->has_longitude = take_number(&text, &g->longitude);
	} else if (field == FIELD_GML_NUMBERS) {
		add_numbers(g, text);
	} else if (g->shape == FIELD_NONE) {
		g->shape = shape_of(field);
		add_numbers(g, text);
	}
}

static const char *type_of(enum field shape)
{
	switch ((int)shape) {
	case FIELD_GML_POINT:
		return "Point";
	case FIELD_GML_LINE:
		return "LineString";
	case FIELD_GML_POLYGON:
		return "Polygon";
	default:
		return "Box";
	}
}

struct feed_geo geo_finish(struct draft_geo *g, struct arena *a)
{
	struct feed_geo none = { NULL, NULL, 0, 2 }, geo;
	double *numbers;

	if (g->shape == FIELD_NONE && g->has_latitude && g->has_longitude) {
		double pair[] = { g->latitude, g->longitude };
		g->shape = FIELD_GML_POINT;
		for (int i = 0; i < 2; i++) {
			g->numbers = xgrow(g->numbers, g->n, &g->cap, sizeof(*g->numbers));
			g->numbers[g->n++] = pair[i];
		}
	}
	if (g->shape == FIELD_NONE || g->n < g->dimensions || g->n % g->dimensions != 0)
		return none;
	numbers = arena_array(a, double, g->n);
	if (numbers == NULL)
		return none;
	memcpy(numbers, g->numbers, g->n * sizeof(*numbers));
	for (size_t i = 0; !g->as_written && i + 1 < g->n; i += g->dimensions) {
		double latitude = numbers[i];
		numbers[i] = numbers[i + 1];
		numbers[i + 1] = latitude;
	}
	geo = (struct feed_geo){ type_of(g->shape), numbers, g->n, g->dimensions };
	return geo;
}
