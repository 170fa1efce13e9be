/* Excitation: events bring more events in the same and in neighbouring areas, for some weeks.
 *
 *   Lambda <- max(Lambda - n_c K Ebar_c, Lambda/10) + n_c K E_c       (channels do not excite each other)
 *   E    <- e^-beta E    + (1 - e^-beta) N        (N: events of the month; the kernel's mass is exactly n)
 *   Ebar <- e^-beta Ebar + (1 - e^-beta) Lambda0  (the same filter on what was expected without excitation)
 *   K = (1 - w) identity + w neighbours, rows sum to 1
 *
 * It works on the intensity after the multipliers, so that the branching ratio is n in every cell whatever its multiplier,
 * and it acts from the next month on, so that monthly totals do not depend on sub-steps. Subtracting Ebar leaves the
 * mean as it was. After Hawkes; published monthly estimates in science notes 1.1.
 */
#include "model/lanes.h"

enum { SELF, NEIGHBOUR_SHARE, DECAY, KEEP_MEAN, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [SELF] =
        {"self", "1", 0, 0.89, 0.12, SCOPE_CHANNEL, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_DATA,
         "n: events that one event brings, on average: the branching ratio, and the spectral radius of excitation, "
         "which has no other entries. Near 1 clusters hardly end.",
         "UCDP GED Afghanistan: .24-.28 with 2-year background blocks, .11-.14 with 1 year, 0 with 3 months", ""},
    [NEIGHBOUR_SHARE] = {"neighbour_share", "1", 0, 1, 0.1, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.7, EVIDENCE_DATA,
                         "w: share of it that appears in bordering areas.",
                         "residual correlation .107 below 100 km; INGARCH .00-.04", ""},
    [DECAY] = {"decay", "per month", 0.1, 20, 2, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_SOURCE,
               "beta: how fast the effect fades.", "Lewis et al. 2012: 2-6 weeks", ""},
    [KEEP_MEAN] = {"keep_mean", "switch", 0, 1, 1, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                   "1: subtract what was expected, so that means stay; 0: the pure Hawkes process, for tests.",
                   "definition", ""},
};

/** e^-beta and 1 - e^-beta, which all cells share. */
static void list_kept(const model_step *s, real *restrict keep, real *restrict fresh) {
    const real *beta = step_parameter(s, DECAY, 0);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        keep[lane] = lane_exp(-beta[lane]);
        fresh[lane] = 1 - keep[lane];
    }
}

static void month(const model_step *s) {
    if (s->i_month == 0)
        return; /* nothing has happened yet */
    real *keep = step_scratch(s, 0), *fresh = step_scratch(s, 1);
    list_kept(s, keep, fresh);
    for (uint32_t i = 0; i < s->m->n_channels * s->m->n_areas; i++) {
        real *excitation = step_row(s, ROW_excitation, i);
        const real *events = step_row(s, ROW_events, i);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            excitation[lane] = keep[lane] * excitation[lane] + fresh[lane] * events[lane];
    }
}

/** Sum of the rows of a's neighbours, [area][lane], into out. @param none  a row of zeros */
static void sum_neighbours(const model_step *s, const real *restrict rows, uint32_t a, const real *restrict none,
                           real *restrict out) {
    uint32_t n = s->n_lanes, k = s->m->neighbour_first[a], end = s->m->neighbour_first[a + 1];
    const uint32_t *neighbour = s->m->neighbour;
    const real *restrict one = rows + (size_t)neighbour[k] * n;
    const real *restrict two = k + 1 < end ? rows + (size_t)neighbour[k + 1] * n : none;
    const real *restrict three = k + 2 < end ? rows + (size_t)neighbour[k + 2] * n : none;
    const real *restrict four = k + 3 < end ? rows + (size_t)neighbour[k + 3] * n : none;
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = one[lane] + two[lane] + three[lane] + four[lane];
    for (k += 4; k + 1 < end; k += 2)
        lanes_add_two(out, rows + (size_t)neighbour[k] * n, rows + (size_t)neighbour[k + 1] * n, n);
    if (k < end)
        lanes_add(out, rows + (size_t)neighbour[k] * n, n);
}

/** Rows of scratch. */
typedef struct rows {
    real *expected, *recent;         /* K E-bar, K E of the cell */
    real *keep, *fresh, *own_weight; /* e^-beta, 1 - e^-beta, 1 - w */
    real *self_mean;                 /* of the channel: what n K E-bar is multiplied by */
    real *none;                      /* zeros */
    real *base;                      /* [area] intensity before excitation */
} rows;

/** sum_j K_aj row_j into out. */
static void spread(const model_step *s, model_row_group group, uint32_t c, uint32_t a, const rows *r,
                   real *restrict out) {
    const model *m = s->m;
    const real *w = step_parameter(s, NEIGHBOUR_SHARE, 0), *own_weight = r->own_weight;
    const real *own = step_row(s, group, c * m->n_areas + a);
    uint32_t n_neighbours = m->neighbour_first[a + 1] - m->neighbour_first[a];
    if (n_neighbours == 0) {
        lanes_copy(out, own, s->n_lanes);
        return;
    }
    sum_neighbours(s, step_row(s, group, c * m->n_areas), a, r->none, out);
    real scale = 1 / (real)n_neighbours;
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] = own_weight[lane] * own[lane] + w[lane] * scale * out[lane];
}

static void step(const model_step *s) {
    const model *m = s->m;
    const real *w = step_parameter(s, NEIGHBOUR_SHARE, 0), *keep_mean = step_parameter(s, KEEP_MEAN, 0);
    rows r = {.expected = step_scratch(s, 0),
              .recent = step_scratch(s, 1),
              .keep = step_scratch(s, 2),
              .fresh = step_scratch(s, 3),
              .own_weight = step_scratch(s, 4),
              .self_mean = step_scratch(s, 5),
              .none = step_scratch(s, 6),
              .base = step_scratch(s, 7)};
    list_kept(s, r.keep, r.fresh);
    lanes_fill(r.none, 0, s->n_lanes);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        r.own_weight[lane] = 1 - w[lane];
    for (uint32_t c = 0; c < m->n_channels; c++) {
        const real *self = step_parameter(s, SELF, c);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            r.self_mean[lane] = self[lane] * keep_mean[lane];
        for (uint32_t a = 0; a < m->n_areas; a++) {
            real *intensity = step_row(s, ROW_intensity, c * m->n_areas + a), *base = r.base + (size_t)a * s->n_lanes;
            spread(s, ROW_excitation_mean, c, a, &r, r.expected);
            spread(s, ROW_excitation, c, a, &r, r.recent);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
                base[lane] = intensity[lane];
                real rest = base[lane] - r.self_mean[lane] * r.expected[lane];
                rest = lane_max(rest, (real)0.1 * base[lane]);
                intensity[lane] = rest + self[lane] * r.recent[lane];
            }
        }
        /* The expected part follows the month's last sub-step, like the events: once a month. */
        if (s->i_substep + 1 != m->substeps)
            continue;
        for (uint32_t a = 0; a < m->n_areas; a++) {
            real *mean = step_row(s, ROW_excitation_mean, c * m->n_areas + a);
            const real *now = r.base + (size_t)a * s->n_lanes;
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                mean[lane] = r.keep[lane] * mean[lane] + r.fresh[lane] * now[lane];
        }
    }
}

const mechanism KERNEL(mechanism_excitation) = {
    .name = "excitation",
    .title = "Excitation: events that bring events",
    .text =
        "An event raises the chance of further events in the same area and a little in bordering ones, for some weeks. "
        "Most of what looks like contagion at the monthly scale is slow change that the multipliers hold already, so "
        "the effect is small by default; it changes the clustering of events, not their mean.",
    .equation = "Lambda <- max(Lambda - n K Ebar, Lambda/10) + n K E;  E <- e^-beta E + (1 - e^-beta) N",
    .doubt =
        "Branching ratio and the persistence of the multipliers are nearly impossible to tell apart in monthly counts.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .month = month,
    .step = step,
    .changes = CHANGES(excitation) | CHANGES(excitation_mean) | CHANGES(intensity),
};
