/* Lengths and areas on the Earth's surface; private to src/world. */
#ifndef WORLD_SPHERE_H
#define WORLD_SPHERE_H

#include "world/world.h"

#define KM_PER_DEGREE 111.1950802335329 /**< of a great circle: pi / 180 * 6371.0088 km */

/** Area within a closed ring, km2, whatever its direction. */
double sphere_ring_area_km2(const world_point *points, size_t n);
/** Length of a line, km. */
double sphere_length_km(const world_point *points, size_t n);

#endif
