/* R-hat and effective sample size; see diagnose.h. */
#include "infer/diagnose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Chains are split into halves, so that a chain that drifts disagrees with itself: [half][n] throughout. */

typedef struct ranked {
    double value;
    uint32_t index;
} ranked;

static int by_value(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    return x->value < y->value ? -1 : x->value > y->value;
}

/** Inverse of the normal distribution function: Halley's method from the quantile of a logistic law of about that shape. Its
 *  steps are never longer than 2/|x|, so it comes back from a bad start in the tails, too. */
static double normal_quantile(double p) {
    double x = log(p / (1 - p)) / 1.702, step = 1;
    for (int i = 0; i < 100 && fabs(step) > 1e-12; i++) {
        double u = (0.5 * erfc(-x * M_SQRT1_2) - p) * 2.5066282746310002 * exp(x * x / 2);
        step = u / (1 + x * u / 2);
        x -= step;
    }
    return x;
}

/** Normal scores of the ranks, ties shared. */
static void scores(const double *x, ranked *order, uint32_t n, double *out) {
    for (uint32_t i = 0; i < n; i++)
        order[i] = (ranked){x[i], i};
    qsort(order, n, sizeof *order, by_value);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && order[end].value == order[i].value;)
            end++;
        double rank = (i + 1 + end) / 2.0;
        for (uint32_t k = i; k < end; k++)
            out[order[k].index] = normal_quantile((rank - 0.375) / (n + 0.25));
    }
}

/** Mean within-chain variance W, and the estimate var+ of the target's variance from W and the means. */
static void variances(const double *z, uint32_t n_chains, uint32_t n, double *within, double *plus) {
    double grand = 0, between = 0, w = 0;
    for (uint32_t c = 0; c < n_chains; c++)
        for (uint32_t i = 0; i < n; i++)
            grand += z[c * n + i] / ((double)n_chains * n);
    for (uint32_t c = 0; c < n_chains; c++) {
        double mean = 0, squares = 0;
        for (uint32_t i = 0; i < n; i++)
            mean += z[c * n + i] / n;
        for (uint32_t i = 0; i < n; i++)
            squares += (z[c * n + i] - mean) * (z[c * n + i] - mean);
        w += squares / (n - 1) / n_chains;
        between += (mean - grand) * (mean - grand) / (n_chains - 1);
    }
    *within = w;
    *plus = (n - 1.0) / n * w + between;
}

static double rhat(const double *z, uint32_t n_chains, uint32_t n) {
    double within, plus;
    variances(z, n_chains, n, &within, &plus);
    return within > 0 ? sqrt(plus / within) : plus > 0 ? INFINITY : NAN;
}

/** Autocovariance of one chain at a lag, over n. */
static double autocovariance(const double *z, uint32_t n, uint32_t lag) {
    double mean = 0, sum = 0;
    for (uint32_t i = 0; i < n; i++)
        mean += z[i] / n;
    for (uint32_t i = 0; i + lag < n; i++)
        sum += (z[i] - mean) * (z[i + lag] - mean);
    return sum / n;
}

/** Geyer's initial monotone sequence over the autocorrelations of all chains together. */
static double effective_size(const double *z, uint32_t n_chains, uint32_t n) {
    double within, plus, tau = -1, least = INFINITY;
    variances(z, n_chains, n, &within, &plus);
    if (!(plus > 0))
        return NAN;
    for (uint32_t lag = 0; lag + 1 < n; lag += 2) {
        double pair = 0;
        for (uint32_t k = lag; k < lag + 2; k++) {
            double mean = 0;
            for (uint32_t c = 0; c < n_chains; c++)
                mean += autocovariance(z + (size_t)c * n, n, k) * n / (n - 1.0) / n_chains;
            pair += k == 0 ? 1 : 1 - (within - mean) / plus;
        }
        if (pair < 0)
            break;
        least = fmin(least, pair);
        tau += 2 * least;
    }
    double total = (double)n_chains * n;
    return total / fmax(tau, 1 / log10(total));
}

tsr_status diagnose(const double *x, uint32_t n_chains, uint32_t n, diagnosis *out, tsr_error *error) {
    uint32_t half = n / 2, n_halves = 2 * n_chains, total = n_halves * half;
    double *split = malloc(total * sizeof *split), *z = malloc(total * sizeof *z), *folded = malloc(total * sizeof *z);
    ranked *order = malloc(total * sizeof *order);
    tsr_status status = TSR_OK;
    if (!split || !z || !folded || !order) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u draws", total);
        goto out;
    }
    for (uint32_t c = 0; c < n_chains; c++) { /* an odd draw in the middle is left out */
        memcpy(split + (size_t)(2 * c) * half, x + (size_t)c * n, half * sizeof *x);
        memcpy(split + (size_t)(2 * c + 1) * half, x + (size_t)c * n + (n - half), half * sizeof *x);
    }
    scores(split, order, total, z);
    double median = order[total / 2].value;
    for (uint32_t i = 0; i < total; i++)
        split[i] = fabs(split[i] - median);
    scores(split, order, total, folded);
    *out = (diagnosis){.rhat = fmax(rhat(z, n_halves, half), rhat(folded, n_halves, half)),
                       .effective = effective_size(z, n_halves, half)};
out:
    free(split);
    free(z);
    free(folded);
    free(order);
    return status;
}
