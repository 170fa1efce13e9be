/* Answering the scenario's questions from the members of an ensemble. */
#ifndef STUDY_QUESTIONS_H
#define STUDY_QUESTIONS_H

#include "ensemble/ensemble.h"
#include "study/run.h"

typedef struct question_set question_set;

tsr_status question_set_create(const model *m, uint32_t n_members, question_set **out, tsr_error *error);
void question_set_free(question_set *q);
ensemble_observer question_set_observer(question_set *q);
/** One answer per question of the world, in its order. @param answers  heap, free() it */
tsr_status question_set_answers(const question_set *q, run_answer **answers, size_t *n, tsr_error *error);

#endif
