/* Resampling months: blocks for differences of losses, signs for PIT values. */
#include "judge/compare.h"

#include "random/counts.h"

#include <math.h>
#include <stdlib.h>

enum { USE_BLOCK = 2, USE_SIGN = 3 };

static philox_stream stream_of(uint64_t seed, uint32_t use, uint32_t resample) {
    random_address address = {.key = KERNEL(random_key_make)(seed, RANDOM_BACKTEST, 0), .first_slot = resample};
    return philox_stream_of(&address, use, 0, 0);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ---- differences of losses ---- */

size_t compare_block(size_t n, size_t horizon) {
    size_t block = 1;
    while ((block + 1) * (block + 1) <= n)
        block++;
    block = block < horizon ? horizon : block;
    return block > n / 4 ? (n / 4 ? n / 4 : 1) : block;
}

/** Exact expectation of a resampled mean: every start is equally likely, the last block may be cut. */
static double expected_mean(const double *d, size_t n, size_t block) {
    double sum = 0;
    size_t n_starts = n - block + 1;
    for (size_t at = 0; at < n; at++) {
        double mean = 0;
        for (size_t start = 0; start < n_starts; start++)
            mean += d[start + at % block];
        sum += mean / (double)n_starts;
    }
    return sum / (double)n;
}

static double resampled_mean(const double *d, size_t n, size_t block, philox_stream *stream) {
    double sum = 0;
    size_t start = 0;
    for (size_t at = 0; at < n; at++) {
        if (at % block == 0)
            start = (size_t)(counts_uniform(stream) * (double)(n - block + 1));
        sum += d[start + at % block];
    }
    return sum / (double)n;
}

tsr_status compare_diebold_mariano(const double *differences, size_t n, size_t block, uint32_t n_resamples,
                                   uint64_t seed, compare_losses *out, tsr_error *error) {
    if (n < COMPARE_MIN_MONTHS)
        return FAIL(error, TSR_E_INPUT, "%zu months are too few to compare two forecasts; %d are needed", n,
                    COMPARE_MIN_MONTHS);
    if (block == 0 || block > n / 4)
        return FAIL(error, TSR_E_INPUT, "blocks of %zu months; they must have 1 to %zu of %zu months", block, n / 4, n);
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(differences[i]))
            return FAIL(error, TSR_E_INPUT, "the difference of losses in month %zu is %g; it must be finite", i,
                        differences[i]);
        mean += differences[i] / (double)n;
    }
    double *deviations = malloc(((size_t)n_resamples + 1) * sizeof *deviations);
    if (deviations == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u resamples", n_resamples);
    double centre = expected_mean(differences, n, block);
    double stretch = (double)n / sqrt((double)(n - block) * (double)(n - 2 * block));
    size_t n_extreme = 0;
    for (uint32_t i = 0; i < n_resamples; i++) {
        philox_stream stream = stream_of(seed, USE_BLOCK, i);
        deviations[i] = (resampled_mean(differences, n, block, &stream) - centre) * stretch;
        n_extreme += fabs(deviations[i]) >= fabs(mean) * (1 - 1e-12);
    }
    qsort(deviations, n_resamples, sizeof *deviations, compare_doubles);
    size_t tail = (n_resamples + 1) / 20;
    bool has_interval = tail > 0;
    *out = (compare_losses){
        .difference = mean,
        .low = has_interval ? mean - deviations[n_resamples - tail] : -INFINITY,
        .high = has_interval ? mean - deviations[tail - 1] : INFINITY,
        .p = (double)(1 + n_extreme) / (double)(1 + (size_t)n_resamples),
        .n_months = n,
        .block = block,
    };
    free(deviations);
    return TSR_OK;
}

/* ---- PIT ---- */

typedef struct dated_pit {
    int32_t month;
    double pit;
} dated_pit;

static int compare_dated(const void *a, const void *b) {
    const dated_pit *x = a, *y = b;
    return x->month != y->month ? (x->month > y->month) - (x->month < y->month) : (x->pit > y->pit) - (x->pit < y->pit);
}

/** Integral of Z_a Z_b over x for two months whose values are sorted: the sum over pairs of
 *  ([u <= x] - x)([v <= x] - x), which integrates to (u^2 + v^2)/2 - max(u, v) + 1/3. */
static double product(const dated_pit *u, size_t n_u, const dated_pit *v, size_t n_v) {
    double squares_u = 0, squares_v = 0, larger = 0;
    size_t i = 0, j = 0;
    while (i < n_u || j < n_v)
        if (j == n_v || (i < n_u && u[i].pit < v[j].pit)) { /* larger than the j values of v before it */
            squares_u += u[i].pit * u[i].pit;
            larger += u[i++].pit * (double)j;
        } else {
            squares_v += v[j].pit * v[j].pit;
            larger += v[j++].pit * (double)i;
        }
    return (squares_u * (double)n_v + squares_v * (double)n_u) / 2 - larger + (double)n_u * (double)n_v / 3;
}

/** Products of all months with each other, lower triangle of [n_months][n_months]; month m begins at begin[m]. */
static void multiply(const dated_pit *values, const size_t *begin, size_t n_months, double *products) {
    for (size_t a = 0; a < n_months; a++)
        for (size_t b = 0; b <= a; b++)
            products[a * n_months + b] =
                product(values + begin[a], begin[a + 1] - begin[a], values + begin[b], begin[b + 1] - begin[b]);
}

static double quadratic(const double *products, const double *sign, size_t n) {
    double sum = 0;
    for (size_t a = 0; a < n; a++) {
        double row = 0;
        for (size_t b = 0; b < a; b++)
            row += products[a * n + b] * sign[b];
        sum += products[a * n + a] + 2 * sign[a] * row;
    }
    return sum;
}

/** Sort the values by month and find where months begin. @return how many months */
static size_t sort_by_month(const double *pits, const int32_t *month, size_t n, dated_pit *values, size_t *begin) {
    size_t n_months = 0;
    for (size_t i = 0; i < n; i++)
        values[i] = (dated_pit){month[i], pits[i]};
    qsort(values, n, sizeof *values, compare_dated);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || values[i].month != values[i - 1].month)
            begin[n_months++] = i;
    begin[n_months] = n;
    return n_months;
}

/** p of the statistic among those with random signs. */
static double share_of_signs(const double *products, double *sign, size_t n_months, double statistic,
                             uint32_t n_resamples, uint64_t seed) {
    size_t n_extreme = 0;
    for (uint32_t i = 0; i < n_resamples; i++) {
        philox_stream stream = stream_of(seed, USE_SIGN, i);
        for (size_t m = 0; m < n_months; m++)
            sign[m] = philox_stream_next(&stream) & 1 ? 1 : -1;
        n_extreme += quadratic(products, sign, n_months) >= statistic * (1 - 1e-12);
    }
    return (double)(1 + n_extreme) / (1.0 + n_resamples);
}

tsr_status compare_pit_uniform(const double *pits, const int32_t *month, size_t n, uint32_t n_resamples, uint64_t seed,
                               compare_pit *out, tsr_error *error) {
    tsr_status status = TSR_OK;
    dated_pit *values = malloc((n ? n : 1) * sizeof *values);
    size_t *begin = malloc((n + 1) * sizeof *begin), n_months = 0;
    double *products = NULL, *sign = NULL;
    if (values == NULL || begin == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to test %zu PIT values", n);
        goto out;
    }
    for (size_t i = 0; i < n && status == TSR_OK; i++)
        if (!(pits[i] >= 0 && pits[i] <= 1))
            status = FAIL(error, TSR_E_INPUT, "PIT value %zu is %g; it must be from 0 to 1", i, pits[i]);
    if (status == TSR_OK)
        n_months = sort_by_month(pits, month, n, values, begin);
    if (status == TSR_OK && n_months < COMPARE_MIN_MONTHS)
        status = FAIL(error, TSR_E_INPUT, "%zu months are too few to test calibration; %d are needed", n_months,
                      COMPARE_MIN_MONTHS);
    if (status != TSR_OK)
        goto out;
    products = calloc(n_months * n_months, sizeof *products);
    sign = malloc(n_months * sizeof *sign);
    if (products == NULL || sign == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to test PIT values of %zu months", n_months);
        goto out;
    }
    multiply(values, begin, n_months, products);
    for (size_t m = 0; m < n_months; m++)
        sign[m] = 1;
    double statistic = quadratic(products, sign, n_months);
    *out = (compare_pit){statistic / ((double)n * (double)n),
                         share_of_signs(products, sign, n_months, statistic, n_resamples, seed), n_months};
out:
    free(values);
    free(begin);
    free(products);
    free(sign);
    return status;
}
