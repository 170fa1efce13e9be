#include "ring.h"

#include "scalar_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRENGTHS = RING_FACTIONS * RING_MOST_AREAS };

typedef struct particle {
    double s[STRENGTHS]; /* [faction][area] */
} particle;

/** Advances a particle and returns the log density of the month. */
typedef double month_of(const ring *r, uint32_t t, particle *p, scalar_random *random);

static void move(const ring *r, particle *p, scalar_random *random) {
    uint32_t n = r->n_areas;
    for (uint32_t f = 0; f < RING_FACTIONS; f++) {
        double before[RING_MOST_AREAS], *s = p->s + (size_t)f * n;
        memcpy(before, s, n * sizeof *s);
        for (uint32_t a = 0; a < n; a++) {
            double near = (before[(a + n - 1) % n] + before[(a + 1) % n]) / 2;
            s[a] =
                r->persistence * ((1 - r->coupling) * before[a] + r->coupling * near) + r->sd * scalar_normal(random);
        }
    }
}

static void start(const ring *r, particle *p, scalar_random *random) {
    for (uint32_t i = 0; i < RING_FACTIONS * r->n_areas; i++)
        p->s[i] = r->sd * scalar_normal(random);
}

static double mean_of(const ring *r, double own, double other) {
    return fmin(r->rate * exp(r->own * own + r->other * other), RING_MOST_MEAN);
}

void ring_simulate(const ring *r, uint64_t seed, float *seen) {
    scalar_random random;
    particle p;
    scalar_seed(&random, seed);
    start(r, &p, &random);
    for (uint32_t t = 0; t < r->n_months; t++) {
        move(r, &p, &random);
        for (uint32_t d = 0; d < RING_DYADS; d++)
            for (uint32_t a = 0; a < r->n_areas; a++) {
                double happened =
                    scalar_poisson(&random, r->rate * exp(r->own * p.s[ring_attacker(d) * r->n_areas + a] +
                                                          r->other * p.s[ring_attacked(d) * r->n_areas + a]));
                double mean = r->report * happened + r->background;
                double count = scalar_poisson(&random, scalar_gamma(&random, r->size) * mean / r->size);
                seen[((size_t)t * RING_DYADS + d) * r->n_areas + a] = (float)count;
            }
    }
}

void ring_coefficients(const ring *r, double *coefficient) {
    uint32_t n = RING_DYADS * r->n_areas;
    for (uint32_t t = 0; t < r->n_months; t++) {
        coefficient[t] = 0;
        for (uint32_t i = 0; i < n; i++) {
            double y = (double)r->seen[(size_t)t * n + i];
            coefficient[t] += lgamma(y + r->size) - lgamma(r->size) - lgamma(y + 1);
        }
    }
}

static double month_ordinary(const ring *r, uint32_t t, particle *p, scalar_random *random) {
    double sum = 0, k = r->size;
    move(r, p, random);
    for (uint32_t d = 0; d < RING_DYADS; d++)
        for (uint32_t a = 0; a < r->n_areas; a++) {
            double own = p->s[ring_attacker(d) * r->n_areas + a], other = p->s[ring_attacked(d) * r->n_areas + a];
            double happened = scalar_poisson(random, mean_of(r, own, other));
            double y = (double)r->seen[((size_t)t * RING_DYADS + d) * r->n_areas + a];
            double mean = r->report * happened + r->background;
            sum += lgamma(y + k) - lgamma(k) - lgamma(y + 1) + y * log(mean / (mean + k)) - k * log1p(mean / k);
        }
    return sum;
}

static double month_smart(const ring *r, uint32_t t, particle *p, scalar_random *random) {
    double own[STRENGTHS] = {0}, other[STRENGTHS] = {0}, k = r->size, report = r->report / k,
           background = r->background / k;
    double log_background = log(background), log_rest = log(1 + background), sum = r->coefficient[t];
    uint32_t n = r->n_areas;
    move(r, p, random);
    for (uint32_t i = 0; i < RING_FACTIONS * n; i++) {
        own[i] = r->rate * exp(r->own * p->s[i]);
        other[i] = exp(r->other * p->s[i]);
    }
    for (uint32_t d = 0; d < RING_DYADS; d++) {
        const double *attacker = own + (size_t)ring_attacker(d) * n, *attacked = other + (size_t)ring_attacked(d) * n;
        const float *seen = r->seen + ((size_t)t * RING_DYADS + d) * n;
        for (uint32_t a = 0; a < n; a++) {
            double happened = scalar_poisson_inversion(random, fmin(attacker[a] * attacked[a], RING_MOST_MEAN)),
                   y = (double)seen[a];
            double ratio = report * happened + background;
            sum -= (y + k) * (happened > 0 ? log(1 + ratio) : log_rest);
            if (y > 0)
                sum += y * (happened > 0 ? log(ratio) : log_background);
        }
    }
    return sum;
}

static double filter_with(const ring *r, month_of *month, uint64_t seed, uint32_t n) {
    scalar_random random;
    double log_likelihood = 0, *weight = calloc(n, sizeof *weight);
    particle *now = calloc(n, sizeof *now), *next = calloc(n, sizeof *next);
    if (!now || !next || !weight)
        abort();
    scalar_seed(&random, seed);
    for (uint32_t i = 0; i < n; i++)
        start(r, &now[i], &random);
    for (uint32_t t = 0; t < r->n_months; t++) {
        double most = -INFINITY, total = 0, so_far = 0, u = scalar_uniform(&random);
        for (uint32_t i = 0; i < n; i++) {
            weight[i] = month(r, t, &now[i], &random);
            most = fmax(most, weight[i]);
        }
        for (uint32_t i = 0; i < n; i++)
            total += weight[i] = exp(weight[i] - most);
        for (uint32_t i = 0, j = 0; i < n; i++) {
            while (j + 1 < n && so_far + weight[j] < (i + u) / n * total)
                so_far += weight[j++];
            next[i] = now[j];
        }
        particle *old = now;
        now = next;
        next = old;
        log_likelihood += most + log(total / n);
    }
    free(now);
    free(next);
    free(weight);
    return log_likelihood;
}

double ring_filter_ordinary(const ring *r, uint64_t seed, uint32_t n_particles) {
    return filter_with(r, month_ordinary, seed, n_particles);
}

double ring_filter_smart(const ring *r, uint64_t seed, uint32_t n_particles) {
    return filter_with(r, month_smart, seed, n_particles);
}
