/* Parameters: every mechanism's table times its scope, with the scenario's changes. */
#include "model/compile.h"
#include "model/run.h"

#include <math.h>
#include <string.h>

static uint32_t scope_size(const model *m, parameter_scope scope) {
    switch (scope) {
    case SCOPE_FACTION:
        return m->n_factions;
    case SCOPE_POWER:
        return m->n_powers;
    case SCOPE_CHANNEL:
        return m->n_channels;
    case SCOPE_LADDER:
        return m->n_ladders;
    case SCOPE_FACTION_PAIR:
        return m->n_factions * m->n_factions;
    case SCOPE_WORLD:
    case SCOPE_COUNT:
        break;
    }
    return 1;
}

/** Does a parameter record of the scenario speak about value i_scope? Records without an actor or channel speak of all. */
static bool applies(const model *m, const world_parameter *set, parameter_scope scope, uint32_t i_scope) {
    if (scope == SCOPE_FACTION)
        return set->actor == WORLD_NONE || m->faction_of_actor[set->actor] == (int32_t)i_scope;
    if (scope == SCOPE_POWER)
        return set->actor == WORLD_NONE || (uint32_t)set->actor == m->actor_of_power[i_scope];
    if (scope == SCOPE_CHANNEL)
        return set->channel == WORLD_NONE || set->channel == (int32_t)i_scope;
    if (scope == SCOPE_LADDER)
        return set->actor == WORLD_NONE ||
               (set->actor == m->ladder_power[i_scope] && set->other == m->ladder_faction[i_scope]);
    if (scope == SCOPE_FACTION_PAIR)
        return set->actor == WORLD_NONE || (m->faction_of_actor[set->actor] == (int32_t)(i_scope / m->n_factions) &&
                                            m->faction_of_actor[set->other] == (int32_t)(i_scope % m->n_factions));
    return true;
}

static double logit(double p) {
    return compile_log(p / (1 - p));
}

/** A plain number fixes a parameter; an interval becomes its prior. */
static void set_value(model_parameter *p, const world_parameter *set) {
    const world_number *number = &set->number;
    p->value = number->value;
    p->from_scenario = true;
    p->source = number->source;
    if (set->is_fixed || !(number->high > number->low)) {
        p->spread = 0;
        return;
    }
    if (p->prior == PRIOR_LOGIT_NORMAL && number->low > 0 && number->high < 1) {
        p->spread = (logit(number->high) - logit(number->low)) / (2 * 1.6448536269514722);
    } else if (p->prior == PRIOR_LOG_NORMAL && number->low > 0) {
        p->spread = compile_log_spread(number);
    } else {
        p->prior = PRIOR_NORMAL;
        p->spread = compile_spread(number);
    }
}

static void fill(model *m, model_parameter *p, const char *mechanism_name) {
    size_t n_set;
    const world_parameter *set = world_parameters(m->w, &n_set);
    const parameter *declared = p->declared;
    size_t length = strlen(mechanism_name);
    p->value = declared->value;
    p->prior = declared->prior;
    p->spread = declared->prior == PRIOR_FIXED ? 0 : declared->spread;
    p->source = WORLD_NONE;
    for (size_t i = 0; i < n_set; i++) {
        const char *name = world_string(m->w, set[i].name);
        if (strncmp(name, mechanism_name, length) == 0 && name[length] == '.' &&
            strcmp(name + length + 1, declared->name) == 0 && applies(m, &set[i], declared->scope, p->i_scope))
            set_value(p, &set[i]);
    }
    p->prior_spread = p->spread;
    if (m->options.use_defaults)
        p->spread = 0;
}

static void read_switches(model *m) {
    size_t n_switches;
    const world_switch *switches = world_switches(m->w, &n_switches);
    for (uint32_t i = 0; i < m->n_mechanisms; i++) {
        const mechanism *which = model_kernel_baseline.mechanisms[i];
        m->is_on[i] = !which->is_off;
        for (size_t k = 0; k < n_switches; k++)
            if (strcmp(world_string(m->w, switches[k].mechanism), which->name) == 0)
                m->is_on[i] = switches[k].is_on || which->is_core;
    }
}

tsr_status compile_parameters(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    const mechanism *const *all = model_kernel_baseline.mechanisms;
    m->n_mechanisms = (uint32_t)model_kernel_baseline.n_mechanisms;
    for (uint32_t i = 0; i < m->n_mechanisms; i++) {
        m->n_per_mechanism = all[i]->n_parameters > m->n_per_mechanism ? all[i]->n_parameters : m->n_per_mechanism;
        for (uint32_t k = 0; k < all[i]->n_parameters; k++)
            m->n_parameters += scope_size(m, all[i]->parameters[k].scope);
    }
    TRY(compile_array(memory, m->n_parameters, sizeof *m->parameters, &m->parameters, error));
    TRY(compile_array(memory, (size_t)m->n_mechanisms * m->n_per_mechanism, sizeof(uint32_t), &m->first_parameter,
                      error));
    TRY(compile_array(memory, m->n_mechanisms, sizeof(bool), &m->is_on, error));
    read_switches(m);
    uint32_t next = 0;
    for (uint32_t i = 0; i < m->n_mechanisms; i++) {
        for (uint32_t k = 0; k < all[i]->n_parameters; k++) {
            m->first_parameter[i * m->n_per_mechanism + k] = next;
            for (uint32_t j = 0; j < scope_size(m, all[i]->parameters[k].scope); j++, next++) {
                m->parameters[next].declared = &all[i]->parameters[k];
                m->parameters[next].i_mechanism = (uint16_t)i;
                m->parameters[next].i_parameter = (uint16_t)k;
                m->parameters[next].i_scope = j;
                fill(m, &m->parameters[next], all[i]->name);
            }
        }
    }
out:
    return status;
}
