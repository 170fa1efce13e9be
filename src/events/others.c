/* Events between actors that no channel covers, gathered by pair and type. */
#include "events/gather.h"
#include "events/quote.h"

#include <stdlib.h>
#include <string.h>

/** Order of sides and type, so that equal ones are neighbours. */
static int compare_pairs(const void *a, const void *b) {
    const event_record *x = *(const event_record *const *)a, *y = *(const event_record *const *)b;
    if (x->side_a != y->side_a)
        return x->side_a < y->side_a ? -1 : 1;
    if (x->side_b != y->side_b)
        return x->side_b < y->side_b ? -1 : 1;
    return (x->type > y->type) - (x->type < y->type);
}

/** Most deaths first, then most events, then names. */
static int compare_others(const void *a, const void *b) {
    const panel_other *x = a, *y = b;
    if (x->tally.deaths != y->tally.deaths)
        return x->tally.deaths > y->tally.deaths ? -1 : 1;
    if (x->tally.events != y->tally.events)
        return x->tally.events > y->tally.events ? -1 : 1;
    int order = strcmp(x->side_a, y->side_a);
    order = order != 0 ? order : strcmp(x->side_b, y->side_b);
    return order != 0 ? order : (x->type > y->type) - (x->type < y->type);
}

static void free_others(panel_other *others, size_t n) {
    for (size_t i = 0; others != NULL && i < n; i++) {
        free(others[i].side_a);
        free(others[i].side_b);
    }
    free(others);
}

static bool add_other(const gathering *g, const event_record *e, panel_other *other) {
    const char *a = resolver_side(g->names, e->side_a), *b = resolver_side(g->names, e->side_b);
    *other = (panel_other){.side_a = quote_copy(a, strlen(a)), .side_b = quote_copy(b, strlen(b)), .type = e->type};
    return other->side_a != NULL && other->side_b != NULL;
}

tsr_status gather_others(const gathering *g, panel_other **out, size_t *n_out, tsr_error *error) {
    size_t n = 0, n_others = 0;
    bool ok = true;
    const event_record **list = malloc((g->n_records + 1) * sizeof *list);
    panel_other *others = NULL;
    for (size_t i = 0; list != NULL && i < g->n_records; i++)
        if (g->records[i].reason == PANEL_OTHER_CHANNEL)
            list[n++] = &g->records[i];
    others = calloc(n + 1, sizeof *others);
    ok = list != NULL && others != NULL;
    if (ok)
        qsort(list, n, sizeof *list, compare_pairs);
    for (size_t i = 0; i < n && ok; i++) {
        if (i == 0 || compare_pairs(&list[i - 1], &list[i]) != 0)
            ok = add_other(g, list[i], &others[n_others++]);
        others[n_others - 1].tally.events++;
        others[n_others - 1].tally.deaths += list[i]->best;
    }
    free(list);
    if (!ok) {
        free_others(others, n_others);
        return FAIL(error, TSR_E_MEMORY, "no memory for the names of events");
    }
    qsort(others, n_others, sizeof *others, compare_others);
    *out = others;
    *n_out = n_others;
    return TSR_OK;
}
