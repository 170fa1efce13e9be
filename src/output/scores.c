/* A backtest's folder: scores as JSON, as a table of numbers and as text, and where they come from. Scores of a folder can be
 * put beside a run, whose report then shows them. */
#include "output/parts.h"

#include <stdlib.h>
#include <string.h>

enum { SCORES_FORMAT = 1 };

static tsr_status write_text(const folder_out *folder, const char *name, const char *text, tsr_error *error) {
    char path[TSR_PATH_SIZE];
    tsr_status status = folder_path(folder, name, path, error);
    return status == TSR_OK ? file_write_atomic(path, text, strlen(text), error) : status;
}

tsr_status output_write_scores(const output_scores *s, const char *path, const output_options *options,
                               tsr_error *error) {
    tsr_status status = TSR_OK;
    char hash[65];
    folder_out folder = {0};
    json *provenance = json_new();
    world_hash(s->w, hash);
    json_put_integer(s->scores, "tessera_scores", SCORES_FORMAT);
    output_put_text(s->scores, "scenario", world_string(s->w, s->w->name));
    json_put_string(s->scores, "world_hash", hash);
    output_scores_provenance_put(s, provenance);
    TRY(folder_begin(&folder, path, options && options->replace, error));
    TRY(output_write_json(s->scores, true, &folder, "scores.json", error));
    TRY(write_text(&folder, "scores.csv", s->csv, error));
    TRY(write_text(&folder, "scores.txt", s->table, error));
    TRY(output_write_json(provenance, true, &folder, "provenance.json", error));
    TRY(folder_commit(&folder, error));
out:
    folder_abandon(&folder);
    json_free(provenance);
    return status;
}

tsr_status output_check_scores(const char *path, const char *bytes, size_t n, tsr_error *error) {
    json *root = NULL;
    double version = 0;
    tsr_status status = json_parse(bytes, n, path, &root, error);
    if (status != TSR_OK)
        return status;
    if (!json_is_map(root) || !json_number(json_get(root, "tessera_scores"), &version))
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = path},
                         "not scores of a backtest: it has no member \"tessera_scores\"");
    else if (version != SCORES_FORMAT)
        status = FAIL_AT(error, TSR_E_INPUT, (base_place){.file = path},
                         "scores of format %g; this version of Tessera reads format %d: run backtest again", version,
                         SCORES_FORMAT);
    json_free(root);
    return status;
}

tsr_status output_attach_scores(const char *run_path, const char *scores_path, tsr_error *error) {
    tsr_status status = TSR_OK;
    char from[TSR_PATH_SIZE], to[TSR_PATH_SIZE], report[TSR_PATH_SIZE], *bytes = NULL, *run = NULL;
    size_t n, n_run;
    TRY(path_join(run_path, "report.json", report, error));
    TRY(path_join(run_path, "scores.json", to, error));
    TRY(path_join(scores_path, "scores.json", from, error));
    TRY(file_read(report, &run, &n_run, error)); /* only into a run's folder */
    TRY(file_read(from, &bytes, &n, error));
    TRY(output_check_scores(from, bytes, n, error));
    TRY(file_write_atomic(to, bytes, n, error));
out:
    free(bytes);
    free(run);
    return status;
}
