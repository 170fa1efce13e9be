#include "measure.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const measure_kernels[MEASURE_KERNELS] = {"v4", "v3", "baseline"};

bool measure_has_kernel(const char *name) {
    tsr_error error = TSR_ERROR_INIT;
    const model_kernel *kernel;
    return ensemble_kernel(name, &kernel, &error) == TSR_OK;
}

double measure_seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *x, const void *y) {
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

double measure_median(double *values, uint32_t n) {
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void measure_moments(const double *values, uint32_t n, double *mean, double *standard_error) {
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += values[i];
    *mean = sum / n;
    for (uint32_t i = 0; i < n; i++)
        squares += pow(values[i] - *mean, 2);
    *standard_error = sqrt(squares / (n - 1) / n);
}

void measure_print(measure_times *times, uint32_t n_rounds) {
    const char *separator = "";
    for (int i = 0; i < MEASURE_KERNELS + 2; i++) {
        const char *name = i < MEASURE_KERNELS ? measure_kernels[i] : i == MEASURE_KERNELS ? "ordinary" : "smart";
        double *seconds = i < MEASURE_KERNELS    ? times->kernel[i]
                          : i == MEASURE_KERNELS ? times->ordinary
                                                 : times->smart;
        if (isnan(seconds[0]))
            continue;
        printf("%s\"%s_ns\": %.3f", separator, name, 1e9 * measure_median(seconds, n_rounds));
        separator = ", ";
    }
}

void measure_fail(const tsr_error *error) {
    fprintf(stderr, "bench: %s\n", error->message);
    exit(5);
}

void measure_require(bool is_right, const char *format, ...) {
    va_list values;
    if (is_right)
        return;
    va_start(values, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(1);
}

static bool is_among(const char *name, const char *const *names) {
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

measure_arguments measure_read_arguments(int argc, char **argv, const char *const *names) {
    measure_arguments out = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            out.is_quick = true;
        } else if (is_among(argv[i], names)) {
            out.name = argv[i];
        } else {
            fprintf(
                stderr,
                "Usage: %s [--quick] [NAME]\n\nPrints one JSON object a line; --quick only shows that all runs. NAME:",
                argv[0]);
            for (const char *const *name = names; *name; name++)
                fprintf(stderr, " %s", *name);
            fputc('\n', stderr);
            exit(2);
        }
    }
    return out;
}

bool measure_wants(const measure_arguments *arguments, const char *name) {
    return !arguments->name || strcmp(arguments->name, name) == 0;
}
