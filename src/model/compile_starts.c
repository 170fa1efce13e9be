/* Starts: the state at the beginning of the period, as medians with spreads. */
#include "model/compile.h"

#include <math.h>

/* Sites of the start draws: one number space for all kinds. */
enum {
    SITE_STRENGTH = 0x0000,
    SITE_SUPPORT = 0x1000,
    SITE_CONTROL = 0x2000,
    SITE_RELATION = 0x3000,
    SITE_FUNDS = 0x8000,
    SITE_COHESION = 0x9000,
    SITE_CAPTIVES = 0xa000,
    SITE_DISPOSITION = 0xf000
};

static const double support_default = 0.02; /* of people, for a faction that the scenario says nothing about */
static const double nobody_least = 0.02;    /* nobody's share is never less, so that utilities stay finite */

/** The scenario's record of one start, area first, then the national or default one; NULL when there is none. */
static const world_initial *find(const model *m, uint32_t kind, int32_t actor, int32_t other, int32_t area) {
    size_t n;
    const world_initial *initials = world_initials(m->w, &n), *general = NULL;
    for (size_t i = 0; i < n; i++) {
        if (initials[i].kind != kind || initials[i].actor != actor || initials[i].other != other)
            continue;
        if (initials[i].area == area)
            return &initials[i];
        if (initials[i].area == WORLD_NONE)
            general = &initials[i];
    }
    return general;
}

/** A strength report near the start, for a faction whose strength the scenario does not give. */
static const world_number *strength_fact(const model *m, int32_t actor) {
    size_t n;
    const world_fact *facts = world_facts(m->w, &n);
    date_day start = month_first_day(m->first_month);
    for (size_t i = 0; i < n; i++)
        if (facts[i].about == WORLD_FACT_STRENGTH && facts[i].actor == actor && facts[i].area == WORLD_NONE &&
            facts[i].first <= start + 365 && facts[i].last >= start - 365 && facts[i].known <= m->options.origin)
            return &facts[i].number;
    return NULL;
}

static double spread_of(const model *m, double spread) {
    return m->options.use_defaults ? 0 : spread;
}

/** National total spread over areas by the shares given; what they leave goes by population over the other areas. */
static void spread_total(model *m, uint32_t f, const world_number *total) {
    int32_t actor = (int32_t)m->actor_of_faction[f];
    double given = 0, people = 0;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const world_initial *share = find(m, WORLD_INITIAL_STRENGTH_SHARE, actor, WORLD_NONE, (int32_t)a);
        given += share ? share->number.value : 0;
        people += share ? 0 : m->population_share[a];
    }
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const world_initial *share = find(m, WORLD_INITIAL_STRENGTH_SHARE, actor, WORLD_NONE, (int32_t)a);
        double rest = people > 0 ? fmax(0, 1 - given) * m->population_share[a] / people : 0;
        m->start_strength[f * m->n_areas + a] = (model_start){
            .value = total->value * (share ? share->number.value : rest),
            .spread = compile_log_spread(total),
            .site = SITE_STRENGTH + f, /* one error for the whole force: a parameter */
        };
    }
}

static void strengths(model *m) {
    for (uint32_t f = 0; f < m->n_factions; f++) {
        int32_t actor = (int32_t)m->actor_of_faction[f];
        const world_initial *initial = find(m, WORLD_INITIAL_STRENGTH, actor, WORLD_NONE, WORLD_NONE);
        const world_number *total = initial ? &initial->number : strength_fact(m, actor);
        if (total)
            spread_total(m, f, total);
        for (uint32_t a = 0; a < m->n_areas; a++) {
            const world_initial *own = find(m, WORLD_INITIAL_STRENGTH, actor, WORLD_NONE, (int32_t)a);
            if (own && own->area == (int32_t)a)
                m->start_strength[f * m->n_areas + a] =
                    (model_start){own->number.value, compile_log_spread(&own->number), SITE_STRENGTH + f};
        }
    }
}

/** Of a share with an interval, on the logit scale. An interval that reaches 0 or 1 ends half a per cent before it, or at a tenth
 *  of the share where that is less. */
static double logit_spread(const world_number *number) {
    if (!(number->high > number->low))
        return 0;
    double low = fmax(number->low, fmin(0.005, number->value / 10));
    double high = fmin(number->high, 1 - fmin(0.005, (1 - number->value) / 10));
    return (compile_log(high / (1 - high)) - compile_log(low / (1 - low))) / (2 * 1.6448536269514722);
}

static void shares(model *m) {
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double people = 0, held = 0;
        for (uint32_t f = 0; f < m->n_factions; f++) {
            int32_t actor = (int32_t)m->actor_of_faction[f];
            const world_initial *support = find(m, WORLD_INITIAL_SUPPORT, actor, WORLD_NONE, (int32_t)a);
            const world_initial *control = find(m, WORLD_INITIAL_CONTROL, actor, WORLD_NONE, (int32_t)a);
            uint32_t i = f * m->n_areas + a;
            m->start_support[i] = (model_start){support ? support->number.value : support_default,
                                                support ? logit_spread(&support->number) : 0.5, SITE_SUPPORT + f};
            m->start_control[i] =
                (model_start){control ? control->number.value : 0,
                              spread_of(m, control ? compile_log_spread(&control->number) : 0), SITE_CONTROL + f};
            people += m->start_support[i].value;
            held += m->start_control[i].value;
        }
        double scale = people > 1 - nobody_least ? (1 - nobody_least) / people : 1;
        double nobody = fmax(nobody_least, 1 - people * scale);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            model_start *support = &m->start_support[f * m->n_areas + a];
            support->value = compile_log(fmax(1e-6, support->value * scale) / nobody); /* utility: nobody's is 0 */
            m->start_control[f * m->n_areas + a].value /= fmax(1, held);
        }
    }
}

static bool fight(const model *m, uint32_t v, uint32_t w) {
    for (uint32_t c = 0; c < m->n_channels; c++) {
        int32_t f = m->faction_of_actor[v], g = m->faction_of_actor[w];
        if (!m->channel_one_sided[c] && f >= 0 && g >= 0 &&
            ((m->channel_a[c] == f && m->channel_b[c] == g) || (m->channel_a[c] == g && m->channel_b[c] == f)))
            return true;
    }
    return false;
}

/** What two actors are to each other when the scenario does not say. */
static double default_relation(const model *m, uint32_t v, uint32_t w) {
    const world_actor *actors = world_actors(m->w, NULL);
    if (world_family(m->w, v) == world_family(m->w, w))
        return 0.95;
    if (actors[v].sponsor == (int32_t)w || actors[w].sponsor == (int32_t)v)
        return 0.6;
    return fight(m, v, w) ? -0.9 : 0;
}

static void relations(model *m) {
    for (uint32_t v = 0; v < m->n_actors; v++)
        for (uint32_t w = v + 1; w < m->n_actors; w++) {
            const world_initial *given = find(m, WORLD_INITIAL_RELATION, (int32_t)v, (int32_t)w, WORLD_NONE);
            if (!given)
                given = find(m, WORLD_INITIAL_RELATION, (int32_t)w, (int32_t)v, WORLD_NONE);
            double R = given ? given->number.value : default_relation(m, v, w);
            R = fmax(-0.99, fmin(0.99, R));
            double spread = given ? compile_spread(&given->number) / (1 - R * R) : 0; /* on the scale of atanh R */
            m->start_relation[v * m->n_actors + w] =
                (model_start){compile_atanh(R), spread_of(m, spread), SITE_RELATION + v * m->n_actors + w};
            m->start_relation[w * m->n_actors + v] = m->start_relation[v * m->n_actors + w];
        }
}

static void national(model *m) {
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const world_initial *funds =
            find(m, WORLD_INITIAL_FUNDS, (int32_t)m->actor_of_faction[f], WORLD_NONE, WORLD_NONE);
        if (funds)
            m->start_funds[f] =
                (model_start){funds->number.value, spread_of(m, compile_log_spread(&funds->number)), SITE_FUNDS + f};
    }
    for (uint32_t v = 0; v < m->n_actors; v++) {
        const world_initial *cohesion = find(m, WORLD_INITIAL_COHESION, (int32_t)v, WORLD_NONE, WORLD_NONE);
        m->start_cohesion[v] = (model_start){.value = 1, .site = SITE_COHESION + v};
        if (cohesion) {
            m->start_cohesion[v].value = cohesion->number.value / 0.7; /* relative to the long-run mean */
            m->start_cohesion[v].spread = spread_of(m, compile_log_spread(&cohesion->number));
        }
    }
    const world_ladder *ladders = world_ladders(m->w, NULL);
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        const world_initial *z =
            find(m, WORLD_INITIAL_DISPOSITION, m->ladder_power[k], m->ladder_faction[k], WORLD_NONE);
        m->start_rung[k] = ladders[k].start;
        m->start_disposition[k] = (model_start){
            z ? z->number.value : 0, spread_of(m, z ? compile_spread(&z->number) : 0.5), SITE_DISPOSITION + k};
    }
}

static void add_captive_pair(model *m, uint32_t f, uint32_t holder) {
    for (uint32_t k = 0; k < m->n_captive_pairs; k++)
        if (m->captive_faction[k] == f && m->captive_holder[k] == holder)
            return;
    m->captive_faction[m->n_captive_pairs] = f;
    m->captive_holder[m->n_captive_pairs++] = holder;
}

/** Pairs (faction, holder) that can occur: both ways in every battle channel, and what the scenario declares. */
static tsr_status captives(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t n;
    const world_initial *initials = world_initials(m->w, &n);
    size_t most = (size_t)m->n_factions * m->n_factions;
    TRY(compile_array(memory, most, sizeof(uint32_t), &m->captive_faction, error));
    TRY(compile_array(memory, most, sizeof(uint32_t), &m->captive_holder, error));
    TRY(compile_array(memory, m->n_factions, sizeof(int32_t), &m->prison_area, error));
    for (uint32_t c = 0; c < m->n_channels; c++)
        if (!m->channel_one_sided[c]) {
            add_captive_pair(m, (uint32_t)m->channel_a[c], (uint32_t)m->channel_b[c]);
            add_captive_pair(m, (uint32_t)m->channel_b[c], (uint32_t)m->channel_a[c]);
        }
    for (size_t i = 0; i < n; i++)
        if (initials[i].kind == WORLD_INITIAL_CAPTIVES && initials[i].other >= 0)
            add_captive_pair(m, (uint32_t)m->faction_of_actor[initials[i].actor],
                             (uint32_t)m->faction_of_actor[initials[i].other]);
    TRY(compile_array(memory, (size_t)m->n_captive_pairs * m->n_areas, sizeof *m->start_captives, &m->start_captives,
                      error));
    for (uint32_t h = 0; h < m->n_factions; h++) {
        double most_held = 0;
        m->prison_area[h] = WORLD_NONE;
        for (size_t i = 0; i < n; i++) {
            if (initials[i].kind != WORLD_INITIAL_CAPTIVES || initials[i].area < 0 ||
                m->faction_of_actor[initials[i].other] != (int32_t)h)
                continue;
            for (uint32_t k = 0; k < m->n_captive_pairs; k++)
                if (m->captive_holder[k] == h &&
                    (int32_t)m->captive_faction[k] == m->faction_of_actor[initials[i].actor])
                    m->start_captives[k * m->n_areas + (uint32_t)initials[i].area] =
                        (model_start){initials[i].number.value, spread_of(m, compile_log_spread(&initials[i].number)),
                                      SITE_CAPTIVES + (uint32_t)i};
            if (initials[i].number.value > most_held) {
                most_held = initials[i].number.value;
                m->prison_area[h] = initials[i].area;
            }
        }
    }
out:
    return status;
}

tsr_status compile_starts(model *m, arena *memory, tsr_error *error) {
    tsr_status status = TSR_OK;
    size_t cells = (size_t)m->n_factions * m->n_areas;
    TRY(compile_array(memory, cells, sizeof(model_start), &m->start_strength, error));
    TRY(compile_array(memory, cells, sizeof(model_start), &m->start_support, error));
    TRY(compile_array(memory, cells, sizeof(model_start), &m->start_control, error));
    TRY(compile_array(memory, (size_t)m->n_actors * m->n_actors, sizeof(model_start), &m->start_relation, error));
    TRY(compile_array(memory, m->n_factions, sizeof(model_start), &m->start_funds, error));
    TRY(compile_array(memory, m->n_actors, sizeof(model_start), &m->start_cohesion, error));
    TRY(compile_array(memory, m->n_ladders, sizeof(model_start), &m->start_disposition, error));
    TRY(compile_array(memory, m->n_ladders, sizeof(uint32_t), &m->start_rung, error));
    strengths(m);
    shares(m);
    relations(m);
    national(m);
    TRY(captives(m, memory, error));
out:
    return status;
}
