/* Forecast from every origin, score, average; see backtest.h. */
#include "backtest/backtest.h"

#include "backtest/actuals.h"
#include "backtest/hindsight.h"
#include "backtest/losses.h"
#include "backtest/origins.h"
#include "base/date.h"
#include "base/log.h"
#include "judge/baselines.h"
#include "study/fit.h"
#include "study/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIT_PARTICLES = 250 }; /* of the fit of an origin */

const char *backtest_model_name(uint32_t i_model) {
    return i_model == BACKTEST_TESSERA   ? "tessera"
           : i_model == BACKTEST_STACKED ? "stacked"
                                         : baseline_name((baseline_kind)(i_model - BACKTEST_BASELINE));
}

typedef struct work {
    const world *w;
    const panel *p;
    const backtest_options *options;
    const actuals *actual;
    const score_profile *profile;
    origin *origins;
    uint32_t n_origins;
    uint32_t n_draws;
    losses *losses;
    /* of one origin, unit and type */
    double *draws;    /* [unit][months ahead][draw] */
    double *own;      /* the same, of Tessera */
    double *by_type;  /* the same, of negative binomials of all types together */
    double *counts;   /* [unit][month] history */
    double *cells;    /* [unit][draw] of one month */
    double *happened; /* [unit] */
    uint32_t *units;  /* [unit] those of `cells` */
    score_values *values;
} work;

static uint32_t units_of(const work *k, unit_kind unit) {
    return unit == UNIT_COUNTRY ? 1 : k->actual->n_areas;
}

static double *draws_of(const work *k, double *draws, uint32_t unit, uint32_t months) {
    return draws + ((size_t)unit * LONGEST + months - 1) * k->n_draws;
}

/* ---- scores of one forecast ---- */

/** Copy the draws of the units that were observed. @return how many */
static uint32_t collect(work *k, unit_kind unit, uint32_t type, uint32_t month, uint32_t months) {
    uint32_t n = 0;
    for (uint32_t u = 0; month < k->actual->n_months && u < units_of(k, unit); u++) {
        double happened = actuals_at(k->actual, unit, type, u, month);
        if (isnan(happened))
            continue;
        memcpy(k->cells + (size_t)n * k->n_draws, draws_of(k, k->draws, u, months), k->n_draws * sizeof(double));
        k->units[n] = u;
        k->happened[n++] = happened;
    }
    return n;
}

/** Score the draws of one model so many months ahead. */
static tsr_status score_months(work *k, unit_kind unit, uint32_t type, uint32_t i_model, uint32_t i_origin,
                               uint32_t months, tsr_error *error) {
    uint32_t month = k->origins[i_origin].month + months, n = collect(k, unit, type, month, months);
    size_t cell = losses_cell(k->losses, i_origin, unit, type, months);
    bool is_stacked = i_model == BACKTEST_TESSERA || i_model == BACKTEST_BASELINE + BASELINE_NEGBIN;
    for (uint32_t i = 0; i < n && is_stacked; i++)
        k->losses->probability[i_model != BACKTEST_TESSERA][cell + k->units[i]] =
            stacking_probability(k->cells + (size_t)i * k->n_draws, k->n_draws, k->happened[i]);
    if (n == 0 || !losses_wanted(&k->origins[i_origin], months))
        return TSR_OK;
    tsr_status status =
        score_cells(k->profile, k->cells, k->happened, n, k->n_draws, k->options->seed + month, k->values, error);
    if (status != TSR_OK)
        return status;
    loss *x = losses_at(k->losses, i_origin, unit, type, months, i_model);
    x->n = n;
    for (uint32_t i = 0; i < n; i++) {
        const score_values *v = &k->values[i];
        const double scores[] = {v->crps,
                                 v->fair_crps,
                                 v->ign,
                                 v->mis,
                                 v->brier,
                                 v->is_covered[SCORE_50],
                                 v->is_covered[SCORE_80],
                                 v->is_covered[SCORE_90]};
        for (size_t s = 0; s < sizeof scores / sizeof scores[0]; s++)
            x->sums[s] += scores[s];
        if (i_model == BACKTEST_TESSERA)
            k->losses->pit[cell + k->units[i]] = v->pit;
    }
    return TSR_OK;
}

static tsr_status score_model(work *k, unit_kind unit, uint32_t type, uint32_t i_model, uint32_t i_origin,
                              tsr_error *error) {
    for (uint32_t months = 1; months <= LONGEST; months++) {
        tsr_status status = score_months(k, unit, type, i_model, i_origin, months, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

/* ---- Tessera's draws ---- */

/** A whole number whose mean is x, from a hash of where it stands: thinning by a share without a generator. */
static double whole_by_chance(double x, uint64_t where) {
    where = (where ^ (where >> 31)) * 0x9E3779B97F4A7C15u;
    where = (where ^ (where >> 29)) * 0xBF58476D1CE4E5B9u;
    double u = (double)((where ^ (where >> 32)) >> 11) / 9007199254740992.0;
    return floor(x + u);
}

/** Tessera's draws of one unit kind and type from its record. */
static void take_draws(work *k, const study_result *result, unit_kind unit, uint32_t type, uint32_t month) {
    const record_variable *v = record_find(result->run.record, "deaths_type_area");
    double share = unit == UNIT_AREA ? k->actual->share[month] : 1;
    memset(k->draws, 0, (size_t)units_of(k, unit) * LONGEST * k->n_draws * sizeof(double));
    for (uint32_t h = 0; h < LONGEST; h++)
        for (uint32_t kind = 0; kind < PANEL_TYPES; kind++)
            for (uint32_t area = 0; (type == TYPE_ALL || type == kind) && area < k->actual->n_areas; area++) {
                const float *from = record_draws(v, month + 1 + h, kind * k->actual->n_areas + area);
                double *to = draws_of(k, k->draws, unit == UNIT_COUNTRY ? 0 : area, h + 1);
                for (uint32_t i = 0; i < k->n_draws; i++) {
                    double deaths = (double)from[i];
                    to[i] += share < 1
                                 ? whole_by_chance(share * deaths, ((uint64_t)area << 40) + ((uint64_t)h << 32) + i)
                                 : deaths;
                }
            }
}

/* ---- the others' ---- */

/** The past of one unit kind and type, up to the origin. @return has every unit been observed at all? */
static bool take_history(work *k, unit_kind unit, uint32_t type, uint32_t month, baseline_history *history) {
    bool all = true;
    *history = (baseline_history){.counts = k->counts,
                                  .n_units = units_of(k, unit),
                                  .n_months = month + 1,
                                  .last_month = k->p->first_month + (int32_t)month};
    for (uint32_t u = 0; u < units_of(k, unit); u++) {
        bool any = false;
        for (uint32_t t = 0; t <= month; t++) {
            double deaths = actuals_at(k->actual, unit, type, u, t);
            k->counts[(size_t)u * (month + 1) + t] = deaths;
            any |= !isnan(deaths);
        }
        all &= any;
    }
    return all;
}

/** Deaths of all types are the sum of a negative binomial per type, where every type has a past: their levels and rhythms
 *  differ, and their histories begin at different times. The types come first, and leave their sum. */
static tsr_status draw_negbin(work *k, unit_kind unit, uint32_t type, const baseline_history *history, bool has_types,
                              tsr_error *error) {
    size_t n = (size_t)units_of(k, unit) * LONGEST * k->n_draws;
    if (type == TYPE_ALL && has_types) {
        memcpy(k->draws, k->by_type, n * sizeof *k->draws);
        return TSR_OK;
    }
    tsr_status status = baseline_draws(BASELINE_NEGBIN, history, history->n_units, LONGEST, k->n_draws,
                                       k->options->seed + ((uint64_t)(1 + type) << 48), k->draws, error);
    for (size_t i = 0; i < n && status == TSR_OK; i++)
        k->by_type[i] = (type == 0 ? 0 : k->by_type[i]) + k->draws[i];
    return status;
}

/** Put Tessera's draws in place of a share of the negative binomial's. */
static tsr_status stack(work *k, unit_kind unit, uint32_t type, uint32_t i_origin, backtest *b, tsr_error *error) {
    for (uint32_t months = 1; months <= LONGEST; months++) {
        backtest_weight *w = &b->weights[b->n_weights];
        *w = (backtest_weight){k->p->first_month + (int32_t)k->origins[i_origin].month, unit, type, months, 0.5};
        tsr_status status = losses_weight(k->losses, i_origin, unit, type, months, &w->weight, error);
        if (status != TSR_OK)
            return status;
        b->n_weights++;
        for (uint32_t u = 0; u < units_of(k, unit); u++) {
            double *draws = draws_of(k, k->draws, u, months);
            const double *own = draws_of(k, k->own, u, months);
            for (uint32_t i = 0; i < k->n_draws; i++)
                draws[i] = stacking_takes_first(w->weight, i) ? own[i] : draws[i];
        }
    }
    return TSR_OK;
}

static tsr_status score_others(work *k, unit_kind unit, uint32_t type, uint32_t i_origin, bool has_types, backtest *b,
                               tsr_error *error) {
    tsr_status status = TSR_OK;
    baseline_history history;
    take_history(k, unit, type, k->origins[i_origin].month, &history);
    for (uint32_t kind = 0; kind < BASELINES; kind++) {
        if (kind == BASELINE_NEGBIN)
            TRY(draw_negbin(k, unit, type, &history, has_types, error));
        else
            TRY(baseline_draws((baseline_kind)kind, &history, history.n_units, LONGEST, k->n_draws, k->options->seed,
                               k->draws, error));
        TRY(score_model(k, unit, type, BACKTEST_BASELINE + kind, i_origin, error));
    }
    TRY(stack(k, unit, type, i_origin, b, error)); /* onto the negative binomial, the last one */
    TRY(score_model(k, unit, type, BACKTEST_STACKED, i_origin, error));
out:
    return status;
}

/* ---- one origin ---- */

/** Parameters fitted to the origin's own past. */
static tsr_status fit_to_past(work *k, uint32_t month, fit_result **out, fit_estimates *estimates, tsr_error *error) {
    const fit_options choices = {.hooks = {.cancelled = k->options->hooks.cancelled, .user = k->options->hooks.user},
                                 .seed = k->options->seed,
                                 .n_particles = FIT_PARTICLES,
                                 .n_threads = k->options->n_threads,
                                 .last_data = k->p->first_month + (int32_t)month,
                                 .n_iterations = k->options->n_fit_iterations,
                                 .n_repeats = 2};
    tsr_status status = fit(k->w, k->p, &choices, out, error);
    if (status == TSR_OK)
        fit_take_estimates(*out, estimates);
    return status;
}

static tsr_status score_unit(work *k, const study_result *result, unit_kind unit, uint32_t i_origin, backtest *b,
                             tsr_error *error) {
    uint32_t month = k->origins[i_origin].month;
    baseline_history history;
    bool has_types = true;
    for (uint32_t type = 0; type < PANEL_TYPES; type++)
        has_types &= take_history(k, unit, type, month, &history);
    for (uint32_t type = 0; type < TYPES; type++) {
        if (!take_history(k, unit, type, month, &history))
            continue; /* nothing to base a baseline on: nobody is scored */
        take_draws(k, result, unit, type, month);
        memcpy(k->own, k->draws, (size_t)units_of(k, unit) * LONGEST * k->n_draws * sizeof(double));
        tsr_status status = score_model(k, unit, type, BACKTEST_TESSERA, i_origin, error);
        if (status == TSR_OK)
            status = score_others(k, unit, type, i_origin, has_types, b, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

static tsr_status one_origin(work *k, uint32_t i_origin, backtest *b, tsr_error *error) {
    tsr_status status = TSR_OK;
    uint32_t month = k->origins[i_origin].month;
    study_result *result = NULL;
    fit_result *fitted = NULL;
    fit_estimates estimates;
    if (k->options->n_fit_iterations)
        TRY(fit_to_past(k, month, &fitted, &estimates, error));
    const forecast_options options = {
        .hooks = {.cancelled = k->options->hooks.cancelled, .user = k->options->hooks.user},
        .seed = k->options->seed,
        .n_particles = k->n_draws,
        .n_threads = k->options->n_threads,
        .last_data = k->p->first_month + (int32_t)month,
        .n_months = LONGEST,
        .estimates = fitted ? &estimates : NULL,
        .drift = k->options->drift,
        .n_repeats = 1};
    TRY(forecast(k->w, k->p, &options, &result, error));
    for (uint32_t unit = 0; unit < UNIT_KINDS; unit++)
        TRY(score_unit(k, result, (unit_kind)unit, i_origin, b, error));
out:
    result_free(result);
    fit_free(fitted);
    return status;
}

/* ---- all of them ---- */

static tsr_status allocate(work *k, tsr_error *error) {
    size_t n_units = k->actual->n_areas > 1 ? k->actual->n_areas : 1;
    k->draws = calloc(n_units * LONGEST * k->n_draws, sizeof *k->draws);
    k->own = calloc(n_units * LONGEST * k->n_draws, sizeof *k->own);
    k->by_type = calloc(n_units * LONGEST * k->n_draws, sizeof *k->by_type);
    k->cells = calloc(n_units * k->n_draws, sizeof *k->cells);
    k->counts = calloc(n_units * k->actual->n_months, sizeof *k->counts);
    k->happened = calloc(n_units, sizeof *k->happened);
    k->units = calloc(n_units, sizeof *k->units);
    k->values = calloc(n_units, sizeof *k->values);
    if (!k->draws || !k->own || !k->by_type || !k->cells || !k->counts || !k->happened || !k->units || !k->values)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u draws of %zu areas", k->n_draws, n_units);
    return TSR_OK;
}

static void clear(work *k) {
    free(k->origins);
    losses_free(k->losses);
    free(k->draws);
    free(k->own);
    free(k->by_type);
    free(k->cells);
    free(k->counts);
    free(k->happened);
    free(k->units);
    free(k->values);
}

/** First and last origins of both kinds. */
static void name_origins(const work *k, backtest *b) {
    for (uint32_t i = 0; i < k->n_origins; i++) {
        int32_t month = k->p->first_month + (int32_t)k->origins[i].month;
        if (k->origins[i].is_rolling) {
            b->first_origin = b->n_rolling++ ? b->first_origin : month;
            b->last_origin = month;
        }
        if (k->origins[i].is_window) {
            b->first_window = b->n_window++ ? b->first_window : month;
            b->last_window = month;
        }
    }
}

static tsr_status check(const backtest_options *o, work *k, tsr_error *error) {
    k->profile = score_profile_find(o->profile ? o->profile : score_profile_name(0));
    if (!k->profile)
        return FAIL(error, TSR_E_USAGE, "there is no profile '%s'; allowed are %s and %s", o->profile,
                    score_profile_name(0), score_profile_name(1));
    return TSR_OK;
}

static tsr_status run(work *k, backtest *b, tsr_error *error) {
    tsr_status status = TSR_OK;
    const tsr_hooks *hooks = &k->options->hooks;
    TRY(allocate(k, error));
    TRY(losses_create(k->origins, k->n_origins, k->actual->n_areas, k->p->first_month, &k->losses, error));
    b->weights = calloc((size_t)k->n_origins * UNIT_KINDS * TYPES * LONGEST, sizeof *b->weights);
    if (!b->weights) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for weights of %u origins", k->n_origins);
        goto out;
    }
    for (uint32_t i = 0; i <= k->n_origins; i++) {
        if (hooks->progress)
            hooks->progress(hooks->user, "origins", i, k->n_origins);
        if (i < k->n_origins)
            TRY(one_origin(k, i, b, error));
    }
    TRY(losses_finish(k->losses, k->options->seed, k->options->every ? k->options->every : 3, b, error));
    if (b->n_scores == 0)
        status = FAIL(error, TSR_E_INPUT,
                      "nothing can be scored: of no month that was forecast national totals or events were observed, "
                      "or no month before it");
    b->n_draws = k->n_draws;
    b->profile = k->profile;
out:
    return status;
}

tsr_status backtest_run(const world *w, const panel *p, const backtest_options *options, backtest **out,
                        tsr_error *error) {
    tsr_status status = TSR_OK;
    world *longer = NULL; /* observed as far as backtests go */
    model *m = NULL;
    actuals *actual = NULL;
    work k = {.p = p, .options = options, .n_draws = options->n_particles};
    backtest *b = calloc(1, sizeof *b);
    if (!b) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the backtest");
        goto out;
    }
    TRY(check(options, &k, error));
    TRY(origins_choose(p, options, &k.origins, &k.n_origins, error));
    TRY(world_for_backtest(w, &longer, error));
    TRY(model_create(longer, &(model_options){.use_defaults = true, .whatif = WORLD_NONE, .substeps = 1}, &m, error));
    TRY(actuals_create(m, p, &actual, error));
    k.w = longer;
    k.actual = actual;
    name_origins(&k, b);
    TRY(hindsight_list(m, p->first_month + (int32_t)k.origins[0].month, b, error));
    TRY(run(&k, b, error));
    *out = b;
    b = NULL;
out:
    clear(&k);
    actuals_free(actual);
    model_free(m);
    free(longer);
    backtest_free(b);
    return status;
}

void backtest_free(backtest *b) {
    if (!b)
        return;
    free(b->scores);
    free(b->comparisons);
    free(b->calibrations);
    free(b->weights);
    free(b->hindsight);
    free(b);
}
