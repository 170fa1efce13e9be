/* Draws of forecasts in the form of ViEWS, summaries of them, answers to questions, and the panel as a table.
 *
 * forecast_{country,area}_{sb,ns,os,all}.csv hold the months after the last observed one, at most 1,000 draws numbered
 * from 0, whole numbers. A country's draw is the sum of its areas' draws, so that both files tell the same stories.
 */
#include "base/log.h"
#include "output/parts.h"

#include <math.h>
#include <stdio.h>

static int64_t whole(double value) {
    return (int64_t)llround(value);
}

/** First month (index into the record) after the last observed one. */
static uint32_t first_forecast_month(const study_run *run) {
    int64_t first = (int64_t)run->last_observed + 1 - run->record->first_month;
    return first < 0 ? 0 : first > run->record->n_months ? run->record->n_months : (uint32_t)first;
}

static uint32_t forecast_draws(const output_series *s) {
    uint32_t n = s->table->variable->n_draws;
    return n < OUTPUT_FORECAST_DRAWS ? n : OUTPUT_FORECAST_DRAWS;
}

/** Sum of one draw over types `first_type` ... `end_type`-1 and areas `first_area` ... `end_area`-1. */
static double sum_draw(const output_series *s, uint32_t month, uint32_t draw, const uint32_t types[2],
                       const uint32_t areas[2]) {
    double sum = 0;
    for (uint32_t type = types[0]; type < types[1]; type++)
        for (uint32_t area = areas[0]; area < areas[1]; area++)
            sum += (double)output_draws(s, month, type, area)[draw];
    return sum;
}

static tsr_status write_country(const study_run *run, const output_series *s, const uint32_t types[2],
                                const folder_out *folder, const char *name, tsr_error *error) {
    output_sink *sink;
    tsr_status status = output_sink_open(folder, name, &sink, error);
    if (status != TSR_OK)
        return status;
    const uint32_t areas[2] = {0, s->n_b};
    output_sink_string(sink, "month_id,country_id,draw,outcome,gleditsch_ward\n");
    for (uint32_t month = first_forecast_month(run); month < s->n_months; month++)
        for (uint32_t draw = 0; draw < forecast_draws(s); draw++) {
            output_sink_integer(sink, run->record->first_month + (int64_t)month);
            output_sink_add(sink, ",", 1);
            if (run->w->views_country_id > 0)
                output_sink_integer(sink, run->w->views_country_id);
            output_sink_add(sink, ",", 1);
            output_sink_integer(sink, draw);
            output_sink_add(sink, ",", 1);
            output_sink_integer(sink, whole(sum_draw(s, month, draw, types, areas)));
            output_sink_add(sink, ",", 1);
            if (run->w->gleditsch_ward > 0)
                output_sink_integer(sink, run->w->gleditsch_ward);
            output_sink_add(sink, "\n", 1);
        }
    return output_sink_close(sink, error);
}

static tsr_status write_areas(const study_run *run, const output_series *s, const uint32_t types[2],
                              const folder_out *folder, const char *name, tsr_error *error) {
    output_sink *sink;
    tsr_status status = output_sink_open(folder, name, &sink, error);
    if (status != TSR_OK)
        return status;
    const world_area *areas = world_areas(run->w, NULL);
    output_sink_string(sink, "month_id,area,draw,outcome\n");
    for (uint32_t month = first_forecast_month(run); month < s->n_months; month++)
        for (uint32_t area = 0; area < s->n_b; area++) {
            const uint32_t one_area[2] = {area, area + 1};
            for (uint32_t draw = 0; draw < forecast_draws(s); draw++) {
                output_sink_integer(sink, run->record->first_month + (int64_t)month);
                output_sink_add(sink, ",", 1);
                output_sink_field(sink, world_string(run->w, areas[area].name));
                output_sink_add(sink, ",", 1);
                output_sink_integer(sink, draw);
                output_sink_add(sink, ",", 1);
                output_sink_integer(sink, whole(sum_draw(s, month, draw, types, one_area)));
                output_sink_add(sink, "\n", 1);
            }
        }
    return output_sink_close(sink, error);
}

/* ---- forecast.csv: summaries ---- */

static const char *type_name(uint32_t type) {
    return type < PANEL_TYPES ? panel_type_name((panel_type)type) : "all";
}

static void summary_row(output_sink *sink, const study_run *run, uint32_t month, const char *unit, const char *area,
                        uint32_t type, const output_series *s, uint32_t a, uint32_t b) {
    char text[16];
    int32_t month_id = run->record->first_month + (int32_t)month;
    month_text(month_id, text);
    output_sink_integer(sink, month_id);
    output_sink_add(sink, ",", 1);
    output_sink_string(sink, text);
    output_sink_add(sink, ",", 1);
    output_sink_string(sink, unit);
    output_sink_add(sink, ",", 1);
    output_sink_field(sink, area);
    output_sink_add(sink, ",", 1);
    output_sink_string(sink, type_name(type));
    output_sink_add(sink, ",", 1);
    output_sink_number(sink, round(output_mean(s, month, a, b) * 1e4) / 1e4);
    for (int q = Q05; q <= Q95; q++) {
        output_sink_add(sink, ",", 1);
        output_sink_number(sink, output_value(s, q, month, a, b));
    }
    output_sink_add(sink, "\n", 1);
}

static tsr_status write_summary(const study_run *run, const output_tables *tables, const folder_out *folder,
                                tsr_error *error) {
    output_series country = output_find(tables, "deaths", RECORD_COUNTRY, RECORD_COUNTRY);
    output_series by_type = output_find(tables, "deaths", RECORD_TYPE, RECORD_COUNTRY);
    output_series by_area = output_find(tables, "deaths", RECORD_AREA, RECORD_COUNTRY);
    output_series both = output_find(tables, "deaths", RECORD_TYPE, RECORD_AREA);
    const world_area *areas = world_areas(run->w, NULL);
    output_sink *sink;
    tsr_status status = output_sink_open(folder, "forecast.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    output_sink_string(sink, "month_id,month,unit,area,type,mean,q05,q10,q25,q50,q75,q90,q95\n");
    for (uint32_t month = first_forecast_month(run); month < run->record->n_months; month++) {
        for (uint32_t type = 0; by_type.table && type < by_type.n_a; type++)
            summary_row(sink, run, month, "country", "", type, &by_type, type, 0);
        if (country.table)
            summary_row(sink, run, month, "country", "", PANEL_TYPES, &country, 0, 0);
        for (uint32_t area = 0; area < output_axis_size(run->w, RECORD_AREA); area++) {
            const char *name = world_string(run->w, areas[area].name);
            for (uint32_t type = 0; both.table && type < both.n_a; type++)
                summary_row(sink, run, month, "area", name, type, &both, type, area);
            if (by_area.table)
                summary_row(sink, run, month, "area", name, PANEL_TYPES, &by_area, area, 0);
        }
    }
    return output_sink_close(sink, error);
}

tsr_status output_forecast_csv(const study_run *run, const output_tables *tables, const tsr_hooks *hooks,
                               const folder_out *folder, tsr_error *error) {
    tsr_status status = TSR_OK;
    output_series s = output_find(tables, "deaths", RECORD_TYPE, RECORD_AREA);
    if (s.table == NULL || first_forecast_month(run) >= run->record->n_months) {
        log_say(hooks, TSR_LOG_INFO, "no forecast files: %s",
                s.table ? "no month after the last observed one" : "deaths by type and area were not recorded");
        return TSR_OK;
    }
    for (uint32_t type = 0; type <= PANEL_TYPES; type++) {
        const uint32_t types[2] = {type < PANEL_TYPES ? type : 0, type < PANEL_TYPES ? type + 1 : PANEL_TYPES};
        char name[64];
        snprintf(name, sizeof name, "forecast_country_%s.csv", type_name(type));
        TRY(write_country(run, &s, types, folder, name, error));
        snprintf(name, sizeof name, "forecast_area_%s.csv", type_name(type));
        TRY(write_areas(run, &s, types, folder, name, error));
    }
    TRY(write_summary(run, tables, folder, error));
out:
    return status;
}

/* ---- questions.csv, panel.csv ---- */

tsr_status output_questions_csv(const study_run *run, const folder_out *folder, tsr_error *error) {
    output_sink *sink;
    tsr_status status = output_sink_open(folder, "questions.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    const world_question *questions = world_questions(run->w, NULL);
    output_sink_string(sink, "id,title,probability,mc_error,low,high,n_members,caveat\n");
    for (size_t i = 0; i < run->n_answers; i++) {
        const run_answer *answer = &run->answers[i];
        const world_question *question = &questions[answer->question];
        const double numbers[] = {answer->probability, answer->mc_error, answer->low, answer->high};
        output_sink_field(sink, world_string(run->w, question->id));
        output_sink_add(sink, ",", 1);
        output_sink_field(sink, world_string(run->w, question->title));
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            output_sink_add(sink, ",", 1);
            output_sink_number(sink, numbers[k]);
        }
        output_sink_add(sink, ",", 1);
        output_sink_integer(sink, (int64_t)answer->n_members);
        output_sink_add(sink, ",", 1);
        output_sink_field(sink, answer->caveat ? answer->caveat : "");
        output_sink_add(sink, "\n", 1);
    }
    return output_sink_close(sink, error);
}

tsr_status output_panel_csv(const panel *p, const world *w, const folder_out *folder, tsr_error *error) {
    output_sink *sink;
    tsr_status status = output_sink_open(folder, "panel.csv", &sink, error);
    if (status != TSR_OK)
        return status;
    static const char *const coverages[] = {"none", "precise", "complete"};
    const world_area *areas = world_areas(w, NULL);
    const world_channel *channels = world_channels(w, NULL);
    output_sink_string(sink, "month_id,month,coverage,channel,area,events,deaths\n");
    for (uint32_t month = 0; month < p->n_months; month++) {
        char text[16];
        if (p->coverage[month] == PANEL_NOT_OBSERVED)
            continue; /* no rows: nothing is known, which is not zero */
        month_text(p->first_month + (int32_t)month, text);
        for (uint32_t channel = 0; channel < p->n_channels; channel++)
            for (uint32_t area = 0; area <= p->n_areas; area++) {
                bool located = area < p->n_areas; /* the last row, without an area, is what has none */
                size_t cell = located ? panel_cell(p, month, channel, area) : (size_t)month * p->n_channels + channel;
                output_sink_integer(sink, p->first_month + (int64_t)month);
                output_sink_add(sink, ",", 1);
                output_sink_string(sink, text);
                output_sink_add(sink, ",", 1);
                output_sink_string(sink, coverages[p->coverage[month] == PANEL_COMPLETE ? 2 : 1]);
                output_sink_add(sink, ",", 1);
                output_sink_field(sink, world_string(w, channels[channel].id));
                output_sink_add(sink, ",", 1);
                output_sink_field(sink, located ? world_string(w, areas[area].name) : "");
                output_sink_add(sink, ",", 1);
                output_sink_integer(sink, located ? p->events[cell] : p->unlocated_events[cell]);
                output_sink_add(sink, ",", 1);
                output_sink_integer(sink, located ? p->deaths[cell] : p->unlocated_deaths[cell]);
                output_sink_add(sink, "\n", 1);
            }
    }
    return output_sink_close(sink, error);
}
