/* Poisson rows: chop-down inversion on all lanes for small means, lane by lane for large ones. */
#include "random/counts.h"
#include "random/queue.h"

void KERNEL(random_poisson_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                 size_t n_lanes, const real *restrict mean, real *restrict out) {
    philox_words words;
    real u[RANDOM_MAX_LANES] = {0};
    for (size_t row = 0; row < n_rows; row++) {
        const real *mu = mean + row * n_lanes;
        real *to = out + row * n_lanes;
        uint32_t large = 0;
        if (row % 4 == 0)
            philox_lanes(address, use, 0, (uint32_t)((first_site + row) / 4), n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++) {
            u[lane] = philox_uniform(words.word[row % 4][lane]);
            large |= mu[lane] >= INVERSION_POISSON;
        }
        for (size_t lane = 0; lane < n_lanes; lane += LANES)
            invert_poisson(mu + lane, u + lane, to + lane);
        for (size_t lane = 0; large && lane < n_lanes; lane++) {
            if (!(mu[lane] >= INVERSION_POISSON))
                continue;
            philox_stream stream = philox_stream_of(address, use, first_site + (uint32_t)row, lane);
            double bounded = (double)mu[lane] < 1e9 ? (double)mu[lane] : 1e9;
            to[lane] = (real)KERNEL(counts_poisson)(&stream, bounded);
        }
    }
}
