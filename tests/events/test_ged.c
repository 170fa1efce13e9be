/* Layouts of UCDP GED files, and values that cannot be. */
#include "base/text.h"
#include "events/ged.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_EVENTS 8

typedef struct result {
    tsr_status status;
    tsr_error error;
    problem_list problems;
    ged_event events[MAX_EVENTS]; /**< their texts are gone */
    char side_a[MAX_EVENTS][64], country[MAX_EVENTS][64];
    size_t n_events;
    uint64_t n_rows, n_widened;
    bool has_ids, has_older_ids, has_precision, has_adm_1;
} result;

static void read_rows(ged_reader *g, result *r) {
    ged_event e;
    bool more = true;
    while (r->status == TSR_OK) {
        r->status = ged_next(g, &e, &more, &r->error);
        if (r->status != TSR_OK || !more)
            break;
        if (r->n_events < MAX_EVENTS) {
            r->events[r->n_events] = e;
            assert_true(e.side_a.n < 64 && e.country.n < 64);
            memcpy(r->side_a[r->n_events], e.side_a.text, e.side_a.n);
            memcpy(r->country[r->n_events], e.country.text, e.country.n);
        }
        r->n_events++;
    }
    r->n_rows = ged_n_rows(g);
    r->n_widened = ged_n_widened(g);
    r->has_ids = ged_has_ids(g);
    r->has_older_ids = ged_has_older_ids(g);
    r->has_precision = ged_has_precision(g);
    r->has_adm_1 = ged_has_adm_1(g);
}

static result *read_text(const char *text) {
    result *r = calloc(1, sizeof *r);
    ged_reader *g = NULL;
    size_t n_problems = 0;
    assert_non_null(r);
    r->error = (tsr_error)TSR_ERROR_INIT;
    r->status = ged_open_bytes(text, strlen(text), "x.csv", &r->problems, &n_problems, &g, &r->error);
    if (r->status == TSR_OK)
        read_rows(g, r);
    ged_close(g);
    return r;
}

static void free_result(result *r) {
    problem_list_clear(&r->problems);
    free(r);
}

/* ---- layouts --------------------------------------------------------------------------------------------------- */

#define OFFICIAL                                                                                                       \
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,"           \
    "dyad_dset_id,dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,"      \
    "number_of_sources,source_article,source_office,source_date,source_headline,source_original,where_prec,"           \
    "where_coordinates,where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,"     \
    "region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,"  \
    "low,gwnoa,gwnob\n"
#define OFFICIAL_ROW                                                                                                   \
    "244657,IRQ-2017-1-524-322,2017,True,Clear,1,259,259,Iraq: Government,524,524,Government of Iraq - IS,116,116,"    \
    "Government of Iraq,234,234,IS,1,\"a \"\"b\"\", c\nd\",,2017-07-31,x,,1,Mosul city,Mosul,Ninawa governorate,"      \
    "Mosul district,36.34,43.13,POINT (43.13 36.34),182247,Iraq,645,Middle East,1,1,2017-07-31 00:00:00.000,"          \
    "2017-08-01 00:00:00.000,0,4,0,2,6,7,5,645,\n"

static void check_official(const char *text) {
    result *r = read_text(text);
    assert_string_equal(r->error.message, "");
    assert_int_equal(r->status, TSR_OK);
    assert_int_equal(r->n_events, 1);
    const ged_event *e = &r->events[0];
    assert_int_equal(e->id, 244657);
    assert_int_equal(e->type, PANEL_STATE_BASED);
    assert_string_equal(r->side_a[0], "Government of Iraq");
    assert_string_equal(r->country[0], "Iraq");
    assert_int_equal(e->where_prec, 1);
    assert_int_equal(e->start, date_to_day((civil_date){2017, 7, 31}));
    assert_int_equal(e->end, date_to_day((civil_date){2017, 8, 1}));
    assert_true(e->latitude == 36.34 && e->longitude == 43.13);
    assert_int_equal(e->best, 6);
    assert_int_equal(e->high, 7);
    assert_int_equal(e->low, 5);
    assert_true(r->has_ids && !r->has_older_ids && r->has_precision && r->has_adm_1);
    free_result(r);
}

static void test_official(void **state) {
    (void)state;
    check_official(OFFICIAL OFFICIAL_ROW);
    check_official("\xEF\xBB\xBF" OFFICIAL OFFICIAL_ROW);
}

static void test_no_header(void **state) {
    (void)state;
    check_official(OFFICIAL_ROW);
    result *r = read_text(OFFICIAL_ROW OFFICIAL_ROW);
    assert_int_equal(r->n_events, 2);
    assert_int_equal(r->n_rows, 2);
    free_result(r);
}

static void test_old_names(void **state) {
    (void)state;
    result *r = read_text("ID, Type_of_violence ,side_a,side_b,date_start,adm_1,best_est,low_est,high_est\n"
                          "71686.0,2,A,B,2001-02-03,North,5,4,9\n");
    assert_int_equal(r->status, TSR_OK);
    assert_int_equal(r->n_events, 1);
    assert_int_equal(r->events[0].id, 71686);
    assert_int_equal(r->events[0].type, PANEL_NON_STATE);
    assert_int_equal(r->events[0].best, 5);
    assert_int_equal(r->events[0].low, 4);
    assert_int_equal(r->events[0].high, 9);
    assert_int_equal(r->events[0].end, r->events[0].start);
    assert_true(isnan(r->events[0].latitude));
    assert_int_equal(r->events[0].where_prec, 0);
    free_result(r);
}

static void test_short_layout(void **state) {
    (void)state;
    result *r = read_text("id_ged211,best,side_b,side_a,type_of_violence,date_end,longitude,latitude\n"
                          ",1,B,A,3,2020-12-31,-10,20.5\n321168,2,B,A,3,2020-12-31,10,20\n");
    assert_int_equal(r->status, TSR_OK);
    assert_int_equal(r->n_events, 2);
    assert_true(!r->has_ids && r->has_older_ids && !r->has_precision && !r->has_adm_1);
    assert_true(r->events[0].id == GED_NO_ID && r->events[0].id_older == GED_NO_ID);
    assert_int_equal(r->events[1].id_older, 321168);
    assert_int_equal(r->events[0].low, 1);
    assert_int_equal(r->events[0].high, 1);
    assert_int_equal(r->events[0].country.n, 0);
    free_result(r);
}

static void check_header_fails(const char *text, const char *part) {
    result *r = read_text(text);
    assert_int_equal(r->status, TSR_E_INPUT);
    if (strstr(r->error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", r->error.message, part);
    free_result(r);
}

static void test_wrong_headers(void **state) {
    (void)state;
    check_header_fails("id,type_of_violence,side_a,sideb,best,date_end,adm_1\n",
                       "lacks a column: side_b (is it the column \"sideb\"?)");
    check_header_fails("id,side_a,side_b,best\n", "type_of_violence");
    check_header_fails("id,side_a,side_b,best\n", "date_end or date_start");
    check_header_fails("id,side_a,side_b,best,latitude\n", "adm_1 or latitude with longitude");
    check_header_fails("id;side_a;side_b;best\n", "semicolons");
    check_header_fails("id\tside_a\tside_b\n", "tabs");
    check_header_fails("1,2,3\n4,5,6\n", "is it a header?");
    check_header_fails("id,type_of_violence,side_a,side_b,best,best,date_end,adm_1\n", "two columns named best");
    check_header_fails("\n\n", "no rows");
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

#define HEADER "id,type_of_violence,side_a,side_b,where_prec,latitude,longitude,date_start,date_end,best,low,high\n"

static void check_value(const char *row, uint32_t column, const char *message) {
    char text[512];
    snprintf(text, sizeof text, HEADER "%s\n9,1,A,B,1,1,2,2020-01-01,2020-01-01,3,3,3\n", row);
    result *r = read_text(text);
    assert_int_equal(r->status, TSR_OK);
    assert_int_equal(r->problems.n_errors, 1);
    assert_string_equal(r->problems.items[0].message, message);
    assert_string_equal(r->problems.items[0].file, "x.csv");
    assert_int_equal(r->problems.items[0].line, 2);
    assert_int_equal(r->problems.items[0].column, column);
    assert_int_equal(r->n_events, 1); /* reading goes on */
    assert_int_equal(r->n_rows, 2);
    free_result(r);
}

static void test_bad_values(void **state) {
    (void)state;
    check_value("1,1,A,B,1,95,2,2020-01-01,2020-01-01,3,3,3", 11,
                "latitude is 95; it must be a number of degrees from -90 to 90");
    check_value("1,1,A,B,1,9,-181,2020-01-01,2020-01-01,3,3,3", 13,
                "longitude is -181; it must be a number of degrees from -180 to 180");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,-3,3,3", 37,
                "best is -3; it must be a whole number from 0 to 10000000");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,n/a,3,3", 37,
                "best is \"n/a\"; it must be a whole number from 0 to 10000000");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,,3,3", 37,
                "best is blank; it must be a whole number from 0 to 10000000");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,1.5,3,3", 37,
                "best is 1.5; it must be a whole number from 0 to 10000000");
    check_value("1,1,A,B,1,1,2,2020-02-30,2020-03-01,3,3,3", 15,
                "date_start is \"2020-02-30\"; it must be a day of the calendar as YYYY-MM-DD");
    check_value("1,1,A,B,1,1,2,2020-02-03,2020-03,3,3,3", 26,
                "date_end is \"2020-03\"; it must be a day of the calendar as YYYY-MM-DD");
    check_value("1,1,A,B,1,1,2,2020-02-03,2020-02-01,3,3,3", 26,
                "date_end is \"2020-02-01\"; it must be date_start or a later day");
    check_value("1,7,A,B,1,1,2,2020-01-01,2020-01-01,3,3,3", 3,
                "type_of_violence is 7; it must be 1 (state-based), 2 (non-state) or 3 (one-sided)");
    check_value("1,1,A,B,9,1,2,2020-01-01,2020-01-01,3,3,3", 9,
                "where_prec is 9; it must be a whole number from 1 (exact) to 7 (unclear)");
    check_value("1,1,,B,1,1,2,2020-01-01,2020-01-01,3,3,3", 5, "side_a is blank; it must be the name of an actor");
    check_value("x,1,A,B,1,1,2,2020-01-01,2020-01-01,3,3,3", 1, "id is \"x\"; it must be a whole number");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,3,3", 39, "the row has 11 cells; it must have 12");
    check_value("1,1,A,B,1,1,2,2020-01-01,2020-01-01,3,3,3,4", 43, "the row has 13 cells; it must have 12");
}

static void test_several_problems(void **state) {
    (void)state;
    result *r = read_text(HEADER "1,7,A,B,1,95,2,2020-01-01,2020-01-01,-1,3,3\n");
    assert_int_equal(r->problems.n_errors, 3);
    free_result(r);
}

static void test_fifty_problems(void **state) {
    (void)state;
    text_buffer b;
    text_buffer_init(&b);
    text_add_string(&b, HEADER);
    for (int i = 0; i < 60; i++)
        text_add_string(&b, "1,7,A,B,1,1,2,2020-01-01,2020-01-01,1,1,1\n");
    result *r = read_text(b.data);
    assert_int_equal(r->status, TSR_E_INPUT);
    assert_int_equal(r->problems.n_errors, 50);
    assert_non_null(strstr(r->error.message, "50"));
    free_result(r);
    text_buffer_clear(&b);
}

static void test_cut_file(void **state) {
    (void)state;
    result *r = read_text(HEADER "1,1,A,B,1,1,2,2020-01");
    assert_int_equal(r->problems.n_errors, 1);
    assert_non_null(strstr(r->problems.items[0].message, "cut off"));
    free_result(r);
}

static void test_widened(void **state) {
    (void)state;
    result *r = read_text(HEADER "1,1,A,B,1,1,2,2020-01-01,2020-01-01,2,3,4\n"
                                 "2,1,A,B,1,1,2,2020-01-01,2020-01-01,5,3,4\n"
                                 "3,1,A,B,1,1,2,2020-01-01,2020-01-01,4,3,5\n");
    assert_int_equal(r->status, TSR_OK);
    assert_int_equal(r->n_widened, 2);
    assert_int_equal(r->events[0].low, 2);
    assert_int_equal(r->events[0].high, 4);
    assert_int_equal(r->events[1].high, 5);
    assert_true(r->events[0].is_widened && r->events[1].is_widened && !r->events[2].is_widened);
    free_result(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_official),         cmocka_unit_test(test_no_header),
        cmocka_unit_test(test_old_names),        cmocka_unit_test(test_short_layout),
        cmocka_unit_test(test_wrong_headers),    cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_several_problems), cmocka_unit_test(test_fifty_problems),
        cmocka_unit_test(test_cut_file),         cmocka_unit_test(test_widened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
