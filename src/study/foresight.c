/* The model's foresight beside that of a dynamic negative binomial of every cell (judge/negbin.h). */
#include "study/foresight.h"

#include "judge/negbin.h"

#include <math.h>
#include <stdlib.h>

enum { MONTHS_TO_LEARN = 12 };

void run_foresight_free(run_foresight *f) {
    if (!f)
        return;
    free(f->channels);
    free(f->channels_benchmark);
    free(f->seen);
    free(f->expected);
    free(f->cells);
    free(f->expected_benchmark);
    free(f->cells_benchmark);
    free(f);
}

static tsr_status allocate(const foresight *from, run_foresight **out, tsr_error *error) {
    size_t n_cells = (size_t)from->n_months * from->n_channels * from->n_areas;
    size_t n_sums = (size_t)from->n_months * (from->n_channels + 1);
    run_foresight *f = calloc(1, sizeof *f);
    if (f) {
        *f = (run_foresight){.n_months = from->n_months, .n_channels = from->n_channels, .n_areas = from->n_areas};
        f->channels = calloc(n_sums + 1, sizeof(double));
        f->channels_benchmark = calloc(n_sums + 1, sizeof(double));
        double **rows[] = {&f->seen, &f->expected, &f->cells, &f->expected_benchmark, &f->cells_benchmark};
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            *rows[i] = calloc(n_cells + 1, sizeof(double));
    }
    if (!f || !f->channels || !f->channels_benchmark || !f->seen || !f->expected || !f->cells ||
        !f->expected_benchmark || !f->cells_benchmark) {
        run_foresight_free(f);
        return FAIL(error, TSR_E_MEMORY, "no memory for the foresight of %zu cells", n_cells);
    }
    *out = f;
    return TSR_OK;
}

static void copy_model(const foresight *from, const evidence *e, run_foresight *f) {
    for (uint32_t t = 0; t < f->n_months; t++) {
        bool any = false;
        for (uint32_t c = 0; c < f->n_channels; c++) {
            bool is_seen = e->months[t].event_share[c] > 0;
            size_t sum = (size_t)t * (f->n_channels + 1) + c;
            any |= is_seen;
            f->channels[sum] = is_seen ? from->channels[sum] : NAN;
            for (uint32_t a = 0; a < f->n_areas; a++) {
                size_t cell = c * f->n_areas + a, at = (size_t)t * f->n_channels * f->n_areas + cell;
                f->seen[at] = is_seen ? (double)e->months[t].events[cell] : NAN;
                f->expected[at] = is_seen ? from->expected[at] : NAN;
                f->cells[at] = is_seen ? from->cells[at] : NAN;
            }
        }
        size_t all = (size_t)t * (f->n_channels + 1) + f->n_channels;
        f->channels[all] = any ? from->channels[all] : NAN;
    }
}

/** The benchmark of one channel: its areas are the units. @param counts, expected, log_p  [area][month] scratch */
static tsr_status foresee_channel(run_foresight *f, uint32_t c, double *counts, double *expected, double *log_p,
                                  tsr_error *error) {
    size_t n_months = f->n_months, n_cells = (size_t)f->n_channels * f->n_areas;
    for (size_t a = 0; a < f->n_areas; a++)
        for (size_t t = 0; t < n_months; t++)
            counts[a * n_months + t] = f->seen[t * n_cells + c * f->n_areas + a];
    const baseline_history history = {.counts = counts, .n_units = f->n_areas, .n_months = n_months};
    tsr_status status = negbin_foresee(&history, expected, log_p, error);
    for (size_t t = 0; status == TSR_OK && t < n_months; t++) {
        double sum = 0;
        for (size_t a = 0; a < f->n_areas; a++) {
            size_t at = t * n_cells + c * f->n_areas + a;
            f->expected_benchmark[at] = isnan(counts[a * n_months + t]) ? NAN : expected[a * n_months + t];
            f->cells_benchmark[at] = log_p[a * n_months + t];
            sum += log_p[a * n_months + t];
        }
        double *row = f->channels_benchmark + t * (f->n_channels + 1);
        row[c] = sum;
        row[f->n_channels] += isnan(sum) ? 0 : sum;
    }
    return status;
}

tsr_status run_foresight_create(const foresight *from, const evidence *e, run_foresight **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    run_foresight *f = NULL;
    size_t n = (size_t)from->n_areas * from->n_months;
    double *scratch = calloc(3 * n + 1, sizeof *scratch);
    if (!scratch)
        return FAIL(error, TSR_E_MEMORY, "no memory for a benchmark of %zu areas and months", n);
    TRY(allocate(from, &f, error));
    copy_model(from, e, f);
    for (uint32_t c = 0; c < f->n_channels; c++)
        TRY(foresee_channel(f, c, scratch, scratch + n, scratch + 2 * n, error));
    for (uint32_t t = 0; t < f->n_months; t++) {
        size_t all = (size_t)t * (f->n_channels + 1) + f->n_channels;
        if (isnan(f->channels[all]))
            f->channels_benchmark[all] = NAN;
    }
    /* The first year with data is left out of comparisons. */
    for (uint32_t t = 0, seen = 0; t < f->n_months && seen < MONTHS_TO_LEARN; t++) {
        seen += !isnan(f->channels[(size_t)t * (f->n_channels + 1) + f->n_channels]);
        f->first = t + 1;
    }
    *out = f;
    f = NULL;
out:
    run_foresight_free(f);
    free(scratch);
    return status;
}
