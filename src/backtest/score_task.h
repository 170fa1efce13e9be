/* One file of draws while it is scored: what score.c and score_baselines.c share. */
#ifndef BACKTEST_SCORE_TASK_H
#define BACKTEST_SCORE_TASK_H

#include "backtest/score.h"

/** A file while it is scored. */
typedef struct score_task {
    const forecast_file *f;
    const observed *actuals, *history; /**< history may be NULL */
    uint32_t type, actual_type, history_type;
    int32_t origin;
    size_t *cell_of; /**< cells of the file that were observed */
    double *actual;  /**< [n] */
    double *draws;   /**< [n][n_draws] */
    size_t n;
} score_task;

/** "area Kabull is not in ..."; @return TSR_E_INPUT */
tsr_status score_unknown_unit(const forecast_file *f, const forecast_cell *cell, const observed *o, tsr_error *error);
/** Scores of the task's draws. */
tsr_status score_task_draws(const score_report *r, const score_task *t, score_values *values, tsr_error *error);
/** Has anything of this type been observed up to the origin? */
bool score_task_has_history(const score_task *t, uint32_t type);
/** Scores of every baseline on the task's cells; overwrites its draws. */
tsr_status score_task_baselines(const score_report *r, score_task *t, score_values *values[SCORE_MODELS],
                                tsr_error *error);

#endif
