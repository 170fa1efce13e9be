/* JSON: places of errors, reading values, building and writing, what was lost is reported. */
#include "base/json.h"
#include "test.h"

#include <math.h>
#include <stdio.h>

static void check_refused(const char *text, size_t n, uint32_t line, uint32_t column, const char *words) {
    json *v = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (json_parse(text, n, "areas.geojson", &v, &error) == TSR_OK)
        fail_msg("'%s' was read", text);
    assert_int_equal(error.status, TSR_E_INPUT);
    assert_null(v);
    assert_string_equal(error.file, "areas.geojson");
    if (error.line != line || error.column != column || !strstr(error.message, words))
        fail_msg("'%s': %u:%u: %s", text, error.line, error.column, error.message);
}

static void refuse(const char *text, uint32_t line, uint32_t column, const char *words) {
    check_refused(text, strlen(text), line, column, words);
}

static void test_places(void **state) {
    (void)state;
    refuse("{\n  \"a\": 1,\n  \"b\": ]\n}", 3, 8, "near ']'");
    refuse("{\"a\": 1, \"a\": 2}", 1, 12, "duplicate object key");
    refuse("", 1, 1, "expected");
    refuse("[1,\n2", 2, 1, "near end of file");
    refuse("[1] x", 1, 5, "end of file expected");
    refuse("[1e999]", 1, 6, "overflow");
    refuse("[99999999999999999999]", 1, 21, "too big integer");
    refuse("[nan]", 1, 4, "invalid token");
    refuse("[01]", 1, 2, "invalid token");
    refuse("[\"a\\u0000b\"]", 1, 11, "\\u0000");
    refuse("\n\n[\"\xff\"]", 3, 2, "unable to decode byte 0xff");
    check_refused("[1]\0", 4, 1, 4, "end of file expected");
    check_refused("[1, 2]", 3, 1, 3, "near end of file"); /* only what the length says */
}

static void test_depth(void **state) {
    (void)state;
    char deep[8000];
    memset(deep, '[', sizeof deep);
    json *v = NULL;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(json_parse(deep, sizeof deep, "deep.json", &v, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "depth"));
}

static void test_read(void **state) {
    (void)state;
    static const char text[] =
        "{\"name\": \"Herat\", \"km2\": 54778, \"c\": [62.2, -1e2, \"x\"], \"no\": null, \"yes\": true}";
    json *v = NULL;
    double number = -77;
    assert_int_equal(json_parse(text, strlen(text), "a.json", &v, NULL), TSR_OK);
    assert_true(json_is_map(v));
    assert_false(json_is_list(v));
    assert_string_equal(json_text(json_get(v, "name")), "Herat");
    assert_true(json_number(json_get(v, "km2"), &number) && number == 54778);
    const json *list = json_get(v, "c");
    assert_true(json_is_list(list));
    assert_int_equal(json_count(list), 3);
    assert_true(json_number(json_at(list, 0), &number) && number == 62.2);
    assert_true(json_number(json_at(list, 1), &number) && number == -100);
    assert_false(json_number(json_at(list, 2), &number));
    assert_true(number == -100);
    assert_null(json_at(list, 3));
    assert_null(json_at(v, 0));
    assert_null(json_get(v, "missing"));
    assert_null(json_get(list, "name"));
    assert_null(json_text(json_get(v, "km2")));
    assert_false(json_number(json_get(v, "name"), &number));
    assert_int_equal(json_count(v), 0);
    /* nothing of nothing */
    assert_null(json_get(NULL, "a"));
    assert_null(json_at(NULL, 0));
    assert_null(json_text(NULL));
    assert_false(json_number(NULL, &number));
    assert_false(json_is_map(NULL));
    assert_false(json_is_list(NULL));
    assert_int_equal(json_count(NULL), 0);
    json_free(v);
    json_free(NULL);
}

static void check_dump(const json *v, bool indent, const char *expected) {
    char *text = NULL;
    size_t n = 0;
    assert_int_equal(json_dump(v, indent, &text, &n, NULL), TSR_OK);
    assert_string_equal(text, expected);
    assert_int_equal(n, strlen(expected));
    free(text);
}

static json *build(void) {
    json *v = json_new();
    json_put_string(v, "zone", "a \"b\"\n\xc3\xa9");
    json_put_number(v, "area", 0.1);
    json_put_integer(v, "big", INT64_MIN);
    json_put_bool(v, "on", true);
    json_put_bool(v, "off", false);
    json_put_string(v, "none", NULL);
    json_put_number(v, "lost", NAN);
    json_put_object(v, "empty");
    json *list = json_put_array(v, "list");
    json_add_number(list, 100);
    json_add_number(list, -INFINITY);
    json_add_integer(list, 7);
    json_add_string(list, "x");
    json_put_array(v, "nothing");
    json *deep = json_add_object(json_put_array(v, "deep"));
    json_add_array(json_put_array(deep, "a"));
    return v;
}

/** Keys stay in the order they were put. */
static void test_build(void **state) {
    (void)state;
    json *v = build();
    check_dump(
        v, false,
        "{\"zone\":\"a \\\"b\\\"\\n\xc3\xa9\",\"area\":0.1,\"big\":-9223372036854775808,\"on\":true,\"off\":false,"
        "\"none\":null,\"lost\":null,\"empty\":{},\"list\":[100,null,7,\"x\"],\"nothing\":[],\"deep\":[{\"a\":[[]]}]}");
    check_dump(v, true,
               "{\n  \"zone\": \"a \\\"b\\\"\\n\xc3\xa9\",\n  \"area\": 0.1,\n  \"big\": -9223372036854775808,\n"
               "  \"on\": true,\n  \"off\": false,\n  \"none\": null,\n  \"lost\": null,\n  \"empty\": {},\n"
               "  \"list\": [100, null, 7, \"x\"],\n  \"nothing\": [],\n  \"deep\": [\n    {\n      \"a\": [\n"
               "        []\n      ]\n    }\n  ]\n}\n");
    json_free(v);
}

/** read(write(x)) = x, in both forms; a number keeps its bits. */
static void test_round_trip(void **state) {
    (void)state;
    static const double numbers[] = {0,    -0.0,  0.1, 1.0 / 3,   1e22,         1e-7, 5e-324, 1.7976931348623157e308,
                                     1e15, -2e16, 100, 0.1 + 0.2, 123456789.125};
    enum { N = sizeof numbers / sizeof numbers[0] };
    for (int indent = 0; indent <= 1; indent++) {
        json *v = build(), *back = NULL;
        json *list = json_put_array(v, "numbers");
        for (size_t i = 0; i < N; i++)
            json_add_number(list, numbers[i]);
        char *text = NULL, *again = NULL;
        size_t n = 0, n_again = 0;
        assert_int_equal(json_dump(v, indent, &text, &n, NULL), TSR_OK);
        assert_int_equal(json_parse(text, n, "back.json", &back, NULL), TSR_OK);
        assert_string_equal(json_text(json_get(back, "zone")), "a \"b\"\n\xc3\xa9");
        for (size_t i = 0; i < N; i++) {
            double value = -77;
            assert_true(json_number(json_at(json_get(back, "numbers"), i), &value));
            if (value != numbers[i] || signbit(value) != signbit(numbers[i]))
                fail_msg("%.17g came back as %.17g", numbers[i], value);
        }
        assert_int_equal(json_dump(back, indent, &again, &n_again, NULL), TSR_OK);
        assert_string_equal(again, text);
        free(text);
        free(again);
        json_free(v);
        json_free(back);
    }
}

/** A key that is put again has the last value. */
static void test_put_again(void **state) {
    (void)state;
    json *v = json_new();
    json_put_integer(v, "a", 1);
    json_put_integer(v, "b", 2);
    json_put_integer(v, "a", 3);
    check_dump(v, false, "{\"a\":3,\"b\":2}");
    json_free(v);
}

/** Paths and command lines may hold any bytes; the file stays JSON. */
static void test_not_utf8(void **state) {
    (void)state;
    json *v = json_new();
    json_put_string(v, "path", "a\xff\xfe/b\xc3");
    json_put_string(v, "fine", "\xe2\x82\xac");
    check_dump(v, false, "{\"path\":\"a\xef\xbf\xbd\xef\xbf\xbd/b\xef\xbf\xbd\",\"fine\":\"\xe2\x82\xac\"}");
    json_free(v);
}

/** Whatever could not be added makes the text fail: a value that is silently missing would be a wrong result. */
static void test_lost(void **state) {
    (void)state;
    char *text = NULL;
    size_t n = 0;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(json_dump(NULL, false, &text, &n, &error), TSR_E_MEMORY);
    assert_null(json_put_object(NULL, "a"));
    json_put_string(NULL, "a", "b");
    json_add_number(NULL, 1);
    for (int where = 0; where < 3; where++) {
        json *v = build();
        json *child = json_put_object(v, "child");
        json *list = json_put_array(child, "list");
        json *last = json_add_object(list);
        json_put_integer(where == 0 ? v : where == 1 ? child : last, "\xff", 1); /* no key of JSON */
        assert_int_equal(json_dump(v, false, &text, &n, NULL), TSR_E_MEMORY);
        assert_null(text);
        json_free(v); /* the leak checkers see that all of it goes */
    }
}

static void test_keys(void **state) {
    (void)state;
    static const char text[] = "{\"b\": 1, \"a\": {\"inner\": 2}, \"\": 3}";
    json *v = NULL;
    assert_int_equal(json_parse(text, sizeof text - 1, "keys.json", &v, NULL), TSR_OK);
    assert_string_equal(json_key(v, NULL), "b");
    assert_string_equal(json_key(v, "b"), "a");
    assert_string_equal(json_key(v, "a"), "");
    assert_null(json_key(v, ""));
    assert_null(json_key(v, "inner"));
    assert_null(json_key(json_get(v, "b"), NULL));
    assert_null(json_key(NULL, NULL));
    json_free(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_depth),      cmocka_unit_test(test_read),
        cmocka_unit_test(test_build),  cmocka_unit_test(test_round_trip), cmocka_unit_test(test_put_again),
        cmocka_unit_test(test_lost),   cmocka_unit_test(test_not_utf8),   cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
