/* The filter on the reference workload: the engine against two scalar filters of the same model, in alternation in one run.
 *
 * Data are simulated by the engine. Particles have rates of their own that walk at random, so that weights differ; everybody
 * resamples every month. Before anything is timed the log likelihoods must agree: without rates of their own, when particles
 * do not differ and nothing is left to chance, and with them, over repeats.
 */
#include "infer/filter.h"
#include "measure.h"
#include "scalar_filter.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_REPEATS = 12 };

/** How much is run. */
typedef struct effort {
    uint32_t n_rounds, n_particles, n_ordinary, n_smart; /* of one timed run */
    uint32_t n_repeats, n_compared;                      /* of the comparison by chance */
    uint32_t n_months;                                   /* of it */
} effort;

static const effort thorough = {5, 1024, 4, 32, 8, 256, 24}, quick = {1, 128, 1, 8, 8, 64, 6};

static const double perturb_sd = 0.1;

/* ---- data ---------------------------------------------------------------------------------------------------------- */

/** The workload, its model, and a history of it as evidence. */
typedef struct task {
    workload load;
    world *w;
    model *m;
    evidence e;
    float *events, *deaths, *active_deaths; /* [month][channel][area] */
    uint32_t *active, *n_active;
    float share[WORKLOAD_CHANNELS];
    double rest[3];
} task;

/** Keeps the first particle's events and deaths. */
static void record(void *user, const model_tile *tile, uint32_t i_month) {
    task *it = user;
    const model *m = tile->m;
    uint32_t n_cells = m->n_channels * m->n_areas;
    for (uint32_t i = 0; tile->first_slot == 0 && i < n_cells; i++) {
        it->events[i_month * n_cells + i] = tile->state[(size_t)(m->first_row[ROW_events] + i) * tile->n_lanes];
        it->deaths[i_month * n_cells + i] = tile->state[(size_t)(m->first_row[ROW_deaths] + i) * tile->n_lanes];
    }
}

static void list_active(task *it, uint32_t t) {
    uint32_t n_areas = it->m->n_areas, n_cells = it->m->n_channels * n_areas;
    for (uint32_t c = 0; c < it->m->n_channels; c++)
        for (uint32_t a = 0; a < n_areas; a++) {
            size_t first = (size_t)t * n_cells + c * n_areas, at = first + a;
            uint32_t *n = &it->n_active[t * it->m->n_channels + c];
            if (it->events[at] == 0)
                continue;
            it->active[first + *n] = a;
            it->active_deaths[first + *n] = it->deaths[at];
            ++*n;
        }
    it->e.months[t] = (model_observed){.events = it->events + (size_t)t * n_cells,
                                       .deaths = it->deaths + (size_t)t * n_cells,
                                       .event_share = it->share,
                                       .death_share = it->share,
                                       .n_active = it->n_active + (size_t)t * it->m->n_channels,
                                       .active = it->active + (size_t)t * n_cells,
                                       .active_deaths = it->active_deaths + (size_t)t * n_cells,
                                       .rest_deaths = it->rest};
}

static void task_create(const char *name, double mean, task *it) {
    tsr_error error = TSR_ERROR_INIT;
    *it = (task){.load = workload_make(name, 34, mean), .rest = {(double)NAN, (double)NAN, (double)NAN}};
    if (workload_model(&it->load, &it->w, &it->m, &error) != TSR_OK)
        measure_fail(&error);
    size_t n_rows = (size_t)WORKLOAD_MONTHS * WORKLOAD_CHANNELS, n = n_rows * it->load.n_areas;
    it->events = calloc(n, sizeof *it->events);
    it->deaths = calloc(n, sizeof *it->deaths);
    it->active_deaths = calloc(n, sizeof *it->active_deaths);
    it->active = calloc(n, sizeof *it->active);
    it->n_active = calloc(n_rows, sizeof *it->n_active);
    it->e = (evidence){.n_months = WORKLOAD_MONTHS,
                       .n_channels = WORKLOAD_CHANNELS,
                       .n_areas = it->load.n_areas,
                       .months = calloc(WORKLOAD_MONTHS, sizeof *it->e.months)};
    if (!it->events || !it->deaths || !it->active_deaths || !it->active || !it->n_active || !it->e.months)
        abort();
    ensemble_options options = {.seed = 3, .purpose = RANDOM_SIMULATE, .n_members = LANES, .n_threads = 1};
    ensemble_observer observer = {.month = record, .user = it};
    if (ensemble_run(it->m, &options, &observer, 1, &error) != TSR_OK)
        measure_fail(&error);
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++)
        it->share[c] = 1;
    for (uint32_t t = 0; t < WORKLOAD_MONTHS; t++)
        list_active(it, t);
}

static void task_free(task *it) {
    free(it->e.months);
    free(it->events);
    free(it->deaths);
    free(it->active_deaths);
    free(it->active);
    free(it->n_active);
    model_free(it->m);
    free(it->w);
}

/* ---- the filters --------------------------------------------------------------------------------------------------- */

typedef struct run {
    const char *kernel;
    uint64_t seed;
    uint32_t n_particles, n_months;
    double rate_sd, perturb_sd;
} run;

/** Log likelihood by the engine; the seconds of filter_run alone in *seconds. */
static double by_engine(const task *it, const run *how, double *seconds) {
    tsr_error error = TSR_ERROR_INIT;
    uint32_t row[WORKLOAD_CHANNELS], coordinate[WORKLOAD_CHANNELS], n = how->n_particles;
    float *z = calloc((size_t)WORKLOAD_CHANNELS * n, sizeof *z);
    scalar_random r;
    scalar_seed(&r, how->seed);
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++) {
        const char *name = c < WORKLOAD_DYADS ? "intensity.battle_rate" : "intensity.one_sided_rate";
        row[c] = (uint32_t)model_find_parameter(it->m, name, c);
        coordinate[c] = c;
        for (uint32_t i = 0; z && i < n; i++)
            z[(size_t)c * n + i] = (float)(how->rate_sd * scalar_normal(&r));
    }
    filter_coordinates coordinates = {.n_values = WORKLOAD_CHANNELS,
                                      .parameter = row,
                                      .coordinate = coordinate,
                                      .n = WORKLOAD_CHANNELS,
                                      .z = z,
                                      .perturb_sd = how->perturb_sd};
    filter_options options = {.seed = how->seed,
                              .purpose = RANDOM_FILTER,
                              .n_particles = n,
                              .n_threads = 1,
                              .kernel = how->kernel,
                              .resample_below = 1.1, /* every month */
                              .coordinates = &coordinates};
    evidence e = it->e;
    e.n_months = how->n_months;
    filter *f = NULL;
    if (filter_create(it->m, &e, &options, &f, &error) != TSR_OK)
        measure_fail(&error);
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (filter_run(f, NULL, 0, &error) != TSR_OK)
        measure_fail(&error);
    *seconds = measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    double log_likelihood = filter_log_likelihood(f);
    filter_free(f);
    free(z);
    return log_likelihood;
}

static double by_scalar(const task *it, const workload *load, scalar_month *month, const run *how, double *seconds) {
    scalar_data data = {
        .events = it->events, .deaths = it->deaths, .n_areas = load->n_areas, .n_months = how->n_months};
    scalar_options options = {
        .seed = how->seed, .n_particles = how->n_particles, .rate_sd = how->rate_sd, .perturb_sd = how->perturb_sd};
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    double log_likelihood = scalar_filter(load, &data, month, &options);
    *seconds = measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    return log_likelihood;
}

/* ---- agreement ----------------------------------------------------------------------------------------------------- */

/** Particles that do not differ: what is left is how finely everybody integrates. The ordinary scalar filter does so everywhere;
 *  short ways (docs/adr/0015, 0028) cost up to .001 nat in an empty cell. @return the smart one less the engine, nat a cell and month */
static double check_exactly(const task *it) {
    static const double allowed = 5e-4; /* nat a cell and month */
    double of_smart = 0;
    run how = {.seed = 1, .n_particles = LANES, .n_months = WORKLOAD_MONTHS};
    double seconds, ours = by_engine(it, &how, &seconds), n_cells = WORKLOAD_CHANNELS * it->load.n_areas * how.n_months;
    workload spoilt = it->load;
    spoilt.cell_sd *= 1.5;
    how.n_particles = 1;
    const struct {
        const char *name;
        scalar_month *month;
        const workload *load;
        bool must_agree;
    } others[] = {{"ordinary", scalar_month_ordinary, &it->load, true},
                  {"smart", scalar_month_smart, &it->load, true},
                  {"smart, s 50 % larger", scalar_month_smart, &spoilt, false}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        double theirs = by_scalar(it, others[i].load, others[i].month, &how, &seconds);
        double difference = fabs(ours - theirs) / n_cells;
        if (i == 1)
            of_smart = (theirs - ours) / n_cells;
        fprintf(stderr, "%s: log likelihood %.3f, %s %.3f: %.1e a cell and month\n", it->load.name, ours,
                others[i].name, theirs, difference);
        measure_require((difference < allowed) == others[i].must_agree, "the engine and the %s scalar filter %s",
                        others[i].name, others[i].must_agree ? "do not agree" : "must not agree");
    }
    return of_smart;
}

/** Particles that differ, over 8 repeats each: means within 8 standard errors (t with 14 degrees of freedom: filters that
 *  agree fail 1.4 times in a million). Three times the rates must be noticed.
 *  @param of_smart  what the closures differ by, as check_exactly found it */
static void check_by_chance(const task *it, const effort *how_much, double of_smart) {
    static const double allowed = 8;
    workload spoilt = it->load;
    spoilt.mean *= 3;
    double ours[MOST_REPEATS], theirs[2][MOST_REPEATS], seconds, mean[3], error[3], z[2];
    for (uint32_t i = 0; i < how_much->n_repeats; i++) {
        run how = {.seed = 100 + i,
                   .n_particles = how_much->n_compared,
                   .n_months = how_much->n_months,
                   .rate_sd = 1,
                   .perturb_sd = perturb_sd};
        ours[i] = by_engine(it, &how, &seconds);
        theirs[0][i] = by_scalar(it, &it->load, scalar_month_smart, &how, &seconds);
        theirs[1][i] = by_scalar(it, &spoilt, scalar_month_smart, &how, &seconds);
    }
    measure_moments(ours, how_much->n_repeats, &mean[0], &error[0]);
    for (int k = 0; k < 2; k++) {
        measure_moments(theirs[k], how_much->n_repeats, &mean[k + 1], &error[k + 1]);
        double of_closure = of_smart * WORKLOAD_CHANNELS * it->load.n_areas * how_much->n_months;
        z[k] = fabs(mean[0] + of_closure - mean[k + 1]) / hypot(error[0], error[k + 1]);
        fprintf(stderr, "%s: %u repeats, log likelihood %.2f +- %.2f, scalar%s %.2f +- %.2f: z %.1f\n", it->load.name,
                how_much->n_repeats, mean[0], error[0], k ? " with three times the rates" : "", mean[k + 1],
                error[k + 1], z[k]);
    }
    measure_require(z[0] < allowed, "the filters' log likelihoods do not agree");
    measure_require(z[1] > allowed, "a filter with other rates must not agree");
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static void time_filter(const char *name, double mean, const effort *how_much) {
    task it;
    measure_times times;
    double seconds;
    task_create(name, mean, &it);
    check_by_chance(&it, how_much, check_exactly(&it));
    double n_cells = WORKLOAD_CHANNELS * it.load.n_areas * WORKLOAD_MONTHS;
    for (uint32_t round = 0; round < how_much->n_rounds; round++) {
        run how = {.seed = round, .n_months = WORKLOAD_MONTHS, .rate_sd = 1, .perturb_sd = perturb_sd};
        for (int i = 0; i < MEASURE_KERNELS; i++) {
            times.kernel[i][round] = (double)NAN;
            how.kernel = measure_kernels[i];
            how.n_particles = how_much->n_particles;
            if (!measure_has_kernel(how.kernel))
                continue;
            by_engine(&it, &how, &seconds);
            times.kernel[i][round] = seconds / n_cells / how.n_particles;
        }
        how.n_particles = how_much->n_ordinary;
        by_scalar(&it, &it.load, scalar_month_ordinary, &how, &seconds);
        times.ordinary[round] = seconds / n_cells / how.n_particles;
        how.n_particles = how_much->n_smart;
        by_scalar(&it, &it.load, scalar_month_smart, &how, &seconds);
        times.smart[round] = seconds / n_cells / how.n_particles;
    }
    printf("{\"name\": \"%s\", \"cells\": %u, \"particles\": %u, \"mean_events\": %g, ", name,
           WORKLOAD_CHANNELS * it.load.n_areas, how_much->n_particles, mean);
    measure_print(&times, how_much->n_rounds);
    printf("}\n");
    fflush(stdout);
    task_free(&it);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"filter-sparse", "filter-dense", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    const effort *how = arguments.is_quick ? &quick : &thorough;
    if (measure_wants(&arguments, "filter-sparse"))
        time_filter("filter-sparse", 0.17, how);
    if (measure_wants(&arguments, "filter-dense"))
        time_filter("filter-dense", 9, how);
    return 0;
}
