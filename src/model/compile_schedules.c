/* Schedules: one value a month for every (kind, actor, other), as known at the origin; and who ruled when. */
#include "model/compile.h"

#include <string.h>

/** What holds before a schedule's first step. */
static double neutral(uint32_t kind) {
    return kind == WORLD_FOREIGN_SUPPORT || kind == WORLD_EFFORT || kind == WORLD_RENT ? 1 : 0;
}

/** The step in force on a day: the last one that has begun and that the origin knows. What-if steps are always known. */
static const world_schedule_step *step_on(const model *m, const world_schedule *schedule, date_day day) {
    const world_schedule_step *steps = world_schedule_steps(m->w, NULL) + schedule->first_step, *found = NULL;
    for (uint32_t i = 0; i < schedule->n_steps; i++)
        if (steps[i].from <= day && (schedule->whatif != WORLD_NONE || steps[i].known <= m->options.origin))
            found = &steps[i];
    return found;
}

/** Values of one series: those of the scenario's schedule, replaced by the what-if's from its first step on. */
static const world_schedule_step *series_step(const model *m, const model_series *series, date_day day) {
    size_t n;
    const world_schedule *schedules = world_schedules(m->w, &n);
    const world_schedule_step *found = NULL;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < n; i++) {
            const world_schedule *s = &schedules[i];
            bool mine = s->whatif == (pass == 0 ? WORLD_NONE : m->options.whatif);
            if (!mine || (pass == 1 && m->options.whatif == WORLD_NONE))
                continue;
            if (s->kind != series->kind || s->actor != series->actor || s->other != series->other)
                continue;
            const world_schedule_step *step = step_on(m, s, day);
            found = step ? step : found;
        }
    }
    return found;
}

static tsr_status list_series(model *m, arena *memory, tsr_error *error) {
    size_t n;
    const world_schedule *schedules = world_schedules(m->w, &n);
    size_t n_names = (size_t)WORLD_SCHEDULE_KINDS * (m->n_actors + 1) * (m->n_actors + 1);
    tsr_status status = TSR_OK;
    TRY(compile_array(memory, n, sizeof *m->series, &m->series, error));
    TRY(compile_array(memory, n_names, sizeof *m->series_row, &m->series_row, error));
    for (size_t i = 0; i < n_names; i++)
        m->series_row[i] = WORLD_NONE;
    for (size_t i = 0; i < n; i++) {
        /* A what-if's schedule exists in every run, so that switching the what-if on moves no random address. */
        int32_t *row = model_find_series(m, schedules[i].kind, schedules[i].actor, schedules[i].other);
        if (*row != WORLD_NONE)
            continue;
        *row = (int32_t)m->n_exogenous;
        m->series[m->n_exogenous++] = (model_series){schedules[i].kind, schedules[i].actor, schedules[i].other};
    }
out:
    return status;
}

/** Day-weighted mean of a series over a month. */
static void month_value(model *m, uint32_t t, uint32_t k) {
    int32_t month_id = m->first_month + (int32_t)t;
    date_day first = month_first_day(month_id), last = month_last_day(month_id);
    double sum = 0, spread = 0;
    for (date_day day = first; day <= last; day++) {
        const world_schedule_step *step = series_step(m, &m->series[k], day);
        sum += step ? step->value.value : neutral(m->series[k].kind);
        spread += step ? compile_log_spread(&step->value) : 0;
    }
    double days = month_length(month_id);
    m->series_value[t * m->n_exogenous + k] = (float)(sum / days);
    m->series_spread[t * m->n_exogenous + k] = m->options.use_defaults ? 0 : (float)(spread / days);
}

/** Who rules on a day, as far as the origin knows. */
static int32_t ruler_on(const model *m, date_day day) {
    size_t n;
    const world_ruler *rulers = world_rulers(m->w, &n);
    int32_t actor = WORLD_NONE;
    date_day since = DATE_MIN;
    for (size_t i = 0; i < n; i++)
        if (rulers[i].from <= day && rulers[i].known <= m->options.origin && rulers[i].from >= since) {
            actor = rulers[i].actor;
            since = rulers[i].from;
        }
    return actor < 0 ? -1 : m->faction_of_actor[actor];
}

static void fill_rulers(model *m) {
    for (uint32_t t = 0; t < m->n_months; t++) {
        int32_t month_id = m->first_month + (int32_t)t;
        date_day first = month_first_day(month_id), last = month_last_day(month_id);
        int32_t before = ruler_on(m, first - 1), after = ruler_on(m, last);
        bool changes = t > 0 && before != after;
        bool follows = month_id <= m->last_observed && !m->options.free_history;
        m->ruler_of_month[t] = t == 0 || follows || (changes && !m->options.free_history) ? after : -2;
        m->ruler_before[t] = before;
        m->ruler_day_share[t] = 1;
        for (date_day day = first; changes && day <= last; day++)
            if (ruler_on(m, day) != before) {
                m->ruler_day_share[t] = (float)(day - first) / (float)month_length(month_id);
                break;
            }
        m->season_phase[t] = (float)month_of_year(month_id) - 0.5f;
    }
    m->start_ruler = ruler_on(m, month_first_day(m->first_month));
}

tsr_status compile_schedules(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    TRY(list_series(m, memory, error));
    TRY(compile_array(memory, (size_t)m->n_months * m->n_exogenous, sizeof(float), &m->series_value, error));
    TRY(compile_array(memory, (size_t)m->n_months * m->n_exogenous, sizeof(float), &m->series_spread, error));
    TRY(compile_array(memory, m->n_months, sizeof(int32_t), &m->ruler_of_month, error));
    TRY(compile_array(memory, m->n_months, sizeof(int32_t), &m->ruler_before, error));
    TRY(compile_array(memory, m->n_months, sizeof(float), &m->ruler_day_share, error));
    TRY(compile_array(memory, m->n_months, sizeof(float), &m->season_phase, error));
    for (uint32_t t = 0; t < m->n_months; t++)
        for (uint32_t k = 0; k < m->n_exogenous; k++)
            month_value(m, t, k);
    fill_rulers(m);
out:
    return status;
}
