/* All limits in order; see selftest.h. */
#include "study/selftest.h"

#include "base/log.h"
#include "study/selftest_parts.h"

#include <math.h>

typedef const selftest_line *(*theme)(size_t *n);

static const theme themes[] = {selftest_engine, selftest_violence, selftest_people, selftest_politics};
enum { N_THEMES = sizeof themes / sizeof themes[0] };

static const selftest_line *line_of(size_t i_limit) {
    for (size_t k = 0; k < N_THEMES; k++) {
        size_t n;
        const selftest_line *lines = themes[k](&n);
        if (i_limit < n)
            return &lines[i_limit];
        i_limit -= n;
    }
    return NULL;
}

size_t selftest_count(void) {
    size_t sum = 0;
    for (size_t k = 0; k < N_THEMES; k++) {
        size_t n;
        themes[k](&n);
        sum += n;
    }
    return sum;
}

bool selftest_can_spoil(size_t i_limit) {
    return line_of(i_limit)->spoilt != NULL;
}

tsr_status selftest_run_one(size_t i_limit, bool spoilt, selftest_limit *limit, tsr_error *error) {
    const selftest_line *line = line_of(i_limit);
    selftest_finding finding = {0, 0, 0};
    tsr_status status = line->run(spoilt ? line->spoilt : NULL, &finding, error);
    if (status != TSR_OK)
        return status;
    double tolerance = finding.tolerance > 0 ? finding.tolerance : line->tolerance;
    *limit = (selftest_limit){.name = line->name,
                              .text = line->text,
                              .exact = finding.exact,
                              .computed = finding.computed,
                              .tolerance = tolerance,
                              .passed = fabs(finding.computed - finding.exact) <= tolerance};
    return TSR_OK;
}

tsr_status selftest_run(const tsr_hooks *hooks, selftest_limit *limits, tsr_error *error) {
    size_t n = selftest_count();
    for (size_t i = 0; i < n; i++) {
        if (hooks && hooks->progress)
            hooks->progress(hooks->user, "limits", i, n);
        if (log_cancelled(hooks))
            return FAIL(error, TSR_E_CANCELLED, "stopped after %zu of %zu limits", i, n);
        tsr_status status = selftest_run_one(i, false, &limits[i], error);
        if (status != TSR_OK)
            return status;
    }
    if (hooks && hooks->progress)
        hooks->progress(hooks->user, "limits", n, n);
    return TSR_OK;
}
