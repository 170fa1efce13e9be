/* Gamma rows: one attempt of Marsaglia & Tsang (2000) on all lanes; the few rejected ones go on packed. */
#include "random/rejection.h"

void KERNEL(random_gamma_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                               size_t n_lanes, const real *restrict shape, real *restrict out) {
    philox_words words;
    random_queue queue;
    real d[RANDOM_MAX_LANES], c[RANDOM_MAX_LANES], rejected[RANDOM_MAX_LANES] = {0};
    uint32_t any_below_1 = 0;
    queue.who.n = 0;
    for (size_t lane = 0; lane < n_lanes; lane++) {
        d[lane] = (shape[lane] < 1 ? shape[lane] + 1 : shape[lane]) - (real)(1.0 / 3);
        c[lane] = 1 / lane_sqrt(9 * d[lane]);
        any_below_1 |= shape[lane] < 1;
    }
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t site = first_site + (uint32_t)row;
        real *to = out + row * n_lanes;
        /* An attempt takes three words and a fourth for shapes below 1: every row has a call of its own. */
        philox_lanes(address, use, 0, site, n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++) {
            bool done = gamma_attempt(d[lane], c[lane], words.word[0][lane], words.word[1][lane], words.word[2][lane],
                                      &to[lane]);
            rejected[lane] = done ? 0 : 1;
        }
        for (size_t lane = 0; any_below_1 && lane < n_lanes; lane++) {
            real boost = gamma_boost(shape[lane], words.word[3][lane]);
            to[lane] *= shape[lane] < 1 ? boost : 1;
        }
        queue_row(&queue, address, site, row, n_lanes, rejected, shape);
        if (queue.who.n > QUEUE_FULL || (row + 1 == n_rows && queue.who.n > 0)) {
            for (size_t i = 0; i < queue.who.n; i++)
                queue.first[i] = queue.second[i];
            queue_gamma(address, use, 0, &queue, out);
        }
    }
}
