/* `explain`: a mechanism as a short textbook page, from its own table. */
#include "api/objects.h"

#include "model/registry.h"

#include <stdio.h>
#include <string.h>

enum { PAGE_WIDTH = 96 };

/** Words of `text` in lines of at most PAGE_WIDTH columns, each indented. */
static void add_wrapped(text_buffer *b, const char *text, int indent) {
    int column = 0;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > 0 && column + 1 + (int)n > PAGE_WIDTH) {
            text_add_string(b, "\n");
            column = 0;
        }
        if (column == 0) {
            text_add_format(b, "%*s", indent, "");
            column = indent;
        } else {
            text_add_string(b, " ");
            column++;
        }
        text_add(b, text, n);
        column += (int)n;
        text += n;
        text += strspn(text, " ");
    }
    text_add_string(b, "\n");
}

static void add_prior(text_buffer *b, const parameter *p) {
    static const char *const scopes[SCOPE_COUNT] = {"one value",
                                                    "one value per faction",
                                                    "one value per power",
                                                    "one value per channel",
                                                    "one value per ladder pair",
                                                    "one value per ordered pair of factions"};
    static const char *const evidence[] = {"read in a source", "computed from data",
                                           "from the literature, not re-checked", "assumed"};
    text_add_format(b, "      default %g, allowed %g to %g, %s; ", p->value, p->low, p->high, scopes[p->scope]);
    if (p->prior == PRIOR_NORMAL)
        text_add_format(b, "prior normal, sd %g", p->spread);
    else if (p->prior == PRIOR_LOG_NORMAL)
        text_add_format(b, "prior log-normal, sd of the log %g", p->spread);
    else if (p->prior == PRIOR_LOGIT_NORMAL)
        text_add_format(b, "prior logit-normal, sd of the logit %g", p->spread);
    else
        text_add_string(b, "fixed");
    text_add_string(b, "\n");
    text_add_format(b, "      evidence: %s", evidence[p->evidence]);
    if (*p->known)
        text_add_format(b, "; set with knowledge of outcomes up to %s", p->known);
    text_add_string(b, "\n");
}

static void add_mechanism(text_buffer *b, const mechanism *m) {
    text_add_format(b, "%s  (%s)\n", m->title, m->name);
    for (size_t i = 0; i < strlen(m->title); i++)
        text_add_string(b, "=");
    text_add_string(b, "\n\n");
    add_wrapped(b, m->text, 2);
    text_add_string(b, "\n  Equation\n");
    add_wrapped(b, m->equation, 4);
    if (m->n_parameters)
        text_add_string(b, "\n  Parameters\n");
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const parameter *p = &m->parameters[k];
        text_add_format(b, "    %s.%s  [%s]\n", m->name, p->name, p->unit);
        add_wrapped(b, p->text, 6);
        add_prior(b, p);
        text_add_string(b, "      source:\n");
        add_wrapped(b, p->source, 8);
    }
    text_add_string(b, "\n  What would make it wrong\n");
    add_wrapped(b, m->doubt, 4);
    if (m->is_core)
        text_add_string(b, "\n  Always on: the model has no meaning without it.\n");
    else
        text_add_format(b, "\n  Switch it off in scenario.yaml with `mechanisms: {%s: off}`.\n", m->name);
}

/* ---- the same as Markdown, for docs/mechanisms ---- */

/** A cell of a table: the text with its vertical bars escaped. */
static void add_cell(text_buffer *b, const char *text) {
    for (; *text; text++) {
        if (*text == '|')
            text_add_string(b, "\\");
        text_add(b, text, 1);
    }
}

static void add_row(text_buffer *b, const mechanism *m, const parameter *p) {
    static const char *const priors[] = {"fixed", "normal, sd ", "log-normal, sd of log ",
                                         "logit-normal, sd of logit "};
    static const char *const evidence[] = {"source", "data", "from memory", "assumed"};
    text_add_format(b, "| `%s.%s` | %g | ", m->name, p->name, p->value);
    add_cell(b, p->unit);
    text_add_format(b, " | %g to %g | %s", p->low, p->high, priors[p->prior]);
    if (p->prior != PRIOR_FIXED)
        text_add_format(b, "%g", p->spread);
    text_add_string(b, " | ");
    add_cell(b, p->text);
    text_add_format(b, " | %s: ", evidence[p->evidence]);
    add_cell(b, p->source);
    if (*p->known)
        text_add_format(b, " (knows outcomes up to %s)", p->known);
    text_add_string(b, " |\n");
}

static void add_page(text_buffer *b, const mechanism *m) {
    text_add_format(b, "# %s\n\n%s\n\n## Equation\n\n```\n", m->title, m->text);
    add_wrapped(b, m->equation, 0);
    text_add_string(b, "```\n\n## Parameters\n\n"
                       "| name | default | unit | allowed | prior | meaning | where the number comes from |\n"
                       "|---|---|---|---|---|---|---|\n");
    for (uint32_t k = 0; k < m->n_parameters; k++)
        add_row(b, m, &m->parameters[k]);
    text_add_format(b, "\n## What would make it wrong\n\n%s\n\n", m->doubt);
    if (m->is_core)
        text_add_string(b, "Always on: the model has no meaning without it.\n");
    else
        text_add_format(b, "Switched off in scenario.yaml with `mechanisms: {%s: off}`.\n", m->name);
}

tsr_status tsr_explain(const char *name, bool markdown, char **text, tsr_error *error) {
    size_t n;
    const mechanism *const *all = registry_mechanisms(&n);
    text_buffer b;
    text_buffer_init(&b);
    if (name && !registry_find(name)) {
        const char *names[64];
        for (size_t i = 0; i < n && i < 64; i++)
            names[i] = all[i]->name;
        const char *near = text_nearest(name, names, n);
        return FAIL(error, TSR_E_USAGE, "there is no mechanism '%s'%s%s%s `tessera explain` lists them", name,
                    near ? "; did you mean '" : "", near ? near : "", near ? "'?" : ";");
    }
    if (name) {
        (markdown ? add_page : add_mechanism)(&b, registry_find(name));
        return api_text(&b, text, error);
    }
    if (markdown)
        text_add_string(&b,
                        "# Mechanisms\n\nIn the order of a month; the start, last here, comes before all of them:\n\n");
    else
        text_add_string(&b, "A month of the model, in order; the start, last here, comes before all of them:\n\n");
    for (size_t i = 0; i < n; i++) {
        if (markdown)
            text_add_format(&b, "- [%s](%s.md)\n", all[i]->title, all[i]->name);
        else
            text_add_format(&b, "  %-12s  %s\n", all[i]->name, all[i]->title);
    }
    if (!markdown)
        text_add_string(&b, "\n`tessera explain NAME` explains one of them.\n");
    return api_text(&b, text, error);
}
