/* Real data: every month that complete events and national totals share is the same to the death, and a slow counter that
 * knows nothing of our reader, names or places finds the same cells. */
#include "base/table.h"
#include "countries.h"
#include "world/geography.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PRECISE "afg_1989_2020_ged211_precise.csv"
#define COMPLETE_2020 "afg_2020_ged231_full.csv"
#define MYANMAR "mmr_1989_2023_ged241_full.csv"
#define TOTALS "country_month_afg_mmr_1990_2024.csv"

static void check_account(const panel_file *file, uint64_t n_events, uint64_t n_deaths) {
    panel_tally all = fixture_sum(file);
    assert_int_equal(file->n_rows, n_events);
    assert_int_equal(all.events, n_events);
    assert_int_equal(all.deaths, n_deaths);
}

static void check_totals(const panel *p, size_t n_expected) {
    assert_int_equal(p->n_checks, n_expected);
    for (size_t i = 0; i < p->n_checks; i++)
        if ((double)p->checks[i].events_deaths != p->checks[i].total)
            fail_msg("month %d, type %s: events %d, totals %.1f", p->checks[i].month_id,
                     panel_type_name(p->checks[i].type), (int)p->checks[i].events_deaths, p->checks[i].total);
}

static void test_afghanistan(void **state) {
    (void)state;
    const fixture_file files[] = {{PRECISE, WORLD_FILE_EVENTS, false, NULL, "2019-12-31"},
                                  {COMPLETE_2020, WORLD_FILE_EVENTS, true, "2020-01-01", "2020-12-31"},
                                  {TOTALS, WORLD_FILE_TOTALS, false, NULL, NULL},
                                  {0}};
    panel *p = country_import(&afghanistan, files);
    check_account(&p->files[0], 16038, 138187);
    check_account(&p->files[1], 3317, 20834);
    check_totals(p, 12 * PANEL_TYPES);
    assert_int_equal(p->files[0].by_reason[PANEL_OUT_OF_FILE_RANGE].events, 1717);
    assert_int_equal(p->files[0].by_reason[PANEL_DUPLICATE].events, 0);
    for (uint32_t m = 0; m < p->n_months; m++)
        assert_int_equal(p->coverage[m], m < 60 ? PANEL_PRECISE : PANEL_COMPLETE);
    panel_free(p);
}

/** Without ranges the ids say which events of 2020 are in both files. */
static void test_afghan_duplicates(void **state) {
    (void)state;
    const fixture_file files[] = {
        {PRECISE, WORLD_FILE_EVENTS, false, NULL, NULL}, {COMPLETE_2020, WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    panel *p = country_import(&afghanistan, files);
    check_account(&p->files[0], 16038, 138187);
    assert_int_equal(p->files[0].by_reason[PANEL_DUPLICATE].events, 1710); /* of 1717; 7 were revised away */
    assert_int_equal(p->files[0].by_reason[PANEL_SUPERSEDED].events, 7);
    assert_int_equal(p->files[0].by_reason[PANEL_SUPERSEDED].deaths, 24);
    panel_free(p);
}

static void test_myanmar(void **state) {
    (void)state;
    const fixture_file files[] = {
        {MYANMAR, WORLD_FILE_EVENTS, true, NULL, NULL}, {TOTALS, WORLD_FILE_TOTALS, false, NULL, NULL}, {0}};
    panel *p = country_import(&myanmar, files);
    check_account(&p->files[0], 7374, 28721);
    check_totals(p, 72 * PANEL_TYPES); /* 2018 to 2023, every type */
    panel_free(p);
}

/* ---- the slow twin --------------------------------------------------------------------------------------------- */

typedef struct twin {
    const country *c;
    const world *w;
    geography_locator *locator;
    table t;
    uint32_t *deaths, *events;
    uint64_t n_unlocated, n_long, n_other, n_outside;
} twin;

static const char *cell(const twin *t, size_t row, const char *column) {
    int32_t i = table_column(&t->t, column);
    return i >= 0 ? t->t.rows[row].cells[i] : "";
}

/** Ray casting over every ring; -1 outside. */
static int32_t area_of_point(const twin *t, double x, double y) {
    size_t n_rings;
    const world_ring *rings = world_rings(t->w, &n_rings);
    const world_point *points = world_points(t->w, NULL);
    int32_t found = -1;
    for (size_t r = 0; r < n_rings; r++) {
        bool inside = false;
        for (uint32_t i = 0; i + 1 < rings[r].n_points; i++) {
            const world_point *p = &points[rings[r].first_point + i];
            if ((p[0].latitude > y) != (p[1].latitude > y) &&
                x < p[0].longitude +
                        (y - p[0].latitude) / (p[1].latitude - p[0].latitude) * (p[1].longitude - p[0].longitude))
                inside = !inside;
        }
        if (inside)
            found = rings[r].is_hole ? -1 : (int32_t)rings[r].area;
    }
    return found;
}

/** By the beginning of adm_1: "Magway  region" is Magway. */
static int32_t area_of_name(const twin *t, const char *name) {
    static const char *const spellings[][2] = {
        {"Karen ", "Kayin"}, {"Magwe ", "Magway"}, {"Naypyidaw ", "Mandalay"}, {NULL, NULL}};
    size_t n_areas;
    const world_area *areas = world_areas(t->w, &n_areas);
    for (int i = 0; spellings[i][0] != NULL; i++)
        if (strncmp(name, spellings[i][0], strlen(spellings[i][0])) == 0)
            name = spellings[i][1];
    for (size_t i = 0; i < n_areas; i++) {
        const char *area = world_string(t->w, areas[i].name);
        if (strncmp(area, name, strlen(area)) == 0 && (name[strlen(area)] == ' ' || name[strlen(area)] == '\0'))
            return (int32_t)i;
    }
    return -1;
}

static int32_t twin_area(const twin *t, size_t row) {
    const char *precision = cell(t, row, "where_prec"), *name = cell(t, row, "adm_1");
    bool has_precision = precision[0] != '\0';
    if (has_precision && (precision[0] == '6' || precision[0] == '7'))
        return -1;
    if (!has_precision && name[0] == '\0')
        return -1;
    if (strcmp(cell(t, row, "where_coordinates"), t->c->name) == 0)
        return -1;
    int32_t area = name[0] != '\0' ? area_of_name(t, name) : -1;
    double x = strtod(cell(t, row, "longitude"), NULL), y = strtod(cell(t, row, "latitude"), NULL);
    if (area < 0)
        area = area_of_point(t, x, y);
    return area >= 0 ? area : geography_locate(t->locator, x, y, 25, NULL);
}

static int32_t twin_actor(const twin *t, const char *name) {
    for (int32_t i = 0; t->c->actors[i] != NULL; i++)
        if (strcmp(t->c->actors[i], name) == 0)
            return i;
    return -1;
}

static int32_t twin_channel(const twin *t, size_t row) {
    int32_t a = twin_actor(t, cell(t, row, "side_a")), b = twin_actor(t, cell(t, row, "side_b"));
    if (cell(t, row, "type_of_violence")[0] == '3')
        return a >= 0 ? (int32_t)country_one_sided(t->c, (uint32_t)a) : -1;
    if (a > 0 && b == 0)
        return (int32_t)country_battle((uint32_t)a);
    return a == 0 && b > 0 ? (int32_t)country_battle((uint32_t)b) : -1;
}

static int number(const char *digits) {
    return (int)strtol(digits, NULL, 10);
}

/** Days from 1 March of year 0, by counting. */
static int days(const char *date) {
    int y = number(date), m = number(date + 5), d = number(date + 8);
    y -= m < 3;
    m = (m + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (306 * m + 5) / 10 + d;
}

static void twin_count(twin *t, const panel *p) {
    for (size_t row = 0; row < t->t.n_rows; row++) {
        const char *end = cell(t, row, "date_end");
        int month = (number(end) - 1980) * 12 + number(end + 5) - p->first_month;
        int32_t channel = twin_channel(t, row), area = twin_area(t, row);
        bool is_long = days(cell(t, row, "date_end")) - days(cell(t, row, "date_start")) + 1 > 31;
        bool is_outside = month < 0 || month >= (int)p->n_months;
        t->n_outside += is_outside;
        t->n_other += !is_outside && channel < 0;
        t->n_long += !is_outside && channel >= 0 && is_long;
        t->n_unlocated += !is_outside && channel >= 0 && !is_long && area < 0;
        if (is_outside || channel < 0 || is_long || area < 0)
            continue;
        size_t i = panel_cell(p, (uint32_t)month, (uint32_t)channel, (uint32_t)area);
        t->events[i]++;
        t->deaths[i] += (uint32_t)strtoul(cell(t, row, "best"), NULL, 10);
    }
}

static void check_twin(const country *c, const char *name) {
    const fixture_file files[] = {{name, WORLD_FILE_EVENTS, true, NULL, NULL}, {0}};
    panel *p = country_import(c, files);
    world *w = country_world(c, files);
    size_t n = (size_t)p->n_months * p->n_channels * p->n_areas;
    twin t = {.c = c, .w = w, .deaths = calloc(n, sizeof *t.deaths), .events = calloc(n, sizeof *t.events)};
    char path[TSR_PATH_SIZE];
    snprintf(path, sizeof path, "%s/data/ucdp/%s", TEST_SOURCE_ROOT, name);
    assert_int_equal(table_read(path, &t.t, NULL), TSR_OK);
    assert_int_equal(geography_locator_create(w, &t.locator, NULL), TSR_OK);
    twin_count(&t, p);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(p->events[i], t.events[i]);
        assert_int_equal(p->deaths[i], t.deaths[i]);
    }
    const panel_tally *by = p->files[0].by_reason;
    assert_int_equal(by[PANEL_USED_UNLOCATED].events, t.n_unlocated);
    assert_int_equal(by[PANEL_USED_LONG].events, t.n_long);
    assert_int_equal(by[PANEL_OTHER_CHANNEL].events, t.n_other);
    assert_int_equal(by[PANEL_OUT_OF_PERIOD].events, t.n_outside);
    assert_true(by[PANEL_USED_LOCATED].events > 1000);
    geography_locator_free(t.locator);
    table_clear(&t.t);
    free(t.events);
    free(t.deaths);
    free(w);
    panel_free(p);
}

static void test_twin(void **state) {
    (void)state;
    check_twin(&myanmar, MYANMAR);
    check_twin(&afghanistan, COMPLETE_2020);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_afghanistan),
        cmocka_unit_test(test_afghan_duplicates),
        cmocka_unit_test(test_myanmar),
        cmocka_unit_test(test_twin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
