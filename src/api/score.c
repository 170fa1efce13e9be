/* Public functions that score forecasts. */
#include "api/objects.h"

#include "backtest/questions_file.h"
#include "backtest/score.h"

#include <stdlib.h>
#include <string.h>

struct tsr_scores {
    score_report *report;
    question_scores questions;
    char *model; /**< the name of the forecasts that the report borrows, or NULL */
};

/** Tables of one source: a file has countries or areas, a panel both. */
typedef struct tables {
    observed *of[UNIT_KINDS];
} tables;

static void tables_clear(tables *t) {
    for (int kind = 0; kind < UNIT_KINDS; kind++)
        observed_free(t->of[kind]);
}

static tsr_status read_table(const char *path, const tsr_hooks *hooks, tables *t, problem_list *problems,
                             tsr_error *error) {
    observed *o = NULL;
    tsr_status status = path ? observed_read(path, hooks, &o, problems, error) : TSR_OK;
    if (o)
        t->of[o->kind] = o;
    return status;
}

static tsr_status check_options(const tsr_score_options *o, bool has_panel, score_options *choices, tsr_error *error) {
    *choices = (score_options){.hooks = o->hooks, .origin = o->origin, .seed = o->seed, .type = TYPES};
    choices->profile = score_profile_find(o->profile ? o->profile : score_profile_name(0));
    if (choices->profile == NULL)
        return FAIL(error, TSR_E_USAGE, "there is no profile '%s'; the profiles are %s and %s", o->profile,
                    score_profile_name(0), score_profile_name(1));
    if (o->type)
        choices->type = death_type_find(o->type, strlen(o->type));
    if (o->type && choices->type == TYPES)
        return FAIL(error, TSR_E_USAGE, "there is no type '%s'; it is sb, ns, os or all", o->type);
    if (o->actuals == NULL && o->answers == NULL && !has_panel)
        return FAIL(error, TSR_E_USAGE,
                    "nothing to score against: name a file of actuals, one of answers, or a scenario");
    return TSR_OK;
}

static tsr_status score_all(const char *const *forecasts, size_t n_forecasts, const score_data *data,
                            score_report *report, problem_list *problems, tsr_error *error) {
    if (data->actuals[UNIT_COUNTRY] == NULL && data->actuals[UNIT_AREA] == NULL)
        return TSR_OK; /* only questions */
    for (size_t i = 0; i < n_forecasts; i++) {
        tsr_status status = score_report_add(report, forecasts[i], data, problems, error);
        if (status != TSR_OK)
            return status;
    }
    return score_report_finish(report, error);
}

static tsr_status score_questions(const char *const *runs, size_t n_runs, const char *answers, question_scores *scores,
                                  problem_list *problems, tsr_error *error) {
    for (size_t i = 0; answers && i < n_runs; i++) {
        tsr_status status = question_scores_add(scores, runs[i], answers, problems, error);
        if (status != TSR_OK)
            return status;
    }
    return answers ? question_scores_finish(scores, error) : TSR_OK;
}

static tsr_status make_report(const tsr_score_options *o, const score_options *choices, tsr_scores **out,
                              tsr_error *error) {
    score_options own = *choices;
    tsr_scores *scores = calloc(1, sizeof *scores);
    if (scores == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory for scores");
    own.model = scores->model = o->model ? strdup(o->model) : NULL;
    tsr_status status = o->model && !scores->model ? FAIL(error, TSR_E_MEMORY, "no memory for scores")
                                                   : score_report_create(&own, &scores->report, error);
    if (status != TSR_OK) {
        tsr_scores_free(scores);
        return status;
    }
    *out = scores;
    return TSR_OK;
}

/** What made reading stop belongs to the list of problems too, when it is about a file. */
static void list_failure(tsr_problems *problems, const tsr_error *error) {
    if (problems && error->status == TSR_E_INPUT && error->file[0] && problems->list.n_errors == 0)
        problem_add(&problems->list, PROBLEM_ERROR, (base_place){error->file, error->line, error->column}, "%s",
                    error->message);
}

tsr_status tsr_score(const char *const *forecasts, size_t n_forecasts, const tsr_scenario *scenario, const tsr_panel *p,
                     const tsr_score_options *o, tsr_scores **out, tsr_problems **problems, tsr_error *error) {
    tsr_status status = TSR_OK;
    tables actuals = {0}, history = {0}, both = {0};
    score_data data = {0};
    score_options choices;
    tsr_scores *scores = NULL;
    tsr_problems *list = api_problems_create();
    if (list == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for scores");
        goto out;
    }
    TRY(check_options(o, scenario && p, &choices, error));
    TRY(make_report(o, &choices, &scores, error));
    TRY(read_table(o->actuals, &o->hooks, &actuals, &list->list, error));
    TRY(read_table(o->history, &o->hooks, &history, &list->list, error));
    for (int kind = 0; kind < UNIT_KINDS; kind++) {
        if (scenario && p)
            TRY(observed_from_panel(p->p, scenario->w, (unit_kind)kind, &both.of[kind], error));
        data.actuals[kind] = actuals.of[kind] ? actuals.of[kind] : both.of[kind];
        data.history[kind] = history.of[kind] ? history.of[kind] : both.of[kind];
    }
    TRY(score_all(forecasts, n_forecasts, &data, scores->report, &list->list, error));
    TRY(score_questions(forecasts, n_forecasts, o->answers, &scores->questions, &list->list, error));
    *out = scores;
    scores = NULL;
out:
    tables_clear(&actuals);
    tables_clear(&history);
    tables_clear(&both);
    tsr_scores_free(scores);
    if (status != TSR_OK)
        list_failure(list, error);
    api_problems_hand_over(list, problems);
    return status;
}

void tsr_scores_free(tsr_scores *scores) {
    if (scores == NULL)
        return;
    score_report_free(scores->report);
    question_scores_clear(&scores->questions);
    free(scores->model);
    free(scores);
}

tsr_status tsr_scores_describe(const tsr_scores *scores, char **text, tsr_error *error) {
    text_buffer b;
    text_buffer_init(&b);
    score_report_describe(scores->report, &b);
    question_scores_describe(&scores->questions, &b);
    return api_text(&b, text, error);
}

tsr_status tsr_scores_json(const tsr_scores *scores, char **text, tsr_error *error) {
    size_t n;
    json *root = json_new();
    score_report_json(scores->report, root);
    question_scores_json(&scores->questions, root);
    tsr_status status = json_dump(root, true, text, &n, error);
    json_free(root);
    return status;
}
