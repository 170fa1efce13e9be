#include "reference.h"

#include "scalar_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** One particle: what lasts from month to month. */
typedef struct particle {
    double y[WORKLOAD_CHANNELS], level[WORKLOAD_CHANNELS]; /**< logs: a channel's multiplier, deaths per event */
    double *x;                                             /**< [channel][area] logs: a cell's multiplier */
    double *strength;                                      /**< [faction][area] */
    double *control;                                       /**< [faction][area] */
} particle;

static const int dyads[WORKLOAD_DYADS][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};

static particle particle_create(const workload *load) {
    particle p = {.x = calloc((size_t)WORKLOAD_CHANNELS * load->n_areas, sizeof *p.x),
                  .strength = calloc((size_t)WORKLOAD_FACTIONS * load->n_areas, sizeof *p.strength),
                  .control = calloc((size_t)WORKLOAD_FACTIONS * load->n_areas, sizeof *p.control)};
    if (!p.x || !p.strength || !p.control)
        abort();
    return p;
}

static void particle_start(particle *p, const workload *load) {
    memset(p->y, 0, sizeof p->y);
    memset(p->level, 0, sizeof p->level);
    for (size_t i = 0; i < (size_t)WORKLOAD_FACTIONS * load->n_areas; i++)
        p->strength[i] = load->strength;
}

static void particle_free(particle *p) {
    free(p->x);
    free(p->strength);
    free(p->control);
}

/* ---- ordinary: every term where the equation has it ---------------------------------------------------------------- */

static double battle_intensity(const workload *load, const particle *p, uint32_t c, uint32_t a) {
    double sf = p->strength[(size_t)dyads[c][0] * load->n_areas + a];
    double sg = p->strength[(size_t)dyads[c][1] * load->n_areas + a];
    double start_f = pow(sf, load->start_power), start_g = pow(sg, load->start_power);
    double share = start_f / (start_f + start_g), drive_f = 0, drive_g = 0;
    double hostility = 1 / (1 + exp((load->relation + 0.1) / 0.1)), contact = 2 * sf * sg / (sf + sg);
    return workload_battle_rate(load) * hostility * contact * exp(share * drive_f + (1 - share) * drive_g);
}

static double one_sided_intensity(const workload *load, const particle *p, uint32_t f, uint32_t a) {
    double held = p->control[(size_t)f * load->n_areas + a], free = 1 - held, drive = 0;
    double kernel = 256.0 / 27 * pow(held, 3) * free + load->indiscriminate * pow(free, 3);
    return workload_one_sided_rate(load) * p->strength[(size_t)f * load->n_areas + a] * kernel * exp(drive);
}

static double ordinary_deaths(scalar_random *r, const workload *load, double events, double effect) {
    double average = load->deaths_per_event * effect, sure = fmin(load->sure_death, average);
    double mean = (average - sure) * events, size = load->deaths_size * pow(events, load->deaths_size_power);
    double deaths = scalar_binomial(r, events, sure);
    if (mean > 0)
        deaths += scalar_poisson(r, scalar_gamma(r, size) * mean / size);
    return deaths;
}

static void ordinary_month(scalar_random *r, const workload *load, particle *p, bool is_first, outcome *out) {
    double s = load->cell_sd, rho = load->cell_persistence, sigma = load->channel_sd;
    double effect_sd = load->size_effect_sd, level_sd = load->size_level_sd;
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++) {
        p->y[c] = load->channel_persistence * p->y[c] + sigma * scalar_normal(r) - sigma * sigma / 2;
        double kept = is_first ? 0 : load->size_level_persistence;
        p->level[c] = kept * p->level[c] + level_sd * sqrt(1 - kept * kept) * scalar_normal(r);
        double effect =
            exp(p->level[c] - level_sd * level_sd / 2 + effect_sd * scalar_normal(r) - effect_sd * effect_sd / 2);
        double channel_shock = scalar_gamma(r, load->channel_size) / load->channel_size;
        for (uint32_t a = 0; a < load->n_areas; a++) {
            double *x = &p->x[(size_t)c * load->n_areas + a];
            *x = is_first ? s * scalar_normal(r) : rho * *x + s * sqrt(1 - rho * rho) * scalar_normal(r);
            double mu = c < WORKLOAD_DYADS ? battle_intensity(load, p, c, a)
                                           : one_sided_intensity(load, p, c - WORKLOAD_DYADS, a);
            double lambda = mu * exp(p->y[c] + *x - s * s / 2);
            double cell_shock = scalar_gamma(r, load->cell_size) / load->cell_size;
            double events = scalar_poisson(r, channel_shock * cell_shock * lambda);
            double deaths = events > 0 ? ordinary_deaths(r, load, events, effect) : 0;
            out->events += events;
            out->empty += events == 0;
            out->deaths += deaths;
            out->civilians += c < WORKLOAD_DYADS ? scalar_binomial(r, deaths, load->civilian_share) : deaths;
        }
    }
}

void reference_ordinary(const workload *load, uint64_t seed, uint32_t n_particles, outcome *out) {
    scalar_random r;
    particle p = particle_create(load);
    scalar_seed(&r, seed);
    for (uint32_t i = 0; i < n_particles; i++) {
        particle_start(&p, load);
        out[i] = (outcome){0};
        for (uint32_t t = 0; t < WORKLOAD_MONTHS; t++)
            ordinary_month(&r, load, &p, t == 0, &out[i]);
    }
    particle_free(&p);
}

/* ---- smart: constants hoisted, counts by inversion ----------------------------------------------------------------- */

/** What no month changes. */
typedef struct constants {
    double battle, one_sided, step_sd, half_cell, half_channel, half_level, half_effect, first_level;
    double cell_d, cell_c, inverse_cell, inverse_channel, level_step;
} constants;

static constants constants_make(const workload *load) {
    double kept = load->size_level_persistence, s = load->cell_sd, rho = load->cell_persistence;
    double d = load->cell_size - 1.0 / 3;
    return (constants){.battle = 2 * workload_battle_rate(load) / (1 + exp((load->relation + 0.1) / 0.1)),
                       .one_sided = workload_one_sided_rate(load),
                       .step_sd = s * sqrt(1 - rho * rho),
                       .half_cell = s * s / 2,
                       .half_channel = load->channel_sd * load->channel_sd / 2,
                       .half_level = load->size_level_sd * load->size_level_sd / 2,
                       .half_effect = load->size_effect_sd * load->size_effect_sd / 2,
                       .first_level = load->size_level_sd,
                       .cell_d = d,
                       .cell_c = 1 / sqrt(9 * d),
                       .inverse_cell = 1 / load->cell_size,
                       .inverse_channel = 1 / load->channel_size,
                       .level_step = load->size_level_sd * sqrt(1 - kept * kept)};
}

static double cell_gamma(scalar_random *r, const constants *k) {
    for (;;) {
        double x = scalar_normal(r), v = 1 + k->cell_c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = scalar_uniform(r);
        if (u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + k->cell_d * (1 - v + log(v)))
            return k->cell_d * v;
    }
}

static double smart_deaths(scalar_random *r, const workload *load, double events, double average, double sure) {
    double size = load->deaths_size * (events > 1 ? pow(events, load->deaths_size_power) : 1);
    double deaths = events == 1 ? scalar_uniform(r) < sure : scalar_binomial_inversion(r, events, sure);
    return deaths + scalar_poisson_inversion(r, scalar_gamma(r, size) * (average - sure) * events / size);
}

static void smart_month(scalar_random *r, const workload *load, const constants *k, particle *p, bool is_first,
                        outcome *out) {
    uint32_t n_areas = load->n_areas;
    double rho = is_first ? 0 : load->cell_persistence, step = is_first ? load->cell_sd : k->step_sd;
    double empty = 0, events = 0, deaths = 0, civilians = 0;
    for (uint32_t c = 0; c < WORKLOAD_CHANNELS; c++) {
        bool is_battle = c < WORKLOAD_DYADS;
        p->y[c] = load->channel_persistence * p->y[c] + load->channel_sd * scalar_normal(r) - k->half_channel;
        p->level[c] = is_first ? k->first_level * scalar_normal(r)
                               : load->size_level_persistence * p->level[c] + k->level_step * scalar_normal(r);
        double effect = exp(p->level[c] - k->half_level + load->size_effect_sd * scalar_normal(r) - k->half_effect);
        double average = load->deaths_per_event * effect, sure = fmin(load->sure_death, average);
        double shock = scalar_gamma(r, load->channel_size) * k->inverse_channel * k->inverse_cell;
        double above = p->y[c] - k->half_cell, *x = p->x + (size_t)c * n_areas;
        const double *sf = p->strength + (size_t)(is_battle ? (uint32_t)dyads[c][0] : c - WORKLOAD_DYADS) * n_areas;
        const double *sg = is_battle ? p->strength + (size_t)dyads[c][1] * n_areas : NULL;
        const double *held = is_battle ? NULL : p->control + (size_t)(c - WORKLOAD_DYADS) * n_areas;
        for (uint32_t a = 0; a < n_areas; a++) {
            x[a] = rho * x[a] + step * scalar_normal(r);
            double mu;
            if (is_battle) {
                mu = k->battle * sf[a] * sg[a] / (sf[a] + sg[a]);
            } else {
                double h = held[a], free = 1 - h;
                mu = k->one_sided * sf[a] * (256.0 / 27 * h * h * h * free + load->indiscriminate * free * free * free);
            }
            double n = scalar_poisson_inversion(r, shock * cell_gamma(r, k) * mu * exp(above + x[a]));
            if (n == 0) {
                empty++;
                continue;
            }
            double dead = smart_deaths(r, load, n, average, sure);
            events += n;
            deaths += dead;
            civilians += is_battle ? scalar_binomial_inversion(r, dead, load->civilian_share) : dead;
        }
    }
    out->empty += empty;
    out->events += events;
    out->deaths += deaths;
    out->civilians += civilians;
}

void reference_smart(const workload *load, uint64_t seed, uint32_t n_particles, outcome *out) {
    scalar_random r;
    particle p = particle_create(load);
    constants k = constants_make(load);
    scalar_seed(&r, seed);
    for (uint32_t i = 0; i < n_particles; i++) {
        particle_start(&p, load);
        out[i] = (outcome){0};
        for (uint32_t t = 0; t < WORKLOAD_MONTHS; t++)
            smart_month(&r, load, &k, &p, t == 0, &out[i]);
    }
    particle_free(&p);
}
