/* Random numbers of the tests of this folder: addressed by test and position, so that a pass stays a pass. */
#ifndef TESTS_JUDGE_DRAWS_H
#define TESTS_JUDGE_DRAWS_H

#include "random/counts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** A stream of random words of its own for every test and case. */
static inline philox_stream draws_stream(uint64_t test, uint32_t which) {
    random_address address = {KERNEL(random_key_make)(20230101, RANDOM_TEST, test), which, 0, 0};
    return philox_stream_of(&address, 1, 0, 0);
}

/** Whole number 0 ... n-1. */
static inline uint32_t draws_below(philox_stream *stream, uint32_t n) {
    return (uint32_t)(counts_uniform(stream) * (double)n);
}

/** Negative binomial of this mean and size. */
static inline double draws_negbin(philox_stream *stream, double mean, double size) {
    return KERNEL(counts_poisson)(stream, KERNEL(counts_gamma)(stream, size) * mean / size);
}

#endif
