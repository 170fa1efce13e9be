/* Publicity: attacks, above all deadly ones and ones against the ruler, are noticed, and the notice fades.
 *
 *   Q_f <- exp(-delta) Q_f + sum_i [ N_f + b_Q log(1 + D_f) + b_R N_f against the ruler ] / A0
 *
 * N_f: the events of last month that f started (all of a one-sided channel, its share of battles). Once a month.
 */
#include "model/lanes.h"

enum { FADING, DEATHS_WEIGHT, RULER_WEIGHT, SCALE, N_PARAMETERS };

enum { FIRST_SUM = 3 }; /* row of scratch: sums of the factions */

static const parameter parameters[N_PARAMETERS] = {
    [FADING] = {"fading", "per month", 0.01, 5, 0.35, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_SOURCE,
                "delta: how fast publicity fades (half-life two months).",
                "Beckmann, Dewenter & Thomas 2017: severity up for two months", ""},
    [DEATHS_WEIGHT] = {"deaths_weight", "events", 0, 100, 1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "b_Q: weight of the log of deaths.", "assumed", ""},
    [RULER_WEIGHT] = {"ruler_weight", "1", 0, 100, 1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                      "b_R: extra weight of attacks on the ruler.", "assumed", ""},
    [SCALE] = {"scale", "events", 0.1, 1e5, 30, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
               "A0: events that make one unit of publicity.", "definition of the unit", ""},
};

/** What one channel's last month adds to the publicity of those who start its events: sum[0] of side a, sum[1] of side b, whose
 *  enemy rules in lanes where enemy_rules is 1. */
static void add_channel(const model_step *s, uint32_t c, real *const *sum, real *const *enemy_rules,
                        real *restrict noticed) {
    const model *m = s->m;
    const real *deaths_weight = step_parameter(s, DEATHS_WEIGHT, 0), *ruler_weight = step_parameter(s, RULER_WEIGHT, 0);
    bool is_one_sided = m->channel_one_sided[c];
    for (uint32_t a = 0; a < m->n_areas; a++) {
        const real *events = step_row(s, ROW_events, c * m->n_areas + a),
                   *deaths = step_row(s, ROW_deaths, c * m->n_areas + a);
        const real *share_a = step_row(s, ROW_start_share, c * m->n_areas + a);
        if (!lanes_any(events, s->n_lanes) && !lanes_any(deaths, s->n_lanes))
            continue;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            noticed[lane] = deaths_weight[lane] * lane_log(1 + deaths[lane]);
        for (uint32_t side = 0; side < (is_one_sided ? 1u : 2u); side++)
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                real share = is_one_sided ? 1 : side == 0 ? share_a[lane] : 1 - share_a[lane];
                sum[side][lane] +=
                    share * (events[lane] * (1 + ruler_weight[lane] * enemy_rules[side][lane]) + noticed[lane]);
            }
    }
}

static void month(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *fading = step_parameter(s, FADING, 0), *scale = step_parameter(s, SCALE, 0);
    real *noticed = step_scratch(s, 0), *rules[2] = {step_scratch(s, 1), step_scratch(s, 2)};
    for (uint32_t f = 0; f < m->n_factions; f++)
        lanes_fill(step_scratch(s, FIRST_SUM + f), 0, n);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        const int32_t side[2] = {m->channel_a[c], m->channel_b[c]};
        real *sum[2] = {NULL, NULL};
        for (uint32_t i = 0; i < 2 && side[i] >= 0; i++) {
            sum[i] = step_scratch(s, FIRST_SUM + (uint32_t)side[i]);
            lanes_fill(rules[i], 0, n);
            if (!m->channel_one_sided[c])
                lanes_is_ruler(s, (uint32_t)side[1 - i], rules[i]);
        }
        add_channel(s, c, sum, rules, noticed);
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        real *publicity = step_row(s, ROW_publicity, f);
        const real *sum = step_scratch(s, FIRST_SUM + f);
        for (uint32_t lane = 0; lane < n; lane++)
            publicity[lane] = lane_exp(-fading[lane]) * publicity[lane] + sum[lane] / scale[lane];
    }
}

const mechanism KERNEL(mechanism_publicity) = {
    .name = "publicity",
    .title = "Publicity",
    .text = "Attacks are noticed, deadly ones and ones against the ruler most. Publicity fades within months; while it "
            "lasts it brings recruits and more attacks.",
    .equation = "Q_f <- exp(-delta) Q_f + sum_i [N_f + b_Q log(1 + D_f) + b_R N_f against ruler] / A0",
    .doubt = "Coverage is not measured here; attacks stand for it.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .month = month,
    .changes = CHANGES(publicity),
};
