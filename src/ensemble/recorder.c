/* Filling a record: after every month, rows of the tile are copied into the draws of each variable. */
#include "ensemble/recorder.h"

#include <stdlib.h>
#include <string.h>

/** How a variable is read off the state. */
typedef enum recorder_reading {
    READ_ROWS,            /**< item i is row i of the group */
    READ_POPULATION_MEAN, /**< item i is the mean over areas, weighted by population */
    READ_AREA_SUM,        /**< item i is the sum over areas of rows i * n_areas ... */
    READ_RELATION,        /**< tanh of the rows of unordered pairs */
    READ_TYPES            /**< deaths of the month by UCDP type and area */
} recorder_reading;

/* name, title, unit, outer, inner, group, reading, whole numbers, kept for area draws only */
#define RECORDER_VARIABLES(X)                                                                                          \
    X("control", "share of control", "1", RECORD_FACTION, RECORD_AREA, ROW_control, READ_ROWS, false, true)            \
    X("support", "share of support", "1", RECORD_FACTION, RECORD_AREA, ROW_support, READ_ROWS, false, true)            \
    X("strength_area", "fighters", "count", RECORD_FACTION, RECORD_AREA, ROW_strength, READ_ROWS, false, true)         \
    X("deaths_type_area", "deaths by UCDP type of violence", "count", RECORD_TYPE, RECORD_AREA, ROW_deaths,            \
      READ_TYPES, true, true)                                                                                          \
    X("control_national", "share of the population under control", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_control,   \
      READ_POPULATION_MEAN, false, false)                                                                              \
    X("support_national", "share of the population in support", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_support,      \
      READ_POPULATION_MEAN, false, false)                                                                              \
    X("strength", "fighters", "count", RECORD_FACTION, RECORD_COUNTRY, ROW_strength, READ_AREA_SUM, false, false)      \
    X("events", "recorded events", "count", RECORD_CHANNEL, RECORD_COUNTRY, ROW_events, READ_AREA_SUM, true, false)    \
    X("deaths", "recorded deaths", "count", RECORD_CHANNEL, RECORD_COUNTRY, ROW_deaths, READ_AREA_SUM, true, false)    \
    X("ruler", "index of the ruling faction, -1 for nobody", "1", RECORD_COUNTRY, RECORD_COUNTRY, ROW_ruler,           \
      READ_ROWS, true, false)                                                                                          \
    X("rung", "rung of the cooperation ladder", "1", RECORD_LADDER, RECORD_COUNTRY, ROW_rung, READ_ROWS, true, false)  \
    X("disposition", "disposition of the power towards the faction", "1", RECORD_LADDER, RECORD_COUNTRY,               \
      ROW_disposition, READ_ROWS, false, false)                                                                        \
    X("relation", "relation between two actors, -1 hostile to 1 allied", "1", RECORD_PAIR, RECORD_COUNTRY,             \
      ROW_relation, READ_RELATION, false, false)                                                                       \
    X("pressure", "pressure on the faction", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_pressure, READ_ROWS, false,      \
      false)                                                                                                           \
    X("publicity", "publicity stock", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_publicity, READ_ROWS, false, false)     \
    X("funds", "funds, million US dollars", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_funds, READ_ROWS, false, false)   \
    X("morale", "morale of regular forces", "1", RECORD_FACTION, RECORD_COUNTRY, ROW_morale, READ_ROWS, false, false)

typedef struct recorder_source {
    model_row_group group;
    recorder_reading reading;
} recorder_source;

static const record_variable templates[] = {
#define X(name, title, unit, outer, inner, group, reading, whole, area)                                                \
    {name, title, unit, outer, inner, 0, 0, area, whole, NULL},
    RECORDER_VARIABLES(X)
#undef X
};
static const recorder_source sources[] = {
#define X(name, title, unit, outer, inner, group, reading, whole, area) {group, reading},
    RECORDER_VARIABLES(X)
#undef X
};
enum { N_VARIABLES = sizeof templates / sizeof templates[0] };

struct recorder {
    const model *m;
    record record;
    record_variable variables[N_VARIABLES];
};

static uint32_t axis_size(const model *m, record_axis axis) {
    switch (axis) {
    case RECORD_AREA:
        return m->n_areas;
    case RECORD_FACTION:
        return m->n_factions;
    case RECORD_POWER:
        return m->n_powers;
    case RECORD_CHANNEL:
        return m->n_channels;
    case RECORD_TYPE:
        return 3;
    case RECORD_LADDER:
        return m->n_ladders;
    case RECORD_PAIR:
        return m->n_actors * (m->n_actors - 1) / 2;
    case RECORD_COUNTRY:
    case RECORD_AXES:
        break;
    }
    return 1;
}

/** Fill sizes; returns the number of values. */
static uint64_t set_sizes(const model *m, uint32_t n_members, uint32_t n_area_draws, record_variable *v) {
    bool area_only = v->n_draws; /* the template's mark */
    v->n_outer = axis_size(m, v->outer);
    v->n_inner = axis_size(m, v->inner);
    v->n_draws = area_only && n_area_draws < n_members ? n_area_draws : n_members;
    return (uint64_t)m->n_months * v->n_outer * v->n_inner * v->n_draws;
}

uint64_t recorder_bytes(const model *m, uint32_t n_members, uint32_t n_area_draws) {
    uint64_t values = 0;
    for (size_t i = 0; i < N_VARIABLES; i++) {
        record_variable v = templates[i];
        values += set_sizes(m, n_members, n_area_draws, &v);
    }
    return values * sizeof(float);
}

tsr_status recorder_create(const model *m, uint32_t n_members, uint32_t n_area_draws, recorder **out,
                           tsr_error *error) {
    recorder *r = calloc(1, sizeof *r);
    if (!r)
        return FAIL(error, TSR_E_MEMORY, "no memory for the record");
    r->m = m;
    r->record = (record){.first_month = m->first_month,
                         .n_months = m->n_months,
                         .n_members = n_members,
                         .variables = r->variables,
                         .n_variables = N_VARIABLES};
    memcpy(r->variables, templates, sizeof templates);
    for (size_t i = 0; i < N_VARIABLES; i++) {
        uint64_t n = set_sizes(m, n_members, n_area_draws, &r->variables[i]);
        r->variables[i].values = malloc((n ? n : 1) * sizeof(float));
        if (!r->variables[i].values) {
            uint64_t bytes = recorder_bytes(m, n_members, n_area_draws);
            recorder_free(r);
            return FAIL(error, TSR_E_MEMORY, "no memory for %.0f MB of draws; ask for fewer members or area draws",
                        (double)bytes / 1e6);
        }
    }
    *out = r;
    return TSR_OK;
}

void recorder_free(recorder *r) {
    for (size_t i = 0; r && i < N_VARIABLES; i++)
        free(r->variables[i].values);
    free(r);
}

const record *recorder_record(const recorder *r) {
    return &r->record;
}

record *recorder_record_writable(recorder *r) {
    return &r->record;
}

static const real *row_of(const model_tile *tile, model_row_group group, uint32_t index) {
    return tile->state + (size_t)(tile->m->first_row[group] + index) * tile->n_lanes;
}

/** Where lane 0 of the tile goes in an item's draws, and how many lanes are kept. */
static float *place(const record_variable *v, const model_tile *tile, uint32_t i_month, uint32_t item, uint32_t *n) {
    *n = tile->first_slot >= v->n_draws ? 0 : v->n_draws - tile->first_slot;
    if (*n > tile->n_lanes)
        *n = tile->n_lanes;
    return v->values + ((size_t)i_month * v->n_outer * v->n_inner + item) * v->n_draws + tile->first_slot;
}

static void add_row(float *restrict to, const real *restrict from, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        to[lane] += (float)from[lane];
}

static void read_area_sum(const record_variable *v, const model_tile *tile, uint32_t i_month, model_row_group group) {
    for (uint32_t i = 0; i < v->n_outer; i++) {
        uint32_t n;
        float *to = place(v, tile, i_month, i, &n);
        memset(to, 0, n * sizeof *to);
        for (uint32_t a = 0; n && a < tile->m->n_areas; a++)
            add_row(to, row_of(tile, group, i * tile->m->n_areas + a), n);
    }
}

static void read_population_mean(const record_variable *v, const model_tile *tile, uint32_t i_month,
                                 model_row_group group) {
    const model *m = tile->m;
    for (uint32_t i = 0; i < v->n_outer; i++) {
        uint32_t n;
        float *to = place(v, tile, i_month, i, &n);
        memset(to, 0, n * sizeof *to);
        for (uint32_t a = 0; n && a < m->n_areas; a++) {
            const real *row = row_of(tile, group, i * m->n_areas + a);
            for (uint32_t lane = 0; lane < n; lane++)
                to[lane] += m->population_share[a] * (float)row[lane];
        }
    }
}

static void read_rows(const record_variable *v, const model_tile *tile, uint32_t i_month, model_row_group group) {
    for (uint32_t i = 0; i < v->n_outer * v->n_inner; i++) {
        uint32_t n;
        float *to = place(v, tile, i_month, i, &n);
        memcpy(to, row_of(tile, group, i), n * sizeof *to);
    }
}

static void read_relation(const record_variable *v, const model_tile *tile, uint32_t i_month) {
    uint32_t item = 0, V = tile->m->n_actors;
    for (uint32_t a = 0; a < V; a++)
        for (uint32_t b = a + 1; b < V; b++, item++) {
            uint32_t n;
            float *to = place(v, tile, i_month, item, &n);
            const real *r = row_of(tile, ROW_relation, a * V + b);
            for (uint32_t lane = 0; lane < n; lane++)
                to[lane] = 1 - 2 / (1 + __builtin_expf(2 * r[lane])); /* shown, never fed back: libm is good enough */
        }
}

static bool same_family(const model *m, uint32_t i_month, int32_t f, int32_t g) {
    return f >= 0 && g >= 0 &&
           m->family[i_month * m->n_factions + (uint32_t)f] == m->family[i_month * m->n_factions + (uint32_t)g];
}

/** Share of the month's battles of channel c that are state-based when `ruler` rules at its end: a dated change of ruler
 *  splits the month by days, as UCDP does. */
static float state_based_share(const model *m, uint32_t i_month, uint32_t c, int32_t ruler) {
    bool after = same_family(m, i_month, m->channel_a[c], ruler) || same_family(m, i_month, m->channel_b[c], ruler);
    float share = m->ruler_day_share[i_month];
    if (share >= 1)
        return after;
    int32_t old = m->ruler_before[i_month];
    bool before = same_family(m, i_month, m->channel_a[c], old) || same_family(m, i_month, m->channel_b[c], old);
    return share * (float)before + (1 - share) * (float)after;
}

/** UCDP types: state-based when a side rules, else non-state, one-sided against civilians. */
static void read_types(const record_variable *v, const model_tile *tile, uint32_t i_month) {
    const model *m = tile->m;
    const real *ruler = row_of(tile, ROW_ruler, 0);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        uint32_t n;
        float *to[3];
        for (uint32_t type = 0; type < 3; type++) {
            to[type] = place(v, tile, i_month, type * m->n_areas + a, &n);
            memset(to[type], 0, n * sizeof(float));
        }
        for (uint32_t c = 0; n && c < m->n_channels; c++) {
            const real *deaths = row_of(tile, ROW_deaths, c * m->n_areas + a);
            if (m->channel_one_sided[c]) {
                add_row(to[2], deaths, n);
                continue;
            }
            for (uint32_t lane = 0; lane < n; lane++) {
                if (!(deaths[lane] > 0))
                    continue;
                float share = state_based_share(m, i_month, c, (int32_t)ruler[lane]);
                float state_based = (float)(int32_t)(deaths[lane] * share + 0.5f);
                to[0][lane] += state_based;
                to[1][lane] += deaths[lane] - state_based;
            }
        }
    }
}

static void observe(void *user, const model_tile *tile, uint32_t i_month) {
    recorder *r = user;
    for (size_t i = 0; i < N_VARIABLES; i++) {
        const record_variable *v = &r->variables[i];
        if (tile->first_slot >= v->n_draws)
            continue;
        if (sources[i].reading == READ_ROWS)
            read_rows(v, tile, i_month, sources[i].group);
        else if (sources[i].reading == READ_POPULATION_MEAN)
            read_population_mean(v, tile, i_month, sources[i].group);
        else if (sources[i].reading == READ_AREA_SUM)
            read_area_sum(v, tile, i_month, sources[i].group);
        else if (sources[i].reading == READ_RELATION)
            read_relation(v, tile, i_month);
        else
            read_types(v, tile, i_month);
    }
}

ensemble_observer recorder_observer(recorder *r) {
    return (ensemble_observer){.month = observe, .user = r};
}
