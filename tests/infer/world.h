/* Made-up worlds for the filter: factions that fight, two of them in one channel unless told otherwise; nothing else moves. */
#ifndef TESTS_INFER_WORLD_H
#define TESTS_INFER_WORLD_H

#include "events/panel.h"
#include "world/builder.h"

typedef struct infer_world {
    uint32_t n_areas, n_months;
    double rate;                      /**< expected events of an area and month at multipliers of 1 */
    double cell_sd, cell_persistence; /**< s and rho_x */
    double channel_sd;                /**< sigma_y; its persistence is 1 as near as allowed */
    double cell_size, channel_size;   /**< k_N and k_C */
    uint32_t n_factions, n_channels;  /**< 0: two and one; channels are the first pairs */
    double strength_noise;            /**< sd of the log of a faction's strength in a month; 0: none */
    const char *estimate;             /**< a parameter to fit; NULL: nothing is said about that */
} infer_world;

/** free() it. */
world *infer_world_create(const infer_world *choices);
/** An empty, complete panel of that world: no events, no totals. panel_free() it. */
panel *infer_panel_create(const world *w);

#endif
