/* Reading options and printing help from one table. */
#include "cli/command.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 32, HELP_COLUMN = 26 };

static void print_option(const char *name, const char *argument, const char *help) {
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("  %-*s %s\n", HELP_COLUMN, left, help);
}

static void print_help(const command *c, const option_spec *specs, size_t n_specs) {
    printf("Usage: tessera %s%s%s [options]\n\n%s\n\nOptions:\n", c->name, *c->arguments ? " " : "", c->arguments,
           c->text);
    for (size_t i = 0; i < n_specs; i++)
        print_option(specs[i].name, specs[i].argument, specs[i].help);
    print_option("json", NULL, "one JSON object on standard output, also when the command fails");
    print_option("quiet", NULL, "no progress, no notes");
    print_option("verbose", NULL, "more notes on standard error");
    print_option("help", NULL, "this page");
    printf("\nExample:\n%s\n", c->example);
}

static bool read_count(const option_spec *spec, const char *text) {
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (errno || *end || !isdigit((unsigned char)*text) || value < spec->low || value > spec->high) {
        fprintf(stderr, "tessera: --%s is '%s'; it must be a whole number from %" PRIu64 " to %" PRIu64 "\n",
                spec->name, text, spec->low, spec->high);
        return false;
    }
    *(uint64_t *)spec->value = value;
    return true;
}

static bool read_option(const option_spec *spec, const char *text) {
    if (spec->kind == OPTION_FLAG)
        *(bool *)spec->value = true;
    else if (spec->kind == OPTION_TEXT)
        *(const char **)spec->value = text;
    else
        return read_count(spec, text);
    return true;
}

bool options_read(const command *c, int argc, char **argv, const option_spec *specs, size_t n_specs,
                  common_options *common, int *n_arguments, int *exit_code) {
    struct option longs[MOST_OPTIONS + 5] = {{0}};
    size_t n = 0;
    int found, index = 0;
    for (; n < n_specs && n < MOST_OPTIONS; n++)
        longs[n] = (struct option){specs[n].name, specs[n].kind == OPTION_FLAG ? no_argument : required_argument, NULL,
                                   (int)n + 256};
    longs[n] = (struct option){"json", no_argument, NULL, 'j'};
    longs[n + 1] = (struct option){"quiet", no_argument, NULL, 'q'};
    longs[n + 2] = (struct option){"verbose", no_argument, NULL, 'v'};
    longs[n + 3] = (struct option){"help", no_argument, NULL, 'h'};
    *common = (common_options){0};
    optind = 1;
    opterr = 0;
    *exit_code = EXIT_USAGE;
    while ((found = getopt_long(argc, argv, "hqv", longs, &index)) != -1) {
        if (found == 'h') {
            print_help(c, specs, n_specs);
            *exit_code = EXIT_DONE;
            return false;
        }
        if (found == '?') {
            /* optind is past the option that was not understood, unless it was one letter of several. */
            fprintf(stderr, "tessera: '%s' is not an option of %s, or lacks its value; see `tessera %s --help`\n",
                    argv[optind > 1 ? optind - 1 : 1], c->name, c->name);
            return false;
        }
        if (found == 'j')
            common->json = true;
        else if (found == 'q')
            common->quiet = true;
        else if (found == 'v')
            common->verbose = true;
        else if (!read_option(&specs[found - 256], optarg))
            return false;
    }
    *n_arguments = argc - optind;
    for (int i = 0; i < *n_arguments; i++)
        argv[1 + i] = argv[optind + i];
    return true;
}

int exit_code_of(tsr_status status) {
    switch (status) {
    case TSR_OK:
        return EXIT_DONE;
    case TSR_E_USAGE:
        return EXIT_USAGE;
    case TSR_E_INPUT:
        return EXIT_BAD_INPUT;
    case TSR_E_IO:
    case TSR_E_MEMORY:
        return EXIT_RESOURCES;
    case TSR_E_CANCELLED:
        return EXIT_INTERRUPTED;
    case TSR_E_NUMERIC:
    case TSR_E_INTERNAL:
        break;
    }
    return EXIT_INTERNAL;
}
