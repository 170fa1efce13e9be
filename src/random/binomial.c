/* Binomial and negative binomial rows: only lanes with work are looked at, packed from all rows into full vectors. */
#include "random/counts.h"
#include "random/queue.h"

/** Draws the queued binomials (first: trials, second: p) and empties the queue. */
static void draw_binomial(const random_address *address, uint32_t use, random_queue *restrict queue,
                          real *restrict out) {
    queue_words words;
    real small[QUEUE_SIZE] = {0}, trials[QUEUE_SIZE] = {0}, count[QUEUE_SIZE] = {0}, u[QUEUE_SIZE] = {0};
    size_t n = queue_pad(queue);
    queue_philox(address, use, 0, queue, n, &words);
    for (size_t i = 0; i < n; i++) {
        real p = queue->second[i];
        small[i] = p > (real)0.5 ? 1 - p : p;
        small[i] = small[i] > 0 ? small[i] : 0; /* also for NaN */
        trials[i] = queue->first[i] * small[i] < INVERSION_BINOMIAL ? queue->first[i] : 0;
        u[i] = philox_uniform(words.word[0][i]);
    }
    for (size_t i = 0; i < n; i += LANES)
        invert_binomial(trials + i, small + i, u + i, count + i);
    for (size_t i = 0; i < queue->n; i++) {
        real all = queue->first[i], p = queue->second[i];
        if (!(all * small[i] < INVERSION_BINOMIAL)) {
            philox_stream stream = queue_stream(address, use, queue, i);
            count[i] = (real)KERNEL(counts_binomial)(&stream, (double)all, (double)small[i]);
        }
        out[queue->place[i]] = p > (real)0.5 ? all - count[i] : count[i];
    }
    queue->n = 0;
}

void KERNEL(random_binomial_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                  size_t n_lanes, const real *restrict trials, const real *restrict p,
                                  real *restrict out) {
    random_queue queue;
    queue.n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        size_t first = row * n_lanes;
        for (size_t lane = 0; lane < n_lanes; lane++)
            out[first + lane] = 0;
        queue_row(&queue, address, first_site + (uint32_t)row, row, n_lanes, trials + first, p + first);
        if (queue.n > QUEUE_FULL)
            draw_binomial(address, use, &queue, out);
    }
    if (queue.n > 0)
        draw_binomial(address, use, &queue, out);
}

/** Draws the queued negative binomials (first: mean, second: size) as Poisson(Gamma(size) mean/size), empties the queue. */
static void draw_negbin(const random_address *address, uint32_t use, random_queue *restrict queue, real *restrict out) {
    queue_words words;
    random_queue gammas;
    real rate[QUEUE_SIZE] = {0}, count[QUEUE_SIZE] = {0}, u[QUEUE_SIZE] = {0};
    size_t n = queue_pad(queue);
    gammas.n = queue->n;
    for (size_t i = 0; i < n; i++) {
        gammas.slot[i] = queue->slot[i];
        gammas.site[i] = queue->site[i];
        gammas.place[i] = (uint32_t)i;
        gammas.first[i] = queue->second[i];
        rate[i] = 0;
    }
    queue_gamma(address, use, &gammas, rate);
    queue_philox(address, use, 0, queue, n, &words);
    for (size_t i = 0; i < n; i++) {
        rate[i] *= queue->first[i] / queue->second[i];
        u[i] = philox_uniform(words.word[0][i]);
    }
    for (size_t i = 0; i < n; i += LANES)
        invert_poisson(rate + i, u + i, count + i);
    for (size_t i = 0; i < queue->n; i++) {
        if (rate[i] >= INVERSION_POISSON) {
            philox_stream stream = queue_stream(address, use, queue, i);
            stream.counter[3] |= QUEUE_AFTER_GAMMA;
            count[i] = (real)KERNEL(counts_poisson)(&stream, (double)rate[i] < 1e9 ? (double)rate[i] : 1e9);
        }
        out[queue->place[i]] = count[i];
    }
    queue->n = 0;
}

void KERNEL(random_negbin_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, const real *restrict mean, const real *restrict size,
                                real *restrict out) {
    random_queue queue;
    queue.n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        size_t first = row * n_lanes;
        for (size_t lane = 0; lane < n_lanes; lane++)
            out[first + lane] = 0;
        queue_row(&queue, address, first_site + (uint32_t)row, row, n_lanes, mean + first, size + first);
        if (queue.n > QUEUE_FULL)
            draw_negbin(address, use, &queue, out);
    }
    if (queue.n > 0)
        draw_negbin(address, use, &queue, out);
}
