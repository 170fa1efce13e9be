/* Reading questions.csv of runs and tables of answers, and scoring the one with the other. */
#include "backtest/questions_file.h"

#include "base/arena.h"
#include "base/file.h"
#include "events/columns.h"
#include "events/intern.h"
#include "events/quote.h"
#include "judge/scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ID, VALUE, N_COLUMNS };

/** A table of ids and one number each. */
typedef struct id_table {
    intern ids;
    double *values; /**< [id]; NaN: blank */
    uint32_t *lines;
} id_table;

static void id_table_clear(id_table *t) {
    intern_clear(&t->ids);
    free(t->values);
    free(t->lines);
}

static bool grow(id_table *t) {
    double *values = realloc(t->values, (t->ids.n + 1u) * sizeof *values);
    t->values = values ? values : t->values;
    uint32_t *lines = values ? realloc(t->lines, (t->ids.n + 1u) * sizeof *lines) : NULL;
    t->lines = lines ? lines : t->lines;
    return lines != NULL;
}

static tsr_status read_row(columns *c, bool is_answer, id_table *t, tsr_error *error) {
    csv_slice id = columns_text(c, ID);
    double value = NAN;
    uint32_t number = 0, n_before = t->ids.n;
    if (id.n == 0)
        columns_problem(c, ID, "the id of a question");
    columns_number(c, VALUE, !is_answer, 0, 1, is_answer ? "1 (yes), 0 (no) or blank" : "a probability from 0 to 1",
                   &value);
    if (!c->row_is_bad && is_answer && value > 0 && value < 1)
        columns_problem(c, VALUE, "1 (yes), 0 (no) or blank");
    if (c->row_is_bad)
        return TSR_OK;
    if (!grow(t) || !intern_add(&t->ids, id.text, id.n, &number))
        return FAIL(error, TSR_E_MEMORY, "no memory to read %s", csv_name(c->csv));
    if (number < n_before) {
        columns_problem(c, ID, "an id that does not come twice");
        return TSR_OK;
    }
    t->values[number] = value;
    t->lines[number] = csv_line(c->csv);
    return TSR_OK;
}

static tsr_status read_rows(columns *c, bool is_answer, id_table *t, tsr_error *error) {
    bool more;
    tsr_status status = csv_next(c->csv, &more, error);
    if (status != TSR_OK)
        return status;
    if (!more)
        return FAIL_AT(error, TSR_E_INPUT, ((base_place){csv_name(c->csv), 0, 0}),
                       "the file has no rows; a table with a header row is needed");
    TRY(columns_match(c, error));
    TRY(columns_missing(c, NULL, error));
    for (;;) {
        TRY(columns_next(c, &more, error));
        if (!more)
            break;
        TRY(read_row(c, is_answer, t, error));
    }
    if (*c->n_problems > 0)
        status = problem_list_status(c->problems, error);
out:
    return status;
}

static tsr_status read_table(const char *path, bool is_answer, id_table *t, problem_list *problems, tsr_error *error) {
    const column_spec specs[N_COLUMNS] = {
        [ID] = {{"id"}, true}, [VALUE] = {{is_answer ? "outcome" : "probability"}, true}};
    size_t n_problems = 0;
    problem_list own;
    columns c = {.specs = specs, .n_specs = N_COLUMNS, .n_problems = &n_problems};
    problem_list_init(&own);
    c.problems = problems ? problems : &own;
    tsr_status status = csv_open(path, NULL, &c.csv, error);
    if (status == TSR_OK)
        status = read_rows(&c, is_answer, t, error);
    csv_close(c.csv);
    problem_list_clear(&own);
    return status;
}

static tsr_status add(question_scores *s, const char *run, const char *id, double probability, bool happened,
                      tsr_error *error) {
    void *items = s->items;
    bool ok = array_reserve(&items, &s->capacity, s->n + 1, sizeof *s->items);
    s->items = items;
    question_score item = {strdup(run), strdup(id), probability, happened};
    if (!ok || item.run == NULL || item.id == NULL) {
        free(item.run);
        free(item.id);
        return FAIL(error, TSR_E_MEMORY, "no memory for the scores of questions");
    }
    s->items[s->n++] = item;
    return TSR_OK;
}

/** Index of an id, -1 when it is not there. */
static int32_t find(const id_table *t, const char *id) {
    for (uint32_t i = 0; i < t->ids.n; i++)
        if (strcmp(intern_text(&t->ids, i), id) == 0)
            return (int32_t)i;
    return -1;
}

static tsr_status match(question_scores *s, const char *run, const char *answers, const id_table *asked,
                        const id_table *known, tsr_error *error) {
    for (uint32_t i = 0; i < known->ids.n; i++) {
        char quoted[QUOTE_SIZE];
        const char *id = intern_text(&known->ids, i);
        if (find(asked, id) < 0)
            return FAIL_AT(error, TSR_E_INPUT, ((base_place){answers, known->lines[i], 1}), "%s asks no question %s",
                           run, quote_bytes(id, strlen(id), quoted));
    }
    for (uint32_t i = 0; i < asked->ids.n; i++) {
        const char *id = intern_text(&asked->ids, i);
        int32_t answer = find(known, id);
        if (answer < 0 || isnan(known->values[answer])) {
            s->n_unknown++;
            continue;
        }
        tsr_status status = add(s, run, id, asked->values[i], known->values[answer] > 0, error);
        if (status != TSR_OK)
            return status;
    }
    return TSR_OK;
}

tsr_status question_scores_add(question_scores *s, const char *run, const char *answers, problem_list *problems,
                               tsr_error *error) {
    tsr_status status = TSR_OK;
    id_table asked = {0}, known = {0};
    char path[TSR_PATH_SIZE];
    TRY(path_join(run, "questions.csv", path, error));
    TRY(read_table(answers, true, &known, problems, error));
    TRY(read_table(path, false, &asked, problems, error));
    TRY(match(s, run, answers, &asked, &known, error));
out:
    id_table_clear(&asked);
    id_table_clear(&known);
    return status;
}

tsr_status question_scores_finish(question_scores *s, tsr_error *error) {
    tsr_status status;
    double *probabilities = malloc((s->n + 1) * sizeof *probabilities);
    bool *happened = malloc((s->n + 1) * sizeof *happened);
    if (probabilities == NULL || happened == NULL) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for the scores of questions");
        goto out;
    }
    for (size_t i = 0; i < s->n; i++) {
        probabilities[i] = s->items[i].probability;
        happened[i] = s->items[i].happened;
    }
    status = s->n ? score_brier(probabilities, happened, s->n, &s->brier, error)
                  : FAIL(error, TSR_E_INPUT, "no question has an answer");
out:
    free(probabilities);
    free(happened);
    return status;
}

void question_scores_clear(question_scores *s) {
    for (size_t i = 0; i < s->n; i++) {
        free(s->items[i].run);
        free(s->items[i].id);
    }
    free(s->items);
    *s = (question_scores){0};
}

/* ---- for a reader ---- */

static double brier_of(const question_score *q) {
    double miss = q->probability - q->happened;
    return miss * miss;
}

void question_scores_describe(const question_scores *s, text_buffer *t) {
    if (s->n == 0)
        return;
    text_add_format(t, "Questions: Brier score %.4f over %zu; saying 50 %% to each would get 0.25.\n", s->brier, s->n);
    for (size_t i = 0; i < s->n; i++)
        text_add_format(t, "    %-32s %5.1f %%  %-3s  %.4f\n", s->items[i].id, 100 * s->items[i].probability,
                        s->items[i].happened ? "yes" : "no", brier_of(&s->items[i]));
    if (s->n_unknown)
        text_add_format(t, "  %zu questions have no answer.\n", s->n_unknown);
}

void question_scores_json(const question_scores *s, json *root) {
    if (s->n == 0)
        return;
    json_put_number(root, "brier", s->brier);
    json *list = json_put_array(root, "questions");
    for (size_t i = 0; i < s->n; i++) {
        json *item = json_add_object(list);
        json_put_string(item, "run", s->items[i].run);
        json_put_string(item, "id", s->items[i].id);
        json_put_number(item, "probability", s->items[i].probability);
        json_put_integer(item, "outcome", s->items[i].happened);
        json_put_number(item, "brier", brier_of(&s->items[i]));
    }
}
