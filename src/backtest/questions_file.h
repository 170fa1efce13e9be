/* The questions of runs against what became of them: Brier scores. */
#ifndef BACKTEST_QUESTIONS_FILE_H
#define BACKTEST_QUESTIONS_FILE_H

#include "base/json.h"
#include "base/text.h"

/** One answered question of one run. */
typedef struct question_score {
    char *run, *id;
    double probability;
    bool happened;
} question_score;

typedef struct question_scores {
    question_score *items;
    size_t n, capacity;
    size_t n_unknown; /**< questions without an answer */
    double brier;     /**< mean, once question_scores_finish was called */
} question_scores;

/**
 * Score RUN/questions.csv.
 *
 * @param answers  a table with id and outcome: 1, 0, or blank for not known yet
 * @retval TSR_E_INPUT  a file is wrong; an id that comes twice; an answer to no question of the run
 */
tsr_status question_scores_add(question_scores *s, const char *run, const char *answers, problem_list *problems,
                               tsr_error *error);
/** The mean. @retval TSR_E_INPUT  no question has an answer */
tsr_status question_scores_finish(question_scores *s, tsr_error *error);
void question_scores_clear(question_scores *s);

void question_scores_describe(const question_scores *s, text_buffer *t);
/** "questions" and "brier". */
void question_scores_json(const question_scores *s, json *root);

#endif
