/* Means by horizon, comparisons with the baselines, calibration. */
#include "backtest/score.h"

#include "base/date.h"

#include <stdlib.h>

static int32_t horizon_of(const score_block *b, size_t cell) {
    return b->month[cell] - b->origin[cell];
}

static bool belongs(const score_block *b, size_t cell, int32_t horizon) {
    int32_t h = horizon_of(b, cell);
    return horizon == SCORE_ALL ||
           (horizon == SCORE_WINDOW ? h >= SCORE_WINDOW_FIRST && h <= SCORE_WINDOW_LAST : h == horizon);
}

static size_t find_cells(const score_block *b, int32_t horizon, size_t *cells) {
    size_t n = 0;
    for (size_t cell = 0; cell < b->n_cells; cell++)
        if (belongs(b, cell, horizon))
            cells[n++] = cell;
    return n;
}

static int compare_months(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/** Sort and drop what comes twice. @return how many are left */
static size_t distinct(int32_t *values, size_t n) {
    size_t n_left = 0;
    qsort(values, n, sizeof *values, compare_months);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || values[i] != values[n_left - 1])
            values[n_left++] = values[i];
    return n_left;
}

/** Memory for one block: everything is at most as long as its cells. */
typedef struct scratch {
    size_t *cells;
    int32_t *horizons, *months;
    double *values;
} scratch;

static tsr_status add_lines(score_block *b, int32_t horizon, scratch *s, tsr_error *error) {
    size_t n = find_cells(b, horizon, s->cells);
    for (size_t i = 0; i < n; i++)
        s->months[i] = b->origin[s->cells[i]];
    size_t n_origins = distinct(s->months, n);
    for (uint32_t model = 0; model < SCORE_MODELS && b->values[model]; model++) {
        score_line *line = &b->lines[b->n_lines];
        *line = (score_line){.model = model, .horizon = horizon, .n_origins = (uint32_t)n_origins};
        tsr_status status = score_mean(b->values[model], s->cells, n, &line->means, error);
        if (status != TSR_OK)
            return status;
        b->n_lines++;
    }
    return TSR_OK;
}

static tsr_status make_lines(score_block *b, scratch *s, tsr_error *error) {
    for (size_t i = 0; i < b->n_cells; i++)
        s->horizons[i] = horizon_of(b, i);
    size_t n = distinct(s->horizons, b->n_cells);
    int n_window = 0;
    for (size_t i = 0; i < n; i++)
        n_window += s->horizons[i] >= SCORE_WINDOW_FIRST && s->horizons[i] <= SCORE_WINDOW_LAST;
    b->lines = calloc((n + 2) * SCORE_MODELS, sizeof *b->lines);
    if (b->lines == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for scores of %zu horizons", n);
    tsr_status status = add_lines(b, SCORE_ALL, s, error);
    if (status == TSR_OK && n_window == SCORE_WINDOW_LAST - SCORE_WINDOW_FIRST + 1)
        status = add_lines(b, SCORE_WINDOW, s, error);
    for (size_t i = 0; i < n && status == TSR_OK; i++)
        status = add_lines(b, s->horizons[i], s, error);
    return status;
}

static double score_of(const score_block *b, uint32_t model, size_t cell, score_compared which) {
    const score_values *v = &b->values[model][cell];
    return which == SCORE_CRPS ? v->crps : v->ign;
}

/** Differences of a score summed over every month that was forecast, scaled so that their mean is that of all cells.
 *  @return how many months */
static size_t monthly_differences(const score_block *b, uint32_t model, score_compared which, scratch *s) {
    for (size_t i = 0; i < b->n_cells; i++)
        s->months[i] = b->month[i];
    size_t n = distinct(s->months, b->n_cells);
    for (size_t m = 0; m < n; m++) {
        double sum = 0;
        for (size_t i = 0; i < b->n_cells; i++)
            if (b->month[i] == s->months[m])
                sum += score_of(b, 0, i, which) - score_of(b, model, i, which);
        s->values[m] = sum * (double)n / (double)b->n_cells;
    }
    return n;
}

static tsr_status test(const score_report *r, score_block *b, scratch *s, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t longest = 1;
    for (size_t i = 0; i < b->n_cells; i++) {
        longest = (size_t)horizon_of(b, i) > longest ? (size_t)horizon_of(b, i) : longest;
        s->values[i] = b->values[0][i].pit;
        s->months[i] = b->month[i];
    }
    size_t n_months = distinct(s->months, b->n_cells);
    if (n_months < COMPARE_MIN_MONTHS)
        return TSR_OK;
    TRY(compare_pit_uniform(s->values, b->month, b->n_cells, COMPARE_RESAMPLES, r->options.seed, &b->pit, error));
    b->has_pit = true;
    for (uint32_t model = 1; model < SCORE_MODELS && b->values[model]; model++) {
        for (score_compared which = 0; which < SCORE_COMPARED; which++) {
            size_t n = monthly_differences(b, model, which, s);
            TRY(compare_diebold_mariano(s->values, n, compare_block(n, longest), COMPARE_RESAMPLES, r->options.seed,
                                        &b->comparison[which][model], error));
        }
        b->has_comparison[model] = true;
    }
out:
    return status;
}

static tsr_status finish_block(const score_report *r, score_block *b, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n = b->n_cells;
    scratch s = {malloc(n * sizeof *s.cells), malloc(n * sizeof *s.horizons), malloc(n * sizeof *s.months),
                 malloc(n * sizeof *s.values)};
    if (s.cells == NULL || s.horizons == NULL || s.months == NULL || s.values == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for scores of %zu cells", n);
        goto out;
    }
    TRY(make_lines(b, &s, error));
    TRY(test(r, b, &s, error));
out:
    free(s.cells);
    free(s.horizons);
    free(s.months);
    free(s.values);
    return status;
}

tsr_status score_report_finish(score_report *r, tsr_error *error) {
    size_t n_scored = 0;
    for (size_t i = 0; i < r->n_blocks; i++) {
        if (r->blocks[i].n_cells == 0)
            continue;
        tsr_status status = finish_block(r, &r->blocks[i], error);
        if (status != TSR_OK)
            return status;
        n_scored++;
    }
    if (n_scored == 0) {
        char first[16], last[16];
        month_text(r->first_month, first);
        month_text(r->last_month, last);
        return FAIL(error, TSR_E_INPUT, "%s to %s were forecast, and none of it was observed: nothing to score", first,
                    last);
    }
    return TSR_OK;
}
