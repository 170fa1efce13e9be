/* Intensity: how many events a month to expect in each area and channel.
 *
 *   battle {f,g}:  mu = theta * hostility(R) * contact * season * exp(sum_h share_h drive_h) * (1 + b_ruler 1{ruler in {f,g}})
 *                       + theta_U sum_p U_pf Ibar_f S_if/S_f (recorded strikes) + floor
 *   one-sided f:   mu = theta * S [v_sel 256/27 C^3 (1-C) + v_ind (1-C)^3 + v_rep 1{f rules} N C]
 *                       * (1 + b_O rivals) (1 + b_D O) * season * exp(drive_f) + floor
 *   drive_h  = -xi Z_h + chi Bk_h + psi log(1 + Q_h) + a_L log(L_h / Lbar)
 *   contact  = 2 S_f S_g / (S_f + S_g);  hostility = 1 / (1 + exp((R + 0.1) / 0.1));  share_h = e_h S_h^q / sum
 *   Lambda   = mu exp(y) exp(x - s^2/2);  x' = rho_x x + s sqrt(1 - rho_x^2) e;  y' = rho_y y + sigma_y e - sigma_y^2/2
 *
 * Kernels of selective and indiscriminate violence after Kalyvas (2006); attrition laws after Lanchester and Deitchman.
 */
#include "model/lanes.h"

enum {
    BATTLE_RATE,
    ONE_SIDED_RATE,
    SELECTIVE,
    INDISCRIMINATE,
    REPRESSION,
    RULER_PREMIUM,
    PRESSURE_EFFECT,
    BACKLASH_EFFECT,
    PUBLICITY_EFFECT,
    COHESION_EFFECT,
    RIVALS_EFFECT,
    DISORDER_EFFECT,
    STRIKE_RATE,
    START_POWER,
    EFFORT,
    SEASON_AMPLITUDE,
    SEASON_PEAK,
    FLOOR,
    CELL_SD,
    CELL_PERSISTENCE,
    CHANNEL_SD,
    CHANNEL_PERSISTENCE,
    N_PARAMETERS
};

static const parameter parameters[N_PARAMETERS] = {
    [BATTLE_RATE] = {"battle_rate", "events per fighter in contact and month", 0, 1, 0.0018, SCOPE_CHANNEL,
                     PRIOR_LOG_NORMAL, 0.5, EVIDENCE_DATA,
                     "Recorded battle events per fighter in contact at full hostility.",
                     "UCDP 2015-2017, about 16,200 deaths a year of the main Afghan dyad at 7 deaths per event = 193 "
                     "events a month, "
                     "over about 88,000 fighters in contact (180,000 against 60,000, spread over 34 areas)",
                     ""},
    [ONE_SIDED_RATE] = {"one_sided_rate", "events per fighter and month", 0, 1, 0.001, SCOPE_CHANNEL, PRIOR_LOG_NORMAL,
                        0.7, EVIDENCE_DATA,
                        "Recorded attacks on civilians per fighter where control makes them most likely.",
                        "UCDP 2015-2020: 150 deaths a year at 1.5 per event by 60,000 fighters (.0006) and 250 a year "
                        "at 14 per event by 2,500 (.002)",
                        ""},
    [SELECTIVE] = {"selective", "1", 0, 10, 1, SCOPE_FACTION, PRIOR_FIXED, 0, EVIDENCE_MEMORY,
                   "Weight of selective violence, most likely at control of 3/4.",
                   "Kalyvas 2006, The Logic of Violence in Civil War", ""},
    [INDISCRIMINATE] = {"indiscriminate", "1", 0, 10, 0.3, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                        "Weight of indiscriminate violence, most likely without control.",
                        "Kalyvas 2006 for the shape; weight assumed", ""},
    [REPRESSION] = {"repression", "1", 0, 10, 0.05, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                    "Weight of a ruler's violence against civilians at a rights-violation index of 1.", "assumed", ""},
    [RULER_PREMIUM] = {"ruler_premium", "1", 0, 10, 0.6, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_ASSUMED,
                       "How much more a dyad fights when one of its sides rules the country.",
                       "direction: Kydd & Walter 2006; size assumed", ""},
    [PRESSURE_EFFECT] =
        {"pressure_effect", "1", 0, 5, 0.77, SCOPE_WORLD, PRIOR_NORMAL, 0.3, EVIDENCE_SOURCE,
         "xi: fall of the log attack rate per unit of pressure (1.3 units = a sustained programme with a partner).",
         "Mir & Moore 2019, ISQ 63(4): attacks -43 to -62 %, casualties -51 to -86 %: xi Z about 1.0 at 1.3", ""},
    [BACKLASH_EFFECT] = {"backlash_effect", "per badly informed strike a month", 0, 1, 0.0004, SCOPE_WORLD,
                         PRIOR_LOG_NORMAL, 0.7, EVIDENCE_ASSUMED,
                         "chi: rise of the log attack rate per badly informed strike of the last three months.",
                         "direction: Lyall 2015 ms., at least 90 days; .15 per sd of about 350 strikes a month", ""},
    [PUBLICITY_EFFECT] = {"publicity_effect", "1", 0, 2, 0.12, SCOPE_WORLD, PRIOR_NORMAL, 0.05, EVIDENCE_SOURCE,
                          "psi: elasticity of attacks to 1 + publicity.",
                          "Jetter 2017, J. Public Economics 153: one article more, 11-15 % more attacks", ""},
    [COHESION_EFFECT] = {"cohesion_effect", "1", -3, 3, 0.5, SCOPE_WORLD, PRIOR_NORMAL, 0.3, EVIDENCE_ASSUMED,
                         "a_L: elasticity of organised attacks to leadership cohesion.",
                         "assumed; direction Johnston 2012", ""},
    [RIVALS_EFFECT] = {"rivals_effect", "1", -1, 5, 0.1, SCOPE_WORLD, PRIOR_NORMAL, 0.2, EVIDENCE_ASSUMED,
                       "b_O: outbidding, rise of attacks on civilians with the control share of rivals.",
                       "evidence mixed: Findley & Young 2012, Nemeth 2014", ""},
    [DISORDER_EFFECT] = {"disorder_effect", "1", 0, 10, 0.5, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.5, EVIDENCE_SOURCE,
                         "b_D: rise of attacks on civilians while a group is in disorder after losing its leader.",
                         "Rigterink 2021, APSR 115(1): +48 to +70 %", ""},
    [STRIKE_RATE] =
        {"strike_rate", "recorded events per informed strike", 0, 1, 0.02, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.7,
         EVIDENCE_ASSUMED,
         "theta_U: recorded events per well-informed strike, in the channel of the faction that the power supports.",
         "assumed", ""},
    [START_POWER] = {"start_power", "1", 0, 2, 0.5, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_ASSUMED,
                     "q: how the share of battles a side starts grows with its strength (0 linear law, 1 square law).",
                     "between Lanchester's two laws", ""},
    [EFFORT] = {"effort", "1", 0, 100, 1, SCOPE_FACTION, PRIOR_LOG_NORMAL, 0.3, EVIDENCE_ASSUMED,
                "e: effort of a side in starting battles, relative to others.", "assumed equal", ""},
    [SEASON_AMPLITUDE] = {"season_amplitude", "1", -2, 2, 0, SCOPE_CHANNEL, PRIOR_NORMAL, 0.05, EVIDENCE_ASSUMED,
                          "Amplitude of the log seasonal cycle.", "none without local knowledge; Afghan counts .14-.28",
                          ""},
    [SEASON_PEAK] = {"season_peak", "months from January 1", 0, 12, 6.9, SCOPE_CHANNEL, PRIOR_FIXED, 0, EVIDENCE_DATA,
                     "Position of the peak in the year.", "UCDP GED Afghanistan 2010-2020: end of July", ""},
    [FLOOR] = {"floor", "events a month", 0, 1, 0.002, SCOPE_WORLD, PRIOR_FIXED, 0, EVIDENCE_DATA,
               "Misattributed events: no cell is impossible.", "3-5 % misattribution in the Afghan one-sided channels",
               ""},
    [CELL_SD] =
        {"cell_sd", "1", 0, 3, 1.4, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.2, EVIDENCE_DATA,
         "s: spread of the log multipliers of areas.",
         "likelihood of the filter pooled over Afghanistan 2015-2017 and Myanmar 2012-2014; Afghan province counts "
         "alone 1.1-1.3",
         "2017-12"},
    [CELL_PERSISTENCE] = {"cell_persistence", "per month", 0, 0.9999, 0.98, SCOPE_WORLD, PRIOR_LOGIT_NORMAL, 0.3,
                          EVIDENCE_DATA, "rho_x: how much of an area's log multiplier is left after a month.",
                          "Afghan province counts: .93 relative to year means, .98 with the spread between areas", ""},
    [CHANNEL_SD] = {"channel_sd", "per month", 0, 1, 0.1, SCOPE_WORLD, PRIOR_LOG_NORMAL, 0.4, EVIDENCE_ASSUMED,
                    "sigma_y: monthly drift of a channel's national log multiplier.",
                    ".1-.3 on six conflicts; lower end since mechanisms explain part", ""},
    [CHANNEL_PERSISTENCE] = {"channel_persistence", "per month", 0, 0.99999, 0.995, SCOPE_WORLD, PRIOR_FIXED, 0,
                             EVIDENCE_ASSUMED,
                             "rho_y: weak pull to the mechanism's mean that keeps long horizons finite.", "assumed",
                             ""},
};

/** A month with data: y and x are not drawn, their means and variances move. */
static void month_of_moments(const model_step *s) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *sd = step_parameter(s, CELL_SD, 0), *rho = step_parameter(s, CELL_PERSISTENCE, 0);
    const real *sigma = step_parameter(s, CHANNEL_SD, 0), *pull = step_parameter(s, CHANNEL_PERSISTENCE, 0);
    real *kept = step_scratch(s, 0), *added_to_cell = step_scratch(s, 1);
    for (uint32_t lane = 0; lane < n; lane++) {
        real stationary = sd[lane] * sd[lane];
        kept[lane] = rho[lane] * rho[lane];
        /* x and its variance are 0 before the first month, which begins in the stationary distribution. */
        added_to_cell[lane] = s->i_month == 0 ? stationary : (1 - kept[lane]) * stationary;
    }
    for (uint32_t c = 0; c < m->n_channels; c++) {
        real *y = step_row(s, ROW_channel_log, c), *y_variance = step_row(s, ROW_channel_variance, c);
        for (uint32_t lane = 0; lane < n; lane++) {
            real added = sigma[lane] * sigma[lane];
            y[lane] = pull[lane] * y[lane] - added / 2;
            y_variance[lane] = pull[lane] * pull[lane] * y_variance[lane] + added;
        }
        for (uint32_t a = 0; a < n_areas; a++) {
            real *x = step_row(s, ROW_cell_log, c * n_areas + a);
            real *x_variance = step_row(s, ROW_cell_variance, c * n_areas + a);
            for (uint32_t lane = 0; lane < n; lane++) {
                x[lane] = rho[lane] * x[lane];
                x_variance[lane] = kept[lane] * x_variance[lane] + added_to_cell[lane];
            }
        }
    }
}

/** y and x move once a month. */
static void month(const model_step *s) {
    if (s->tile->observed) {
        month_of_moments(s);
        return;
    }
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas;
    const real *sd = step_parameter(s, CELL_SD, 0), *rho = step_parameter(s, CELL_PERSISTENCE, 0);
    const real *sigma = step_parameter(s, CHANNEL_SD, 0), *pull = step_parameter(s, CHANNEL_PERSISTENCE, 0);
    real *noise = step_scratch(s, 0), *step_sd = step_scratch(s, n_areas + 4);
    for (uint32_t lane = 0; lane < n; lane++)
        step_sd[lane] = sd[lane] * lane_sqrt(1 - rho[lane] * rho[lane]);
    for (uint32_t c = 0; c < m->n_channels; c++) {
        KERNEL(random_normal_rows)(&s->address, USE_CHANNEL_LOG, c * 4, 1, n, noise);
        real *y = step_row(s, ROW_channel_log, c);
        for (uint32_t lane = 0; lane < n; lane++)
            y[lane] = pull[lane] * y[lane] + sigma[lane] * noise[lane] - sigma[lane] * sigma[lane] / 2;
        KERNEL(random_normal_rows)(&s->address, USE_CELL_LOG, step_site(s, c, 0), n_areas, n, noise);
        for (uint32_t a = 0; a < n_areas; a++) {
            real *x = step_row(s, ROW_cell_log, c * n_areas + a);
            const real *e = noise + (size_t)a * n;
            /* The first month begins in the stationary distribution. */
            if (s->i_month == 0)
                for (uint32_t lane = 0; lane < n; lane++)
                    x[lane] = sd[lane] * e[lane];
            else
                for (uint32_t lane = 0; lane < n; lane++)
                    x[lane] = rho[lane] * x[lane] + step_sd[lane] * e[lane];
        }
    }
}

/** drive_h of every faction. */
static void drives(const model_step *s, real *restrict out) {
    const real *xi = step_parameter(s, PRESSURE_EFFECT, 0), *chi = step_parameter(s, BACKLASH_EFFECT, 0);
    const real *psi = step_parameter(s, PUBLICITY_EFFECT, 0), *a_l = step_parameter(s, COHESION_EFFECT, 0);
    for (uint32_t f = 0; f < s->m->n_factions; f++) {
        const real *pressure = step_row(s, ROW_pressure, f), *backlash = step_row(s, ROW_backlash, f);
        const real *publicity = step_row(s, ROW_publicity, f);
        const real *cohesion = step_row(s, ROW_cohesion, s->m->actor_of_faction[f]);
        real *restrict drive = out + (size_t)f * s->n_lanes;
        for (uint32_t lane = 0; lane < s->n_lanes; lane++)
            drive[lane] = -xi[lane] * pressure[lane] + chi[lane] * backlash[lane] +
                          psi[lane] * lane_log(1 + publicity[lane]) + a_l[lane] * lane_log(cohesion[lane]);
    }
}

/** theta * season, the same in all areas, into `level`. */
static void levels(const model_step *s, uint32_t c, real *restrict level) {
    const real *theta = step_parameter(s, s->m->channel_one_sided[c] ? ONE_SIDED_RATE : BATTLE_RATE, c);
    const real *amplitude = step_parameter(s, SEASON_AMPLITUDE, c), *peak = step_parameter(s, SEASON_PEAK, c);
    real phase = (real)s->m->season_phase[s->i_month];
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        real turn = (phase - peak[lane]) / 12, sine, cosine;
        turn = turn < 0 ? turn + 1 : turn;
        lane_sincos2pi(turn, &sine, &cosine);
        level[lane] = theta[lane] * lane_exp(amplitude[lane] * cosine);
    }
}

/* ---- what all areas or all channels share, once a step ---- */

/** Rows of scratch: those of one channel first. */
typedef struct rows {
    real *level, *above, *relation, *rule_f, *rule_g, *strike_f, *strike_g; /* of the channel */
    real *supported, *own;                                                  /* of strikes */
    real *multiplier, *mu, *drive, *control;                                /* of the cell */
    real *drives;                                                           /* [faction] */
    real *strength, *starts; /* [faction][area]: S of the faction's family; e S^q; of those that fight */
    real *totals;            /* [faction]: of strength */
    real *national;          /* [faction]: of the faction's own, without its family */
    real *held;              /* [area]: control of all factions */
} rows;

static rows rows_of(const model_step *s) {
    uint32_t row = 0, n_areas = s->m->n_areas, n_factions = s->m->n_factions;
    rows r;
    real **singles[] = {&r.level,     &r.above, &r.relation,   &r.rule_f, &r.rule_g, &r.strike_f, &r.strike_g,
                        &r.supported, &r.own,   &r.multiplier, &r.mu,     &r.drive,  &r.control};
    for (size_t i = 0; i < sizeof singles / sizeof singles[0]; i++)
        *singles[i] = step_scratch(s, row++);
    r.drives = step_scratch(s, row), row += n_factions;
    r.totals = step_scratch(s, row), row += n_factions;
    r.national = step_scratch(s, row), row += n_factions;
    r.strength = step_scratch(s, row), row += n_factions * n_areas;
    r.starts = step_scratch(s, row), row += n_factions * n_areas;
    r.held = step_scratch(s, row);
    return r;
}

/** How much a side starts: e S^q. */
static void starts(const real *restrict effort, const real *restrict strength, const real *restrict q,
                   real *restrict out, uint32_t n) {
    if (!lanes_any(strength, n)) {
        for (uint32_t lane = 0; lane < n; lane++)
            out[lane] = q[lane] == 0 ? effort[lane] : 0; /* 0^0 = 1 */
        return;
    }
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = effort[lane] * lane_power(strength[lane], q[lane]);
}

static void forces(const model_step *s, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *q = step_parameter(s, START_POWER, 0);
    for (uint32_t f = 0; f < m->n_factions; f++) {
        const real *effort = step_parameter(s, EFFORT, f);
        if (!m->fights[f])
            continue; /* nobody asks */
        lanes_national_strength(s, f, r->national + (size_t)f * n);
        lanes_fill(r->totals + (size_t)f * n, 0, n);
        for (uint32_t a = 0; a < m->n_areas; a++) {
            size_t at = ((size_t)f * m->n_areas + a) * n;
            lanes_family_strength(s, f, a, r->strength + at);
            lanes_add(r->totals + (size_t)f * n, r->strength + at, n);
            starts(effort, r->strength + at, q, r->starts + at, n);
        }
    }
    lanes_fill(r->held, 0, m->n_areas * n);
    for (uint32_t f = 0; f < m->n_factions; f++)
        lanes_add(r->held, step_row(s, ROW_control, f * m->n_areas), m->n_areas * n);
}

/** y - s^2/2, the part of the log multiplier that the areas of a channel share; y has a variance where it is inferred from data. */
static void shared_multiplier(const model_step *s, uint32_t c, real *restrict above) {
    const real *y = step_row(s, ROW_channel_log, c), *variance = step_row(s, ROW_channel_variance, c);
    const real *sd = step_parameter(s, CELL_SD, 0);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        above[lane] = y[lane] + variance[lane] / 2 - sd[lane] * sd[lane] / 2;
}

/** exp(above + x), for one cell. */
static void multipliers(const real *restrict above, const real *restrict x, real *restrict out, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = lane_exp(above[lane] + x[lane]);
}

/** The mean of it where x is inferred from data and has a variance. */
static void mean_multipliers(const real *restrict above, const real *restrict x, const real *restrict variance,
                             real *restrict out, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = lane_exp(above[lane] + x[lane] + variance[lane] / 2);
}

static void cell_multiplier(const model_step *s, uint32_t cell, const rows *r) {
    const real *x = step_row(s, ROW_cell_log, cell);
    if (s->tile->observed)
        mean_multipliers(r->above, x, step_row(s, ROW_cell_variance, cell), r->multiplier, s->n_lanes);
    else
        multipliers(r->above, x, r->multiplier, s->n_lanes);
}

/** Does f fight h in a battle channel? */
static bool has_channel(const model *m, uint32_t f, uint32_t h) {
    for (uint32_t c = 0; c < m->n_channels; c++)
        if (!m->channel_one_sided[c] && ((m->channel_a[c] == (int32_t)f && m->channel_b[c] == (int32_t)h) ||
                                         (m->channel_a[c] == (int32_t)h && m->channel_b[c] == (int32_t)f)))
            return true;
    return false;
}

/** Recorded events per month from strikes of powers on f, as far as they belong to the channel of f and g: theta_U U I, shared
 *  among the enemies of f that the power supports in proportion to their strength. @return are there any? */
static bool strikes(const model_step *s, uint32_t f, uint32_t g, const rows *r, real *restrict rate) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    const real *informed = step_row(s, ROW_intelligence, f), *theta = step_parameter(s, STRIKE_RATE, 0);
    real *supported = r->supported, *own = r->own, *relation = r->relation;
    bool any = false;
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        const real *released = step_series(s, WORLD_STRIKES, (int32_t)power, (int32_t)m->actor_of_faction[f]);
        if (!released)
            continue;
        if (!any)
            lanes_fill(rate, 0, n);
        any = true;
        lanes_fill(supported, 0, n);
        lanes_fill(own, 0, n);
        for (uint32_t h = 0; h < m->n_factions; h++) {
            if (!has_channel(m, f, h))
                continue;
            const real *national = r->national + (size_t)h * n;
            lanes_relation(s, power, m->actor_of_faction[h], relation);
            for (uint32_t lane = 0; lane < n; lane++) {
                real counted = relation[lane] > 0 ? national[lane] : 0;
                supported[lane] += counted;
                own[lane] += h == g ? counted : 0;
            }
        }
        for (uint32_t lane = 0; lane < n; lane++)
            rate[lane] +=
                supported[lane] > 0 ? theta[lane] * released[lane] * informed[lane] * own[lane] / supported[lane] : 0;
    }
    return any;
}

/* The parts of an area's battle intensity, one short pass each: in one long loop they would not become vector code. */

/** Share of battles that the first side starts. */
static void share_starts(const real *restrict start_f, const real *restrict start_g, real *restrict share, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real both = start_f[lane] + start_g[lane], w = start_f[lane] / both;
        share[lane] = both > 0 ? w : (real)0.5;
    }
}

/** exp of the drive of whoever starts. */
static void drive(const real *restrict share, const real *restrict drive_f, const real *restrict drive_g,
                  real *restrict out, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = lane_exp(share[lane] * drive_f[lane] + (1 - share[lane]) * drive_g[lane]);
}

/** level contact, with contact = 2 S_f S_g / (S_f + S_g). */
static void meet(const real *restrict level, const real *restrict sf, const real *restrict sg, real *restrict mu,
                 uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real strength = sf[lane] + sg[lane], contact = 2 * sf[lane] * sg[lane] / strength;
        mu[lane] = level[lane] * (strength > 0 ? contact : 0);
    }
}

/** Recorded strikes fall where the struck side is. */
static void add_strikes(const real *restrict strike, const real *restrict strength, const real *restrict total,
                        real *restrict mu, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real share = strength[lane] / total[lane];
        mu[lane] += total[lane] > 0 ? strike[lane] * share : 0;
    }
}

static void times(real *restrict row, const real *restrict factor, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        row[lane] *= factor[lane];
}

/** Lambda = (mu + floor) multiplier. */
static void finish(const real *restrict mu, const real *restrict floor, const real *restrict multiplier,
                   real *restrict intensity, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        intensity[lane] = (mu[lane] + floor[lane]) * multiplier[lane];
}

/** Are two rows the same? */
static bool alike(const real *restrict one, const real *restrict other, uint32_t n) {
    uint32_t differs = 0;
    for (uint32_t lane = 0; lane < n; lane++)
        differs |= one[lane] != other[lane];
    return !differs;
}

/** theta season hostility, with the ruler's premium and, where both sides are driven alike, exp(drive). */
static void battle_level(const model_step *s, uint32_t c, const rows *r, bool same_drive) {
    const model *m = s->m;
    uint32_t f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
    const real *premium = step_parameter(s, RULER_PREMIUM, 0), *drive_f = r->drives + (size_t)f * s->n_lanes;
    levels(s, c, r->level);
    lanes_is_ruler(s, f, r->rule_f);
    lanes_is_ruler(s, g, r->rule_g);
    lanes_relation(s, m->actor_of_faction[f], m->actor_of_faction[g], r->relation);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++) {
        real hostility = 1 / (1 + lane_exp((r->relation[lane] + (real)0.1) * 10));
        r->level[lane] *= hostility * (1 + premium[lane] * lane_max(r->rule_f[lane], r->rule_g[lane]));
    }
    for (uint32_t lane = 0; same_drive && lane < s->n_lanes; lane++)
        r->level[lane] *= lane_exp(drive_f[lane]);
}

static void battle(const model_step *s, uint32_t c, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas, f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c];
    const real *floor = step_parameter(s, FLOOR, 0);
    const real *drive_f = r->drives + (size_t)f * n, *drive_g = r->drives + (size_t)g * n;
    const real *total_f = r->totals + (size_t)f * n, *total_g = r->totals + (size_t)g * n;
    /* A faction that is part of another fights in the channels of its family's head. */
    bool heads = step_family(s, f) == f && step_family(s, g) == g;
    bool strikes_f = strikes(s, f, g, r, r->strike_f), strikes_g = strikes(s, g, f, r, r->strike_g);
    bool same_drive = alike(drive_f, drive_g, n);
    battle_level(s, c, r, same_drive);
    for (uint32_t a = 0; a < n_areas; a++) {
        size_t at_f = ((size_t)f * n_areas + a) * n, at_g = ((size_t)g * n_areas + a) * n;
        const real *sf = r->strength + at_f, *sg = r->strength + at_g;
        real *share = step_row(s, ROW_start_share, c * n_areas + a);
        share_starts(r->starts + at_f, r->starts + at_g, share, n);
        meet(r->level, sf, sg, r->mu, n);
        if (!same_drive) {
            drive(share, drive_f, drive_g, r->drive, n);
            times(r->mu, r->drive, n);
        }
        if (strikes_f)
            add_strikes(r->strike_f, sf, total_f, r->mu, n);
        if (strikes_g)
            add_strikes(r->strike_g, sg, total_g, r->mu, n);
        if (!heads)
            lanes_fill(r->mu, 0, n);
        cell_multiplier(s, c * n_areas + a, r);
        finish(r->mu, floor, r->multiplier, step_row(s, ROW_intensity, c * n_areas + a), n);
    }
}

/** Shares of control that violence against civilians depends on. */
typedef struct kernel {
    const real *selective, *indiscriminate, *rule, *rivals;
} kernel;

static void against_civilians(const kernel *k, const real *restrict level, const real *restrict strength,
                              const real *restrict control, const real *restrict all, real *restrict mu, uint32_t n) {
    const real *restrict selective = k->selective, *restrict indiscriminate = k->indiscriminate;
    const real *restrict rule = k->rule, *restrict rivals = k->rivals;
    for (uint32_t lane = 0; lane < n; lane++) {
        real held = control[lane], free = lane_max(0, 1 - held);
        real weight = selective[lane] * (real)(256.0 / 27.0) * held * held * held * free +
                      indiscriminate[lane] * free * free * free + rule[lane] * held;
        mu[lane] = level[lane] * strength[lane] * weight * (1 + rivals[lane] * lane_max(0, all[lane] - held));
    }
}

/** Control of f's family in an area, into out. */
static const real *family_control(const model_step *s, uint32_t f, uint32_t a, real *restrict out) {
    lanes_fill(out, 0, s->n_lanes);
    for (uint32_t g = 0; g < s->m->n_factions; g++)
        if (step_family(s, g) == f)
            lanes_add(out, step_row(s, ROW_control, g * s->m->n_areas + a), s->n_lanes);
    return out;
}

static void one_sided(const model_step *s, uint32_t c, const rows *r) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, n_areas = m->n_areas, f = (uint32_t)m->channel_a[c];
    const real *floor = step_parameter(s, FLOOR, 0), *repression = step_parameter(s, REPRESSION, 0);
    const real *disorder_effect = step_parameter(s, DISORDER_EFFECT, 0), *disorder = step_row(s, ROW_disorder, f);
    const real *push = r->drives + (size_t)f * n;
    const real *rights = step_series(s, WORLD_RIGHTS_VIOLATION, (int32_t)m->actor_of_faction[f], WORLD_NONE);
    if (!rights)
        rights = lanes_series(s, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE, 0, r->rule_g);
    const kernel k = {.selective = step_parameter(s, SELECTIVE, f),
                      .indiscriminate = step_parameter(s, INDISCRIMINATE, f),
                      .rule = r->rule_f,
                      .rivals = step_parameter(s, RIVALS_EFFECT, 0)};
    bool head = step_family(s, f) == f;
    uint32_t size_of_family = 0;
    for (uint32_t g = 0; g < m->n_factions; g++)
        size_of_family += step_family(s, g) == f;
    levels(s, c, r->level);
    lanes_is_ruler(s, f, r->rule_f);
    for (uint32_t lane = 0; lane < n; lane++)
        r->level[lane] *= lane_exp(push[lane]) * (1 + disorder_effect[lane] * disorder[lane]);
    for (uint32_t lane = 0; lane < n; lane++)
        r->rule_f[lane] *= repression[lane] * rights[lane];
    for (uint32_t a = 0; a < n_areas; a++) {
        const real *control = step_row(s, ROW_control, f * n_areas + a);
        if (size_of_family > 1)
            control = family_control(s, f, a, r->control);
        against_civilians(&k, r->level, r->strength + ((size_t)f * n_areas + a) * n, control, r->held + (size_t)a * n,
                          r->mu, n);
        if (!head)
            lanes_fill(r->mu, 0, n);
        cell_multiplier(s, c * n_areas + a, r);
        finish(r->mu, floor, r->multiplier, step_row(s, ROW_intensity, c * n_areas + a), n);
    }
}

static void step(const model_step *s) {
    rows r = rows_of(s);
    drives(s, r.drives);
    forces(s, &r);
    for (uint32_t c = 0; c < s->m->n_channels; c++) {
        shared_multiplier(s, c, r.above);
        if (s->m->channel_one_sided[c])
            one_sided(s, c, &r);
        else
            battle(s, c, &r);
    }
}

const mechanism KERNEL(mechanism_intensity) = {
    .name = "intensity",
    .title = "Intensity of fighting and of violence against civilians",
    .text =
        "How many recorded events to expect in each area and channel. Battles need contact: the weaker side sets their "
        "number. A side under pressure attacks less, publicity and cohesive leaders make it attack more, badly "
        "informed strikes bring more attacks, and dyads with the ruler fight more; well-informed strikes of outside "
        "powers "
        "are recorded in the channel of the faction they help. Violence against civilians follows "
        "control: selective where a side nearly controls, indiscriminate where it does not. On top, one multiplier "
        "per channel and one per cell hold what the mechanism does not know.",
    .equation = "battle: mu = theta hostility(R) contact season exp(sum share_h drive_h) (1 + b 1{ruler}) + "
                "theta_U U Ibar S_i/S (strikes) + floor; "
                "one-sided: mu = theta S (v_sel 256/27 C^3 (1-C) + v_ind (1-C)^3 + v_rep N C) (...) + floor; "
                "Lambda = mu exp(y) exp(x - s^2/2)",
    .doubt = "The product of rate and strength is all that counts show: strength reports must tell them apart.",
    .parameters = parameters,
    .n_parameters = N_PARAMETERS,
    .is_core = true,
    .month = month,
    .step = step,
    .changes = CHANGES(channel_log) | CHANGES(channel_variance) | CHANGES(cell_log) | CHANGES(cell_variance) |
               CHANGES(start_share) | CHANGES(intensity),
};
