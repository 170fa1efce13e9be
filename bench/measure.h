/* What all benches share: clocks, medians, the engine's kernels, arguments. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "ensemble/ensemble.h"

#include <time.h>

enum { MEASURE_KERNELS = 3, MEASURE_ROUNDS = 9 };

/** From the fastest to the slowest: "v4", "v3", "baseline". */
extern const char *const measure_kernels[MEASURE_KERNELS];
/** Has this machine the instructions of that kernel? */
bool measure_has_kernel(const char *name);

/** Seconds of CLOCK_PROCESS_CPUTIME_ID or CLOCK_MONOTONIC. */
double measure_seconds(clockid_t clock);
/** Sorts the values. */
double measure_median(double *values, uint32_t n);
void measure_moments(const double *values, uint32_t n, double *mean, double *standard_error);

/** Times of one piece of work by several engines, taken in turns. */
typedef struct measure_times {
    double kernel[MEASURE_KERNELS][MEASURE_ROUNDS], ordinary[MEASURE_ROUNDS], smart[MEASURE_ROUNDS];
} measure_times;

/** Prints `"v3_ns": 12.3, ...` with the medians of seconds in nanoseconds; NaN: not measured, left out. */
void measure_print(measure_times *times, uint32_t n_rounds);

/** Says what has failed and ends the program with 5. */
_Noreturn void measure_fail(const tsr_error *error);
/** Ends the program with 1 unless `is_right`; the message is printf's. */
__attribute__((format(printf, 2, 3))) void measure_require(bool is_right, const char *format, ...);

/** What the arguments of a bench ask for: [--quick] [NAME], with NAME one of `names` (ended by NULL) or all of them. Ends the
 *  program with 2 on others. */
typedef struct measure_arguments {
    bool is_quick;
    const char *name; /**< NULL: all */
} measure_arguments;
measure_arguments measure_read_arguments(int argc, char **argv, const char *const *names);
bool measure_wants(const measure_arguments *arguments, const char *name);

#endif
