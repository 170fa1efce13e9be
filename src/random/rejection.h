/* Packed gammas and large Poisson counts: rounds of attempts, in which the rejected entries are packed again.
 *
 * Gamma: Marsaglia & Tsang 2000, ACM Trans. Math. Softw. 26:363-372. Poisson of mean 10 and more: transformed rejection
 * (PTRS), Hoermann 1993, Insurance: Math. Econ. 12:39-45, with the log of the probability from its deviance (Loader 2000), which
 * loses no digits where counts are large.
 */
#ifndef RANDOM_REJECTION_H
#define RANDOM_REJECTION_H

#include "random/queue.h"

/** One attempt at a gamma of shape a (d and c of Marsaglia & Tsang belong to a, or to a + 1 for a < 1). */
static inline bool gamma_attempt(real d, real c, uint32_t radius, uint32_t angle, uint32_t accept, real *value) {
    real sine, cosine;
    lane_sincos2pi(philox_uniform(angle), &sine, &cosine);
    real x = lane_sqrt(-2 * lane_log(philox_uniform(radius))) * cosine;
    real v = 1 + c * x;
    v = v * v * v;
    *value = d * v;
    return v > 0 && lane_log(philox_uniform(accept)) < (real)0.5 * x * x + d - d * v + d * lane_log(v);
}

/** Gamma(a) = Gamma(a + 1) U^(1/a): the second factor. */
static inline real gamma_boost(real a, uint32_t word) {
    return lane_exp(lane_log(philox_uniform(word)) / a);
}

/** Writes the attempts to out[place] and keeps the rejected entries. */
static inline void keep_rejected(random_queue *restrict queue, const real *restrict value,
                                 const real *restrict rejected, real *restrict out) {
    size_t kept = 0;
    for (size_t i = 0; i < queue->who.n; i++) {
        uint32_t place = queue->place[i];
        out[place] = value[i];
        queue->who.slot[kept] = queue->who.slot[i];
        queue->who.site[kept] = queue->who.site[i];
        queue->place[kept] = place;
        queue->first[kept] = queue->first[i];
        kept += rejected[i] > 0;
    }
    queue->who.n = kept;
}

/** Gammas of scale 1 and shape queue->first, into out[place]; draws after `draw`. Empties the queue. A shape that is not above 0
 *  gives 0. */
static inline void queue_gamma(const random_address *address, uint32_t use, uint32_t draw, random_queue *restrict queue,
                               real *restrict out) {
    real value[RANDOM_PACKED], d[RANDOM_PACKED], c[RANDOM_PACKED], boost[RANDOM_PACKED], rejected[RANDOM_PACKED];
    random_packed *who = &queue->who;
    while (who->n > 0) {
        size_t n = queue_padded(who->n);
        for (size_t i = who->n; i < n; i++)
            queue->first[i] = 1;
        queue_philox(address, use, ++draw, who);
        /* Short passes: in one long loop they would not become vector code. */
        for (size_t i = 0; i < n; i++) {
            real a = queue->first[i];
            d[i] = (a < 1 ? a + 1 : a) - (real)(1.0 / 3);
            c[i] = 1 / lane_sqrt(9 * d[i]);
        }
        for (size_t i = 0; i < n; i++) {
            bool done = gamma_attempt(d[i], c[i], who->word[0][i], who->word[1][i], who->word[2][i], &value[i]);
            rejected[i] = done ? 0 : 1;
        }
        for (size_t i = 0; i < n; i++)
            boost[i] = gamma_boost(queue->first[i], who->word[3][i]);
        for (size_t i = 0; i < n; i++) {
            real a = queue->first[i];
            value[i] = a > 0 ? value[i] * (a < 1 ? boost[i] : 1) : 0;
            rejected[i] = a > 0 ? rejected[i] : 0;
        }
        keep_rejected(queue, value, rejected, out);
    }
}

/** log P(k) of a Poisson count of this mean > 0, k >= 0; error below 1e-4 for mean >= 17, k from 3.5 sd below it to 7 above. */
static inline real poisson_log(real k, real mean) {
    real off = k - mean, t = off / (k + mean), t2 = t * t, some = k > 1 ? k : 1, inverse = 1 / some;
    /* k log(k/mean) - k + mean, by a series where k is near the mean */
    real series = (real)(1.0 / 3) + t2 * ((real)(1.0 / 5) + t2 * ((real)(1.0 / 7) + t2 * (real)(1.0 / 9)));
    real near = off * t + 2 * k * t * t2 * series, far = k * lane_log(some / mean) - off;
    real deviance = t2 < (real)0.04 ? near : far;
    real stirling = (real)0.5 * lane_log((real)6.283185307179586 * some) + inverse * (real)(1.0 / 12) -
                    inverse * inverse * inverse * (real)(1.0 / 360);
    return -deviance - (k > 0 ? stirling : 0);
}

/** Poisson counts of means queue->first, 10 ... 1e9, into out[place]; draws after `draw`. Empties the queue. */
static inline void queue_poisson(const random_address *address, uint32_t use, uint32_t draw,
                                 random_queue *restrict queue, real *restrict out) {
    real k[RANDOM_PACKED], bound[RANDOM_PACKED], rejected[RANDOM_PACKED];
    random_packed *who = &queue->who;
    while (who->n > 0) {
        size_t n = queue_padded(who->n);
        for (size_t i = who->n; i < n; i++)
            queue->first[i] = 10;
        queue_philox(address, use, ++draw, who);
        for (size_t i = 0; i < n; i++) {
            real mean = queue->first[i], b = (real)0.931 + (real)2.53 * lane_sqrt(mean);
            real a = (real)-0.059 + (real)0.02483 * b, inverse_alpha = (real)1.1239 + (real)1.1328 / (b - (real)3.4);
            real u = philox_uniform(who->word[0][i]) - (real)0.5, v = philox_uniform(who->word[1][i]);
            real us = (real)0.5 - (u < 0 ? -u : u);
            real x = (2 * a / us + b) * u + mean + (real)0.43;
            /* Whole number below x; x < 0 is rejected. */
            real whole = x < LANE_ROUND / 4 ? (x + LANE_ROUND) - LANE_ROUND : x;
            k[i] = whole > x ? whole - 1 : whole;
            bound[i] = v * inverse_alpha / (a / (us * us) + b);
        }
        for (size_t i = 0; i < n; i++) {
            real count = k[i] > 0 ? k[i] : 0;
            bool done = lane_log(bound[i]) <= poisson_log(count, queue->first[i]) && k[i] >= 0;
            rejected[i] = done ? 0 : 1;
        }
        keep_rejected(queue, k, rejected, out);
    }
}

#endif
