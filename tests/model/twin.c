/* What all twins share: reading the plain state, and draws of one lane. */
#include "twin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double *twin_at(const twin *t, model_row_group group, uint32_t i) {
    return &t->x[t->m->first_row[group] + i];
}

double *twin_cell(const twin *t, model_row_group group, uint32_t of, uint32_t area) {
    return twin_at(t, group, of * t->m->n_areas + area);
}

double twin_parameter(const twin *t, const char *name, uint32_t scope) {
    for (uint32_t k = 0; k < t->of->n_parameters; k++)
        if (strcmp(t->of->parameters[k].name, name) == 0) {
            uint32_t row = t->m->first_parameter[t->i_mechanism * t->m->n_per_mechanism + k] + scope;
            bool spoilt = t->spoilt && strcmp(t->spoilt, name) == 0;
            return t->parameters[row] * (spoilt ? 1.01 : 1);
        }
    fprintf(stderr, "%s has no parameter %s\n", t->of->name, name);
    abort();
}

double twin_series(const twin *t, uint32_t kind, int32_t actor, int32_t other, double missing) {
    for (uint32_t k = 0; k < t->m->n_exogenous; k++) {
        const model_series *s = &t->m->series[k];
        if (s->kind == kind && s->actor == actor && s->other == other)
            return *twin_at(t, ROW_exogenous, k);
    }
    return missing;
}

double twin_rights(const twin *t, uint32_t f) {
    double any = twin_series(t, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE, 0);
    return twin_series(t, WORLD_RIGHTS_VIOLATION, (int32_t)t->m->actor_of_faction[f], WORLD_NONE, any);
}

uint32_t twin_head(const twin *t, uint32_t f) {
    return t->m->family[t->i_month * t->m->n_factions + f];
}

bool twin_family(const twin *t, uint32_t f, uint32_t g) {
    return twin_head(t, f) == twin_head(t, g);
}

bool twin_active(const twin *t, uint32_t f) {
    return t->m->active[t->i_month * t->m->n_factions + f];
}

bool twin_rules(const twin *t, uint32_t f) {
    int ruler = (int)*twin_at(t, ROW_ruler, 0);
    return ruler >= 0 && twin_family(t, (uint32_t)ruler, f);
}

bool twin_past(const twin *t) {
    return t->m->first_month + (int32_t)t->i_month <= t->m->last_observed && !t->m->options.free_history;
}

double twin_relation(const twin *t, uint32_t v, uint32_t w) {
    return tanh(*twin_at(t, ROW_relation, v * t->m->n_actors + w));
}

double twin_between(const twin *t, uint32_t f, uint32_t g) {
    return twin_relation(t, t->m->actor_of_faction[f], t->m->actor_of_faction[g]);
}

double twin_national_strength(const twin *t, uint32_t f) {
    double sum = 0;
    for (uint32_t a = 0; a < t->m->n_areas; a++)
        sum += *twin_cell(t, ROW_strength, f, a);
    return sum;
}

double twin_family_strength(const twin *t, uint32_t f, uint32_t area) {
    double sum = 0;
    for (uint32_t g = 0; g < t->m->n_factions; g++)
        if (twin_family(t, f, g))
            sum += *twin_cell(t, ROW_strength, g, area);
    return sum;
}

const model_event *twin_next_event(const twin *t, uint32_t kind, uint32_t *i) {
    for (; *i < t->m->first_event[t->m->n_months]; (*i)++) {
        const model_event *event = &t->m->events[*i];
        bool in_month = *i >= t->m->first_event[t->i_month] && *i < t->m->first_event[t->i_month + 1];
        if (in_month && event->kind == kind && event->substep == t->i_substep) {
            (*i)++;
            return event;
        }
    }
    return NULL;
}

double twin_amount(const twin *t, const model_event *event) {
    if (!(event->spread > 0))
        return event->value;
    uint32_t i = (uint32_t)(event - t->m->events);
    return event->value * exp(event->spread * twin_normal_once(t, USE_EVENT_AMOUNT, 4 * i));
}

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
