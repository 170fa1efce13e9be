/* Running a tile: the start, and one month after the other. */
#include "model/run.h"

#include "model/lanes.h"
#include "model/mechanisms.h"
#include "model/start.h"

#define X(id) extern const mechanism KERNEL(mechanism_##id);
MODEL_MECHANISMS(X)
#undef X

static const mechanism *const all[] = {
#define X(id) &KERNEL(mechanism_##id),
    MODEL_MECHANISMS(X)
#undef X
};
enum {
#define X(id) I_##id,
    MODEL_MECHANISMS(X)
#undef X
        N_ALL
};

static model_step step_of(const model_tile *tile, uint32_t i_month, uint32_t i_substep) {
    const model *m = tile->m;
    uint32_t month = (uint32_t)(m->first_month + (int32_t)i_month);
    return (model_step){
        .m = m,
        .tile = tile,
        .address = {.key = tile->key, .first_slot = tile->first_slot, .month = month, .substep = i_substep},
        .n_lanes = tile->n_lanes,
        .i_month = i_month,
        .i_substep = i_substep,
        .dt = (real)1 / (real)m->substeps,
    };
}

/** Lanes of a parameter from its prior's standard normals in `row`. */
static void from_normal(const model_parameter *p, real spread, real *restrict row, uint32_t n_lanes) {
    real value = (real)p->value, low = (real)p->declared->low, high = (real)p->declared->high;
    for (uint32_t lane = 0; lane < n_lanes; lane++) {
        real e = spread * row[lane], drawn = value + e;
        if (p->prior == PRIOR_LOG_NORMAL)
            drawn = value * lane_exp(e);
        if (p->prior == PRIOR_LOGIT_NORMAL)
            drawn = value > 0 && value < 1 ? lane_logistic(lane_log(value / (1 - value)) + e) : value;
        row[lane] = lane_max(low, lane_min(high, drawn));
    }
}

/** One value of a parameter, from its prior of that spread (0: the median). Month 0 addresses what is drawn once per run. */
static void draw_parameter(model_tile *tile, uint32_t k, real spread) {
    const model *m = tile->m;
    const model_parameter *p = &m->parameters[k];
    uint32_t use = USE_PARAMETER, site = k;
    random_address address = {.key = tile->key, .first_slot = tile->first_slot, .month = 0, .substep = 0};
    real *row = tile->parameters + (size_t)k * tile->n_lanes;
    if (!(spread > 0) || p->prior == PRIOR_FIXED) {
        lanes_fill(row, (real)p->value, tile->n_lanes);
        return;
    }
    if (p->i_mechanism == I_start) { /* addressed as all starts are */
        use = USE_START;
        site = (p->i_parameter == START_STRENGTH ? m->start_strength : m->start_support)[p->i_scope * m->n_areas].site;
    }
    KERNEL(random_normal_rows)(&address, use, site * 4, 1, tile->n_lanes, row);
    from_normal(p, spread, row, tile->n_lanes);
}

static void place(model_tile *tile) {
    const model_coordinates *c = tile->coordinates;
    for (uint32_t i = 0; i < c->n; i++) {
        const model_parameter *p = &tile->m->parameters[c->parameter[i]];
        const float *z = c->z + c->coordinate[i] * c->stride + tile->first_slot;
        real *row = tile->parameters + (size_t)c->parameter[i] * tile->n_lanes;
        for (uint32_t lane = 0; lane < tile->n_lanes; lane++)
            row[lane] = (real)z[lane];
        from_normal(p, (real)p->prior_spread, row, tile->n_lanes);
    }
}

/** Normal errors of one start, per lane; 0 where it is certain. */
static void start_error(const model_step *s, const model_start *start, real *restrict out) {
    lanes_fill(out, 0, s->n_lanes);
    if (!(start->spread > 0))
        return;
    random_address address = s->address;
    address.month = 0;
    KERNEL(random_normal_rows)(&address, USE_START, start->site * 4, 1, s->n_lanes, out);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        out[lane] *= (real)start->spread;
}

/** row = value exp(error). */
static void start_positive(const model_step *s, const model_start *start, real *restrict row) {
    start_error(s, start, row);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        row[lane] = (real)start->value * lane_exp(row[lane]);
}

/** row = value + error. */
static void start_additive(const model_step *s, const model_start *start, real *restrict row) {
    start_error(s, start, row);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        row[lane] += (real)start->value;
}

/** A faction's force and following in area a, where the parameters of the start say that they were. */
static void start_faction(const model_step *s, uint32_t f, uint32_t a) {
    uint32_t i = f * s->m->n_areas + a;
    const model_start *force = &s->m->start_strength[i], *following = &s->m->start_support[i];
    const real *of_force = step_parameter(s, START_STRENGTH, f), *of_following = step_parameter(s, START_SUPPORT, f);
    real *strength = step_row(s, ROW_strength, i), *utility = step_row(s, ROW_utility, i);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        strength[lane] = (real)force->value * lane_exp(of_force[lane] * (real)force->spread);
        utility[lane] = of_following[lane] * (real)following->spread + (real)following->value;
    }
    if (!s->m->active[f])
        lanes_fill(strength, 0, s->n_lanes);
    lanes_copy(step_row(s, ROW_rest_utility, i), utility, s->n_lanes);
}

static void start_areas(const model_step *s) {
    const model *m = s->m;
    real *sum = step_scratch(s, 0);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        lanes_fill(sum, 0, s->n_lanes);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            uint32_t i = f * m->n_areas + a;
            start_faction(s, f, a);
            start_positive(s, &m->start_control[i], step_row(s, ROW_control, i));
            lanes_add(sum, step_row(s, ROW_control, i), s->n_lanes);
        }
        for (uint32_t f = 0; f < m->n_factions; f++) {
            real *control = step_row(s, ROW_control, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                control[lane] /= lane_max(1, sum[lane]);
        }
        /* support = softmax(u), nobody has u = 0 */
        lanes_fill(sum, 1, s->n_lanes);
        for (uint32_t f = 0; f < m->n_factions; f++) {
            const real *u = step_row(s, ROW_utility, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                sum[lane] += lane_exp(u[lane]);
        }
        for (uint32_t f = 0; f < m->n_factions; f++) {
            const real *u = step_row(s, ROW_utility, f * m->n_areas + a);
            real *p = step_row(s, ROW_support, f * m->n_areas + a);
            for (uint32_t lane = 0; lane < s->n_lanes; lane++)
                p[lane] = lane_exp(u[lane]) / sum[lane];
        }
    }
}

static void start_national(const model_step *s) {
    const model *m = s->m;
    for (uint32_t f = 0; f < m->n_factions; f++)
        start_positive(s, &m->start_funds[f], step_row(s, ROW_funds, f));
    for (uint32_t v = 0; v < m->n_actors; v++) {
        start_positive(s, &m->start_cohesion[v], step_row(s, ROW_cohesion, v));
        for (uint32_t w = v + 1; w < m->n_actors; w++) {
            real *r = step_row(s, ROW_relation, v * m->n_actors + w);
            start_additive(s, &m->start_relation[v * m->n_actors + w], r);
            lanes_copy(step_row(s, ROW_relation, w * m->n_actors + v), r, s->n_lanes);
            lanes_copy(step_row(s, ROW_relation_rest, v * m->n_actors + w), r, s->n_lanes);
            lanes_copy(step_row(s, ROW_relation_rest, w * m->n_actors + v), r, s->n_lanes);
        }
    }
    for (uint32_t i = 0; i < m->n_captive_pairs * m->n_areas; i++) {
        real *captives = step_row(s, ROW_captives, i);
        start_positive(s, &m->start_captives[i], captives);
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            captives[lane] = lane_whole(captives[lane]);
    }
    for (uint32_t k = 0; k < m->n_ladders; k++) {
        start_additive(s, &m->start_disposition[k], step_row(s, ROW_disposition, k));
        lanes_fill(step_row(s, ROW_rung, k), (real)m->start_rung[k], s->n_lanes);
        random_address address = s->address;
        address.month = 0;
        KERNEL(random_exponential_rows)
        (&address, USE_RUNG, 2 * k * 4, 1, s->n_lanes, step_row(s, ROW_rung_clock, 2 * k));
        KERNEL(random_exponential_rows)
        (&address, USE_RUNG, (2 * k + 1) * 4, 1, s->n_lanes, step_row(s, ROW_rung_clock, 2 * k + 1));
    }
    lanes_fill(step_row(s, ROW_ruler, 0), (real)m->start_ruler, s->n_lanes);
}

static void start(model_tile *tile) {
    static const double off_value[MODEL_ROW_GROUPS] = {
#define X(id, count, off) off,
        MODEL_ROWS(X)
#undef X
    };
    const model *m = tile->m;
    model_step s = step_of(tile, 0, 0);
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
        for (uint32_t i = 0; i < m->n_rows_of[g]; i++)
            lanes_fill(step_row(&s, (model_row_group)g, i), (real)off_value[g], tile->n_lanes);
    for (uint32_t k = 0; k < m->n_parameters; k++)
        draw_parameter(tile, k, (real)m->parameters[k].spread);
    if (tile->coordinates)
        place(tile);
    s.i_mechanism = I_start;
    start_areas(&s);
    start_national(&s);
    for (uint32_t i = 0; i < N_ALL; i++) {
        s.i_mechanism = i;
        if (m->is_on[i] && all[i]->start)
            all[i]->start(&s);
    }
}

static void month(model_tile *tile, uint32_t i_month) {
    const model *m = tile->m;
    model_step s = step_of(tile, i_month, 0);
    for (uint32_t i = 0; i < N_ALL; i++) {
        s.i_mechanism = i;
        if (m->is_on[i] && all[i]->month)
            all[i]->month(&s);
    }
    for (uint32_t substep = 0; substep < m->substeps; substep++) {
        s = step_of(tile, i_month, substep);
        for (uint32_t i = 0; i < N_ALL; i++) {
            s.i_mechanism = i;
            if (m->is_on[i] && all[i]->step)
                all[i]->step(&s);
        }
    }
    for (uint32_t i = 0; i < N_ALL; i++) {
        s.i_mechanism = i;
        if (m->is_on[i] && all[i]->close)
            all[i]->close(&s);
    }
}

/** One log multiplier from its posterior; variance 0 from now on. */
static void draw_log(const model_step *s, uint32_t use, uint32_t site, real *restrict value, real *restrict variance,
                     real *restrict noise) {
    KERNEL(random_normal_rows)(&s->address, use, site, 1, s->n_lanes, noise);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        value[lane] += lane_sqrt(variance[lane]) * noise[lane];
        variance[lane] = 0;
    }
}

static void release(model_tile *tile, uint32_t i_month) {
    const model *m = tile->m;
    model_step s = step_of(tile, i_month, 0);
    s.address.substep = m->substeps; /* not an address of the month itself */
    real *noise = step_scratch(&s, 0);
    for (uint32_t k = 0; m->options.redraw_pace && k < m->n_parameters; k++)
        if (all[m->parameters[k].i_mechanism]->is_pace)
            draw_parameter(tile, k, (real)m->parameters[k].prior_spread);
    if (tile->coordinates)
        place(tile);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        draw_log(&s, USE_SIZE_LEVEL, c * 4, step_row(&s, ROW_size_level, c), step_row(&s, ROW_size_level_variance, c),
                 noise);
        draw_log(&s, USE_CHANNEL_LOG, c * 4, step_row(&s, ROW_channel_log, c), step_row(&s, ROW_channel_variance, c),
                 noise);
        for (uint32_t a = 0; a < m->n_areas; a++) {
            uint32_t cell = c * m->n_areas + a;
            draw_log(&s, USE_CELL_LOG, cell * 4, step_row(&s, ROW_cell_log, cell),
                     step_row(&s, ROW_cell_variance, cell), noise);
        }
    }
}

/** Bits of a number without its sign: in the order of its size, infinity and NaN above all others. */
static lane_bits size_bits(real value) {
    lane_view view = {.value = value};
    return view.bits & (lane_bits)(((lane_unsigned)1 << (sizeof(real) * 8 - 1)) - 1);
}

/** Is every number of n, a multiple of LANES? Two halves at once, since memory is what takes time. */
static bool are_finite(const real *restrict row, size_t n) {
    const real *restrict other = row + n / 2;
    lane_bits most = 0, most_other = 0;
    for (size_t i = 0; i < n / 2; i++) { /* whole numbers: a sum of reals would go lane by lane */
        lane_bits size = size_bits(row[i]), size_other = size_bits(other[i]);
        most = size > most ? size : most;
        most_other = size_other > most_other ? size_other : most_other;
    }
    return (most > most_other ? most : most_other) < size_bits((real)__builtin_inf());
}

static bool is_finite(const model_tile *tile, bool since_start) {
    const model *m = tile->m;
    uint64_t changed = since_start ? ~(uint64_t)0 : 0;
    for (uint32_t i = 0; i < N_ALL; i++)
        changed |= m->is_on[i] ? all[i]->changes : 0;
    bool yes = true;
    uint32_t next = 0; /* groups that share rows are looked at once */
    for (uint32_t g = 0; yes && g < MODEL_ROW_GROUPS; g++) {
        if (!(changed >> g & 1) || m->first_row[g] < next)
            continue;
        next = m->first_row[g] + m->n_rows_of[g];
        yes =
            are_finite(tile->state + (size_t)m->first_row[g] * tile->n_lanes, (size_t)m->n_rows_of[g] * tile->n_lanes);
    }
    return yes;
}
_Static_assert(MODEL_ROW_GROUPS <= 64, "a bit for each group");

#define NAME_(suffix) #suffix
#define NAME(suffix) NAME_(suffix)

const model_kernel KERNEL(model_kernel) = {
    .name = NAME(KERNEL_SUFFIX),
    .real_size = sizeof(real),
    .key = KERNEL(random_key_make),
    .start = start,
    .month = month,
    .place = place,
    .release = release,
    .descend = KERNEL(model_descend),
    .is_finite = is_finite,
    .mechanisms = all,
    .n_mechanisms = N_ALL,
};
