/* Averages over particles of how likely they made a month's located events; see foresight.h. */
#include "infer/foresight.h"

#include <math.h>
#include <stdlib.h>

tsr_status foresight_create(uint32_t n_months, uint32_t n_channels, uint32_t n_areas, foresight **out,
                            tsr_error *error) {
    size_t n_cells = (size_t)n_months * n_channels * n_areas;
    foresight *f = calloc(1, sizeof *f);
    if (f) {
        *f = (foresight){.n_months = n_months, .n_channels = n_channels, .n_areas = n_areas};
        f->channels = calloc((size_t)n_months * (n_channels + 1) + 1, sizeof *f->channels);
        f->expected = calloc(n_cells + 1, sizeof *f->expected);
        f->cells = calloc(n_cells + 1, sizeof *f->cells);
    }
    if (!f || !f->channels || !f->expected || !f->cells) {
        foresight_free(f);
        return FAIL(error, TSR_E_MEMORY, "no memory for what was foreseen of %u months and %zu cells", n_months,
                    n_cells);
    }
    *out = f;
    return TSR_OK;
}

void foresight_free(foresight *f) {
    if (!f)
        return;
    free(f->channels);
    free(f->expected);
    free(f->cells);
    free(f);
}

/** log of the weighted mean of exp(x), x of particle i at x[tile * stride + lane], summed over `n_rows` rows of n_lanes. */
static double log_mean(const foresight_month *month, const double *weight, const double *x, size_t stride,
                       uint32_t n_rows) {
    uint32_t n_lanes = month->n_lanes;
    double most = -INFINITY, sum = 0;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < month->n_particles; i++) {
            const double *at = x + i / n_lanes * stride + i % n_lanes;
            double value = 0;
            for (uint32_t row = 0; row < n_rows; row++)
                value += at[(size_t)row * n_lanes];
            if (pass == 0)
                most = weight[i] > 0 ? fmax(most, value) : most;
            else
                sum += weight[i] * exp(value - most);
            if (pass == 1 && !(most > -INFINITY))
                return -INFINITY;
        }
    return most + log(sum);
}

static double mean_of(const foresight_month *month, const double *weight, const double *x, size_t stride) {
    double sum = 0;
    for (uint32_t i = 0; i < month->n_particles; i++)
        sum += weight[i] * x[i / month->n_lanes * stride + i % month->n_lanes];
    return sum;
}

void foresight_add(foresight *f, uint32_t i_month, const foresight_month *month, double *weight) {
    size_t n_cells = (size_t)f->n_channels * f->n_areas, n_lanes = month->n_lanes;
    size_t density_stride = month->n_density_rows * n_lanes, cell_stride = n_cells * 2 * n_lanes;
    double *channels = f->channels + (size_t)i_month * (f->n_channels + 1), most = -INFINITY, sum = 0;
    for (uint32_t i = 0; i < month->n_particles; i++)
        most = fmax(most, month->log_weight[i]);
    for (uint32_t i = 0; i < month->n_particles; i++)
        sum += weight[i] = exp(month->log_weight[i] - most);
    for (uint32_t i = 0; i < month->n_particles; i++)
        weight[i] /= sum;
    for (uint32_t c = 0; c < f->n_channels; c++)
        channels[c] = log_mean(month, weight, month->densities + c * n_lanes, density_stride, 1);
    channels[f->n_channels] = log_mean(month, weight, month->densities, density_stride, f->n_channels);
    for (size_t cell = 0; cell < n_cells; cell++) {
        const double *expected = month->cells + cell * 2 * n_lanes;
        f->expected[i_month * n_cells + cell] = mean_of(month, weight, expected, cell_stride);
        f->cells[i_month * n_cells + cell] = log_mean(month, weight, expected + n_lanes, cell_stride, 1);
    }
}
