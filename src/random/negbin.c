/* Negative binomial counts: inversion where they are small, a Poisson count around a gamma where they are large. */
#include "random/chop.h"
#include "random/rejection.h"

/* Larger means take longer to chop down than to draw a gamma and a Poisson count. */
#define LARGE_MEAN ((real)48)

/** What is too large for inversion, as Poisson(Gamma(size) ratio): first: size, second: ratio. Empties the queue. */
static void draw_large(const random_address *address, uint32_t use, uint32_t draw, random_queue *restrict queue,
                       real *restrict out) {
    random_queue gammas;
    chop_queue small;
    real rate[RANDOM_PACKED];
    size_t n = queue->who.n, n_large = 0;
    gammas.who.n = n;
    for (size_t i = 0; i < n; i++) {
        gammas.who.slot[i] = queue->who.slot[i];
        gammas.who.site[i] = queue->who.site[i];
        gammas.place[i] = (uint32_t)i;
        gammas.first[i] = queue->first[i];
    }
    queue_gamma(address, use, draw, &gammas, rate);
    draw += QUEUE_AFTER_GAMMA;
    queue_philox(address, use, draw, &queue->who);
    small.n = 0;
    for (size_t i = 0; i < n; i++) {
        real mean = rate[i] * queue->second[i];
        mean = mean < (real)1e9 ? mean : (real)1e9;
        bool is_small = mean < CHOP_DEPTH;
        small.place[small.n] = queue->place[i];
        small.u[small.n] = philox_uniform(queue->who.word[0][i]);
        small.a[small.n] = 0;
        small.b[small.n] = mean;
        small.n += is_small;
        queue->who.slot[n_large] = queue->who.slot[i];
        queue->who.site[n_large] = queue->who.site[i];
        queue->place[n_large] = queue->place[i];
        queue->first[n_large] = mean;
        n_large += !is_small;
    }
    queue->who.n = n_large;
    for (size_t i = 0; i < small.n; i++)
        small.p[i] = lane_exp(-small.b[i]);
    chop_finish(&small, 0, out);
    queue_poisson(address, use, draw, queue, out);
}

/** p, a, b of n lanes; a lane that is too large for inversion gets large[i] = 1 and is done (count 0). */
static inline uint32_t prepare(size_t n, const real *restrict size, const real *restrict ratio, real *restrict p,
                               real *restrict a, real *restrict b, real *restrict large) {
    uint32_t any = 0;
    for (size_t i = 0; i < n; i++) {
        real r = ratio[i] > 0 ? ratio[i] : 0; /* also for NaN */
        real depth = chop_negbin(size[i], r, &p[i], &a[i], &b[i]);
        uint32_t is_large = (uint32_t)(depth >= CHOP_DEPTH) | (uint32_t)(size[i] * r >= LARGE_MEAN);
        large[i] = is_large ? (real)1 : (real)0;
        p[i] = is_large ? (real)1 : p[i];
        any |= is_large;
    }
    return any;
}

void KERNEL(random_negbin_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, const real *restrict size, const real *restrict ratio,
                                real *restrict out) {
    philox_words words;
    chop_queue open;
    random_queue queue;
    real u[RANDOM_MAX_LANES], p[RANDOM_MAX_LANES], a[RANDOM_MAX_LANES], b[RANDOM_MAX_LANES], large[RANDOM_MAX_LANES];
    real inverse[CHOP_FIRST];
    lane_bits turns[RANDOM_MAX_LANES];
    chop_inverses(0, CHOP_FIRST, inverse);
    open.n = queue.who.n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t site = first_site + (uint32_t)row;
        size_t at = row * n_lanes;
        if (row % 4 == 0)
            philox_lanes(address, use, 0, site / 4, n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++)
            u[lane] = philox_uniform(words.word[row % 4][lane]);
        uint32_t any_large = prepare(n_lanes, size + at, ratio + at, p, a, b, large);
        for (size_t first = 0; first < n_lanes; first += CHOP_BLOCK) {
            bool left = chop_turns(inverse, CHOP_FIRST, a + first, b + first, u + first, p + first, turns + first);
            for (size_t lane = first; left && lane < first + CHOP_BLOCK; lane++) {
                open.place[open.n] = (uint32_t)(at + lane);
                open.u[open.n] = u[lane];
                open.p[open.n] = p[lane];
                open.a[open.n] = a[lane];
                open.b[open.n] = b[lane];
                open.n += p[lane] > 0;
            }
        }
        for (size_t lane = 0; lane < n_lanes; lane++)
            out[at + lane] = (real)turns[lane];
        if (open.n > CHOP_SIZE - RANDOM_MAX_LANES)
            chop_finish(&open, CHOP_FIRST, out);
        for (size_t lane = 0; any_large && lane < n_lanes; lane++) {
            if (!(large[lane] > 0))
                continue;
            size_t n = queue.who.n++;
            queue.who.slot[n] = address->first_slot + (uint32_t)lane;
            queue.who.site[n] = site;
            queue.place[n] = (uint32_t)(at + lane);
            queue.first[n] = size[at + lane];
            queue.second[n] = ratio[at + lane];
        }
        if (queue.who.n > QUEUE_FULL)
            draw_large(address, use, 0, &queue, out);
    }
    chop_finish(&open, CHOP_FIRST, out);
    if (queue.who.n > 0)
        draw_large(address, use, 0, &queue, out);
}

void KERNEL(random_negbin_packed)(const random_address *address, uint32_t use, uint32_t word, const random_packed *who,
                                  const real *restrict size, const real *restrict ratio, real *restrict out) {
    chop_queue open;
    random_queue queue;
    real large[RANDOM_PACKED];
    uint32_t any_large = prepare(who->n, size, ratio, open.p, open.a, open.b, large);
    open.n = who->n;
    queue.who.n = 0;
    for (size_t i = 0; i < who->n; i++) {
        open.place[i] = (uint32_t)i;
        open.u[i] = philox_uniform(who->word[word][i]);
    }
    chop_finish(&open, 0, out);
    for (size_t i = 0; any_large && i < who->n; i++) {
        size_t n = queue.who.n;
        queue.who.slot[n] = who->slot[i];
        queue.who.site[n] = who->site[i];
        queue.place[n] = (uint32_t)i;
        queue.first[n] = size[i];
        queue.second[n] = ratio[i];
        queue.who.n += large[i] > 0;
    }
    if (queue.who.n > 0)
        draw_large(address, use, QUEUE_DRAWS_OF(word), &queue, out);
}
