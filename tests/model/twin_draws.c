/* Draws of one lane at the addresses at which the lanes draw. */
#include "twin.h"

#include <math.h>

/* One row of 16 lanes, of which one is wanted. */
typedef struct draw_row {
    _Alignas(64) real value[LANES];
} draw_row;

static draw_row same(double value) {
    draw_row row;
    for (int lane = 0; lane < LANES; lane++)
        row.value[lane] = (real)value;
    return row;
}

/* Uniforms, normals and negative binomials of four rows share their words: the four rows of a call are drawn. */
typedef struct draw_rows {
    _Alignas(64) real value[4 * LANES];
} draw_rows;

double twin_uniform(const twin *t, uint32_t use, uint32_t site) {
    draw_rows out;
    KERNEL(random_uniform_rows)(&t->address, use, site / 4 * 4, 4, LANES, out.value);
    return out.value[site % 4 * LANES + t->lane];
}

double twin_whole(const twin *t, uint32_t use, uint32_t site, double x) {
    double rest = fmod(x, 1);
    return x - rest + (twin_uniform(t, use, site) < rest ? 1 : 0);
}

double twin_normal(const twin *t, uint32_t use, uint32_t site) {
    draw_rows out;
    KERNEL(random_normal_rows)(&t->address, use, site / 4 * 4, 4, LANES, out.value);
    return out.value[site % 4 * LANES + t->lane];
}

double twin_normal_once(const twin *t, uint32_t use, uint32_t site) {
    twin once = *t;
    once.address.month = 0;
    once.address.substep = 0;
    return twin_normal(&once, use, site);
}

double twin_exponential(const twin *t, uint32_t use, uint32_t site) {
    return -log(twin_uniform(t, use, site));
}

double twin_gamma(const twin *t, uint32_t use, uint32_t site, double shape) {
    draw_row out, in = same(shape);
    KERNEL(random_gamma_rows)(&t->address, use, site, 1, LANES, in.value, out.value);
    return out.value[t->lane];
}

double twin_binomial(const twin *t, uint32_t use, uint32_t site, double trials, double p) {
    draw_row out, n = same(trials), chance = same(p);
    KERNEL(random_binomial_rows)(&t->address, use, site, 1, LANES, n.value, chance.value, out.value);
    return out.value[t->lane];
}

/* Factors by which a float may be off. */
static const double off[] = {1, 1 - 3e-7, 1 + 3e-7, 1 - 2e-6, 1 + 2e-6};
enum { N_OFF = sizeof off / sizeof off[0] };

double twin_negbin(const twin *t, uint32_t use, uint32_t site, double size, double ratio, double seen) {
    double first = 0;
    for (int i = 0; i < N_OFF * N_OFF; i++) {
        draw_rows out, k, r = {{0}};
        for (int j = 0; j < 4 * LANES; j++)
            k.value[j] = (real)(size * off[i % N_OFF]);
        r.value[site % 4 * LANES + t->lane] = (real)(ratio * off[i / N_OFF]);
        KERNEL(random_negbin_rows)(&t->address, use, site / 4 * 4, 4, LANES, k.value, r.value, out.value);
        double count = out.value[site % 4 * LANES + t->lane];
        first = i == 0 ? count : first;
        if (count == seen)
            return seen;
    }
    return first;
}

/** A packed cell of its own. */
static random_packed packed(const twin *t, uint32_t use, uint32_t site) {
    random_packed who = {.n = 1, .slot = {t->address.first_slot + t->lane}, .site = {site}};
    KERNEL(random_packed_words)(&t->address, use, &who);
    return who;
}

double twin_packed_binomial(const twin *t, uint32_t use, uint32_t word, uint32_t site, double trials, double p) {
    random_packed who = packed(t, use, site);
    real n = (real)trials, chance = (real)p, count[LANES];
    KERNEL(random_binomial_packed)(&t->address, use, word, &who, &n, &chance, count);
    return count[0];
}

double twin_packed_negbin(const twin *t, uint32_t use, uint32_t word, uint32_t site, double size, double ratio,
                          double seen) {
    double first = 0;
    random_packed who = packed(t, use, site);
    for (int i = 0; i < N_OFF * N_OFF; i++) {
        real k = (real)(size * off[i % N_OFF]), r = (real)(ratio * off[i / N_OFF]), count[LANES];
        KERNEL(random_negbin_packed)(&t->address, use, word, &who, &k, &r, count);
        first = i == 0 ? (double)count[0] : first;
        if ((double)count[0] == seen)
            return seen;
    }
    return first;
}
