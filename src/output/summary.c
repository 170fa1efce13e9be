/* summary.json, and the same object on standard output: what was asked, the answers, and national series. */
#include "output/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void output_put_questions(const study_run *run, json *root) {
    const world_question *questions = world_questions(run->w, NULL);
    json *array = json_put_array(root, "questions");
    for (size_t i = 0; i < run->n_answers; i++) {
        const run_answer *answer = &run->answers[i];
        const world_question *question = &questions[answer->question];
        json *item = json_add_object(array);
        output_put_text(item, "id", world_string(run->w, question->id));
        output_put_text(item, "title", world_string(run->w, question->title));
        output_put_text(item, "ask", world_string(run->w, question->ask));
        json_put_number(item, "probability", answer->probability);
        json_put_number(item, "mc_error", answer->mc_error);
        json_put_number(item, "low", answer->low);
        json_put_number(item, "high", answer->high);
        json_put_integer(item, "members", (int64_t)answer->n_members);
        output_put_text(item, "caveat", answer->caveat);
    }
}

void output_item_name(const world *w, record_axis axis, uint32_t item, char *out, size_t size) {
    const world_actor *actors = world_actors(w, NULL);
    switch (axis) {
    case RECORD_FACTION:
        snprintf(out, size, "%s", world_string(w, actors[world_actor_of_faction(w, item)].id));
        break;
    case RECORD_POWER:
        snprintf(out, size, "%s", world_string(w, actors[world_actor_of_power(w, item)].id));
        break;
    case RECORD_CHANNEL:
        snprintf(out, size, "%s", world_string(w, world_channels(w, NULL)[item].id));
        break;
    case RECORD_TYPE:
        snprintf(out, size, "%s", panel_type_name((panel_type)item));
        break;
    case RECORD_LADDER: {
        const world_ladder *ladder = &world_ladders(w, NULL)[item];
        output_pair_name(w, ladder->power, ladder->faction, out, size);
        break;
    }
    case RECORD_PAIR: {
        size_t n;
        uint32_t a = 0;
        world_actors(w, &n);
        for (; item >= n - 1 - a; a++)
            item -= (uint32_t)n - 1 - a;
        output_pair_name(w, a, a + 1 + item, out, size);
        break;
    }
    default:
        out[0] = '\0';
    }
}

static void put_quantile_lines(const output_tables *tables, const output_table *t, uint32_t item, json *object) {
    static const struct {
        const char *key;
        int quantile;
    } lines[] = {{"q05", Q05}, {"q25", Q25}, {"q50", Q50}, {"q75", Q75}, {"q95", Q95}};
    uint32_t n_months = tables->record->n_months;
    json *mean = json_put_array(object, "mean");
    for (uint32_t month = 0; month < n_months; month++)
        output_add_value(mean, (double)t->mean[(size_t)month * t->n_items + item], 4);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        json *line = json_put_array(object, lines[i].key);
        for (uint32_t month = 0; month < n_months; month++)
            output_add_value(
                line, (double)t->quantile[((size_t)lines[i].quantile * n_months + month) * t->n_items + item], 4);
    }
}

static bool is_national(const record_variable *v) {
    return v->outer != RECORD_AREA && v->inner != RECORD_AREA && v->outer != RECORD_PAIR && v->inner != RECORD_PAIR;
}

static void put_national(const study_run *run, const output_tables *tables, json *root) {
    json *array = json_put_array(root, "national");
    for (size_t i = 0; i < tables->n; i++) {
        const output_table *t = &tables->items[i];
        const record_variable *v = t->variable;
        if (!is_national(v))
            continue;
        for (uint32_t item = 0; item < t->n_items; item++) {
            char outer[256], inner[256];
            output_item_name(run->w, v->outer, item / v->n_inner, outer, sizeof outer);
            output_item_name(run->w, v->inner, item % v->n_inner, inner, sizeof inner);
            json *series = json_add_object(array);
            json_put_string(series, "name", v->name);
            json_put_string(series, "unit", v->unit);
            output_put_text(series, "item", outer[0] ? outer : inner);
            if (outer[0] && inner[0])
                output_put_text(series, "other_item", inner);
            put_quantile_lines(tables, t, item, series);
        }
    }
}

void output_summary_put(const study_run *run, const output_tables *tables, json *root) {
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    json_put_string(root, "program", "tessera");
    json_put_string(root, "version", TESSERA_VERSION);
    output_put_text(root, "command", run->command);
    output_put_text(root, "name", world_string(run->w, run->w->name));
    output_put_text(root, "status", run->status);
    json_put_string(root, "seed", seed);
    json_put_integer(root, "members", run->n_members);
    json_put_integer(root, "threads", run->n_threads);
    output_put_text(root, "kernel", run->kernel);
    json_put_number(root, "seconds", run->seconds);
    output_put_text(root, "whatif", run->whatif);
    json_put_string(root, "scenario_hash", run->scenario_hash);
    json_put_string(root, "world_hash", run->world_hash);
    output_put_questions(run, root);
    output_put_learning(run, root);
    json *months = json_put_array(root, "months");
    for (uint32_t i = 0; i < run->record->n_months; i++) {
        char text[16];
        month_text(run->record->first_month + (int32_t)i, text);
        json_add_string(months, text);
    }
    json_put_integer(root, "first_month_id", run->record->first_month);
    json_put_integer(root, "last_observed_month_id", run->last_observed);
    put_national(run, tables, root);
}

tsr_status output_summary_json(const study_run *run, char **out, size_t *n, tsr_error *error) {
    tsr_status status = TSR_OK;
    output_tables *tables = NULL;
    json *root = json_new();
    TRY(output_tables_create(run, true, &tables, error));
    output_summary_put(run, tables, root);
    TRY(json_dump(root, true, out, n, error));
out:
    json_free(root);
    output_tables_free(tables);
    return status;
}
