/* tessera, name, country, period; sources; files of events and totals. */
#include "scenario/reader.h"

#include "base/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void read_country(reader *r, const yaml_node *node) {
    static const char *const allowed[] = {"name", "views_id", "gleditsch_ward", NULL}, *const required[] = {"name",
                                                                                                            NULL};
    const char *name = "";
    int64_t id;
    world *header = world_builder_header(r->b);
    if (node && node->kind == YAML_SCALAR) {
        header->country = world_builder_text(r->b, node->text);
        return;
    }
    if (!reader_map(r, node, "country", allowed, required))
        return;
    reader_text(r, yaml_get(node, "name"), "the country's name", &name);
    world_text text = world_builder_text(r->b, name);
    header = world_builder_header(r->b);
    header->country = text;
    if (reader_whole(r, yaml_get(node, "views_id"), "views_id", 1, 100000, &id))
        header->views_country_id = (int32_t)id;
    if (reader_whole(r, yaml_get(node, "gleditsch_ward"), "gleditsch_ward", 1, 100000, &id))
        header->gleditsch_ward = (int32_t)id;
}

static void read_period(reader *r, const yaml_node *node) {
    static const char *const allowed[] = {"start", "last_observed", "backtest_to", "horizon_months", "substeps", NULL};
    static const char *const required[] = {"start", "last_observed", NULL};
    world *header = world_builder_header(r->b);
    const yaml_node *later = yaml_get(node, "backtest_to");
    date_day start, observed, last, judged;
    int64_t horizon = 0, substeps = 4;
    if (!reader_map(r, node, "period", allowed, required) ||
        !reader_date(r, yaml_get(node, "start"), "start", &start, NULL) ||
        !reader_date(r, yaml_get(node, "last_observed"), "last_observed", &last, &observed))
        return;
    reader_whole(r, yaml_get(node, "horizon_months"), "horizon_months", 0, 600, &horizon);
    reader_whole(r, yaml_get(node, "substeps"), "substeps", 1, 60, &substeps);
    header->first_month = month_from_day(start);
    header->last_observed = month_from_day(observed);
    header->last_month = header->last_observed + (int32_t)horizon;
    header->substeps = (int32_t)substeps;
    if (later && reader_date(r, later, "backtest_to", &last, &judged))
        header->backtest_to = month_from_day(judged);
    if (header->first_month < 1)
        reader_error(r, yaml_get(node, "start"), "start is %s; it must be 1980-01 or later",
                     yaml_get(node, "start")->text);
    else if (header->last_observed < header->first_month)
        reader_error(r, yaml_get(node, "last_observed"), "last_observed is %s, before start (%s)",
                     yaml_get(node, "last_observed")->text, yaml_get(node, "start")->text);
    else if (header->last_month - header->first_month >= 2400)
        reader_error(r, node, "the period has %d months; at most 2400 are allowed",
                     header->last_month - header->first_month + 1);
    else if (later && header->backtest_to && header->backtest_to < header->last_observed)
        reader_error(r, later, "backtest_to is %s, before last_observed (%s)", later->text,
                     yaml_get(node, "last_observed")->text);
    else if (later && header->backtest_to - header->first_month >= 1800)
        reader_error(r, later, "backtest_to is %s; at most 1800 months after start are allowed", later->text);
    else {
        r->first_day = month_first_day(header->first_month);
        r->last_day = month_last_day(header->last_month);
    }
}

void read_header(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {
        "tessera",  "name",       "country",   "period", "areas",   "events",    "totals",       "actors",
        "channels", "ruler",      "initial",   "ladder", "facts",   "schedules", "dated_events", "parameters",
        "estimate", "mechanisms", "questions", "whatif", "sources", NULL};
    static const char *const required[] = {"tessera", "name", "period", "areas", "actors", NULL};
    const char *name = "";
    int64_t version;
    reader_map(r, root, "a scenario", allowed, required);
    if (reader_whole(r, yaml_get(root, "tessera"), "tessera", 0, 1000000, &version) && version != 1)
        reader_error(r, yaml_get(root, "tessera"), "this scenario is of format %s; this program reads format 1",
                     yaml_get(root, "tessera")->text);
    reader_text(r, yaml_get(root, "name"), "name", &name);
    world_text text = world_builder_text(r->b, name);
    world_builder_header(r->b)->name = text;
    read_country(r, yaml_get(root, "country"));
    read_period(r, yaml_get(root, "period"));
}

void read_sources(reader *r, const yaml_node *root) {
    static const char *const allowed[] = {"title", "publisher", "date", "url", "note", NULL}, *const required[] = {
                                                                                                  "title", NULL};
    const yaml_node *sources = yaml_get(root, "sources");
    if (!reader_map(r, sources, "sources", NULL, NULL))
        return;
    r->source_used = arena_alloc(r->memory, sources->n * sizeof *r->source_used);
    for (size_t i = 0; i < sources->n; i++) {
        const yaml_node *node = sources->items[i];
        const char *fields[5] = {"", "", "", "", ""};
        char what[160];
        snprintf(what, sizeof what, "source %.100s", sources->keys[i]->text);
        reader_map(r, node, what, allowed, required);
        for (size_t k = 0; k < 5; k++)
            reader_text(r, yaml_get(node, allowed[k]), allowed[k], &fields[k]);
        world_add_sources(r->b, &(world_source){
                                    .id = world_builder_text(r->b, sources->keys[i]->text),
                                    .title = world_builder_text(r->b, fields[0]),
                                    .publisher = world_builder_text(r->b, fields[1]),
                                    .date = world_builder_text(r->b, fields[2]),
                                    .url = world_builder_text(r->b, fields[3]),
                                    .note = world_builder_text(r->b, fields[4]),
                                });
    }
}

void check_sources(reader *r, const yaml_node *root) {
    const yaml_node *sources = yaml_get(root, "sources");
    for (size_t i = 0; r->source_used && r->problems->n_errors == 0 && i < sources->n; i++)
        if (!r->source_used[i])
            reader_warning(r, sources->keys[i], "nothing points at the source '%s'", sources->keys[i]->text);
}

static void add_file(reader *r, const yaml_node *node, uint32_t role) {
    static const char *const allowed[] = {"file", "from", "to", "completeness", "source", NULL}, *const required[] = {
                                                                                                     "file", NULL};
    static const char *const completeness[] = {"precise", "complete", NULL};
    const char *path;
    if (!reader_map(r, node, role == WORLD_FILE_EVENTS ? "an entry of events" : "totals", allowed, required) ||
        !reader_text(r, yaml_get(node, "file"), "file", &path))
        return;
    world_file file = {.role = role,
                       .from = DATE_MIN,
                       .to = DATE_MAX,
                       .source = WORLD_NONE,
                       .line = yaml_get(node, "file")->place.line,
                       .column = yaml_get(node, "file")->place.column};
    date_day ignored;
    reader_date(r, yaml_get(node, "from"), "from", &file.from, NULL);
    reader_date(r, yaml_get(node, "to"), "to", &ignored, &file.to);
    if (file.from > file.to)
        reader_error(r, yaml_get(node, "from"), "from (%s) is after to (%s)", yaml_get(node, "from")->text,
                     yaml_get(node, "to")->text);
    if (yaml_get(node, "completeness"))
        file.is_complete = reader_word(r, yaml_get(node, "completeness"), "a completeness", completeness) == 1;
    if (yaml_get(node, "source"))
        file.source = reader_source(r, yaml_get(node, "source"));
    char full[TSR_PATH_SIZE];
    tsr_error why = TSR_ERROR_INIT;
    struct stat about;
    if (path_join(r->folder, path, full, &why) != TSR_OK || access(full, R_OK) != 0 || stat(full, &about) != 0)
        reader_error(r, yaml_get(node, "file"), "the file '%s' cannot be opened (looked for in %s): %s", path,
                     r->folder, strerror(errno));
    else if (!S_ISREG(about.st_mode))
        reader_error(r, yaml_get(node, "file"), "'%s' is %s; a CSV file, plain or zipped, is needed", path,
                     S_ISDIR(about.st_mode) ? "a folder" : "no regular file");
    file.path = world_builder_text(r->b, path);
    world_add_files(r->b, &file);
}

void read_files(reader *r, const yaml_node *root) {
    const yaml_node *events = yaml_get(root, "events"), *totals = yaml_get(root, "totals");
    if (reader_list(r, events, "events"))
        for (size_t i = 0; i < events->n; i++)
            add_file(r, events->items[i], WORLD_FILE_EVENTS);
    if (totals)
        add_file(r, totals, WORLD_FILE_TOTALS);
}
