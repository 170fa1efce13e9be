/* Write the fixture's run, its report and its panel into a folder, for the tests in Python.
 *
 * Usage: write_run FOLDER     makes FOLDER/run and FOLDER/panel */
#include "fixture.h"
#include "output/output.h"

#include <stdio.h>

int main(int n, char **arguments) {
    fixture f;
    char path[TSR_PATH_SIZE], page[TSR_PATH_SIZE];
    tsr_error error = TSR_ERROR_INIT;
    tsr_status status = TSR_OK;
    if (n != 2)
        return 2;
    fixture_init(&f);
    const output_options options = {.with_draws = true};
    TRY(path_join(arguments[1], "run", path, &error));
    TRY(output_write_run(&f.run, path, &options, &error));
    TRY(output_report(path, page, &error));
    TRY(path_join(arguments[1], "panel", path, &error));
    TRY(output_write_panel(&f.p, f.w, "scenarios/valdoria", path, &options, &error));
out:
    if (status != TSR_OK)
        fprintf(stderr, "write_run: %s\n", error.message);
    fixture_clear(&f);
    return status != TSR_OK;
}
