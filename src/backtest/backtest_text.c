/* A backtest for a reader: the table, and what it says in words. */
#include "backtest/backtest.h"

#include "base/date.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 118 };

/** Which of a line's scores is the best baseline's. @param s  [BACKTEST_MODELS] */
static uint32_t best_baseline(const backtest_score *s) {
    uint32_t best = BACKTEST_BASELINE;
    for (uint32_t model = best + 1; model < BACKTEST_MODELS; model++)
        best = s[model].means.crps < s[best].means.crps ? model : best;
    return best;
}

static double best_ign(const backtest_score *s) {
    double best = INFINITY;
    for (uint32_t model = BACKTEST_BASELINE; model < BACKTEST_MODELS; model++)
        best = fmin(best, s[model].means.ign);
    return best;
}

/** CRPS of a model against the best baseline of the same line; NULL: too few months. */
static const backtest_comparison *comparison_of(const backtest *b, const backtest_score *s) {
    for (size_t i = 0; i < b->n_comparisons; i++) {
        const backtest_comparison *c = &b->comparisons[i];
        if (c->unit == s->unit && c->type == s->type && c->horizon == s->horizon && c->model == s->model &&
            c->score == SCORE_CRPS)
            return c;
    }
    return NULL;
}

static const char *verdict(const backtest *b, const backtest_score *s) {
    const backtest_comparison *c = comparison_of(b, s);
    return !c ? "few" : c->losses.low > 0 ? "worse" : c->losses.high < 0 ? "better" : "unsure";
}

static double calibration_of(const backtest *b, const backtest_score *s) {
    for (size_t i = 0; i < b->n_calibrations; i++) {
        const backtest_calibration *c = &b->calibrations[i];
        if (c->unit == s->unit && c->type == s->type && c->horizon == s->horizon)
            return c->pit.p;
    }
    return NAN;
}

/** Tessera's weight from the last origin; of the window, the mean over its months. */
static double weight_of(const backtest *b, const backtest_score *s) {
    double sum = 0;
    uint32_t n = 0;
    int32_t last = b->n_weights ? b->weights[b->n_weights - 1].origin : 0;
    for (size_t i = 0; i < b->n_weights; i++) {
        const backtest_weight *w = &b->weights[i];
        bool is_asked = s->horizon == SCORE_WINDOW ? w->months_ahead >= SCORE_WINDOW_FIRST
                                                   : w->months_ahead == (uint32_t)s->horizon;
        if (w->origin != last || w->unit != s->unit || w->type != s->type || !is_asked)
            continue;
        sum += w->weight;
        n++;
    }
    return sum / n;
}

static void add_horizon(int32_t horizon, text_buffer *out) {
    if (horizon == SCORE_WINDOW)
        text_add_string(out, "3-14");
    else
        text_add_format(out, "%4d", horizon);
}

/** CRPS of every model, then what Tessera's is over the best of the others. @param s  [BACKTEST_MODELS] */
static void add_line(const backtest *b, const backtest_score *s, text_buffer *out) {
    const backtest_score *best = &s[best_baseline(s)];
    double crps = best->means.crps, p = calibration_of(b, s);
    text_add_format(out, "%-13s %-4s ", unit_kind_name(s->unit), death_type_name(s->type));
    add_horizon(s->horizon, out);
    text_add_format(out, " %4u", s->n_origins);
    for (uint32_t model = 0; model < BACKTEST_MODELS; model++)
        text_add_format(out, " %9.4g", s[model].means.crps);
    if (crps > 0)
        text_add_format(out, " %6.2f %5.2f %5.2f", s[BACKTEST_TESSERA].means.crps / crps,
                        s[BACKTEST_STACKED].means.crps / crps, s->means.ign / best_ign(s));
    else
        text_add_string(out, "      -     -     -");
    text_add_format(out, " %5.2f", s->means.coverage[SCORE_80]);
    if (isnan(p))
        text_add_string(out, "     -");
    else
        text_add_format(out, " %5.3f", p);
    text_add_format(out, " %6.2f  %s\n", weight_of(b, s), verdict(b, s));
}

/** Text that goes on in a new line, two blanks in, when it becomes too wide. */
typedef struct wrapped {
    text_buffer *out;
    size_t column;
} wrapped;

/** Blanks in `words` are where a line may end. */
static void add_words(wrapped *w, const char *words) {
    while (*words) {
        size_t n = strcspn(words, " ");
        if (w->column > 0 && w->column + 1 + n > WIDTH) {
            text_add_string(w->out, "\n  ");
            w->column = 2;
        } else if (w->column > 0) {
            text_add_string(w->out, " ");
            w->column++;
        }
        text_add(w->out, words, n);
        w->column += n;
        words += n + (words[n] == ' ');
    }
}

/** "area-month sb 12 (1.03 of negbin)": a line that a model loses. */
static void name_loss(const backtest_score *s, backtest_model model, const char *end, char *text, size_t n) {
    const backtest_score *best = &s[best_baseline(s)];
    char horizon[16];
    snprintf(horizon, sizeof horizon, s->horizon == SCORE_WINDOW ? "3-14" : "%d", s->horizon);
    snprintf(text, n, "%s %s %s (%.2f of %s)%s", unit_kind_name(s->unit), death_type_name(s->type), horizon,
             s[model].means.crps / best->means.crps, backtest_model_name(best->model), end);
}

/** Is this line of the verdict, with a CRPS that can be compared? */
static bool is_of(const backtest *b, const backtest_score *s, backtest_model model, int is_worse, int is_sure) {
    const backtest_score *best = &s[best_baseline(s)];
    const char *sure = verdict(b, &s[model]);
    return best->means.crps > 0 && (s[model].means.crps > best->means.crps) == is_worse &&
           (strcmp(sure, is_worse ? "worse" : "better") == 0) == is_sure;
}

static size_t count(const backtest *b, backtest_model model, int is_worse, int is_sure) {
    size_t n = 0;
    for (size_t i = 0; i < b->n_scores; i += BACKTEST_MODELS)
        n += is_of(b, b->scores + i, model, is_worse, is_sure);
    return n;
}

/** Lines in which a model's CRPS is above the best baseline's. */
static void add_losses(const backtest *b, backtest_model model, const char *title, text_buffer *out) {
    char text[160];
    size_t sure = count(b, model, 0, 1), unsure = count(b, model, 0, 0);
    wrapped w = {.out = out};
    snprintf(text, sizeof text, "%s beats every baseline in %zu of %zu lines, surely in %zu.", title, sure + unsure,
             sure + unsure + count(b, model, 1, 1) + count(b, model, 1, 0), sure);
    add_words(&w, text);
    for (int is_sure = 1; is_sure >= 0; is_sure--) {
        size_t left = count(b, model, 1, is_sure);
        add_words(&w, is_sure ? "Surely worse:" : "Worse, but unsure:");
        if (left == 0)
            add_words(&w, "none.");
        for (size_t i = 0; i < b->n_scores; i += BACKTEST_MODELS)
            if (is_of(b, b->scores + i, model, 1, is_sure)) {
                name_loss(b->scores + i, model, --left ? "," : ".", text, sizeof text);
                add_words(&w, text);
            }
    }
    text_add_string(out, "\n");
}

static void add_hindsight(const backtest *b, bool of_scenario, const char *title, text_buffer *out) {
    wrapped w = {.out = out};
    size_t left = 0;
    char text[128];
    for (size_t i = 0; i < b->n_hindsight; i++)
        left += b->hindsight[i].is_of_scenario == of_scenario;
    if (left == 0)
        return;
    add_words(&w, title);
    for (size_t i = 0; i < b->n_hindsight; i++) {
        const backtest_hindsight *h = &b->hindsight[i];
        if (h->is_of_scenario != of_scenario)
            continue;
        snprintf(text, sizeof text, "%s (%s)%s", h->name, h->known, --left ? "," : ".");
        add_words(&w, text);
    }
    text_add_string(out, "\n");
}

static void add_head(const backtest *b, text_buffer *out) {
    char first[16], last[16];
    if (b->n_rolling) {
        month_text(b->first_origin, first);
        month_text(b->last_origin, last);
        text_add_format(out, "%u origins from %s to %s, 1 to 12 months ahead", b->n_rolling, first, last);
    }
    if (b->n_window) {
        month_text(b->first_window, first);
        month_text(b->last_window, last);
        text_add_format(out, "%s%u origins from %s to %s, each for the whole next year (3-14)",
                        b->n_rolling ? "; " : "", b->n_window, first, last);
    }
    text_add_format(
        out,
        ".\nCRPS of deaths, %u draws; smaller is better. Profile %s. stacked: Tessera and the negative binomial, in "
        "the\n"
        "proportion that earlier origins taught. t/b, s/b, ign: CRPS of Tessera and stacked, and IGN of Tessera, over "
        "the\n"
        "best of the five baselines (below 1: better than all). cover: share of what happened in Tessera's 80 %% "
        "interval.\n"
        "pit: p of the test that Tessera is calibrated. weight: Tessera's share in stacked at the last origin. sure: "
        "is\n"
        "the difference of CRPS to the best baseline more than luck, at 90 %%?\n\n"
        "unit          type    h    n   tessera   stacked      zero      last conflict. bootstrap    negbin    t/b   "
        "s/b   ign cover   pit weight  sure\n",
        b->n_draws, b->profile->name);
}

void backtest_describe(const backtest *b, text_buffer *out) {
    add_head(b, out);
    for (size_t i = 0; i < b->n_scores; i += BACKTEST_MODELS)
        add_line(b, b->scores + i, out);
    text_add_string(out, "\n");
    add_losses(b, BACKTEST_TESSERA, "Tessera", out);
    add_losses(b, BACKTEST_STACKED, "Stacked", out);
    add_hindsight(b, false, "Defaults set with knowledge of months after the first origin:", out);
    add_hindsight(b, true, "Values that the scenario takes from sources dated after the first origin:", out);
}

/* ---- tables of numbers ---- */

void backtest_csv(const backtest *b, text_buffer *out) {
    text_add_string(out, "model,unit,type,horizon,origins,cells,crps,crps_fair,ign,mis,brier25,coverage50,coverage80,"
                         "coverage90\n");
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        const score_means *m = &s->means;
        text_add_format(out, "%s,%s,%s,", backtest_model_name(s->model), unit_kind_name(s->unit),
                        death_type_name(s->type));
        if (s->horizon == SCORE_WINDOW)
            text_add_string(out, "window");
        else
            text_add_format(out, "%d", s->horizon);
        text_add_format(out, ",%u,%zu,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\n", s->n_origins, m->n_cells, m->crps,
                        m->fair_crps, m->ign, m->mis, m->brier, m->coverage[SCORE_50], m->coverage[SCORE_80],
                        m->coverage[SCORE_90]);
    }
}

/* ---- JSON ---- */

static json *add_labelled(json *list, unit_kind unit, uint32_t type, int32_t horizon) {
    json *item = json_add_object(list);
    json_put_string(item, "unit", unit_kind_name(unit));
    json_put_string(item, "type", death_type_name(type));
    if (horizon == SCORE_WINDOW)
        json_put_string(item, "horizon", "window");
    else
        json_put_integer(item, "horizon", horizon);
    return item;
}

static void put_month(json *object, const char *key, int32_t month_id) {
    char month[16];
    month_text(month_id, month);
    json_put_string(object, key, month_id ? month : NULL);
}

static void put_scores(const backtest *b, json *list) {
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        json *item = add_labelled(list, s->unit, s->type, s->horizon);
        json_put_string(item, "model", backtest_model_name(s->model));
        json_put_integer(item, "origins", s->n_origins);
        json_put_integer(item, "cells", (int64_t)s->means.n_cells);
        json_put_number(item, "crps", s->means.crps);
        json_put_number(item, "crps_fair", s->means.fair_crps);
        json_put_number(item, "ign", s->means.ign);
        json_put_number(item, "mis", s->means.mis);
        json_put_number(item, "brier25", s->means.brier);
        json_put_number(item, "coverage50", s->means.coverage[SCORE_50]);
        json_put_number(item, "coverage80", s->means.coverage[SCORE_80]);
        json_put_number(item, "coverage90", s->means.coverage[SCORE_90]);
    }
}

static void put_comparisons(const backtest *b, json *list) {
    for (size_t i = 0; i < b->n_comparisons; i++) {
        const backtest_comparison *c = &b->comparisons[i];
        json *item = add_labelled(list, c->unit, c->type, c->horizon);
        json_put_string(item, "model", backtest_model_name(c->model));
        json_put_string(item, "baseline", backtest_model_name(c->baseline));
        json_put_string(item, "score", c->score == SCORE_CRPS ? "crps" : "ign");
        json_put_number(item, "difference", c->losses.difference);
        json_put_number(item, "low", c->losses.low);
        json_put_number(item, "high", c->losses.high);
        json_put_number(item, "p", c->losses.p);
        json_put_integer(item, "months", (int64_t)c->losses.n_months);
        json_put_integer(item, "block", (int64_t)c->losses.block);
    }
}

/** Those of the last origin: what a forecast made then would be stacked by. */
static void put_weights(const backtest *b, json *list) {
    for (size_t i = 0; i < b->n_weights; i++) {
        const backtest_weight *w = &b->weights[i];
        if (w->origin != b->weights[b->n_weights - 1].origin)
            continue;
        json *item = add_labelled(list, w->unit, w->type, (int32_t)w->months_ahead);
        put_month(item, "origin", w->origin);
        json_put_number(item, "tessera", w->weight);
    }
}

void backtest_json(const backtest *b, json *root) {
    json_put_string(root, "profile", b->profile->name);
    json_put_integer(root, "draws", b->n_draws);
    put_month(root, "first_origin", b->first_origin);
    put_month(root, "last_origin", b->last_origin);
    put_month(root, "first_window_origin", b->first_window);
    put_month(root, "last_window_origin", b->last_window);
    put_scores(b, json_put_array(root, "scores"));
    put_comparisons(b, json_put_array(root, "comparisons"));
    json *list = json_put_array(root, "calibration");
    for (size_t i = 0; i < b->n_calibrations; i++) {
        const backtest_calibration *c = &b->calibrations[i];
        json *item = add_labelled(list, c->unit, c->type, c->horizon);
        json_put_string(item, "model", backtest_model_name(BACKTEST_TESSERA));
        json_put_number(item, "statistic", c->pit.statistic);
        json_put_number(item, "p", c->pit.p);
        json_put_integer(item, "months", (int64_t)c->pit.n_months);
    }
    put_weights(b, json_put_array(root, "weights"));
    list = json_put_array(root, "known_later");
    for (size_t i = 0; i < b->n_hindsight; i++) {
        json *item = json_add_object(list);
        json_put_string(item, "parameter", b->hindsight[i].name);
        json_put_string(item, "known", b->hindsight[i].known);
        json_put_string(item, "set_by", b->hindsight[i].is_of_scenario ? "scenario" : "program");
    }
}
