/* A generator and samplers of the tests' own, so that data are not made with what is tested: xorshift64 (Marsaglia 2003), Box and
 * Muller's normals, gammas by Marsaglia & Tsang 2000, Poisson counts by products of uniforms. Set `generator` first. */
#ifndef TESTS_INFER_DRAWS_H
#define TESTS_INFER_DRAWS_H

#include <math.h>
#include <stdint.h>

static uint64_t generator;

static inline double uniform(void) {
    generator ^= generator << 13;
    generator ^= generator >> 7;
    generator ^= generator << 17;
    return ((double)(generator >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(void) {
    return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

static inline double gamma_variate(double shape) {
    if (shape < 1)
        return gamma_variate(shape + 1) * pow(uniform(), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    while (1) {
        double x = normal(), v = pow(1 + c * x, 3);
        if (v > 0 && log(uniform()) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

static inline uint32_t poisson(double mean) {
    if (mean > 30) /* a sum of two */
        return poisson(mean / 2) + poisson(mean / 2);
    double limit = exp(-mean), product = uniform();
    uint32_t k = 0;
    for (; product > limit; k++)
        product *= uniform();
    return k;
}

#endif
