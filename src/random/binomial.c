/* Binomial and negative binomial rows: only lanes with work are looked at, through a packed queue. */
#include "random/counts.h"
#include "random/elementary.h"

/** Indices of the lanes whose value is above 0. */
static size_t pack(const real *restrict value, size_t n_lanes, uint8_t *restrict queue) {
    size_t n = 0;
    for (size_t lane = 0; lane < n_lanes; lane++) {
        queue[n] = (uint8_t)lane;
        n += value[lane] > 0;
    }
    return n;
}

void KERNEL(random_binomial_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                  size_t n_lanes, const real *restrict trials, const real *restrict p,
                                  real *restrict out) {
    uint8_t queue[RANDOM_MAX_LANES + 1];
    for (size_t row = 0; row < n_rows; row++) {
        const real *n = trials + row * n_lanes, *chance = p + row * n_lanes;
        real *to = out + row * n_lanes;
        size_t n_queued = pack(n, n_lanes, queue);
        for (size_t lane = 0; lane < n_lanes; lane++)
            to[lane] = 0;
        for (size_t i = 0; i < n_queued; i++) {
            size_t lane = queue[i];
            philox_stream stream = philox_stream_of(address, use, first_site + (uint32_t)row, lane);
            to[lane] = (real)KERNEL(counts_binomial)(&stream, (double)n[lane], (double)chance[lane]);
        }
    }
}

void KERNEL(random_negbin_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, const real *restrict mean, const real *restrict size,
                                real *restrict out) {
    uint8_t queue[RANDOM_MAX_LANES + 1];
    for (size_t row = 0; row < n_rows; row++) {
        const real *mu = mean + row * n_lanes, *k = size + row * n_lanes;
        real *to = out + row * n_lanes;
        size_t n_queued = pack(mu, n_lanes, queue);
        for (size_t lane = 0; lane < n_lanes; lane++)
            to[lane] = 0;
        for (size_t i = 0; i < n_queued; i++) {
            size_t lane = queue[i];
            philox_stream stream = philox_stream_of(address, use, first_site + (uint32_t)row, lane);
            double shape = (double)k[lane], rate = KERNEL(counts_gamma)(&stream, shape) * (double)mu[lane] / shape;
            to[lane] = (real)KERNEL(counts_poisson)(&stream, rate < 1e9 ? rate : 1e9);
        }
    }
}
