/* What a mechanism sees: rows of lanes of one tile, in one sub-step. */
#ifndef MODEL_STEP_H
#define MODEL_STEP_H

#include "model/model.h"
#include "random/random.h"

/** Uses of random numbers, one per kind of draw: an address is (slot, month, sub-step, site, use). */
enum model_use {
    USE_PARAMETER = 1,
    USE_START,
    USE_EXOGENOUS,
    USE_EVENT_AMOUNT,
    USE_RELATION,
    USE_DISPOSITION,
    USE_RUNG,
    USE_CHANNEL_LOG,
    USE_CELL_LOG,
    USE_CHANNEL_SHOCK,
    USE_SIZE_EFFECT = 12, /* a number that is free stays free: renumbering changes every result */
    USE_EVENTS,
    USE_DEATHS,
    USE_CIVILIANS = 16,
    USE_CAPTURE,
    USE_PRISON_BREAK,
    USE_PRISON_REJOIN,
    USE_PRISON_BREAK_SHARE,
    USE_REMOVAL,
    USE_SPLINTER,
    USE_MORALE,
    USE_STRENGTH_NOISE,
    USE_SURRENDER,
    USE_RESAMPLE,
    USE_SIZE_LEVEL,
    USE_TRANSFER,
    USE_PERTURB
};

/** What data say about one month. Shares: how much of what is recorded in all the located counts are expected to have; 0
 *  where a channel has no located data. */
typedef struct model_observed {
    const float *events, *deaths;           /**< [channel][area] located; whole numbers */
    const float *event_share, *death_share; /**< [channel] in [0, 1] */
    const uint32_t *n_active, *active;      /**< [channel]; [channel][n_active of it]: areas with events */
    const float *active_deaths;             /**< [channel][n_active of it]: their deaths */
    const double *rest_deaths; /**< [3] deaths of the country by UCDP type that are not located; NaN: not observed */
} model_observed;

/** Rows of log densities that a tile gets from an observed month: events and deaths of every channel, national deaths of
 *  the three UCDP types. */
static inline uint32_t model_density_rows(const model *m) {
    return 2 * m->n_channels + 3;
}

/** Parameters that differ between particles by choice, not by a draw: coordinate j of slot i is z[j * stride + i], in
 *  standard deviations of the prior from its median, on the scale on which the prior is normal. */
typedef struct model_coordinates {
    uint32_t n;                 /**< parameter values that have a coordinate */
    const uint32_t *parameter;  /**< [n] row of parameters */
    const uint32_t *coordinate; /**< [n] which coordinate it has; several values may share one */
    const float *z;             /**< [coordinate][stride] */
    size_t stride;
} model_coordinates;

/** Lanes of one tile: state [row][n_lanes], parameters [row][n_lanes]. */
typedef struct model_tile {
    const model *m;
    real *state;      /**< 64-byte aligned */
    real *parameters; /**< 64-byte aligned */
    real *scratch;    /**< model_scratch_rows() rows */
    uint32_t n_lanes; /**< a multiple of LANES, at most 128 */
    uint32_t first_slot;
    random_key key;
    const model_observed *observed; /**< this month's data, or NULL: the month is simulated */
    double *densities;              /**< [model_density_rows][n_lanes] log densities of them, out; NULL without data */
    double *
        cells; /**< [channel][area][2][n_lanes] of a month with data, out: located events expected, and the log density of
                        those seen in each cell on its own; NULL: not asked for */
    const model_coordinates *coordinates; /**< of some parameters, or NULL */
} model_tile;

typedef struct model_step {
    const model *m;
    const model_tile *tile;
    random_address address; /**< of this month and sub-step */
    uint32_t n_lanes;
    uint32_t i_month; /**< 0 ... n_months - 1 */
    uint32_t i_substep;
    real dt; /**< months */
    uint32_t i_mechanism;
} model_step;

static inline real *step_row(const model_step *s, model_row_group group, uint32_t index) {
    return s->tile->state + (size_t)(s->m->first_row[group] + index) * s->n_lanes;
}

/** Site of area a of the i-th faction, channel or pair. Those of its areas begin at a multiple of four: four areas share the four
 *  words of a call. */
static inline uint32_t step_site(const model_step *s, uint32_t i, uint32_t a) {
    return i * ((s->m->n_areas + 3) / 4 * 4) + a;
}

/** How many areas from area a on, a multiple of four, share a call? */
static inline uint32_t step_sharing(const model_step *s, uint32_t a) {
    return s->m->n_areas - a < 4 ? s->m->n_areas - a : 4;
}

/** A parameter's lanes. */
static inline const real *step_parameter(const model_step *s, uint32_t i_parameter, uint32_t i_scope) {
    const model *m = s->m;
    uint32_t row = m->first_parameter[s->i_mechanism * m->n_per_mechanism + i_parameter] + i_scope;
    return s->tile->parameters + (size_t)row * s->n_lanes;
}

static inline real *step_scratch(const model_step *s, uint32_t row) {
    return s->tile->scratch + (size_t)row * s->n_lanes;
}

/** Lanes of a schedule's value this month, or NULL when the scenario has no such schedule. */
static inline const real *step_series(const model_step *s, uint32_t kind, int32_t actor, int32_t other) {
    int32_t row = *model_find_series(s->m, kind, actor, other);
    return row < 0 ? NULL : step_row(s, ROW_exogenous, (uint32_t)row);
}

/** Faction index of the head of f's family this month. */
static inline uint32_t step_family(const model_step *s, uint32_t f) {
    return s->m->family[s->i_month * s->m->n_factions + f];
}

static inline bool step_active(const model_step *s, uint32_t f) {
    return s->m->active[s->i_month * s->m->n_factions + f];
}

#endif
