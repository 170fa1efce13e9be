/* Gamma rows: one attempt of Marsaglia & Tsang (2000) on all lanes, the few rejected ones one by one. */
#include "random/counts.h"
#include "random/elementary.h"

void KERNEL(random_gamma_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                               size_t n_lanes, const real *restrict shape, real *restrict out) {
    philox_words words;
    real accepted[RANDOM_MAX_LANES];
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t site = first_site + (uint32_t)row;
        real *to = out + row * n_lanes;
        /* An attempt takes three words and a fourth for shapes below 1: every row has a call of its own. */
        philox_lanes(address, use, 0, site, n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++) {
            real a = shape[lane], sine, cosine;
            real d = (a < 1 ? a + 1 : a) - (real)(1.0 / 3), c = 1 / lane_sqrt(9 * d);
            lane_sincos2pi(philox_uniform(words.word[1][lane]), &sine, &cosine);
            real x = lane_sqrt(-2 * lane_log(philox_uniform(words.word[0][lane]))) * cosine;
            real v = 1 + c * x;
            v = v * v * v;
            real bound = (real)0.5 * x * x + d - d * v + d * lane_log(v);
            real boost = lane_exp(lane_log(philox_uniform(words.word[3][lane])) / a);
            accepted[lane] = v > 0 && lane_log(philox_uniform(words.word[2][lane])) < bound ? 1 : 0;
            to[lane] = d * v * (a < 1 ? boost : 1);
        }
        for (size_t lane = 0; lane < n_lanes; lane++) {
            if (accepted[lane] != 0)
                continue;
            philox_stream stream = philox_stream_of(address, use, site, lane);
            to[lane] = (real)KERNEL(counts_gamma)(&stream, (double)shape[lane]);
        }
    }
}
