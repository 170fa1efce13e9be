/* Creating a model from a world: sizes, rows, and the parts of compile.h in order. */
#include "model/model.h"

#include "model/compile.h"
#include "model/observe.h"
#include "model/run.h"
#include "random/counts.h"

#include <math.h>
#include <string.h>

typedef struct model_with_memory {
    model m;
    arena *memory;
} model_with_memory;

tsr_status compile_array(arena *memory, size_t n, size_t item_size, void *out, tsr_error *error) {
    void *items = arena_alloc(memory, (n ? n : 1) * item_size);
    if (!items)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu items of the model", n);
    memcpy(out, &items, sizeof items); /* out is the address of a typed pointer */
    return TSR_OK;
}

double compile_log(double x) {
    return KERNEL(counts_log)(x);
}

double compile_atanh(double r) {
    return compile_log((1 + r) / (1 - r)) / 2;
}

double compile_log_spread(const world_number *number) {
    return number->high > number->low && number->low > 0
               ? compile_log(number->high / number->low) / (2 * 1.6448536269514722)
               : 0;
}

double compile_spread(const world_number *number) {
    return number->high > number->low ? (number->high - number->low) / (2 * 1.6448536269514722) : 0;
}

/** Rows of one group that are those of another. */
static void share_rows(model *m, model_row_group group, model_row_group with) {
    m->first_row[group] = m->first_row[with];
    m->n_rows_of[group] = m->n_rows_of[with];
}

static void number_rows(model *m) {
    uint32_t A = m->n_areas, F = m->n_factions, C = m->n_channels, V = m->n_actors, K = m->n_ladders;
    uint32_t N_EXOGENOUS = m->n_exogenous, H = m->n_captive_pairs, PARTS = m->substeps > 1;
    uint32_t counts[MODEL_ROW_GROUPS] = {
#define X(id, count, off) count,
        MODEL_ROWS(X)
#undef X
    };
    m->n_rows = m->n_month_rows = 0;
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++) {
        m->first_row[g] = m->n_rows;
        m->n_rows_of[g] = counts[g];
        m->n_rows += counts[g];
        m->n_month_rows += g < MODEL_LASTING_GROUPS ? 0 : counts[g];
    }
    if (m->substeps == 1) {
        share_rows(m, ROW_events_now, ROW_events);
        share_rows(m, ROW_deaths_now, ROW_deaths);
    }
}

uint32_t model_scratch_rows(const model *m) {
    uint32_t n_pairs = m->n_actors * (m->n_actors - 1) / 2;
    uint32_t per_area = 4 * m->n_areas + m->n_factions + 8,
             per_pair = m->n_actors * m->n_actors + m->n_actors + 4 + n_pairs;
    uint32_t per_faction = 16 + 3 * m->n_factions + (2 * m->n_factions + 1) * m->n_areas; /* intensity's */
    uint32_t most = per_area > per_pair ? per_area : per_pair;
    most = most > per_faction ? most : per_faction;
    uint32_t observed = events_observe_scratch(m);
    return most > observed ? most : observed;
}

static tsr_status read_sizes(model *m, tsr_error *error) {
    const world *w = m->w;
    size_t n_areas, n_actors, n_channels, n_ladders;
    world_areas(w, &n_areas);
    world_actors(w, &n_actors);
    world_channels(w, &n_channels);
    world_ladders(w, &n_ladders);
    if (n_areas == 0 || w->n_factions == 0)
        return FAIL(error, TSR_E_INPUT, "a model needs at least one area and one faction; the scenario has %zu and %u",
                    n_areas, w->n_factions);
    m->n_areas = (uint32_t)n_areas;
    m->n_actors = (uint32_t)n_actors;
    m->n_channels = (uint32_t)n_channels;
    m->n_ladders = (uint32_t)n_ladders;
    m->n_factions = w->n_factions;
    m->n_powers = w->n_powers;
    m->first_month = w->first_month;
    m->last_observed = w->last_observed;
    m->last_month = m->options.last_month ? m->options.last_month : w->last_month;
    m->n_months = (uint32_t)(m->last_month - m->first_month + 1);
    m->substeps = m->options.substeps ? m->options.substeps : w->substeps > 0 ? (uint32_t)w->substeps : 4;
    if (m->options.origin == 0)
        m->options.origin = month_last_day(w->last_observed);
    if (month_from_day(m->options.origin) < m->last_observed)
        m->last_observed = month_from_day(m->options.origin); /* what happened later is not known */
    return TSR_OK;
}

tsr_status model_create(const world *w, const model_options *options, model **out, tsr_error *error) {
    tsr_status status = TSR_OK;
    arena *memory = arena_create();
    model_with_memory *whole = memory ? arena_alloc(memory, sizeof *whole) : NULL;
    if (!whole) {
        arena_free(memory);
        return FAIL(error, TSR_E_MEMORY, "no memory for the model");
    }
    model *m = &whole->m;
    whole->memory = memory;
    m->w = w;
    m->options = options ? *options : (model_options){.whatif = WORLD_NONE};
    TRY(read_sizes(m, error));
    TRY(compile_actors(m, memory, error));
    TRY(compile_areas(m, memory, error));
    TRY(compile_parameters(m, memory, error));
    TRY(compile_schedules(m, memory, error));
    TRY(compile_events(m, memory, error));
    compile_members(m);
    TRY(compile_starts(m, memory, error));
    number_rows(m);
    *out = m;
out:
    if (status != TSR_OK)
        arena_free(memory);
    return status;
}

void model_free(model *m) {
    if (m)
        arena_free(((model_with_memory *)m)->memory); /* m is its first member */
}

int32_t model_find_parameter(const model *m, const char *full_name, uint32_t i_scope) {
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        const char *mechanism_name = model_kernel_baseline.mechanisms[p->i_mechanism]->name;
        size_t length = strlen(mechanism_name);
        if (p->i_scope == i_scope && strncmp(full_name, mechanism_name, length) == 0 && full_name[length] == '.' &&
            strcmp(full_name + length + 1, p->declared->name) == 0)
            return (int32_t)k;
    }
    return WORLD_NONE;
}
