/* Poisson rows: chop-down inversion on all lanes at once for small means, lane by lane for large ones. */
#include "random/counts.h"
#include "random/elementary.h"

#include <stdbool.h>

/* Above this mean a lane goes its own way; the chop-down loop of a row takes as many turns as its largest count. */
#define SMALL_MEAN ((real)12)

void KERNEL(random_poisson_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                 size_t n_lanes, const real *restrict mean, real *restrict out) {
    enum { MOST = 64 }; /* P(N > 64 | mean 12) < 1e-25: no float can tell */
    philox_words words;
    real u[RANDOM_MAX_LANES], p[RANDOM_MAX_LANES];
    for (size_t row = 0; row < n_rows; row++) {
        const real *mu = mean + row * n_lanes;
        real *to = out + row * n_lanes;
        if (row % 4 == 0)
            philox_lanes(address, use, 0, (uint32_t)((first_site + row) / 4), n_lanes, &words);
        uint32_t large = 0, left = 0;
        for (size_t lane = 0; lane < n_lanes; lane++) {
            bool small = mu[lane] > 0 && mu[lane] < SMALL_MEAN;
            u[lane] = philox_uniform(words.word[row % 4][lane]);
            p[lane] = small ? lane_exp(-mu[lane]) : 1; /* other lanes stop at once, at 0 */
            to[lane] = 0;
            large |= mu[lane] >= SMALL_MEAN;
            left |= u[lane] > p[lane];
        }
        for (real k = 1; left && k < MOST; k++) {
            left = 0;
            for (size_t lane = 0; lane < n_lanes; lane++) {
                bool goes_on = u[lane] > p[lane];
                u[lane] = goes_on ? u[lane] - p[lane] : u[lane];
                p[lane] = goes_on ? p[lane] * mu[lane] / k : p[lane];
                to[lane] = goes_on ? k : to[lane];
                left |= goes_on && u[lane] > p[lane];
            }
        }
        for (size_t lane = 0; large && lane < n_lanes; lane++) {
            if (!(mu[lane] >= SMALL_MEAN))
                continue;
            philox_stream stream = philox_stream_of(address, use, first_site + (uint32_t)row, lane);
            double bounded = (double)mu[lane] < 1e9 ? (double)mu[lane] : 1e9;
            to[lane] = (real)KERNEL(counts_poisson)(&stream, bounded);
        }
    }
}
