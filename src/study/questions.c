/* Questions: every member says yes or no; the answer is the share of yes with its Monte Carlo error.
 *
 *   p = k/n;  standard error sqrt(p (1 - p) / n);  95 % interval of Clopper & Pearson (1934), by bisection on the binomial tail
 */
#include "study/questions.h"

#include <math.h>
#include <stdlib.h>

typedef struct question_state {
    float *sum;         /**< [member] of the metric over the window, for WORLD_SUM */
    unsigned char *yes; /**< [member] */
} question_state;

struct question_set {
    const model *m;
    uint32_t n_members;
    size_t n_questions;
    question_state *states;
};

tsr_status question_set_create(const model *m, uint32_t n_members, question_set **out, tsr_error *error) {
    question_set *q = calloc(1, sizeof *q);
    if (!q)
        return FAIL(error, TSR_E_MEMORY, "no memory for the questions");
    world_questions(m->w, &q->n_questions);
    q->m = m;
    q->n_members = n_members;
    q->states = calloc(q->n_questions ? q->n_questions : 1, sizeof *q->states);
    for (size_t i = 0; q->states && i < q->n_questions; i++) {
        q->states[i].sum = calloc(n_members, sizeof(float));
        q->states[i].yes = calloc(n_members, 1);
        if (!q->states[i].sum || !q->states[i].yes) {
            question_set_free(q);
            return FAIL(error, TSR_E_MEMORY, "no memory for the answers of %u members", n_members);
        }
    }
    if (!q->states) {
        question_set_free(q);
        return FAIL(error, TSR_E_MEMORY, "no memory for the questions");
    }
    *out = q;
    return TSR_OK;
}

void question_set_free(question_set *q) {
    for (size_t i = 0; q && q->states && i < q->n_questions; i++) {
        free(q->states[i].sum);
        free(q->states[i].yes);
    }
    if (q)
        free(q->states);
    free(q);
}

static real state(const model_tile *tile, model_row_group group, uint32_t index, uint32_t lane) {
    return tile->state[(size_t)(tile->m->first_row[group] + index) * tile->n_lanes + lane];
}

static bool in_family(const model *m, uint32_t i_month, uint32_t f, int32_t actor) {
    int32_t g = actor < 0 ? WORLD_NONE : m->faction_of_actor[actor];
    const uint32_t *family = m->family + (size_t)i_month * m->n_factions;
    return g >= 0 && family[f] == family[g];
}

/** Control of an area by the actor's family. */
static double control(const model_tile *tile, uint32_t i_month, int32_t actor, uint32_t area, uint32_t lane) {
    const model *m = tile->m;
    double share = 0;
    for (uint32_t f = 0; f < m->n_factions; f++)
        if (in_family(m, i_month, f, actor))
            share += state(tile, ROW_control, f * m->n_areas + area, lane);
    return share;
}

/** Areas in which the actor's family holds more than every other family. */
static double provinces(const model_tile *tile, uint32_t i_month, int32_t actor, uint32_t lane) {
    const model *m = tile->m;
    int count = 0;
    for (uint32_t a = 0; a < m->n_areas; a++) {
        double own = control(tile, i_month, actor, a, lane), best = 0;
        for (uint32_t f = 0; f < m->n_factions; f++)
            if (!in_family(m, i_month, f, actor))
                best = fmax(best, control(tile, i_month, (int32_t)m->actor_of_faction[f], a, lane));
        count += own > best;
    }
    return count;
}

/** Strength or population-weighted support of one actor. */
static double over_areas(const model_tile *tile, model_row_group group, int32_t actor, uint32_t lane) {
    const model *m = tile->m;
    int32_t f = actor < 0 ? WORLD_NONE : m->faction_of_actor[actor];
    double sum = 0;
    for (uint32_t a = 0; f >= 0 && a < m->n_areas; a++)
        sum += (group == ROW_support ? (double)m->population_share[a] : 1) *
               state(tile, group, (uint32_t)f * m->n_areas + a, lane);
    return sum;
}

/** Events or deaths of the month: of a channel, of the channels of an actor, or of all. */
static double counts(const model_tile *tile, model_row_group group, const world_question *question, uint32_t lane) {
    const model *m = tile->m;
    int32_t f = question->actor < 0 ? WORLD_NONE : m->faction_of_actor[question->actor];
    double sum = 0;
    for (uint32_t c = 0; c < m->n_channels; c++) {
        bool wanted = question->channel >= 0 ? question->channel == (int32_t)c
                                             : f < 0 || m->channel_a[c] == f || m->channel_b[c] == f;
        if (!wanted)
            continue;
        for (uint32_t a = 0; a < m->n_areas; a++)
            if (question->area < 0 || question->area == (int32_t)a)
                sum += state(tile, group, c * m->n_areas + a, lane);
    }
    return sum;
}

static double rung(const model_tile *tile, const world_question *question, uint32_t lane) {
    for (uint32_t k = 0; k < tile->m->n_ladders; k++)
        if (tile->m->ladder_power[k] == question->actor && tile->m->ladder_faction[k] == question->other)
            return state(tile, ROW_rung, k, lane);
    return 0;
}

static double measure(const world_question *question, const model_tile *tile, uint32_t i_month, uint32_t lane) {
    const model *m = tile->m;
    int32_t ruler;
    switch ((world_metric)question->metric) {
    case WORLD_METRIC_LADDER:
        return rung(tile, question, lane);
    case WORLD_METRIC_RULER:
        ruler = (int32_t)state(tile, ROW_ruler, 0, lane);
        return ruler >= 0 && in_family(m, i_month, (uint32_t)ruler, question->actor);
    case WORLD_METRIC_CONTROL:
        return question->area < 0 ? 0 : control(tile, i_month, question->actor, (uint32_t)question->area, lane);
    case WORLD_METRIC_PROVINCES:
        return provinces(tile, i_month, question->actor, lane);
    case WORLD_METRIC_STRENGTH:
        return over_areas(tile, ROW_strength, question->actor, lane);
    case WORLD_METRIC_SUPPORT:
        return over_areas(tile, ROW_support, question->actor, lane);
    case WORLD_METRIC_RELATION:
        return tanh(
            state(tile, ROW_relation, (uint32_t)question->actor * m->n_actors + (uint32_t)question->other, lane));
    case WORLD_METRIC_EVENTS:
        return counts(tile, ROW_events, question, lane);
    case WORLD_METRIC_DEATHS:
        return counts(tile, ROW_deaths, question, lane);
    case WORLD_METRICS:
        break;
    }
    return 0;
}

static bool holds(const world_question *question, double value) {
    switch ((world_operator)question->op) {
    case WORLD_GE:
        return value >= question->threshold;
    case WORLD_GT:
        return value > question->threshold;
    case WORLD_LE:
        return value <= question->threshold;
    case WORLD_LT:
        break;
    }
    return value < question->threshold;
}

static void observe(void *user, const model_tile *tile, uint32_t i_month) {
    question_set *q = user;
    const world_question *questions = world_questions(q->m->w, NULL);
    int32_t month = q->m->first_month + (int32_t)i_month;
    for (size_t i = 0; i < q->n_questions; i++) {
        const world_question *question = &questions[i];
        if (month < question->first_month || month > question->last_month)
            continue;
        for (uint32_t lane = 0; lane < tile->n_lanes && tile->first_slot + lane < q->n_members; lane++) {
            uint32_t member = tile->first_slot + lane;
            double value = measure(question, tile, i_month, lane);
            float *sum = &q->states[i].sum[member];
            unsigned char *yes = &q->states[i].yes[member];
            *sum += (float)value;
            if (question->mode == WORLD_SUM)
                *yes = holds(question, *sum);
            else if (question->mode == WORLD_BY)
                *yes = *yes || holds(question, value);
            else /* until, at: every month of the window */
                *yes = (month == question->first_month || *yes) && holds(question, value);
        }
    }
}

/** Members go on from their ancestors' answers. */
static tsr_status resampled(void *user, const uint32_t *ancestors, uint32_t n, tsr_error *error) {
    question_set *q = user;
    for (size_t i = 0; i < q->n_questions; i++) {
        float *sum = calloc(n, sizeof *sum);
        unsigned char *yes = calloc(n, 1);
        if (!sum || !yes) {
            free(sum);
            free(yes);
            return FAIL(error, TSR_E_MEMORY, "no memory for the answers of %u members", n);
        }
        for (uint32_t member = 0; member < n; member++) {
            sum[member] = q->states[i].sum[ancestors[member]];
            yes[member] = q->states[i].yes[ancestors[member]];
        }
        free(q->states[i].sum);
        free(q->states[i].yes);
        q->states[i].sum = sum;
        q->states[i].yes = yes;
    }
    return TSR_OK;
}

ensemble_observer question_set_observer(question_set *q) {
    return (ensemble_observer){.month = observe, .resampled = resampled, .user = q};
}

/** P(X <= k) for X ~ Binomial(n, p). */
static double binomial_below(uint64_t k, uint64_t n, double p) {
    double log_term = (double)n * log1p(-p), sum = exp(log_term);
    for (uint64_t i = 1; i <= k; i++) {
        log_term += log((double)(n - i + 1) / (double)i) + log(p) - log1p(-p);
        sum += exp(log_term);
    }
    return sum < 1 ? sum : 1;
}

/** p at which P(X <= k) = target; decreasing in p. */
static double solve(uint64_t k, uint64_t n, double target) {
    double low = 0, high = 1;
    for (int i = 0; i < 60; i++) {
        double p = (low + high) / 2;
        if (binomial_below(k, n, p) > target)
            low = p;
        else
            high = p;
    }
    return (low + high) / 2;
}

/** What keeps an answer from meaning much. */
static const char *caveat(const model *m, const world_question *question) {
    static const struct {
        uint32_t metric;
        const char *name, *text;
    } needs[] = {
        {WORLD_METRIC_LADDER, "ladder", "mechanism ladder is off: rungs cannot change"},
        {WORLD_METRIC_RELATION, "relations", "mechanism relations is off: relations cannot change"},
    };
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
        for (uint32_t k = 0; k < m->n_mechanisms && question->metric == needs[i].metric; k++)
            if (!m->is_on[k] && __builtin_strcmp(model_kernel_baseline.mechanisms[k]->name, needs[i].name) == 0)
                return needs[i].text;
    if (question->last_month > m->last_month)
        return "the run ends before the question's last month";
    return "";
}

tsr_status question_set_answers(const question_set *q, run_answer **answers, size_t *n, tsr_error *error) {
    run_answer *list = calloc(q->n_questions ? q->n_questions : 1, sizeof *list);
    if (!list)
        return FAIL(error, TSR_E_MEMORY, "no memory for %zu answers", q->n_questions);
    for (size_t i = 0; i < q->n_questions; i++) {
        uint64_t yes = 0, all = q->n_members;
        for (uint32_t member = 0; member < q->n_members; member++)
            yes += q->states[i].yes[member];
        double p = (double)yes / (double)all;
        list[i] = (run_answer){
            .question = (uint32_t)i,
            .probability = p,
            .mc_error = sqrt(p * (1 - p) / (double)all),
            .low = yes == 0 ? 0 : solve(yes - 1, all, 0.975),
            .high = yes == all ? 1 : solve(yes, all, 0.025),
            .n_members = all,
            .caveat = caveat(q->m, &world_questions(q->m->w, NULL)[i]),
        };
    }
    *answers = list;
    *n = q->n_questions;
    return TSR_OK;
}
