/* The streaming CSV reader: RFC 4180 and what real files do to it, with places. */
#include "base/text.h"
#include "events/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/** Read everything: cells in [] and rows in lines. */
static tsr_status read_all(const char *bytes, size_t n, text_buffer *out, tsr_error *error) {
    csv_reader *r = NULL;
    bool more = true;
    text_buffer_init(out);
    tsr_status status = csv_open_bytes(bytes, n, "x.csv", &r, error);
    while (status == TSR_OK) {
        status = csv_next(r, &more, error);
        if (status != TSR_OK || !more)
            break;
        for (size_t i = 0; i < csv_n_cells(r); i++) {
            csv_slice cell = csv_cell(r, i);
            text_add_string(out, "[");
            text_add(out, cell.text, cell.n);
            text_add_string(out, "]");
        }
        text_add_string(out, "\n");
    }
    csv_close(r);
    return status;
}

static void check(const char *text, const char *expected) {
    text_buffer out;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(read_all(text, strlen(text), &out, &error), TSR_OK);
    assert_string_equal(out.data != NULL ? out.data : "", expected);
    text_buffer_clear(&out);
}

static void check_fails(const char *bytes, size_t n, uint32_t line, uint32_t column, const char *part) {
    text_buffer out;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(read_all(bytes, n, &out, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, part));
    assert_int_equal(error.line, line);
    assert_int_equal(error.column, column);
    text_buffer_clear(&out);
}

static void test_rows(void **state) {
    (void)state;
    check("a,b\n1,2\n", "[a][b]\n[1][2]\n");
    check("a,b\n1,2", "[a][b]\n[1][2]\n");
    check("a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n");
    check("\xEF\xBB\xBF"
          "a,b\n",
          "[a][b]\n");
    check("a,,\n,,\n", "[a][][]\n[][][]\n");
    check("a\n\n\nb\n\r\n", "[a]\n[b]\n");
    check("a,", "[a][]\n");
    check("abcdefg,hijklmnop,q,rstuvwx\n", "[abcdefg][hijklmnop][q][rstuvwx]\n");
    check(" a , b \n", "[ a ][ b ]\n");
}

/** Rows that end in carriage returns only, as programs of the old Mac wrote them; what the header row has decides. */
static void test_carriage_returns(void **state) {
    (void)state;
    check("a,b\r1,2\r3,4\r", "[a][b]\n[1][2]\n[3][4]\n");
    check("a,b\r1,2", "[a][b]\n[1][2]\n");
    check("a,b\r", "[a][b]\n");
    check("\"a\rx\",b\r1,2\r", "[a\nx][b]\n[1][2]\n");
    check("\"a\rx\",b\n1,2\n", "[a\rx][b]\n[1][2]\n");   /* within quotes it says nothing */
    check("a,b\r\r\n1,2\r\r\n", "[a][b\r]\n[1][2\r]\n"); /* a line break converted twice; blanks are trimmed later */
    check_fails("a,b\r1,\"x\"y\r", 11, 2, 6, "text behind a closing quote");
}

static void test_quotes(void **state) {
    (void)state;
    check("\"a\",\"b,c\"\n", "[a][b,c]\n");
    check("\"a \"\"b\"\" c\",d\n", "[a \"b\" c][d]\n");
    check("\"a\nb\",\"c\r\nd\"\r\ne,f\n", "[a\nb][c\r\nd]\n[e][f]\n");
    check("\"\",\"\"\"\"\n", "[][\"]\n");
    check("\"a\"", "[a]\n");
    check("\"a\"\r\n", "[a]\n");
    check("5\" gun,6\"\n", "[5\" gun][6\"]\n"); /* not quoted: no rule broken that matters */
    check("\"x \"\"y\"\"\",\"z\"\"\"\n\"\"\"\",1\n", "[x \"y\"][z\"]\n[\"][1]\n");
}

static void test_errors(void **state) {
    (void)state;
    check_fails("a,b\n1,\"x\ny", 10, 2, 3, "not closed before the end of the file");
    check_fails("a,b\n1,\"x\"y\n", 11, 2, 6, "text behind a closing quote");
    check_fails("a,b\n\"x\ny\"z\n", 11, 3, 3, "text behind a closing quote");
    check_fails("a,b\n1,x\0y\n", 10, 2, 4, "NUL byte");
    check_fails("\xFF\xFE"
                "a\0,\0",
                6, 0, 0, "UTF-16; save it as UTF-8");
    check_fails("\xFE\xFF\0a\0,", 6, 0, 0, "UTF-16; save it as UTF-8");
    check_fails("", 0, 0, 0, "empty");
}

static void test_too_long(void **state) {
    (void)state;
    size_t n = CSV_MAX_ROW + 100;
    char *bytes = malloc(n);
    assert_non_null(bytes);
    memset(bytes, 'x', n);
    memcpy(bytes, "a\n\"", 3);
    check_fails(bytes, n, 2, 1, "longer than 16 MiB");
    memset(bytes, ',', n);
    check_fails(bytes, n, 1, CSV_MAX_CELLS + 1, "more than 4096 cells");
    free(bytes);
}

/** A row of almost any length around the size of a block is read like any other. */
static void test_block_borders(void **state) {
    (void)state;
    const size_t block = (size_t)1 << 20;
    char *bytes = malloc(3 * block);
    assert_non_null(bytes);
    for (size_t shift = 0; shift < 24; shift++) {
        size_t n = block - 12 + shift;
        memset(bytes, 'x', n);
        bytes[n / 2] = '\n';
        memcpy(bytes + n, ",\"a\"\"b\n\"\"\"\r\nlast,\"\"\n", 20);
        csv_reader *r = NULL;
        bool more = false;
        assert_int_equal(csv_open_bytes(bytes, n + 20, "x.csv", &r, NULL), TSR_OK);
        assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
        assert_int_equal(csv_cell(r, 0).n, n / 2);
        assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
        assert_int_equal(csv_n_cells(r), 2);
        assert_int_equal(csv_cell(r, 0).n, n - n / 2 - 1);
        assert_int_equal(csv_cell(r, 1).n, 5);
        assert_memory_equal(csv_cell(r, 1).text, "a\"b\n\"", 5);
        assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
        assert_int_equal(csv_line(r), 4);
        assert_int_equal(csv_cell(r, 0).n, 4);
        assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
        assert_false(more);
        csv_close(r);
    }
    free(bytes);
}

static void test_places(void **state) {
    (void)state;
    const char text[] = "a,b\n\n\"x\ny\",22,\"z\"\n1,2,3";
    csv_reader *r = NULL;
    bool more;
    assert_int_equal(csv_open_bytes(text, sizeof text - 1, "x.csv", &r, NULL), TSR_OK);
    assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
    assert_int_equal(csv_place(r, 1).column, 3);
    assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
    assert_int_equal(csv_place(r, 0).line, 3);
    assert_int_equal(csv_place(r, 0).column, 2);
    assert_int_equal(csv_place(r, 1).line, 4);
    assert_int_equal(csv_place(r, 1).column, 4);
    assert_int_equal(csv_place(r, 2).column, 8);
    assert_false(csv_row_is_open(r));
    assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
    assert_int_equal(csv_line(r), 5);
    assert_true(csv_row_is_open(r));
    assert_string_equal(csv_name(r), "x.csv");
    csv_close(r);
}

/** A column is a character, not a byte: editors show it so. */
static void test_columns_are_characters(void **state) {
    (void)state;
    const char text[] = "\xEF\xBB\xBFprovince,n\nK\xC4\x81"
                        "bul,\xF0\x9F\x8C\x8D,x\n";
    csv_reader *r = NULL;
    bool more;
    assert_int_equal(csv_open_bytes(text, sizeof text - 1, "x.csv", &r, NULL), TSR_OK);
    assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
    assert_int_equal(csv_place(r, 1).column, 10);
    assert_int_equal(csv_next(r, &more, NULL), TSR_OK);
    assert_int_equal(csv_place(r, 1).column, 7);
    assert_int_equal(csv_place(r, 2).column, 9);
    assert_int_equal(csv_place(r, 3).column, 10);
    csv_close(r);
    check_fails("\xC4\x81,\"\xC4\x81\"y\n", 9, 1, 6, "text behind a closing quote");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),     cmocka_unit_test(test_carriage_returns),
        cmocka_unit_test(test_quotes),   cmocka_unit_test(test_errors),
        cmocka_unit_test(test_too_long), cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_places),   cmocka_unit_test(test_columns_are_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
