/* The log likelihood of the Afghan panel, 2015-01 to 2020-12, as a fit computes it: without summaries. Times of the kernels
 * on one thread, wall times on one and two threads, and how much the log likelihood differs from seed to seed. */
#include "afghan_case.h"
#include "infer/filter.h"
#include "measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct effort {
    uint32_t n_rounds, n_particles, n_repeats;
} effort;

static const effort thorough = {3, 2000, 20}, quick = {1, 128, 2};

enum { MOST_REPEATS = 20, LAST_DATA = 492 /* 2020-12 */ };

typedef struct task {
    world *w;
    panel *p;
    model *m;
    evidence *e;
} task;

static task task_create(void) {
    tsr_error error = TSR_ERROR_INIT;
    task it = {.w = afghan_case_world()};
    it.p = afghan_case_panel(it.w);
    model_options options = {.use_defaults = true,
                             .whatif = WORLD_NONE,
                             .origin = month_last_day(LAST_DATA),
                             .last_month = LAST_DATA,
                             .substeps = 1};
    evidence_options choices = {.last_month = LAST_DATA};
    if (model_create(it.w, &options, &it.m, &error) != TSR_OK ||
        evidence_create(it.m, it.p, &choices, &it.e, &error) != TSR_OK)
        measure_fail(&error);
    return it;
}

static void task_free(task *it) {
    evidence_free(it->e);
    model_free(it->m);
    panel_free(it->p);
    free(it->w);
}

/** Seconds of a filter, with its creation. */
static double run(const task *it, const char *kernel, uint32_t n_particles, uint32_t n_threads, uint64_t replicate,
                  clockid_t clock, double *log_likelihood) {
    tsr_error error = TSR_ERROR_INIT;
    filter_options options = {.seed = 1,
                              .purpose = RANDOM_FILTER,
                              .replicate = replicate,
                              .n_particles = n_particles,
                              .n_threads = n_threads,
                              .kernel = kernel};
    filter *f = NULL;
    double start = measure_seconds(clock);
    if (filter_create(it->m, it->e, &options, &f, &error) != TSR_OK || filter_run(f, NULL, 0, &error) != TSR_OK)
        measure_fail(&error);
    *log_likelihood = filter_log_likelihood(f);
    filter_free(f);
    return measure_seconds(clock) - start;
}

int main(int argc, char **argv) {
    static const char *const names[] = {"afghan-likelihood", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    const effort *how = arguments.is_quick ? &quick : &thorough;
    task it = task_create();
    measure_times times;
    uint32_t n = how->n_particles;
    double walls[2][MEASURE_ROUNDS], found[MOST_REPEATS] = {0}, same, mean, error;
    double n_cells = (double)it.m->n_channels * it.m->n_areas * it.e->n_months * n;
    for (uint32_t round = 0; round < how->n_rounds; round++) {
        times.ordinary[round] = times.smart[round] = (double)NAN;
        for (int i = 0; i < MEASURE_KERNELS; i++) {
            times.kernel[i][round] = (double)NAN;
            if (measure_has_kernel(measure_kernels[i]))
                times.kernel[i][round] =
                    run(&it, measure_kernels[i], n, 1, round, CLOCK_PROCESS_CPUTIME_ID, &found[round]) / n_cells;
        }
        for (uint32_t n_threads = 1; n_threads <= 2; n_threads++) {
            walls[n_threads - 1][round] = run(&it, NULL, n, n_threads, round, CLOCK_MONOTONIC, &same);
            measure_require(same == found[round], "kernels and numbers of threads give different bits");
        }
    }
    for (uint32_t i = how->n_rounds; i < how->n_repeats; i++)
        run(&it, NULL, n, 2, i, CLOCK_MONOTONIC, &found[i]);
    measure_moments(found, how->n_repeats, &mean, &error);
    printf("{\"name\": \"afghan-likelihood\", \"cells\": %u, \"months\": %u, \"particles\": %u, \"wall_1_thread_s\": "
           "%.3f, "
           "\"wall_2_threads_s\": %.3f, \"repeats\": %u, \"log_likelihood\": %.2f, \"log_likelihood_sd\": %.3f, ",
           it.m->n_channels * it.m->n_areas, it.e->n_months, n, measure_median(walls[0], how->n_rounds),
           measure_median(walls[1], how->n_rounds), how->n_repeats, mean, error * sqrt(how->n_repeats));
    measure_print(&times, how->n_rounds);
    printf("}\n");
    task_free(&it);
    return 0;
}
