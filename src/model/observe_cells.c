/* Every cell of a month with data on its own: how many located events were expected, and how likely those seen were.
 *
 *   n ~ NegBin(mean exp(u), k_N),  u ~ N(-v/2, v),  v = var x + var y + log(1 + 1/k_C)
 *
 * given the months before: the same law as the density of the channel (observe.c), but the national factor is integrated for
 * each cell alone, so that areas can be compared with a benchmark that knows one area at a time. Nothing is learned here.
 */
#include "model/observe.h"

#include "model/closure.h"
#include "model/lanes.h"

/** Cells of channel c. */
static void channel_cells(const model_step *s, uint32_t c) {
    const model *m = s->m;
    const model_observed *seen = s->tile->observed;
    uint32_t n = s->n_lanes, scratch[1];
    const real *k_c = step_parameter(s, EVENTS_CHANNEL_SIZE, c), *k_n = step_parameter(s, EVENTS_CELL_SIZE, c);
    const real *y_variance = step_row(s, ROW_channel_variance, c);
    real *ratio = step_scratch(s, 0), *variance = step_scratch(s, 1);
    real *log_mean = step_scratch(s, 2), *log_variance = step_scratch(s, 3);
    real share = (real)seen->event_share[c];
    for (uint32_t a = 0; a < m->n_areas; a++) {
        uint32_t cell = c * m->n_areas + a;
        const real *intensity = step_row(s, ROW_intensity, cell), *x_variance = step_row(s, ROW_cell_variance, cell);
        double *expected = s->tile->cells + (size_t)(2 * cell) * n, *log_density = expected + n;
        for (uint32_t lane = 0; lane < n; lane++) {
            real mean = share * intensity[lane];
            ratio[lane] = mean / k_n[lane];
            variance[lane] = x_variance[lane] + y_variance[lane] + lane_log(1 + 1 / k_c[lane]);
            expected[lane] = (double)mean;
            log_density[lane] = 0;
        }
        if (!(share > 0))
            continue;
        const closure_counts count = {.n_cells = 1,
                                      .n_lanes = n,
                                      .count = seen->events + cell,
                                      .ratio = ratio,
                                      .size = k_n,
                                      .variance = variance};
        const closure_posterior posterior = {
            .log_density = log_density, .log_mean = log_mean, .log_variance = log_variance};
        KERNEL(closure_integrate)(&count, scratch, &posterior);
    }
}

void KERNEL(events_observe_cells)(const model_step *s) {
    for (uint32_t c = 0; c < s->m->n_channels; c++)
        channel_cells(s, c);
}
