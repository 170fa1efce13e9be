/* Schedules and dated events: what comes from outside the model in this month.
 *
 *   value of series k in lane l = v_k(t) exp(s_k(t) e_kl),   e_kl ~ N(0, 1) once per run and lane
 *
 * A schedule given as an interval is uncertain in level, not from month to month: one error per lane.
 */
#include "model/lanes.h"

static void month(const model_step *s) {
    const model *m = s->m;
    random_address address = s->address;
    address.month = 0;
    address.substep = 0;
    for (uint32_t k = 0; k < m->n_exogenous; k++) {
        real *row = step_row(s, ROW_exogenous, k);
        real value = (real)m->series_value[s->i_month * m->n_exogenous + k];
        real spread = (real)m->series_spread[s->i_month * m->n_exogenous + k];
        if (!(spread > 0)) {
            lanes_fill(row, value, s->n_lanes);
            continue;
        }
        KERNEL(random_normal_rows)(&address, USE_EXOGENOUS, k * 4, 1, s->n_lanes, row);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            row[lane] = value * lane_exp(spread * row[lane]);
    }
    /* The past's rulers are the scenario's; the model decides the others (mechanism control). */
    if (s->i_month == 0 || m->ruler_of_month[s->i_month] != -2) {
        int32_t ruler = m->ruler_of_month[s->i_month];
        lanes_fill(step_row(s, ROW_ruler, 0), (real)(ruler == -2 ? m->start_ruler : ruler), s->n_lanes);
    }
}

/** Take `amount` fighters (at most what is there) from faction f, in one area or in proportion everywhere; give them to g. */
static void transfer(const model_step *s, const model_event *event, real *restrict amount, real *restrict total) {
    const model *m = s->m;
    uint32_t f = (uint32_t)event->faction;
    uint32_t first = event->area >= 0 ? (uint32_t)event->area : 0;
    uint32_t end = event->area >= 0 ? first + 1 : m->n_areas;
    lanes_fill(total, 0, s->n_lanes);
    for (uint32_t a = first; a < end; a++)
        lanes_add(total, step_row(s, ROW_strength, f * m->n_areas + a), s->n_lanes);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        amount[lane] = total[lane] > 0 ? lane_min(1, amount[lane] / total[lane]) : 0;
    for (uint32_t a = first; a < end; a++) {
        real *from = step_row(s, ROW_strength, f * m->n_areas + a);
        real *to = event->other_faction >= 0
                       ? step_row(s, ROW_strength, (uint32_t)event->other_faction * m->n_areas + a)
                       : NULL;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
            real moved = from[lane] * amount[lane];
            from[lane] -= moved;
            if (to)
                to[lane] += moved;
        }
    }
}

static void found(const model_step *s, const model_event *event, const real *restrict amount) {
    const model *m = s->m;
    uint32_t f = (uint32_t)event->faction;
    double total = 0;
    for (uint32_t a = 0; a < m->n_areas; a++)
        total += m->start_strength[f * m->n_areas + a].value;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double start = m->start_strength[f * m->n_areas + a].value;
        double share = event->area >= 0 ? ((uint32_t)event->area == a)
                       : total > 0      ? start / total
                                        : m->population_share[a];
        real *strength = step_row(s, ROW_strength, f * m->n_areas + a);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            strength[lane] += (real)share * amount[lane];
    }
}

static void step(const model_step *s) {
    const model *m = s->m;
    for (uint32_t i = m->first_event[s->i_month]; i < m->first_event[s->i_month + 1]; i++) {
        const model_event *event = &m->events[i];
        if (event->substep != s->i_substep || event->faction < 0)
            continue;
        real *amount = step_scratch(s, 0);
        if (event->kind == WORLD_EVENT_TRANSFER) {
            lanes_event_amount(s, i, amount);
            transfer(s, event, amount, step_scratch(s, 1));
        } else if (event->kind == WORLD_EVENT_FOUNDING) {
            lanes_event_amount(s, i, amount);
            found(s, event, amount);
        }
    }
}

const mechanism KERNEL(mechanism_schedule) = {
    .name = "schedule",
    .title = "Schedules and dated events",
    .text =
        "Foreign support, strikes, payments, aid and the rights index follow the scenario's dated steps; dated events "
        "(transfers of strength, foundings, splits, changes of ruler) happen on their day. A value given as an "
        "interval "
        "is drawn once per run. Nothing that was not known at the forecast's origin is seen.",
    .equation =
        "value_k(t) = v_k(t) * exp(s_k(t) * e_k),  e_k ~ N(0, 1) once per run;  s = log(high/low) / (2 * 1.645)",
    .doubt = "Schedules are the analyst's, not the model's: foreign decisions do not react to events on the ground.",
    .is_core = true,
    .start = month, /* foreign support counts in the power at the start */
    .month = month,
    .step = step,
    .changes = CHANGES(exogenous) | CHANGES(ruler) | CHANGES(strength),
};
