/* Scores of ensembles of draws. Everything is a sum over the draws in order of size, so that sums of differences have no
 * cancellation and a cell costs one sort. */
#include "judge/scores.h"

#include "random/philox.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USE_PIT = 1 };

/** Lower edges of the bins of IGN; a value belongs to the last edge that is not above it. */
static const double edges[] = {0, 0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5};
enum { N_EDGES = sizeof edges / sizeof *edges };

static const score_profile profiles[] = {
    {"views-challenge-2023", N_EDGES, true, 0.90, "IGN on 11 bins, MIS of the 90 % interval"},
    {"views-evaluation", N_EDGES - 1, false, 0.95, "IGN on 10 bins up to 1000.5, MIS of the 95 % interval"},
};

static const double coverage_levels[SCORE_COVERAGES] = {0.50, 0.80, 0.90};

const score_profile *score_profile_find(const char *name) {
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}

const char *score_profile_name(size_t i) {
    return i < sizeof profiles / sizeof *profiles ? profiles[i].name : NULL;
}

/* ---- parts ---- */

static double mean_distance(const double *sorted, size_t n, double y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(sorted[i] - y);
    return sum / (double)n;
}

/** sum over i < j of x_j - x_i: the gap above the k-th smallest lies between k (n - k) pairs. */
static double pair_sum(const double *sorted, size_t n) {
    double sum = 0;
    for (size_t k = 1; k < n; k++)
        sum += (double)k * (double)(n - k) * (sorted[k] - sorted[k - 1]);
    return sum;
}

double score_crps(const double *sorted, size_t n, double y) {
    return mean_distance(sorted, n, y) - pair_sum(sorted, n) / ((double)n * (double)n);
}

double score_fair_crps(const double *sorted, size_t n, double y) {
    if (n == 1)
        return NAN;
    return mean_distance(sorted, n, y) - pair_sum(sorted, n) / ((double)n * (double)(n - 1));
}

double score_quantile(const double *sorted, size_t n, double p) {
    double position = p * (double)(n - 1);
    size_t below = (size_t)position;
    if (below + 1 >= n)
        return sorted[n - 1];
    return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

double score_interval(const double *sorted, size_t n, double level, double y) {
    double alpha = 1 - level;
    double low = score_quantile(sorted, n, alpha / 2), high = score_quantile(sorted, n, 1 - alpha / 2);
    double outside = y < low ? low - y : y > high ? y - high : 0;
    return high - low + 2 / alpha * outside;
}

bool score_covers(const double *sorted, size_t n, double level, double y) {
    double tail = (1 - level) / 2;
    return y >= score_quantile(sorted, n, tail) && y <= score_quantile(sorted, n, 1 - tail);
}

/** How many of the draws are below y. */
static size_t count_below(const double *sorted, size_t n, double y) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < y)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

double score_ign(const score_profile *profile, const double *sorted, size_t n, double y) {
    uint32_t bin = 0;
    while (bin + 1 < profile->n_bins && edges[bin + 1] <= y)
        bin++;
    size_t above = bin + 1 < N_EDGES ? count_below(sorted, n, edges[bin + 1]) : n;
    size_t inside = above - count_below(sorted, n, edges[bin]);
    return -log2((double)(inside + 1) / (double)(n + profile->n_bins));
}

double score_pit(const double *sorted, size_t n, double y, double uniform) {
    size_t below = count_below(sorted, n, y);
    size_t equal = count_below(sorted, n, nextafter(y, INFINITY)) - below;
    return ((double)below + uniform * (double)(equal + 1)) / (double)(n + 1);
}

/* ---- all cells ---- */

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double top_of(const score_profile *profile) {
    return profile->top_is_open ? INFINITY : edges[N_EDGES - 1];
}

static tsr_status check_value(const score_profile *profile, double value, const char *what, size_t cell, size_t draw,
                              tsr_error *error) {
    char name[64];
    if (isfinite(value) && value >= 0 && value < top_of(profile))
        return TSR_OK;
    if (draw == SIZE_MAX)
        snprintf(name, sizeof name, "%s of cell %zu", what, cell);
    else
        snprintf(name, sizeof name, "%s %zu of cell %zu", what, draw, cell);
    if (isfinite(value) && value >= 0)
        return FAIL(error, TSR_E_INPUT, "%s is %g; profile %s has no bin from %g on, use %s", name, value,
                    profile->name, top_of(profile), profiles[0].name);
    return FAIL(error, TSR_E_INPUT, "%s is %g; it must be a finite number, 0 or more", name, value);
}

static tsr_status check(const score_profile *profile, const double *draws, const double *actuals, size_t n_cells,
                        size_t n_draws, tsr_error *error) {
    if (n_cells == 0)
        return FAIL(error, TSR_E_INPUT, "there is nothing to score: no cells");
    if (n_draws == 0)
        return FAIL(error, TSR_E_INPUT, "there is nothing to score: a forecast without draws");
    for (size_t cell = 0; cell < n_cells; cell++) {
        tsr_status status = check_value(profile, actuals[cell], "the actual", cell, SIZE_MAX, error);
        for (size_t draw = 0; draw < n_draws && status == TSR_OK; draw++)
            status = check_value(profile, draws[cell * n_draws + draw], "draw", cell, draw, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

/** Uniform on (0, 1) of a cell. */
static double tie_breaker(random_key key, size_t cell) {
    const uint32_t counter[4] = {(uint32_t)cell, 0, (uint32_t)((uint64_t)cell >> 32), (uint32_t)USE_PIT << 24};
    uint32_t words[4];
    KERNEL(random_philox)(counter, key, words);
    return ((double)words[0] + 0.5) * 0x1p-32;
}

tsr_status score_cells(const score_profile *profile, const double *draws, const double *actuals, size_t n_cells,
                       size_t n_draws, uint64_t seed, score_values *values, tsr_error *error) {
    tsr_status status = check(profile, draws, actuals, n_cells, n_draws, error);
    if (status != TSR_OK)
        return status;
    double *sorted = malloc(n_draws * sizeof *sorted);
    if (sorted == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to sort %zu draws", n_draws);
    random_key key = KERNEL(random_key_make)(seed, RANDOM_BACKTEST, 0);
    for (size_t cell = 0; cell < n_cells; cell++) {
        double y = actuals[cell];
        memcpy(sorted, draws + cell * n_draws, n_draws * sizeof *sorted);
        qsort(sorted, n_draws, sizeof *sorted, compare);
        double many = 1 - (double)count_below(sorted, n_draws, SCORE_MANY_DEATHS) / (double)n_draws;
        double miss = many - (y >= SCORE_MANY_DEATHS);
        score_values *v = &values[cell];
        v->crps = score_crps(sorted, n_draws, y);
        v->fair_crps = score_fair_crps(sorted, n_draws, y);
        v->ign = score_ign(profile, sorted, n_draws, y);
        v->mis = score_interval(sorted, n_draws, profile->mis_level, y);
        v->brier = miss * miss;
        v->pit = score_pit(sorted, n_draws, y, tie_breaker(key, cell));
        for (int level = 0; level < SCORE_COVERAGES; level++)
            v->is_covered[level] = score_covers(sorted, n_draws, coverage_levels[level], y);
    }
    free(sorted);
    return TSR_OK;
}

tsr_status score_mean(const score_values *values, const size_t *cell_of, size_t n, score_means *means,
                      tsr_error *error) {
    score_means sum = {.n_cells = n};
    if (n == 0)
        return FAIL(error, TSR_E_INPUT, "there is nothing to average: no cells");
    for (size_t i = 0; i < n; i++) {
        const score_values *v = &values[cell_of ? cell_of[i] : i];
        sum.crps += v->crps;
        sum.fair_crps += v->fair_crps;
        sum.ign += v->ign;
        sum.mis += v->mis;
        sum.brier += v->brier;
        for (int level = 0; level < SCORE_COVERAGES; level++)
            sum.coverage[level] += v->is_covered[level];
    }
    sum.crps /= (double)n;
    sum.fair_crps /= (double)n;
    sum.ign /= (double)n;
    sum.mis /= (double)n;
    sum.brier /= (double)n;
    for (int level = 0; level < SCORE_COVERAGES; level++)
        sum.coverage[level] /= (double)n;
    *means = sum;
    return TSR_OK;
}

tsr_status score_brier(const double *probabilities, const bool *happened, size_t n, double *brier, tsr_error *error) {
    double sum = 0;
    if (n == 0)
        return FAIL(error, TSR_E_INPUT, "there is nothing to score: no questions");
    for (size_t i = 0; i < n; i++) {
        double miss = probabilities[i] - happened[i];
        if (!(probabilities[i] >= 0 && probabilities[i] <= 1))
            return FAIL(error, TSR_E_INPUT, "the probability of question %zu is %g; it must be from 0 to 1", i,
                        probabilities[i]);
        sum += miss * miss;
    }
    *brier = sum / (double)n;
    return TSR_OK;
}

tsr_status score_same_draws(const char *name_a, size_t n_a, const char *name_b, size_t n_b, tsr_error *error) {
    if (n_a == n_b)
        return TSR_OK;
    return FAIL(error, TSR_E_INPUT, "%s has %zu draws and %s %zu; IGN can be compared only at equal numbers of draws",
                name_a, n_a, name_b, n_b);
}
