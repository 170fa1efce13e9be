/* Scoring one forecast after the other; means and tests follow in score_finish.c. */
#include "backtest/score_task.h"

#include "base/arena.h"
#include "base/date.h"
#include "base/file.h"
#include "base/log.h"
#include "events/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *score_model_name(const score_report *r, uint32_t model) {
    return model == 0 ? (r->options.model ? r->options.model : "tessera") : baseline_name((baseline_kind)(model - 1));
}

tsr_status score_report_create(const score_options *options, score_report **out, tsr_error *error) {
    score_report *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for scores");
    r->options = *options;
    r->profile = options->profile ? options->profile : score_profile_find(score_profile_name(0));
    *out = r;
    return TSR_OK;
}

void score_report_free(score_report *r) {
    for (size_t i = 0; r && i < r->n_blocks; i++) {
        score_block *b = &r->blocks[i];
        for (int model = 0; model < SCORE_MODELS; model++)
            free(b->values[model]);
        free(b->month);
        free(b->origin);
        free(b->unit);
        free(b->path);
        free(b->lines);
    }
    free(r);
}

/* ---- one file of draws ---- */

tsr_status score_unknown_unit(const forecast_file *f, const forecast_cell *cell, const observed *o, tsr_error *error) {
    char quoted[QUOTE_SIZE], other[QUOTE_SIZE];
    const char *name = forecast_unit_name(f, cell), *near = observed_nearest(o, name);
    return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, cell->line, 1}), "%s %s is not in %s%s%s%s",
                   f->kind == UNIT_AREA ? "area" : "country", quote_bytes(name, strlen(name), quoted), o->name,
                   near ? "; is it " : "", near ? quote_bytes(near, strlen(near), other) : "", near ? "?" : "");
}

/** Find the observed cells of the forecast and their draws. */
static tsr_status collect(score_task *t, tsr_error *error) {
    const forecast_file *f = t->f;
    t->cell_of = malloc(f->n_cells * sizeof *t->cell_of);
    t->actual = malloc(f->n_cells * sizeof *t->actual);
    if (t->cell_of == NULL || t->actual == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to score %s", f->path);
    int32_t unit = -1;
    for (size_t i = 0; i < f->n_cells; i++) {
        const forecast_cell *cell = &f->cells[i];
        if (i % f->n_months == 0)
            unit = observed_unit(t->actuals, forecast_unit_name(f, cell));
        if (unit < 0)
            return score_unknown_unit(f, cell, t->actuals, error);
        double deaths = observed_deaths(t->actuals, t->actual_type, unit, cell->month_id);
        if (isnan(deaths))
            continue;
        t->cell_of[t->n] = i;
        t->actual[t->n++] = deaths;
    }
    t->draws = malloc((t->n ? t->n : 1) * f->n_draws * sizeof *t->draws);
    if (t->draws == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu cells of %u draws", t->n, f->n_draws);
    for (size_t i = 0; i < t->n; i++)
        for (uint32_t draw = 0; draw < f->n_draws; draw++)
            t->draws[i * f->n_draws + draw] = f->cells[t->cell_of[i]].outcomes[draw];
    return TSR_OK;
}

/** The tie breakers of two origins must not be the same. */
static uint64_t seed_of(const score_report *r, const score_task *t) {
    return r->options.seed + ((uint64_t)t->origin << 32);
}

tsr_status score_task_draws(const score_report *r, const score_task *t, score_values *values, tsr_error *error) {
    tsr_error inner = TSR_ERROR_INIT;
    tsr_status status =
        score_cells(r->profile, t->draws, t->actual, t->n, t->f->n_draws, seed_of(r, t), values, &inner);
    return status == TSR_OK ? TSR_OK : FAIL_AT(error, status, ((base_place){t->f->path, 0, 0}), "%s", inner.message);
}

/* ---- blocks ---- */

static score_block *find_block(score_report *r, const score_task *t) {
    for (size_t i = 0; i < r->n_blocks; i++)
        if (r->blocks[i].kind == t->f->kind && r->blocks[i].type == t->type)
            return &r->blocks[i];
    score_block *b = &r->blocks[r->n_blocks++];
    *b = (score_block){.kind = t->f->kind, .type = t->type};
    return b;
}

static bool grow(score_block *b, size_t n, bool has_baselines) {
    size_t capacity = b->n_cells + n;
    bool ok = true;
    for (int model = 0; model < (has_baselines ? SCORE_MODELS : 1) && ok; model++) {
        void *items = realloc(b->values[model], capacity * sizeof *b->values[model]);
        ok = items != NULL;
        b->values[model] = ok ? items : b->values[model];
    }
    int32_t *month = ok ? realloc(b->month, capacity * sizeof *month) : NULL;
    b->month = month ? month : b->month;
    int32_t *origin = month ? realloc(b->origin, capacity * sizeof *origin) : NULL;
    b->origin = origin ? origin : b->origin;
    uint64_t *unit = origin ? realloc(b->unit, capacity * sizeof *unit) : NULL;
    b->unit = unit ? unit : b->unit;
    return unit != NULL;
}

/** FNV-1a, doi:10.17487/RFC9923. */
static uint64_t hash_of(const char *text) {
    uint64_t hash = 14695981039346656037u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

static tsr_status check_new(const score_block *b, const score_task *t, size_t first_old, tsr_error *error) {
    for (size_t i = 0; i < first_old; i++)
        for (size_t k = 0; k < t->n && b->origin[i] == t->origin; k++) {
            const forecast_cell *cell = &t->f->cells[t->cell_of[k]];
            const char *name = forecast_unit_name(t->f, cell);
            if (b->month[i] != cell->month_id || b->unit[i] != hash_of(name))
                continue;
            char month[16], origin[16], quoted[QUOTE_SIZE];
            month_text(cell->month_id, month);
            month_text(t->origin, origin);
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){t->f->path, cell->line, 1}),
                           "%s in %s was forecast from %s by an earlier file already; is a forecast named twice?",
                           quote_bytes(name, strlen(name), quoted), month, origin);
        }
    return TSR_OK;
}

static tsr_status add_cells(score_report *r, score_task *t, tsr_error *error) {
    score_values *values[SCORE_MODELS];
    score_block *b = find_block(r, t);
    bool has_baselines = t->history != NULL;
    if (b->n_cells && (b->values[1] != NULL) != has_baselines)
        return FAIL(error, TSR_E_INPUT, "%s has a history for baselines and the forecasts before it have none",
                    t->f->path);
    if (b->path == NULL && (b->path = strdup(t->f->path)) == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for scores");
    if (b->n_draws == 0)
        b->n_draws = t->f->n_draws;
    tsr_status status = score_same_draws(b->path, b->n_draws, t->f->path, t->f->n_draws, error);
    b->n_blank += t->f->n_cells - t->n;
    if (status != TSR_OK || t->n == 0)
        return status;
    if (!grow(b, t->n, has_baselines))
        return FAIL(error, TSR_E_MEMORY, "no memory for scores of %zu cells", t->n);
    TRY(check_new(b, t, b->n_cells, error));
    for (int model = 0; model < SCORE_MODELS; model++)
        values[model] = b->values[model] ? b->values[model] + b->n_cells : NULL;
    TRY(score_task_draws(r, t, values[0], error));
    if (has_baselines)
        TRY(score_task_baselines(r, t, values, error));
    for (size_t i = 0; i < t->n; i++) {
        const forecast_cell *cell = &t->f->cells[t->cell_of[i]];
        b->month[b->n_cells + i] = cell->month_id;
        b->origin[b->n_cells + i] = t->origin;
        b->unit[b->n_cells + i] = hash_of(forecast_unit_name(t->f, cell));
    }
    b->n_cells += t->n;
out:
    return status;
}

static tsr_status score_file(score_report *r, const forecast_file *f, uint32_t type, const score_data *data,
                             tsr_error *error) {
    tsr_status status = TSR_OK;
    const observed *actuals = data->actuals[f->kind], *history = data->history[f->kind];
    score_task t = {.f = f, .actuals = actuals, .history = history, .type = type};
    char text[16];
    t.origin = r->options.origin ? r->options.origin : f->first_month - 1;
    month_text(t.origin, text);
    if (t.origin >= f->first_month || t.origin < 1)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, 0, 0}),
                       "the forecast begins in month %d; it cannot have been made knowing %s (month %d)",
                       f->first_month, text, t.origin);
    if (actuals == NULL)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, 0, 0}),
                       "the forecast is by %s, of which no observed deaths are given", unit_kind_column(f->kind));
    int32_t last = f->first_month + (int32_t)f->n_months - 1;
    r->first_month = r->first_month == 0 || f->first_month < r->first_month ? f->first_month : r->first_month;
    r->last_month = last > r->last_month ? last : r->last_month;
    t.actual_type = observed_type(actuals, type);
    if (t.actual_type == TYPES)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){f->path, 0, 0}), "%s has no deaths of type %s", actuals->name,
                       death_type_name(type));
    t.history_type = history ? observed_type(history, type) : (uint32_t)TYPES;
    if (!score_task_has_history(&t, t.history_type))
        t.history = NULL;
    TRY(collect(&t, error));
    TRY(add_cells(r, &t, error));
out:
    free(t.cell_of);
    free(t.actual);
    free(t.draws);
    return status;
}

/* ---- files and folders ---- */

/** Type of a file called forecast_country_sb.csv; all for another name. */
static uint32_t type_of_name(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (uint32_t type = 0; type < TYPES; type++)
        for (int kind = 0; kind < UNIT_KINDS; kind++) {
            char known[64];
            snprintf(known, sizeof known, "forecast_%s_%s.csv", kind == UNIT_AREA ? "area" : "country",
                     death_type_name(type));
            if (strcmp(name, known) == 0)
                return type;
        }
    return TYPE_ALL;
}

static tsr_status add_file(score_report *r, const char *path, uint32_t type, const score_data *data,
                           problem_list *problems, tsr_error *error) {
    forecast_file *f = NULL;
    tsr_status status = forecast_file_read(path, &r->options.hooks, &f, problems, error);
    if (status == TSR_OK)
        status = score_file(r, f, type, data, error);
    forecast_file_free(f);
    return status;
}

/** Have the data anything about these units and this type? An untyped table is about one type only. */
static bool is_wanted(const score_report *r, const observed *actuals, uint32_t type) {
    if (actuals == NULL)
        return false;
    if (r->options.type < TYPES)
        return type == r->options.type && observed_type(actuals, type) < TYPES;
    return actuals->is_untyped ? type == TYPE_ALL : observed_type(actuals, type) < TYPES;
}

static tsr_status add_folder(score_report *r, const char *folder, const score_data *data, problem_list *problems,
                             tsr_error *error) {
    size_t n_files = 0;
    for (int kind = 0; kind < UNIT_KINDS; kind++)
        for (uint32_t type = 0; type < TYPES; type++) {
            char name[64], path[TSR_PATH_SIZE];
            struct stat about;
            snprintf(name, sizeof name, "forecast_%s_%s.csv", kind == UNIT_AREA ? "area" : "country",
                     death_type_name(type));
            tsr_status status = path_join(folder, name, path, error);
            if (status == TSR_OK && is_wanted(r, data->actuals[kind], type) && stat(path, &about) == 0) {
                n_files++;
                status = add_file(r, path, type, data, problems, error);
            }
            if (status != TSR_OK)
                return status;
        }
    if (n_files == 0)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){folder, 0, 0}),
                       "the folder has no forecast_*.csv of the units and types that were observed");
    return TSR_OK;
}

tsr_status score_report_add(score_report *r, const char *path, const score_data *data, problem_list *problems,
                            tsr_error *error) {
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return add_folder(r, path, data, problems, error);
    return add_file(r, path, r->options.type < TYPES ? r->options.type : type_of_name(path), data, problems, error);
}
