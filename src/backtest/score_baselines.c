/* Baselines on the cells of one forecast: what was known at its origin, cut from a table of observed deaths. */
#include "backtest/score_task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool score_task_has_history(const score_task *t, uint32_t type) {
    const observed *h = t->history;
    for (uint32_t unit = 0; h && unit < h->units.n; unit++)
        for (int32_t month = h->first_month; month <= t->origin; month++)
            if (!isnan(observed_deaths(h, type, (int32_t)unit, month)))
                return true;
    return false;
}

/** Counts up to the origin, [n_units][n_months]: units of the forecast first, in its order, then all others. */
typedef struct cut {
    baseline_history history;
    int32_t *source; /**< [n_units] units of the table */
    double *counts;
    const char **names;
} cut;

static void cut_clear(cut *c) {
    free(c->source);
    free(c->counts);
    free(c->names);
}

/** Order the units. */
static tsr_status cut_create(const score_task *t, cut *c, tsr_error *error) {
    const forecast_file *f = t->f;
    const observed *h = t->history;
    size_t n_units = 0, n_months = (size_t)(t->origin - h->first_month) + 1; /* at least 1: there is a history */
    bool *is_target = calloc(h->units.n, sizeof *is_target);
    c->source = malloc(h->units.n * sizeof *c->source);
    c->counts = malloc(h->units.n * n_months * sizeof *c->counts);
    c->names = malloc(h->units.n * sizeof *c->names);
    tsr_status status = TSR_OK;
    if (is_target == NULL || c->source == NULL || c->counts == NULL || c->names == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the history of %u units", h->units.n);
        goto out;
    }
    for (size_t i = 0; i < f->n_cells; i += f->n_months) {
        int32_t unit = observed_unit(h, forecast_unit_name(f, &f->cells[i]));
        if (unit < 0) {
            status = score_unknown_unit(f, &f->cells[i], h, error);
            goto out;
        }
        is_target[unit] = true;
        c->source[n_units++] = unit;
    }
    for (uint32_t unit = 0; unit < h->units.n; unit++)
        if (!is_target[unit])
            c->source[n_units++] = (int32_t)unit;
    for (size_t i = 0; i < n_units; i++)
        c->names[i] = intern_text(&h->units, (uint32_t)c->source[i]);
    c->history = (baseline_history){c->counts, c->names, n_units, n_months, t->origin};
out:
    free(is_target);
    return status;
}

/** Take the counts of one type. */
static void cut_fill(const score_task *t, uint32_t type, cut *c) {
    for (size_t i = 0; i < c->history.n_units; i++)
        for (size_t month = 0; month < c->history.n_months; month++)
            c->counts[i * c->history.n_months + month] =
                observed_deaths(t->history, type, c->source[i], t->history->first_month + (int32_t)month);
}

/** How many draws a baseline makes. */
typedef struct size {
    size_t n_units, n_horizons, n_draws, n_all;
} size;

static double *make_draws(const size *n, tsr_error *error) {
    double *draws = calloc(n->n_all + 1, sizeof *draws);
    if (draws == NULL)
        FAIL(error, TSR_E_MEMORY, "no memory for baselines of %zu units, %zu months and %zu draws", n->n_units,
             n->n_horizons, n->n_draws);
    return draws;
}

/** Deaths of all types: the sum of three negative binomials where each type has a history. State-based, non-state and
 *  one-sided violence have levels and rhythms of their own, and histories that begin at different times. */
static tsr_status draw_by_type(const score_report *r, const score_task *t, const size *n, cut *c, double *draws,
                               tsr_error *error) {
    tsr_status status = TSR_OK;
    double *part = make_draws(n, error);
    if (part == NULL)
        return TSR_E_MEMORY;
    memset(draws, 0, n->n_all * sizeof *draws);
    for (uint32_t type = 0; type < PANEL_TYPES; type++) {
        cut_fill(t, type, c);
        TRY(baseline_draws(BASELINE_NEGBIN, &c->history, n->n_units, n->n_horizons, n->n_draws,
                           r->options.seed + ((uint64_t)(1 + type) << 48), part, error));
        for (size_t i = 0; i < n->n_all; i++)
            draws[i] += part[i];
    }
out:
    free(part);
    return status;
}

static bool has_types(const score_task *t) {
    bool all = t->type == TYPE_ALL && !t->history->is_untyped;
    for (uint32_t type = 0; type < PANEL_TYPES && all; type++)
        all = score_task_has_history(t, type);
    return all;
}

tsr_status score_task_baselines(const score_report *r, score_task *t, score_values *values[SCORE_MODELS],
                                tsr_error *error) {
    tsr_status status = TSR_OK;
    const forecast_file *f = t->f;
    cut c = {0};
    double *draws = NULL;
    size n = {f->n_cells / f->n_months, (size_t)(f->first_month - t->origin) + f->n_months - 1, f->n_draws, 0};
    n.n_all = n.n_units * n.n_horizons * n.n_draws;
    TRY(cut_create(t, &c, error));
    draws = make_draws(&n, error);
    if (draws == NULL) {
        status = TSR_E_MEMORY;
        goto out;
    }
    cut_fill(t, t->history_type, &c);
    for (baseline_kind kind = 0; kind < BASELINES; kind++) {
        if (kind == BASELINE_NEGBIN && has_types(t)) /* the last one: the counts are not needed any more */
            TRY(draw_by_type(r, t, &n, &c, draws, error));
        else
            TRY(baseline_draws(kind, &c.history, n.n_units, n.n_horizons, n.n_draws, r->options.seed, draws, error));
        for (size_t i = 0; i < t->n; i++) {
            const forecast_cell *cell = &f->cells[t->cell_of[i]];
            size_t unit = t->cell_of[i] / f->n_months, h = (size_t)(cell->month_id - t->origin);
            memcpy(t->draws + i * n.n_draws, draws + (unit * n.n_horizons + h - 1) * n.n_draws,
                   n.n_draws * sizeof *draws);
        }
        TRY(score_task_draws(r, t, values[1 + kind], error));
    }
out:
    cut_clear(&c);
    free(draws);
    return status;
}
