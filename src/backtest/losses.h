/* Scores of a backtest as they come, one origin after the other, and what follows from them once all are there. */
#ifndef BACKTEST_LOSSES_H
#define BACKTEST_LOSSES_H

#include "backtest/backtest.h"
#include "judge/stacking.h"

/** Months ahead of every forecast. */
enum { LONGEST = SCORE_WINDOW_LAST };

/** One origin. */
typedef struct origin {
    uint32_t month; /**< of the panel, from 0: the last one that is seen */
    bool is_rolling, is_window;
} origin;

/** Sums of scores over the units of one origin, type, number of months ahead and model. */
typedef struct loss {
    uint32_t n;
    double sums[8]; /**< crps, fair crps, ign, mis, brier, coverages */
} loss;

typedef struct losses {
    const origin *origins;
    uint32_t n_origins, n_areas;
    int32_t first_month;
    loss *all;              /**< [origin][unit kind][type][months ahead - 1][model] */
    double *pit;            /**< [origin][type][months ahead - 1][country, areas]; NaN: not observed */
    double *probability[2]; /**< of Tessera and the negative binomial, in the same order; NaN: not observed */
} losses;

tsr_status losses_create(const origin *origins, uint32_t n_origins, uint32_t n_areas, int32_t first_month, losses **out,
                         tsr_error *error);
void losses_free(losses *l);

loss *losses_at(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months, uint32_t model);
/** Where the country's or the first area's value stands in `pit` and `probability`. */
size_t losses_cell(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months);

/** Is a score of so many months ahead asked of this origin? */
bool losses_wanted(const origin *o, uint32_t months);

/** Weight of Tessera so many months ahead: from earlier origins whose outcome lies at or before this one. */
tsr_status losses_weight(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months,
                         double *weight, tsr_error *error);

/** Means, comparisons and calibration. */
tsr_status losses_finish(const losses *l, uint64_t seed, uint32_t every, backtest *b, tsr_error *error);

#endif
