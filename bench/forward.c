/* Forward simulation of the reference workload: the engine against two scalar references, in alternation in one run.
 *
 * Times are processor time of this process, except where threads are compared. Before anything is timed, events, deaths,
 * deaths of civilians and empty cells of the three engines must agree.
 */
#include "measure.h"
#include "reference.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_MEASURES = 4 };

/** How much is run. */
typedef struct effort {
    uint32_t n_rounds, n_checked, n_reference, n_members;
} effort;

static const effort thorough = {5, 384, 24, 512}, quick = {1, 64, 2, 64};

/* ---- the engine ---------------------------------------------------------------------------------------------------- */

/** Adds a tile's month to the outcomes of its particles. */
static void watch(void *user, const model_tile *tile, uint32_t i_month) {
    (void)i_month;
    const model *m = tile->m;
    uint32_t n = tile->n_lanes, n_cells = m->n_channels * m->n_areas;
    outcome *out = (outcome *)user + tile->first_slot;
    float sums[N_MEASURES][128] = {{0}};
    const real *events = tile->state + (size_t)m->first_row[ROW_events] * n;
    const real *deaths = tile->state + (size_t)m->first_row[ROW_deaths] * n;
    const real *civilians = tile->state + (size_t)m->first_row[ROW_civilians_now] * n;
    for (uint32_t i = 0; i < n_cells; i += 2) /* there are ten channels */
        for (uint32_t lane = 0; lane < n; lane++) {
            size_t at = (size_t)i * n + lane, next = at + n;
            sums[0][lane] += events[at] + events[next];
            sums[1][lane] += deaths[at] + deaths[next];
            sums[2][lane] += civilians[at] + civilians[next];
            sums[3][lane] += (float)(events[at] == 0) + (float)(events[next] == 0);
        }
    for (uint32_t lane = 0; lane < n; lane++) {
        out[lane].events += (double)sums[0][lane];
        out[lane].deaths += (double)sums[1][lane];
        out[lane].civilians += (double)sums[2][lane];
        out[lane].empty += (double)sums[3][lane];
    }
}

typedef struct engine {
    world *w;
    model *m;
} engine;

static engine engine_create(const workload *load) {
    tsr_error error = TSR_ERROR_INIT;
    engine e = {0};
    if (workload_model(load, &e.w, &e.m, &error) != TSR_OK)
        measure_fail(&error);
    return e;
}

static void engine_free(engine *e) {
    model_free(e->m);
    free(e->w);
}

/** Seconds of a run; out has n_members rounded up to 128. */
static double engine_run(const engine *e, const char *kernel, uint32_t n_members, uint32_t n_threads, clockid_t clock,
                         outcome *out) {
    tsr_error error = TSR_ERROR_INIT;
    ensemble_options options = {
        .seed = 1, .purpose = RANDOM_SIMULATE, .n_members = n_members, .n_threads = n_threads, .kernel = kernel};
    ensemble_observer observer = {.month = watch, .user = out};
    memset(out, 0, sizeof *out * ((n_members + 127) / 128 * 128));
    double start = measure_seconds(clock);
    if (ensemble_run(e->m, &options, &observer, 1, &error) != TSR_OK)
        measure_fail(&error);
    return measure_seconds(clock) - start;
}

static outcome *outcomes(uint32_t n) {
    outcome *out = aligned_alloc(64, sizeof *out * ((n + 127) / 128 * 128));
    if (!out)
        abort();
    return out;
}

/* ---- agreement ----------------------------------------------------------------------------------------------------- */

static double measure(const outcome *o, int which) {
    const double all[N_MEASURES] = {o->events, o->deaths, o->civilians, o->empty};
    return all[which];
}

static void moments(const outcome *out, uint32_t n, int which, double *mean, double *error) {
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += measure(&out[i], which);
    *mean = sum / n;
    for (uint32_t i = 0; i < n; i++)
        squares += pow(measure(&out[i], which) - *mean, 2);
    *error = sqrt(squares / (n - 1) / n);
}

/** Largest |z| of the means of two engines. */
static double disagreement(const outcome *x, uint32_t n_x, const outcome *y, uint32_t n_y) {
    double worst = 0;
    for (int which = 0; which < N_MEASURES; which++) {
        double mean_x, mean_y, error_x, error_y;
        moments(x, n_x, which, &mean_x, &error_x);
        moments(y, n_y, which, &mean_y, &error_y);
        double z = fabs(mean_x - mean_y) / sqrt(error_x * error_x + error_y * error_y);
        worst = z > worst || isnan(z) ? z : worst;
    }
    return worst;
}

/** 16 comparisons of normal means: |z| < 5 fails once in 100,000 runs of engines that agree. A reference with
 *  50 % more events must be noticed. */
static void check_agreement(const workload *load, const engine *e, const effort *how) {
    static const double allowed = 5;
    uint32_t n = how->n_checked;
    outcome *ours = outcomes(n), *theirs = outcomes(n);
    workload spoilt = *load;
    spoilt.mean *= 1.5;
    engine_run(e, NULL, n, 1, CLOCK_PROCESS_CPUTIME_ID, ours);
    const struct {
        const char *name;
        reference_engine *run;
        const workload *load;
        bool must_agree;
    } others[] = {{"ordinary", reference_ordinary, load, true},
                  {"smart", reference_smart, load, true},
                  {"smart, 50 % more events", reference_smart, &spoilt, false}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        others[i].run(others[i].load, 7 + i, n, theirs);
        double z = disagreement(ours, n, theirs, n);
        fprintf(stderr, "%s against %s: largest |z| %.2f\n", load->name, others[i].name, z);
        measure_require((z < allowed) == others[i].must_agree, "the engine and the %s reference %s", others[i].name,
                        others[i].must_agree ? "do not agree" : "must not agree");
    }
    free(ours);
    free(theirs);
}

/* ---- times --------------------------------------------------------------------------------------------------------- */

static double cells(const workload *load, uint32_t n_members) {
    return (double)WORKLOAD_CHANNELS * load->n_areas * WORKLOAD_MONTHS * n_members;
}

static double time_reference(reference_engine *run, const workload *load, uint32_t round, uint32_t n, outcome *out) {
    double start = measure_seconds(CLOCK_PROCESS_CPUTIME_ID);
    run(load, round, n, out);
    return (measure_seconds(CLOCK_PROCESS_CPUTIME_ID) - start) / cells(load, n);
}

static void time_forward(const char *name, double mean, const effort *how) {
    workload load = workload_make(name, 34, mean);
    measure_times times;
    engine e = engine_create(&load);
    uint32_t n = how->n_members;
    outcome *out = outcomes(n);
    check_agreement(&load, &e, how);
    for (uint32_t round = 0; round < how->n_rounds; round++) {
        for (int i = 0; i < MEASURE_KERNELS; i++) {
            const char *kernel = measure_kernels[i];
            times.kernel[i][round] = (double)NAN;
            if (measure_has_kernel(kernel))
                times.kernel[i][round] = engine_run(&e, kernel, n, 1, CLOCK_PROCESS_CPUTIME_ID, out) / cells(&load, n);
        }
        times.ordinary[round] = time_reference(reference_ordinary, &load, round, how->n_reference, out);
        times.smart[round] = time_reference(reference_smart, &load, round, how->n_reference, out);
    }
    printf("{\"name\": \"%s\", \"cells\": %u, \"mean_events\": %g, ", name, WORKLOAD_CHANNELS * load.n_areas, mean);
    measure_print(&times, how->n_rounds);
    printf("}\n");
    fflush(stdout);
    free(out);
    engine_free(&e);
}

/** Something of which the cost of a cell is measured. */
typedef struct scale {
    uint32_t n_areas, n_members, n_threads;
} scale;

enum { MOST_SCALES = 3 };

/** Cost of a cell at each of n scales, in turns: the machine's clock moves between one minute and the next. */
static void time_scales(const char *of, const scale *scales, size_t n, const effort *how) {
    workload loads[MOST_SCALES];
    engine engines[MOST_SCALES];
    outcome *out[MOST_SCALES];
    double times[MOST_SCALES][MEASURE_ROUNDS];
    for (size_t i = 0; i < n; i++) {
        loads[i] = workload_make("sparse", scales[i].n_areas, 0.17);
        engines[i] = engine_create(&loads[i]);
        out[i] = outcomes(scales[i].n_members);
    }
    for (uint32_t round = 0; round < how->n_rounds; round++)
        for (size_t i = 0; i < n; i++)
            times[i][round] =
                engine_run(&engines[i], NULL, scales[i].n_members, scales[i].n_threads, CLOCK_MONOTONIC, out[i]);
    for (size_t i = 0; i < n; i++) {
        const scale *at = &scales[i];
        printf("{\"name\": \"scaling\", \"of\": \"%s\", \"areas\": %u, \"members\": %u, \"threads\": %u, "
               "\"lanes\": %u, \"ns\": %.3f}\n",
               of, at->n_areas, at->n_members, at->n_threads,
               ensemble_lanes(engines[i].m, at->n_members, at->n_threads),
               measure_median(times[i], how->n_rounds) / cells(&loads[i], at->n_members) * 1e9);
        free(out[i]);
        engine_free(&engines[i]);
    }
    fflush(stdout);
}

static void scaling(const effort *how) {
    static const scale areas[] = {{34, 1024, 1}, {340, 128, 1}, {3400, 64, 1}};
    static const scale members[] = {{34, 256, 1}, {34, 1024, 1}, {34, 4096, 1}};
    static const scale threads[] = {{34, 1024, 1}, {34, 1024, 2}};
    time_scales("areas", areas, 3, how);
    time_scales("members", members, 3, how);
    time_scales("threads", threads, 2, how);
}

int main(int argc, char **argv) {
    static const char *const names[] = {"forward-sparse", "forward-dense", "scaling", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    const effort *how = arguments.is_quick ? &quick : &thorough;
    if (measure_wants(&arguments, "forward-sparse"))
        time_forward("forward-sparse", 0.17, how);
    if (measure_wants(&arguments, "forward-dense"))
        time_forward("forward-dense", 9, how);
    if (!arguments.is_quick && measure_wants(&arguments, "scaling"))
        scaling(how);
    return 0;
}
