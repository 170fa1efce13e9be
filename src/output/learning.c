/* What a run learned from data: how well the months were foreseen, and the hidden state at the end of the data. */
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SURPRISING = 6 };

static void put_where(const study_run *run, const run_month *month, json *object) {
    size_t n_areas;
    const world_area *areas = world_areas(run->w, &n_areas);
    output_put_text(object, "worst", month->worst);
    if (month->worst_area < n_areas)
        output_put_text(object, "worst_area", world_string(run->w, areas[month->worst_area].name));
    if (!month->is_collapsed)
        return;
    output_put_text(object, "collapsed_by", month->narrowest);
    if (month->narrowest_area < n_areas)
        output_put_text(object, "collapsed_by_area", world_string(run->w, areas[month->narrowest_area].name));
}

void output_put_learning(const study_run *run, json *root) {
    const run_learning *learning = run->learning;
    if (!learning)
        return;
    json *likelihood = json_put_object(root, "log_likelihood");
    json_put_number(likelihood, "mean", learning->log_likelihood);
    if (isfinite(learning->log_likelihood_sd))
        json_put_number(likelihood, "sd", learning->log_likelihood_sd);
    json_put_integer(likelihood, "repeats", learning->n_repeats);
    json_put_integer(root, "particles", learning->n_particles);
    json *months = json_put_array(root, "filter");
    for (uint32_t t = 0; t < learning->n_months; t++) {
        const run_month *month = &learning->months[t];
        char name[16];
        json *item = json_add_object(months);
        month_text(run->record->first_month + (int32_t)t, name);
        json_put_string(item, "month", name);
        json_put_number(item, "log_likelihood", month->log_likelihood);
        json_put_number(item, "effective_sample_size", month->effective);
        json_put_integer(item, "ancestors", month->n_ancestors);
        put_where(run, month, item);
    }
    output_put_data(run, root);
    output_put_foresight(run, root);
    output_put_ablation(run, root);
}

static int by_likelihood(const void *a, const void *b) {
    const run_month *const *x = a, *const *y = b;
    return ((*x)->log_likelihood > (*y)->log_likelihood) - ((*x)->log_likelihood < (*y)->log_likelihood);
}

/** Months that the model foresaw worst. */
static tsr_status describe_surprises(const study_run *run, text_buffer *out, tsr_error *error) {
    const run_learning *learning = run->learning;
    const world_area *areas;
    size_t n_areas;
    const run_month **sorted = malloc((learning->n_months + 1) * sizeof(run_month *));
    if (!sorted)
        return FAIL(error, TSR_E_MEMORY, "no memory to sort %u months", learning->n_months);
    areas = world_areas(run->w, &n_areas);
    for (uint32_t t = 0; t < learning->n_months; t++)
        sorted[t] = &learning->months[t];
    qsort(sorted, learning->n_months, sizeof *sorted, by_likelihood);
    text_add_format(out, "Most surprising months\n\n  month    log likelihood  least foreseen\n");
    for (uint32_t i = 0; i < MOST_SURPRISING && i < learning->n_months; i++) {
        char name[16];
        month_text(run->record->first_month + (int32_t)(sorted[i] - learning->months), name);
        text_add_format(out, "  %s  %13.1f  %s (%.1f)", name, sorted[i]->log_likelihood, sorted[i]->worst,
                        sorted[i]->worst_log_likelihood);
        if (sorted[i]->worst_area < n_areas)
            text_add_format(out, ", most of all in %s", world_string(run->w, areas[sorted[i]->worst_area].name));
        text_add_string(out, "\n");
    }
    text_add_string(out, "\n");
    free(sorted);
    return TSR_OK;
}

/** Months after which the cloud rests on few particles: what the data of such a month mean is badly known. */
static void describe_collapses(const study_run *run, text_buffer *out) {
    const run_learning *learning = run->learning;
    size_t n_areas;
    const world_area *areas = world_areas(run->w, &n_areas);
    bool any = false;
    for (uint32_t t = 0; t < learning->n_months; t++) {
        const run_month *month = &learning->months[t];
        char name[16];
        if (!month->is_collapsed)
            continue;
        month_text(run->record->first_month + (int32_t)t, name);
        if (!any)
            text_add_format(out,
                            "Warning: months that left few of %u particles (use more: --particles)\n\n  month    "
                            "effective  by which data\n",
                            learning->n_particles);
        any = true;
        text_add_format(out, "  %s  %9.0f  %s", name, month->effective, month->narrowest);
        if (month->narrowest_area < n_areas)
            text_add_format(out, ", most of all in %s", world_string(run->w, areas[month->narrowest_area].name));
        text_add_string(out, "\n");
    }
    if (any)
        text_add_string(out, "\n");
}

static double quantile_of(const output_tables *tables, const output_table *t, int quantile, uint32_t month,
                          uint32_t item) {
    return (double)t->quantile[((size_t)quantile * tables->record->n_months + month) * t->n_items + item];
}

/** Strength, control and support of the factions at the end of the data: median and 90 % band. */
static void describe_state(const study_run *run, const output_tables *tables, text_buffer *out) {
    static const struct {
        const char *name, *title;
        double scale;
    } shown[] = {{"strength", "fighters", 1},
                 {"control_national", "control, % of the population", 100},
                 {"pressure", "pressure", 1}};
    const world_actor *actors = world_actors(run->w, NULL);
    uint32_t month = run->learning->n_months - 1;
    char name[16];
    month_text(run->record->first_month + (int32_t)month, name);
    text_add_format(out, "Hidden state in %s (median, 90 %% band)\n\n", name);
    for (size_t k = 0; k < sizeof shown / sizeof *shown; k++) {
        for (size_t i = 0; i < tables->n; i++) {
            const output_table *t = &tables->items[i];
            if (strcmp(t->variable->name, shown[k].name) != 0)
                continue;
            text_add_format(out, "  %s\n", shown[k].title);
            for (uint32_t f = 0; f < t->n_items; f++) {
                double low = quantile_of(tables, t, Q05, month, f), high = quantile_of(tables, t, Q95, month, f);
                if (!(high > 0))
                    continue;
                text_add_format(out, "    %-24s %10.4g  (%.4g to %.4g)\n",
                                output_actor_title(run->w, world_actor_of_faction(run->w, f)),
                                shown[k].scale * quantile_of(tables, t, Q50, month, f), shown[k].scale * low,
                                shown[k].scale * high);
            }
        }
    }
    (void)actors;
    text_add_string(out, "\n");
}

tsr_status output_describe_learning(const study_run *run, text_buffer *out, tsr_error *error) {
    const run_learning *learning = run->learning;
    tsr_status status = TSR_OK;
    output_tables *tables = NULL;
    double least = INFINITY;
    if (!learning || learning->n_months == 0)
        return TSR_OK;
    for (uint32_t t = 0; t < learning->n_months; t++)
        least = fmin(least, learning->months[t].effective);
    TRY(output_tables_create(run, true, &tables, error));
    text_add_format(out, "Log likelihood of %u months: %.1f", learning->n_months, learning->log_likelihood);
    if (isfinite(learning->log_likelihood_sd))
        text_add_format(out, "  (sd %.1f over %u repeats)", learning->log_likelihood_sd, learning->n_repeats);
    text_add_format(out, "\n%u particles, least effective sample size of a month: %.0f\n", learning->n_particles,
                    least);
    output_describe_data(run, out);
    describe_state(run, tables, out);
    TRY(describe_surprises(run, out, error));
    describe_collapses(run, out);
    output_describe_foresight(run, out);
    output_describe_ablation(run, out);
out:
    output_tables_free(tables);
    return status;
}
