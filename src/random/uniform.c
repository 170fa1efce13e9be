/* Uniform, normal and exponential rows. */
#include "random/elementary.h"
#include "random/philox.h"

void KERNEL(random_uniform_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                 size_t n_lanes, real *restrict out) {
    philox_words words;
    for (size_t row = 0; row < n_rows; row++) {
        if (row % 4 == 0)
            philox_lanes(address, use, 0, (uint32_t)((first_site + row) / 4), n_lanes, &words);
        for (size_t lane = 0; lane < n_lanes; lane++)
            out[row * n_lanes + lane] = philox_uniform(words.word[row % 4][lane]);
    }
}

void KERNEL(random_exponential_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                     size_t n_lanes, real *restrict out) {
    KERNEL(random_uniform_rows)(address, use, first_site, n_rows, n_lanes, out);
    for (size_t i = 0; i < n_rows * n_lanes; i++)
        out[i] = -lane_log(out[i]);
}

void KERNEL(random_normal_rows)(const random_address *address, uint32_t use, uint32_t first_site, size_t n_rows,
                                size_t n_lanes, real *restrict out) {
    philox_words words;
    real spare[RANDOM_MAX_LANES];
    for (size_t row = 0; row < n_rows; row += 2) {
        if (row % 4 == 0)
            philox_lanes(address, use, 0, (uint32_t)((first_site + row) / 4), n_lanes, &words);
        const uint32_t *radius_word = words.word[row % 4], *angle_word = words.word[row % 4 + 1];
        real *first = out + row * n_lanes, *second = row + 1 < n_rows ? first + n_lanes : spare;
        for (size_t lane = 0; lane < n_lanes; lane++) {
            real sine, cosine, radius = lane_sqrt(-2 * lane_log(philox_uniform(radius_word[lane])));
            lane_sincos2pi(philox_uniform(angle_word[lane]), &sine, &cosine);
            first[lane] = radius * cosine;
            second[lane] = radius * sine;
        }
    }
}
