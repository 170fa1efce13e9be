/* Any bytes as a file of draws and as a table of observed deaths. What is accepted is complete: every unit has every month
 * and every draw, in order; what is refused has a message. */
#include "backtest/observed.h"
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check(bool holds) {
    if (!holds)
        abort();
}

static void check_refusal(tsr_status status, const problem_list *problems, const tsr_error *error) {
    check(status == TSR_E_INPUT || status == TSR_E_MEMORY);
    check(error->message[0] != '\0');
    for (size_t i = 0; i < problems->n; i++)
        check(problems->items[i].line > 0 && problems->items[i].column > 0);
}

static void read_draws(const char *path) {
    problem_list problems;
    forecast_file *f = NULL;
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(&problems);
    tsr_status status = forecast_file_read(path, NULL, &f, &problems, &error);
    if (status != TSR_OK)
        check_refusal(status, &problems, &error);
    for (size_t i = 0; f && i < f->n_cells; i++) {
        const forecast_cell *cell = &f->cells[i], *before = cell - (i % f->n_months > 0);
        check(cell->month_id == f->first_month + (int32_t)(i % f->n_months));
        check(cell->unit == before->unit && cell->n == f->n_draws && cell->n <= cell->capacity);
        for (uint32_t draw = 0; draw < f->n_draws; draw++)
            check(cell->outcomes[draw] <= FORECAST_MAX_OUTCOME);
        check(i == 0 || i % f->n_months || strcmp(forecast_unit_name(f, cell - 1), forecast_unit_name(f, cell)) < 0);
    }
    check(f == NULL || (f->n_cells == (size_t)f->units.n * f->n_months && f->n_cells > 0));
    forecast_file_free(f);
    problem_list_clear(&problems);
}

static void read_observed(const char *path) {
    problem_list problems;
    observed *o = NULL;
    tsr_error error = TSR_ERROR_INIT;
    problem_list_init(&problems);
    tsr_status status = observed_read(path, NULL, &o, &problems, &error);
    if (status != TSR_OK)
        check_refusal(status, &problems, &error);
    for (uint32_t type = 0; o && type < TYPES; type++)
        for (size_t i = 0; o->deaths[type] && i < (size_t)o->units.n * o->n_months; i++)
            check(isnan(o->deaths[type][i]) || (o->deaths[type][i] >= 0 && o->deaths[type][i] < 4e9));
    if (o != NULL)
        for (uint32_t unit = 0; unit < o->units.n && unit < 5; unit++)
            check(isnan(observed_deaths(o, TYPE_ALL, (int32_t)unit, o->first_month - 1)) &&
                  isnan(observed_deaths(o, TYPE_ALL, (int32_t)unit, o->first_month + (int32_t)o->n_months)));
    observed_free(o);
    problem_list_clear(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char path[64];
    int file = memfd_create("deaths", 0);
    if (file < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (write(file, bytes, n) == (ssize_t)n) {
        read_draws(path);
        read_observed(path);
    }
    close(file);
    return 0;
}
