/* Every allocation of ours fails once while forecasts are read and scored: it is said, and nothing is lost or leaks. */
#include "../events/fixture.h"
#include "backtest/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static long n_left = -1; /* allocations that succeed before one fails; -1: all */

static bool fails(void) {
    return n_left >= 0 && n_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}

static tsr_status score(const char *forecast, const char *deaths, tsr_error *error) {
    tsr_status status = TSR_OK;
    observed *o = NULL;
    score_report *r = NULL;
    text_buffer text;
    text_buffer_init(&text);
    TRY(observed_read(deaths, NULL, &o, NULL, error));
    score_data data = {.actuals = {[UNIT_AREA] = o}, .history = {[UNIT_AREA] = o}};
    TRY(score_report_create(&(score_options){.type = TYPES, .seed = 1}, &r, error));
    TRY(score_report_add(r, forecast, &data, NULL, error));
    TRY(score_report_finish(r, error));
    score_report_describe(r, &text);
    status = text.failed ? TSR_E_MEMORY : TSR_OK;
out:
    text_buffer_clear(&text);
    score_report_free(r);
    observed_free(o);
    return status;
}

static void every_allocation(void **state) {
    (void)state;
    fixture_folder folder = fixture_make_folder();
    char forecast[300], deaths[300], text[20000];
    size_t n = (size_t)snprintf(text, sizeof text, "month_id,area,draw,outcome\n");
    for (int month = 500; month < 510; month++)
        for (int draw = 0; draw < 20; draw++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%d,\"a \"\"b\"\"\",%d,%d\n%d,West,%d,%d\n", month, draw,
                                  draw * draw % 7, month, draw, draw);
    fixture_write_text(&folder, "forecast_area_sb.csv", text);
    n = (size_t)snprintf(text, sizeof text, "month_id,area,outcome\n");
    for (int month = 470; month < 510; month++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,\"a \"\"b\"\"\",%d\n%d,West,%d\n%d,other,1\n", month,
                              month % 5, month, month % 3, month);
    fixture_write_text(&folder, "d.csv", text);
    snprintf(forecast, sizeof forecast, "%s/forecast_area_sb.csv", folder.path);
    snprintf(deaths, sizeof deaths, "%s/d.csv", folder.path);
    long k = 0;
    for (bool done = false; !done; k++) {
        tsr_error error = TSR_ERROR_INIT;
        n_left = k;
        tsr_status status = score(forecast, deaths, &error);
        done = n_left >= 0;
        n_left = -1;
        assert_int_equal(status, done ? TSR_OK : TSR_E_MEMORY);
    }
    assert_true(k > 40);
    fixture_remove(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
