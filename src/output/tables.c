/* Summaries of every recorded variable, and sums of deaths over areas and types made draw by draw. */
#include "base/threads.h"
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double output_probabilities[OUTPUT_QUANTILES] = {0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975};

static const char *const axis_names[RECORD_AXES] = {"country", "area", "faction", "power",
                                                    "channel", "type", "ladder",  "pair"};

const char *output_axis_name(record_axis axis) {
    return (unsigned)axis < RECORD_AXES ? axis_names[axis] : "unknown";
}

uint32_t output_axis_size(const world *w, record_axis axis) {
    size_t n = 0;
    switch (axis) {
    case RECORD_COUNTRY:
        return 1;
    case RECORD_AREA:
        world_areas(w, &n);
        return (uint32_t)n;
    case RECORD_FACTION:
        return w->n_factions;
    case RECORD_POWER:
        return w->n_powers;
    case RECORD_CHANNEL:
        world_channels(w, &n);
        return (uint32_t)n;
    case RECORD_TYPE:
        return PANEL_TYPES;
    case RECORD_LADDER:
        world_ladders(w, &n);
        return (uint32_t)n;
    case RECORD_PAIR:
        world_actors(w, &n);
        return n ? (uint32_t)(n * (n - 1) / 2) : 0;
    default:
        return 0;
    }
}

/* ---- finding a table by its meaning ---- */

static bool has_axes(const record_variable *v, record_axis a, record_axis b) {
    return (v->outer == a && v->inner == b) || (v->outer == b && v->inner == a);
}

/** Is `name` the stem, or the stem with a word for what it runs over? */
static bool is_called(const char *name, const char *stem, record_axis a, record_axis b) {
    char wanted[96];
    if (strcmp(name, stem) == 0)
        return true;
    size_t n = strlen(stem);
    if (strncmp(name, stem, n) != 0)
        return false;
    if (a == RECORD_COUNTRY || b == RECORD_COUNTRY) {
        record_axis only = a == RECORD_COUNTRY ? b : a;
        if (strcmp(name + n, "_national") == 0 || strcmp(name + n, "_country") == 0)
            return true;
        snprintf(wanted, sizeof wanted, "_%s", axis_names[only]);
        return strcmp(name + n, wanted) == 0;
    }
    snprintf(wanted, sizeof wanted, "_%s_%s", axis_names[a], axis_names[b]);
    if (strcmp(name + n, wanted) == 0)
        return true;
    snprintf(wanted, sizeof wanted, "_%s_%s", axis_names[b], axis_names[a]);
    return strcmp(name + n, wanted) == 0 || strcmp(name + n, "_area") == 0;
}

output_series output_find(const output_tables *tables, const char *stem, record_axis a, record_axis b) {
    output_series s = {0};
    for (size_t i = 0; i < tables->n; i++) {
        const output_table *t = &tables->items[i];
        const record_variable *v = t->variable;
        if (!has_axes(v, a, b) || !is_called(v->name, stem, a, b))
            continue;
        bool swapped = v->outer != a;
        s.table = t;
        s.first_month = tables->record->first_month;
        s.n_months = tables->record->n_months;
        s.n_a = swapped ? v->n_inner : v->n_outer;
        s.n_b = swapped ? v->n_outer : v->n_inner;
        s.step_a = swapped ? 1 : v->n_inner;
        s.step_b = swapped ? v->n_inner : 1;
        return s;
    }
    return s;
}

double output_value(const output_series *s, int quantile, uint32_t month, uint32_t a, uint32_t b) {
    size_t row = (size_t)quantile * s->n_months + month;
    return (double)s->table->quantile[row * s->table->n_items + a * s->step_a + b * s->step_b];
}

double output_mean(const output_series *s, uint32_t month, uint32_t a, uint32_t b) {
    return (double)s->table->mean[(size_t)month * s->table->n_items + a * s->step_a + b * s->step_b];
}

const float *output_draws(const output_series *s, uint32_t month, uint32_t a, uint32_t b) {
    return record_draws(s->table->variable, month, a * s->step_a + b * s->step_b);
}

/* ---- sums that were not recorded ---- */

static const struct {
    const char *name, *title;
    record_axis axis; /**< of the sum */
    record_axis from; /**< summed from deaths by `from` and area */
} wanted_sums[] = {
    {"deaths_type", "Deaths per month in the country, by type of violence", RECORD_TYPE, RECORD_TYPE},
    {"deaths_channel", "Deaths per month in the country, by channel", RECORD_CHANNEL, RECORD_CHANNEL},
    {"deaths_area", "Deaths per month in each area, all types", RECORD_AREA, RECORD_TYPE},
    {"deaths_area", "Deaths per month in each area, all channels", RECORD_AREA, RECORD_CHANNEL},
    {"deaths_country", "Deaths per month in the country, all types", RECORD_COUNTRY, RECORD_TYPE},
    {"deaths_country", "Deaths per month in the country, all channels", RECORD_COUNTRY, RECORD_CHANNEL},
};
enum { N_WANTED_SUMS = sizeof wanted_sums / sizeof *wanted_sums };

static tsr_status add_sum(output_tables *tables, const record_variable *v, size_t i_wanted, tsr_error *error) {
    const record *r = tables->record;
    record_axis axis = wanted_sums[i_wanted].axis;
    uint32_t n_sums = axis == v->outer ? v->n_outer : axis == v->inner ? v->n_inner : 1;
    size_t n_values = (size_t)r->n_months * n_sums * v->n_draws;
    float *sums = calloc(n_values ? n_values : 1, sizeof *sums);
    if (sums == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for the sums of %s (%zu values)", v->name, n_values);
    for (uint32_t month = 0; month < r->n_months; month++)
        for (uint32_t outer = 0; outer < v->n_outer; outer++)
            for (uint32_t inner = 0; inner < v->n_inner; inner++) {
                uint32_t i_sum = axis == v->outer ? outer : axis == v->inner ? inner : 0;
                const float *from = record_draws(v, month, outer * v->n_inner + inner);
                float *to = sums + ((size_t)month * n_sums + i_sum) * v->n_draws;
                for (uint32_t draw = 0; draw < v->n_draws; draw++)
                    to[draw] += from[draw];
            }
    record_variable *sum = &tables->sums[tables->n_sums++];
    *sum = *v;
    sum->name = wanted_sums[i_wanted].name;
    sum->title = wanted_sums[i_wanted].title;
    sum->outer = axis;
    sum->inner = RECORD_COUNTRY;
    sum->n_outer = n_sums;
    sum->n_inner = 1;
    sum->values = sums;
    tables->items[tables->n].variable = sum;
    tables->items[tables->n++].n_items = n_sums;
    return TSR_OK;
}

static tsr_status add_sums(output_tables *tables, tsr_error *error) {
    for (size_t i = 0; i < N_WANTED_SUMS; i++) {
        output_series parts = output_find(tables, "deaths", wanted_sums[i].from, RECORD_AREA);
        if (parts.table == NULL || output_find(tables, "deaths", wanted_sums[i].axis, RECORD_COUNTRY).table != NULL)
            continue;
        tsr_status status = add_sum(tables, parts.table->variable, i, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

/* ---- summaries, one task per variable and month ---- */

typedef struct summary_job {
    const output_tables *tables;
    float **scratch; /**< [worker] */
    uint32_t n_scratch;
} summary_job;

static tsr_status summarise(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    const summary_job *job = user;
    uint32_t n_months = job->tables->record->n_months;
    const output_table *t = &job->tables->items[task / n_months];
    uint32_t month = (uint32_t)(task % n_months);
    const record_variable *v = t->variable;
    for (uint32_t item = 0; item < t->n_items; item++) {
        const float *draws = record_draws(v, month, item);
        double mean, quantiles[OUTPUT_QUANTILES];
        record_summary(draws, v->n_draws, output_probabilities, OUTPUT_QUANTILES, job->scratch[worker], &mean,
                       quantiles);
        if (!isfinite(mean)) {
            char name[16];
            month_text(job->tables->record->first_month + (int32_t)month, name);
            return FAIL(error, TSR_E_NUMERIC, "%s has a value that is not finite in %s, item %u of %u", v->name, name,
                        item, t->n_items);
        }
        t->mean[(size_t)month * t->n_items + item] = (float)mean;
        for (uint32_t q = 0; q < OUTPUT_QUANTILES; q++)
            t->quantile[((size_t)q * n_months + month) * t->n_items + item] = (float)quantiles[q];
    }
    return TSR_OK;
}

static tsr_status summarise_all(output_tables *tables, uint32_t n_threads, tsr_error *error) {
    tsr_status status = TSR_OK;
    thread_pool *pool = NULL;
    summary_job job = {.tables = tables};
    uint32_t n_draws = 1, n_months = tables->record->n_months;
    for (size_t i = 0; i < tables->n; i++)
        if (tables->items[i].variable->n_draws > n_draws)
            n_draws = tables->items[i].variable->n_draws;
    TRY(thread_pool_create(n_threads, &pool, error));
    job.n_scratch = thread_pool_size(pool);
    job.scratch = calloc(job.n_scratch, sizeof *job.scratch);
    bool have_memory = job.scratch != NULL;
    for (uint32_t i = 0; have_memory && i < job.n_scratch; i++) {
        job.scratch[i] = malloc(n_draws * sizeof **job.scratch);
        have_memory = job.scratch[i] != NULL;
    }
    if (!have_memory) {
        status = FAIL(error, TSR_E_MEMORY, "no memory to summarise %u draws", n_draws);
        goto out;
    }
    TRY(thread_pool_run(pool, "summaries", (uint64_t)tables->n * n_months, summarise, &job, NULL, error));
out:
    if (job.scratch)
        for (uint32_t i = 0; i < job.n_scratch; i++)
            free(job.scratch[i]);
    free(job.scratch);
    thread_pool_free(pool);
    return status;
}

/* ---- life ---- */

static bool has_area(const record_variable *v) {
    return v->outer == RECORD_AREA || v->inner == RECORD_AREA;
}

static tsr_status check_shape(const study_run *run, const record_variable *v, tsr_error *error) {
    if ((unsigned)v->outer >= RECORD_AXES || (unsigned)v->inner >= RECORD_AXES ||
        v->n_outer != output_axis_size(run->w, v->outer) || v->n_inner != output_axis_size(run->w, v->inner))
        return FAIL(error, TSR_E_INTERNAL, "recorded variable %s is %u by %u, which is not the world's %s by %s",
                    v->name, v->n_outer, v->n_inner, output_axis_name(v->outer), output_axis_name(v->inner));
    if (v->n_draws == 0)
        return FAIL(error, TSR_E_INTERNAL, "recorded variable %s has no draws", v->name);
    return TSR_OK;
}

/** Drop what the caller does not want, sums being made by now, and make room for the summaries of the others. */
static tsr_status keep_and_reserve(output_tables *tables, bool national_only, tsr_error *error) {
    size_t n = 0;
    for (size_t i = 0; i < tables->n; i++)
        if (!(national_only && has_area(tables->items[i].variable)))
            tables->items[n++] = tables->items[i];
    tables->n = n;
    for (size_t i = 0; i < n; i++) {
        output_table *t = &tables->items[i];
        size_t n_cells = (size_t)tables->record->n_months * t->n_items;
        t->mean = malloc((n_cells ? n_cells : 1) * sizeof *t->mean);
        t->quantile = malloc((n_cells ? n_cells : 1) * OUTPUT_QUANTILES * sizeof *t->quantile);
        if (t->mean == NULL || t->quantile == NULL)
            return FAIL(error, TSR_E_MEMORY, "no memory for the summary of %s", t->variable->name);
    }
    return TSR_OK;
}

tsr_status output_tables_create(const study_run *run, bool national_only, output_tables **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    const record *r = run->record;
    output_tables *tables = calloc(1, sizeof *tables);
    if (tables == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for summaries");
    tables->record = r;
    tables->items = calloc(r->n_variables + N_WANTED_SUMS, sizeof *tables->items);
    tables->sums = calloc(N_WANTED_SUMS, sizeof *tables->sums);
    if (tables->items == NULL || tables->sums == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for summaries of %zu variables", r->n_variables);
        goto out;
    }
    for (size_t i = 0; i < r->n_variables; i++) {
        const record_variable *v = &r->variables[i];
        TRY(check_shape(run, v, error));
        tables->items[tables->n].variable = v;
        tables->items[tables->n++].n_items = v->n_outer * v->n_inner;
    }
    TRY(add_sums(tables, error));
    TRY(keep_and_reserve(tables, national_only, error));
    TRY(summarise_all(tables, run->n_threads, error));
    *out = tables;
    tables = NULL;
out:
    output_tables_free(tables);
    return status;
}

void output_tables_free(output_tables *tables) {
    if (tables == NULL)
        return;
    if (tables->items)
        for (size_t i = 0; i < tables->n; i++) {
            free(tables->items[i].mean);
            free(tables->items[i].quantile);
        }
    free(tables->items);
    for (size_t i = 0; i < tables->n_sums; i++)
        free(tables->sums[i].values);
    free(tables->sums);
    free(tables);
}
