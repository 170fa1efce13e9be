/* Particles from their ancestors: columns of a cloud of tiles become the columns of a new tile. */
#ifndef MODEL_DESCENT_H
#define MODEL_DESCENT_H

#include "random/random.h"

typedef struct model_descent {
    const real *cloud;                    /**< [tile][row][n_lanes] */
    size_t tile_size;                     /**< numbers of a tile */
    uint32_t n_lanes;                     /**< a multiple of LANES, at most RANDOM_MAX_LANES */
    uint32_t ancestors[RANDOM_MAX_LANES]; /**< [n_lanes] particles of the cloud; fastest in ascending order */
    real *to;                             /**< [row][n_lanes], no part of the cloud */
} model_descent;

/** Rows first ... end - 1 of the new tile; other rows are left as they are. */
void KERNEL(model_descend)(const model_descent *d, size_t first, size_t end);

#endif
