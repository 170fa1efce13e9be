/* Dated events by month, as known at the origin; foundings and splits change the tables of actors. */
#include "model/compile.h"

#include <math.h>
#include <string.h>

static double initial_total(const model *m, int32_t actor) {
    size_t n;
    const world_initial *initials = world_initials(m->w, &n);
    double total = 0;
    for (size_t i = 0; i < n; i++)
        if (initials[i].kind == WORLD_INITIAL_STRENGTH && initials[i].actor == actor)
            total += initials[i].number.value;
    return total;
}

/** Is this record part of the run? A what-if's record with an id replaces the scenario's record of that id. */
static bool takes_part(const model *m, const world_event *events, size_t n, size_t i) {
    const world_event *event = &events[i];
    if (event->off || (event->whatif != WORLD_NONE && event->whatif != m->options.whatif))
        return false;
    if (event->whatif == WORLD_NONE) {
        if (event->known > m->options.origin)
            return false;
        for (size_t k = 0; k < n && m->options.whatif != WORLD_NONE && event->id; k++)
            if (events[k].whatif == m->options.whatif && events[k].id == event->id)
                return false;
    }
    int32_t month = month_from_day(event->day);
    bool past_state =
        (event->kind == WORLD_EVENT_RUNG || event->kind == WORLD_EVENT_TRANSFER || event->kind == WORLD_EVENT_RULER) &&
        m->options.free_history && event->whatif == WORLD_NONE;
    return month >= m->first_month && month <= m->last_month && !past_state;
}

/** What an amount that is not given means. */
static double default_amount(const model *m, const world_event *event) {
    switch (event->kind) {
    case WORLD_EVENT_TALKS:
        return 0.1;
    case WORLD_EVENT_LEADER_INSTALLED:
        return 0.9;
    case WORLD_EVENT_PRISON_BREAK:
        return 1e6; /* everybody who is there */
    case WORLD_EVENT_FOUNDING:
        return event->actor < 0 ? 0 : initial_total(m, event->actor);
    default:
        return 0;
    }
}

static model_event compile_event(const model *m, const world_event *event) {
    int32_t month = month_from_day(event->day);
    double part = (double)(event->day - month_first_day(month)) / month_length(month);
    return (model_event){
        .kind = event->kind,
        .actor = event->actor,
        .other = event->other,
        .area = event->area,
        .faction = event->actor < 0 ? WORLD_NONE : m->faction_of_actor[event->actor],
        .other_faction = event->other < 0 ? WORLD_NONE : m->faction_of_actor[event->other],
        .target = event->target,
        .substep = (uint32_t)(part * m->substeps),
        .value = isnan(event->amount.value) ? default_amount(m, event) : event->amount.value,
        .spread = m->options.use_defaults || isnan(event->amount.value) ? 0 : compile_log_spread(&event->amount),
    };
}

static void apply_split(model *m, const model_event *event, uint32_t t) {
    if (event->faction < 0)
        return;
    uint32_t f = (uint32_t)event->faction;
    for (; t < m->n_months; t++)
        m->family[t * m->n_factions + f] = f;
}

/** Founding of factions whose date lies in the period and that no dated event founds: with their strength at the start. */
static bool needs_founding(const model *m, uint32_t f, uint32_t t, const world_event *events, size_t n) {
    if (t == 0 || m->active[(t - 1) * m->n_factions + f] || !m->active[t * m->n_factions + f])
        return false;
    for (size_t i = 0; i < n; i++)
        if (takes_part(m, events, n, i) && events[i].kind == WORLD_EVENT_FOUNDING &&
            events[i].actor == (int32_t)m->actor_of_faction[f])
            return false;
    return true;
}

tsr_status compile_events(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n;
    const world_event *events = world_events(m->w, &n);
    TRY(compile_array(memory, n + m->n_factions, sizeof *m->events, &m->events, error));
    TRY(compile_array(memory, m->n_months + 1, sizeof(uint32_t), &m->first_event, error));
    uint32_t next = 0;
    for (uint32_t t = 0; t < m->n_months; t++) {
        m->first_event[t] = next;
        for (size_t i = 0; i < n; i++) {
            if (month_from_day(events[i].day) != m->first_month + (int32_t)t || !takes_part(m, events, n, i))
                continue;
            if (events[i].kind == WORLD_EVENT_FOUNDING && t == 0)
                continue; /* the start describes it */
            m->events[next] = compile_event(m, &events[i]);
            if (m->events[next].kind == WORLD_EVENT_SPLIT)
                apply_split(m, &m->events[next], t);
            if (m->events[next].kind == WORLD_EVENT_RULER && !m->options.free_history)
                m->ruler_of_month[t] = m->events[next].faction;
            next++;
        }
        for (uint32_t f = 0; f < m->n_factions; f++)
            if (needs_founding(m, f, t, events, n))
                m->events[next++] = (model_event){.kind = WORLD_EVENT_FOUNDING,
                                                  .actor = (int32_t)m->actor_of_faction[f],
                                                  .other = WORLD_NONE,
                                                  .area = WORLD_NONE,
                                                  .faction = (int32_t)f,
                                                  .other_faction = WORLD_NONE,
                                                  .value = initial_total(m, (int32_t)m->actor_of_faction[f])};
    }
    m->first_event[m->n_months] = next;
out:
    return status;
}
