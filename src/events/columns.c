/* Columns by name, and cells as values. */
#include "events/columns.h"

#include "base/text.h"
#include "events/quote.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static csv_slice trim(csv_slice s) {
    while (s.n > 0 && (s.text[0] == ' ' || s.text[0] == '\t')) {
        s.text++;
        s.n--;
    }
    while (s.n > 0 && (s.text[s.n - 1] == ' ' || s.text[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* ---- the header ---------------------------------------------------------------------------------------------- */

static bool is_named(csv_slice cell, const char *name) {
    return cell.n == strlen(name) && strncasecmp(cell.text, name, cell.n) == 0;
}

/** Find a column under one of its names, newer names first. */
static tsr_status find_column(columns *c, size_t spec, tsr_error *error) {
    c->cell[spec] = -1;
    for (size_t name = 0; name < COLUMNS_NAMES && c->specs[spec].names[name] != NULL && c->cell[spec] < 0; name++)
        for (size_t i = 0; i < c->n_cells; i++) {
            if (!is_named(trim(csv_cell(c->csv, i)), c->specs[spec].names[name]))
                continue;
            if (c->cell[spec] >= 0)
                return FAIL_AT(error, TSR_E_INPUT, csv_place(c->csv, i),
                               "the header has two columns named %s; which one is meant?", c->specs[spec].names[name]);
            c->cell[spec] = (int32_t)i;
            c->name[spec] = (uint8_t)name;
        }
    return TSR_OK;
}

tsr_status columns_match(columns *c, tsr_error *error) {
    tsr_status status = TSR_OK;
    c->n_cells = csv_n_cells(c->csv);
    for (size_t spec = 0; spec < c->n_specs; spec++)
        TRY(find_column(c, spec, error));
out:
    return status;
}

static bool is_taken(const columns *c, size_t cell) {
    for (size_t spec = 0; spec < c->n_specs; spec++)
        if (c->cell[spec] >= 0 && (size_t)c->cell[spec] == cell)
            return true;
    return false;
}

/** The name in the header that is nearest to one that is missing, if it is near enough for a typing error. */
static const char *nearest_name(const columns *c, const char *missing, char out[QUOTE_SIZE]) {
    const char *found = NULL;
    size_t best = 2 + strlen(missing) / 4;
    for (size_t i = 0; i < c->n_cells; i++) {
        char name[QUOTE_SIZE];
        csv_slice cell = trim(csv_cell(c->csv, i));
        size_t distance = text_distance(missing, quote_bytes(cell.text, cell.n, name));
        if (distance >= best || is_taken(c, i))
            continue;
        best = distance;
        found = memcpy(out, name, sizeof name);
    }
    return found;
}

/** What may be the matter with a header in which no name is known. */
static const char *guess(const columns *c) {
    csv_slice cell = c->n_cells == 1 ? csv_cell(c->csv, 0) : (csv_slice){"", 0};
    if (memchr(cell.text, ';', cell.n) != NULL)
        return "; the columns seem to be separated by semicolons: commas are needed";
    if (memchr(cell.text, '\t', cell.n) != NULL)
        return "; the columns seem to be separated by tabs: commas are needed";
    for (size_t spec = 0; spec < c->n_specs; spec++)
        if (c->cell[spec] >= 0)
            return "";
    return "; no name in the first row is known: is it a header?";
}

tsr_status columns_missing(const columns *c, const char *also, tsr_error *error) {
    char list[512] = "";
    size_t n = 0, n_missing = also != NULL;
    for (size_t spec = 0; spec < c->n_specs; spec++) {
        char nearest[QUOTE_SIZE];
        const char *name = c->specs[spec].names[0];
        if (!c->specs[spec].is_required || c->cell[spec] >= 0 || n >= sizeof list)
            continue;
        const char *near = nearest_name(c, name, nearest);
        n += (size_t)snprintf(list + n, sizeof list - n, "%s%s%s%s%s", n > 0 ? ", " : "", name,
                              near != NULL ? " (is it the column \"" : "", near != NULL ? near : "",
                              near != NULL ? "\"?)" : "");
        n_missing++;
    }
    if (n_missing == 0)
        return TSR_OK;
    if (also != NULL && n < sizeof list)
        snprintf(list + n, sizeof list - n, "%s%s", n > 0 ? ", " : "", also);
    return FAIL_AT(error, TSR_E_INPUT, csv_place(c->csv, 0), "the header lacks %s: %s%s",
                   n_missing > 1 ? "columns" : "a column", list, guess(c));
}

/* ---- rows ---------------------------------------------------------------------------------------------------- */

base_place columns_place(const columns *c, size_t spec) {
    return csv_place(c->csv, c->cell[spec] >= 0 ? (size_t)c->cell[spec] : 0);
}

static void count_problem(columns *c) {
    c->row_is_bad = true;
    ++*c->n_problems;
}

void columns_problem(columns *c, size_t spec, const char *allowed) {
    char quoted[QUOTE_SIZE];
    csv_slice text = columns_text(c, spec);
    double number;
    bool is_bare = text.n < 32 && text_number(text.text, text.n, &number);
    const char *shown = is_bare ? quote_bytes(text.text, text.n, quoted) : quote_text(text.text, text.n, quoted);
    problem_add(c->problems, PROBLEM_ERROR, columns_place(c, spec), "%s is %s; it must be %s",
                c->specs[spec].names[c->name[spec]], shown, allowed);
    count_problem(c);
}

static void wrong_length(columns *c) {
    size_t n = csv_n_cells(c->csv);
    const char *cut = csv_row_is_open(c->csv) && n < c->n_cells ? ": the file ends here, it was cut off" : "";
    problem_add(c->problems, PROBLEM_ERROR, csv_place(c->csv, n - 1), "the row has %zu cell%s; it must have %zu%s", n,
                n == 1 ? "" : "s", c->n_cells, cut);
    count_problem(c);
}

tsr_status columns_next(columns *c, bool *more, tsr_error *error) {
    tsr_status status = TSR_OK;
    for (;;) {
        if (*c->n_problems >= COLUMNS_MAX_PROBLEMS) {
            status =
                FAIL_AT(error, TSR_E_INPUT, csv_place(c->csv, 0),
                        "there are %u problems already; reading stops here, there may be more", COLUMNS_MAX_PROBLEMS);
            goto out;
        }
        c->row_is_bad = false;
        *more = true;
        if (!c->first_row_is_waiting)
            TRY(csv_next(c->csv, more, error));
        c->first_row_is_waiting = false;
        c->n_rows += *more;
        if (!*more || csv_n_cells(c->csv) == c->n_cells)
            break;
        wrong_length(c);
    }
out:
    return status;
}

csv_slice columns_text(const columns *c, size_t spec) {
    if (c->cell[spec] < 0)
        return (csv_slice){"", 0};
    return trim(csv_cell(c->csv, (size_t)c->cell[spec]));
}

/* ---- values -------------------------------------------------------------------------------------------------- */

/** The cell's text; false when there is nothing to read. */
static bool take(columns *c, size_t spec, bool is_needed, const char *allowed, csv_slice *text) {
    *text = columns_text(c, spec);
    if (text->n == 0 && is_needed)
        columns_problem(c, spec, allowed);
    return text->n > 0;
}

/** Nearly all whole numbers are a few digits. */
static bool read_integer(csv_slice text, int64_t *value) {
    int64_t v = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned digit = (unsigned char)text.text[i] - (unsigned)'0';
        if (digit > 9 || i >= 18)
            return text_integer(text.text, text.n, true, value);
        v = v * 10 + digit;
    }
    *value = v;
    return text.n > 0;
}

/** Nearly all other numbers are short decimals: digits below 2^53 over an exact power of ten, one rounding, so the same
 *  bits as strtod's (Clinger 1990). */
static bool read_number(csv_slice text, double *value) {
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool is_negative = text.n > 0 && text.text[0] == '-', has_point = false;
    uint64_t digits = 0;
    size_t n_digits = 0, n_decimals = 0;
    for (size_t i = is_negative; i < text.n; i++) {
        unsigned digit = (unsigned char)text.text[i] - (unsigned)'0';
        if (text.text[i] == '.' && !has_point && n_digits > 0) {
            has_point = true;
            continue;
        }
        if (digit > 9 || n_digits >= 15)
            return text_number(text.text, text.n, value);
        digits = digits * 10 + digit;
        n_digits++;
        n_decimals += has_point;
    }
    if (n_digits == 0 || (has_point && n_decimals == 0))
        return text_number(text.text, text.n, value);
    double v = (double)digits / powers[n_decimals];
    *value = is_negative ? -v : v;
    return true;
}

void columns_integer(columns *c, size_t spec, bool is_needed, int64_t low, int64_t high, const char *allowed,
                     int64_t *value) {
    csv_slice text;
    int64_t v;
    if (!take(c, spec, is_needed, allowed, &text))
        return;
    if (read_integer(text, &v) && v >= low && v <= high)
        *value = v;
    else
        columns_problem(c, spec, allowed);
}

void columns_number(columns *c, size_t spec, bool is_needed, double low, double high, const char *allowed,
                    double *value) {
    csv_slice text;
    double v;
    if (!take(c, spec, is_needed, allowed, &text))
        return;
    if (read_number(text, &v) && v >= low && v <= high)
        *value = v;
    else
        columns_problem(c, spec, allowed);
}

/** " 00:00:00", "T00:00:00.000" or nothing. */
static bool is_time(const char *text, size_t n) {
    static const char pattern[] = " 00:00:00";
    if (n == 0)
        return true;
    if (n < sizeof pattern - 1 || (text[0] != ' ' && text[0] != 'T'))
        return false;
    for (size_t i = 1; i < n; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        bool is_right = i < sizeof pattern - 1 ? (pattern[i] == '0' ? is_digit : text[i] == pattern[i])
                                               : (i == sizeof pattern - 1 ? text[i] == '.' : is_digit);
        if (!is_right)
            return false;
    }
    return true;
}

void columns_day(columns *c, size_t spec, bool is_needed, date_day *value) {
    static const char allowed[] = "a day of the calendar as YYYY-MM-DD";
    enum { DAY_LENGTH = 10 };
    csv_slice text;
    date_day first, last;
    if (!take(c, spec, is_needed, allowed, &text))
        return;
    if (text.n >= DAY_LENGTH && is_time(text.text + DAY_LENGTH, text.n - DAY_LENGTH) &&
        date_read(text.text, DAY_LENGTH, &first, &last))
        *value = first;
    else
        columns_problem(c, spec, allowed);
}
