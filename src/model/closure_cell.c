/* Integrating out the log-normal multiplier of one cell; see closure.h. */
#include "model/closure.h"

#include "model/closure_parts.h"

#include <stdbool.h>

/* An empty cell with an expectation m E[(exp(u) gamma)^2] up to this has the law of the negative binomial of equal mean and
 * variance to 2e-4 nat. */
#define RARE ((real)0.15)

/* Up to this nodes may stay where they are before the count: at most .001 nat off, .4 % of a standard deviation and 1.2 % of a
 * variance where v is up to 2.5, half of that or less where v is up to 1. */
#define SCARCE ((real)2)

/* Nodes may lie around a point that is this many standard deviations off the mode. */
#define FAR ((real)0.1)

/** Is the cell empty and its expectation up to `limit` in all lanes? */
static bool expects_little(const closure_one *c, uint32_t first, real limit) {
    uint32_t above = c->count > 0;
    for (uint32_t i = first; i < first + LANES; i++)
        above |= !(c->mean[i] * (1 + 1 / c->matched[i]) <= limit);
    return !above;
}

/** Shifting a normal u is scaling the mean m: with p(m) the probability of no event, the mean of u given none is
 *  -v/2 + v d log p / d log m, its variance v + v^2 d^2 log p / (d log m)^2; here p = (1 + m/K)^-K. */
static void rare_cell(const closure_one *c, uint32_t first) {
    const real *restrict m = c->mean + first, *restrict matched = c->matched + first;
    real *restrict v = c->variance + first, *restrict log_mean = c->log_mean + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real share = matched[i] / (matched[i] + m[i]), pulled = v[i] * m[i] * share;
        log_mean[i] = -v[i] / 2 - pulled;
        v[i] -= v[i] * pulled * share;
    }
}

/** Mode of u given the count by Newton's method, from where a gamma multiplier would have it, until no lane is far from it (any
 *  point near it will do); the standard deviation there, and exp(mode) mean / size. */
static void cell_mode(const closure_one *c, uint32_t first, const real *restrict v, real *restrict t, real *restrict sd,
                      real *restrict ratio) {
    real n = (real)c->count;
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict K = c->matched + first;
    uint32_t far = 1;
    for (uint32_t i = 0; i < LANES; i++)
        t[i] = lane_log((K[i] + n) / (K[i] + m[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real part = v[i] * size[i];
        t[i] = t[i] * part / (part + 1) - v[i] / 2 * K[i] / (K[i] + n);
    }
    for (int step = 0; far; step++) {
        real move[LANES];
        for (uint32_t i = 0; i < LANES; i++)
            ratio[i] = lane_exp(t[i]) * m[i] / size[i];
        far = 0;
        for (uint32_t i = 0; i < LANES; i++) {
            real rest = 1 / (1 + ratio[i]), pulled = (size[i] + n) * (1 - rest), curvature = 1 / v[i] + pulled * rest;
            move[i] = limited((n - pulled - (t[i] + v[i] / 2) / v[i]) / curvature);
            sd[i] = 1 / lane_sqrt(curvature);
            far |= step < MOST_STEPS && !(size_of(move[i]) <= FAR * sd[i]);
        }
        for (uint32_t i = 0; far && i < LANES; i++)
            t[i] += move[i];
    }
}

/** exp(u) mean / size at x standard deviations above and below the centre, where it is `ratio`. */
static inline void ratios_at(const real *restrict sd, real x, const real *restrict ratio, real *restrict up,
                             real *restrict down) {
    for (uint32_t i = 0; i < LANES; i++) {
        real factor = lane_exp(sd[i] * x);
        up[i] = ratio[i] * factor;
        down[i] = ratio[i] / factor;
    }
}

/** Adds what lies x standard deviations above and below the centre to the sums of weights and of their first two moments. */
static inline void add_moments(const real *restrict sd, real x, const real *restrict up, const real *restrict down,
                               real sums[restrict 3][LANES]) {
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, both = up[i] + down[i];
        sums[0][i] += both;
        sums[1][i] += (up[i] - down[i]) * off;
        sums[2][i] += both * off * off;
    }
}

/** Adds a pair of nodes on either side of the mode. */
static inline void add_pair(const closure_one *c, uint32_t first, real x, real weight, const real *restrict v,
                            const real *restrict t, const real *restrict sd, const real *restrict ratio,
                            const real *restrict log_centre, real sums[restrict 3][LANES]) {
    real n = (real)c->count, up[LANES], down[LANES];
    const real *restrict size = c->size + first;
    ratios_at(sd, x, ratio, up, down);
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = lane_log(1 + up[i]);
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = lane_log(1 + down[i]);
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, z = t[i] + v[i] / 2, half = 1 / (2 * v[i]), k = n + size[i];
        real even = -off * off * half, odd = n * off - 2 * off * z * half;
        up[i] = even + odd - k * (up[i] - log_centre[i]);
        down[i] = even - odd - k * (down[i] - log_centre[i]);
    }
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = weight * lane_exp(up[i]);
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = weight * lane_exp(down[i]);
    add_moments(sd, x, up, down, sums);
}

/** Coefficients of the log posterior of u in powers of u - t. */
static void expand_cell(const closure_one *c, uint32_t first, const real *restrict v, const real *restrict t,
                        const real *restrict ratio, real term[restrict DEGREE + 1][LANES]) {
    real n = (real)c->count, even[4][LANES], odd[3][LANES];
    const real *restrict size = c->size + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real rest = 1 / (1 + ratio[i]), p = 1 - rest, x = p * rest, y = rest - p, pulled = (size[i] + n) * p;
        term[1][i] = n - pulled - (t[i] + v[i] / 2) / v[i];
        even[0][i] = pulled * rest;
        odd[0][i] = even[0][i] * y;
        even[1][i] = even[0][i] * x;
        odd[1][i] = odd[0][i] * x;
        even[2][i] = even[1][i] * x;
        odd[2][i] = odd[1][i] * x;
        even[3][i] = even[2][i] * x;
    }
    coefficients(even, odd, term);
    for (uint32_t i = 0; i < LANES; i++)
        term[2][i] -= 1 / (2 * v[i]);
}

/** Adds a pair of nodes where they are close enough for the polynomial. */
static inline void add_near_pair(real x, real weight, const real *restrict sd, real term[restrict DEGREE + 1][LANES],
                                 real sums[restrict 3][LANES]) {
    real up[LANES], down[LANES];
    for (uint32_t i = 0; i < LANES; i++) {
        real off = sd[i] * x, square = off * off;
        real even = square * (term[2][i] + square * (term[4][i] + square * (term[6][i] + square * term[8][i])));
        real odd = off * (term[1][i] + square * (term[3][i] + square * (term[5][i] + square * term[7][i])));
        up[i] = even + odd;
        down[i] = even - odd;
    }
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = weight * lane_exp(up[i]);
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = weight * lane_exp(down[i]);
    add_moments(sd, x, up, down, sums);
}

/** log [Gamma(n + size) matched^n / (Gamma(size) size^n)] less the same of `matched`. */
static void gamma_difference(const closure_one *c, uint32_t first, double *restrict correction) {
    const real *restrict size = c->size + first, *restrict matched = c->matched + first;
    real upper[LANES], lower[LANES];
    if (c->count > SHORT_PRODUCT) {
        for (uint32_t i = 0; i < LANES; i++)
            upper[i] = (real)c->count * lane_log(matched[i] / size[i]);
        for (uint32_t i = 0; i < LANES; i++)
            correction[i] += (double)upper[i];
        add_log_gammas((double)c->count, 1, size, correction);
        add_log_gammas((double)c->count, -1, matched, correction);
        return;
    }
    for (uint32_t i = 0; i < LANES; i++)
        upper[i] = lower[i] = 1;
    for (int j = 1; j < (int)c->count; j++)
        for (uint32_t i = 0; i < LANES; i++) {
            upper[i] *= 1 + (real)j / size[i];
            lower[i] *= 1 + (real)j / matched[i];
        }
    for (uint32_t i = 0; i < LANES; i++)
        upper[i] = lane_log(upper[i] / lower[i]);
    for (uint32_t i = 0; i < LANES; i++)
        correction[i] += (double)upper[i];
}

static inline void add_doubles(double *restrict to, const real *restrict term) {
    for (uint32_t i = 0; i < LANES; i++)
        to[i] += (double)term[i];
}

/** Mean and variance of u from its sums around the mode t. */
static inline void learned(real sums[restrict 3][LANES], const real *restrict t, real *restrict log_mean,
                           real *restrict variance) {
    for (uint32_t i = 0; i < LANES; i++) {
        real mean = sums[1][i] / sums[0][i], spread = sums[2][i] / sums[0][i] - mean * mean;
        log_mean[i] = t[i] + mean;
        variance[i] = spread > 0 ? spread : 0;
    }
}

/** Adds a pair of nodes on either side of the mean that u has before the count. */
static inline void add_prior_pair(const closure_one *c, uint32_t first, real x, real share, const real *restrict sd,
                                  const real *restrict ratio, real sums[restrict 3][LANES]) {
    real up[LANES], down[LANES];
    const real *restrict size = c->size + first;
    ratios_at(sd, x, ratio, up, down);
    for (uint32_t i = 0; i < LANES; i++)
        up[i] = share * lane_exp(-size[i] * lane_log(1 + up[i]));
    for (uint32_t i = 0; i < LANES; i++)
        down[i] = share * lane_exp(-size[i] * lane_log(1 + down[i]));
    add_moments(sd, x, up, down, sums);
}

/** An empty cell that expects little: Gauss-Hermite quadrature over u as it is before the count. */
static void scarce_cell(const closure_one *c, uint32_t first) {
    real sd[LANES], before[LANES], ratio[LANES], logs[LANES], sums[3][LANES];
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict matched = c->matched + first;
    for (uint32_t i = 0; i < LANES; i++) {
        real v = c->variance[first + i] > least_variance ? c->variance[first + i] : least_variance;
        sd[i] = lane_sqrt(v);
        before[i] = -v / 2;
    }
    for (uint32_t i = 0; i < LANES; i++)
        ratio[i] = lane_exp(before[i]) * m[i] / size[i];
    for (uint32_t i = 0; i < LANES; i++) {
        sums[0][i] = MIDDLE_WEIGHT * lane_exp(-size[i] * lane_log(1 + ratio[i]));
        sums[1][i] = sums[2][i] = 0;
    }
    add_prior_pair(c, first, INNER, INNER_SHARE, sd, ratio, sums);
    add_prior_pair(c, first, OUTER, OUTER_SHARE, sd, ratio, sums);
    for (uint32_t i = 0; i < LANES; i++)
        logs[i] = lane_log(sums[0][i]) + matched[i] * lane_log(1 + m[i] / matched[i]);
    add_doubles(c->correction + first, logs);
    learned(sums, before, c->log_mean + first, c->variance + first);
}

static void cell(const closure_one *c, uint32_t first) {
    real n = (real)c->count, v[LANES], t[LANES], sd[LANES], ratio[LANES], log_centre[LANES], logs[LANES],
         sums[3][LANES];
    const real *restrict m = c->mean + first, *restrict size = c->size + first, *restrict matched = c->matched + first;
    for (uint32_t i = 0; i < LANES; i++) {
        v[i] = c->variance[first + i] > least_variance ? c->variance[first + i] : least_variance;
        sums[0][i] = MIDDLE_WEIGHT;
        sums[1][i] = sums[2][i] = 0;
    }
    cell_mode(c, first, v, t, sd, ratio);
    for (uint32_t i = 0; i < LANES; i++)
        log_centre[i] = lane_log(1 + ratio[i]);
    uint32_t far = 0;
    for (uint32_t i = 0; i < LANES; i++)
        far |= !(OUTER * sd[i] <= REACH);
    if (far) {
        add_pair(c, first, INNER, INNER_WEIGHT, v, t, sd, ratio, log_centre, sums);
        add_pair(c, first, OUTER, OUTER_WEIGHT, v, t, sd, ratio, log_centre, sums);
    } else {
        real term[DEGREE + 1][LANES];
        expand_cell(c, first, v, t, ratio, term);
        add_near_pair(INNER, INNER_WEIGHT, sd, term, sums);
        add_near_pair(OUTER, OUTER_WEIGHT, sd, term, sums);
    }
    for (uint32_t i = 0; i < LANES; i++)
        logs[i] = lane_log(sums[0][i] * sd[i] / lane_sqrt(v[i]));
    for (uint32_t i = 0; i < LANES; i++) {
        real z = t[i] + v[i] / 2, of_matched = (n + matched[i]) * lane_log(1 + m[i] / matched[i]);
        logs[i] += n * t[i] - (n + size[i]) * log_centre[i] - z * z / (2 * v[i]) + of_matched;
    }
    add_doubles(c->correction + first, logs);
    if (n > 0)
        gamma_difference(c, first, c->correction + first);
    learned(sums, t, c->log_mean + first, c->variance + first);
}

void KERNEL(closure_cell)(const closure_one *c) {
    for (uint32_t first = 0; first < c->n_lanes; first += LANES) {
        if (expects_little(c, first, RARE))
            rare_cell(c, first);
        else if (expects_little(c, first, SCARCE))
            scarce_cell(c, first);
        else
            cell(c, first);
    }
}
