/* Running the Afghan scenario in tests: what a run remembers, as one hash. */
#ifndef TESTS_MODEL_AFGHAN_H
#define TESTS_MODEL_AFGHAN_H

#include "ensemble/recorder.h"

/** The world of scenarios/afghanistan; free() it. Ends the test when it cannot be read. */
world *afghan_world(void);

/** Hash over the first `n_hashed` draws of every variable. */
void afghan_hash(const record *r, uint32_t n_hashed, char hex[65]);

/** Run `n_members` with these choices and hash the first `n_hashed` draws. */
void afghan_run_hash(const world *w, const ensemble_options *options, uint32_t n_hashed, char hex[65]);

#endif
