/* `new`: a scenario drafted from events, and what to say about it. */
#include "api/objects.h"

#include "base/json.h"
#include "draft/draft.h"

#include <string.h>

static void describe(const draft_summary *d, const char *folder, text_buffer *b) {
    char first[16], last[16];
    double percent = d->deaths ? 100.0 / (double)d->deaths : 0;
    month_text(d->first_month, first);
    month_text(d->last_month, last);
    text_add_format(b, "Drafted %s: %s, %s to %s\n\n", folder, d->country, first, last);
    if (d->cell_degrees > 0)
        text_add_format(b, "Areas     %u cells of %g degrees that have events\n", d->n_areas, d->cell_degrees);
    else
        text_add_format(b, "Areas     %u, named by the property \"%s\"\n", d->n_areas, d->name_property);
    text_add_format(b, "People    %.0f%s\n", d->population,
                    d->is_assumed ? ", assumed and the same in every area: give --population" : "");
    text_add_format(b, "Governs   %s\n",
                    d->government[0] ? d->government : "a government that no event names, assumed");
    text_add_format(b, "Actors    %u in %u channels; %u smaller names are pooled or left out\n", d->n_actors,
                    d->n_channels, d->n_pooled);
    text_add_format(b, "Deaths    %llu in %llu events; %.1f %% between single actors, %.1f %% in pooled channels\n",
                    (unsigned long long)d->deaths, (unsigned long long)d->events, (double)d->deaths_kept * percent,
                    (double)d->deaths_pooled * percent);
    text_add_format(b, "Files     %s\n", d->is_precise ? "only precisely located events" : "taken to be complete");
    text_add_format(b,
                    "\nAll starts and rates are rough: read %s/scenario.yaml and correct it. Next:\n"
                    "  tessera check %s\n  tessera import %s\n  tessera backtest %s\n",
                    folder, folder, folder, folder);
}

static void put_tally(json *root, const char *key, uint64_t events, uint64_t deaths) {
    json *tally = json_put_object(root, key);
    json_put_integer(tally, "events", (int64_t)events);
    json_put_integer(tally, "deaths", (int64_t)deaths);
}

static tsr_status describe_json(const draft_summary *d, const char *folder, char **text, tsr_error *error) {
    char month[16];
    size_t n;
    json *root = json_new();
    json_put_string(root, "scenario", folder);
    json_put_string(root, "country", d->country);
    json *period = json_put_object(root, "period");
    month_text(d->first_month, month);
    json_put_string(period, "start", month);
    month_text(d->last_month, month);
    json_put_string(period, "last_observed", month);
    json_put_string(root, "government", d->government[0] ? d->government : NULL);
    json_put_integer(root, "areas", d->n_areas);
    json_put_string(root, "name_property", d->name_property[0] ? d->name_property : NULL);
    json_put_number(root, "cell_degrees", d->cell_degrees);
    json_put_number(root, "population", d->population);
    json_put_bool(root, "population_assumed", d->is_assumed);
    json_put_integer(root, "actors", d->n_actors);
    json_put_integer(root, "channels", d->n_channels);
    json_put_integer(root, "names_pooled", d->n_pooled);
    json_put_string(root, "completeness", d->is_precise ? "precise" : "complete");
    put_tally(root, "all", d->events, d->deaths);
    put_tally(root, "single_actors", d->events_kept, d->deaths_kept);
    put_tally(root, "pooled", d->events_pooled, d->deaths_pooled);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}

tsr_status tsr_draft(const char *folder, const tsr_draft_options *o, bool as_json, char **text, tsr_problems **problems,
                     tsr_error *error) {
    tsr_status status = TSR_OK;
    tsr_problems *list = api_problems_create();
    draft_summary made;
    text_buffer b;
    text_buffer_init(&b);
    const draft_options options = {.hooks = o->hooks,
                                   .events = o->events,
                                   .n_events = o->n_events,
                                   .country = o->country,
                                   .boundaries = o->boundaries,
                                   .name_property = o->name_property,
                                   .population = o->population,
                                   .population_total = o->population_total,
                                   .completeness = o->completeness,
                                   .first_month = o->first_month,
                                   .last_month = o->last_month};
    if (list == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the draft");
        goto out;
    }
    if (o->population && o->population_total > 0) {
        status = FAIL(error, TSR_E_USAGE, "the population is given twice, as a table and as a total");
        goto out;
    }
    if (o->completeness && strcmp(o->completeness, "precise") != 0 && strcmp(o->completeness, "complete") != 0) {
        status = FAIL(error, TSR_E_USAGE, "the completeness is '%s'; it must be precise or complete", o->completeness);
        goto out;
    }
    if (o->n_events == 0 || !o->country || !o->country[0]) {
        status = FAIL(error, TSR_E_USAGE, "event files and the name of a country are needed");
        goto out;
    }
    TRY(draft_write(folder, &options, &made, &list->list, error));
    if (as_json) {
        TRY(describe_json(&made, folder, text, error));
    } else {
        describe(&made, folder, &b);
        TRY(api_text(&b, text, error));
    }
out:
    api_problems_hand_over(list, problems);
    return status;
}
