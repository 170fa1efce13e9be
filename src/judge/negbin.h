/* The dynamic negative binomial: a gamma-Poisson model whose level is forgotten at a constant rate.
 *
 * Of every unit it keeps A, the discounted sum of counts, and B, the discounted number of months. Each month
 *     A <- d A + y,  B <- d B + 1;        without an observation  A <- d A,  B <- d B.
 * The forecast made at the end of a month is
 *     level ~ Gamma(a, rate b),  noise ~ Gamma(k, rate k),  y ~ Poisson(level noise),
 *     a = 1/2 + d A,  b = 1/(2 m) + d B,
 * with mean a/b and variance mean + mean^2 (1/a + 1/k + 1/(a k)). m is the mean count of all units forecast: the prior is worth half
 * a death, is not discounted, and keeps a unit with a long peace from being certain of peace.
 *
 * The discount d and the size k (infinite: no noise beyond Poisson) are chosen for every unit and every horizon h from a
 * small grid: those whose forecasts h months ahead, made within the history, had the largest sum of log probabilities over
 * the last 120 months, each probability being that of the negative binomial of the same mean and variance. Every unit
 * borrows 24 forecasts of the average unit, so that a short history follows the others and a long one itself. How fast
 * the spread grows with the horizon is learned, not assumed.
 *
 * Sources: discounted gamma-Poisson, Harvey & Fernandes (1989) J. Bus. Econ. Stat. 7:407-417,
 * doi:10.1080/07350015.1989.10509750, and West & Harrison (1997) Bayesian Forecasting and Dynamic Models, 2nd ed., Springer,
 * ch. 14; a prior that is not forgotten, Kulhavy & Zarrop (1993) Int. J. Control 58:905-924,
 * doi:10.1080/00207179308923034. Ours: the noise of size k, the choice per unit and horizon, and borrowing.
 */
#ifndef JUDGE_NEGBIN_H
#define JUDGE_NEGBIN_H

#include "judge/baselines.h"

/** Months of the history whose forecasts are compared to choose d and k. */
#define NEGBIN_WINDOW 120
/** Observed months that a unit must have before its forecasts count for the choice. */
#define NEGBIN_WARM_UP 6
/** Forecasts of the average unit that every unit borrows for its choice. */
#define NEGBIN_BORROWED 24
/** With fewer forecasts of all units than this to compare, d = 0.92 and k = 1. */
#define NEGBIN_MIN_SCORED 12

typedef struct negbin_choice {
    double discount;  /**< d */
    double size;      /**< k; INFINITY for none */
    double mean;      /**< m */
    size_t n_scored;  /**< forecasts compared */
    double log_score; /**< their mean log probability [nat]; NaN when there were too few */
} negbin_choice;

/** The level of one unit: gamma of this shape and rate. */
typedef struct negbin_level {
    double shape, rate;
} negbin_level;

/** Choose discount and size for every unit and horizons 1 ... n_horizons. @param choices  out, [n_units][n_horizons] */
tsr_status negbin_choose(const baseline_history *history, size_t n_horizons, negbin_choice *choices, tsr_error *error);
/** The level of a unit at the end of the history, with the choice's discount and mean. */
negbin_level negbin_level_of(const baseline_history *history, size_t unit, const negbin_choice *choice);
/** log P(y) of the negative binomial with the mean and variance of the forecast from this level. */
double negbin_log_probability(negbin_level level, double size, double y);

/**
 * Forecasts of every month from the months before it, one month ahead: at each, m is the mean so far, and d and k are those
 * that did best so far (over all months, not only the last NEGBIN_WINDOW).
 *
 * @param expected  out, [n_units][n_months] mean of the forecast
 * @param log_p     out, [n_units][n_months] log probability of the count [nat]; NaN where none was observed
 */
tsr_status negbin_foresee(const baseline_history *history, double *expected, double *log_p, tsr_error *error);

#endif
