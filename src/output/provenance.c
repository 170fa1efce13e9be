/* provenance.json: what made a folder, from what, so that it can be made again. Parts of it are in report.json too. */
#include "output/parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_OTHERS = 20 };

static const char *const reason_ids[PANEL_REASONS] = {
    "used_located", "used_unlocated", "used_long",         "other_channel",
    "duplicate",    "out_of_period",  "out_of_file_range", "other_country",
};

static bool is_used(int reason) {
    return reason <= PANEL_USED_LONG;
}

/* ---- files ---- */

static const panel_file *read_file(const panel *p, const char *path) {
    for (size_t i = 0; p && i < p->n_files; i++)
        if (strcmp(p->files[i].path, path) == 0)
            return &p->files[i];
    return NULL;
}

static void put_count(json *object, const char *key, bool known, uint64_t count) {
    if (known)
        json_put_integer(object, key, (int64_t)count);
    else
        json_put_string(object, key, NULL);
}

void output_put_files(const world *w, const panel *p, json *root) {
    static const char *const roles[] = {"events", "totals", "other"};
    size_t n = 0;
    const world_file *files = world_files(w, &n);
    json *array = json_put_array(root, "files");
    for (size_t i = 0; i < n; i++) {
        const char *path = world_string(w, files[i].path);
        const panel_file *read = read_file(p, path);
        json *file = json_add_object(array);
        output_put_text(file, "path", path);
        json_put_string(file, "role", roles[files[i].role <= WORLD_FILE_OTHER ? files[i].role : WORLD_FILE_OTHER]);
        json_put_string(file, "sha256", read ? read->hash : NULL);
        put_count(file, "bytes", read != NULL, read ? read->n_bytes : 0);
        put_count(file, "rows", read != NULL, read ? read->n_rows : 0);
        put_count(file, "widened", read != NULL, read ? read->n_widened : 0);
        output_put_index(file, "source", files[i].source);
    }
}

/* ---- import ---- */

static void put_tally(json *object, const panel_tally *tally) {
    json_put_integer(object, "events", (int64_t)tally->events);
    json_put_integer(object, "deaths", (int64_t)tally->deaths);
}

static void put_share(json *object, const char *key, uint64_t part, uint64_t whole) {
    json_put_number(object, key, whole ? round(1e4 * (double)part / (double)whole) / 1e4 : NAN);
}

static void put_others(const panel *p, json *import) {
    json *array = json_put_array(import, "others");
    size_t n = p->n_others < MAX_OTHERS ? p->n_others : MAX_OTHERS;
    for (size_t i = 0; i < n; i++) {
        json *other = json_add_object(array);
        output_put_text(other, "side_a", p->others[i].side_a);
        output_put_text(other, "side_b", p->others[i].side_b);
        json_put_string(other, "type", panel_type_name(p->others[i].type));
        put_tally(other, &p->others[i].tally);
    }
    json_put_integer(import, "others_more", (int64_t)(p->n_others - n));
}

static void put_checks(const panel *p, json *import) {
    double events = 0, totals = 0;
    for (size_t i = 0; i < p->n_checks; i++) {
        events += (double)p->checks[i].events_deaths;
        totals += p->checks[i].total;
    }
    if (p->n_checks == 0) {
        json_put_string(import, "checks", NULL);
        return;
    }
    json *checks = json_put_object(import, "checks");
    json_put_integer(checks, "months", (int64_t)p->n_checks);
    json_put_number(checks, "mean_ratio", totals > 0 ? round(1e4 * events / totals) / 1e4 : NAN);
}

static void sum_files(const panel *p, panel_tally sums[PANEL_REASONS]) {
    for (int reason = 0; reason < PANEL_REASONS; reason++)
        sums[reason] = (panel_tally){0};
    for (size_t i = 0; i < p->n_files; i++)
        for (int reason = 0; reason < PANEL_REASONS; reason++) {
            sums[reason].events += p->files[i].by_reason[reason].events;
            sums[reason].deaths += p->files[i].by_reason[reason].deaths;
        }
}

void output_put_used(const panel *p, json *root) {
    panel_tally sums[PANEL_REASONS], used = {0};
    sum_files(p, sums);
    for (int reason = 0; reason < PANEL_REASONS; reason++)
        if (is_used(reason)) {
            used.events += sums[reason].events;
            used.deaths += sums[reason].deaths;
        }
    put_tally(json_put_object(root, "used"), &used);
    json *dropped = json_put_array(root, "dropped");
    for (int reason = 0; reason < PANEL_REASONS; reason++)
        if (!is_used(reason)) {
            json *item = json_add_object(dropped);
            json_put_string(item, "reason", reason_ids[reason]);
            put_tally(item, &sums[reason]);
        }
}

void output_put_import(const panel *p, json *root) {
    panel_tally sums[PANEL_REASONS];
    sum_files(p, sums);
    json *import = json_put_object(root, "import");
    json *share = json_put_object(import, "located_share");
    const panel_tally *in = &sums[PANEL_USED_LOCATED], *out = &sums[PANEL_USED_UNLOCATED],
                      *wide = &sums[PANEL_USED_LONG];
    put_share(share, "events", in->events, in->events + out->events + wide->events);
    put_share(share, "deaths", in->deaths, in->deaths + out->deaths + wide->deaths);
    json *reasons = json_put_array(import, "reasons");
    for (int reason = 0; reason < PANEL_REASONS; reason++) {
        json *item = json_add_object(reasons);
        json_put_string(item, "id", reason_ids[reason]);
        json_put_string(item, "text", panel_reason_text((panel_reason)reason));
        json_put_bool(item, "used", is_used(reason));
        put_tally(item, &sums[reason]);
    }
    json *by_file = json_put_array(import, "by_file");
    for (size_t i = 0; i < p->n_files; i++) {
        json *file = json_add_object(by_file);
        output_put_text(file, "path", p->files[i].path);
        reasons = json_put_array(file, "reasons");
        for (int reason = 0; reason < PANEL_REASONS; reason++) {
            json *item = json_add_object(reasons);
            json_put_string(item, "id", reason_ids[reason]);
            json_put_bool(item, "used", is_used(reason));
            put_tally(item, &p->files[i].by_reason[reason]);
        }
    }
    put_others(p, import);
    put_checks(p, import);
}

/* ---- sources and parameters ---- */

void output_put_sources(const world *w, json *root) {
    size_t n = 0;
    const world_source *sources = world_sources(w, &n);
    json *array = json_put_array(root, "sources");
    for (size_t i = 0; i < n; i++) {
        json *source = json_add_object(array);
        output_put_text(source, "id", world_string(w, sources[i].id));
        output_put_text(source, "title", world_string(w, sources[i].title));
        output_put_text(source, "publisher", world_string(w, sources[i].publisher));
        output_put_text(source, "date", world_string(w, sources[i].date));
        output_put_text(source, "url", world_string(w, sources[i].url));
        output_put_text(source, "note", world_string(w, sources[i].note));
    }
}

void output_put_parameters(const study_run *run, json *root) {
    json *array = json_put_array(root, "parameters");
    for (size_t i = 0; i < run->n_parameters; i++) {
        const run_parameter *p = &run->parameters[i];
        json *parameter = json_add_object(array);
        output_put_text(parameter, "name", p->name);
        output_put_text(parameter, "scope", p->scope);
        json_put_number(parameter, "value", p->value);
        json_put_number(parameter, "low", p->low);
        json_put_number(parameter, "high", p->high);
        if (strcmp(p->evidence, "fitted") == 0) {
            json_put_number(parameter, "prior", p->prior);
            json_put_number(parameter, "prior_low", p->prior_low);
            json_put_number(parameter, "prior_high", p->prior_high);
        }
        output_put_text(parameter, "unit", p->unit);
        output_put_text(parameter, "text", p->text);
        output_put_text(parameter, "source", p->source);
        output_put_text(parameter, "evidence", p->evidence);
        output_put_text(parameter, "known", p->known);
    }
}

/* ---- the file ---- */

static void put_program(json *root) {
    char created[32], netcdf[32];
    output_created(created);
    output_netcdf_library(netcdf, sizeof netcdf);
    json_put_string(root, "program", "tessera");
    json_put_string(root, "version", TESSERA_VERSION);
    json_put_string(root, "compiler", output_compiler());
    json_put_string(root, "netcdf", netcdf);
    json_put_string(root, "created", created);
}

void output_provenance_put(const study_run *run, json *root) {
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    put_program(root);
    output_put_text(root, "command", run->command);
    output_put_text(root, "arguments", run->arguments);
    output_put_text(root, "status", run->status);
    output_put_text(root, "scenario", world_string(run->w, run->w->name));
    output_put_text(root, "scenario_path", run->scenario_path);
    json_put_string(root, "scenario_hash", run->scenario_hash);
    json_put_string(root, "world_hash", run->world_hash);
    output_put_text(root, "whatif", run->whatif);
    json_put_string(root, "seed", seed);
    json_put_integer(root, "members", run->n_members);
    json_put_integer(root, "threads", run->n_threads);
    output_put_text(root, "kernel", run->kernel);
    json_put_number(root, "seconds", run->seconds);
    output_put_files(run->w, run->panel, root);
    output_put_parameters(run, root);
    output_put_sources(run->w, root);
    output_attribution(run->w, run->panel, json_put_array(root, "attribution"));
}

void output_scores_provenance_put(const output_scores *s, json *root) {
    char hash[65], seed[24];
    world_hash(s->w, hash);
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    put_program(root);
    json_put_string(root, "command", "backtest");
    output_put_text(root, "arguments", s->arguments);
    output_put_text(root, "scenario", world_string(s->w, s->w->name));
    output_put_text(root, "scenario_path", s->scenario_path);
    json_put_string(root, "scenario_hash", s->scenario_hash);
    json_put_string(root, "world_hash", hash);
    json_put_string(root, "seed", seed);
    output_put_files(s->w, s->panel, root);
    output_put_sources(s->w, root);
    output_attribution(s->w, s->panel, json_put_array(root, "attribution"));
}

void output_panel_provenance_put(const panel *p, const world *w, const char *scenario_path, json *root) {
    char hash[65];
    world_hash(w, hash);
    put_program(root);
    json_put_string(root, "command", "import");
    output_put_text(root, "scenario", world_string(w, w->name));
    output_put_text(root, "scenario_path", scenario_path);
    json_put_string(root, "world_hash", hash);
    output_put_files(w, p, root);
    output_put_sources(w, root);
    output_attribution(w, p, json_put_array(root, "attribution"));
}
