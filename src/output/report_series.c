/* The series of report.json: arrays by area, faction, channel ... and month, on one time axis. See web/FORMAT.md. */
#include "output/parts.h"

#include <math.h>
#include <string.h>

static const int seven[] = {Q05, Q10, Q25, Q50, Q75, Q90, Q95};
static const int five[] = {Q05, Q25, Q50, Q75, Q95};
enum { N_SEVEN = sizeof seven / sizeof *seven, N_FIVE = sizeof five / sizeof *five };

static void put_probabilities(json *object, const int *quantiles, size_t n) {
    json *array = json_put_array(object, "probabilities");
    for (size_t i = 0; i < n; i++)
        json_add_number(array, output_probabilities[quantiles[i]]);
}

/** One line of a simulated variable over the months of the report; null where it was not simulated. */
static void add_simulated(json *array, const output_series *s, output_months months, int quantile, uint32_t a,
                          uint32_t b, int decimals) {
    json *line = json_add_array(array);
    for (uint32_t i = 0; i < months.n; i++) {
        int64_t month = (int64_t)months.first + i - s->first_month;
        bool inside = month >= 0 && month < s->n_months;
        output_add_value(line, inside ? output_value(s, quantile, (uint32_t)month, a, b) : NAN, decimals);
    }
}

/* ---- shares of areas: control, support ---- */

static void put_by_area(json *object, const char *key, const output_series *s, output_months months, int quantile) {
    json *areas = json_put_array(object, key);
    for (uint32_t area = 0; area < s->n_a; area++) {
        json *factions = json_add_array(areas);
        for (uint32_t faction = 0; faction < s->n_b; faction++)
            add_simulated(factions, s, months, quantile, area, faction, 3);
    }
}

static void put_lines(json *object, const char *key, const output_series *s, output_months months, int quantile) {
    json *lines = json_put_array(object, key);
    for (uint32_t a = 0; a < s->n_a; a++)
        add_simulated(lines, s, months, quantile, a, 0, 3);
}

static void put_band(json *object, const output_series *s, output_months months) {
    put_lines(object, "median", s, months, Q50);
    put_lines(object, "low", s, months, Q05);
    put_lines(object, "high", s, months, Q95);
}

static void put_share(const output_tables *tables, const char *stem, bool with_band, output_months months, json *root) {
    output_series by_area = output_find(tables, stem, RECORD_AREA, RECORD_FACTION);
    output_series national = output_find(tables, stem, RECORD_FACTION, RECORD_COUNTRY);
    if (by_area.table == NULL)
        return;
    json *share = json_put_object(root, stem);
    put_by_area(share, "median", &by_area, months, Q50);
    if (with_band) {
        put_by_area(share, "low", &by_area, months, Q05);
        put_by_area(share, "high", &by_area, months, Q95);
    }
    if (national.table)
        put_band(json_put_object(share, "national"), &national, months);
}

/* ---- quantiles: strength, deaths ---- */

/** x[a][probability][month], or x[probability][month] when there is no a. */
static void put_quantiles(json *object, const char *key, const output_series *s, output_months months,
                          const int *quantiles, size_t n, int decimals) {
    json *array = json_put_array(object, key);
    bool has_items = s->table->variable->outer != RECORD_COUNTRY || s->table->variable->inner != RECORD_COUNTRY;
    for (uint32_t a = 0; a < s->n_a; a++) {
        json *lines = has_items ? json_add_array(array) : array;
        for (size_t q = 0; q < n; q++)
            add_simulated(lines, s, months, quantiles[q], a, 0, decimals);
    }
}

static void put_strength(const output_tables *tables, output_months months, json *root) {
    output_series s = output_find(tables, "strength", RECORD_FACTION, RECORD_COUNTRY);
    if (s.table == NULL)
        return;
    json *strength = json_put_object(root, "strength");
    put_probabilities(strength, seven, N_SEVEN);
    put_quantiles(strength, "quantiles", &s, months, seven, N_SEVEN, 0);
}

/** What the panel says in one month of the report; NaN when it says nothing. */
typedef double (*panel_value)(const panel *p, uint32_t month, uint32_t a, uint32_t b);

static double located(const panel *p, uint32_t month, uint32_t channel, uint32_t area) {
    return p->coverage[month] == PANEL_NOT_OBSERVED ? NAN : p->deaths[panel_cell(p, month, channel, area)];
}

static double located_national(const panel *p, uint32_t month, uint32_t channel, uint32_t unused) {
    (void)unused;
    double sum = 0;
    for (uint32_t area = 0; area < p->n_areas; area++)
        sum += located(p, month, channel, area);
    return p->coverage[month] == PANEL_NOT_OBSERVED ? NAN : sum;
}

static double unlocated(const panel *p, uint32_t month, uint32_t channel, uint32_t unused) {
    (void)unused;
    return p->coverage[month] == PANEL_NOT_OBSERVED ? NAN
                                                    : p->unlocated_deaths[(size_t)month * p->n_channels + channel];
}

static double type_events(const panel *p, uint32_t month, uint32_t type, uint32_t unused) {
    (void)unused;
    return p->coverage[month] == PANEL_NOT_OBSERVED ? NAN : (double)p->type_deaths[(size_t)month * PANEL_TYPES + type];
}

static double type_totals(const panel *p, uint32_t month, uint32_t type, uint32_t unused) {
    (void)unused;
    return p->totals ? p->totals[(size_t)month * PANEL_TYPES + type] : NAN;
}

static void add_observed(json *array, const panel *p, output_months months, panel_value value, uint32_t a, uint32_t b) {
    json *line = json_add_array(array);
    for (uint32_t i = 0; i < months.n; i++) {
        int64_t month = (int64_t)months.first + i - p->first_month;
        output_add_value(line, month >= 0 && month < p->n_months ? value(p, (uint32_t)month, a, b) : NAN, 1);
    }
}

static void put_observed(json *object, const char *key, const panel *p, output_months months, panel_value value,
                         uint32_t n) {
    json *lines = json_put_array(object, key);
    for (uint32_t a = 0; a < n; a++)
        add_observed(lines, p, months, value, a, 0);
}

static void put_coverage(const panel *p, output_months months, json *deaths) {
    static const char *const names[] = {"none", "precise", "complete"};
    json *line = json_put_array(deaths, "coverage");
    for (uint32_t i = 0; i < months.n; i++) {
        int64_t month = (int64_t)months.first + i - p->first_month;
        bool inside = month >= 0 && month < p->n_months && p->coverage[month] <= PANEL_COMPLETE;
        json_add_string(line, inside ? names[p->coverage[month]] : NULL);
    }
}

static void put_deaths_by_area(const output_series *s, const panel *p, output_months months, json *deaths) {
    if (s->table == NULL && p == NULL)
        return;
    json *by_area = json_put_object(deaths, "by_area");
    put_probabilities(by_area, five, N_FIVE);
    if (s->table)
        put_quantiles(by_area, "simulated", s, months, five, N_FIVE, 1);
    if (p == NULL)
        return;
    json *areas = json_put_array(by_area, "located");
    for (uint32_t area = 0; area < p->n_areas; area++) {
        json *channels = json_add_array(areas);
        for (uint32_t channel = 0; channel < p->n_channels; channel++)
            add_observed(channels, p, months, located, channel, area);
    }
}

static void put_deaths(const output_tables *tables, const panel *p, output_months months, json *root) {
    output_series country = output_find(tables, "deaths", RECORD_COUNTRY, RECORD_COUNTRY);
    output_series by_channel = output_find(tables, "deaths", RECORD_CHANNEL, RECORD_COUNTRY);
    output_series by_type = output_find(tables, "deaths", RECORD_TYPE, RECORD_COUNTRY);
    output_series by_area = output_find(tables, "deaths", RECORD_AREA, RECORD_COUNTRY);
    if (p == NULL && !country.table && !by_channel.table && !by_type.table && !by_area.table)
        return;
    json *deaths = json_put_object(root, "deaths");
    put_probabilities(deaths, seven, N_SEVEN);
    if (country.table)
        put_quantiles(json_put_object(deaths, "country"), "simulated", &country, months, seven, N_SEVEN, 1);
    json *part = json_put_object(deaths, "by_channel");
    if (by_channel.table)
        put_quantiles(part, "simulated", &by_channel, months, seven, N_SEVEN, 1);
    if (p) {
        put_observed(part, "located", p, months, located_national, p->n_channels);
        put_observed(part, "unlocated", p, months, unlocated, p->n_channels);
    }
    part = json_put_object(deaths, "by_type");
    if (by_type.table)
        put_quantiles(part, "simulated", &by_type, months, seven, N_SEVEN, 1);
    if (p) {
        put_observed(part, "events", p, months, type_events, PANEL_TYPES);
        put_observed(part, "totals", p, months, type_totals, PANEL_TYPES);
    }
    put_deaths_by_area(&by_area, p, months, deaths);
    if (p)
        put_coverage(p, months, deaths);
}

/* ---- shares of members: ruler, ladder ---- */

/** Share of draws that equal `wanted`, month by month. */
static void add_share(json *array, const output_series *s, output_months months, uint32_t item, int32_t wanted) {
    uint32_t n_draws = s->table->variable->n_draws;
    for (uint32_t i = 0; i < months.n; i++) {
        int64_t month = (int64_t)months.first + i - s->first_month;
        if (month < 0 || month >= s->n_months) {
            output_add_value(array, NAN, 3);
            continue;
        }
        const float *draws = output_draws(s, (uint32_t)month, item, 0);
        uint32_t n = 0;
        for (uint32_t draw = 0; draw < n_draws; draw++)
            n += lrintf(draws[draw]) == wanted;
        output_add_value(array, (double)n / n_draws, 3);
    }
}

static void put_ruler(const output_tables *tables, output_months months, uint32_t n_factions, json *root) {
    output_series s = output_find(tables, "ruler", RECORD_COUNTRY, RECORD_COUNTRY);
    if (s.table == NULL)
        return;
    json *ruler = json_put_object(root, "ruler");
    json *factions = json_put_array(ruler, "faction");
    for (uint32_t faction = 0; faction < n_factions; faction++)
        add_share(json_add_array(factions), &s, months, 0, (int32_t)faction);
    add_share(json_put_array(ruler, "nobody"), &s, months, 0, -1);
}

static void put_ladder(const world *w, const output_tables *tables, output_months months, json *root) {
    output_series s = output_find(tables, "rung", RECORD_LADDER, RECORD_COUNTRY);
    if (s.table == NULL || s.n_a == 0)
        return;
    json *ladder = json_put_object(root, "ladder");
    json *names = json_put_array(ladder, "rungs");
    for (uint32_t rung = 0; rung < WORLD_RUNGS; rung++)
        json_add_string(names, world_rung_name(rung));
    json *pairs = json_put_array(ladder, "pairs");
    const world_ladder *declared = world_ladders(w, NULL);
    for (uint32_t i = 0; i < s.n_a; i++) {
        json *pair = json_add_object(pairs);
        json_put_integer(pair, "power", declared[i].power);
        json_put_integer(pair, "faction", declared[i].faction);
        json *rungs = json_put_array(pair, "probability");
        for (uint32_t rung = 0; rung < WORLD_RUNGS; rung++)
            add_share(json_add_array(rungs), &s, months, i, (int32_t)rung);
    }
}

static void put_relations(const world *w, const output_tables *tables, output_months months, json *root) {
    output_series s = output_find(tables, "relation", RECORD_PAIR, RECORD_COUNTRY);
    if (s.table == NULL || s.n_a == 0)
        return;
    json *relations = json_put_object(root, "relations");
    json *pairs = json_put_array(relations, "pairs");
    size_t n_actors = 0;
    world_actors(w, &n_actors);
    for (size_t a = 0; a < n_actors; a++)
        for (size_t b = a + 1; b < n_actors; b++) {
            json *pair = json_add_array(pairs);
            json_add_integer(pair, (int64_t)a);
            json_add_integer(pair, (int64_t)b);
        }
    put_band(relations, &s, months);
}

void output_report_series_put(const study_run *run, const output_tables *tables, output_months months, json *root) {
    put_share(tables, "control", true, months, root);
    put_share(tables, "support", false, months, root);
    put_strength(tables, months, root);
    put_deaths(tables, run->panel, months, root);
    put_ruler(tables, months, run->w->n_factions, root);
    put_ladder(run->w, tables, months, root);
    put_relations(run->w, tables, months, root);
}
