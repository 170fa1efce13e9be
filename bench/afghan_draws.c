/* Draws of the twin of the Afghan model in the bench: from a generator instead of addresses, by scalar samplers. */
#include "twin.h"

#include "scalar_random.h"

#include <math.h>

static scalar_random *generator(const twin *t) {
    return t->generator;
}

double twin_uniform(const twin *t, uint32_t use, uint32_t site) {
    (void)use;
    (void)site;
    return scalar_uniform(generator(t));
}

double twin_normal(const twin *t, uint32_t use, uint32_t site) {
    (void)use;
    (void)site;
    return scalar_normal(generator(t));
}

/** The same value whenever it is asked for: a generator of its own, seeded by what it is about. */
double twin_normal_once(const twin *t, uint32_t use, uint32_t site) {
    scalar_random own;
    scalar_seed(&own, ((uint64_t)t->address.first_slot << 40) ^ ((uint64_t)use << 32) ^ site);
    return scalar_normal(&own);
}

double twin_exponential(const twin *t, uint32_t use, uint32_t site) {
    (void)use;
    (void)site;
    return -log(scalar_uniform(generator(t)));
}

double twin_gamma(const twin *t, uint32_t use, uint32_t site, double shape) {
    (void)use;
    (void)site;
    return scalar_gamma(generator(t), shape);
}

double twin_binomial(const twin *t, uint32_t use, uint32_t site, double trials, double p) {
    (void)use;
    (void)site;
    return trials > 0 ? scalar_binomial_inversion(generator(t), trials, p) : 0;
}

double twin_whole(const twin *t, uint32_t use, uint32_t site, double x) {
    double rest = fmod(x, 1);
    return rest > 0 ? x - rest + (twin_uniform(t, use, site) < rest ? 1 : 0) : x;
}

double twin_negbin(const twin *t, uint32_t use, uint32_t site, double size, double ratio, double seen) {
    (void)use;
    (void)site;
    (void)seen;
    return ratio > 0 ? scalar_negbin_inversion(generator(t), size, ratio) : 0;
}

double twin_packed_binomial(const twin *t, uint32_t use, uint32_t word, uint32_t site, double trials, double p) {
    (void)word;
    return twin_binomial(t, use, site, trials, p);
}

double twin_packed_negbin(const twin *t, uint32_t use, uint32_t word, uint32_t site, double size, double ratio,
                          double seen) {
    (void)word;
    return twin_negbin(t, use, site, size, ratio, seen);
}
