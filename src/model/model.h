/* The model: a world turned into numbers that the kernels read. Frozen after model_create; shared by all threads. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/mechanism.h"
#include "model/rows.h"
#include "world/world.h"

typedef enum model_row_group {
#define X(id, count, off) ROW_##id,
    MODEL_ROWS(X)
#undef X
        MODEL_ROW_GROUPS
} model_row_group;

/** Groups that last from month to month; the first ones. */
enum {
#define X(id, count, off) +1
    MODEL_LASTING_GROUPS = 0 MODEL_LASTING_ROWS(X)
#undef X
};

/** One value of a parameter: its prior after the scenario's changes. */
typedef struct model_parameter {
    const parameter *declared;
    uint16_t i_mechanism;
    uint16_t i_parameter; /**< within the mechanism */
    uint32_t i_scope;     /**< which faction, channel ... */
    double value;         /**< median (mean for PRIOR_NORMAL) */
    double spread;        /**< 0: fixed */
    double prior_spread;  /**< of the prior, also where use_defaults fixes the value */
    parameter_prior prior;
    bool from_scenario;
    int32_t source; /**< index of the world's sources, or WORLD_NONE */
} model_parameter;

/** A schedule as one number a month. Rows of group `exogenous`. */
typedef struct model_series {
    uint32_t kind;        /**< world_schedule_kind */
    int32_t actor, other; /**< actor indices or WORLD_NONE */
} model_series;

/** What happens by date in one month. */
typedef struct model_event {
    uint32_t kind;                  /**< world_event_kind */
    int32_t actor, other, area;     /**< actor and area indices */
    int32_t faction, other_faction; /**< faction indices or WORLD_NONE */
    uint32_t target;
    uint32_t substep;     /**< in which the day lies */
    double value, spread; /**< median and sd of the log of the amount; NaN value: not given */
} model_event;

/** How a state begins: a median, and a spread on the log (or logit) scale shared by one draw per lane. */
typedef struct model_start {
    double value;
    double spread;
    uint32_t site; /**< rows with the same site share their draw */
} model_start;

typedef struct model_options {
    bool use_defaults; /**< parameters and starts at their medians instead of draws from their priors */
    /** After the last month with data, parameters of pace (mechanism.h) are drawn from their priors: data inform them
     *  little, and a forecast at their medians is too sure of itself. */
    bool redraw_pace;
    bool
        free_history; /**< after the first month rulers, rungs and transfers of the past are the model's, not the scenario's */
    date_day origin;    /**< what is `known` later is not seen; 0: end of last_observed */
    int32_t whatif;     /**< index of the world's what-ifs, or WORLD_NONE */
    int32_t last_month; /**< 0: the world's last_month */
    uint32_t substeps;  /**< 0: the world's */
} model_options;

typedef struct model {
    const world *w;
    model_options options;
    int32_t first_month, last_month, last_observed;
    uint32_t n_months, substeps;
    uint32_t n_areas, n_factions, n_powers, n_actors, n_channels, n_ladders, n_exogenous, n_captive_pairs;
    uint32_t first_row[MODEL_ROW_GROUPS], n_rows_of[MODEL_ROW_GROUPS], n_rows;
    uint32_t n_month_rows; /**< the last ones of them: MODEL_MONTH_ROWS */

    /* parameters */
    model_parameter *parameters;
    uint32_t n_parameters;
    uint32_t *first_parameter; /**< [mechanism][parameter, padded to n_per_mechanism] -> row of its first value */
    uint32_t n_per_mechanism;
    uint32_t n_mechanisms;
    bool *is_on; /**< [mechanism] */

    /* actors */
    uint32_t *actor_of_faction, *actor_of_power;
    int32_t *faction_of_actor;
    uint32_t *family;     /**< [month][faction]: faction index of the family head; a split changes it */
    int32_t *only_member; /**< [month][faction]: whom its family consists of; WORLD_NONE: of several or nobody */
    bool *active;         /**< [month][faction]: founded */
    int32_t *channel_a, *channel_b; /**< [channel]: faction indices; b = WORLD_NONE for one-sided */
    bool *channel_one_sided;
    bool *fights; /**< [faction]: is it a side of a channel? Others harm and threaten nobody */
    int32_t *ladder_power, *ladder_faction; /**< [ladder]: actor indices of the power and of the faction */
    double *founded_years; /**< [faction]: age in years at the start of the period; large when unknown */
    bool *regular;         /**< [faction] */
    uint32_t *captive_faction, *captive_holder; /**< [captive pair]: faction indices */
    int32_t *sponsor;                           /**< [faction]: actor index of the sponsor, or WORLD_NONE */
    float *ideology;                            /**< [actor] */

    /* areas */
    float *population;                     /**< [area] persons */
    float *population_share;               /**< [area], sums to 1 */
    float *distance_decay_km;              /**< [faction][area]: km from the faction's home, 0 without one */
    uint32_t *neighbour_first, *neighbour; /**< CSR lists of bordering areas */
    int32_t *prison_area;                  /**< [faction]: area where it keeps captives, or WORLD_NONE */

    /* exogenous */
    model_series *series;    /**< [n_exogenous] */
    int32_t *series_row;     /**< [kind][1 + actor][1 + other] its index in them, or WORLD_NONE: model_find_series */
    float *series_value;     /**< [month][series] */
    float *series_spread;    /**< [month][series], sd of the log */
    int32_t *ruler_of_month; /**< [month]: faction index, -1 nobody, -2: the model decides */
    float *ruler_day_share;  /**< [month]: share of the month before a dated change of ruler (1 when there is none) */
    int32_t *ruler_before;   /**< [month]: the ruler before that change */
    float *season_phase;     /**< [month]: position in the year, months (0.5 = middle of January) */
    model_event *events;
    uint32_t *first_event; /**< [n_months + 1] */

    /* starts */
    model_start *start_strength;    /**< [faction][area] */
    model_start *start_support;     /**< [faction][area]: share */
    model_start *start_control;     /**< [faction][area]: share */
    model_start *start_relation;    /**< [actor][actor]: R */
    model_start *start_funds;       /**< [faction] */
    model_start *start_cohesion;    /**< [actor]: L / L-bar */
    model_start *start_captives;    /**< [captive pair][area] */
    model_start *start_disposition; /**< [ladder] */
    uint32_t *start_rung;           /**< [ladder] */
    int32_t start_ruler;            /**< faction index or -1 */
} model;

/** @param options  may be NULL: all zero, with whatif = WORLD_NONE. The world must outlive the model. */
tsr_status model_create(const world *w, const model_options *options, model **out, tsr_error *error);
void model_free(model *m);

/** Row of a parameter's value; WORLD_NONE when there is no such mechanism or parameter. */
int32_t model_find_parameter(const model *m, const char *full_name, uint32_t i_scope);
/** Exogenous row of (kind, actor, other), or WORLD_NONE; the actors may be WORLD_NONE. */
static inline int32_t *model_find_series(const model *m, uint32_t kind, int32_t actor, int32_t other) {
    uint32_t n = m->n_actors + 1;
    return &m->series_row[(kind * n + (uint32_t)(actor + 1)) * n + (uint32_t)(other + 1)];
}

#endif
