/* The account of an import. Events of a file: used + not used = all; nothing is lost without being told. */
#include "events/describe.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define MAX_OTHERS 10u
#define MAX_DIFFERENCES 12u

static bool is_used(panel_reason reason) {
    return reason == PANEL_USED_LOCATED || reason == PANEL_USED_UNLOCATED || reason == PANEL_USED_LONG;
}

static bool is_totals(const panel_file *file, const world *w) {
    size_t n;
    const world_file *files = world_files(w, &n);
    for (size_t i = 0; i < n; i++)
        if (files[i].role == WORLD_FILE_TOTALS && text_equal(world_string(w, files[i].path), file->path))
            return true;
    return false;
}

static panel_tally sum(const panel_file *file, bool used) {
    panel_tally all = {0};
    for (panel_reason r = 0; r < PANEL_REASONS; r++) {
        all.events += is_used(r) == used ? file->by_reason[r].events : 0;
        all.deaths += is_used(r) == used ? file->by_reason[r].deaths : 0;
    }
    return all;
}

/* ---- comparison with totals ----------------------------------------------------------------------------------- */

/** Totals are whole numbers, but for rounding when somebody made them. */
static double difference(const panel_check *c) {
    return (double)c->events_deaths - c->total;
}

/** Of one type, or of all with PANEL_TYPES. */
typedef struct comparison {
    size_t n_months, n_equal;
    const panel_check *worst; /**< NULL: nothing compared */
} comparison;

static comparison compare(const panel *p, panel_type type) {
    comparison c = {0};
    for (size_t i = 0; i < p->n_checks; i++) {
        const panel_check *check = &p->checks[i];
        if (type != PANEL_TYPES && check->type != type)
            continue;
        c.n_months++;
        c.n_equal += fabs(difference(check)) < 0.5;
        if (c.worst == NULL || fabs(difference(check)) > fabs(difference(c.worst)))
            c.worst = check;
    }
    return c;
}

/* ---- for people ----------------------------------------------------------------------------------------------- */

static void describe_line(const char *text, panel_tally tally, text_buffer *out) {
    text_add_format(out, "    %-42s %9" PRIu64 " %9" PRIu64 "\n", text, tally.events, tally.deaths);
}

static void describe_file(const panel_file *file, text_buffer *out) {
    text_add_format(out, "  %s\n    %-42s %9s %9s\n", file->path, "", "events", "deaths");
    for (panel_reason r = 0; r < PANEL_REASONS; r++)
        if (file->by_reason[r].events > 0 || r == PANEL_USED_LOCATED)
            describe_line(panel_reason_text(r), file->by_reason[r], out);
    panel_tally used = sum(file, true), dropped = sum(file, false);
    describe_line("all in the file", (panel_tally){used.events + dropped.events, used.deaths + dropped.deaths}, out);
    if (file->n_widened > 0)
        text_add_format(out, "    %" PRIu64 " events had low above best or high below it; their range was widened\n",
                        file->n_widened);
}

static void describe_coverage(const panel *p, text_buffer *out) {
    static const char *const words[] = {"without event data", "precisely located events only", "all events"};
    for (uint32_t first = 0, next; first < p->n_months; first = next) {
        char from[16], to[16];
        for (next = first + 1; next < p->n_months && p->coverage[next] == p->coverage[first];)
            next++;
        month_text(p->first_month + (int32_t)first, from);
        month_text(p->first_month + (int32_t)next - 1, to);
        text_add_format(out, "  %s to %s  %s\n", from, to,
                        words[p->coverage[first] <= PANEL_COMPLETE ? p->coverage[first] : 0]);
    }
}

static void describe_others(const panel *p, text_buffer *out) {
    if (p->n_others == 0)
        return;
    text_add_format(out, "\nActors that no channel covers (%zu pairs; in totals by type, not modelled)\n", p->n_others);
    for (size_t i = 0; i < p->n_others && i < MAX_OTHERS; i++) {
        const panel_other *o = &p->others[i];
        text_add_format(out, "    %-2s %6" PRIu64 " events %7" PRIu64 " deaths  %s - %s\n", panel_type_name(o->type),
                        o->tally.events, o->tally.deaths, o->side_a, o->side_b);
    }
    if (p->n_others > MAX_OTHERS)
        text_add_format(out, "    ... and %zu more\n", p->n_others - MAX_OTHERS);
}

static void describe_checks(const panel *p, text_buffer *out) {
    text_add_string(out, "\nComparison with national totals, months with all events\n");
    if (p->n_checks == 0)
        text_add_string(out, "    nothing to compare\n");
    for (panel_type type = 0; type < PANEL_TYPES; type++) {
        comparison c = compare(p, type);
        char month[16];
        if (c.worst == NULL)
            continue;
        month_text(c.worst->month_id, month);
        text_add_format(out, "    %s  %zu months, %zu equal", panel_type_name(type), c.n_months, c.n_equal);
        if (c.n_equal < c.n_months)
            text_add_format(out, "; largest difference %+.0f in %s (events %" PRIu64 ", totals %.0f)",
                            difference(c.worst), month, c.worst->events_deaths, c.worst->total);
        text_add_string(out, "\n");
    }
}

/** Located and all of one channel over the months that have at least this coverage. */
static void channel_tallies(const panel *p, uint32_t channel, panel_coverage at_least, panel_tally *located,
                            panel_tally *all) {
    *located = (panel_tally){0};
    *all = (panel_tally){0};
    for (uint32_t month = 0; month < p->n_months; month++) {
        if (p->coverage[month] < at_least)
            continue;
        size_t row = (size_t)month * p->n_channels + channel;
        for (uint32_t area = 0; area < p->n_areas; area++) {
            located->events += p->events[row * p->n_areas + area];
            located->deaths += p->deaths[row * p->n_areas + area];
        }
        all->events += p->unlocated_events[row];
        all->deaths += p->unlocated_deaths[row];
    }
    all->events += located->events;
    all->deaths += located->deaths;
}

/** " 97 %", or "-" of nothing. */
static void add_percent(uint64_t part, uint64_t whole, text_buffer *out) {
    if (whole > 0)
        text_add_format(out, " %6.0f %%", 100.0 * (double)part / (double)whole);
    else
        text_add_string(out, "        -");
}

/** Files of precisely located events say nothing of the share that is located: months with all events do. */
static void describe_channels(const panel *p, const world *w, text_buffer *out) {
    const world_channel *channels = world_channels(w, NULL);
    text_add_format(out,
                    "\nUsed by channel, and the located share where all events are known\n    %-35s %8s %8s %8s %8s\n",
                    "", "events", "deaths", "located", "deaths");
    for (uint32_t i = 0; i < p->n_channels; i++) {
        panel_tally located, all, known;
        channel_tallies(p, i, PANEL_NOT_OBSERVED, &located, &all);
        channel_tallies(p, i, PANEL_COMPLETE, &located, &known);
        text_add_format(out, "    %-35s %8" PRIu64 " %8" PRIu64, world_string(w, channels[i].id), all.events,
                        all.deaths);
        add_percent(located.events, known.events, out);
        add_percent(located.deaths, known.deaths, out);
        text_add_string(out, "\n");
    }
}

void panel_describe(const panel *p, const world *w, text_buffer *out) {
    char from[16], to[16];
    month_text(p->first_month, from);
    month_text(p->first_month + (int32_t)p->n_months - 1, to);
    text_add_format(out, "Event data of %s, %s to %s\n", world_string(w, w->country), from, to);
    for (size_t i = 0; i < p->n_files; i++)
        if (is_totals(&p->files[i], w))
            text_add_format(out, "  %s: national totals\n", p->files[i].path);
        else
            describe_file(&p->files[i], out);
    text_add_string(out, "\nWhat the months have\n");
    describe_coverage(p, out);
    describe_others(p, out);
    describe_checks(p, out);
    describe_channels(p, w, out);
}

/* ---- for programs --------------------------------------------------------------------------------------------- */

static void put_tally(json *into, panel_tally tally) {
    json_put_integer(into, "events", (int64_t)tally.events);
    json_put_integer(into, "deaths", (int64_t)tally.deaths);
}

/** Reasons of events that were not used (`used` false) or how they were used, those that occurred. */
static void put_reasons(json *list, const panel_tally by_reason[PANEL_REASONS], bool used) {
    for (panel_reason r = 0; r < PANEL_REASONS; r++) {
        if (is_used(r) != used || by_reason[r].events == 0)
            continue;
        json *item = json_add_object(list);
        json_put_string(item, "reason", panel_reason_text(r));
        put_tally(item, by_reason[r]);
    }
}

static void put_file(json *item, const panel_file *file) {
    json_put_string(item, "path", file->path);
    json_put_string(item, "sha256", file->hash);
    json_put_integer(item, "bytes", (int64_t)file->n_bytes);
    json_put_integer(item, "rows", (int64_t)file->n_rows);
    json_put_integer(item, "widened", (int64_t)file->n_widened);
    put_tally(json_put_object(item, "used"), sum(file, true));
    put_reasons(json_put_array(item, "used_as"), file->by_reason, true);
    put_reasons(json_put_array(item, "dropped"), file->by_reason, false);
}

static void put_others(json *list, const panel *p) {
    for (size_t i = 0; i < p->n_others; i++) {
        json *item = json_add_object(list);
        json_put_string(item, "side_a", p->others[i].side_a);
        json_put_string(item, "side_b", p->others[i].side_b);
        json_put_string(item, "type", panel_type_name(p->others[i].type));
        put_tally(item, p->others[i].tally);
    }
}

/** Months compared, and those that differ, at most MAX_DIFFERENCES a type. */
static void put_checks(json *list, const panel *p) {
    for (panel_type type = 0; type < PANEL_TYPES; type++) {
        comparison c = compare(p, type);
        if (c.worst == NULL)
            continue;
        json *item = json_add_object(list);
        json_put_string(item, "type", panel_type_name(type));
        json_put_integer(item, "months", (int64_t)c.n_months);
        json_put_integer(item, "equal", (int64_t)c.n_equal);
        json_put_number(item, "largest_difference", difference(c.worst));
        json *months = json_put_array(item, "differences");
        for (size_t i = 0, n = 0; i < p->n_checks && n < MAX_DIFFERENCES; i++) {
            const panel_check *check = &p->checks[i];
            char month[16];
            if (check->type != type || fabs(difference(check)) < 0.5)
                continue;
            month_text(check->month_id, month);
            json *different = json_add_object(months);
            json_put_string(different, "month", month);
            json_put_integer(different, "events_deaths", (int64_t)check->events_deaths);
            json_put_number(different, "total", check->total);
            n++;
        }
    }
}

static void put_channels(json *list, const panel *p, const world *w) {
    const world_channel *channels = world_channels(w, NULL);
    for (uint32_t i = 0; i < p->n_channels; i++) {
        panel_tally located, all, known;
        channel_tallies(p, i, PANEL_NOT_OBSERVED, &located, &all);
        channel_tallies(p, i, PANEL_COMPLETE, &located, &known);
        json *item = json_add_object(list);
        json_put_string(item, "channel", world_string(w, channels[i].id));
        put_tally(item, all);
        json *complete = json_put_object(item, "in_complete_months");
        put_tally(complete, known);
        put_tally(json_put_object(complete, "located"), located);
    }
}

void panel_to_json(const panel *p, const world *w, json *into) {
    panel_tally used = {0}, by_reason[PANEL_REASONS] = {{0, 0}};
    for (size_t i = 0; i < p->n_files; i++) {
        panel_tally of_file = sum(&p->files[i], true);
        used.events += of_file.events;
        used.deaths += of_file.deaths;
        for (panel_reason r = 0; r < PANEL_REASONS; r++) {
            by_reason[r].events += p->files[i].by_reason[r].events;
            by_reason[r].deaths += p->files[i].by_reason[r].deaths;
        }
    }
    put_tally(json_put_object(into, "used"), used);
    put_reasons(json_put_array(into, "used_as"), by_reason, true);
    put_reasons(json_put_array(into, "dropped"), by_reason, false);
    json *files = json_put_array(into, "files");
    for (size_t i = 0; i < p->n_files; i++)
        put_file(json_add_object(files), &p->files[i]);
    put_others(json_put_array(into, "others"), p);
    put_checks(json_put_array(into, "checks"), p);
    put_channels(json_put_array(into, "channels"), p, w);
}
