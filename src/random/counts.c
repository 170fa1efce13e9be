/* Counts and gammas of one lane. */
#include "random/counts.h"

#include "random/elementary.h"

#include <stdbool.h>

double KERNEL(counts_log)(double x) {
    union {
        double value;
        int64_t bits;
    } v = {.value = x < 2.3e-308 ? 2.3e-308 : x}, half = {.value = 0.70710678118654752}, mantissa;
    int64_t exponent = (v.bits - half.bits) >> 52;
    mantissa.bits = v.bits - (int64_t)((uint64_t)exponent << 52);
    double f = mantissa.value - 1, t = f / (2 + f), t2 = t * t, p = 2.0 / 21;
    for (int k = 19; k >= 3; k -= 2)
        p = p * t2 + 2.0 / k;
    return (double)exponent * 0.6931471805599453 + (f - t * f + t * t2 * p);
}

double KERNEL(counts_exp)(double x) {
    if (x < -700)
        return 0;
    if (x > 700)
        x = 700;
    int64_t whole = (int64_t)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double r = x - (double)whole * 0.693145751953125 - (double)whole * 1.4286068203094172e-06, p = 1, term = 1;
    for (int k = 1; k <= 14; k++) {
        term *= r / k;
        p += term;
    }
    union {
        double value;
        int64_t bits;
    } scale = {.bits = (int64_t)((uint64_t)(whole + 1023) << 52)};
    return p * scale.value;
}

static double normal(philox_stream *stream) {
    /* Polar method (Marsaglia & Bray 1964): no sine and cosine. */
    while (true) {
        double u = 2 * counts_uniform(stream) - 1, v = 2 * counts_uniform(stream) - 1, q = u * u + v * v;
        if (q > 0 && q < 1)
            return u * __builtin_sqrt(-2 * KERNEL(counts_log)(q) / q);
    }
}

double KERNEL(counts_gamma)(philox_stream *stream, double shape) {
    if (!(shape > 0))
        return 0; /* no shape is ever accepted for NaN: the loop below would not end */
    /* Below 1: Gamma(a) = Gamma(a + 1) U^(1/a). */
    double boost = shape < 1 ? KERNEL(counts_exp)(KERNEL(counts_log)(counts_uniform(stream)) / shape) : 1;
    double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / __builtin_sqrt(9 * d);
    while (true) {
        double x = normal(stream), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        if (KERNEL(counts_log)(counts_uniform(stream)) < 0.5 * x * x + d - d * v + d * KERNEL(counts_log)(v))
            return d * v * boost;
    }
}

/** Chop-down inversion: subtract the probabilities from u one by one. */
static double poisson_by_inversion(philox_stream *stream, double mean) {
    double u = counts_uniform(stream), p = KERNEL(counts_exp)(-mean), k = 0;
    while (u > p && k < 200) {
        u -= p;
        k += 1;
        p *= mean / k;
    }
    return k;
}

double KERNEL(counts_poisson)(philox_stream *stream, double mean) {
    if (!(mean > 0))
        return 0;
    if (mean < 10)
        return poisson_by_inversion(stream, mean);
    double b = 0.931 + 2.53 * __builtin_sqrt(mean), a = -0.059 + 0.02483 * b,
           inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double v_r = 0.9277 - 3.6224 / (b - 2), log_mean = KERNEL(counts_log)(mean);
    while (true) {
        double u = counts_uniform(stream) - 0.5, v = counts_uniform(stream), us = 0.5 - (u < 0 ? -u : u);
        double k = __builtin_floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r)
            return k;
        if (k < 0 || (us < 0.013 && v > us))
            continue;
        if (KERNEL(counts_log)(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - lane_log_gamma(k + 1))
            return k;
    }
}

static double binomial_by_inversion(philox_stream *stream, double n, double p) {
    double q = 1 - p, odds = p / q, u = counts_uniform(stream), f = KERNEL(counts_exp)(n * KERNEL(counts_log)(q)),
           k = 0;
    while (u > f && k < n) {
        u -= f;
        k += 1;
        f *= (n - k + 1) / k * odds;
    }
    return k;
}

static double binomial_by_rejection(philox_stream *stream, double n, double p) {
    double spread = __builtin_sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
    double c = n * p + 0.5, v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread,
           log_odds = KERNEL(counts_log)(p / (1 - p));
    double mode = __builtin_floor((n + 1) * p), h = lane_log_gamma(mode + 1) + lane_log_gamma(n - mode + 1);
    while (true) {
        double u = counts_uniform(stream) - 0.5, v = counts_uniform(stream), us = 0.5 - (u < 0 ? -u : u);
        double k = __builtin_floor((2 * a / us + b) * u + c);
        if (k < 0 || k > n)
            continue;
        if (us >= 0.07 && v <= v_r)
            return k;
        v = KERNEL(counts_log)(v * alpha / (a / (us * us) + b));
        if (v <= h - lane_log_gamma(k + 1) - lane_log_gamma(n - k + 1) + (k - mode) * log_odds)
            return k;
    }
}

double KERNEL(counts_binomial)(philox_stream *stream, double trials, double p) {
    if (!(trials > 0) || !(p > 0))
        return 0;
    if (p >= 1)
        return trials;
    double small = p > 0.5 ? 1 - p : p;
    double k = trials * small < 10 ? binomial_by_inversion(stream, trials, small)
                                   : binomial_by_rejection(stream, trials, small);
    return p > 0.5 ? trials - k : k;
}
