/* What was seen in a month beside what the particles had expected: for messages about data that they could not foresee. */
#ifndef INFER_SURPRISE_H
#define INFER_SURPRISE_H

#include "model/step.h"

/** The particles of a month, after it and before its weights are applied. */
typedef struct surprise_cloud {
    const model *m;
    const model_observed *seen;
    const real *tiles; /**< [tile][state and parameter rows][n_lanes] */
    size_t tile_size;
    uint32_t n_particles, n_lanes;
    const double *weight; /**< [n_particles] before the month, of any sum */
} surprise_cloud;

/** One number of the data that surprised most. */
typedef struct surprise {
    uint32_t area; /**< n_areas when the row of densities is about no area: the rest is not set then */
    double seen, expected;
    double low, high; /**< between these lie 99 of 100 numbers that the particles expected */
} surprise;

/** The area that surprised most in a row of densities (model/step.h): whose number is the most standard deviations away. */
surprise surprise_find(const surprise_cloud *cloud, uint32_t row);

#endif
