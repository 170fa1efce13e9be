/* What a panel says of a month, a unit and a type; tables of deaths; the shapes of forecasts. Files that are wrong are tested
 * from the command line, tests/cli. */
#include "../events/fixture.h"
#include "backtest/observed.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static observed *read_table(const char *text) {
    fixture_folder folder = fixture_make_folder();
    char path[300];
    observed *o = NULL;
    fixture_write_text(&folder, "t.csv", text);
    snprintf(path, sizeof path, "%s/t.csv", folder.path);
    tsr_error error = TSR_ERROR_INIT;
    if (observed_read(path, NULL, &o, NULL, &error) != TSR_OK)
        fail_msg("%s", error.message);
    fixture_remove(&folder);
    return o;
}

static void types_and_sums(void **state) {
    (void)state;
    observed *wide = read_table("month_id,country_id,ged_sb,ged_ns,ged_os\n481,7,5,2,1\n483,7,4,,1\n482,9,3,3,3.0\n");
    int32_t seven = observed_unit(wide, "7");
    assert_int_equal(wide->kind, UNIT_COUNTRY);
    assert_true(observed_deaths(wide, PANEL_STATE_BASED, seven, 481) == 5);
    assert_true(observed_deaths(wide, TYPE_ALL, seven, 481) == 8);
    assert_true(observed_deaths(wide, PANEL_ONE_SIDED, seven, 483) == 1);
    assert_true(isnan(observed_deaths(wide, TYPE_ALL, seven, 483))); /* a part is not the sum */
    assert_true(isnan(observed_deaths(wide, TYPE_ALL, seven, 482)));
    assert_true(isnan(observed_deaths(wide, TYPE_ALL, seven, 480)));
    assert_true(observed_deaths(wide, TYPE_ALL, observed_unit(wide, "9"), 482) == 9);
    assert_int_equal(observed_unit(wide, "8"), -1);
    assert_int_equal(observed_type(wide, PANEL_NON_STATE), PANEL_NON_STATE);
    observed_free(wide);
    observed *typed = read_table("area,type,outcome,month_id\nEast,sb,4,481\nEast,all,9,481\nWest,os,,481\n");
    assert_true(observed_deaths(typed, PANEL_STATE_BASED, observed_unit(typed, "East"), 481) == 4);
    assert_true(observed_deaths(typed, TYPE_ALL, observed_unit(typed, "East"), 481) == 9);
    assert_true(isnan(observed_deaths(typed, PANEL_ONE_SIDED, observed_unit(typed, "West"), 481)));
    assert_int_equal(observed_type(typed, PANEL_NON_STATE), TYPES);
    assert_string_equal(observed_nearest(typed, "Wets"), "West");
    assert_null(observed_nearest(typed, "Elsewhere"));
    observed_free(typed);
    observed *untyped = read_table("area,outcome,month_id\nEast,4,481\n");
    assert_int_equal(observed_type(untyped, PANEL_NON_STATE), TYPE_ALL); /* whatever the caller says it is */
    observed_free(untyped);
}

/** Deaths that a panel has located, those it has not, months it has not seen. */
static void panels(void **state) {
    (void)state;
    problem_list problems;
    tsr_error error = TSR_ERROR_INIT;
    panel *p = fixture_import(FIXTURE_HEADER "1,1,Government of X,REB,1,x,West,,,Xland,2020-01-01,2020-01-02,5,5,5\n"
                                             "2,1,Government of X,MIL,1,x,West,,,Xland,2020-01-03,2020-01-03,2,2,2\n"
                                             "3,3,REB,Civilians,1,x,East,,,Xland,2020-02-01,2020-02-02,3,3,3\n"
                                             "4,3,REB,Civilians,6,x,,,,Xland,2020-02-01,2020-02-02,11,11,11\n"
                                             "5,2,P,Q,1,x,West,,,Xland,2020-02-01,2020-02-02,40,40,40\n",
                              &problems, &error);
    assert_non_null(p);
    world *w = fixture_world((const fixture_file[]){{0}});
    observed *areas, *country;
    assert_int_equal(observed_from_panel(p, w, UNIT_AREA, &areas, NULL), TSR_OK);
    int32_t west = observed_unit(areas, "West"), east = observed_unit(areas, "East");
    assert_true(observed_deaths(areas, TYPE_ALL, west, FIXTURE_FIRST) == 7);
    assert_true(observed_deaths(areas, TYPE_ALL, east, FIXTURE_FIRST) == 0);
    assert_true(observed_deaths(areas, TYPE_ALL, east, FIXTURE_FIRST + 1) == 3);
    assert_true(observed_deaths(areas, TYPE_ALL, west, FIXTURE_FIRST + 1) == 0); /* no channel of the model */
    assert_true(observed_deaths(areas, PANEL_ONE_SIDED, east, FIXTURE_FIRST + 1) == 3);
    assert_true(observed_deaths(areas, PANEL_ONE_SIDED, west, FIXTURE_FIRST) == 0);
    assert_int_equal(observed_type(areas, PANEL_STATE_BASED), TYPES);
    assert_true(isnan(observed_deaths(areas, TYPE_ALL, west, FIXTURE_FIRST + (int32_t)p->n_months)));
    p->coverage[1] = PANEL_PRECISE;
    p->totals[2 * PANEL_TYPES] = 77;
    observed_free(areas);
    assert_int_equal(observed_from_panel(p, w, UNIT_AREA, &areas, NULL), TSR_OK);
    assert_true(isnan(observed_deaths(areas, TYPE_ALL, east, FIXTURE_FIRST + 1)));
    assert_int_equal(observed_from_panel(p, w, UNIT_COUNTRY, &country, NULL), TSR_OK);
    assert_true(observed_deaths(country, PANEL_STATE_BASED, 0, FIXTURE_FIRST) == 7);
    assert_true(observed_deaths(country, TYPE_ALL, 0, FIXTURE_FIRST) == 7);
    assert_true(
        isnan(observed_deaths(country, PANEL_ONE_SIDED, 0, FIXTURE_FIRST + 1))); /* precise only: not all deaths */
    assert_true(observed_deaths(country, PANEL_STATE_BASED, 0, FIXTURE_FIRST + 2) == 77);
    observed_free(areas);
    observed_free(country);
    problem_list_clear(&problems);
    panel_free(p);
    free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(types_and_sums), cmocka_unit_test(panels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
