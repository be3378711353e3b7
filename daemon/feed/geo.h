/*
 * Where an entry is: GeoRSS simple and GML, W3C geo:lat and geo:long, as one shape of GeoJSON.
 */
#ifndef COURANT_FEED_GEO_H
#define COURANT_FEED_GEO_H

#include "feed/draft.h"

/* A GML shape begins: its kind, and what its srsName and srsDimension say of the numbers to come.
 */
void geo_shape(struct draft_geo *g, enum field shape, struct span srs_name, struct span dimensions);
/* Numbers of a shape, or a GeoRSS element that is a shape in itself. */
void geo_numbers(struct draft_geo *g, enum field field, struct span text);
/* The place in the arena; type NULL when there is none, or none that is possible. */
struct feed_geo geo_finish(struct draft_geo *g, struct arena *a);

#endif
