/* Failures and lists of problems. */
#include "base/error.h"

#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *tsr_version(void) {
    return TESSERA_VERSION;
}

const char *tsr_status_name(tsr_status status) {
    switch (status) {
    case TSR_OK:
        return "done";
    case TSR_E_USAGE:
        return "wrong usage";
    case TSR_E_INPUT:
        return "input error";
    case TSR_E_IO:
        return "reading or writing failed";
    case TSR_E_MEMORY:
        return "out of memory";
    case TSR_E_NUMERIC:
        return "numerical error";
    case TSR_E_CANCELLED:
        return "interrupted";
    case TSR_E_INTERNAL:
        break;
    }
    return "internal error";
}

tsr_status error_set(tsr_error *error, tsr_status status, base_place place, const char *origin, int origin_line,
                     const char *format, ...) {
    if (!error)
        return status;
    if (error->status != TSR_OK) { /* the first error wins */
        error->others++;
        return status;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    snprintf(error->file, sizeof error->file, "%s", place.file ? place.file : "");
    error->status = status;
    error->line = place.line;
    error->column = place.column;
    error->origin = origin;
    error->origin_line = origin_line;
    return status;
}

void problem_list_init(problem_list *list) {
    *list = (problem_list){0};
}

void problem_list_clear(problem_list *list) {
    for (size_t i = 0; i < list->n; i++) {
        free(list->items[i].file);
        free(list->items[i].message);
    }
    free(list->items);
    *list = (problem_list){0};
}

void problem_add(problem_list *list, problem_severity severity, base_place place, const char *format, ...) {
    if (!list)
        return;
    list->n_errors += severity == PROBLEM_ERROR; /* counted even when the text does not fit in memory */
    va_list arguments;
    va_start(arguments, format);
    char *message = NULL;
    int length = vasprintf(&message, format, arguments);
    va_end(arguments);
    char *file = strdup(place.file ? place.file : "");
    void *items = list->items;
    if (length < 0 || !file || !array_reserve(&items, &list->capacity, list->n + 1, sizeof *list->items)) {
        list->out_of_memory = true;
        free(file);
        free(length < 0 ? NULL : message);
        return;
    }
    list->items = items;
    list->items[list->n++] = (problem){severity, file, place.line, place.column, message};
}

tsr_status problem_list_status(const problem_list *list, tsr_error *error) {
    if (list->n_errors == 0)
        return list->out_of_memory ? FAIL(error, TSR_E_MEMORY, "no memory for the list of problems") : TSR_OK;
    for (size_t i = 0; i < list->n; i++) {
        const problem *p = &list->items[i];
        if (p->severity != PROBLEM_ERROR)
            continue;
        FAIL_AT(error, TSR_E_INPUT, ((base_place){p->file, p->line, p->column}), "%s", p->message);
        if (error)
            error->others += list->n_errors - 1;
        return TSR_E_INPUT;
    }
    return FAIL(error, TSR_E_MEMORY, "no memory for the list of %zu problems", list->n_errors);
}
