/* What all twins share: reading the plain state, and draws of one lane. */
#include "twin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Number of a parameter of a mechanism. Names are compared once: afterwards the address of the name finds it. */
static uint32_t find_parameter(const twin *t, const char *name) {
    enum { SIZE = 1024 };
    static struct {
        const char *name;
        const mechanism *of;
        uint32_t number;
    } known[SIZE];
    size_t at = ((uintptr_t)name ^ (uintptr_t)t->of >> 3) % SIZE;
    if (known[at].name == name && known[at].of == t->of)
        return known[at].number;
    for (uint32_t k = 0; k < t->of->n_parameters; k++)
        if (strcmp(t->of->parameters[k].name, name) == 0) {
            known[at].name = name;
            known[at].of = t->of;
            return known[at].number = k;
        }
    fprintf(stderr, "%s has no parameter %s\n", t->of->name, name);
    abort();
}

double twin_parameter(const twin *t, const char *name, uint32_t scope) {
    uint32_t row = t->m->first_parameter[t->i_mechanism * t->m->n_per_mechanism + find_parameter(t, name)] + scope;
    double value = t->parameters[row];
    return t->spoilt && strcmp(t->spoilt, name) == 0 ? 1.01 * value : value;
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

bool twin_rules(const twin *t, uint32_t f) {
    int ruler = (int)*twin_at(t, ROW_ruler, 0);
    return ruler >= 0 && twin_family(t, (uint32_t)ruler, f);
}

bool twin_past(const twin *t) {
    return t->m->first_month + (int32_t)t->i_month <= t->m->last_observed && !t->m->options.free_history;
}

/* R is asked for in every area: tanh is taken when r has changed. */
double twin_relation(const twin *t, uint32_t v, uint32_t w) {
    enum { SIZE = 4096 };
    static double known_r[SIZE], known_R[SIZE];
    uint32_t i = v * t->m->n_actors + w, at = i % SIZE;
    double r = *twin_at(t, ROW_relation, i);
    if (r != known_r[at]) {
        known_r[at] = r;
        known_R[at] = tanh(r);
    }
    return known_R[at];
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
