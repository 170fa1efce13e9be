/* RUN/report.html: the page that is built into the program, with RUN/report.json put into its empty data element, and
 * RUN/scores.json, where a backtest's scores were put beside the run, as its member "scores". */
#include "output/parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA_OPENING "<script id=\"tessera-data\" type=\"application/json\">"
#define DATA_CLOSING "</script>"

/** Add JSON so that no HTML reader can see an end of the script element, or a comment, in it. Outside of strings JSON
 *  has no "<", and within them both forms mean the same character. */
static void add_escaped(text_buffer *page, const char *bytes, size_t n) {
    const char *end = bytes + n;
    while (bytes < end) {
        const char *found = memchr(bytes, '<', (size_t)(end - bytes));
        if (found == NULL) {
            text_add(page, bytes, (size_t)(end - bytes));
            return;
        }
        text_add(page, bytes, (size_t)(found - bytes));
        bool before_slash = found + 1 < end && found[1] == '/';
        text_add_string(page, before_slash ? "<\\/" : "\\u003c");
        bytes = found + (before_slash ? 2 : 1);
    }
}

/** Is it an object that we wrote, in the version of the page? */
static tsr_status check_data(const char *path, const char *bytes, size_t n, tsr_error *error) {
    json *root = NULL;
    double version = 0;
    tsr_status status = json_parse(bytes, n, path, &root, error);
    if (status != TSR_OK)
        return status;
    if (!json_is_map(root) || !json_number(json_get(root, "tessera_report"), &version))
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = path},
                         "not a report of Tessera: it has no member \"tessera_report\"");
    else if (version != 1)
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = path},
                         "report format %g; this version of Tessera reads format 1: run simulate again", version);
    json_free(root);
    return status;
}

/** The object `data`, with a further member at its end. @param scores  NULL: none */
static void add_data(text_buffer *page, const char *data, size_t n, const char *scores, size_t n_scores) {
    while (scores && n > 0 && data[n - 1] != '}')
        n--;
    add_escaped(page, data, scores ? n - 1 : n);
    if (!scores)
        return;
    text_add_string(page, ",\"scores\":");
    add_escaped(page, scores, n_scores);
    text_add_string(page, "}");
}

static tsr_status fill_page(text_buffer *page, const char *data, size_t n, const char *scores, size_t n_scores,
                            tsr_error *error) {
    const char *template = (const char *)output_page;
    const char *opening = memmem(template, output_page_size, DATA_OPENING, strlen(DATA_OPENING));
    const char *body = opening ? opening + strlen(DATA_OPENING) : NULL;
    size_t n_rest = body ? output_page_size - (size_t)(body - template) : 0;
    const char *closing = body ? memmem(body, n_rest, DATA_CLOSING, strlen(DATA_CLOSING)) : NULL;
    if (closing == NULL)
        return FAIL(error, TSR_E_INTERNAL, "the built-in page has no place for the data (script element tessera-data)");
    text_add(page, template, (size_t)(body - template));
    add_data(page, data, n, scores, n_scores);
    text_add(page, closing, output_page_size - (size_t)(closing - template));
    return page->failed ? FAIL(error, TSR_E_MEMORY, "no memory for a page of %zu bytes", n + output_page_size) : TSR_OK;
}

tsr_status output_report(const char *run_path, char *html_path, tsr_error *error) {
    char data_path[TSR_PATH_SIZE], page_path[TSR_PATH_SIZE], scores_path[TSR_PATH_SIZE];
    char *data = NULL, *scores = NULL;
    size_t n = 0, n_scores = 0;
    text_buffer page;
    tsr_status status = TSR_OK;
    text_buffer_init(&page);
    TRY(path_join(run_path, "report.json", data_path, error));
    TRY(path_join(run_path, "report.html", page_path, error));
    TRY(path_join(run_path, "scores.json", scores_path, error));
    if (access(data_path, F_OK) != 0) {
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = run_path},
                         "no report.json in this folder; `tessera simulate` makes a run folder that has one");
        goto out;
    }
    TRY(file_read(data_path, &data, &n, error));
    TRY(check_data(data_path, data, n, error));
    if (access(scores_path, F_OK) == 0) {
        TRY(file_read(scores_path, &scores, &n_scores, error));
        TRY(output_check_scores(scores_path, scores, n_scores, error));
    }
    TRY(fill_page(&page, data, n, scores, n_scores, error));
    TRY(file_write_atomic(page_path, page.data, page.n, error));
    memcpy(html_path, page_path, sizeof page_path);
out:
    free(data);
    free(scores);
    text_buffer_clear(&page);
    return status;
}
