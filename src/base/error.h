/* Failures: how a function says no, with the place in the user's file. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "tessera.h"

#include <stdarg.h>

#define BASE_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))

/** A place in a user's file. `file` is borrowed; line and column are 1-based, 0 when unknown. */
typedef struct base_place {
    const char *file;
    uint32_t line;
    uint32_t column;
} base_place;

/** Fill `error` (which may be NULL; the first error wins) and return `status`. Use through FAIL and FAIL_AT. */
tsr_status error_set(tsr_error *error, tsr_status status, base_place place, const char *origin, int origin_line,
                     const char *format, ...) BASE_PRINTF(6, 7);

/** `status`. Shows compilers and analysers that a failure is never TSR_OK. */
static inline tsr_status error_status(tsr_status set, tsr_status status) {
    (void)set;
    return status;
}

/** Fail without a place: `return FAIL(error, TSR_E_MEMORY, "no memory for %zu areas", n);` */
#define FAIL(error, status, ...) FAIL_AT(error, status, (base_place){0}, __VA_ARGS__)
/** Fail at a place of a user's file. */
#define FAIL_AT(error, status, place, ...)                                                                             \
    error_status(error_set((error), (status), (place), __FILE__, __LINE__, __VA_ARGS__), (status))

/** Run `expr`; when it fails remember its status in the local variable `status` and go to the visible label `out`. */
#define TRY(expr)                                                                                                      \
    do {                                                                                                               \
        status = (expr);                                                                                               \
        if (status != TSR_OK)                                                                                          \
            goto out;                                                                                                  \
    } while (0)

/** A list of everything that is wrong in the user's files, so that all of it can be shown at once. */
typedef enum problem_severity { PROBLEM_ERROR, PROBLEM_WARNING } problem_severity;
typedef struct problem {
    problem_severity severity;
    char *file;
    uint32_t line, column;
    char *message;
} problem;
typedef struct problem_list {
    problem *items;
    size_t n, capacity;
    size_t n_errors;
    bool out_of_memory; /**< some were lost */
} problem_list;

void problem_list_init(problem_list *list);
void problem_list_clear(problem_list *list);
/** Append a copy. `list` may be NULL. Never fails: what does not fit in memory sets out_of_memory. */
void problem_add(problem_list *list, problem_severity severity, base_place place, const char *format, ...)
    BASE_PRINTF(4, 5);
/** TSR_OK when there is no error, else TSR_E_INPUT with the first error in `error` and the number of others. */
tsr_status problem_list_status(const problem_list *list, tsr_error *error);

#endif
