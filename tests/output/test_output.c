/* A run's folder: what the text files say, that it appears whole or not at all, and what happens when it cannot. */
#include "fixture.h"
#include "output/output.h"

#include "base/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct place {
    fixture f;
    char folder[64]; /* removed at the end */
    char run[128];
} place;

static int set_up(void **state) {
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    fixture_init(&p->f);
    snprintf(p->folder, sizeof p->folder, "test_output.XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->run, sizeof p->run, "%s/run", p->folder);
    *state = p;
    return 0;
}

static int tear_down(void **state) {
    place *p = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", p->folder);
    fixture_clear(&p->f);
    int status = system(command);
    free(p);
    return status;
}

__attribute__((noinline)) static char *text_of(const char *folder, const char *name) {
    char path[256];
    char *bytes = NULL;
    size_t n = 0;
    tsr_error error = TSR_ERROR_INIT;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (file_read(path, &bytes, &n, &error) != TSR_OK)
        fail_msg("%s", error.message);
    return bytes;
}

static json *json_of(const char *folder, const char *name) {
    json *root = NULL;
    tsr_error error = TSR_ERROR_INIT;
    char *text = text_of(folder, name);
    if (json_parse(text, strlen(text), name, &root, &error) != TSR_OK)
        fail_msg("%s:%u: %s", name, error.line, error.message);
    free(text);
    return root;
}

static bool exists(const char *folder, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/** Entries of a folder besides . and .. */
static int entries(const char *folder) {
    char command[256];
    int n = -1;
    snprintf(command, sizeof command, "ls -A '%s' | wc -l", folder);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%d", &n), 1);
    pclose(pipe);
    return n;
}

static void write_run(place *p, const output_options *options) {
    tsr_error error = TSR_ERROR_INIT;
    if (output_write_run(&p->f.run, p->run, options, &error) != TSR_OK)
        fail_msg("%s", error.message);
}

static size_t lines_of(const char *text) {
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

static unsigned draw(uint32_t month, uint32_t item, uint32_t i) {
    return (month * 7 + item * 13 + i * 31) % 101;
}

static void forecast_files_hold_whole_draws_of_the_future(void **state) {
    place *p = *state;
    char expected[64];
    write_run(p, NULL);
    char *text = text_of(p->run, "forecast_country_sb.csv");
    assert_int_equal(strncmp(text, "month_id,country_id,draw,outcome,gleditsch_ward\n489,133,0,", 57), 0);
    assert_int_equal(lines_of(text), 1 + 1000 * (FIXTURE_MONTHS - FIXTURE_OBSERVED));
    snprintf(expected, sizeof expected, "\n490,133,17,%u,700\n", draw(9, 0, 17) + draw(9, 1, 17) + draw(9, 2, 17));
    assert_non_null(strstr(text, expected));
    free(text);
    text = text_of(p->run, "forecast_area_ns.csv");
    assert_int_equal(lines_of(text), 1 + FIXTURE_AREAS * 1000 * (FIXTURE_MONTHS - FIXTURE_OBSERVED));
    snprintf(expected, sizeof expected, "\n489,\"West, \"\"Old\"\"\",5,%u\n", draw(8, 3, 5));
    assert_non_null(strstr(text, expected));
    assert_null(strstr(text, "\n488,"));
    free(text);
    text = text_of(p->run, "forecast_area_all.csv");
    snprintf(expected, sizeof expected, "\n492,Capital,999,%u\n",
             draw(11, 1, 999) + draw(11, 4, 999) + draw(11, 7, 999));
    assert_non_null(strstr(text, expected));
    free(text);
    text = text_of(p->run, "forecast.csv");
    assert_int_equal(lines_of(text), 1 + (1 + FIXTURE_AREAS) * 4 * (FIXTURE_MONTHS - FIXTURE_OBSERVED));
    assert_non_null(strstr(text, "\n489,2020-09,country,,all,"));
    assert_non_null(strstr(text, "\n492,2020-12,area,Capital,os,"));
    free(text);
}

static void questions_are_quoted_csv(void **state) {
    place *p = *state;
    write_run(p, NULL);
    char *text = text_of(p->run, "questions.csv");
    assert_int_equal(
        strncmp(text,
                "id,title,probability,mc_error,low,high,n_members,caveat\nrecognition,\"Will the \"\"Republic\"\"", 90),
        0);
    assert_non_null(
        strstr(text, "?\",0.0835,0.0044,0.0751,0.0925,1200,\"mechanism ladder is off, so \"\"never\"\"\"\n"));
    assert_non_null(strstr(text, "\nnever,Will it never be?,0,0,0,0.003,1200,\n"));
    free(text);
}

static void json_files_are_whole(void **state) {
    place *p = *state;
    write_run(p, NULL);
    json *summary = json_of(p->run, "summary.json"), *provenance = json_of(p->run, "provenance.json"),
         *report = json_of(p->run, "report.json");
    double value = 0;
    assert_int_equal(json_count(json_get(summary, "questions")), 3);
    assert_true(json_number(json_get(json_at(json_get(summary, "questions"), 0), "probability"), &value) &&
                value == 0.0835);
    assert_string_equal(json_text(json_get(provenance, "seed")), "18446744073709551557");
    assert_int_equal(json_count(json_get(provenance, "parameters")), 2);
    const json *file = json_at(json_get(provenance, "files"), 0);
    assert_true(json_number(json_get(file, "rows"), &value) && value == 67);
    assert_int_equal(json_count(json_get(json_get(report, "time"), "months")), FIXTURE_MONTHS);
    const json *other = json_at(json_get(json_get(report, "import"), "others"), 0);
    assert_string_equal(json_text(json_get(other, "side_a")), "Mil\xEF\xBF\xBDtia");
    json_free(summary);
    json_free(provenance);
    json_free(report);
}

static void an_existing_folder_is_not_touched(void **state) {
    place *p = *state;
    tsr_error error = TSR_ERROR_INIT;
    write_run(p, NULL);
    char *before = text_of(p->run, "provenance.json");
    p->f.run.seed = 5;
    assert_int_equal(output_write_run(&p->f.run, p->run, &(output_options){0}, &error), TSR_E_IO);
    char *after = text_of(p->run, "provenance.json");
    assert_string_equal(before, after);
    free(after);
    write_run(p, &(output_options){.replace = true});
    after = text_of(p->run, "provenance.json");
    assert_string_not_equal(before, after);
    assert_int_equal(entries(p->folder), 1);
    free(before);
    free(after);
}

static void a_folder_of_others_is_not_replaced(void **state) {
    place *p = *state;
    char name[256];
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(mkdir(p->run, 0777), 0);
    snprintf(name, sizeof name, "%s/thesis.txt", p->run);
    assert_int_equal(file_write_atomic(name, "x", 1, &error), TSR_OK);
    assert_int_equal(output_write_run(&p->f.run, p->run, &(output_options){.replace = true}, &error), TSR_E_IO);
    assert_true(exists(p->run, "thesis.txt"));
    assert_int_equal(entries(p->run), 1);
    assert_int_equal(entries(p->folder), 1);
}

static void a_place_that_cannot_be_written_is_an_error(void **state) {
    place *p = *state;
    char path[256];
    tsr_error error = TSR_ERROR_INIT;
    snprintf(path, sizeof path, "%s/file", p->folder);
    assert_int_equal(file_write_atomic(path, "x", 1, &error), TSR_OK);
    snprintf(path, sizeof path, "%s/file/run", p->folder);
    assert_int_equal(output_write_run(&p->f.run, path, NULL, &error), TSR_E_IO);
    assert_non_null(strstr(error.file, "file/run"));
}

static void a_nan_has_a_name_and_leaves_nothing(void **state) {
    place *p = *state;
    tsr_error error = TSR_ERROR_INIT;
    p->f.variables[0].values[4 * 9 * FIXTURE_MEMBERS + 7] = NAN;
    assert_int_equal(output_write_run(&p->f.run, p->run, NULL, &error), TSR_E_NUMERIC);
    assert_non_null(strstr(error.message, "control"));
    assert_non_null(strstr(error.message, "2020-05"));
    assert_int_equal(entries(p->folder), 0);
}

static bool stop_at_once(void *user) {
    (void)user;
    return true;
}

static void cancelling_leaves_nothing(void **state) {
    place *p = *state;
    tsr_error error = TSR_ERROR_INIT;
    const output_options options = {.hooks = {.cancelled = stop_at_once}};
    assert_int_equal(output_write_run(&p->f.run, p->run, &options, &error), TSR_E_CANCELLED);
    assert_int_equal(entries(p->folder), 0);
}

static void a_full_disk_is_said_and_leaves_nothing(void **state) {
    place *p = *state;
    char path[256];
    tsr_error error = TSR_ERROR_INIT;
    if (geteuid() != 0 || mount("tmpfs", p->folder, "tmpfs", 0, "size=1m") != 0)
        skip();
    snprintf(path, sizeof path, "%s/run", p->folder);
    for (int with_draws = 0; with_draws < 2; with_draws++) { /* in the forecast files, in run.nc */
        error = (tsr_error)TSR_ERROR_INIT;
        tsr_status status = output_write_run(&p->f.run, path, &(output_options){.with_draws = with_draws}, &error);
        if (status != TSR_E_IO || strstr(error.message, "No space left") == NULL || entries(p->folder) != 0) {
            umount(p->folder);
            fail_msg("status %d, message \"%s\"", (int)status, error.message);
        }
    }
    assert_int_equal(umount(p->folder), 0);
}

static void less_is_recorded_and_the_rest_is_skipped(void **state) {
    place *p = *state;
    p->f.r.variables = &p->f.variables[5]; /* ruler alone */
    p->f.r.n_variables = 1;
    p->f.run.panel = NULL;
    p->f.run.n_answers = 0;
    write_run(p, &(output_options){.with_draws = true});
    assert_false(exists(p->run, "forecast_area_sb.csv"));
    assert_false(exists(p->run, "panel.nc"));
    json *report = json_of(p->run, "report.json");
    assert_null(json_get(report, "control"));
    assert_null(json_get(report, "deaths"));
    assert_null(json_get(report, "import"));
    assert_non_null(json_get(report, "ruler"));
    json_free(report);
    p->f.r.variables = p->f.variables;
    p->f.r.n_variables = 8;
}

static void a_report_carries_its_data_safely(void **state) {
    place *p = *state;
    char page_path[TSR_PATH_SIZE], path[256];
    tsr_error error = TSR_ERROR_INIT;
    write_run(p, NULL);
    assert_int_equal(output_report(p->run, page_path, &error), TSR_OK);
    assert_non_null(strstr(page_path, "run/report.html"));
    char *page = text_of(p->run, "report.html");
    const char *data = strstr(page, "type=\"application/json\">");
    assert_non_null(data);
    const char *end = strstr(data, "</script>"), *name = strstr(data, "Östmark <\\/script>\\u003c!--");
    assert_true(name != NULL && name < end);
    free(page);
    snprintf(path, sizeof path, "%s/report.json", p->run);
    assert_int_equal(file_write_atomic(path, "{\"tessera_report\":99}", 21, &error), TSR_OK);
    assert_int_equal(output_report(p->run, page_path, &error), TSR_E_INPUT);
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(file_write_atomic(path, "[1,2]", 5, &error), TSR_OK);
    assert_int_equal(output_report(p->run, page_path, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "tessera_report"));
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(output_report(p->folder, page_path, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "tessera simulate"));
}

static void answers_are_readable(void **state) {
    place *p = *state;
    text_buffer text;
    tsr_error error = TSR_ERROR_INIT;
    text_buffer_init(&text);
    assert_int_equal(output_describe_answers(&p->f.run, &text, &error), TSR_OK);
    assert_non_null(strstr(text.data, "8.3 %  ± 0.4"));
    assert_non_null(strstr(text.data, "under 0.1 %"));
    assert_non_null(strstr(text.data, "over 99.9 %"));
    assert_non_null(strstr(text.data, "But: mechanism ladder is off"));
    assert_non_null(strstr(text.data, "Not fitted yet: prior simulation."));
    for (const char *line = text.data; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 80);
    text_buffer_clear(&text);
}

static void the_summary_is_quick_json(void **state) {
    place *p = *state;
    char *text = NULL;
    size_t n = 0;
    json *root = NULL;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(output_summary_json(&p->f.run, &text, &n, &error), TSR_OK);
    assert_int_equal(json_parse(text, n, "summary", &root, &error), TSR_OK);
    assert_int_equal(json_count(json_get(root, "questions")), 3);
    assert_true(json_count(json_get(root, "national")) >= 3 + 3 + 3 + 1 + 1 + 1);
    json_free(root);
    free(text);
}

static void the_estimate_is_an_upper_bound(void **state) {
    place *p = *state;
    char command[256];
    long kilobytes = 0;
    const output_options options = {.with_draws = true};
    write_run(p, &options);
    snprintf(command, sizeof command, "du -sk '%s'", p->run);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%ld", &kilobytes), 1);
    pclose(pipe);
    assert_true(output_estimate_bytes(&p->f.run, &options) >= (uint64_t)kilobytes * 1024);
}

static void a_panel_is_written_alone(void **state) {
    place *p = *state;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(output_write_panel(&p->f.p, p->f.w, "scenarios/valdoria", p->run, NULL, &error), TSR_OK);
    char *text = text_of(p->run, "panel.csv");
    assert_int_equal(lines_of(text), 1 + (FIXTURE_OBSERVED - 1) * FIXTURE_CHANNELS * (FIXTURE_AREAS + 1));
    assert_null(strstr(text, "\n481,"));
    assert_non_null(strstr(text, "\n482,2020-02,precise,government-front,\"West, \"\"Old\"\"\",4,12\n"));
    assert_non_null(strstr(text, "\n482,2020-02,precise,government-front,,1,1\n"));
    free(text);
    json *import = json_of(p->run, "import.json"), *provenance = json_of(p->run, "provenance.json");
    assert_non_null(json_get(json_get(import, "import"), "located_share"));
    assert_non_null(json_get(provenance, "world_hash"));
    json_free(import);
    json_free(provenance);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(forecast_files_hold_whole_draws_of_the_future),
        TEST(questions_are_quoted_csv),
        TEST(json_files_are_whole),
        TEST(an_existing_folder_is_not_touched),
        TEST(a_folder_of_others_is_not_replaced),
        TEST(a_place_that_cannot_be_written_is_an_error),
        TEST(a_nan_has_a_name_and_leaves_nothing),
        TEST(cancelling_leaves_nothing),
        TEST(a_full_disk_is_said_and_leaves_nothing),
        TEST(less_is_recorded_and_the_rest_is_skipped),
        TEST(a_report_carries_its_data_safely),
        TEST(answers_are_readable),
        TEST(the_summary_is_quick_json),
        TEST(the_estimate_is_an_upper_bound),
        TEST(a_panel_is_written_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
