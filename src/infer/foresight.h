/* How well located events were foreseen: one month ahead, by channel and by cell (channel and area). */
#ifndef INFER_FORESIGHT_H
#define INFER_FORESIGHT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct foresight {
    uint32_t n_months, n_channels, n_areas;
    /** [month][channel + 1] log p(located events of the channel in all areas | data before) [nat]; the last one is of all
     *  channels together */
    double *channels;
    double *expected; /**< [month][channel][area] mean number of located events, given the data before */
    double *cells;    /**< [month][channel][area] log p(located events of the cell alone | data before) [nat] */
} foresight;

tsr_status foresight_create(uint32_t n_months, uint32_t n_channels, uint32_t n_areas, foresight **out,
                            tsr_error *error);
void foresight_free(foresight *f);

/** What a filter's tiles hold about the month, in tiles of n_lanes particles. */
typedef struct foresight_month {
    uint32_t n_particles, n_lanes, n_density_rows;
    const double *log_weight; /**< [n_particles] before the month */
    const double *densities;  /**< [tile][n_density_rows][n_lanes], those of the channels' events first */
    const double *cells;      /**< [tile][channel][area][2][n_lanes] as in model_tile */
} foresight_month;

/** Average over the particles as weighted before the month. @param weight  [n_particles] scratch */
void foresight_add(foresight *f, uint32_t i_month, const foresight_month *month, double *weight);

#endif
