/* Geography: polygons from GeoJSON, borders, distances, and which area a point lies in. geography.c is the only user of
 * GEOS. */
#ifndef WORLD_GEOGRAPHY_H
#define WORLD_GEOGRAPHY_H

#include "world/builder.h"
#include "world/world.h"

/** Read a GeoJSON FeatureCollection of Polygon/MultiPolygon features into sections areas (name from property `id_key`,
 *  area_km2, inner point), rings, points, borders (shared border by GEOS) and distances (great-circle km between
 * centres). Everything wrong is added to `problems` with the file's place: not GeoJSON, a feature without the property,
 * two areas of one name, a ring that is not closed or has fewer than 4 points, coordinates out of range (|lon| > 180,
 * |lat| > 90), a polygon that crosses itself (repaired by GEOSMakeValid with a warning). Zero features is an error.
 *  Populations stay 0. Call it once a builder. `problems` may be NULL.
 *  @retval TSR_OK       all is there; `problems` may have new warnings
 *  @retval TSR_E_INPUT  everything wrong is in `problems`, the first of it in `error` too. Areas that could be named
 * are in the builder, so that a reader can go on checking names; borders and distances are not */
tsr_status geography_read(const char *path, const char *id_key, world_builder *b, problem_list *problems,
                          tsr_error *error);

/** Locator of points in the areas of a world: a copy of their edges, sorted. Threads may share one. */
typedef struct geography_locator geography_locator;
tsr_status geography_locator_create(const world *w, geography_locator **out, tsr_error *error);
void geography_locator_free(geography_locator *l);
/** Area that contains the point, else the nearest one within `tolerance_km` (0: none), else WORLD_NONE
 *  (also when the point is not on Earth). A point on a line belongs to one of the areas there, at distance 0.
 *  *distance_km (may be NULL) gets 0 inside, else the distance; it is left alone when the answer is WORLD_NONE. */
int32_t geography_locate(const geography_locator *l, double longitude, double latitude, double tolerance_km,
                         double *distance_km);

/** Great-circle distance, km, on a sphere of radius 6371.0088 km. */
double geography_distance_km(double longitude_a, double latitude_a, double longitude_b, double latitude_b);

#endif
