/* What an ensemble remembers: draws of chosen variables, month by month, and their summaries. */
#ifndef ENSEMBLE_RECORD_H
#define ENSEMBLE_RECORD_H

#include "base/error.h"
#include "world/world.h"

/** What an index of a variable runs over. */
typedef enum record_axis {
    RECORD_COUNTRY, /**< one item: the whole country */
    RECORD_AREA,
    RECORD_FACTION,
    RECORD_POWER,
    RECORD_CHANNEL,
    RECORD_TYPE,   /**< UCDP's sb, ns, os */
    RECORD_LADDER, /**< declared (power, faction) pairs */
    RECORD_PAIR,   /**< unordered pairs of actors v < w, in the order (0,1), (0,2) ... (1,2) ... */
    RECORD_AXES
} record_axis;

/** One variable: values[(month * n_items + item) * n_draws + draw], item = i_outer * n_inner + i_inner. */
typedef struct record_variable {
    const char *name;         /**< "control", "deaths_area": NetCDF variable name */
    const char *title;        /**< plain English */
    const char *unit;         /**< CF: "1", "count", "persons" ... */
    record_axis outer, inner; /**< RECORD_COUNTRY when unused */
    uint32_t n_outer, n_inner;
    uint32_t n_draws; /**< the first n_draws members */
    bool is_whole;    /**< whole numbers */
    float *values;
} record_variable;

typedef struct record {
    int32_t first_month; /**< month_id */
    uint32_t n_months;
    uint32_t n_members;
    record_variable *variables;
    size_t n_variables;
} record;

/** NULL when there is none of that name. */
const record_variable *record_find(const record *r, const char *name);

static inline const float *record_draws(const record_variable *v, uint32_t month, uint32_t item) {
    return v->values + ((size_t)month * v->n_outer * v->n_inner + item) * v->n_draws;
}

/** Mean and quantiles of n values. Quantile p is the value of rank ceil(p n) of the sorted ones (type 1, the inverse of
 *  the empirical distribution function), so whole numbers stay whole. `scratch` has room for n. */
void record_summary(const float *values, uint32_t n, const double *probabilities, uint32_t n_probabilities,
                    float *scratch, double *mean, double *quantiles);

#endif
