/* Forecast from every origin, score, average; see backtest.h. */
#include "backtest/backtest.h"

#include "backtest/actuals.h"
#include "base/log.h"
#include "judge/baselines.h"
#include "study/fit.h"
#include "study/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const uint32_t backtest_horizons[BACKTEST_HORIZONS] = {1, 3, 6, 12};
enum { LONGEST = 12, N_CELLS = UNIT_KINDS * TYPES * BACKTEST_HORIZONS * BACKTEST_MODELS };

enum { FIT_PARTICLES = 250 }; /* of the fit of an origin */

enum { TESSERA, STACKED, FIRST_BASELINE };

static const char *model_name(uint32_t i) {
    return i == TESSERA ? "tessera" : i == STACKED ? "stacked" : baseline_name((baseline_kind)(i - FIRST_BASELINE));
}

/** Sums of scores of one cell of the table. */
typedef struct tally {
    uint32_t n_origins;
    size_t n;
    double sums[8]; /* crps, fair crps, ign, mis, brier, coverages */
} tally;

typedef struct work {
    const world *w;
    const panel *p;
    const backtest_options *options;
    const actuals *actual;
    const score_profile *profile;
    uint32_t n_draws;
    tally tallies[N_CELLS];
    /* of one origin, unit and type */
    double *draws;    /* [unit][horizon][draw] */
    double *own;      /* the same, of Tessera */
    double *counts;   /* [unit][month] history */
    double *cells;    /* [unit][draw] of one horizon */
    double *happened; /* [unit] */
    score_values *values;
} work;

static tally *tally_of(work *k, unit_kind unit, uint32_t type, uint32_t i_horizon, uint32_t i_model) {
    return &k->tallies[((unit * TYPES + type) * BACKTEST_HORIZONS + i_horizon) * BACKTEST_MODELS + i_model];
}

static uint32_t units_of(const work *k, unit_kind unit) {
    return unit == UNIT_COUNTRY ? 1 : k->actual->n_areas;
}

/** Score the draws of one model, all horizons. */
static tsr_status score_model(work *k, unit_kind unit, uint32_t type, uint32_t i_model, uint32_t origin,
                              tsr_error *error) {
    for (uint32_t h = 0; h < BACKTEST_HORIZONS; h++) {
        uint32_t month = origin + backtest_horizons[h];
        size_t n = 0;
        for (uint32_t u = 0; month < k->actual->n_months && u < units_of(k, unit); u++) {
            double happened = actuals_at(k->actual, unit, type, u, month);
            if (isnan(happened))
                continue;
            memcpy(k->cells + n * k->n_draws, k->draws + ((size_t)u * LONGEST + backtest_horizons[h] - 1) * k->n_draws,
                   k->n_draws * sizeof(double));
            k->happened[n++] = happened;
        }
        if (n == 0)
            continue;
        tsr_status status =
            score_cells(k->profile, k->cells, k->happened, n, k->n_draws, k->options->seed + month, k->values, error);
        if (status != TSR_OK)
            return status;
        tally *t = tally_of(k, unit, type, h, i_model);
        t->n_origins++;
        t->n += n;
        for (size_t i = 0; i < n; i++) {
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
                t->sums[s] += scores[s];
        }
    }
    return TSR_OK;
}

/** A whole number whose mean is x, from a hash of where it stands: thinning by a share without a generator. */
static double whole_by_chance(double x, uint64_t where) {
    where = (where ^ (where >> 31)) * 0x9E3779B97F4A7C15u;
    where = (where ^ (where >> 29)) * 0xBF58476D1CE4E5B9u;
    double u = (double)((where ^ (where >> 32)) >> 11) / 9007199254740992.0;
    return floor(x + u);
}

/** Tessera's draws of one unit kind and type from its record. */
static void take_draws(work *k, const study_result *result, unit_kind unit, uint32_t type, uint32_t origin) {
    const record_variable *v = record_find(result->run.record, "deaths_type_area");
    double share = unit == UNIT_AREA ? k->actual->share[origin] : 1;
    memset(k->draws, 0, (size_t)units_of(k, unit) * LONGEST * k->n_draws * sizeof(double));
    for (uint32_t h = 0; h < LONGEST; h++)
        for (uint32_t kind = 0; kind < PANEL_TYPES; kind++)
            for (uint32_t area = 0; (type == TYPE_ALL || type == kind) && area < k->actual->n_areas; area++) {
                const float *from = record_draws(v, origin + 1 + h, kind * k->actual->n_areas + area);
                double *to = k->draws + ((size_t)(unit == UNIT_COUNTRY ? 0 : area) * LONGEST + h) * k->n_draws;
                for (uint32_t i = 0; i < k->n_draws; i++) {
                    double deaths = (double)from[i];
                    to[i] += share < 1
                                 ? whole_by_chance(share * deaths, ((uint64_t)area << 40) + ((uint64_t)h << 32) + i)
                                 : deaths;
                }
            }
}

/** Every second draw becomes one of Tessera's: the two forecasts half and half. */
static void stack(work *k, uint32_t n_units) {
    for (size_t row = 0; row < (size_t)n_units * LONGEST; row++)
        for (uint32_t i = 0; i < k->n_draws; i += 2)
            k->draws[row * k->n_draws + i] = k->own[row * k->n_draws + i];
}

static tsr_status score_baselines(work *k, unit_kind unit, uint32_t type, uint32_t origin, tsr_error *error) {
    uint32_t n_units = units_of(k, unit), n_months = origin + 1;
    bool is_observed = true;
    for (uint32_t u = 0; u < n_units; u++) {
        bool any = false;
        for (uint32_t t = 0; t < n_months; t++) {
            k->counts[(size_t)u * n_months + t] = actuals_at(k->actual, unit, type, u, t);
            any |= !isnan(k->counts[(size_t)u * n_months + t]);
        }
        is_observed &= any;
    }
    if (!is_observed)
        return TSR_OK; /* nothing to base a baseline on: the table has no line */
    const baseline_history history = {.counts = k->counts,
                                      .n_units = n_units,
                                      .n_months = n_months,
                                      .last_month = k->p->first_month + (int32_t)origin};
    for (uint32_t b = 0; b < BASELINES; b++) {
        tsr_status status =
            baseline_draws((baseline_kind)b, &history, n_units, LONGEST, k->n_draws, k->options->seed, k->draws, error);
        if (status == TSR_OK)
            status = score_model(k, unit, type, FIRST_BASELINE + b, origin, error);
        if (status == TSR_OK && b == BASELINE_NEGBIN) {
            stack(k, n_units);
            status = score_model(k, unit, type, STACKED, origin, error);
        }
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

static tsr_status one_origin(work *k, uint32_t origin, tsr_error *error) {
    tsr_status status = TSR_OK;
    study_result *result = NULL;
    fit_result *fitted = NULL;
    fit_estimates estimates;
    if (k->options->n_fit_iterations) {
        const fit_options choices = {
            .hooks = {.cancelled = k->options->hooks.cancelled, .user = k->options->hooks.user},
            .seed = k->options->seed,
            .n_particles = FIT_PARTICLES,
            .n_threads = k->options->n_threads,
            .last_data = k->p->first_month + (int32_t)origin,
            .n_iterations = k->options->n_fit_iterations,
            .n_repeats = 2};
        TRY(fit(k->w, k->p, &choices, &fitted, error));
        fit_take_estimates(fitted, &estimates);
    }
    const forecast_options options = {
        .hooks = {.cancelled = k->options->hooks.cancelled, .user = k->options->hooks.user},
        .seed = k->options->seed,
        .n_particles = k->n_draws,
        .n_threads = k->options->n_threads,
        .last_data = k->p->first_month + (int32_t)origin,
        .n_months = LONGEST,
        .estimates = fitted ? &estimates : NULL,
        .n_repeats = 1};
    TRY(forecast(k->w, k->p, &options, &result, error));
    for (uint32_t unit = 0; unit < UNIT_KINDS; unit++)
        for (uint32_t type = 0; type < TYPES; type++) {
            take_draws(k, result, (unit_kind)unit, type, origin);
            TRY(score_model(k, (unit_kind)unit, type, TESSERA, origin, error));
            memcpy(k->own, k->draws, (size_t)units_of(k, (unit_kind)unit) * LONGEST * k->n_draws * sizeof(double));
            TRY(score_baselines(k, (unit_kind)unit, type, origin, error));
        }
out:
    result_free(result);
    fit_free(fitted);
    return status;
}

static tsr_status allocate(work *k, tsr_error *error) {
    size_t n_units = k->actual->n_areas > 1 ? k->actual->n_areas : 1;
    k->draws = calloc(n_units * LONGEST * k->n_draws, sizeof *k->draws);
    k->own = calloc(n_units * LONGEST * k->n_draws, sizeof *k->own);
    k->cells = calloc(n_units * k->n_draws, sizeof *k->cells);
    k->counts = calloc(n_units * k->actual->n_months, sizeof *k->counts);
    k->happened = calloc(n_units, sizeof *k->happened);
    k->values = calloc(n_units, sizeof *k->values);
    if (!k->draws || !k->own || !k->cells || !k->counts || !k->happened || !k->values)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u draws of %zu areas", k->n_draws, n_units);
    return TSR_OK;
}

static tsr_status summarise(work *k, backtest *b, tsr_error *error) {
    b->scores = calloc(N_CELLS, sizeof *b->scores);
    if (!b->scores)
        return FAIL(error, TSR_E_MEMORY, "no memory for the table of scores");
    for (uint32_t i = 0; i < N_CELLS; i++) {
        const tally *t = &k->tallies[i];
        double n = (double)t->n;
        if (t->n == 0)
            continue;
        b->scores[b->n_scores++] = (backtest_score){
            .model = model_name(i % BACKTEST_MODELS),
            .horizon = backtest_horizons[i / BACKTEST_MODELS % BACKTEST_HORIZONS],
            .type = i / (BACKTEST_MODELS * BACKTEST_HORIZONS) % TYPES,
            .unit = (unit_kind)(i / (BACKTEST_MODELS * BACKTEST_HORIZONS * TYPES)),
            .n_origins = t->n_origins,
            .means = {.n_cells = t->n,
                      .crps = t->sums[0] / n,
                      .fair_crps = t->sums[1] / n,
                      .ign = t->sums[2] / n,
                      .mis = t->sums[3] / n,
                      .brier = t->sums[4] / n,
                      .coverage = {t->sums[5] / n, t->sums[6] / n, t->sums[7] / n}},
        };
    }
    return TSR_OK;
}

/** First and last origin and their step, as months of the panel. */
static tsr_status choose_origins(const panel *p, const backtest_options *o, uint32_t origins[3], tsr_error *error) {
    int32_t first = o->first_origin ? o->first_origin - p->first_month : 35;
    int32_t last = o->last_origin ? o->last_origin - p->first_month : (int32_t)p->n_months - 2;
    if (first < 0 || last >= (int32_t)p->n_months || first > last) {
        char from[16], to[16];
        month_text(p->first_month, from);
        month_text(p->first_month + (int32_t)p->n_months - 2, to);
        return FAIL(error, TSR_E_INPUT,
                    "no origin: the first one must come before the last one, and both lie between %s and %s", from, to);
    }
    origins[0] = (uint32_t)first;
    origins[1] = (uint32_t)last;
    origins[2] = o->every ? o->every : 3;
    return TSR_OK;
}

tsr_status backtest_run(const world *w, const panel *p, const backtest_options *options, backtest **out,
                        tsr_error *error) {
    tsr_status status = TSR_OK;
    world *longer = NULL; /* observed as far as backtests go */
    model *m = NULL;
    actuals *actual = NULL;
    uint32_t origins[3], done = 0;
    backtest *b = calloc(1, sizeof *b);
    work *k = calloc(1, sizeof *k);
    if (!b || !k) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the backtest");
        goto out;
    }
    TRY(world_for_backtest(w, &longer, error));
    *k = (work){.w = longer, .p = p, .options = options, .n_draws = options->n_particles};
    k->profile = score_profile_find(options->profile ? options->profile : score_profile_name(0));
    if (!k->profile) {
        status = FAIL(error, TSR_E_USAGE, "there is no profile '%s'; allowed are %s and %s", options->profile,
                      score_profile_name(0), score_profile_name(1));
        goto out;
    }
    TRY(choose_origins(p, options, origins, error));
    TRY(model_create(longer, &(model_options){.use_defaults = true, .whatif = WORLD_NONE, .substeps = 1}, &m, error));
    TRY(actuals_create(m, p, &actual, error));
    k->actual = actual;
    TRY(allocate(k, error));
    uint32_t n_origins = (origins[1] - origins[0]) / origins[2] + 1;
    for (uint32_t origin = origins[0]; origin <= origins[1]; origin += origins[2]) {
        if (options->hooks.progress)
            options->hooks.progress(options->hooks.user, "origins", done, n_origins);
        TRY(one_origin(k, origin, error));
        done++;
    }
    if (options->hooks.progress)
        options->hooks.progress(options->hooks.user, "origins", n_origins, n_origins);
    TRY(summarise(k, b, error));
    b->n_origins = n_origins;
    b->n_draws = k->n_draws;
    b->first_origin = p->first_month + (int32_t)origins[0];
    b->last_origin = p->first_month + (int32_t)(origins[0] + (n_origins - 1) * origins[2]);
    b->profile = k->profile;
    *out = b;
    b = NULL;
out:
    if (k) {
        free(k->draws);
        free(k->own);
        free(k->cells);
        free(k->counts);
        free(k->happened);
        free(k->values);
    }
    free(k);
    actuals_free(actual);
    model_free(m);
    free(longer);
    backtest_free(b);
    return status;
}

void backtest_free(backtest *b) {
    if (b)
        free(b->scores);
    free(b);
}
