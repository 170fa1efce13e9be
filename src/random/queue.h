/* Draws that only few lanes need: those lanes of many rows are packed into full vectors.
 *
 * An entry of a queue keeps its own slot and site, so a draw stays a function of its address, wherever it is packed.
 * Three samplers work on packed entries: Poisson and binomial by chop-down inversion (subtract the probabilities from u one
 * by one), gamma by rounds of Marsaglia & Tsang (2000), in which the rejected entries are packed again.
 */
#ifndef RANDOM_QUEUE_H
#define RANDOM_QUEUE_H

#include "random/elementary.h"
#include "random/philox.h"

#include <stdbool.h>

/** Entries of a queue. It is emptied when another row of lanes might not fit. */
enum { QUEUE_SIZE = 384, QUEUE_FULL = QUEUE_SIZE - RANDOM_MAX_LANES };

/* Means below this are drawn by inversion. */
#define INVERSION_POISSON ((real)30)
#define INVERSION_BINOMIAL ((real)10)
/* A uniform number has 24 bits: past the mode, probabilities below 2^-26 are beyond what it can tell. Without this end the
 * rounding of the sum of probabilities would now and then (1e-7) give a count far out of any tail. */
#define INVERSION_END ((real)1.4901161193847656e-08)

typedef struct random_queue {
    size_t n;
    uint32_t slot[QUEUE_SIZE], site[QUEUE_SIZE], place[QUEUE_SIZE]; /**< place: index into the rows of the result */
    real first[QUEUE_SIZE], second[QUEUE_SIZE];                     /**< what the sampler needs, e.g. trials and p */
} random_queue;

typedef struct queue_words {
    uint32_t word[4][QUEUE_SIZE];
} queue_words;

/** Appends the lanes of a row whose value is above 0. */
static inline void queue_row(random_queue *restrict queue, const random_address *address, uint32_t site, size_t row,
                             size_t n_lanes, const real *restrict value, const real *restrict other) {
    for (size_t first = 0; first < n_lanes; first += LANES) {
        uint32_t bits = 0;
        for (uint32_t i = 0; i < LANES; i++)
            bits |= (value[first + i] > 0 ? 1u : 0u) << i;
        for (; bits; bits &= bits - 1) {
            size_t lane = first + (size_t)__builtin_ctz(bits), n = queue->n++;
            queue->slot[n] = address->first_slot + (uint32_t)lane;
            queue->site[n] = site;
            queue->place[n] = (uint32_t)(row * n_lanes + lane);
            queue->first[n] = value[lane];
            queue->second[n] = other[lane];
        }
    }
}

/** Fills the last vector with entries that need nothing. Returns the number of entries, now a multiple of LANES. */
static inline size_t queue_pad(random_queue *queue) {
    size_t n = (queue->n + LANES - 1) / LANES * LANES;
    for (size_t i = queue->n; i < n; i++) {
        queue->slot[i] = queue->site[i] = queue->place[i] = 0;
        queue->first[i] = 0;
        queue->second[i] = 1;
    }
    return n;
}

/** The four words of the first n entries. */
static inline void queue_philox(const random_address *address, uint32_t use, uint32_t draw, const random_queue *queue,
                                size_t n, queue_words *restrict out) {
    uint32_t time = address->month << 20 | address->substep, last = use << 24 | draw;
    for (size_t i = 0; i < n; i++) {
        uint32_t a = queue->slot[i], b = time, c = queue->site[i], d = last;
        uint32_t key_0 = address->key.word[0], key_1 = address->key.word[1];
        for (int round = 0; round < PHILOX_ROUNDS; round++) {
            philox_round(&a, &b, &c, &d, key_0, key_1);
            key_0 += PHILOX_WEYL_0;
            key_1 += PHILOX_WEYL_1;
        }
        out->word[0][i] = a;
        out->word[1][i] = b;
        out->word[2][i] = c;
        out->word[3][i] = d;
    }
}

/** Words of entry i's own, from draw 1 on. */
static inline philox_stream queue_stream(const random_address *address, uint32_t use, const random_queue *queue,
                                         size_t i) {
    return (philox_stream){
        .counter = {queue->slot[i], address->month << 20 | address->substep, queue->site[i], use << 24},
        .key = address->key,
        .used = 4,
    };
}

/* Draws beyond this bit belong to what follows a gamma of the same entry. */
#define QUEUE_AFTER_GAMMA (1u << 20)

/** Poisson counts of LANES means in [0, INVERSION_POISSON); u is used up. Means of 0, below, or NaN give 0. */
static inline void invert_poisson(const real *restrict mean, real *restrict u, real *restrict out) {
    enum { MOST = 100 }; /* P(N > 100 | mean 30) < 1e-23 */
    real p[LANES];
    uint32_t left = 0;
    for (size_t i = 0; i < LANES; i++) {
        p[i] = mean[i] > 0 && mean[i] < INVERSION_POISSON ? lane_exp(-mean[i]) : 1;
        out[i] = 0;
        left |= u[i] > p[i];
    }
    for (int turn = 1; left && turn < MOST; turn++) {
        real k = (real)turn, inverse = 1 / k;
        left = 0;
        for (size_t i = 0; i < LANES; i++) {
            bool goes_on = u[i] > p[i] && (p[i] > INVERSION_END || k <= mean[i]);
            u[i] = goes_on ? u[i] - p[i] : 0;
            p[i] = goes_on ? p[i] * (mean[i] * inverse) : p[i];
            out[i] = goes_on ? k : out[i];
            left |= u[i] > p[i];
        }
    }
}

/** Binomial counts of LANES trials with p in [0, 1/2] and trials p < INVERSION_BINOMIAL; u is used up. */
static inline void invert_binomial(const real *restrict trials, const real *restrict p, real *restrict u,
                                   real *restrict out) {
    enum { MOST = 80 };
    real f[LANES], odds[LANES];
    uint32_t left = 0;
    for (size_t i = 0; i < LANES; i++) {
        /* log(1 - p) without rounding 1 - p where p is small: log(1 + x) = x - t x + t (t^2 ...), t = x/(2 + x). */
        real x = -p[i], t = x / (2 + x), t2 = t * t;
        real series = x - t * x + t * t2 * ((real)(2.0 / 3) + t2 * ((real)(2.0 / 5) + t2 * (real)(2.0 / 7)));
        real log_rest = p[i] < (real)0.1 ? series : lane_log(1 - p[i]);
        f[i] = lane_exp(trials[i] * log_rest);
        odds[i] = p[i] / (1 - p[i]);
        out[i] = 0;
        left |= u[i] > f[i];
    }
    for (int turn = 1; left && turn < MOST; turn++) {
        real k = (real)turn, inverse = 1 / k;
        left = 0;
        for (size_t i = 0; i < LANES; i++) {
            bool goes_on = u[i] > f[i] && k <= trials[i] && (f[i] > INVERSION_END || k <= trials[i] * p[i] + 1);
            u[i] = goes_on ? u[i] - f[i] : 0;
            f[i] = goes_on ? f[i] * ((trials[i] - k + 1) * odds[i] * inverse) : f[i];
            out[i] = goes_on ? k : out[i];
            left |= u[i] > f[i];
        }
    }
}

/** One attempt of Marsaglia & Tsang at a gamma of shape a (their d and c belong to a, or to a + 1 for a < 1). */
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

/** Gammas of scale 1 and shape queue->first, into out[place]. Draws 1, 2, ... of every entry; empties the queue. A shape that
 *  is not above 0 gives 0. */
static inline void queue_gamma(const random_address *address, uint32_t use, random_queue *restrict queue,
                               real *restrict out) {
    queue_words words;
    real value[QUEUE_SIZE], d[QUEUE_SIZE], c[QUEUE_SIZE], boost[QUEUE_SIZE], rejected[QUEUE_SIZE];
    for (uint32_t draw = 1; queue->n > 0; draw++) {
        size_t n = queue_pad(queue), kept = 0;
        queue_philox(address, use, draw, queue, n, &words);
        /* Short passes: in one long loop they would not become vector code. */
        for (size_t i = 0; i < n; i++) {
            real a = queue->first[i];
            d[i] = (a < 1 ? a + 1 : a) - (real)(1.0 / 3);
            c[i] = 1 / lane_sqrt(9 * d[i]);
        }
        for (size_t i = 0; i < n; i++) {
            bool done = gamma_attempt(d[i], c[i], words.word[0][i], words.word[1][i], words.word[2][i], &value[i]);
            rejected[i] = done ? 0 : 1;
        }
        for (size_t i = 0; i < n; i++)
            boost[i] = gamma_boost(queue->first[i], words.word[3][i]);
        for (size_t i = 0; i < n; i++) {
            real a = queue->first[i];
            value[i] = a > 0 ? value[i] * (a < 1 ? boost[i] : 1) : 0;
            rejected[i] = a > 0 ? rejected[i] : 0;
        }
        for (size_t i = 0; i < queue->n; i++) {
            uint32_t place = queue->place[i];
            out[place] = value[i];
            queue->slot[kept] = queue->slot[i];
            queue->site[kept] = queue->site[i];
            queue->place[kept] = place;
            queue->first[kept] = queue->first[i];
            kept += rejected[i] > 0;
        }
        queue->n = kept;
    }
}

#endif
