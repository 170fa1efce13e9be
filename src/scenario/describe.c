/* What the model will be, as `tessera check` prints it. */
#include "scenario/scenario.h"

#include "model/registry.h"

#include <stdio.h>
#include <string.h>

enum { MOST_LINES = 8 }; /* of a list; the rest is counted */

/** One more id of those that got no line of their own: all ids can be read off. */
static void add_rest(text_buffer *out, size_t i, size_t n, const char *id) {
    if (i == MOST_LINES)
        text_add_format(out, "  and %zu more:", n - i);
    text_add_format(out, " %s%s", id, i + 1 < n ? "," : "\n");
}

/** Width of the longest id of a list, so that what follows is aligned. */
static int widest(const world *w, int width, world_text text) {
    int n = (int)strlen(world_string(w, text));
    return n < width ? width : n > 30 ? 30 : n;
}

static void add_period(text_buffer *out, const world *w) {
    char first[16], observed[16], last[16];
    month_text(w->first_month, first);
    month_text(w->last_observed, observed);
    month_text(w->last_month, last);
    text_add_format(out, "%s\n", world_string(w, w->name));
    text_add_format(out, "  %s to %s, data to %s, %d months ahead, %d sub-steps a month\n", first, last, observed,
                    w->last_month - w->last_observed, w->substeps);
    if (w->backtest_to) {
        month_text(w->backtest_to, last);
        text_add_format(out, "  backtests go on with data to %s\n", last);
    }
}

static void add_areas(text_buffer *out, const world *w) {
    size_t n, n_borders;
    const world_area *areas = world_areas(w, &n);
    double people = 0;
    world_borders(w, &n_borders);
    for (size_t a = 0; a < n; a++)
        people += areas[a].population;
    text_add_format(out, "\nAreas: %zu, %.1f million people, %zu shared borders\n", n, people / 1e6, n_borders / 2);
}

static double initial_strength(const world *w, uint32_t actor, double *low, double *high) {
    size_t n;
    const world_initial *initials = world_initials(w, &n);
    double total = -1;
    *low = *high = 0;
    for (size_t i = 0; i < n; i++)
        if (initials[i].kind == WORLD_INITIAL_STRENGTH && initials[i].actor == (int32_t)actor) {
            total = (total < 0 ? 0 : total) + initials[i].number.value;
            *low += initials[i].number.low;
            *high += initials[i].number.high;
        }
    return total;
}

static void add_actors(text_buffer *out, const world *w) {
    size_t n;
    int width = 0;
    const world_actor *actors = world_actors(w, &n);
    for (size_t v = 0; v < n; v++)
        width = widest(w, width, actors[v].id);
    text_add_format(out, "\nActors: %u faction%s, %u power%s\n", w->n_factions, w->n_factions == 1 ? "" : "s",
                    w->n_powers, w->n_powers == 1 ? "" : "s");
    for (uint32_t v = 0; v < n; v++) {
        double low, high, strength = initial_strength(w, v, &low, &high);
        char day[16];
        text_add_format(out, "  %-*s  %s", width, world_string(w, actors[v].id),
                        actors[v].kind == WORLD_FACTION ? "faction" : "power");
        if (strength >= 0 && high > low)
            text_add_format(out, ", %.0f fighters (%.0f to %.0f)", strength, low, high);
        else if (strength >= 0)
            text_add_format(out, ", %.0f fighters", strength);
        if (actors[v].part_of >= 0)
            text_add_format(out, ", part of %s", world_string(w, actors[actors[v].part_of].id));
        if (actors[v].sponsor >= 0)
            text_add_format(out, ", sponsor %s", world_string(w, actors[actors[v].sponsor].id));
        if (actors[v].founded != DATE_MIN && actors[v].founded > month_first_day(w->first_month)) {
            date_text(actors[v].founded, day);
            text_add_format(out, ", founded %s", day);
        }
        text_add_string(out, "\n");
    }
}

static void add_list(text_buffer *out, const char *title, size_t n) {
    text_add_format(out, "\n%s: %zu\n", title, n);
}

static void add_channels(text_buffer *out, const world *w) {
    size_t n;
    const world_channel *channels = world_channels(w, &n);
    add_list(out, "Channels of events", n);
    text_add_string(out, " ");
    for (size_t c = 0; c < n; c++)
        text_add_format(out, " %s", world_string(w, channels[c].id));
    text_add_string(out, "\n");
}

static void add_span(text_buffer *out, const world_schedule_step *steps, uint32_t n) {
    char day[16];
    if (n > 0) {
        date_text(steps[0].from, day);
        text_add_format(out, n == 1 ? ", from %s" : ", %s", day);
    }
    if (n > 1) {
        date_text(steps[n - 1].from, day);
        text_add_format(out, " to %s", day);
    }
    text_add_string(out, "\n");
}

static void add_schedules(text_buffer *out, const world *w) {
    size_t n, n_base = 0;
    int width = 0;
    const world_schedule *schedules = world_schedules(w, &n);
    const world_schedule_step *steps = world_schedule_steps(w, NULL);
    for (size_t i = 0; i < n; i++)
        if (schedules[i].whatif == WORLD_NONE && n_base++ < MOST_LINES)
            width = widest(w, width, schedules[i].id);
    add_list(out, "Schedules", n_base);
    for (size_t i = 0, k = 0; i < n; i++) {
        const char *id = world_string(w, schedules[i].id);
        if (schedules[i].whatif != WORLD_NONE)
            continue;
        if (k++ >= MOST_LINES) {
            add_rest(out, k - 1, n_base, id);
            continue;
        }
        text_add_format(out, "  %-*s  %-16s %2u step%s", width, id, world_schedule_kind_name(schedules[i].kind),
                        schedules[i].n_steps, schedules[i].n_steps == 1 ? "" : "s");
        add_span(out, steps + schedules[i].first_step, schedules[i].n_steps);
    }
}

static void add_dated_events(text_buffer *out, const world *w) {
    size_t n, n_base = 0, by_kind[WORLD_EVENT_KINDS] = {0};
    const world_event *events = world_events(w, &n);
    for (size_t i = 0; i < n; i++)
        if (events[i].whatif == WORLD_NONE) {
            by_kind[events[i].kind]++;
            n_base++;
        }
    add_list(out, "Dated events", n_base);
    if (n_base == 0)
        return;
    text_add_string(out, " ");
    for (uint32_t k = 0; k < WORLD_EVENT_KINDS; k++)
        if (by_kind[k])
            text_add_format(out, " %s %zu", world_event_kind_name(k), by_kind[k]);
    text_add_string(out, "\n");
}

static void add_titled(text_buffer *out, size_t i, size_t n, int width, const char *id, const char *title) {
    if (i < MOST_LINES)
        text_add_format(out, "  %-*s  %s\n", width, id, title);
    else
        add_rest(out, i, n, id);
}

static void add_questions(text_buffer *out, const world *w) {
    size_t n, n_whatifs;
    int width = 0;
    const world_question *questions = world_questions(w, &n);
    const world_whatif *whatifs = world_whatifs(w, &n_whatifs);
    for (size_t i = 0; i < n && i < MOST_LINES; i++)
        width = widest(w, width, questions[i].id);
    for (size_t i = 0; i < n_whatifs && i < MOST_LINES; i++)
        width = widest(w, width, whatifs[i].id);
    add_list(out, "Questions", n);
    for (size_t i = 0; i < n; i++)
        add_titled(out, i, n, width, world_string(w, questions[i].id), world_string(w, questions[i].title));
    add_list(out, "What-ifs", n_whatifs);
    for (size_t i = 0; i < n_whatifs; i++)
        add_titled(out, i, n_whatifs, width, world_string(w, whatifs[i].id), world_string(w, whatifs[i].title));
}

static void add_parameters(text_buffer *out, const world *w) {
    size_t n_set, n_switches, n_estimates, n_mechanisms, n_all = 0;
    const mechanism *const *all = registry_mechanisms(&n_mechanisms);
    const world_switch *switches = world_switches(w, &n_switches);
    world_parameters(w, &n_set);
    for (size_t i = 0; i < n_mechanisms; i++)
        n_all += all[i]->n_parameters;
    text_add_format(out,
                    "\nModel: %zu mechanisms with %zu parameters; the scenario sets %zu values, the others keep their "
                    "defaults and priors\n",
                    n_mechanisms, n_all, n_set);
    world_estimates(w, &n_estimates);
    if (n_estimates > 0)
        text_add_format(out, "  `tessera fit` estimates %zu of them\n", n_estimates);
    for (size_t i = 0; i < n_switches; i++)
        text_add_format(out, "  %s is %s\n", world_string(w, switches[i].mechanism), switches[i].is_on ? "on" : "off");
}

tsr_status scenario_describe(const world *w, text_buffer *out) {
    size_t n_facts, n_sources, n_files;
    world_facts(w, &n_facts);
    world_sources(w, &n_sources);
    const world_file *files = world_files(w, &n_files);
    add_period(out, w);
    add_areas(out, w);
    add_actors(out, w);
    add_channels(out, w);
    add_schedules(out, w);
    add_dated_events(out, w);
    add_questions(out, w);
    add_parameters(out, w);
    text_add_format(out, "\nFacts: %zu, sources: %zu\n", n_facts, n_sources);
    for (size_t i = 0; i < n_files; i++)
        text_add_format(out, "Data: %s\n", world_string(w, files[i].path));
    return out->failed ? TSR_E_MEMORY : TSR_OK;
}
