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
                real stationary = sd[lane] * sd[lane], kept = rho[lane] * rho[lane];
                x[lane] = s->i_month == 0 ? 0 : rho[lane] * x[lane];
                x_variance[lane] = s->i_month == 0 ? stationary : kept * x_variance[lane] + (1 - kept) * stationary;
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
        /* Sites of a channel's areas begin at a multiple of 4, so that rows share random words. */
        KERNEL(random_normal_rows)(&s->address, USE_CELL_LOG, c * ((n_areas + 3) / 4 * 4), n_areas, n, noise);
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

/** drive_h of every faction into scratch rows first_row + h. */
static void drives(const model_step *s, uint32_t first_row) {
    const real *xi = step_parameter(s, PRESSURE_EFFECT, 0), *chi = step_parameter(s, BACKLASH_EFFECT, 0);
    const real *psi = step_parameter(s, PUBLICITY_EFFECT, 0), *a_l = step_parameter(s, COHESION_EFFECT, 0);
    for (uint32_t f = 0; f < s->m->n_factions; f++) {
        const real *pressure = step_row(s, ROW_pressure, f), *backlash = step_row(s, ROW_backlash, f);
        const real *publicity = step_row(s, ROW_publicity, f);
        const real *cohesion = step_row(s, ROW_cohesion, s->m->actor_of_faction[f]);
        real *drive = step_scratch(s, first_row + f);
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

/** mu times the mean of exp(y + x - s^2/2), for one cell; y and x have variances where they are inferred from data. */
static void multiply(const model_step *s, uint32_t c, uint32_t a, const real *restrict mu,
                     const real *restrict half_variance) {
    const real *y = step_row(s, ROW_channel_log, c), *y_variance = step_row(s, ROW_channel_variance, c);
    const real *x = step_row(s, ROW_cell_log, c * s->m->n_areas + a);
    const real *x_variance = step_row(s, ROW_cell_variance, c * s->m->n_areas + a);
    real *intensity = step_row(s, ROW_intensity, c * s->m->n_areas + a);
    for (uint32_t lane = 0; lane < s->n_lanes; lane++)
        intensity[lane] =
            mu[lane] * lane_exp(y[lane] + x[lane] + (y_variance[lane] + x_variance[lane]) / 2 - half_variance[lane]);
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
 *  among the enemies of f that the power supports in proportion to their strength. */
static void strikes(const model_step *s, uint32_t f, uint32_t g, const real *restrict theta, real *restrict rate,
                    real *restrict relation) {
    const model *m = s->m;
    uint32_t n = s->n_lanes;
    real *supported = step_scratch(s, 12), *own = step_scratch(s, 13), *strength = step_scratch(s, 14);
    const real *informed = step_row(s, ROW_intelligence, f);
    lanes_fill(rate, 0, n);
    for (uint32_t p = 0; p < m->n_powers; p++) {
        uint32_t power = m->actor_of_power[p];
        const real *released = step_series(s, WORLD_STRIKES, (int32_t)power, (int32_t)m->actor_of_faction[f]);
        if (!released)
            continue;
        lanes_fill(supported, 0, n);
        lanes_fill(own, 0, n);
        for (uint32_t h = 0; h < m->n_factions; h++) {
            if (!has_channel(m, f, h))
                continue;
            lanes_national_strength(s, h, strength);
            lanes_relation(s, power, m->actor_of_faction[h], relation);
            for (uint32_t lane = 0; lane < n; lane++) {
                real counted = relation[lane] > 0 ? strength[lane] : 0;
                supported[lane] += counted;
                own[lane] += h == g ? counted : 0;
            }
        }
        for (uint32_t lane = 0; lane < n; lane++)
            rate[lane] +=
                supported[lane] > 0 ? theta[lane] * released[lane] * informed[lane] * own[lane] / supported[lane] : 0;
    }
}

/* The parts of an area's battle intensity, one short pass each: in one long loop they would not become vector code. */

/** How much a side starts: e S^q. */
static void starts(const real *restrict effort, const real *restrict strength, const real *restrict q,
                   real *restrict out, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        out[lane] = effort[lane] * lane_power(strength[lane], q[lane]);
}

/** Share of battles that the first side starts, and the drive that follows. */
static void share_starts(const real *restrict start_f, const real *restrict start_g, const real *restrict drive_f,
                         const real *restrict drive_g, real *restrict share, real *restrict drive, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real both = start_f[lane] + start_g[lane];
        real w = both > 0 ? start_f[lane] / both : (real)0.5;
        share[lane] = w;
        drive[lane] = w * drive_f[lane] + (1 - w) * drive_g[lane];
    }
}

/** level contact exp(drive), with contact = 2 S_f S_g / (S_f + S_g). */
static void meet(const real *restrict level, const real *restrict sf, const real *restrict sg,
                 const real *restrict drive, real *restrict mu, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++) {
        real strength = sf[lane] + sg[lane];
        real contact = strength > 0 ? 2 * sf[lane] * sg[lane] / strength : 0;
        mu[lane] = level[lane] * contact * lane_exp(drive[lane]);
    }
}

/** Recorded strikes fall where the struck side is. */
static void add_strikes(const real *restrict strike, const real *restrict strength, const real *restrict total,
                        real *restrict struck, uint32_t n) {
    for (uint32_t lane = 0; lane < n; lane++)
        struck[lane] += total[lane] > 0 ? strike[lane] * strength[lane] / total[lane] : 0;
}

static void battle(const model_step *s, uint32_t c, uint32_t first_drive) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, f = (uint32_t)m->channel_a[c], g = (uint32_t)m->channel_b[c], row = 0;
    real *level = step_scratch(s, row++), *half_variance = step_scratch(s, row++), *sf = step_scratch(s, row++);
    real *sg = step_scratch(s, row++), *mu = step_scratch(s, row++), *rule_f = step_scratch(s, row++);
    real *rule_g = step_scratch(s, row++), *strike_f = step_scratch(s, row++), *strike_g = step_scratch(s, row++);
    real *total_f = step_scratch(s, row++), *total_g = step_scratch(s, row++), *relation = step_scratch(s, row++);
    /* Rows that strikes() is done with. */
    real *start_f = step_scratch(s, 12), *start_g = step_scratch(s, 13), *drive = step_scratch(s, 14);
    real *struck = step_scratch(s, 15);
    const real *sd = step_parameter(s, CELL_SD, 0), *premium = step_parameter(s, RULER_PREMIUM, 0);
    const real *floor = step_parameter(s, FLOOR, 0), *q = step_parameter(s, START_POWER, 0);
    const real *effort_f = step_parameter(s, EFFORT, f), *effort_g = step_parameter(s, EFFORT, g);
    const real *drive_f = step_scratch(s, first_drive + f), *drive_g = step_scratch(s, first_drive + g);
    const real *theta_u = step_parameter(s, STRIKE_RATE, 0);

    /* A faction that is part of another fights in the channels of its family's head. */
    bool heads = step_family(s, f) == f && step_family(s, g) == g;
    levels(s, c, level);
    lanes_is_ruler(s, f, rule_f);
    lanes_is_ruler(s, g, rule_g);
    strikes(s, f, g, theta_u, strike_f, relation);
    strikes(s, g, f, theta_u, strike_g, relation);
    lanes_relation(s, m->actor_of_faction[f], m->actor_of_faction[g], relation);
    for (uint32_t lane = 0; lane < n; lane++) {
        real hostility = 1 / (1 + lane_exp((relation[lane] + (real)0.1) * 10));
        level[lane] *= hostility * (1 + premium[lane] * lane_max(rule_f[lane], rule_g[lane]));
        half_variance[lane] = sd[lane] * sd[lane] / 2;
    }
    lanes_fill(total_f, 0, n);
    lanes_fill(total_g, 0, n);
    for (uint32_t a = 0; a < m->n_areas; a++) {
        lanes_family_strength(s, f, a, sf);
        lanes_family_strength(s, g, a, sg);
        lanes_add(total_f, sf, n);
        lanes_add(total_g, sg, n);
    }
    for (uint32_t a = 0; a < m->n_areas; a++) {
        real *share = step_row(s, ROW_start_share, c * m->n_areas + a);
        lanes_family_strength(s, f, a, sf);
        lanes_family_strength(s, g, a, sg);
        starts(effort_f, sf, q, start_f, n);
        starts(effort_g, sg, q, start_g, n);
        share_starts(start_f, start_g, drive_f, drive_g, share, drive, n);
        meet(level, sf, sg, drive, mu, n);
        lanes_fill(struck, 0, n);
        add_strikes(strike_f, sf, total_f, struck, n);
        add_strikes(strike_g, sg, total_g, struck, n);
        for (uint32_t lane = 0; lane < n; lane++)
            mu[lane] = (heads ? mu[lane] + struck[lane] : 0) + floor[lane];
        multiply(s, c, a, mu, half_variance);
    }
}

static void one_sided(const model_step *s, uint32_t c, uint32_t first_drive) {
    const model *m = s->m;
    uint32_t n = s->n_lanes, f = (uint32_t)m->channel_a[c], row = 0;
    real *level = step_scratch(s, row++), *half_variance = step_scratch(s, row++), *strength = step_scratch(s, row++);
    real *control = step_scratch(s, row++), *others = step_scratch(s, row++), *mu = step_scratch(s, row++);
    real *rule = step_scratch(s, row++);
    const real *sd = step_parameter(s, CELL_SD, 0), *floor = step_parameter(s, FLOOR, 0);
    const real *selective = step_parameter(s, SELECTIVE, f), *indiscriminate = step_parameter(s, INDISCRIMINATE, f);
    const real *repression = step_parameter(s, REPRESSION, 0), *rivals = step_parameter(s, RIVALS_EFFECT, 0);
    const real *disorder_effect = step_parameter(s, DISORDER_EFFECT, 0), *disorder = step_row(s, ROW_disorder, f);
    const real *drive = step_scratch(s, first_drive + f);
    const real *rights = step_series(s, WORLD_RIGHTS_VIOLATION, (int32_t)m->actor_of_faction[f], WORLD_NONE);
    if (!rights)
        rights = step_series(s, WORLD_RIGHTS_VIOLATION, WORLD_NONE, WORLD_NONE);

    bool head = step_family(s, f) == f;
    levels(s, c, level);
    lanes_is_ruler(s, f, rule);
    for (uint32_t lane = 0; lane < n; lane++) {
        level[lane] *= lane_exp(drive[lane]) * (1 + disorder_effect[lane] * disorder[lane]);
        rule[lane] *= repression[lane] * (rights ? rights[lane] : 0);
        half_variance[lane] = sd[lane] * sd[lane] / 2;
    }
    for (uint32_t a = 0; a < m->n_areas; a++) {
        lanes_family_strength(s, f, a, strength);
        lanes_fill(control, 0, n);
        lanes_fill(others, 0, n);
        for (uint32_t g = 0; g < m->n_factions; g++)
            lanes_add(step_family(s, g) == f ? control : others, step_row(s, ROW_control, g * m->n_areas + a), n);
        for (uint32_t lane = 0; lane < n; lane++) {
            real held = control[lane], free = lane_max(0, 1 - held);
            real kernel = selective[lane] * (real)(256.0 / 27.0) * held * held * held * free +
                          indiscriminate[lane] * free * free * free + rule[lane] * held;
            mu[lane] = level[lane] * strength[lane] * kernel * (1 + rivals[lane] * others[lane]);
            mu[lane] = (head ? mu[lane] : 0) + floor[lane];
        }
        multiply(s, c, a, mu, half_variance);
    }
}

static void step(const model_step *s) {
    uint32_t first_drive = 16; /* behind the rows that battle and one_sided use */
    drives(s, first_drive);
    for (uint32_t c = 0; c < s->m->n_channels; c++) {
        if (s->m->channel_one_sided[c])
            one_sided(s, c, first_drive);
        else
            battle(s, c, first_drive);
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
};
