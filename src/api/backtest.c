/* `backtest`: rolling-origin scores, as a table or as JSON. */
#include "api/objects.h"

#include "backtest/backtest.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tsr_backtest {
    backtest *b;
};

tsr_status tsr_backtest_run(const tsr_scenario *scenario, const tsr_panel *p, const tsr_backtest_options *o,
                            tsr_backtest **out, tsr_error *error) {
    const backtest_options options = {.hooks = o->hooks,
                                      .seed = o->seed,
                                      .n_particles = o->particles ? o->particles : 1000,
                                      .n_threads = o->threads,
                                      .first_origin = o->first_origin,
                                      .last_origin = o->last_origin,
                                      .every = o->every,
                                      .profile = o->profile,
                                      .n_fit_iterations = o->fit};
    tsr_backtest *result = calloc(1, sizeof *result);
    if (!result)
        return FAIL(error, TSR_E_MEMORY, "no memory for the backtest");
    tsr_status status = backtest_run(scenario->w, p->p, &options, &result->b, error);
    if (status == TSR_OK)
        *out = result;
    else
        free(result);
    return status;
}

void tsr_backtest_free(tsr_backtest *result) {
    if (result)
        backtest_free(result->b);
    free(result);
}

tsr_status tsr_backtest_json(const tsr_backtest *result, char **text, tsr_error *error) {
    const backtest *b = result->b;
    char month[16];
    size_t n;
    json *root = json_new();
    json_put_string(root, "profile", b->profile->name);
    json_put_integer(root, "draws", b->n_draws);
    month_text(b->first_origin, month);
    json_put_string(root, "first_origin", month);
    month_text(b->last_origin, month);
    json_put_string(root, "last_origin", month);
    json *array = json_put_array(root, "scores");
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        json *item = json_add_object(array);
        json_put_string(item, "model", s->model);
        json_put_string(item, "unit", unit_kind_name(s->unit));
        json_put_string(item, "type", death_type_name(s->type));
        json_put_integer(item, "horizon", s->horizon);
        json_put_integer(item, "origins", s->n_origins);
        json_put_number(item, "crps", s->means.crps);
        json_put_number(item, "ign", s->means.ign);
        json_put_number(item, "mis", s->means.mis);
        json_put_number(item, "brier", s->means.brier);
        json_put_number(item, "coverage50", s->means.coverage[SCORE_50]);
        json_put_number(item, "coverage80", s->means.coverage[SCORE_80]);
        json_put_number(item, "coverage90", s->means.coverage[SCORE_90]);
    }
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}

/** One line of the table: CRPS of every model, then what Tessera's is over the best of the others. */
static void add_line(const backtest *b, size_t first, size_t end, text_buffer *out) {
    const backtest_score *own = NULL, *stacked = NULL;
    double best_crps = INFINITY, best_ign = INFINITY;
    for (size_t i = first; i < end; i++) {
        const backtest_score *s = &b->scores[i];
        if (strcmp(s->model, "tessera") == 0) {
            own = s;
            continue;
        }
        if (strcmp(s->model, "stacked") == 0) {
            stacked = s;
            continue;
        }
        best_crps = fmin(best_crps, s->means.crps);
        best_ign = fmin(best_ign, s->means.ign);
    }
    if (!own)
        return;
    text_add_format(out, "%-13s %-3s %2u %4u", unit_kind_name(own->unit), death_type_name(own->type), own->horizon,
                    own->n_origins);
    for (size_t i = first; i < end; i++)
        text_add_format(out, " %9.4g", b->scores[i].means.crps);
    if (best_crps > 0 && stacked)
        text_add_format(out, " %6.2f %5.2f %5.2f", own->means.crps / best_crps, stacked->means.crps / best_crps,
                        own->means.ign / best_ign);
    else
        text_add_string(out, "      -     -     -");
    text_add_format(out, " %5.2f\n", own->means.coverage[SCORE_80]);
}

tsr_status tsr_backtest_describe(const tsr_backtest *result, char **text, tsr_error *error) {
    const backtest *b = result->b;
    char first[16], last[16];
    text_buffer out;
    text_buffer_init(&out);
    month_text(b->first_origin, first);
    month_text(b->last_origin, last);
    text_add_format(
        &out,
        "CRPS of deaths, %u origins from %s to %s, %u draws; smaller is better. stacked: Tessera and the negative\n"
        "binomial, half and half. The last columns: CRPS of Tessera (t/b) and stacked (s/b) and IGN of Tessera over\n"
        "the best of the five baselines (below 1: better than all of them), and the share of what happened that\n"
        "Tessera's 80 %% interval covers. Profile %s.\n\n"
        "unit         type  h    n   tessera   stacked      zero      last conflict. bootstrap    negbin    t/b   "
        "s/b   ign cover\n",
        b->n_origins, first, last, b->n_draws, b->profile->name);
    for (size_t i = 0, end; i < b->n_scores; i = end) {
        const backtest_score *s = &b->scores[i];
        for (end = i + 1; end < b->n_scores && b->scores[end].unit == s->unit && b->scores[end].type == s->type &&
                          b->scores[end].horizon == s->horizon;)
            end++;
        add_line(b, i, end, &out);
    }
    return api_text(&out, text, error);
}
