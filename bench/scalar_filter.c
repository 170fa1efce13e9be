#include "scalar_filter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct cloud {
    size_t stride; /* bytes of a particle */
    char *now, *next;
    double *log_weight;
} cloud;

static scalar_particle *particle(char *particles, size_t stride, uint32_t i) {
    return (scalar_particle *)(void *)(particles + i * stride);
}

static cloud cloud_create(const workload *load, uint32_t n) {
    size_t n_cells = (size_t)WORKLOAD_CHANNELS * load->n_areas;
    cloud c = {.stride = sizeof(scalar_particle) + 2 * n_cells * sizeof(double)};
    c.now = calloc(n, c.stride);
    c.next = calloc(n, c.stride);
    c.log_weight = calloc(n, sizeof *c.log_weight);
    if (!c.now || !c.next || !c.log_weight)
        abort();
    return c;
}

static void cloud_free(cloud *c) {
    free(c->now);
    free(c->next);
    free(c->log_weight);
}

/** Systematic resampling. @return log of the mean weight */
static double resample(cloud *c, uint32_t n, double u) {
    double most = -INFINITY, total = 0, so_far = 0;
    for (uint32_t i = 0; i < n; i++)
        most = fmax(most, c->log_weight[i]);
    for (uint32_t i = 0; i < n; i++)
        total += c->log_weight[i] = exp(c->log_weight[i] - most);
    for (uint32_t i = 0, k = 0; i < n; i++) {
        while (k + 1 < n && so_far + c->log_weight[k] < (i + u) / n * total)
            so_far += c->log_weight[k++];
        memcpy(particle(c->next, c->stride, i), particle(c->now, c->stride, k), c->stride);
    }
    char *old = c->now;
    c->now = c->next;
    c->next = old;
    return most + log(total / n);
}

static scalar_constants *constants_create(const workload *load, const scalar_data *data) {
    size_t n = (size_t)data->n_months * WORKLOAD_CHANNELS * data->n_areas;
    scalar_constants *out = malloc(n * sizeof *out);
    if (!out)
        abort();
    for (size_t i = 0; i < n; i++) {
        double N = (double)data->events[i], k_N = load->cell_size;
        out[i] = (scalar_constants){.log_coefficient_events = lgamma(N + k_N) - lgamma(k_N) - lgamma(N + 1),
                                    .log_factorial_deaths = lgamma((double)data->deaths[i] + 1),
                                    .inverse_deaths_size = 1 / (load->deaths_size * pow(N, load->deaths_size_power))};
    }
    return out;
}

double scalar_filter(const workload *load, const scalar_data *data, scalar_month *month,
                     const scalar_options *options) {
    scalar_random r;
    uint32_t n = options->n_particles;
    cloud c = cloud_create(load, n);
    double log_likelihood = 0;
    scalar_constants *constants = constants_create(load, data);
    scalar_seed(&r, options->seed);
    for (uint32_t i = 0; i < n; i++)
        for (int k = 0; k < WORKLOAD_CHANNELS; k++)
            particle(c.now, c.stride, i)->z[k] = options->rate_sd * scalar_normal(&r);
    for (uint32_t t = 0; t < data->n_months; t++) {
        for (uint32_t i = 0; i < n; i++) {
            scalar_particle *p = particle(c.now, c.stride, i);
            for (int k = 0; k < WORKLOAD_CHANNELS; k++)
                p->z[k] += options->perturb_sd * scalar_normal(&r);
            c.log_weight[i] = month(load, data, constants, t, p);
        }
        log_likelihood += resample(&c, n, scalar_uniform(&r));
    }
    free(constants);
    cloud_free(&c);
    return log_likelihood;
}
