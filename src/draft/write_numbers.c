/* The YAML of a draft: starts, founding dates and rates, each with where it comes from. */
#include "draft/write.h"

#include "draft/yaml.h"

#include <math.h>
#include <string.h>

static const char *area_name(const draft_parts *d, uint32_t area) {
    return world_string(d->w, world_areas(d->w, NULL)[area].name);
}

static bool is_there_at_start(const draft_parts *d, uint32_t actor) {
    return d->c->actors[actor].founded_month == 0;
}

/** "Kachin": 0.61, ... of what is positive; values are rounded down, so that they add up to no more than they should. */
static uint32_t write_by_area(const draft_parts *d, const double *values, double factor, text_buffer *out) {
    uint32_t n = 0;
    for (uint32_t a = 0; a < d->n->n_areas; a++) {
        double value = floor(1e4 * factor * values[a] + 1e-9) / 1e4;
        if (!(value > 0))
            continue;
        text_add_string(out, n++ ? ", " : "");
        yaml_quote(out, area_name(d, a));
        text_add_format(out, ": %.4g", value);
    }
    return n;
}

static void write_strengths(const draft_parts *d, text_buffer *out) {
    text_add_format(
        out, "  strength:                     # fighters; all intervals are a factor of 7 either way\n"
             "    # 0.3 %% of the population, at least as many as all others together and 5,000; spread like it\n"
             "    government: {total: ");
    yaml_interval(out, d->n->actors[0].strength, numbers_spread_of_strength, 0, 1e8);
    text_add_string(out, "}\n");
    for (uint32_t v = 1; v < d->c->n_actors; v++) {
        const number_actor *one = &d->n->actors[v];
        if (!is_there_at_start(d, v))
            continue;
        text_add_format(
            out,
            "    # 250 * root of %llu deaths in the year from its first event of the first three, 500 to 100,000\n",
            (unsigned long long)one->deaths);
        text_add_format(out, "    %s:\n      total: ", d->c->actors[v].id);
        yaml_interval(out, one->strength, numbers_spread_of_strength, 0, 1e8);
        text_add_string(out, "\n");
        if (one->founding_area == WORLD_NONE)
            continue;
        text_add_string(out, "      shares: {");
        write_by_area(d, one->share, 0.9, out);
        text_add_string(out, "}      # nine tenths by its events, the rest by population\n");
    }
}

/** Values of one actor that differ between areas, beside a default. */
static void write_shares(const draft_parts *d, const double *values, double general, uint32_t actor, text_buffer *out) {
    text_add_format(out, "    %s: {default: %.4g", d->c->actors[actor].id, general);
    for (uint32_t a = 0; a < d->n->n_areas; a++) {
        double value = values[(size_t)actor * d->n->n_areas + a];
        if (fabs(value - general) < 1e-9)
            continue;
        text_add_string(out, ", ");
        yaml_quote(out, area_name(d, a));
        text_add_format(out, ": %.4g", value);
    }
    text_add_string(out, "}\n");
}

void write_initial(const draft_parts *d, text_buffer *out) {
    text_add_string(out, "\n# ---- the state in the first month\ninitial:\n");
    write_strengths(d, out);
    text_add_string(out, "  support:                      # assumed: of the people; 0.05 where an actor has events\n");
    for (uint32_t v = 0; v < d->c->n_actors; v++)
        write_shares(d, d->n->support, v == 0 ? 0.3 : 0.01, v, out);
    text_add_string(
        out, "  control:                      # assumed: 0.05 where an actor has events, else the government's\n");
    for (uint32_t v = 0; v < d->c->n_actors; v++)
        if (is_there_at_start(d, v))
            write_shares(d, d->n->control, v == 0 ? 0.9 : 0, v, out);
}

void write_founding(const draft_parts *d, text_buffer *out) {
    bool is_first = true;
    for (uint32_t v = 1; v < d->c->n_actors; v++) {
        const number_actor *one = &d->n->actors[v];
        char month[16];
        if (is_there_at_start(d, v))
            continue;
        if (is_first)
            text_add_string(
                out, "\n# Actors whose first event is later than the start are founded in its month.\ndated_events:\n");
        is_first = false;
        month_text(d->c->actors[v].founded_month, month);
        if (one->is_after_window)
            text_add_format(out, "  # 250 * root of 12 * %llu deaths in its first month, 500 to 100,000\n",
                            (unsigned long long)one->deaths);
        else
            text_add_format(out, "  # 250 * root of %llu deaths in its first year, 500 to 100,000\n",
                            (unsigned long long)one->deaths);
        text_add_format(out, "  - {id: founded-%s, date: %s-01, kind: founding, actor: %s, ", d->c->actors[v].id, month,
                        d->c->actors[v].id);
        if (one->founding_area != WORLD_NONE) {
            text_add_string(out, "area: ");
            yaml_quote(out, area_name(d, (uint32_t)one->founding_area));
            text_add_string(out, ", ");
        }
        text_add_string(out, "fighters: ");
        yaml_interval(out, one->strength, numbers_spread_of_strength, 0, 1e8);
        text_add_string(out, "}\n");
    }
}

static void write_rates(const draft_parts *d, bool one_sided, text_buffer *out) {
    bool is_first = true;
    for (size_t k = 0; k < d->c->n_channels; k++) {
        if ((d->c->channels[k].b == CHOICE_CIVILIANS) != one_sided)
            continue;
        if (is_first)
            text_add_string(out, one_sided
                                     ? "  intensity.one_sided_rate:     # recorded attacks on civilians per fighter\n"
                                     : "  intensity.battle_rate:        # recorded events per fighter in contact\n");
        is_first = false;
        text_add_string(out, "    ");
        write_channel_id(d->c, &d->c->channels[k], out);
        text_add_string(out, ": ");
        yaml_interval(out, d->n->channels[k].rate, d->n->channels[k].rate_sd, 0, 1);
        text_add_format(out, "     # %llu events in the first %u months\n",
                        (unsigned long long)d->n->channels[k].events, d->n->n_window);
    }
}

void write_parameters(const draft_parts *d, text_buffer *out) {
    text_add_string(
        out,
        "\n# Nobody joins, leaves, falls or moves between areas: events alone do not tell these flows apart, and "
        "drafts with\n"
        "# them forecast worse (docs/new.md). Switch on what you have figures for.\n"
        "mechanisms: {recruitment: off, losses: off, morale: off, movement: off}\n"
        "\n# All other parameters keep the program's own priors (`tessera explain`), which are pooled over conflicts.\n"
        "# Rates and sizes of channels are drawn to each other, and together to those priors, the more the fewer\n"
        "# events they have.\nparameters:\n"
        "  recruitment.rate:             # once it is on: recruits replace who leaves and dies at the start\n");
    for (uint32_t v = 0; v < d->c->n_actors; v++) {
        text_add_format(out, "    %s: ", d->c->actors[v].id);
        yaml_interval(out, d->n->actors[v].recruit_rate, 0.5, 0, 50);
        text_add_string(out, "\n");
    }
    write_rates(d, false, out);
    write_rates(d, true, out);
    text_add_string(out, "  events.sure_death: ");
    yaml_interval(out, d->n->sure_death, 0.4, 0.005, 0.95);
    text_add_format(out, "     # %llu of %llu events have no death\n  events.deaths_per_event:\n",
                    (unsigned long long)d->n->window_without_deaths, (unsigned long long)d->n->window_events);
    for (size_t k = 0; k < d->c->n_channels; k++) {
        text_add_string(out, "    ");
        write_channel_id(d->c, &d->c->channels[k], out);
        text_add_string(out, ": ");
        yaml_interval(out, d->n->channels[k].size, d->n->channels[k].size_sd, 0.01, 200);
        text_add_format(out, "     # %llu deaths in %llu events\n", (unsigned long long)d->n->channels[k].deaths,
                        (unsigned long long)d->n->channels[k].events);
    }
}
