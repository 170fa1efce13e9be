/* From names of parameters to coordinates; see space.h. */
#include "infer/space.h"

#include "model/registry.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What counts of events say most about, in any conflict. */
static const char *const usual[] = {"intensity.battle_rate", "intensity.one_sided_rate",   "intensity.cell_sd",
                                    "intensity.channel_sd",  "intensity.season_amplitude", "excitation.self",
                                    "events.cell_size",      "events.channel_size",        "events.deaths_per_event",
                                    "events.deaths_size",    "events.size_effect_sd",      "recruitment.rate"};
enum { N_USUAL = sizeof usual / sizeof usual[0] };

/** Is value k of the model one that `e` is about? */
static bool is_about(const model *m, const world_estimate *e, const model_parameter *p) {
    uint32_t i = p->i_scope;
    switch (p->declared->scope) {
    case SCOPE_FACTION:
        return e->actor == WORLD_NONE || m->faction_of_actor[e->actor] == (int32_t)i;
    case SCOPE_POWER:
        return e->actor == WORLD_NONE || (uint32_t)e->actor == m->actor_of_power[i];
    case SCOPE_CHANNEL:
        return e->channel == WORLD_NONE || e->channel == (int32_t)i;
    case SCOPE_LADDER:
        return e->actor == WORLD_NONE || (e->actor == m->ladder_power[i] && e->other == m->ladder_faction[i]);
    case SCOPE_FACTION_PAIR:
        return e->actor == WORLD_NONE || (m->faction_of_actor[e->actor] == (int32_t)(i / m->n_factions) &&
                                          m->faction_of_actor[e->other] == (int32_t)(i % m->n_factions));
    case SCOPE_WORLD:
    case SCOPE_COUNT:
        break;
    }
    return true;
}

static void name_it(const model *m, const world_estimate *e, const char *name, char *out) {
    const world_actor *actors = world_actors(m->w, NULL);
    const char *key = e->channel >= 0 ? world_string(m->w, world_channels(m->w, NULL)[e->channel].id)
                      : e->actor >= 0 ? world_string(m->w, actors[e->actor].id)
                                      : "";
    const char *other = e->other >= 0 ? world_string(m->w, actors[e->other].id) : "";
    snprintf(out, SPACE_NAME, "%s%s%s%s%s", name, *key ? " " : "", key, *other ? "-" : "", other);
}

/** Add a coordinate for every value that `e` is about and that has a prior. */
static tsr_status add(space *s, const model *m, const world_estimate *e, const char *name, bool is_asked,
                      tsr_error *error) {
    const mechanism *owner = NULL;
    const parameter *declared = registry_find_parameter(name, &owner);
    uint32_t before = s->n_values, n_fixed = 0;
    size_t n_mechanisms;
    const mechanism *const *all = registry_mechanisms(&n_mechanisms);
    if (s->n == SPACE_MOST)
        return FAIL(error, TSR_E_INPUT, "more than %d parameters to estimate", SPACE_MOST);
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        if (p->declared != declared || !is_about(m, e, p))
            continue;
        if (!m->is_on[p->i_mechanism] && is_asked)
            return FAIL(error, TSR_E_INPUT, "%s cannot be estimated: mechanism %s is off", name,
                        all[p->i_mechanism]->name);
        if (!m->is_on[p->i_mechanism] || !(p->prior_spread > 0)) {
            n_fixed++;
            continue;
        }
        s->parameter[s->n_values] = k;
        s->coordinate[s->n_values++] = s->n;
    }
    if (s->n_values > before) {
        s->is_of_start[s->n] = !owner->month && !owner->step && !owner->close;
        name_it(m, e, name, s->name[s->n++]);
    } else if (is_asked)
        return FAIL(
            error, TSR_E_INPUT,
            n_fixed ? "%s cannot be estimated: the scenario sets it to a plain number; give it as {low, high, value}"
                    : "%s cannot be estimated: this scenario has no such value",
            name);
    return TSR_OK;
}

tsr_status space_create(const model *m, space **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n;
    const world_estimate *asked = world_estimates(m->w, &n);
    const world_estimate everywhere = {.actor = WORLD_NONE, .other = WORLD_NONE, .channel = WORLD_NONE};
    space *s = calloc(1, sizeof *s);
    if (!s || !(s->parameter = calloc(m->n_parameters + 1, sizeof *s->parameter)) ||
        !(s->coordinate = calloc(m->n_parameters + 1, sizeof *s->coordinate))) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the parameters to estimate");
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        TRY(add(s, m, &asked[i], world_string(m->w, asked[i].name), true, error));
    for (size_t i = 0; n == 0 && i < N_USUAL; i++)
        TRY(add(s, m, &everywhere, usual[i], false, error));
    if (s->n == 0)
        status = FAIL(error, TSR_E_INPUT, "there is no parameter to estimate: all of them are plain numbers");
out:
    if (status == TSR_OK)
        *out = s;
    else
        space_free(s);
    return status;
}

void space_free(space *s) {
    if (!s)
        return;
    free(s->parameter);
    free(s->coordinate);
    free(s);
}

double space_value(const model_parameter *p, double z) {
    double e = z * p->prior_spread, value = p->value + e;
    if (p->prior == PRIOR_LOG_NORMAL)
        value = p->value * exp(e);
    if (p->prior == PRIOR_LOGIT_NORMAL)
        value = p->value > 0 && p->value < 1 ? 1 / (1 + exp(-(log(p->value / (1 - p->value)) + e))) : p->value;
    return fmax(p->declared->low, fmin(p->declared->high, value));
}
