/* Small tables: quotes, line ends, what is cut, and lines for messages. */
#include "base/table.h"
#include "test.h"

static tsr_status read_table(void **state, const char *text, table *t, tsr_error *error) {
    char *path = scratch_path(state, "table.csv");
    scratch_write(path, text);
    *t = (table){0};
    return table_read(path, t, error);
}

static void test_plain(void **state) {
    table t;
    assert_int_equal(read_table(state, "name,people\nWest,5\n\nEast,\n,7", &t, NULL), TSR_OK);
    assert_int_equal(t.n_columns, 2);
    assert_int_equal(t.n_rows, 3);
    assert_int_equal(table_column(&t, "people"), 1);
    assert_int_equal(table_column(&t, "peopl"), -1);
    assert_string_equal(t.rows[0].cells[0], "West");
    assert_string_equal(t.rows[1].cells[1], "");
    assert_string_equal(t.rows[2].cells[1], "7");
    assert_true(t.rows[0].line == 2 && t.rows[1].line == 4 && t.rows[2].line == 5); /* an empty line is no row */
    table_clear(&t);
    table_clear(&t);
}

static void test_quotes(void **state) {
    table t;
    assert_int_equal(read_table(state,
                                "\"na\"\"me\",\"a,b\"\n\"two\nlines\",\"\"\n\"\"\"\",x\"y\n\"end\"\r\n,z\r\n"
                                "\"a\r\nb\",c\n",
                                &t, NULL),
                     TSR_E_INPUT); /* "end" is a row of one cell */
    assert_int_equal(read_table(state,
                                "\"na\"\"me\",\"a,b\"\n\"two\nlines\",\"\"\n\"\"\"\",x\"y\n\"end\",\"z\"\r\n"
                                "\"a\r\nb\",c",
                                &t, NULL),
                     TSR_OK);
    assert_string_equal(t.header[0], "na\"me");
    assert_string_equal(t.header[1], "a,b");
    assert_int_equal(t.n_rows, 4);
    assert_string_equal(t.rows[0].cells[0], "two\nlines");
    assert_string_equal(t.rows[0].cells[1], "");
    assert_string_equal(t.rows[1].cells[0], "\"");
    assert_string_equal(t.rows[1].cells[1], "x\"y");
    assert_string_equal(t.rows[2].cells[1], "z");
    assert_string_equal(t.rows[3].cells[0], "a\r\nb");
    assert_true(t.rows[1].line == 4 && t.rows[3].line == 6);
    table_clear(&t);
}

static void test_line_ends(void **state) {
    table t;
    assert_int_equal(read_table(state, "\xef\xbb\xbfname,people\r\nWest,5\r\n\r\nEast,6\r\n", &t, NULL), TSR_OK);
    assert_int_equal(table_column(&t, "name"), 0); /* the byte order mark is not part of the name */
    assert_int_equal(table_column(&t, "people"), 1);
    assert_int_equal(t.n_rows, 2);
    assert_string_equal(t.rows[0].cells[1], "5");
    assert_string_equal(t.rows[1].cells[1], "6");
    table_clear(&t);
    assert_int_equal(read_table(state, "name,people", &t, NULL), TSR_OK);
    assert_int_equal(t.n_rows, 0);
    table_clear(&t);
}

static void test_refused(void **state) {
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
        {"", 1, 1, "the file is empty; a header row is needed"},
        {"\xef\xbb\xbf", 1, 1, "the file is empty"},
        {"a,b\n1,2\n3\n", 3, 1, "this row has 1 cells; the header has 2"},
        {"a,b\n1,2,3\n", 2, 1, "this row has 3 cells; the header has 2"},
        {"a,b\n1,", 0, 0, NULL},
        {"a,b\n1", 2, 1, "this row has 1 cells"},
        {"a,b\n1,2\n\"x,4\n5,6\n", 3, 1, "a quoted cell is not closed before the end of the file"},
        {"\"a", 1, 1, "a quoted cell is not closed"},
        {"a,b\n\"1\"x,2\n", 2, 1, "text behind a closing quote"},
        {"a,b\n1,\xe9\n", 2, 3, "the byte 0xe9 is not text in UTF-8"},
        {"a,b,a\n1,2,3\n", 1, 1, "the column 'a' appears twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        table t;
        tsr_error error = TSR_ERROR_INIT;
        tsr_status status = read_table(state, cases[i].text, &t, &error);
        if (!cases[i].message) {
            assert_int_equal(status, TSR_OK);
            table_clear(&t);
            continue;
        }
        if (status != TSR_E_INPUT || !strstr(error.message, cases[i].message) || error.line != cases[i].line ||
            error.column != cases[i].column || !strstr(error.file, "table.csv"))
            fail_msg("case %zu: %s:%u:%u: %s", i, error.file, error.line, error.column, error.message);
        assert_null(t.text);
    }
    table t;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(table_read(scratch_path(state, "none.csv"), &t, &error), TSR_E_INPUT);
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(table_read(*state, &t, &error), TSR_E_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("table", tests, scratch_make, scratch_remove);
}
