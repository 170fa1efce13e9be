/* The streaming CSV reader: RFC 4180 and what real files do to it, with places. */
#include "base/text.h"
#include "events/byte_mask.h"
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

/** Every window of a text full of near misses (bits off by one, the top bit set), against a loop over its bytes. */
static void test_byte_mask(void **state) {
    static const char bytes[] = {',', '\n', '"',    '-',    '+',    '\v',   '\t', '#',
                                 '!', '\0', '\xAC', '\x8A', '\xA2', '\xFF', 'a'};
    char text[4096];
    uint32_t random = 1;
    (void)state;
    for (size_t i = 0; i < sizeof text; i++) {
        random = random * 1664525u + 1013904223u;
        text[i] = bytes[(random >> 16) % sizeof bytes];
    }
    for (size_t i = 0; i + BYTE_MASK_SIZE <= sizeof text; i++)
        for (size_t k = 0; k < sizeof bytes; k++) {
            uint64_t expected = 0;
            for (size_t bit = 0; bit < BYTE_MASK_SIZE; bit++)
                expected |= (uint64_t)(text[i + bit] == bytes[k]) << bit;
            assert_int_equal(byte_mask(text + i, bytes[k]), expected);
            assert_int_equal(byte_mask_plain(text + i, bytes[k]), expected);
        }
}

static void add_noise(text_buffer *text, uint32_t *random, size_t n) {
    static const char letters[] = "ab-. \xC3\xA9";
    for (size_t i = 0; i < n; i++) {
        *random = *random * 1664525u + 1013904223u;
        text_add(text, &letters[(*random >> 16) % (sizeof letters - 1)], 1);
    }
}

/** Rows of cells of all lengths around 64 bytes, some quoted, with what a quoted cell may have in it: what comes out is what
 *  was put in, and every row is on its line. */
static void test_cells_around_windows(void **state) {
    enum { ROWS = 20000 };
    uint32_t random = 7, line = 1;
    text_buffer file, cells;
    csv_reader *r = NULL;
    tsr_error error = TSR_ERROR_INIT;
    bool more = false;
    (void)state;
    text_buffer_init(&file);
    for (uint32_t row = 0; row < ROWS; row++)
        for (uint32_t k = 0, n = 1 + row % 7; k < n; k++) {
            random = random * 1664525u + 1013904223u;
            bool is_quoted = random >> 30 == 0;
            text_add_string(&file, is_quoted ? "\"" : "c");
            add_noise(&file, &random, (random >> 8) % 90);
            text_add_string(&file, is_quoted ? ",\n\"\"x\"" : "\"");
            text_add_string(&file, k + 1 < n ? "," : row % 3 == 0 ? "\r\n" : "\n");
        }
    assert_false(file.failed);
    assert_int_equal(csv_open_bytes(file.data, file.n, "x.csv", &r, &error), TSR_OK);
    text_buffer_init(&cells); /* the file again, made of its cells */
    for (uint32_t row = 0; row < ROWS; row++) {
        assert_int_equal(csv_next(r, &more, &error), TSR_OK);
        assert_true(more);
        assert_int_equal(csv_n_cells(r), 1 + row % 7);
        assert_int_equal(csv_line(r), line);
        line++;
        for (size_t k = 0, n = csv_n_cells(r); k < n; k++) {
            csv_slice cell = csv_cell(r, k);
            bool is_quoted = cell.n >= 4 && memcmp(cell.text + cell.n - 4, ",\n\"x", 4) == 0;
            line += is_quoted;
            text_add_string(&cells, is_quoted ? "\"" : "");
            text_add(&cells, cell.text, cell.n - (is_quoted ? 2 : 0));
            text_add_string(&cells, is_quoted ? "\"\"x\"" : "");
            text_add_string(&cells, k + 1 < n ? "," : row % 3 == 0 ? "\r\n" : "\n");
        }
    }
    assert_int_equal(csv_next(r, &more, &error), TSR_OK);
    assert_false(more);
    assert_int_equal(cells.n, file.n);
    assert_memory_equal(cells.data, file.data, file.n);
    csv_close(r);
    text_buffer_clear(&file);
    text_buffer_clear(&cells);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_carriage_returns),
        cmocka_unit_test(test_quotes),    cmocka_unit_test(test_errors),
        cmocka_unit_test(test_too_long),  cmocka_unit_test(test_block_borders),
        cmocka_unit_test(test_places),    cmocka_unit_test(test_columns_are_characters),
        cmocka_unit_test(test_byte_mask), cmocka_unit_test(test_cells_around_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
