/* Draws of the baselines. A draw's address: slot = its number, month = the month forecast, sub-step = the horizon, site = the
 * unit; the key has seed and baseline. */
#include "judge/negbin.h"

#include "random/counts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { USE_DRAW = 1, LAST_MONTH = 4095 };

/** Largest mean that the Poisson sampler takes. */
#define HIGHEST_MEAN 1e9

static const char *const names[BASELINES] = {"zero", "last", "conflictology", "bootstrap", "negbin"};

const char *baseline_name(baseline_kind kind) {
    return (unsigned)kind < BASELINES ? names[kind] : "unknown";
}

const char *baseline_unit(const baseline_history *history, size_t unit, char scratch[32]) {
    if (history->names)
        return history->names[unit];
    snprintf(scratch, 32, "unit %zu", unit);
    return scratch;
}

/** The last observed counts of a unit, newest first. @return how many, at most `n` */
static size_t last_counts(const baseline_history *history, size_t unit, size_t n, double *last) {
    const double *y = history->counts + unit * history->n_months;
    size_t n_found = 0;
    for (size_t month = history->n_months; month > 0 && n_found < n; month--)
        if (!isnan(y[month - 1]))
            last[n_found++] = y[month - 1];
    return n_found;
}

static tsr_status check(baseline_kind kind, const baseline_history *history, size_t n_targets, size_t n_horizons,
                        size_t n_draws, tsr_error *error) {
    char scratch[32];
    size_t n_observed = 0;
    bool alone = kind == BASELINE_LAST || kind == BASELINE_CONFLICTOLOGY;
    if (n_targets == 0 || n_targets > history->n_units || n_horizons == 0 || n_draws == 0)
        return FAIL(error, TSR_E_INPUT, "nothing to forecast: %zu of %zu units, %zu months, %zu draws", n_targets,
                    history->n_units, n_horizons, n_draws);
    if (history->last_month < 1 || n_horizons > LAST_MONTH || history->last_month > LAST_MONTH - (int32_t)n_horizons)
        return FAIL(error, TSR_E_INPUT, "month %d and %zu months after it; months are 1 to %d", history->last_month,
                    n_horizons, LAST_MONTH);
    size_t n_used = kind == BASELINE_BOOTSTRAP ? history->n_units : n_targets;
    for (size_t unit = 0; unit < history->n_units; unit++) {
        double newest;
        for (size_t month = 0; month < history->n_months; month++) {
            double y = history->counts[unit * history->n_months + month];
            if (!isnan(y) && !(y >= 0 && y <= HIGHEST_MEAN))
                return FAIL(error, TSR_E_INPUT, "the history of %s has %g in month %d; a count is from 0 to %g",
                            baseline_unit(history, unit, scratch), y,
                            history->last_month - (int32_t)(history->n_months - 1 - month), HIGHEST_MEAN);
        }
        size_t n = last_counts(history, unit, 1, &newest);
        n_observed += unit < n_used ? n : 0;
        if (n == 0 && unit < n_targets && alone)
            return FAIL(error, TSR_E_INPUT, "baseline %s: %s has no observed month before the forecast",
                        baseline_name(kind), baseline_unit(history, unit, scratch));
    }
    if (n_observed == 0 && kind != BASELINE_ZERO)
        return FAIL(error, TSR_E_INPUT, "baseline %s: no unit has an observed month before the forecast",
                    baseline_name(kind));
    return TSR_OK;
}

/** What one unit's draws at one horizon are made of. */
typedef struct recipe {
    baseline_kind kind;
    const double *pool; /**< counts to draw from; the first is the last one observed */
    size_t n_pool;
    negbin_level level;
    double size;
} recipe;

static double draw_one(const recipe *r, philox_stream *stream) {
    double mean = 0;
    switch (r->kind) {
    case BASELINE_LAST:
        mean = r->pool[0];
        break;
    case BASELINE_CONFLICTOLOGY:
    case BASELINE_BOOTSTRAP:
        return r->pool[(size_t)(counts_uniform(stream) * (double)r->n_pool)];
    case BASELINE_NEGBIN:
        mean = KERNEL(counts_gamma)(stream, r->level.shape) / r->level.rate;
        if (isfinite(r->size))
            mean *= KERNEL(counts_gamma)(stream, r->size) / r->size;
        break;
    case BASELINE_ZERO:
    case BASELINES:
        break;
    }
    return KERNEL(counts_poisson)(stream, fmin(mean, HIGHEST_MEAN));
}

static void draw_all(const recipe *r, uint64_t seed, int32_t month, size_t horizon, size_t unit, size_t n_draws,
                     double *draws) {
    random_address address = {.key = KERNEL(random_key_make)(seed, RANDOM_BACKTEST, 1 + (uint64_t)r->kind),
                              .month = (uint32_t)month,
                              .substep = (uint32_t)horizon};
    for (size_t draw = 0; draw < n_draws; draw++) {
        address.first_slot = (uint32_t)draw;
        philox_stream stream = philox_stream_of(&address, USE_DRAW, (uint32_t)unit, 0);
        draws[draw] = draw_one(r, &stream);
    }
}

/** Counts to draw from, [n_units][BASELINE_MONTHS] without gaps, and how many of each unit. */
typedef struct pools {
    double *counts;
    size_t *n; /**< [n_units] */
    size_t n_all;
} pools;

static tsr_status make_pools(baseline_kind kind, const baseline_history *history, size_t n_targets, pools *p,
                             tsr_error *error) {
    size_t n_units = kind == BASELINE_BOOTSTRAP ? history->n_units : n_targets;
    p->counts = malloc(n_units * BASELINE_MONTHS * sizeof *p->counts);
    p->n = malloc(n_units * sizeof *p->n);
    if (p->counts == NULL || p->n == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for the last months of %zu units", n_units);
    for (size_t unit = 0; unit < n_units; unit++) {
        p->n[unit] = last_counts(history, unit, BASELINE_MONTHS, p->counts + p->n_all);
        p->n_all += p->n[unit];
    }
    return TSR_OK;
}

tsr_status baseline_draws(baseline_kind kind, const baseline_history *history, size_t n_targets, size_t n_horizons,
                          size_t n_draws, uint64_t seed, double *draws, tsr_error *error) {
    pools p = {0};
    negbin_choice *choices = NULL;
    baseline_history targets = *history; /* whose past the negative binomial learns from */
    targets.n_units = n_targets;
    tsr_status status = check(kind, history, n_targets, n_horizons, n_draws, error);
    if (status != TSR_OK)
        return status;
    TRY(make_pools(kind, history, n_targets, &p, error));
    if (kind == BASELINE_NEGBIN) {
        choices = malloc(n_targets * n_horizons * sizeof *choices);
        if (choices == NULL) {
            status = FAIL(error, TSR_E_MEMORY, "no memory for %zu units and %zu horizons", n_targets, n_horizons);
            goto out;
        }
        TRY(negbin_choose(&targets, n_horizons, choices, error));
    }
    const double *own = p.counts;
    for (size_t unit = 0; unit < n_targets; unit++) {
        recipe r = {.kind = kind, .pool = own, .n_pool = p.n[unit]};
        if (kind == BASELINE_BOOTSTRAP) {
            r.pool = p.counts;
            r.n_pool = p.n_all;
        }
        for (size_t h = 1; h <= n_horizons; h++) {
            if (choices) {
                const negbin_choice *choice = &choices[unit * n_horizons + h - 1];
                r.level = negbin_level_of(&targets, unit, choice);
                r.size = choice->size;
            }
            draw_all(&r, seed, history->last_month + (int32_t)h, h, unit, n_draws,
                     draws + (unit * n_horizons + h - 1) * n_draws);
        }
        own += p.n[unit];
    }
out:
    free(p.counts);
    free(p.n);
    free(choices);
    return status;
}
