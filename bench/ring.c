/* filter-408: a plain bootstrap filter on the engine's machinery (infer/filter.h with a kernel of its own, see ring.h) against scalar
 * filters of the same model, in alternation in one run.
 *
 * On 408 counts a month such a filter is useless (its log likelihood has a standard deviation of many nats); it is what peers time. That
 * the filters agree is shown on a short case with few areas and a vague record.
 */
#include "ring.h"
#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPEATS = 12 };

typedef struct effort {
    uint32_t n_rounds, n_particles, n_scalar, n_compared;
} effort;

static const effort thorough = {5, 2048, 64, 4096}, quick = {1, 512, 16, 2048};

static const ring peers = {.n_areas = 34,
                           .n_months = 72,
                           .persistence = 0.95,
                           .coupling = 0.2,
                           .sd = 0.2,
                           .rate = 0.5,
                           .own = 0.8,
                           .other = 0.4,
                           .report = 0.9,
                           .background = 0.05,
                           .size = 5};

const ring *ring_now;

/** A case with its simulated record. */
typedef struct task {
    ring r;
    float *seen;
    double *coefficient;
} task;

static task task_create(const ring *r) {
    task it = {.r = *r};
    it.seen = calloc((size_t)r->n_months * RING_DYADS * r->n_areas, sizeof *it.seen);
    it.coefficient = calloc(r->n_months, sizeof *it.coefficient);
    if (!it.seen || !it.coefficient)
        abort();
    it.r.seen = it.seen;
    it.r.coefficient = it.coefficient;
    ring_simulate(r, 17, it.seen);
    ring_coefficients(&it.r, it.coefficient);
    return it;
}

static void task_free(task *it) {
    free(it->seen);
    free(it->coefficient);
}

static const model_kernel *kernel_of(const char *name) {
#ifdef TESSERA_X86
    if (name[0] == 'v')
        return name[1] == '4' ? &ring_kernel_v4 : &ring_kernel_v3;
#endif
    (void)name;
    return &ring_kernel_baseline;
}

/** Log likelihood; seconds of the run without allocation in *seconds. */
static double by_engine(const ring *r, const char *kernel, uint64_t seed, uint32_t n_particles, double *seconds) {
    tsr_error error = TSR_ERROR_INIT;
    model m = {.n_rows = RING_FACTIONS * r->n_areas, .n_months = r->n_months, .substeps = 1, .first_month = 421};
    model_observed *nothing = calloc(r->n_months, sizeof *nothing);
    evidence e = {.n_months = r->n_months, .months = nothing};
    filter_options options = {.seed = seed,
                              .purpose = RANDOM_FILTER,
                              .n_particles = n_particles,
                              .n_threads = 1,
                              .n_lanes = 64,
                              .resample_below = 1.1, /* every month */
                              .own_kernel = kernel_of(kernel)};
    filter *f = NULL;
    ring_now = r;
    if (!nothing || filter_create(&m, &e, &options, &f, &error) != TSR_OK)
        measure_fail(&error);
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (filter_run(f, NULL, 0, &error) != TSR_OK)
        measure_fail(&error);
    *seconds = measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    double log_likelihood = filter_log_likelihood(f);
    filter_free(f);
    free(nothing);
    return log_likelihood;
}

static double time_scalar(ring_filter *run, const ring *r, uint64_t seed, uint32_t n_particles) {
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    run(r, seed, n_particles);
    return measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
}

/** All kernels of this machine give the same bits; the mean log likelihood of 12 runs is that of the scalar filters within
 *  7 standard errors (t with 22 degrees of freedom: filters that agree fail once in a million times, in two comparisons).
 *  Three times the record of what happens must be noticed. */
static void check_agreement(uint32_t n_particles) {
    static const double allowed = 7;
    ring vague = peers;
    vague.n_areas = 3;
    vague.n_months = 4;
    vague.size = 1;
    vague.background = 0.5;
    task it = task_create(&vague);
    vague = it.r;
    ring spoilt = vague;
    spoilt.report *= 3;
    const struct {
        const char *name;
        ring_filter *run;
        const ring *r;
        bool must_agree;
    } others[] = {{"ordinary", ring_filter_ordinary, &vague, true},
                  {"smart", ring_filter_smart, &vague, true},
                  {"smart, three times the record", ring_filter_smart, &spoilt, false}};
    double ours[REPEATS], theirs[REPEATS], mean, other_mean, error, other_error, seconds;
    for (uint32_t i = 0; i < REPEATS; i++) {
        ours[i] = by_engine(&vague, "baseline", i, n_particles, &seconds);
        for (int k = 0; k < MEASURE_KERNELS && i == 0; k++)
            if (measure_has_kernel(measure_kernels[k]))
                measure_require(by_engine(&vague, measure_kernels[k], i, n_particles, &seconds) == ours[i],
                                "kernels %s and baseline give different bits", measure_kernels[k]);
    }
    measure_moments(ours, REPEATS, &mean, &error);
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        for (uint32_t i = 0; i < REPEATS; i++)
            theirs[i] = others[k].run(others[k].r, 50 + i, n_particles);
        measure_moments(theirs, REPEATS, &other_mean, &other_error);
        double z = fabs(mean - other_mean) / hypot(error, other_error);
        fprintf(stderr, "filter-408, vague: log likelihood %.2f +- %.2f, %s %.2f +- %.2f: z %.1f\n", mean, error,
                others[k].name, other_mean, other_error, z);
        measure_require((z < allowed) == others[k].must_agree, "the engine and the %s scalar filter %s", others[k].name,
                        others[k].must_agree ? "do not agree" : "must not agree");
    }
    task_free(&it);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"filter-408", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    const effort *how = arguments.is_quick ? &quick : &thorough;
    measure_times times;
    double seconds;
    check_agreement(how->n_compared);
    task it = task_create(&peers);
    const ring r = it.r;
    double per_particle = (double)RING_DYADS * r.n_areas * r.n_months;
    for (uint32_t round = 0; round < how->n_rounds; round++) {
        for (int i = 0; i < MEASURE_KERNELS; i++) {
            times.kernel[i][round] = (double)NAN;
            if (!measure_has_kernel(measure_kernels[i]))
                continue;
            by_engine(&r, measure_kernels[i], round, how->n_particles, &seconds);
            times.kernel[i][round] = seconds / per_particle / how->n_particles;
        }
        times.ordinary[round] =
            time_scalar(ring_filter_ordinary, &r, round, how->n_scalar) / per_particle / how->n_scalar;
        times.smart[round] = time_scalar(ring_filter_smart, &r, round, how->n_scalar) / per_particle / how->n_scalar;
    }
    printf("{\"name\": \"filter-408\", \"cells\": %u, \"particles\": %u, ", RING_DYADS * r.n_areas, how->n_particles);
    measure_print(&times, how->n_rounds);
    printf("}\n");
    task_free(&it);
    return 0;
}
