/* How the themes of the self-test hand over their limits. */
#ifndef STUDY_SELFTEST_PARTS_H
#define STUDY_SELFTEST_PARTS_H

#include "study/selftest_lab.h"

/** What a limit found. A tolerance of 0 leaves the one of its line. */
typedef struct selftest_finding {
    double exact, computed, tolerance;
} selftest_finding;

typedef struct selftest_line {
    const char *name, *text;
    const char *spoilt; /**< parameter that a test may spoil: the limit must notice. NULL: there is none */
    double tolerance;
    /** @param spoilt  pass it to lab_create */
    tsr_status (*run)(const char *spoilt, selftest_finding *out, tsr_error *error);
} selftest_line;

/** Six standard errors: a false alarm in 5e8 means of draws. */
#define SELFTEST_ERRORS 6

const selftest_line *selftest_violence(size_t *n);
const selftest_line *selftest_people(size_t *n);
const selftest_line *selftest_politics(size_t *n);
const selftest_line *selftest_engine(size_t *n);

#endif
