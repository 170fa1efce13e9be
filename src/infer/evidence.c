/* Evidence from a panel; see evidence.h. */
#include "infer/evidence.h"

#include "base/arena.h"
#include "infer/reports.h"

#include <math.h>
#include <string.h>

/** Arrays behind the months, all [month] first. */
typedef struct arrays {
    float *events, *deaths, *active_deaths; /* [channel][area] */
    float *event_share, *death_share;       /* [channel] */
    uint32_t *n_active, *active;
    double *rest; /* [type] */
} arrays;

static tsr_status allocate(arena *memory, size_t n_months, size_t n_channels, size_t n_cells, arrays *out,
                           tsr_error *error) {
    out->events = arena_alloc(memory, n_months * n_cells * sizeof(float));
    out->deaths = arena_alloc(memory, n_months * n_cells * sizeof(float));
    out->active_deaths = arena_alloc(memory, n_months * n_cells * sizeof(float));
    out->active = arena_alloc(memory, n_months * n_cells * sizeof(uint32_t));
    out->n_active = arena_alloc(memory, n_months * n_channels * sizeof(uint32_t));
    out->event_share = arena_alloc(memory, n_months * n_channels * sizeof(float));
    out->death_share = arena_alloc(memory, n_months * n_channels * sizeof(float));
    out->rest = arena_alloc(memory, n_months * PANEL_TYPES * sizeof(double));
    if (!out->events || !out->deaths || !out->active_deaths || !out->active || !out->n_active || !out->event_share ||
        !out->death_share || !out->rest)
        return FAIL(error, TSR_E_MEMORY, "no memory for the evidence of %zu months", n_months);
    return TSR_OK;
}

panel_type evidence_type(const model *m, uint32_t i_month, uint32_t c) {
    if (m->channel_one_sided[c])
        return PANEL_ONE_SIDED;
    int32_t ruler = m->ruler_of_month[i_month];
    /* Where rulers are free, the last one that the scenario dates. */
    for (uint32_t t = i_month; ruler == -2; t--)
        ruler = t == 0 ? m->start_ruler : m->ruler_of_month[t - 1];
    const uint32_t *family = m->family + (size_t)i_month * m->n_factions;
    for (int side = 0; ruler >= 0 && side < 2; side++) {
        int32_t f = side ? m->channel_b[c] : m->channel_a[c];
        if (f >= 0 && family[f] == family[ruler])
            return PANEL_STATE_BASED;
    }
    return PANEL_NON_STATE;
}

/** Located over all events of channel c in the complete months; 1 without any. */
static double complete_share(const panel *p, uint32_t n_months, uint32_t c) {
    double located = 0, all = 0;
    for (uint32_t t = 0; t < n_months; t++) {
        if (p->coverage[t] != PANEL_COMPLETE)
            continue;
        for (uint32_t a = 0; a < p->n_areas; a++)
            located += p->events[panel_cell(p, t, c, a)];
        all += p->unlocated_events[(size_t)t * p->n_channels + c];
    }
    all += located;
    return located > 0 ? located / all : 1;
}

typedef struct sums {
    double located, all;
} sums;

/** Located and national deaths of one type in the precise months of [first, end) that have a total. */
static sums precise_sums(const model *m, const panel *p, uint32_t first, uint32_t end, panel_type type) {
    sums s = {0, 0};
    for (uint32_t t = first; t < end; t++) {
        double total = p->totals[(size_t)t * PANEL_TYPES + type];
        if (p->coverage[t] != PANEL_PRECISE || isnan(total))
            continue;
        s.all += total;
        for (uint32_t c = 0; c < p->n_channels; c++)
            for (uint32_t a = 0; evidence_type(m, t, c) == type && a < p->n_areas; a++)
                s.located += p->deaths[panel_cell(p, t, c, a)];
    }
    return s;
}

static const double few_deaths = 100;

static double precise_share(const model *m, const panel *p, uint32_t n_months, uint32_t t, uint32_t c) {
    uint32_t in_year = (uint32_t)month_of_year(m->first_month + (int32_t)t) - 1;
    uint32_t first = t >= in_year ? t - in_year : 0, end = t + 12 - in_year < n_months ? t + 12 - in_year : n_months;
    panel_type type = evidence_type(m, t, c);
    sums s = precise_sums(m, p, first, end, type);
    if (s.all < few_deaths)
        s = precise_sums(m, p, 0, n_months, type);
    if (!(s.all > 0))
        return 1;
    /* Two deaths on either side keep a share from 0 and 1. */
    double share = (s.located + 2) / (s.all + 4);
    return share < 1 ? share : 1;
}

static void fill_month(const model *m, const panel *p, const arrays *all, uint32_t n_months, uint32_t t,
                       const evidence_options *options, model_observed *out) {
    size_t n_channels = p->n_channels, n_areas = p->n_areas, n_cells = n_channels * n_areas;
    float *events = all->events + t * n_cells, *deaths = all->deaths + t * n_cells;
    float *active_deaths = all->active_deaths + t * n_cells;
    float *event_share = all->event_share + t * n_channels, *death_share = all->death_share + t * n_channels;
    uint32_t *n_active = all->n_active + t * n_channels, *active = all->active + t * n_cells;
    double *rest = all->rest + (size_t)t * PANEL_TYPES;
    bool has_events = !options->without[DATA_EVENTS];
    int coverage = has_events ? (int)p->coverage[t] : PANEL_NOT_OBSERVED;
    for (uint32_t c = 0; c < n_channels; c++) {
        double share = 0;
        if (coverage == PANEL_COMPLETE)
            share = complete_share(p, n_months, c);
        else if (coverage == PANEL_PRECISE)
            share = precise_share(m, p, n_months, t, c);
        event_share[c] = death_share[c] = (float)share;
        for (uint32_t a = 0; a < n_areas && share > 0; a++) {
            size_t cell = panel_cell(p, t, c, a), i = c * n_areas + a;
            events[i] = (float)p->events[cell];
            deaths[i] = (float)p->deaths[cell];
            if (p->events[cell] == 0)
                continue;
            active[c * n_areas + n_active[c]] = a;
            active_deaths[c * n_areas + n_active[c]++] = deaths[i];
        }
    }
    for (uint32_t type = 0; type < PANEL_TYPES; type++) {
        double total = p->totals[(size_t)t * PANEL_TYPES + type];
        double known = has_events ? (double)p->type_deaths[(size_t)t * PANEL_TYPES + type] : 0;
        /* Where files are complete nothing more is to be learned from totals. */
        bool is_used = !isnan(total) && !options->without[DATA_TOTALS] && coverage != PANEL_COMPLETE;
        rest[type] = is_used ? fmax(0, total - known) : NAN;
    }
    *out = (model_observed){.events = events,
                            .deaths = deaths,
                            .event_share = event_share,
                            .death_share = death_share,
                            .n_active = n_active,
                            .active = active,
                            .active_deaths = active_deaths,
                            .rest_deaths = rest};
}

static tsr_status check_panel(const model *m, const panel *p, uint32_t n_months, tsr_error *error) {
    char ours[16], theirs[16];
    month_text(m->first_month, ours);
    month_text(p->first_month, theirs);
    if (p->n_areas != m->n_areas || p->n_channels != m->n_channels || p->first_month != m->first_month)
        return FAIL(
            error, TSR_E_INPUT,
            "the event data were imported for another scenario: they have %u areas, %u channels and begin in %s; this "
            "one has %u, %u and begins in %s",
            p->n_areas, p->n_channels, theirs, m->n_areas, m->n_channels, ours);
    for (uint32_t t = 0; t < n_months; t++) {
        if (p->coverage[t] != PANEL_NOT_OBSERVED)
            return TSR_OK;
        for (uint32_t type = 0; type < PANEL_TYPES; type++)
            if (!isnan(p->totals[(size_t)t * PANEL_TYPES + type]))
                return TSR_OK;
    }
    return FAIL(error, TSR_E_INPUT, "no month of the period is covered by event files or national totals");
}

tsr_status evidence_create(const model *m, const panel *p, const evidence_options *options, evidence **out,
                           tsr_error *error) {
    tsr_status status = TSR_OK;
    arena *memory = arena_create();
    evidence *e = memory ? arena_alloc(memory, sizeof *e) : NULL;
    evidence_options chosen = options ? *options : (evidence_options){0};
    if (!e) {
        arena_free(memory);
        return FAIL(error, TSR_E_MEMORY, "no memory for the evidence");
    }
    uint32_t n_months = p->n_months;
    if (chosen.last_month && chosen.last_month - p->first_month + 1 < (int32_t)n_months)
        n_months = chosen.last_month < p->first_month ? 0 : (uint32_t)(chosen.last_month - p->first_month + 1);
    arrays all;
    e->memory = memory;
    e->n_months = n_months;
    e->n_channels = p->n_channels;
    e->n_areas = p->n_areas;
    TRY(check_panel(m, p, n_months, error));
    TRY(allocate(memory, n_months, p->n_channels, (size_t)p->n_channels * p->n_areas, &all, error));
    e->months = arena_alloc(memory, n_months * sizeof *e->months);
    if (!e->months) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the evidence of %u months", n_months);
        goto out;
    }
    for (uint32_t t = 0; t < n_months; t++)
        fill_month(m, p, &all, n_months, t, &chosen, &e->months[t]);
    TRY(reports_read(m, &chosen, memory, e, error));
    *out = e;
out:
    if (status != TSR_OK)
        arena_free(memory);
    return status;
}

void evidence_free(evidence *e) {
    if (e)
        arena_free(e->memory); /* e lies in it */
}
