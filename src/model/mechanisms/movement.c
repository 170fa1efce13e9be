/* Movement: fighters drift to bordering areas, more to contested ones. The total is conserved.
 *
 *   S_if <- (1 - n_f) S_if + n_f sum_j W_ij S_jf,  n_f = 1 - exp(-nu_f dt),  sum_i W_ij = 1
 *   W_ij proportional to 1 + tilt * contest_i over the neighbours i of j;  contest_i = 1 - sum_f C_if^2
 */
#include "model/lanes.h"

enum { RATE, TILT, N_PARAMETERS };

static const parameter parameters[N_PARAMETERS] = {
    [RATE] = {"rate", "per month", 0, 5, 0.02, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
              "nu: fighters that move to a bordering area.", "1-5 % a month from neighbours; Zhukov 2012 for roads",
              ""},
    [TILT] = {"tilt", "1", 0, 100, 1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
              "How much more a fully contested area attracts.",
              "assumed; escalation diffusion, Schutte & Weidmann 2011", ""},
};

static void step(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *tilt = step_parameter(s, TILT, 0);
    real *pull = step_scratch(s, 0);           /* [area] attraction */
    real *in = step_scratch(s, n_areas);       /* [area] arrivals */
    real *sums = step_scratch(s, 2 * n_areas); /* [area] attraction of all neighbours */
    real *gone = step_scratch(s, 3 * n_areas), *share = step_scratch(s, 3 * n_areas + 1);
    for (uint32_t a = 0; a < n_areas; a++) {
        real *row = pull + (size_t)a * n;
        lanes_fill(row, 1, n);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            const real *control = step_row(s, ROW_control, f * n_areas + a);
            for (uint32_t lane = 0; lane < n; lane++)
                row[lane] -= control[lane] * control[lane];
        }
        for (uint32_t lane = 0; lane < n; lane++)
            row[lane] = 1 + tilt[lane] * lane_max(0, row[lane]);
    }
    for (uint32_t j = 0; j < n_areas; j++) {
        real *sum = sums + (size_t)j * n;
        lanes_fill(sum, 0, n);
        for (uint32_t k = m->neighbour_first[j]; k < m->neighbour_first[j + 1]; k++)
            lanes_add(sum, pull + (size_t)m->neighbour[k] * n, n);
    }
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const real *rate = step_parameter(s, RATE, f);
        for (uint32_t lane = 0; lane < n; lane++)
            gone[lane] = 1 - lane_exp(-rate[lane] * s->dt);
        for (uint32_t a = 0; a < n_areas; a++)
            lanes_fill(in + (size_t)a * n, 0, n);
        for (uint32_t j = 0; j < n_areas; j++) {
            uint32_t first = m->neighbour_first[j], end = m->neighbour_first[j + 1];
            real *from = step_row(s, ROW_strength, f * n_areas + j);
            if (first == end || !lanes_any(from, n))
                continue;
            const real *sum = sums + (size_t)j * n;
            for (uint32_t lane = 0; lane < n; lane++) {
                real leaving = from[lane] * gone[lane];
                from[lane] -= leaving;
                share[lane] = leaving / sum[lane];
            }
            for (uint32_t k = first; k < end; k++) {
                const real *weight = pull + (size_t)m->neighbour[k] * n;
                real *to = in + (size_t)m->neighbour[k] * n;
                for (uint32_t lane = 0; lane < n; lane++)
                    to[lane] += share[lane] * weight[lane];
            }
        }
        for (uint32_t a = 0; a < n_areas; a++)
            lanes_add(step_row(s, ROW_strength, f * n_areas + a), in + (size_t)a * n, n);
    }
}

const mechanism KERNEL(mechanism_movement) = {
    .name = "movement",
    .title = "Movement between areas",
    .text = "A few fighters move to bordering areas every month, rather to contested ones. Nobody is lost on the way.",
    .equation = "S_i <- S_i (1 - n) + n sum_j W_ij S_j,  sum_i W_ij = 1",
    .doubt = "Roads, passes and borders of language matter more than the map's borders.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .step = step,
    .changes = CHANGES(strength),
};
