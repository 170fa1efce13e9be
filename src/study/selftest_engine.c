/* Limits of the engine: random numbers, elementary functions, sameness, and the filter's parts. */
#include "study/selftest_parts.h"

#include "infer/resample.h"
#include "model/closure.h"
#include "random/elementary.h"

#include <math.h>

static tsr_status philox(const char *spoilt, selftest_finding *out, tsr_error *error) {
    static const uint32_t pi[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    uint32_t words[4];
    (void)spoilt;
    (void)error;
    /* Known answer published with Random123: digits of pi as counter and key. */
    KERNEL(random_philox)(pi, (random_key){{0xa4093822, 0x299f31d0}}, words);
    out->exact = 0xd16cfe09;
    out->computed = words[0];
    return TSR_OK;
}

static tsr_status exponential(const char *spoilt, selftest_finding *out, tsr_error *error) {
    (void)spoilt;
    (void)error;
    for (int i = -8600; i <= 8600; i++) {
        float x = (float)i / 100;
        out->computed = fmax(out->computed, fabs((double)lane_exp(x) / exp((double)x) - 1));
    }
    return TSR_OK;
}

static tsr_status logarithm(const char *spoilt, selftest_finding *out, tsr_error *error) {
    (void)spoilt;
    (void)error;
    for (int i = -8600; i <= 8600; i++) {
        float x = expf((float)i / 100);
        double exact = log((double)x);
        out->computed = fmax(out->computed, fabs((double)lane_log(x) - exact) / fmax(1, fabs(exact)));
    }
    return TSR_OK;
}

/** Moments of a million draws of one family. */
typedef enum family { NORMAL, GAMMA, POISSON, NEGATIVE_BINOMIAL } family;

static lab_moments draws(family which) {
    enum { ROWS = 8, CALLS = 1000, N = ROWS * RANDOM_MAX_LANES };
    static real x[N], a[N], b[N], shape[RANDOM_MAX_LANES];
    double sum = 0, squares = 0, fourths = 0, n = 0;
    random_address address = {.key = KERNEL(random_key_make)(41, RANDOM_TEST, which)};
    for (int i = 0; i < N; i++) {
        /* sizes and ratios; at this size a negative binomial is a Poisson count */
        a[i] = (real)(which == POISSON ? 1e12 : 2.5);
        b[i] = (real)7.5 / a[i];
    }
    for (int i = 0; i < RANDOM_MAX_LANES; i++)
        shape[i] = (real)2.5;
    for (uint32_t call = 0; call < CALLS; call++) {
        address.first_slot = call * RANDOM_MAX_LANES;
        if (which == NORMAL)
            KERNEL(random_normal_rows)(&address, 1, 0, ROWS, RANDOM_MAX_LANES, x);
        else if (which == GAMMA)
            KERNEL(random_gamma_rows)(&address, 1, 0, ROWS, RANDOM_MAX_LANES, shape, x);
        else
            KERNEL(random_negbin_rows)(&address, 1, 0, ROWS, RANDOM_MAX_LANES, a, b, x);
        for (int i = 0; i < N; i++) {
            double d = (double)x[i];
            n++;
            sum += d;
            squares += d * d;
        }
    }
    double mean = sum / n, variance = squares / n - mean * mean;
    /* Excess kurtosis of the families: 0, 6/shape, 1/mean, 6/size + 1/variance. */
    const double excess[] = {0, 6 / 2.5, 1 / 7.5, 6 / 2.5 + 1 / 30.0};
    fourths = excess[which] + 3;
    return (lab_moments){mean, variance, sqrt(variance / n), variance * sqrt((fourths - 1) / n)};
}

static tsr_status normal_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab_moments m = draws(NORMAL);
    (void)spoilt;
    (void)error;
    *out = (selftest_finding){1, m.variance, SELFTEST_ERRORS * m.variance_error};
    return TSR_OK;
}

static tsr_status gamma_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab_moments m = draws(GAMMA);
    (void)spoilt;
    (void)error;
    *out = (selftest_finding){2.5, m.variance, SELFTEST_ERRORS * m.variance_error};
    return TSR_OK;
}

static tsr_status poisson_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab_moments m = draws(POISSON);
    (void)spoilt;
    (void)error;
    *out = (selftest_finding){7.5, m.variance, SELFTEST_ERRORS * m.variance_error};
    return TSR_OK;
}

static tsr_status negbin_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab_moments m = draws(NEGATIVE_BINOMIAL);
    (void)spoilt;
    (void)error;
    *out = (selftest_finding){7.5 + 7.5 * 7.5 / 2.5, m.variance, SELFTEST_ERRORS * m.variance_error};
    return TSR_OK;
}

/* ---- sameness ---- */

/** A world in which nearly everything moves. */
static lab *busy(const char *kernel, bool without_leadership) {
    static const char *const on[] = {"finance", "relations", "pressure",    "movement", "excitation", "publicity",
                                     "losses",  "prisons",   "recruitment", "support",  "morale"};
    lab *l =
        lab_create(&(lab_shape){.seed = 42, .n_areas = 4, .is_regular = true, .has_ladder = true, .substeps = 2}, NULL);
    if (!l)
        return NULL;
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        lab_on(l, on[i]);
    if (!without_leadership)
        lab_on(l, "leadership");
    lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 20000);
    lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 8000);
    lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, -0.9);
    lab_set(l, "intensity.battle_rate", 0.002);
    lab_set(l, "intensity.one_sided_rate", 0.001);
    lab_set(l, "intensity.cell_sd", 1);
    lab_set(l, "control.speed", 0.05);
    lab_use_kernel(l, kernel);
    lab_begin(l);
    return l;
}

/** State values of the first 16 members that differ after n months between two labs. */
static double differences(lab *a, lab *b, uint32_t n_months, uint32_t n_groups, const model_row_group *groups) {
    double count = 0;
    for (uint32_t t = 0; t < n_months; t++) {
        lab_month(a);
        lab_month(b);
    }
    for (uint32_t g = 0; g < n_groups && !lab_failed(a) && !lab_failed(b); g++)
        for (uint32_t i = 0; i < lab_model(a)->n_rows_of[groups[g]]; i++)
            for (uint32_t lane = 0; lane < 16; lane++)
                count += lab_get(a, groups[g], i, lane) != lab_get(b, groups[g], i, lane);
    return count;
}

static tsr_status both_free(lab *a, lab *b, tsr_error *error) {
    tsr_status first = lab_free(a, error), second = lab_free(b, first == TSR_OK ? error : NULL);
    return first != TSR_OK ? first : second;
}

static tsr_status kernels(const char *spoilt, selftest_finding *out, tsr_error *error) {
    static const model_row_group groups[] = {ROW_strength, ROW_control,  ROW_support, ROW_events,
                                             ROW_deaths,   ROW_relation, ROW_funds};
    lab *a = busy("baseline", false), *b = busy(NULL, false);
    (void)spoilt;
    if (a && b)
        out->computed = differences(a, b, 12, sizeof groups / sizeof groups[0], groups);
    return both_free(a, b, error);
}

static tsr_status switches(const char *spoilt, selftest_finding *out, tsr_error *error) {
    /* Leadership acts after the events of a month: those of the first month must not notice that it is off. */
    static const model_row_group groups[] = {ROW_events, ROW_deaths, ROW_cell_log, ROW_channel_shock, ROW_relation};
    lab *a = busy(NULL, false), *b = busy(NULL, true);
    (void)spoilt;
    if (a && b)
        out->computed = differences(a, b, 1, sizeof groups / sizeof groups[0], groups);
    return both_free(a, b, error);
}

/* ---- the filter's parts ---- */

static tsr_status resampling(const char *spoilt, selftest_finding *out, tsr_error *error) {
    enum { N = 1000 };
    static double log_weight[N];
    static uint64_t weight[N];
    static uint32_t ancestor[N], times[N];
    resample_weights sums;
    (void)spoilt;
    for (int i = 0; i < N; i++) {
        log_weight[i] = 3 * sin(i);
        times[i] = 0;
    }
    tsr_status status = resample_weigh(log_weight, N, weight, &sums, error);
    if (status != TSR_OK)
        return status;
    resample_systematic(weight, N, sums.total, 0.37, ancestor);
    for (int i = 0; i < N; i++)
        times[ancestor[i]]++;
    for (int i = 0; i < N; i++) /* copies less than one away from n times the weight */
        out->computed += fabs(times[i] - N * (double)weight[i] / (double)sums.total) >= 1 + 1e-9;
    return TSR_OK;
}

/** Probabilities of all counts of two cells under a shared log-normal factor sum to 1. */
static tsr_status closure(const char *spoilt, selftest_finding *out, tsr_error *error) {
    static real ratio[2 * LANES], size[2 * LANES], variance[LANES], log_mean[LANES], log_variance[LANES];
    static double density[LANES];
    uint32_t scratch[2];
    (void)spoilt;
    (void)error;
    for (int i = 0; i < 2 * LANES; i++) {
        size[i] = 2;
        ratio[i] = (i < LANES ? (real)1.5 : (real)0.4) / size[i];
    }
    for (int lane = 0; lane < LANES; lane++)
        variance[lane] = (real)0.2;
    out->exact = 1;
    for (int a = 0; a < 120; a++)
        for (int b = 0; b < 60; b++) {
            const float count[2] = {(float)a, (float)b};
            const closure_counts counts = {2, LANES, count, ratio, size, variance};
            KERNEL(closure_integrate)(&counts, scratch, &(closure_posterior){density, log_mean, log_variance});
            out->computed += exp(density[0]);
        }
    return TSR_OK;
}

static const selftest_line lines[] = {
    {"philox-known-answer", "first word of the published known answer of Philox4x32-10", NULL, 0.5, philox},
    {"exp-accuracy", "largest relative error of exp in single precision, -86 to 86", NULL, 2e-7, exponential},
    {"log-accuracy", "largest error of log in single precision, relative above 1", NULL, 1e-7, logarithm},
    {"normal-variance", "a million normal draws", NULL, 0, normal_variance},
    {"gamma-variance", "a million gamma draws of shape 2.5", NULL, 0, gamma_variance},
    {"poisson-variance", "a million Poisson draws of mean 7.5", NULL, 0, poisson_variance},
    {"negative-binomial-variance", "a million negative binomial draws: m + m^2/k", NULL, 0, negbin_variance},
    {"same-kernels", "values of the state that differ between plain and vector code after a year", NULL, 0.5, kernels},
    {"same-switches", "values that change before a mechanism that is switched off would act", NULL, 0.5, switches},
    {"resampling", "particles whose copies are a whole one or more away from n times their weight", NULL, 0.5,
     resampling},
    {"closure-sums", "probabilities of all pairs of counts in the filter's closure sum to 1", NULL, 2e-3, closure},
};

const selftest_line *selftest_engine(size_t *n) {
    *n = sizeof lines / sizeof lines[0];
    return lines;
}
