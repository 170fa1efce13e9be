/* Copies from ancestors: every kernel against the plain gather, lane by lane. */
#include "ensemble/ensemble.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { TILES = 3, ROWS = 5, FIRST = 1, END = 4, MOST = TILES * ROWS * RANDOM_MAX_LANES };

static const char *const kernels[] = {"baseline", "v3", "v4"};

/** Descendant i has ancestor from + i * step / of, modulo all particles and 2^32. */
typedef struct descent_case {
    const char *text;
    uint32_t from, step, of;
} descent_case;

static const descent_case cases[] = {
    {"each its own", 0, 1, 1},
    {"each the fifth after it, over the end of a tile", 5, 1, 1},
    {"one ancestor for all", 7, 0, 1},
    {"two children each", 3, 1, 2},
    {"nine children each", 11, 1, 9},
    {"every second", 1, 2, 1},
    {"every third, over the ends of tiles", 0, 3, 1},
    {"one or two between ancestors", 2, 7, 5},
    {"far from each other", 0, 37, 1},
    {"descending", 1000, UINT32_MAX, 1},
};

/** Any 32 bits, also those of infinities and NaNs. */
static uint32_t bits_of(uint32_t i) {
    return (i + 1) * 2654435761u ^ (i % 17 == 0 ? 0x7f800000u : 0);
}

static void check(const model_kernel *kernel, uint32_t n_lanes, const descent_case *c) {
    static float cloud[MOST], got[ROWS * RANDOM_MAX_LANES], expected[ROWS * RANDOM_MAX_LANES];
    uint32_t n = TILES * n_lanes, tile_size = ROWS * n_lanes;
    for (uint32_t i = 0; i < TILES * tile_size; i++) {
        uint32_t bits = bits_of(i);
        memcpy(&cloud[i], &bits, sizeof bits);
    }
    for (uint32_t i = 0; i < tile_size; i++)
        got[i] = expected[i] = (float)i;
    model_descent d = {.cloud = cloud, .tile_size = tile_size, .n_lanes = n_lanes, .to = got};
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        d.ancestors[lane] = (c->from + lane * c->step / c->of) % n;
        for (uint32_t row = FIRST; row < END; row++)
            memcpy(&expected[row * n_lanes + lane],
                   &cloud[d.ancestors[lane] / n_lanes * tile_size + row * n_lanes + d.ancestors[lane] % n_lanes],
                   sizeof(float));
    }
    kernel->descend(&d, FIRST, END);
    if (memcmp(got, expected, tile_size * sizeof(float)) != 0)
        fail_msg("%s, %u lanes, kernel %s: not the ancestors' columns", c->text, n_lanes, kernel->name);
}

static void as_plain_gather(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
        tsr_error error = TSR_ERROR_INIT;
        const model_kernel *kernel;
        if (ensemble_kernel(kernels[k], &kernel, &error) != TSR_OK)
            continue; /* not of this machine */
        for (uint32_t n_lanes = LANES; n_lanes <= RANDOM_MAX_LANES; n_lanes += LANES)
            for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
                check(kernel, n_lanes, &cases[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_plain_gather)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
