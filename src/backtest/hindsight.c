/* Dates of what parameters know; see hindsight.h. */
#include "backtest/hindsight.h"

#include "base/date.h"
#include "model/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** When what a value rests on was known; "" when nobody says. */
static const char *known_of(const model *m, const model_parameter *p) {
    if (!p->from_scenario)
        return p->declared->known;
    return p->source >= 0 ? world_string(m->w, world_sources(m->w, NULL)[p->source].date) : "";
}

/** The entry of this name, a new one at the end if there is none. */
static backtest_hindsight *entry_of(backtest *b, const char *name) {
    for (size_t i = 0; i < b->n_hindsight; i++)
        if (strcmp(b->hindsight[i].name, name) == 0)
            return &b->hindsight[i];
    backtest_hindsight *entry = &b->hindsight[b->n_hindsight++];
    *entry = (backtest_hindsight){.known = ""};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    return entry;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const backtest_hindsight *)a)->name, ((const backtest_hindsight *)b)->name);
}

tsr_status hindsight_list(const model *m, int32_t month, backtest *b, tsr_error *error) {
    b->hindsight = calloc((size_t)m->n_parameters + 1, sizeof *b->hindsight);
    if (!b->hindsight)
        return FAIL(error, TSR_E_MEMORY, "no memory for a list of %u parameters", m->n_parameters);
    for (uint32_t k = 0; k < m->n_parameters; k++) {
        const model_parameter *p = &m->parameters[k];
        const char *known = known_of(m, p);
        date_day first, last;
        char name[sizeof b->hindsight->name];
        if (!m->is_on[p->i_mechanism] || (p->declared->scope == SCOPE_FACTION_PAIR && !p->from_scenario) ||
            !date_read(known, strlen(known), &first, &last) || last <= month_last_day(month))
            continue;
        snprintf(name, sizeof name, "%s.%s", model_kernel_baseline.mechanisms[p->i_mechanism]->name, p->declared->name);
        backtest_hindsight *entry = entry_of(b, name);
        if (strcmp(known, entry->known) > 0)
            snprintf(entry->known, sizeof entry->known, "%s", known);
        entry->is_of_scenario |= p->from_scenario;
    }
    qsort(b->hindsight, b->n_hindsight, sizeof *b->hindsight, by_name);
    return TSR_OK;
}
