/* Binomial counts. Rows in which many lanes have work are drawn as they are; the lanes with work of all others, and what is too
 * large for inversion, are packed into full vectors. What a lane draws is the same either way. */
#include "random/chop.h"
#include "random/counts.h"
#include "random/queue.h"

/* What is too large for one inversion is drawn in parts, up to this many; more go by rejection, one by one. */
#define MOST_PARTS 32

/** Adds the counts of queue->first trials to out[place], in parts that inversion can draw; second: p. */
static void draw_parts(const random_address *address, uint32_t use, uint32_t draw, random_queue *restrict queue,
                       real *restrict out) {
    chop_queue open;
    real part[RANDOM_PACKED], count[RANDOM_PACKED];
    real u[RANDOM_PACKED], p[RANDOM_PACKED], a[RANDOM_PACKED], b[RANDOM_PACKED];
    while (queue->who.n > 0) {
        size_t n = queue->who.n, kept = 0;
        queue_philox(address, use, ++draw, &queue->who);
        for (size_t i = 0; i < n; i++) {
            real chance = queue->second[i], most = (CHOP_DEPTH - (real)0.5) / -lane_log1p(-chance);
            most = most < LANE_ROUND / 4 ? (most + LANE_ROUND) - LANE_ROUND : most;
            part[i] = queue->first[i] < most ? queue->first[i] : most;
            u[i] = philox_uniform(queue->who.word[0][i]);
            chop_binomial(part[i], chance, &p[i], &a[i], &b[i]);
        }
        for (size_t i = n; i < queue_padded(n); i++)
            u[i] = p[i] = a[i] = b[i] = 0;
        open.n = 0;
        chop_begin(&open, queue_padded(n), a, b, u, p, 0, count);
        chop_finish(&open, count);
        for (size_t i = 0; i < n; i++) {
            uint32_t place = queue->place[i];
            out[place] += count[i] < part[i] ? count[i] : part[i];
            queue->who.slot[kept] = queue->who.slot[i];
            queue->who.site[kept] = queue->who.site[i];
            queue->place[kept] = place;
            queue->first[kept] = queue->first[i] - part[i];
            queue->second[kept] = queue->second[i];
            kept += queue->first[kept] > 0;
        }
        queue->who.n = kept;
    }
}

/** Takes what is too large for parts out of the queue and draws it by rejection, one by one. */
static void draw_largest(const random_address *address, uint32_t use, uint32_t draw, random_queue *restrict queue,
                         real *restrict out) {
    size_t kept = 0;
    for (size_t i = 0; i < queue->who.n; i++) {
        real trials = queue->first[i], chance = queue->second[i];
        if (-trials * lane_log1p(-chance) >= MOST_PARTS * (CHOP_DEPTH - 1)) {
            philox_stream stream = {
                .counter = {queue->who.slot[i], address->month << 20 | address->substep, queue->who.site[i],
                            use << 24 | draw},
                .key = address->key,
                .used = 4,
            };
            out[queue->place[i]] = (real)KERNEL(counts_binomial)(&stream, (double)trials, (double)chance);
            continue;
        }
        queue->who.slot[kept] = queue->who.slot[i];
        queue->who.site[kept] = queue->who.site[i];
        queue->place[kept] = queue->place[i];
        queue->first[kept] = trials;
        queue->second[kept++] = chance;
    }
    queue->who.n = kept;
}

/** What inversion needs for n counts of the rarer outcome, whose chance is the smaller of p and 1 - p. What is too large for it
 *  gets large[i] = 1 and is done (count 0). @return is any? */
static inline uint32_t prepare(size_t n, const real *restrict trials, const real *restrict p, real *restrict chance,
                               real *restrict first, real *restrict a, real *restrict b, real *restrict large) {
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++) {
        real small = p[i] > (real)0.5 ? 1 - p[i] : p[i];
        chance[i] = small > 0 ? small : 0; /* also for NaN */
        real depth = chop_binomial(trials[i], chance[i], &first[i], &a[i], &b[i]);
        bool is_large = depth >= CHOP_DEPTH;
        first[i] = is_large ? 1 : first[i];
        large[i] = is_large ? 1 : 0;
        any |= is_large;
    }
    return any;
}

/** From counts of the rarer outcome to those of the one that was asked for. */
static inline void turn_back(size_t n, const real *restrict trials, const real *restrict p, real *restrict out) {
    for (size_t i = 0; i < n; i++) {
        real count = out[i] < trials[i] ? out[i] : trials[i];
        out[i] = p[i] > (real)0.5 ? trials[i] - count : count;
    }
}

void KERNEL(random_binomial_packed)(const random_address *address, uint32_t use, uint32_t word,
                                    const random_packed *who, const real *restrict trials, const real *restrict p,
                                    real *restrict out) {
    chop_queue open;
    random_queue queue;
    real chance[RANDOM_PACKED], large[RANDOM_PACKED];
    real u[RANDOM_PACKED], first[RANDOM_PACKED], a[RANDOM_PACKED], b[RANDOM_PACKED];
    size_t n = who->n;
    uint32_t any_large = prepare(n, trials, p, chance, first, a, b, large);
    for (size_t i = 0; i < n; i++)
        u[i] = philox_uniform(who->word[word][i]);
    for (size_t i = n; i < queue_padded(n); i++)
        u[i] = first[i] = a[i] = b[i] = large[i] = 0;
    open.n = 0;
    chop_begin(&open, queue_padded(n), a, b, u, first, 0, out);
    chop_finish(&open, out);
    queue.who.n = 0;
    if (any_large)
        queue_packed(&queue, who, large, trials, chance);
    draw_largest(address, use, QUEUE_DRAWS_OF(word), &queue, out);
    draw_parts(address, use, QUEUE_DRAWS_OF(word), &queue, out);
    turn_back(n, trials, p, out);
}

/** Draws the queued binomials (first: trials, second: p) and empties the queue. */
static void draw(const random_address *address, uint32_t use, random_queue *restrict queue, real *restrict out) {
    random_packed shared; /* by four rows each: their call */
    real count[RANDOM_PACKED] = {0};
    shared.n = queue->who.n;
    for (size_t i = 0; i < shared.n; i++) {
        shared.slot[i] = queue->who.slot[i];
        shared.site[i] = queue->who.site[i] / 4;
    }
    queue_philox(address, use, 0, &shared);
    for (size_t i = 0; i < shared.n; i++)
        queue->who.word[0][i] = shared.word[queue->who.site[i] % 4][i];
    KERNEL(random_binomial_packed)(address, use, 0, &queue->who, queue->first, queue->second, count);
    for (size_t i = 0; i < queue->who.n; i++)
        out[queue->place[i]] = count[i];
    queue->who.n = 0;
}

/** Draws the lanes of a row where they are, but for those that are too large for inversion: their trials go to `large`, which is
 *  0 elsewhere. @return is any? */
static bool draw_row(size_t n_lanes, const uint32_t *restrict word, const real *restrict trials, const real *restrict p,
                     real *restrict large, real *restrict out) {
    chop_queue open;
    real chance[RANDOM_MAX_LANES];
    real u[RANDOM_MAX_LANES], first[RANDOM_MAX_LANES], a[RANDOM_MAX_LANES], b[RANDOM_MAX_LANES];
    bool any_large = prepare(n_lanes, trials, p, chance, first, a, b, large) != 0;
    for (size_t lane = 0; lane < n_lanes; lane++) {
        u[lane] = philox_uniform(word[lane]);
        large[lane] *= trials[lane];
    }
    open.n = 0;
    chop_begin(&open, n_lanes, a, b, u, first, 0, out);
    if (open.n > 0)
        chop_finish(&open, out);
    turn_back(n_lanes, trials, p, out);
    return any_large;
}

/** How many values are above 0? */
static size_t n_above_0(size_t n_lanes, const real *restrict value) {
    size_t n = 0;
    for (size_t first = 0; first < n_lanes; first += LANES)
        n += (size_t)__builtin_popcount(vector_positive(value + first));
    return n;
}

void KERNEL(random_binomial_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                  size_t n_lanes, const real *restrict trials, const real *restrict p,
                                  real *restrict out) {
    philox_words words;
    random_queue queue;
    real large[RANDOM_MAX_LANES];
    uint32_t call = UINT32_MAX; /* whose words are there */
    queue.who.n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        size_t at = row * n_lanes;
        uint32_t site = first_site + (uint32_t)row;
        if (n_above_0(n_lanes, trials + at) > n_lanes / 4) {
            if (call != site / 4) {
                call = site / 4;
                philox_lanes(address, use, 0, call, n_lanes, &words);
            }
            if (draw_row(n_lanes, words.word[site % 4], trials + at, p + at, large, out + at))
                queue_row(&queue, address, site, row, n_lanes, large, p + at);
        } else {
            for (size_t lane = 0; lane < n_lanes; lane++)
                out[at + lane] = 0;
            queue_row(&queue, address, site, row, n_lanes, trials + at, p + at);
        }
        if (queue.who.n > QUEUE_FULL)
            draw(address, use, &queue, out);
    }
    if (queue.who.n > 0)
        draw(address, use, &queue, out);
}
