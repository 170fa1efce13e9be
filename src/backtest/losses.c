/* Sums of scores, past probabilities for stacking, means and tests; see losses.h. */
#include "backtest/losses.h"

#include <math.h>
#include <stdlib.h>

/** With fewer origins, months share too much luck to be tested. */
enum { FEWEST_ORIGINS = 4 };

const int32_t backtest_horizons[BACKTEST_HORIZONS] = {1, 3, 6, 12, SCORE_WINDOW};

static size_t slots(const losses *l) {
    return (size_t)l->n_origins * UNIT_KINDS * TYPES * LONGEST * BACKTEST_MODELS;
}

static size_t cells(const losses *l) {
    return (size_t)l->n_origins * TYPES * LONGEST * (1 + l->n_areas);
}

static double *not_observed(size_t n) {
    double *values = malloc(n * sizeof *values);
    for (size_t i = 0; values && i < n; i++)
        values[i] = NAN;
    return values;
}

tsr_status losses_create(const origin *origins, uint32_t n_origins, uint32_t n_areas, int32_t first_month, losses **out,
                         tsr_error *error) {
    losses *l = calloc(1, sizeof *l);
    if (l) {
        *l = (losses){.origins = origins, .n_origins = n_origins, .n_areas = n_areas, .first_month = first_month};
        l->all = calloc(slots(l), sizeof *l->all);
        l->pit = not_observed(cells(l));
        l->probability[0] = not_observed(cells(l));
        l->probability[1] = not_observed(cells(l));
    }
    if (!l || !l->all || !l->pit || !l->probability[0] || !l->probability[1]) {
        losses_free(l);
        return FAIL(error, TSR_E_MEMORY, "no memory for scores of %u origins and %u areas", n_origins, n_areas);
    }
    *out = l;
    return TSR_OK;
}

void losses_free(losses *l) {
    if (!l)
        return;
    free(l->all);
    free(l->pit);
    free(l->probability[0]);
    free(l->probability[1]);
    free(l);
}

loss *losses_at(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months, uint32_t model) {
    size_t row = ((size_t)i_origin * UNIT_KINDS + unit) * TYPES + type;
    return &l->all[(row * LONGEST + months - 1) * BACKTEST_MODELS + model];
}

size_t losses_cell(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months) {
    size_t row = ((size_t)i_origin * TYPES + type) * LONGEST + months - 1;
    return row * (1 + l->n_areas) + (unit == UNIT_AREA);
}

static uint32_t units_of(const losses *l, unit_kind unit) {
    return unit == UNIT_COUNTRY ? 1 : l->n_areas;
}

static bool belongs(const origin *o, uint32_t months, int32_t horizon) {
    return horizon == SCORE_WINDOW ? o->is_window && months >= SCORE_WINDOW_FIRST && months <= SCORE_WINDOW_LAST
                                   : o->is_rolling && months == (uint32_t)horizon;
}

bool losses_wanted(const origin *o, uint32_t months) {
    for (uint32_t h = 0; h < BACKTEST_HORIZONS; h++)
        if (belongs(o, months, backtest_horizons[h]))
            return true;
    return false;
}

tsr_status losses_weight(const losses *l, uint32_t i_origin, unit_kind unit, uint32_t type, uint32_t months,
                         double *weight, tsr_error *error) {
    uint32_t n_units = units_of(l, unit), now = l->origins[i_origin].month;
    size_t n = 0;
    stacking_case *past = malloc(((size_t)i_origin * n_units + 1) * sizeof *past);
    if (!past)
        return FAIL(error, TSR_E_MEMORY, "no memory for forecasts of %u origins", i_origin);
    for (uint32_t i = 0; i < i_origin; i++) {
        size_t cell = losses_cell(l, i, unit, type, months);
        if (l->origins[i].month + months > now)
            continue; /* not known yet */
        for (uint32_t u = 0; u < n_units; u++)
            if (!isnan(l->probability[0][cell + u]))
                past[n++] = (stacking_case){l->probability[0][cell + u], l->probability[1][cell + u], 1.0 / n_units};
    }
    *weight = stacking_weight(past, n);
    free(past);
    return TSR_OK;
}

/* ---- once all origins are there ---- */

/** Forecasts behind one line of the table, in order of what they are about. */
typedef struct term {
    uint32_t i_origin, months;
} term;

typedef struct line {
    const losses *l;
    uint64_t seed;
    uint32_t every;
    unit_kind unit;
    uint32_t type;
    int32_t horizon;
    term *terms;
    size_t n;
    double *values; /* scratch, [cells] */
    int32_t *months;
} line;

static void find_terms(line *k) {
    k->n = 0;
    for (uint32_t i = 0; i < k->l->n_origins; i++)
        for (uint32_t months = 1; months <= LONGEST; months++)
            if (belongs(&k->l->origins[i], months, k->horizon) &&
                losses_at(k->l, i, k->unit, k->type, months, BACKTEST_TESSERA)->n > 0)
                k->terms[k->n++] = (term){i, months};
}

static const loss *loss_of(const line *k, size_t i, uint32_t model) {
    return losses_at(k->l, k->terms[i].i_origin, k->unit, k->type, k->terms[i].months, model);
}

static void add_means(const line *k, backtest *b) {
    for (uint32_t model = 0; model < BACKTEST_MODELS; model++) {
        backtest_score *s = &b->scores[b->n_scores++];
        double sums[8] = {0}, n = 0;
        *s = (backtest_score){.model = (backtest_model)model, .unit = k->unit, .type = k->type, .horizon = k->horizon};
        for (size_t i = 0; i < k->n; i++) {
            const loss *x = loss_of(k, i, model);
            n += x->n;
            for (int j = 0; j < 8; j++)
                sums[j] += x->sums[j];
            s->n_origins += i == 0 || k->terms[i].i_origin != k->terms[i - 1].i_origin;
        }
        s->means = (score_means){(size_t)n,
                                 sums[0] / n,
                                 sums[1] / n,
                                 sums[2] / n,
                                 sums[3] / n,
                                 sums[4] / n,
                                 {sums[5] / n, sums[6] / n, sums[7] / n}};
    }
}

static double mean_of(const backtest_score *s, score_compared score) {
    return score == SCORE_CRPS ? s->means.crps : s->means.ign;
}

/** Tessera and stacked against the baseline whose mean score is best. @param scores  [BACKTEST_MODELS] of this line */
static tsr_status add_comparisons(line *k, const backtest_score *scores, backtest *b, tsr_error *error) {
    if (k->n < COMPARE_MIN_MONTHS || scores->n_origins < FEWEST_ORIGINS)
        return TSR_OK;
    uint32_t ahead = k->horizon == SCORE_WINDOW ? 12 : ((uint32_t)k->horizon + k->every - 1) / k->every;
    for (score_compared score = 0; score < SCORE_COMPARED; score++) {
        uint32_t best = BACKTEST_BASELINE, entry = score == SCORE_CRPS ? 0 : 2; /* of loss.sums */
        for (uint32_t model = best + 1; model < BACKTEST_MODELS; model++)
            best = mean_of(&scores[model], score) < mean_of(&scores[best], score) ? model : best;
        for (uint32_t model = BACKTEST_TESSERA; model <= BACKTEST_STACKED; model++) {
            backtest_comparison *c = &b->comparisons[b->n_comparisons];
            *c = (backtest_comparison){.model = (backtest_model)model,
                                       .baseline = (backtest_model)best,
                                       .unit = k->unit,
                                       .type = k->type,
                                       .horizon = k->horizon,
                                       .score = score};
            for (size_t i = 0; i < k->n; i++) /* scaled so that their mean is that of all cells */
                k->values[i] = (loss_of(k, i, model)->sums[entry] - loss_of(k, i, best)->sums[entry]) * (double)k->n /
                               (double)scores[0].means.n_cells;
            tsr_status status = compare_diebold_mariano(k->values, k->n, compare_block(k->n, ahead), COMPARE_RESAMPLES,
                                                        k->seed, &c->losses, error);
            if (status != TSR_OK)
                return status;
            b->n_comparisons++;
        }
    }
    return TSR_OK;
}

static tsr_status add_calibration(line *k, uint32_t n_origins, backtest *b, tsr_error *error) {
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) {
        const term *t = &k->terms[i];
        size_t cell = losses_cell(k->l, t->i_origin, k->unit, k->type, t->months);
        for (uint32_t u = 0; u < units_of(k->l, k->unit); u++)
            if (!isnan(k->l->pit[cell + u])) {
                k->values[n] = k->l->pit[cell + u];
                k->months[n++] = (int32_t)(k->l->origins[t->i_origin].month + t->months);
            }
    }
    if (k->n < COMPARE_MIN_MONTHS || n_origins < FEWEST_ORIGINS)
        return TSR_OK;
    backtest_calibration *c = &b->calibrations[b->n_calibrations];
    *c = (backtest_calibration){.unit = k->unit, .type = k->type, .horizon = k->horizon};
    tsr_status status = compare_pit_uniform(k->values, k->months, n, COMPARE_RESAMPLES, k->seed, &c->pit, error);
    b->n_calibrations += status == TSR_OK;
    return status;
}

static tsr_status add_line(line *k, backtest *b, tsr_error *error) {
    find_terms(k);
    if (k->n == 0)
        return TSR_OK;
    const backtest_score *scores = b->scores + b->n_scores;
    add_means(k, b);
    tsr_status status = add_comparisons(k, scores, b, error);
    return status == TSR_OK ? add_calibration(k, scores->n_origins, b, error) : status;
}

tsr_status losses_finish(const losses *l, uint64_t seed, uint32_t every, backtest *b, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n_lines = (size_t)UNIT_KINDS * TYPES * BACKTEST_HORIZONS, n_terms = (size_t)l->n_origins * LONGEST;
    line k = {.l = l, .seed = seed, .every = every};
    k.terms = malloc(n_terms * sizeof *k.terms);
    k.values = malloc(n_terms * (1 + l->n_areas) * sizeof *k.values);
    k.months = malloc(n_terms * (1 + l->n_areas) * sizeof *k.months);
    b->scores = calloc(n_lines * BACKTEST_MODELS, sizeof *b->scores);
    b->comparisons = calloc(n_lines * SCORE_COMPARED * 2, sizeof *b->comparisons);
    b->calibrations = calloc(n_lines, sizeof *b->calibrations);
    if (!k.terms || !k.values || !k.months || !b->scores || !b->comparisons || !b->calibrations) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the table of scores");
        goto out;
    }
    for (size_t i = 0; i < n_lines; i++) {
        k.unit = (unit_kind)(i / ((size_t)TYPES * BACKTEST_HORIZONS));
        k.type = (uint32_t)(i / BACKTEST_HORIZONS % TYPES);
        k.horizon = backtest_horizons[i % BACKTEST_HORIZONS];
        TRY(add_line(&k, b, error));
    }
out:
    free(k.terms);
    free(k.values);
    free(k.months);
    return status;
}
