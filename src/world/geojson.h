/* The rings of a GeoJSON file as they are written there; private to src/world. */
#ifndef WORLD_GEOJSON_H
#define WORLD_GEOJSON_H

#include "base/json.h"
#include "world/world.h"

#define GEOJSON_MOST_FEATURES 2000u

typedef struct geojson_feature {
    const char *name; /**< NULL when it has none */
    uint32_t first_ring, n_rings;
    bool is_sound;   /**< false: something was wrong with it, and a problem says what */
    char label[128]; /**< `feature 3 ("Kabul")`, for messages */
} geojson_feature;

/** ring.area is the feature; the outer ring of a polygon is followed by its holes. */
typedef struct geojson {
    json *root;
    geojson_feature *features;
    world_ring *rings;
    world_point *points;
    size_t n_features, n_rings, n_points;
    size_t ring_capacity, point_capacity;
} geojson;

/** Read a file. What is wrong with single features is added to `problems`; then the call still succeeds.
 *  @retval TSR_E_INPUT  the file as a whole is not usable
 *  @param out  geojson_clear it, also after a failure */
tsr_status geojson_read(const char *path, const char *id_key, geojson *out, problem_list *problems, tsr_error *error);
void geojson_clear(geojson *g);

#endif
