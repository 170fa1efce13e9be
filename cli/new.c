/* tessera new --events FILE... --country NAME --out DIR */
#include "cli/shared.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct new_arguments {
    const char *events, *country, *boundaries, *name_property, *population, *completeness, *out, *from, *to;
    uint64_t population_total;
} new_arguments;

static int draft(terminal *t, const new_arguments *a, char **more, size_t n_more, bool json) {
    tsr_error error = TSR_ERROR_INIT;
    tsr_problems *problems = NULL;
    char *text = NULL;
    const char **files = calloc(n_more + 1, sizeof *files);
    if (files == NULL) {
        fprintf(stderr, "tessera: no memory for the names of files\n");
        return EXIT_RESOURCES;
    }
    files[0] = a->events;
    for (size_t i = 0; i < n_more; i++)
        files[i + 1] = more[i];
    const tsr_draft_options options = {
        .hooks = terminal_hooks(t),
        .events = files,
        .n_events = n_more + 1,
        .country = a->country,
        .boundaries = a->boundaries,
        .name_property = a->name_property,
        .population = a->population,
        .population_total = (double)a->population_total,
        .completeness = a->completeness,
        .first_month = a->from ? tsr_month(a->from) : 0,
        .last_month = a->to ? tsr_month(a->to) : 0,
    };
    int code = tsr_draft(a->out, &options, json, &text, &problems, &error) == TSR_OK ? shared_print(text)
                                                                                     : shared_fail(t, &error, problems);
    tsr_problems_free(problems);
    free(files);
    return code;
}

static int run(int argc, char **argv) {
    common_options common;
    terminal t;
    new_arguments a = {0};
    int n_arguments, code;
    const option_spec specs[] = {
        {"events", OPTION_TEXT, &a.events, "FILE", "UCDP GED events, .csv or .zip; more files may follow it", 0, 0},
        {"country", OPTION_TEXT, &a.country, "NAME", "as the files spell it; brackets at its end may be left out", 0,
         0},
        {"out", OPTION_TEXT, &a.out, "DIR", "the new scenario; must not exist", 0, 0},
        {"boundaries", OPTION_TEXT, &a.boundaries, "FILE", "GeoJSON of the areas (default: cells of the PRIO-GRID)", 0,
         0},
        {"name-property", OPTION_TEXT, &a.name_property, "KEY", "property that names them (default: a usual one)", 0,
         0},
        {"population", OPTION_TEXT, &a.population, "FILE", "CSV with columns area and population", 0, 0},
        {"population-total", OPTION_COUNT, &a.population_total, "N",
         "people of the country, spread evenly (default 20,000,000, assumed)", 1, 2000000000},
        {"completeness", OPTION_TEXT, &a.completeness, "HOW", "precise or complete (default: judged from the events)",
         0, 0},
        {"from", OPTION_TEXT, &a.from, "MONTH", "first month (default: the first event's, at most ten years back)", 0,
         0},
        {"to", OPTION_TEXT, &a.to, "MONTH", "last month observed (default: the last one of the files)", 0, 0},
    };
    if (!options_read(&command_new, argc, argv, specs, sizeof specs / sizeof specs[0], &common, &n_arguments, &code))
        return code;
    if (!a.events || !a.country || !a.country[0] || !a.out || !a.out[0]) {
        fprintf(stderr, "tessera: new needs --events, --country and --out; see `tessera new --help`\n");
        return EXIT_USAGE;
    }
    if ((a.from && !tsr_month(a.from)) || (a.to && !tsr_month(a.to))) {
        fprintf(stderr, "tessera: --from and --to must be months, such as 2015-01\n");
        return EXIT_USAGE;
    }
    if (a.population && a.population_total) {
        fprintf(stderr, "tessera: --population and --population-total say the same thing; give one of them\n");
        return EXIT_USAGE;
    }
    terminal_init(&t, &common);
    return draft(&t, &a, argv + 1, (size_t)n_arguments, common.json);
}

const command command_new = {
    .name = "new",
    .summary = "draft a scenario of any country from event data",
    .arguments = "",
    .text =
        "Drafts a runnable scenario from events alone: areas, people, the actors and channels that carry 95 % of the\n"
        "deaths, who governs, founding dates, starts and rates, as commented YAML to be corrected by somebody who\n"
        "knows the country. What is assumed says so. docs/new.md has the rules.",
    .example = "  tessera new --events ged241-csv.zip --country Mali --boundaries adm1.geojson --out mali",
    .run = run,
};
