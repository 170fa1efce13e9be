#include "scalar_random.h"

#include <math.h>

void scalar_seed(scalar_random *r, uint64_t seed) {
    r->has_spare = 0;
    for (int i = 0; i < 4; i++) { /* SplitMix64 */
        uint64_t z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        r->state[i] = z ^ (z >> 31);
    }
}

static uint64_t rotate(uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
}

double scalar_uniform(scalar_random *r) {
    uint64_t *s = r->state, word = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return ((double)(word >> 11) + 0.5) * 0x1p-53;
}

double scalar_normal(scalar_random *r) {
    if (r->has_spare) {
        r->has_spare = 0;
        return r->spare;
    }
    double u, v, q;
    do {
        u = 2 * scalar_uniform(r) - 1;
        v = 2 * scalar_uniform(r) - 1;
        q = u * u + v * v;
    } while (q >= 1 || q == 0);
    double scale = sqrt(-2 * log(q) / q);
    r->spare = v * scale;
    r->has_spare = 1;
    return u * scale;
}

double scalar_gamma(scalar_random *r, double shape) {
    if (shape < 1)
        return scalar_gamma(r, shape + 1) * pow(scalar_uniform(r), 1 / shape);
    double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double x = scalar_normal(r), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = scalar_uniform(r);
        if (u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/** Transformed rejection with squeeze, for means of 10 and more. */
static double poisson_ptrs(scalar_random *r, double mean) {
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), accepted = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = scalar_uniform(r) - 0.5, v = scalar_uniform(r), us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= accepted)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log(mean) - mean - lgamma(k + 1))
            return k;
    }
}

double scalar_poisson(scalar_random *r, double mean) {
    if (mean >= 10)
        return poisson_ptrs(r, mean);
    double limit = exp(-mean), product = scalar_uniform(r), k = 0;
    while (product > limit) {
        product *= scalar_uniform(r);
        k++;
    }
    return k;
}

double scalar_poisson_inversion(scalar_random *r, double mean) {
    if (mean >= 10)
        return poisson_ptrs(r, mean);
    double u = scalar_uniform(r), p = exp(-mean), k = 0;
    while (u > p && k < 200) { /* a uniform of 53 bits never asks for more */
        u -= p;
        k++;
        p *= mean / k;
    }
    return k;
}

double scalar_binomial(scalar_random *r, double trials, double p) {
    double k = 0;
    for (double i = 0; i < trials; i++)
        k += scalar_uniform(r) < p;
    return k;
}

double scalar_binomial_inversion(scalar_random *r, double trials, double p) {
    double total = 0, odds = p / (1 - p);
    if (p <= 0 || p >= 1)
        return p <= 0 ? 0 : trials;
    while (trials > 0) {
        double n = fmin(trials, 200), u = scalar_uniform(r), q = pow(1 - p, n), k = 0;
        while (u > q && k < n) {
            u -= q;
            k++;
            q *= odds * (n - k + 1) / k;
        }
        total += k;
        trials -= n;
    }
    return total;
}

double scalar_negbin_inversion(scalar_random *r, double size, double ratio) {
    if (size * ratio >= 10)
        return scalar_poisson_inversion(r, scalar_gamma(r, size) * ratio);
    double u = scalar_uniform(r), p = exp(-size * log(1 + ratio)), odds = ratio / (1 + ratio), k = 0;
    while (u > p && k < 2000) { /* small sizes have long tails */
        u -= p;
        p *= odds * (size + k) / (k + 1);
        k++;
    }
    return k;
}
