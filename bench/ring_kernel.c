/* The ring on lanes, compiled once per instruction set (random/kernel.h). State: log strengths [faction][area]. Density: row 0. */
#include "ring.h"

#include "random/chop.h"

#include <string.h>

enum { ROWS = RING_FACTIONS * RING_MOST_AREAS };

/** Rows of one tile, as wide as it can be. */
typedef struct lanes_of {
    _Alignas(64) real row[ROWS][RANDOM_MAX_LANES];
} lanes_of;

static random_address address_of(const model_tile *tile, uint32_t month) {
    return (random_address){.key = tile->key, .first_slot = tile->first_slot, .month = month};
}

static void start(model_tile *tile) {
    random_address address = address_of(tile, 0);
    uint32_t n_rows = RING_FACTIONS * ring_now->n_areas;
    KERNEL(random_normal_rows)(&address, USE_START, 0, n_rows, tile->n_lanes, tile->state);
    for (size_t i = 0; i < (size_t)n_rows * tile->n_lanes; i++)
        tile->state[i] *= (real)ring_now->sd;
}

/** Log strengths of one faction, before -> after. */
static void move(const ring *r, const real *restrict before, const real *restrict noise, real *restrict after,
                 uint32_t n) {
    real stay = (real)(r->persistence * (1 - r->coupling)), come = (real)(r->persistence * r->coupling / 2);
    real sd = (real)r->sd;
    for (uint32_t a = 0; a < r->n_areas; a++) {
        const real *restrict left = before + (size_t)((a + r->n_areas - 1) % r->n_areas) * n;
        const real *restrict right = before + (size_t)((a + 1) % r->n_areas) * n, *restrict own =
                                                                                      before + (size_t)a * n;
        const real *restrict e = noise + (size_t)a * n;
        real *restrict out = after + (size_t)a * n;
        for (uint32_t lane = 0; lane < n; lane++)
            out[lane] = stay * own[lane] + come * (left[lane] + right[lane]) + sd * e[lane];
    }
}

/** Log density of one recorded count, but for its gamma functions. */
static void weigh(const ring *r, real seen, const real *restrict happened, real *restrict sum, uint32_t n) {
    real k = (real)r->size, report = (real)(r->report / r->size), background = (real)(r->background / r->size);
    if (seen > 0)
        for (uint32_t lane = 0; lane < n; lane++) {
            real ratio = report * happened[lane] + background;
            sum[lane] += seen * lane_log(ratio) - (seen + k) * lane_log(1 + ratio);
        }
    else
        for (uint32_t lane = 0; lane < n; lane++)
            sum[lane] -= k * lane_log(1 + report * happened[lane] + background);
}

/** Poisson counts of these means by inversion (random/chop.h). @param u, p  scratch, as long as mean */
static void happen(const random_address *address, uint32_t first_site, uint32_t n_areas, const real *restrict mean,
                   real *restrict u, real *restrict p, real *restrict count, uint32_t n) {
    static const real none[CHOP_BLOCK]; /* a of a Poisson count */
    real inverse[CHOP_MOST];
    chop_inverses(0, CHOP_MOST, inverse);
    KERNEL(random_uniform_rows)(address, USE_EVENTS, first_site, n_areas, n, u);
    for (size_t i = 0; i < (size_t)n_areas * n; i++)
        p[i] = lane_exp(-mean[i]);
    for (size_t i = 0; i < (size_t)n_areas * n; i += CHOP_BLOCK)
        chop_turns(inverse, CHOP_MOST, none, mean + i, u + i, p + i, count + i);
}

static void month(model_tile *tile, uint32_t i_month) {
    const ring *r = ring_now;
    uint32_t n = tile->n_lanes, n_areas = r->n_areas, sites = (n_areas + 3) / 4 * 4;
    random_address address = address_of(tile, i_month + 1);
    lanes_of own, other, work;
    real *noise = work.row[0], *before = own.row[0];
    KERNEL(random_normal_rows)(&address, USE_CELL_LOG, 0, RING_FACTIONS * n_areas, n, noise);
    memcpy(before, tile->state, (size_t)RING_FACTIONS * n_areas * n * sizeof(real));
    for (uint32_t f = 0; f < RING_FACTIONS; f++) {
        size_t first = (size_t)f * n_areas * n;
        move(r, before + first, noise + first, tile->state + first, n);
    }
    for (size_t i = 0; i < (size_t)RING_FACTIONS * n_areas * n; i++) {
        own.row[0][i] = (real)r->rate * lane_exp((real)r->own * tile->state[i]);
        other.row[0][i] = lane_exp((real)r->other * tile->state[i]);
    }
    memset(tile->densities, 0, model_density_rows(tile->m) * n * sizeof(double));
    for (uint32_t d = 0; d < RING_DYADS; d++) {
        const real *restrict attacker = own.row[0] + (size_t)ring_attacker(d) * n_areas * n;
        const real *restrict attacked = other.row[0] + (size_t)ring_attacked(d) * n_areas * n;
        real *restrict mean = work.row[0], *happened = work.row[RING_MOST_AREAS];
        real *restrict p = work.row[2 * RING_MOST_AREAS], *restrict u = work.row[3 * RING_MOST_AREAS],
                       sum[RANDOM_MAX_LANES] = {0};
        for (size_t i = 0; i < (size_t)n_areas * n; i++)
            mean[i] = attacker[i] * attacked[i] < RING_MOST_MEAN ? attacker[i] * attacked[i] : RING_MOST_MEAN;
        happen(&address, d * sites, n_areas, mean, u, p, happened, n);
        for (uint32_t a = 0; a < n_areas; a++)
            weigh(r, (real)r->seen[((size_t)i_month * RING_DYADS + d) * n_areas + a], happened + (size_t)a * n, sum, n);
        for (uint32_t lane = 0; lane < n; lane++)
            tile->densities[lane] += (double)sum[lane];
    }
    for (uint32_t lane = 0; lane < n; lane++)
        tile->densities[lane] += r->coefficient[i_month];
}

static void release(model_tile *tile, uint32_t i_month) {
    (void)tile;
    (void)i_month;
}

const model_kernel KERNEL(ring_kernel) = {.name = "ring",
                                          .real_size = sizeof(real),
                                          .key = KERNEL(random_key_make),
                                          .start = start,
                                          .month = month,
                                          .release = release,
                                          .descend = KERNEL(model_descend)};
