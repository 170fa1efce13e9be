/* The YAML of a draft: who and where; see write.h. What is meant to be edited says so beside itself. */
#include "draft/write.h"

#include "draft/yaml.h"

#include <math.h>
#include <string.h>

static const char *name_of(const draft_parts *d, uint32_t actor) {
    int32_t side = d->c->actors[actor].side;
    return side < 0 ? NULL : intern_text(&d->s->sides, (uint32_t)side);
}

static void write_head(const draft_parts *d, text_buffer *out) {
    char first[16], last[16];
    text_buffer name;
    text_buffer_init(&name);
    month_text(d->c->first_month, first);
    month_text(d->c->last_month, last);
    text_add_string(
        out,
        "# Drafted by `tessera new` from events alone: something that runs, to be corrected by somebody who knows the\n"
        "# country. No number here comes from a report. Whatever is marked \"assumed\" is a round figure; what is "
        "marked\n"
        "# \"drafted\" follows from the events by the formulas of docs/new.md, those of starts and rates from the "
        "first\n"
        "# three years of the period, so that a backtest from then on has not seen what it is judged by. The choice "
        "of\n"
        "# areas and actors has seen the whole period.\n\n"
        "tessera: 1\n");
    text_add_format(&name, "%s %.4s-%.4s (draft)", d->s->country, first, last);
    text_add_string(out, "name: ");
    yaml_quote(out, name.data ? name.data : "");
    text_add_string(out, "\ncountry: {name: ");
    yaml_quote(out, d->s->country);
    text_add_string(out, "}       # as the event files spell it; add views_id and gleditsch_ward for ViEWS files\n");
    text_add_format(out, "period: {start: %s, last_observed: %s, horizon_months: 24, substeps: 4}\n\n", first, last);
    out->failed = out->failed || name.failed;
    text_buffer_clear(&name);
}

static void write_areas(const draft_parts *d, text_buffer *out) {
    const draft_areas *a = d->areas;
    if (a->cell_degrees > 0.5)
        text_add_format(
            out,
            "# No boundaries were given. The %zu PRIO-GRID cells with events are more than %u, so that cells of %g\n"
            "# degrees stand for them, named by their south-west corners.\n",
            a->n_fine_cells, AREAS_MOST_CELLS, a->cell_degrees);
    else if (a->cell_degrees > 0)
        text_add_string(out,
                        "# No boundaries were given: the areas are the PRIO-GRID cells (half a degree) with events.\n");
    text_add_string(out, "areas:\n  boundaries: boundaries.geojson\n  id: ");
    yaml_quote(out, a->property);
    if (!d->n) {
        text_add_string(out, "\n\n");
        return;
    }
    text_add_string(out, "\n  population: population.csv");
    if (a->is_from_file)
        text_add_string(out, "          # as given\n\n");
    else
        text_add_format(out, "          # %s total of %.0f, the same in every area: replace it\n\n",
                        a->is_assumed ? "assumed:" : "the given", a->population);
}

static void write_files(const draft_parts *d, text_buffer *out) {
    bool is_precise = survey_is_precise(d->s);
    text_add_format(out, "# %s\nevents:\n",
                    d->s->completeness ? "As was said to `tessera new`."
                    : is_precise       ? "So few events are located coarsely that the files are taken for precisely "
                                         "located events only."
                    : d->s->has_precision
                        ? "The files are taken to have every event of the country."
                        : "Without where_prec nothing tells how well events are located: taken to be complete.");
    for (size_t i = 0; i < d->s->n_files; i++) {
        text_add_string(out, "  - {file: ");
        yaml_quote(out, d->s->paths[i]);
        text_add_format(out, ", completeness: %s, source: data}\n", is_precise ? "precise" : "complete");
    }
    text_add_string(out, is_precise
                             ? "# Add national `totals:` so that the share of deaths that is located can be known.\n\n"
                             : "\n");
}

/* ---- actors ---------------------------------------------------------------------------------------------------- */

static void write_share(const draft_parts *d, text_buffer *out) {
    const choice *c = d->c;
    unsigned long long all = c->all.deaths, kept = c->kept.deaths, pooled = c->pooled.deaths;
    double percent = all ? 100.0 / (double)all : 0;
    text_add_format(
        out, "# %llu deaths in %llu events of the period. Channels between single actors carry %llu of them (%.1f %%)",
        all, (unsigned long long)c->all.events, kept, (double)kept * percent);
    if (c->has_rest)
        text_add_format(out, ";\n# `others` pools %u smaller names, whose channels carry %llu (%.1f %%)", c->n_pooled,
                        pooled, (double)pooled * percent);
    else if (c->n_pooled > 0)
        text_add_format(out, ";\n# %u smaller names are in no channel", c->n_pooled);
    text_add_format(out, ".\n# The other %llu (%.1f %%) are reported by `tessera import` and not modelled.\n",
                    all - kept - pooled, (double)(all - kept - pooled) * percent);
}

/** Every name in the data that an actor stands for, one a line when there are many. */
static void write_names(const draft_parts *d, uint32_t actor, text_buffer *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < d->s->sides.n; i++) {
        if (d->c->actor_of_side[i] != (int32_t)actor)
            continue;
        text_add_string(out, n++ ? ",\n                  " : "    names: {ged: [");
        yaml_quote(out, intern_text(&d->s->sides, i));
    }
    text_add_string(out, n ? "]}\n" : "");
}

static void write_actor(const draft_parts *d, uint32_t actor, text_buffer *out) {
    const choice_actor *one = &d->c->actors[actor];
    bool is_rest = d->c->has_rest && actor + 1 == d->c->n_actors;
    char month[16];
    text_add_format(out, "  %s:", one->id);
    text_add_format(out, "%*s# has part in %llu deaths of %llu events of the period\n", (int)(26 - strlen(one->id)), "",
                    (unsigned long long)one->tally.deaths, (unsigned long long)one->tally.events);
    text_add_string(out, "    kind: faction\n    title: ");
    if (is_rest)
        text_add_string(out, "\"Other organisations\"");
    else
        yaml_quote(out, name_of(d, actor) ? name_of(d, actor) : "Government");
    text_add_string(out, "\n");
    if (actor == 0)
        text_add_string(out, one->side < 0 ? "    regular: true               # no event names it: assumed to govern\n"
                                           : "    regular: true\n");
    if (one->founded_month) {
        month_text(one->founded_month, month);
        text_add_format(
            out, "    founded: %s            # month of its first event in the files; edit if it is older\n", month);
    }
    write_names(d, actor, out);
}

void write_channel_id(const choice *c, const choice_channel *k, text_buffer *out) {
    text_add_format(out, "%s-%s", c->actors[k->a].id, k->b == CHOICE_CIVILIANS ? "civilians" : c->actors[k->b].id);
}

static void write_channels(const draft_parts *d, text_buffer *out) {
    const choice *c = d->c;
    text_add_string(out, "\nchannels:                       # with events in the period, without the smallest\n");
    for (int one_sided = 0; one_sided < 2; one_sided++) {
        uint32_t n = 0;
        for (size_t k = 0; k < c->n_channels; k++) {
            const choice_channel *channel = &c->channels[k];
            if ((channel->b == CHOICE_CIVILIANS) != one_sided)
                continue;
            if (n++ == 0)
                text_add_string(out, one_sided ? "  one_sided:\n" : "  battle:\n");
            if (one_sided)
                text_add_format(out, "    - %s", c->actors[channel->a].id);
            else
                text_add_format(out, "    - [%s, %s]", c->actors[channel->a].id, c->actors[channel->b].id);
            text_add_format(out, "     # %llu deaths in %llu events\n", (unsigned long long)channel->tally.deaths,
                            (unsigned long long)channel->tally.events);
        }
        if (n == 0)
            text_add_string(out, one_sided ? "  one_sided: []\n" : "  battle: []\n");
    }
}

/* ---- questions and sources ------------------------------------------------------------------------------------- */

static void write_questions(const draft_parts *d, text_buffer *out) {
    char first[16], last[16];
    double threshold = fmax(1, (double)d->n->deaths_of_last_year);
    month_text(d->c->last_month + 1, first);
    month_text(d->c->last_month + 12, last);
    text_add_format(
        out,
        "\nquestions:\n"
        "  - {id: deaths, ask: \"deaths(all) >= %.0f from %s to %s\", title: \"As many recorded deaths in the next "
        "twelve months as in the last?\"}\n"
        "  - {id: rule, ask: \"ruler(government) >= 1 until %s\", title: \"Does the government keep the rule for a "
        "year?\"}\n",
        threshold, first, last, last);
}

static void write_sources(const draft_parts *d, text_buffer *out) {
    text_add_string(out, "\n# What changes from outside is written as schedules, for example:\n"
                         "# schedules:\n"
                         "#   - {id: support, kind: foreign_support, actor: government, values: [{from: 2020-01, "
                         "value: 1}, {from: 2022-01, "
                         "value: 0.5}]}\n"
                         "\nsources:\n"
                         "  data: {title: \"UCDP Georeferenced Event Dataset, the files named under events\", "
                         "publisher: \"Uppsala Conflict "
                         "Data Program\", note: \"Sundberg & Melander 2013; say here which version\"}\n");
    if (d->n)
        text_add_string(
            out, "  drafted: {title: \"Drafted from events by tessera new\", note: \"formulas in docs/new.md; not "
                 "read in any report\"}\n");
}

void write_scenario(const draft_parts *d, text_buffer *out) {
    char first[16];
    month_text(d->c->first_month, first);
    write_head(d, out);
    write_areas(d, out);
    write_files(d, out);
    write_share(d, out);
    text_add_string(out, "actors:\n");
    for (uint32_t v = 0; v < d->c->n_actors; v++)
        write_actor(d, v, out);
    write_channels(d, out);
    text_add_format(out, "\nruler:\n  - {from: %s, actor: government}      # assumed for the whole period\n", first);
    if (d->n) {
        write_initial(d, out);
        write_founding(d, out);
        write_parameters(d, out);
        write_questions(d, out);
    }
    write_sources(d, out);
}
