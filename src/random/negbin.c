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
    real rate[RANDOM_PACKED], a[RANDOM_PACKED], p[RANDOM_PACKED], u[RANDOM_PACKED], count[RANDOM_PACKED];
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
    for (size_t i = 0; i < n; i++) {
        real mean = rate[i] * queue->second[i];
        rate[i] = mean < (real)1e9 ? mean : (real)1e9;
        a[i] = 0;
        p[i] = rate[i] < CHOP_DEPTH ? lane_exp(-rate[i]) : 1;
        u[i] = philox_uniform(queue->who.word[0][i]);
    }
    for (size_t i = n; i < queue_padded(n); i++)
        u[i] = p[i] = a[i] = rate[i] = 0;
    small.n = 0;
    chop_begin(&small, queue_padded(n), a, rate, u, p, 0, count);
    chop_finish(&small, count);
    for (size_t i = 0; i < n; i++) {
        out[queue->place[i]] = count[i];
        queue->who.slot[n_large] = queue->who.slot[i];
        queue->who.site[n_large] = queue->who.site[i];
        queue->place[n_large] = queue->place[i];
        queue->first[n_large] = rate[i];
        n_large += rate[i] >= CHOP_DEPTH;
    }
    queue->who.n = n_large;
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
    open.n = queue.who.n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t site = first_site + (uint32_t)row;
        size_t at = row * n_lanes;
        if (row % 4 == 0)
            philox_lanes(address, use, 0, site / 4, n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++)
            u[lane] = philox_uniform(words.word[row % 4][lane]);
        uint32_t any_large = prepare(n_lanes, size + at, ratio + at, p, a, b, large);
        chop_begin(&open, n_lanes, a, b, u, p, (uint32_t)at, out + at);
        if (open.n > CHOP_SIZE - RANDOM_MAX_LANES)
            chop_finish(&open, out);
        if (any_large) {
            size_t before = queue.who.n;
            queue_row(&queue, address, site, row, n_lanes, large, ratio + at);
            for (size_t i = before; i < queue.who.n; i++)
                queue.first[i] = size[queue.place[i]];
        }
        if (queue.who.n > QUEUE_FULL)
            draw_large(address, use, 0, &queue, out);
    }
    chop_finish(&open, out);
    if (queue.who.n > 0)
        draw_large(address, use, 0, &queue, out);
}

void KERNEL(random_negbin_packed)(const random_address *address, uint32_t use, uint32_t word, const random_packed *who,
                                  const real *restrict size, const real *restrict ratio, real *restrict out) {
    chop_queue open;
    random_queue queue;
    real u[RANDOM_PACKED], p[RANDOM_PACKED], a[RANDOM_PACKED], b[RANDOM_PACKED], large[RANDOM_PACKED];
    size_t n = queue_padded(who->n);
    uint32_t any_large = prepare(who->n, size, ratio, p, a, b, large);
    for (size_t i = 0; i < who->n; i++)
        u[i] = philox_uniform(who->word[word][i]);
    for (size_t i = who->n; i < n; i++)
        u[i] = p[i] = a[i] = b[i] = 0;
    open.n = queue.who.n = 0;
    chop_begin(&open, n, a, b, u, p, 0, out);
    chop_finish(&open, out);
    for (size_t i = who->n; i < n; i++)
        large[i] = 0;
    if (any_large)
        queue_packed(&queue, who, large, size, ratio);
    if (queue.who.n > 0)
        draw_large(address, use, QUEUE_DRAWS_OF(word), &queue, out);
}
