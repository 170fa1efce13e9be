/* The reference workload: areas in a row, four factions that fight in six dyads and each attack civilians, 72 months,
 * nothing else moving. Ten channels, so 10 x areas counts a month. */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include "model/run.h"

enum {
    WORKLOAD_FACTIONS = 4,
    WORKLOAD_DYADS = 6,
    WORKLOAD_CHANNELS = 10,
    WORKLOAD_MONTHS = 72,
    WORKLOAD_MOST_AREAS = 64
};

/** Its numbers: the same for the engine and for the references. */
typedef struct workload {
    const char *name;
    uint32_t n_areas;
    uint32_t n_months;                      /**< WORKLOAD_MONTHS; the references know no other */
    double mean;                            /**< expected events of a cell in a month */
    double strength;                        /**< fighters of every faction in every area */
    double relation;                        /**< R of every dyad */
    double indiscriminate;                  /**< weight of violence without control; control is 0 everywhere */
    double cell_sd, cell_persistence;       /**< s, rho_x */
    double channel_sd, channel_persistence; /**< sigma_y, rho_y */
    double cell_size, channel_size;         /**< k_N, k_C */
    double deaths_per_event, sure_death;    /**< m, a0 */
    double deaths_size, deaths_size_power;  /**< k_D, a */
    double size_effect_sd, size_level_sd;   /**< of the log */
    double size_level_persistence;          /**< per month */
    double civilian_share;                  /**< of deaths in battles */
    double start_power;                     /**< q */
} workload;

/** mean: events of a cell in a month. */
workload workload_make(const char *name, uint32_t n_areas, double mean);
/** Events per fighter in contact and month; events per fighter and month of violence against civilians. */
double workload_battle_rate(const workload *load);
double workload_one_sided_rate(const workload *load);

/** The engine's world and model of it, without any mechanism that the references leave out: only intensity and events act.
 *  free() the world after model_free. Errors: those of world_builder_freeze and model_create. */
tsr_status workload_model(const workload *load, world **w, model **m, tsr_error *error);
/** sd of the logs of the rates, where particles have rates of their own (filters only). */
#define WORKLOAD_RATE_SD 0.3

#endif
