/* Dates and months: known days, every day of three centuries against a slow twin, what is refused. */
#include "base/date.h"
#include "test.h"

static civil_date civil(int32_t year, int32_t month, int32_t day) {
    return (civil_date){year, month, day};
}

static void test_known_days(void **state) {
    (void)state;
    assert_int_equal(date_to_day(civil(1970, 1, 1)), 0);
    assert_int_equal(date_to_day(civil(1969, 12, 31)), -1);
    assert_int_equal(date_to_day(civil(2000, 2, 29)), 11016);
    assert_int_equal(date_to_day(civil(2021, 8, 15)), 18854);
    assert_int_equal(date_to_day(civil(1900, 1, 1)), -25567);
    assert_int_equal(date_to_day(civil(2200, 12, 31)), 84370);
}

static bool slow_is_leap(int32_t year) {
    return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
}

/** The next day, counted by hand. */
static civil_date slow_next(civil_date d) {
    int32_t length = d.month == 2 ? (slow_is_leap(d.year) ? 29 : 28)
                                  : (d.month == 4 || d.month == 6 || d.month == 9 || d.month == 11 ? 30 : 31);
    if (d.day < length)
        return civil(d.year, d.month, d.day + 1);
    return d.month < 12 ? civil(d.year, d.month + 1, 1) : civil(d.year + 1, 1, 1);
}

static void test_every_day(void **state) {
    (void)state;
    civil_date d = civil(1900, 1, 1);
    for (date_day day = -25567; day <= 84370; day++, d = slow_next(d)) {
        civil_date back = date_from_day(day);
        if (back.year != d.year || back.month != d.month || back.day != d.day || date_to_day(d) != day ||
            !date_valid(d) || month_from_day(day) != (d.year - 1980) * 12 + d.month)
            fail_msg("day %d is %d-%d-%d, not %d-%d-%d", day, d.year, d.month, d.day, back.year, back.month, back.day);
    }
    assert_int_equal(d.year, 2201);
}

/** "Always" and "for ever" are days too: nothing overflows on them. */
static void test_far_days(void **state) {
    (void)state;
    assert_int_equal(date_to_day(date_from_day(-800000)), -800000);
    assert_int_equal(date_to_day(date_from_day(2000000)), 2000000);
    assert_true(date_from_day(DATE_MAX).year > 5000000);
    assert_true(date_from_day(DATE_MIN).year < -5000000);
    assert_true(month_from_day(DATE_MIN) < month_from_day(DATE_MAX));
}

static void test_valid(void **state) {
    (void)state;
    assert_true(date_valid(civil(2020, 2, 29)));
    assert_true(date_valid(civil(2000, 2, 29)));
    assert_false(date_valid(civil(2021, 2, 29)));
    assert_false(date_valid(civil(1900, 2, 29)));
    assert_false(date_valid(civil(2100, 2, 29)));
    assert_false(date_valid(civil(2020, 2, 30)));
    assert_false(date_valid(civil(2020, 4, 31)));
    assert_false(date_valid(civil(2020, 0, 1)));
    assert_false(date_valid(civil(2020, 13, 1)));
    assert_false(date_valid(civil(2020, 1, 0)));
    assert_false(date_valid(civil(2020, -1, 1)));
    assert_false(date_valid(civil(1899, 12, 31)));
    assert_false(date_valid(civil(2201, 1, 1)));
}

static void test_months(void **state) {
    (void)state;
    assert_int_equal(month_from_civil(1980, 1), 1);
    assert_int_equal(month_from_civil(2015, 1), 421);
    assert_int_equal(month_from_civil(1979, 12), 0);
    assert_int_equal(month_from_day(date_to_day(civil(2015, 1, 31))), 421);
    assert_int_equal(month_from_day(date_to_day(civil(2015, 2, 1))), 422);
    assert_int_equal(month_first_day(421), 16436);
    assert_int_equal(month_last_day(421), 16466);
    assert_int_equal(month_length(month_from_civil(2020, 2)), 29);
    assert_int_equal(month_length(month_from_civil(2019, 2)), 28);
    for (int32_t month = -959; month <= 2652; month++) { /* 1900-02 ... 2200-12 */
        assert_int_equal(month_from_civil(month_year(month), month_of_year(month)), month);
        assert_in_range(month_of_year(month), 1, 12);
        assert_int_equal(month_last_day(month) + 1, month_first_day(month + 1));
        assert_int_equal(month_last_day(month) - month_first_day(month) + 1, month_length(month));
    }
}

static bool read_text(const char *text, date_day *first, date_day *last) {
    return date_read(text, strlen(text), first, last);
}

static void test_read(void **state) {
    (void)state;
    date_day first = 7, last = 7;
    assert_true(read_text("2020-02-29", &first, &last));
    assert_int_equal(first, date_to_day(civil(2020, 2, 29)));
    assert_int_equal(last, first);
    assert_true(read_text("2020-02", &first, &last));
    assert_int_equal(first, date_to_day(civil(2020, 2, 1)));
    assert_int_equal(last, date_to_day(civil(2020, 2, 29)));
    assert_true(read_text("2100", &first, &last));
    assert_int_equal(first, date_to_day(civil(2100, 1, 1)));
    assert_int_equal(last, date_to_day(civil(2100, 12, 31)));
    assert_true(date_read("2020-02-29T00:00", 10, &first, &last)); /* only what the length says */
}

static void test_read_refuses(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",           "2020-02-30",  "2021-02-29", "2020-00-01",  "2020-13",      "2020-2-1",  "2020-02-1",
        "20200201",   "2020/02/01",  "2020-02-",   " 2020-02-01", "2020-02-01 ",  "202",       "-020",
        "20-02-2020", "2020-02 -01", "1899",       "2201-01",     "2020-02-01T0", "2o20",      "2020-+1",
        "+020-01-01", "2020--1-01",  "2020 02 01", "2020-02+01",  "2020-0:-01",   "2020-02-/1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        date_day first = 7, last = 8;
        if (read_text(wrong[i], &first, &last))
            fail_msg("'%s' was read as a date", wrong[i]);
        assert_int_equal(first, 7); /* outputs are written on success only */
        assert_int_equal(last, 8);
    }
}

static void test_text(void **state) {
    (void)state;
    char text[16];
    month_text(421, text);
    assert_string_equal(text, "2015-01");
    month_text(0, text);
    assert_string_equal(text, "1979-12");
    date_text(18854, text);
    assert_string_equal(text, "2021-08-15");
    date_text(-1, text);
    assert_string_equal(text, "1969-12-31");
    for (date_day day = -25567; day <= 84370; day += 13) {
        date_day first, last;
        date_text(day, text);
        assert_true(read_text(text, &first, &last));
        assert_int_equal(first, day);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days), cmocka_unit_test(test_every_day),    cmocka_unit_test(test_far_days),
        cmocka_unit_test(test_valid),      cmocka_unit_test(test_months),       cmocka_unit_test(test_read),
        cmocka_unit_test(test_text),       cmocka_unit_test(test_read_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
