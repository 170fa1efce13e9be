/* What happened, in the shape that forecasts are judged in. */
#ifndef BACKTEST_ACTUALS_H
#define BACKTEST_ACTUALS_H

#include "backtest/backtest.h"
#include "model/model.h"

typedef struct actuals {
    uint32_t n_months, n_areas;
    int32_t first_month;
    double *country; /**< [type][month]; NaN: not observed */
    double *areas;   /**< [type][area][month] located deaths; NaN: not observed */
    double
        *share; /**< [month] of deaths that are located, where files hold only precisely located events; 1 elsewhere */
    void *memory;
} actuals;

/** @param m  gives the ruler of every month, by whom UCDP's types go */
tsr_status actuals_create(const model *m, const panel *p, actuals **out, tsr_error *error);
void actuals_free(actuals *a);

/** Of unit `i_unit` (area, or 0), NaN where not observed. */
double actuals_at(const actuals *a, unit_kind unit, uint32_t type, uint32_t i_unit, uint32_t month);

#endif
