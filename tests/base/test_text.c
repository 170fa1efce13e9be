/* Text: growing buffers, strict numbers, shortest numbers, nearest names, UTF-8. */
#include "base/text.h"
#include "test.h"

#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>

static void test_buffer(void **state) {
    (void)state;
    text_buffer b;
    text_buffer_init(&b);
    assert_null(b.data);
    text_add(&b, NULL, 0);
    assert_string_equal(b.data, "");
    text_add_string(&b, "Herat");
    text_add(&b, " and more", 4);
    text_add_format(&b, " %d%%", 34);
    assert_string_equal(b.data, "Herat and 34%");
    assert_int_equal(b.n, 13);
    text_add(&b, "a\0b", 3);
    assert_int_equal(b.n, 16);
    assert_memory_equal(b.data + 13, "a\0b", 4);
    for (int i = 0; i < 10000; i++)
        text_add_format(&b, "%c", 'a' + i % 26);
    assert_int_equal(b.n, 10016);
    assert_int_equal(b.data[10016], 0);
    assert_int_equal(b.data[16 + 9999], 'a' + 9999 % 26);
    assert_false(b.failed);
    text_buffer_clear(&b);
    assert_null(b.data);
    assert_int_equal(b.n, 0);
}

static void test_buffer_overflow(void **state) {
    (void)state;
    text_buffer b;
    text_buffer_init(&b);
    text_add_string(&b, "kept");
    text_add(&b, "x", SIZE_MAX - 4); /* never read: the size overflows first */
    assert_true(b.failed);
    text_add_string(&b, "ignored");
    assert_string_equal(b.data, "kept");
    text_buffer_clear(&b);
    assert_false(b.failed);
}

static void test_equal(void **state) {
    (void)state;
    assert_true(text_equal("isis_k", "isis_k"));
    assert_false(text_equal("isis_k", "isis_K"));
    assert_false(text_equal("isis", "isis_k"));
}

static void check_number(const char *text, double expected) {
    double value = -77;
    if (!text_number(text, strlen(text), &value) || value != expected || signbit(value) != signbit(expected))
        fail_msg("'%s' was read as %.17g, not %.17g", text, value, expected);
}

static void test_numbers(void **state) {
    (void)state;
    check_number("0", 0);
    check_number("-0", -0.0);
    check_number("1e5", 1e5);
    check_number("+12.50", 12.5);
    check_number("-200", -200);
    check_number("71686.0", 71686);
    check_number("1E-3", 1e-3);
    check_number("1e+3", 1e3);
    check_number("007", 7);
    check_number("1.7976931348623157e308", DBL_MAX);
    check_number("4.9e-324", 4.9e-324);
    check_number("1e-999", 0);
    double value = 0;
    assert_true(text_number("12.5;13", 4, &value)); /* only what the length says */
    assert_true(value == 12.5);
}

/** A number is read whatever its length is: here one third with 1,000 digits. */
static void test_long_number(void **state) {
    (void)state;
    char digits[1003] = "0.";
    memset(digits + 2, '3', 1000);
    check_number(digits, 1.0 / 3);
}

static void test_numbers_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",    " ",     "+",     "-",        ".",   "+.5",  ".5", "5.",  "0x10",   "1e999", "nan",
        "NaN", "inf",   "-inf",  "1e",       "1e+", "e5",   "1 ", " 1",  "1,5",    "1_0",   "--1",
        "+-1", "1.2.3", "1e5.0", "infinity", "1d5", "12px", "1f", "0b1", "-1e999", "1e5e5", "\xd9\xa1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        double value = -77;
        if (text_number(wrong[i], strlen(wrong[i]), &value))
            fail_msg("'%s' was read as the number %g", wrong[i], value);
        assert_true(value == -77);
    }
    double value = -77;
    assert_false(text_number("1\0", 2, &value));
}

static void test_integers(void **state) {
    (void)state;
    int64_t value = 0;
    assert_true(text_integer("71686", 5, false, &value) && value == 71686);
    assert_true(text_integer("-12", 3, false, &value) && value == -12);
    assert_true(text_integer("+12", 3, false, &value) && value == 12);
    assert_true(text_integer("9223372036854775807", 19, false, &value) && value == INT64_MAX);
    assert_true(text_integer("-9223372036854775808", 20, false, &value) && value == INT64_MIN);
    assert_true(text_integer("71686.0", 7, true, &value) && value == 71686);
    assert_true(text_integer("71686.000", 9, true, &value) && value == 71686);
    assert_true(text_integer("5", 1, true, &value) && value == 5);
}

static void test_integers_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"",
                                        "-",
                                        "1.5",
                                        "1.",
                                        ".0",
                                        "1e5",
                                        "0x10",
                                        " 1",
                                        "1 ",
                                        "1.0x",
                                        "1.01",
                                        "--1",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "1.0e1",
                                        "99999999999999999999999999999999999999999999"};
    int64_t value = -77;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (text_integer(wrong[i], strlen(wrong[i]), true, &value))
            fail_msg("'%s' was read as %lld", wrong[i], (long long)value);
    assert_false(text_integer("71686.0", 7, false, &value));
    assert_int_equal(value, -77);
}

static void test_distance(void **state) {
    (void)state;
    assert_int_equal(text_distance("", ""), 0);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("abc", ""), 3);
    assert_int_equal(text_distance("strength", "strength"), 0);
    assert_int_equal(text_distance("STRENGTH", "strength"), 0);
    assert_int_equal(text_distance("strenght", "strength"), 1); /* neighbours swapped */
    assert_int_equal(text_distance("strngth", "strength"), 1);
    assert_int_equal(text_distance("strenngth", "strength"), 1);
    assert_int_equal(text_distance("strendth", "strength"), 1);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
    assert_int_equal(text_distance("ab", "ba"), 1);
    assert_int_equal(text_distance("abcd", "badc"), 2);
    assert_int_equal(text_distance("ca", "abc"), 3); /* a swapped pair is not edited again */
    char long_name[400];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    assert_int_equal(text_distance(long_name, long_name), 0);
    assert_true(text_distance(long_name, "a") > 100);
}

static void test_nearest(void **state) {
    (void)state;
    static const char *const names[] = {"strength", "support", "control", "schedules", "id"};
    assert_string_equal(text_nearest("strenght", names, 5), "strength");
    assert_string_equal(text_nearest("Support", names, 5), "support");
    assert_string_equal(text_nearest("contrl", names, 5), "control");
    assert_string_equal(text_nearest("skedule", names, 4 + 1) ? "found" : "none", "none"); /* 3 edits of at most 2 */
    assert_string_equal(text_nearest("schedule", names, 5), "schedules");
    assert_null(text_nearest("weather", names, 5));
    assert_null(text_nearest("strength", names, 0));
    static const char *const alike[] = {"bat", "cat"};
    assert_string_equal(text_nearest("rat", alike, 2), "bat"); /* the first of equals */
}

static void check_written(double value, const char *expected) {
    char text[32];
    text_from_number(value, text);
    assert_string_equal(text, expected);
}

static void test_write_numbers(void **state) {
    (void)state;
    check_written(0, "0");
    check_written(-0.0, "-0");
    check_written(0.1, "0.1");
    check_written(12, "12");
    check_written(100, "100");
    check_written(2010, "2010");
    check_written(1000000, "1000000");
    check_written(1e-7, "1e-07");
    check_written(1e22, "1e+22");
    check_written(1.0 / 3, "0.3333333333333333");
    check_written(0.1 + 0.2, "0.30000000000000004");
    check_written(9007199254740993.0, "9007199254740992");
    check_written(DBL_MAX, "1.7976931348623157e+308");
    check_written(-DBL_MIN, "-2.2250738585072014e-308");
    check_written(5e-324, "5e-324");
    check_written(-200.5, "-200.5");
    check_written(INFINITY, "inf"); /* for messages; whoever writes JSON checks */
}

/** Digits of a written number without sign, point, exponent and the zeros at both ends. */
static int count_digits(const char *text) {
    char digits[64];
    int n = 0;
    for (; *text && *text != 'e'; text++)
        if (isdigit((unsigned char)*text) && (n > 0 || *text != '0'))
            digits[n++] = *text;
    while (n > 0 && digits[n - 1] == '0')
        n--;
    return n;
}

/** Random doubles of any size read back as the same bits, with as few digits as any number of digits allows. */
static void test_round_trip(void **state) {
    (void)state;
    uint64_t seed = 0;
    for (int i = 0; i < 60000; i++) {
        seed += 0x9e3779b97f4a7c15U; /* SplitMix64 */
        uint64_t bits = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9U;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebU;
        bits ^= bits >> 31;
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (i % 3 == 1)
            value = (double)(int64_t)(bits >> 40) / 1000; /* what people write */
        else if (i % 3 == 2)
            value = ldexp((double)(bits >> 40), -1074); /* below the normal numbers */
        if (!isfinite(value))
            continue;
        char text[32], least[64];
        text_from_number(value, text);
        assert_true(text_number(text, strlen(text), &back));
        assert_memory_equal(&back, &value, sizeof value);
        for (int digits = 0; digits < 17; digits++) {
            snprintf(least, sizeof least, "%.*e", digits, value);
            if (strtod(least, NULL) == value)
                break;
        }
        if (count_digits(text) != count_digits(least))
            fail_msg("%s was written, %s is shorter", text, least);
    }
}

/** Numbers do not depend on the locale of the process; in Pashto the decimal sign has two bytes. */
static void test_locales(void **state) {
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "ps_AF.UTF-8", "ps_AF", "fa_IR.UTF-8", "fa_IR"};
    int n = 0;
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
        if (!setlocale(LC_NUMERIC, locales[i]))
            continue;
        n++;
        check_number("12.5", 12.5);
        check_number("-0.25e2", -25);
        check_written(12.5, "12.5");
        check_written(0.1 + 0.2, "0.30000000000000004");
        check_written(1e-7, "1e-07");
        double value = 0;
        assert_false(text_number("12,5", 4, &value));
    }
    setlocale(LC_NUMERIC, "C");
    if (n == 0)
        skip(); /* none of them is installed */
}

static void check_utf8(const char *bytes, size_t n, bool valid, size_t bad) {
    size_t at = 99;
    if (text_is_utf8(bytes, n, &at) != valid || (!valid && at != bad))
        fail_msg("'%s' (%zu bytes): valid %d, wrong at %zu", bytes, n, !valid, at);
}

static void test_utf8(void **state) {
    (void)state;
    check_utf8("", 0, true, 0);
    check_utf8("Kabul", 5, true, 0);
    check_utf8("a\0b", 3, true, 0);
    check_utf8("\xc3\xa9\xe2\x82\xac\xf0\x9f\x8c\x8d", 9, true, 0);
    check_utf8("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", 10, true, 0); /* the neighbours of what is not */
    check_utf8("ab\xff", 3, false, 2);
    check_utf8("\x80", 1, false, 0);
    check_utf8("a\xc3", 2, false, 1);            /* cut off */
    check_utf8("a\xe2\x82", 3, false, 1);        /* cut off */
    check_utf8("\xe2\x82\xac", 2, false, 0);     /* only what the length says */
    check_utf8("\xc0\xaf", 2, false, 0);         /* overlong */
    check_utf8("\xc1\xbf", 2, false, 0);         /* overlong */
    check_utf8("\xe0\x9f\xbf", 3, false, 0);     /* overlong */
    check_utf8("\xf0\x8f\xbf\xbf", 4, false, 0); /* overlong */
    check_utf8("\xed\xa0\x80", 3, false, 0);     /* surrogate */
    check_utf8("\xf4\x90\x80\x80", 4, false, 0); /* above U+10FFFF */
    check_utf8("\xf5\x80\x80\x80", 4, false, 0);
    check_utf8("ok\xc3(", 4, false, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer),        cmocka_unit_test(test_buffer_overflow),
        cmocka_unit_test(test_equal),         cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_long_number),   cmocka_unit_test(test_numbers_refused),
        cmocka_unit_test(test_integers),      cmocka_unit_test(test_integers_refused),
        cmocka_unit_test(test_distance),      cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_write_numbers), cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_locales),       cmocka_unit_test(test_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
