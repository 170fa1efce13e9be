/* How much memory a run takes, by the number of months: each in a process of its own.
 *
 * "summaries": sums over members are kept, as a caller of the library does who wants no draws. "draws": the recorder that
 * `tessera simulate` uses, which keeps every member's value of every month.
 */
#include "ensemble/recorder.h"
#include "measure.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint32_t months[] = {24, 96, 240};

/** Events of all members: 8 bytes a member, whatever the number of months. */
static void add_events(void *user, const model_tile *tile, uint32_t i_month) {
    double *events = (double *)user + tile->first_slot;
    const real *row = tile->state + (size_t)tile->m->first_row[ROW_events] * tile->n_lanes;
    (void)i_month;
    for (size_t i = 0; i < (size_t)tile->m->n_rows_of[ROW_events] * tile->n_lanes; i++)
        events[i % tile->n_lanes] += (double)row[i];
}

static void run(uint32_t n_months, uint32_t n_members, bool keeps_draws) {
    tsr_error error = TSR_ERROR_INIT;
    workload load = workload_make("sparse", 34, 0.17);
    load.n_months = n_months;
    world *w;
    model *m;
    recorder *r = NULL;
    double *events = calloc((n_members + 127) / 128 * 128, sizeof *events);
    if (!events || workload_model(&load, &w, &m, &error) != TSR_OK)
        measure_fail(&error);
    if (keeps_draws && recorder_create(m, n_members, n_members < 1000 ? n_members : 1000, &r, &error) != TSR_OK)
        measure_fail(&error);
    ensemble_observer observer = {.month = add_events, .user = events};
    if (keeps_draws)
        observer = recorder_observer(r);
    ensemble_options options = {.seed = 1, .purpose = RANDOM_SIMULATE, .n_members = n_members, .n_threads = 1};
    if (ensemble_run(m, &options, &observer, 1, &error) != TSR_OK)
        measure_fail(&error);
    recorder_free(r);
    model_free(m);
    free(w);
    free(events);
}

/** Peak memory of a run in MB. */
static double peak_of(uint32_t n_months, uint32_t n_members, bool keeps_draws) {
    struct rusage used = {0};
    int status = 1;
    pid_t child = fork();
    if (child == 0) {
        run(n_months, n_members, keeps_draws);
        _exit(0);
    }
    measure_require(child > 0 && wait4(child, &status, 0, &used) == child && status == 0, "a run of %u months failed",
                    n_months);
    return (double)used.ru_maxrss / 1024;
}

int main(int argc, char **argv) {
    static const char *const names[] = {"memory", NULL};
    measure_arguments arguments = measure_read_arguments(argc, argv, names);
    uint32_t n_members = arguments.is_quick ? 128 : 1000;
    double first = 0;
    for (int keeps_draws = 0; keeps_draws < 2; keeps_draws++)
        for (size_t i = 0; i < sizeof months / sizeof months[0]; i++) {
            double peak = peak_of(months[i], n_members, keeps_draws);
            first = i == 0 ? peak : first;
            printf("{\"name\": \"memory\", \"keeps\": \"%s\", \"months\": %u, \"members\": %u, \"peak_mb\": %.1f}\n",
                   keeps_draws ? "draws" : "summaries", months[i], n_members, peak);
            fflush(stdout);
            measure_require(keeps_draws || peak < 1.2 * first + 4,
                            "summaries of %u months took %.1f MB, of %u months %.1f MB", months[i], peak, months[0],
                            first);
        }
    return 0;
}
