/* Ordinary scalar samplers for the references: xoshiro256++ (Blackman & Vigna 2021) and textbook algorithms. */
#ifndef BENCH_SCALAR_RANDOM_H
#define BENCH_SCALAR_RANDOM_H

#include <stdint.h>

typedef struct scalar_random {
    uint64_t state[4];
    double spare; /**< second normal of a pair */
    int has_spare;
} scalar_random;

void scalar_seed(scalar_random *r, uint64_t seed);
/** On (0, 1). */
double scalar_uniform(scalar_random *r);
/** Marsaglia's polar method. */
double scalar_normal(scalar_random *r);
/** Marsaglia & Tsang 2000; shape > 0, scale 1. */
double scalar_gamma(scalar_random *r, double shape);
/** Products of uniforms below a mean of 10 (Knuth), transformed rejection above (PTRS, Hoermann 1993). */
double scalar_poisson(scalar_random *r, double mean);
/** One uniform, chopped down, below a mean of 10; PTRS above. */
double scalar_poisson_inversion(scalar_random *r, double mean);
/** Negative binomial of mean size ratio and variance size ratio (1 + ratio): one uniform, chopped down, below a mean of 10;
 *  Poisson of a gamma above. */
double scalar_negbin_inversion(scalar_random *r, double size, double ratio);
/** A sum of Bernoulli draws. */
double scalar_binomial(scalar_random *r, double trials, double p);
/** One uniform, chopped down; in pieces of at most 200 trials. */
double scalar_binomial_inversion(scalar_random *r, double trials, double p);

#endif
