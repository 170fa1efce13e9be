/* Actual deaths from a panel; see actuals.h. */
#include "backtest/actuals.h"

#include "base/arena.h"
#include "infer/evidence.h"

#include <math.h>

/** Deaths of the country by type: national totals, else the events of complete files. */
static void fill_country(const panel *p, actuals *a) {
    bool has_totals = false;
    for (size_t i = 0; i < (size_t)p->n_months * PANEL_TYPES; i++)
        has_totals |= !isnan(p->totals[i]);
    for (uint32_t t = 0; t < p->n_months; t++) {
        double all = 0;
        for (uint32_t type = 0; type < PANEL_TYPES; type++) {
            size_t i = (size_t)t * PANEL_TYPES + type;
            double deaths = has_totals                         ? p->totals[i]
                            : p->coverage[t] == PANEL_COMPLETE ? (double)p->type_deaths[i]
                                                               : NAN;
            a->country[type * p->n_months + t] = deaths;
            all += deaths; /* NaN when a type is missing */
        }
        a->country[TYPE_ALL * p->n_months + t] = all;
    }
}

static void fill_areas(const model *m, const panel *p, actuals *a) {
    for (uint32_t t = 0; t < p->n_months; t++)
        for (uint32_t area = 0; area < p->n_areas; area++) {
            double deaths[TYPES] = {0};
            for (uint32_t c = 0; c < p->n_channels; c++) {
                double d = p->deaths[panel_cell(p, t, c, area)];
                deaths[evidence_type(m, t, c)] += d;
                deaths[TYPE_ALL] += d;
            }
            for (uint32_t type = 0; type < TYPES; type++)
                a->areas[((size_t)type * p->n_areas + area) * p->n_months + t] =
                    p->coverage[t] == PANEL_NOT_OBSERVED ? NAN : deaths[type];
        }
}

/** Located over national deaths of the twelve months that end with t. */
static void fill_shares(const panel *p, actuals *a) {
    for (uint32_t t = 0; t < p->n_months; t++) {
        double located = 0, all = 0;
        a->share[t] = 1;
        for (uint32_t s = t >= 11 ? t - 11 : 0; p->coverage[t] == PANEL_PRECISE && s <= t; s++) {
            double total = a->country[(size_t)TYPE_ALL * p->n_months + s];
            if (p->coverage[s] != PANEL_PRECISE || isnan(total))
                continue;
            all += total;
            for (uint32_t area = 0; area < p->n_areas; area++)
                located += a->areas[((size_t)TYPE_ALL * p->n_areas + area) * p->n_months + s];
        }
        if (all > 0 && located < all)
            a->share[t] = located / all;
    }
}

tsr_status actuals_create(const model *m, const panel *p, actuals **out, tsr_error *error) {
    arena *memory = arena_create();
    actuals *a = memory ? arena_alloc(memory, sizeof *a) : NULL;
    if (a) {
        a->memory = memory;
        a->n_months = p->n_months;
        a->n_areas = p->n_areas;
        a->first_month = p->first_month;
        a->country = arena_alloc(memory, (size_t)TYPES * p->n_months * sizeof(double));
        a->areas = arena_alloc(memory, (size_t)TYPES * p->n_areas * p->n_months * sizeof(double));
        a->share = arena_alloc(memory, p->n_months * sizeof(double));
    }
    if (!a || !a->country || !a->areas || !a->share) {
        arena_free(memory);
        return FAIL(error, TSR_E_MEMORY, "no memory for the deaths of %u months", p->n_months);
    }
    fill_country(p, a);
    fill_areas(m, p, a);
    fill_shares(p, a);
    *out = a;
    return TSR_OK;
}

void actuals_free(actuals *a) {
    if (a)
        arena_free(a->memory); /* it lies in it */
}

double actuals_at(const actuals *a, unit_kind unit, uint32_t type, uint32_t i_unit, uint32_t month) {
    if (unit == UNIT_COUNTRY)
        return a->country[(size_t)type * a->n_months + month];
    return a->areas[((size_t)type * a->n_areas + i_unit) * a->n_months + month];
}
