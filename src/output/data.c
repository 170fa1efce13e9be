/* Which data there were to learn from, in words: months without any, channels without an event. */
#include "output/parts.h"

#include <math.h>

/** Months up to the last one with data. */
static uint32_t months_of(const study_run *run) {
    int64_t n = (int64_t)run->last_observed - run->panel->first_month + 1;
    return n < 0 ? 0 : n < run->panel->n_months ? (uint32_t)n : run->panel->n_months;
}

typedef struct account {
    uint32_t n_months, n_located, n_totals, n_nothing; /**< n_totals: of months without located events */
    int32_t last_located;                              /**< month_id; 0: none */
} account;

static account count_months(const study_run *run) {
    const panel *p = run->panel;
    account a = {.n_months = months_of(run)};
    for (uint32_t t = 0; t < a.n_months; t++) {
        bool has_total = false;
        for (uint32_t type = 0; p->totals && type < PANEL_TYPES; type++)
            has_total |= !isnan(p->totals[(size_t)t * PANEL_TYPES + type]);
        if (p->coverage[t] != PANEL_NOT_OBSERVED) {
            a.n_located++;
            a.last_located = p->first_month + (int32_t)t;
        } else if (has_total) {
            a.n_totals++;
        } else {
            a.n_nothing++;
        }
    }
    return a;
}

static bool is_silent(const study_run *run, uint32_t c) {
    const panel *p = run->panel;
    for (uint32_t t = 0; t < months_of(run); t++) {
        if (p->unlocated_events[(size_t)t * p->n_channels + c] > 0)
            return false;
        for (uint32_t a = 0; a < p->n_areas; a++)
            if (p->events[panel_cell(p, t, c, a)] > 0)
                return false;
    }
    return true;
}

void output_describe_data(const study_run *run, text_buffer *out) {
    char name[16];
    uint32_t n = 0;
    if (!run->panel)
        return;
    account a = count_months(run);
    month_text(a.last_located, name);
    text_add_format(out, "Located events in %u of %u months", a.n_located, a.n_months);
    if (a.n_located)
        text_add_format(out, ", the last %s", name);
    text_add_format(out, "; national totals alone in %u; nothing in %u.\n", a.n_totals, a.n_nothing);
    for (uint32_t c = 0; c < run->panel->n_channels; c++)
        if (is_silent(run, c))
            text_add_format(out, "%s%s", n++ ? ", " : "No event was recorded of ",
                            world_string(run->w, world_channels(run->w, NULL)[c].id));
    if (n)
        text_add_string(out, ": of these only that is known.\n");
    text_add_string(out, "\n");
}

void output_put_data(const study_run *run, json *root) {
    char name[16];
    if (!run->panel)
        return;
    account a = count_months(run);
    month_text(a.last_located, name);
    json *object = json_put_object(root, "data");
    json_put_integer(object, "months", a.n_months);
    json_put_integer(object, "with_located_events", a.n_located);
    json_put_string(object, "last_located", a.n_located ? name : NULL);
    json_put_integer(object, "totals_alone", a.n_totals);
    json_put_integer(object, "nothing", a.n_nothing);
    json *silent = json_put_array(object, "channels_without_events");
    for (uint32_t c = 0; c < run->panel->n_channels; c++)
        if (is_silent(run, c))
            output_add_text(silent, world_string(run->w, world_channels(run->w, NULL)[c].id));
}
