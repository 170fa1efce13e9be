/* Scores for a reader and as JSON. */
#include "backtest/score.h"

#include "base/date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const coverage_keys[SCORE_COVERAGES] = {"coverage50", "coverage80", "coverage90"};

/** Horizons that a table shows, when there are cells enough to mean something; JSON has all. */
static bool is_shown(const score_line *line) {
    enum { FEW = 10 };
    int32_t h = line->horizon;
    return h <= SCORE_WINDOW || (line->means.n_cells >= FEW && (h == 1 || h == 3 || h == 6 || h % 12 == 0));
}

static const char *type_title(uint32_t type) {
    static const char *const titles[TYPES] = {"state-based deaths", "non-state deaths", "one-sided deaths",
                                              "deaths of all types"};
    return titles[type];
}

/** First and last of some months as text. */
static void span(const int32_t *months, size_t n, char first[16], char last[16]) {
    int32_t low = months[0], high = months[0];
    for (size_t i = 0; i < n; i++) {
        low = months[i] < low ? months[i] : low;
        high = months[i] > high ? months[i] : high;
    }
    month_text(low, first);
    month_text(high, last);
}

static void add_head(const score_block *b, text_buffer *t) {
    char first[16], last[16], first_origin[16], last_origin[16];
    span(b->month, b->n_cells, first, last);
    span(b->origin, b->n_cells, first_origin, last_origin);
    uint32_t n_origins = b->lines[0].n_origins;
    text_add_format(t, "%s, %s: %zu cells, %s to %s", b->kind == UNIT_COUNTRY ? "Country-months" : "Area-months",
                    type_title(b->type), b->n_cells, first, last);
    if (n_origins == 1)
        text_add_format(t, ", forecast knowing %s; %u draws\n", first_origin, b->n_draws);
    else
        text_add_format(t, ", forecast knowing %s to %s (%u origins); %u draws\n", first_origin, last_origin, n_origins,
                        b->n_draws);
    if (b->n_blank)
        text_add_format(t, "  %zu cells that were forecast were not observed and are not scored.\n", b->n_blank);
}

static void add_line(const score_report *r, const score_line *line, text_buffer *t) {
    const score_means *m = &line->means;
    text_add_format(t, "    %-14s %10.4g %8.3f %10.4g %9.4f", score_model_name(r, line->model), m->crps, m->ign, m->mis,
                    m->brier);
    for (int level = 0; level < SCORE_COVERAGES; level++)
        text_add_format(t, " %5.0f %%", 100 * m->coverage[level]);
    text_add_string(t, "\n");
}

static void add_horizon(const score_line *line, text_buffer *t) {
    if (line->horizon == SCORE_ALL)
        text_add_string(t, "  all months");
    else if (line->horizon == SCORE_WINDOW)
        text_add_format(t, "  %d to %d months ahead", SCORE_WINDOW_FIRST, SCORE_WINDOW_LAST);
    else
        text_add_format(t, "  %d month%s ahead", line->horizon, line->horizon == 1 ? "" : "s");
    text_add_format(t, " (%zu)\n", line->means.n_cells);
}

/** Which baselines are better in CRPS over all months, said in words. */
static void add_verdict(const score_report *r, const score_block *b, text_buffer *t) {
    const char *name = score_model_name(r, 0);
    char losses[160] = "";
    for (uint32_t model = 1; model < SCORE_MODELS && b->values[model]; model++)
        if (b->lines[model].means.crps < b->lines[0].means.crps) {
            size_t n = strlen(losses);
            snprintf(losses + n, sizeof losses - n, "%s%s", n ? ", " : "", score_model_name(r, model));
        }
    if (b->values[1] == NULL)
        text_add_string(
            t, "  No baselines: they need observed deaths up to the origin (--history FILE, or --scenario).\n");
    else if (*losses)
        text_add_format(t, "  By CRPS %s loses to: %s.\n", name, losses);
    else
        text_add_format(t, "  By CRPS %s beats every baseline.\n", name);
}

static void add_difference(const compare_losses *c, int width, text_buffer *t) {
    const char *words = c->low > 0 ? "worse" : c->high < 0 ? "better" : "unsure";
    char interval[64];
    snprintf(interval, sizeof interval, "(%.3g to %.3g)", c->low, c->high);
    text_add_format(t, " %10.3g %-22s %-*s", c->difference, interval, width, words);
}

static void add_tests(const score_report *r, const score_block *b, text_buffer *t) {
    for (uint32_t model = 1; model < SCORE_MODELS; model++) {
        const compare_losses *crps = &b->comparison[SCORE_CRPS][model];
        if (!b->has_comparison[model])
            continue;
        if (model == 1)
            text_add_format(t,
                            "  %s minus baseline, mean of %zu months, with 90 %% interval (blocks of %zu):\n"
                            "    %-14s %10s %-29s %10s\n",
                            score_model_name(r, 0), crps->n_months, crps->block, "", "CRPS", "", "IGN");
        text_add_format(t, "    %-14s", score_model_name(r, model));
        add_difference(crps, 6, t);
        add_difference(&b->comparison[SCORE_IGN][model], 0, t);
        text_add_string(t, "\n");
    }
    if (b->has_pit)
        text_add_format(t, "  Calibration (PIT, clustered by month): p = %.3g%s\n", b->pit.p,
                        b->pit.p < 0.01 ? ", not calibrated" : "");
    else
        text_add_format(t, "  Fewer than %d months: differences and calibration are not tested.\n", COMPARE_MIN_MONTHS);
}

static void describe_block(const score_report *r, const score_block *b, text_buffer *t) {
    int32_t horizon = INT32_MIN;
    add_head(b, t);
    text_add_format(t, "\n    %-14s %10s %8s %10s %9s %7s %7s %7s\n", "", "CRPS", "IGN", "MIS", "Brier>=25", "in 50 %",
                    "in 80 %", "in 90 %");
    for (size_t i = 0; i < b->n_lines; i++) {
        const score_line *line = &b->lines[i];
        if (!is_shown(line))
            continue;
        if (line->horizon != horizon)
            add_horizon(line, t);
        horizon = line->horizon;
        add_line(r, line, t);
    }
    text_add_string(t, "\n");
    add_verdict(r, b, t);
    add_tests(r, b, t);
    text_add_string(t, "\n");
}

void score_report_describe(const score_report *r, text_buffer *t) {
    if (r->n_blocks == 0)
        return;
    text_add_format(t,
                    "Profile %s: %s.\nSmaller is better; intervals should hold 50, 80 and 90 %% of what happened, and "
                    "hold more where counts are small.\n\n",
                    r->profile->name, r->profile->title);
    for (size_t i = 0; i < r->n_blocks; i++)
        if (r->blocks[i].n_cells > 0)
            describe_block(r, &r->blocks[i], t);
}

/* ---- JSON ---- */

static json *add_labelled(const score_report *r, const score_block *b, uint32_t model, json *list) {
    json *item = json_add_object(list);
    json_put_string(item, "model", score_model_name(r, model));
    json_put_string(item, "unit", unit_kind_name(b->kind));
    json_put_string(item, "type", death_type_name(b->type));
    return item;
}

static void put_line(const score_report *r, const score_block *b, const score_line *line, json *list) {
    const score_means *m = &line->means;
    json *item = add_labelled(r, b, line->model, list);
    if (line->horizon > 0)
        json_put_integer(item, "horizon", line->horizon);
    else
        json_put_string(item, "horizon", line->horizon == SCORE_WINDOW ? "window" : "all");
    json_put_integer(item, "origins", line->n_origins);
    json_put_integer(item, "cells", (int64_t)m->n_cells);
    json_put_integer(item, "draws", b->n_draws);
    json_put_number(item, "crps", m->crps);
    json_put_number(item, "crps_fair", m->fair_crps);
    json_put_number(item, "ign", m->ign);
    json_put_number(item, "mis", m->mis);
    json_put_number(item, "brier25", m->brier);
    for (int level = 0; level < SCORE_COVERAGES; level++)
        json_put_number(item, coverage_keys[level], m->coverage[level]);
}

static void put_comparison(const score_report *r, const score_block *b, uint32_t model, score_compared which,
                           json *list) {
    const compare_losses *c = &b->comparison[which][model];
    json *item = add_labelled(r, b, 0, list);
    json_put_string(item, "baseline", score_model_name(r, model));
    json_put_string(item, "score", which == SCORE_CRPS ? "crps" : "ign");
    json_put_number(item, "difference", c->difference);
    json_put_number(item, "low", c->low);
    json_put_number(item, "high", c->high);
    json_put_number(item, "p", c->p);
    json_put_integer(item, "months", (int64_t)c->n_months);
    json_put_integer(item, "block", (int64_t)c->block);
}

void score_report_json(const score_report *r, json *root) {
    json_put_string(root, "profile", r->profile->name);
    json *scores = json_put_array(root, "scores"), *comparisons = json_put_array(root, "comparisons");
    json *calibration = json_put_array(root, "calibration");
    for (size_t i = 0; i < r->n_blocks; i++) {
        const score_block *b = &r->blocks[i];
        for (size_t k = 0; k < b->n_lines; k++)
            put_line(r, b, &b->lines[k], scores);
        for (uint32_t model = 1; model < SCORE_MODELS; model++)
            for (score_compared which = 0; which < SCORE_COMPARED && b->has_comparison[model]; which++)
                put_comparison(r, b, model, which, comparisons);
        if (!b->has_pit)
            continue;
        json *item = add_labelled(r, b, 0, calibration);
        json_put_number(item, "statistic", b->pit.statistic);
        json_put_number(item, "p", b->pit.p);
        json_put_integer(item, "months", (int64_t)b->pit.n_months);
    }
}
