/* The model's limits with known answers, on the user's own machine.
 *
 * A limit is a tiny world in which the model, run by the kernels that every run uses, must come to a value that is known
 * exactly: in closed form for the discrete steps that are taken, not for a continuous limit of them.
 */
#ifndef STUDY_SELFTEST_H
#define STUDY_SELFTEST_H

#include "base/error.h"

typedef struct selftest_limit {
    const char *name; /**< "pressure-relaxation" */
    const char *text; /**< what it means */
    double exact, computed;
    double
        tolerance; /**< largest |computed - exact| that passes: rounding, or six standard errors of a mean of draws */
    bool passed;
} selftest_limit;

/** Number of limits. */
size_t selftest_count(void);

/** Run all limits. @param limits  out [selftest_count()] */
tsr_status selftest_run(const tsr_hooks *hooks, selftest_limit *limits, tsr_error *error);

/** Run one limit. @param spoilt  its world gets one parameter 10 % too large while the exact value stays: it must fail then
 *  (for tests of the test) */
tsr_status selftest_run_one(size_t i_limit, bool spoilt, selftest_limit *limit, tsr_error *error);
/** Is there something to spoil in this limit? */
bool selftest_can_spoil(size_t i_limit);

#endif
