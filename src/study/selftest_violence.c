/* Limits of violence: intensity, events, deaths, excitation, attrition, publicity. */
#include "study/selftest_parts.h"

#include <math.h>

/* Relation of the two sides, and the hostility that follows: 1/(1 + exp((R + .1)/.1)). */
static const double relation = -0.6;

static double hostility(void) {
    return 1 / (1 + exp((relation + 0.1) / 0.1));
}

/** Two forces that fight: `rate` expected events a month. */
static lab *battlefield(const lab_shape *shape, const char *spoilt, double rate) {
    lab *l = lab_create(shape, spoilt);
    if (!l)
        return NULL;
    lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 2000);
    lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1000);
    lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, relation);
    /* contact = 2 S_f S_g / (S_f + S_g) = 4000/3 */
    lab_set(l, "intensity.battle_rate", rate / hostility() * 3 / 4000);
    return l;
}

static tsr_status intensity(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 900);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 300);
        lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, relation);
        lab_set(l, "intensity.battle_rate", 0.01);
        lab_set(l, "intensity.season_amplitude", 0.3);
        lab_set(l, "intensity.season_peak", 6.5);
        lab_begin(l);
        lab_month(l);
        /* January 2015: its middle is half a month into the year, half a turn from the peak */
        out->exact = 0.01 * 450 * hostility() * exp(-0.3);
        out->computed = lab_get(l, ROW_intensity, 0, 0);
    }
    return lab_free(l, error);
}

static tsr_status pressure_effect(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.is_double = true}, spoilt, 1);
    if (l) {
        lab_set(l, "intensity.pressure_effect", 0.77);
        lab_begin(l);
        lab_put(l, ROW_pressure, GOVERNMENT, 1.3);
        lab_put(l, ROW_pressure, REBELS, 1.3);
        lab_month(l);
        out->exact = exp(-0.77 * 1.3);
        out->computed = lab_get(l, ROW_intensity, 0, 0);
    }
    return lab_free(l, error);
}

static tsr_status selective(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1000);
        lab_initial(l, WORLD_INITIAL_CONTROL, REBELS, WORLD_NONE, WORLD_NONE, 0.75);
        lab_set(l, "intensity.one_sided_rate", 0.002);
        lab_set(l, "intensity.selective", 1);
        lab_set(l, "intensity.indiscriminate", 0);
        lab_begin(l);
        lab_month(l);
        out->exact = 0.002 * 1000; /* 256/27 C^3 (1 - C) is 1 at its largest, C = 3/4 */
        out->computed = lab_get(l, ROW_intensity, ATTACKS, 0);
    }
    return lab_free(l, error);
}

static double events(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_events, BATTLE, lane);
}

static double deaths(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_deaths, BATTLE, lane);
}

static double no_deaths(const lab *l, uint32_t lane) {
    return deaths(l, lane) == 0;
}

static void use_mean(selftest_finding *out, double exact, lab_moments moments) {
    *out = (selftest_finding){exact, moments.mean, SELFTEST_ERRORS * moments.mean_error};
}

static void use_variance(selftest_finding *out, double exact, lab_moments moments) {
    *out = (selftest_finding){exact, moments.variance, SELFTEST_ERRORS * moments.variance_error};
}

enum { MANY = 1 << 17 };

static tsr_status event_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.seed = 1}, spoilt, 3);
    if (l) {
        lab_set(l, "events.cell_size", 4);
        lab_set(l, "events.channel_size", 10);
        use_mean(out, 3, lab_sample(l, MANY, 1, NULL, events));
    }
    return lab_free(l, error);
}

/** Lambda + Lambda^2 ((1 + 1/k_N)(1 + 1/k_C) - 1), for any number of sub-steps. */
static tsr_status event_variance(uint32_t substeps, const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.seed = 2 + substeps, .substeps = substeps}, spoilt, 3);
    if (l) {
        lab_set(l, "events.cell_size", 2);
        lab_set(l, "events.channel_size", 10);
        use_variance(out, 3 + 9 * (1.5 * 1.1 - 1), lab_sample(l, MANY, 1, NULL, events));
    }
    return lab_free(l, error);
}

static tsr_status event_variance_1(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return event_variance(1, spoilt, out, error);
}

static tsr_status event_variance_8(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return event_variance(8, spoilt, out, error);
}

static tsr_status multiplier_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.seed = 11}, spoilt, 3);
    if (l) {
        lab_set(l, "intensity.cell_sd", 0.5);
        lab_set(l, "intensity.cell_persistence", 0.9);
        use_variance(out, 3 + 9 * (exp(0.25) * (1 + 1e-5) * (1 + 1e-5) - 1), lab_sample(l, MANY, 1, NULL, events));
    }
    return lab_free(l, error);
}

/** Autocovariance of counts four months apart: Lambda^2 (exp(s^2 rho^4) - 1). */
static tsr_status multiplier_memory(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.seed = 12}, spoilt, 3);
    double sum = 0, squares = 0, n = 0;
    if (l) {
        lab_set(l, "intensity.cell_persistence", 0.8);
        lab_set(l, "intensity.cell_sd", 0.6);
        lab_begin(l);
        for (uint32_t done = 0; done < MANY && !lab_failed(l); done += lab_lanes(l)) {
            double first[RANDOM_MAX_LANES];
            if (done > 0)
                lab_next_members(l);
            for (uint32_t t = 0; t < 5; t++) {
                lab_month(l);
                for (uint32_t lane = 0; lane < lab_lanes(l); lane++) {
                    double count = events(l, lane) - 3;
                    if (t == 0) {
                        first[lane] = count;
                    } else if (t == 4) {
                        double both = first[lane] * count;
                        n++;
                        sum += both;
                        squares += both * both;
                    }
                }
            }
        }
        double mean = sum / n;
        *out = (selftest_finding){9 * (exp(0.36 * pow(0.8, 4)) - 1), mean,
                                  SELFTEST_ERRORS * sqrt((squares / n - mean * mean) / n)};
    }
    return lab_free(l, error);
}

/** Deaths of independent events: m = 6 each, size k = .6, no sure death. */
static lab *deadly(uint64_t seed, const char *spoilt, double rate) {
    lab *l = battlefield(&(lab_shape){.seed = seed}, spoilt, rate);
    if (!l)
        return NULL;
    lab_set(l, "events.deaths_per_event", 6);
    lab_set(l, "events.deaths_size", 0.6);
    lab_set(l, "events.deaths_size_power", 1);
    lab_set(l, "events.sure_death", 0);
    return l;
}

static tsr_status death_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = deadly(13, spoilt, 2);
    if (l)
        use_mean(out, 12, lab_sample(l, MANY, 1, NULL, deaths));
    return lab_free(l, error);
}

static tsr_status death_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = deadly(14, spoilt, 2);
    if (l) /* Lambda (m + m^2/k) + m^2 Lambda, and the last of the shocks, 1/k_N = 1/k_C = 1e-5 */
        use_variance(out, 2 * (6 + 36 / 0.6) + 36 * (2 + 4 * 2e-5), lab_sample(l, MANY, 1, NULL, deaths));
    return lab_free(l, error);
}

static tsr_status death_none(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = deadly(15, spoilt, 2);
    if (l)
        use_mean(out, exp(2 * (pow(0.6 / 6.6, 0.6) - 1)), lab_sample(l, MANY, 1, NULL, no_deaths));
    return lab_free(l, error);
}

static tsr_status sure_death(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = deadly(16, spoilt, 2);
    if (l) {
        /* D = A + D' with A ~ Binomial(N, .35): mean 6 per event as before, variance of one event .35 .65 + 5.65 + 5.65^2/.6 */
        lab_set(l, "events.sure_death", 0.35);
        use_variance(out, 2 * (0.35 * 0.65 + 5.65 + 5.65 * 5.65 / 0.6) + 36 * (2 + 4 * 2e-5),
                     lab_sample(l, MANY, 1, NULL, deaths));
    }
    return lab_free(l, error);
}

enum { HAWKES_MONTHS = 60, HAWKES_MEMBERS = 1 << 14 };

static tsr_status hawkes(double keep_mean, const char *spoilt, selftest_finding *out, double exact, tsr_error *error) {
    lab *l = battlefield(&(lab_shape){.seed = 17, .n_months = HAWKES_MONTHS}, spoilt, 20);
    if (l) {
        lab_on(l, "excitation");
        lab_set(l, "excitation.self", 0.3);
        lab_set(l, "excitation.keep_mean", keep_mean);
        use_mean(out, exact, lab_sample(l, HAWKES_MEMBERS, HAWKES_MONTHS, NULL, events));
    }
    return lab_free(l, error);
}

static tsr_status hawkes_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return hawkes(0, spoilt, out, 20 / (1 - 0.3), error);
}

static tsr_status excitation_keeps_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return hawkes(1, spoilt, out, 20, error);
}

/** Long-run variance over mean of a Hawkes process, 1/(1 - n)^2, from blocks of months. */
static tsr_status hawkes_dispersion(const char *spoilt, selftest_finding *out, tsr_error *error) {
    enum { WARM_UP = 16, BLOCK = 200, MEMBERS = 1 << 15 };
    lab *l = battlefield(&(lab_shape){.seed = 18, .n_months = WARM_UP + BLOCK}, spoilt, 5);
    double sum = 0, squares = 0, n = 0;
    if (l) {
        lab_on(l, "excitation");
        lab_set(l, "excitation.self", 0.3);
        lab_set(l, "excitation.decay", 3);
        lab_set(l, "excitation.keep_mean", 0);
        lab_begin(l);
        for (uint32_t done = 0; done < MEMBERS && !lab_failed(l); done += lab_lanes(l)) {
            double total[RANDOM_MAX_LANES] = {0};
            if (done > 0)
                lab_next_members(l);
            for (uint32_t t = 0; t < WARM_UP + BLOCK; t++) {
                lab_month(l);
                for (uint32_t lane = 0; t >= WARM_UP && lane < lab_lanes(l); lane++)
                    total[lane] += events(l, lane);
            }
            for (uint32_t lane = 0; lane < lab_lanes(l); lane++) {
                n++;
                sum += total[lane];
                squares += total[lane] * total[lane];
            }
        }
        double mean = sum / n, variance = squares / n - mean * mean;
        /* The ends of a block of 200 months take less than .01 off; a variance has relative error sqrt(2/n). */
        *out = (selftest_finding){1 / (0.7 * 0.7), variance / mean,
                                  SELFTEST_ERRORS * variance / mean * sqrt(2 / n) + 0.02};
    }
    return lab_free(l, error);
}

/** Attrition alone: what the law leaves unchanged after two years of battles. */
static tsr_status attrition(double q, double government, const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .n_months = 24, .substeps = 4, .seed = 19}, spoilt);
    if (l) {
        const double e[2] = {1, 2}, start[2] = {government, 20000};
        for (int32_t f = 0; f < 2; f++) {
            lab_initial(l, WORLD_INITIAL_STRENGTH, f, WORLD_NONE, WORLD_NONE, start[f]);
            lab_set_of(l, "intensity.effort", f, e[f]);
        }
        lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, relation);
        lab_on(l, "losses");
        lab_set(l, "losses.capture", 0);
        lab_set(l, "losses.wounded", 0.15);
        lab_set(l, "events.civilian_share", 0);
        lab_set(l, "intensity.start_power", q);
        lab_set(l, "intensity.battle_rate", 0.0005);
        lab_begin(l);
        double left[2];
        for (uint32_t t = 0; t < 24; t++)
            lab_month(l);
        for (uint32_t f = 0; f < 2; f++)
            left[f] = lab_get(l, ROW_strength, f, 0);
        out->exact = e[0] * pow(start[0], 1 + q) / e[1] / pow(start[1], 1 + q) - 1;
        out->computed = (e[0] * pow(left[0], 1 + q) - e[1] * pow(left[1], 1 + q)) / e[1] / pow(start[1], 1 + q);
    }
    return lab_free(l, error);
}

static tsr_status linear_law(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return attrition(0, 30000, spoilt, out, error);
}

static tsr_status square_law(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return attrition(1, 30000, spoilt, out, error);
}

static tsr_status publicity_fades(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_on(l, "publicity");
        lab_set(l, "publicity.fading", 0.35);
        lab_begin(l);
        lab_put(l, ROW_publicity, REBELS, 4);
        for (int t = 0; t < 6; t++)
            lab_month(l);
        out->exact = 4 * exp(-0.35 * 6);
        out->computed = lab_get(l, ROW_publicity, REBELS, 0);
    }
    return lab_free(l, error);
}

static const selftest_line lines[] = {
    {"intensity-contact", "rate x contact x hostility x season, in a month half a year from the peak",
     "intensity.battle_rate", 1e-10, intensity},
    {"intensity-pressure", "pressure of 1.3 on both sides lowers attacks by exp(-xi 1.3)", "intensity.pressure_effect",
     1e-10, pressure_effect},
    {"violence-selective", "selective violence is largest, and 1, at control of three quarters",
     "intensity.one_sided_rate", 1e-10, selective},
    {"events-mean", "mean count of a month with both shocks", "intensity.battle_rate", 0, event_mean},
    {"events-variance", "its variance, Lambda + Lambda^2 ((1 + 1/k_N)(1 + 1/k_C) - 1)", "intensity.battle_rate", 0,
     event_variance_1},
    {"events-substeps", "the same variance with eight sub-steps a month", "intensity.battle_rate", 0, event_variance_8},
    {"multiplier-variance", "counts under a log-normal multiplier: Lambda + Lambda^2 (exp(s^2) - 1)",
     "intensity.cell_sd", 0, multiplier_variance},
    {"multiplier-memory", "covariance of counts four months apart: Lambda^2 (exp(s^2 rho^4) - 1)",
     "intensity.cell_persistence", 0, multiplier_memory},
    {"deaths-mean", "compound deaths: m Lambda", "events.deaths_per_event", 0, death_mean},
    {"deaths-variance", "compound deaths: Lambda (m + m^2/k) + m^2 Lambda", "events.deaths_per_event", 0,
     death_variance},
    {"deaths-none", "probability of no death: exp(Lambda ((k/(k + m))^k - 1))", "intensity.battle_rate", 0, death_none},
    {"deaths-sure", "the certain death of some events lowers the variance, not the mean", "events.deaths_per_event", 0,
     sure_death},
    {"hawkes-mean", "pure excitation: mean mu/(1 - n)", "excitation.self", 0, hawkes_mean},
    {"hawkes-dispersion", "pure excitation: variance over mean of long blocks, 1/(1 - n)^2", "excitation.self", 0,
     hawkes_dispersion},
    {"excitation-mean", "excitation as it is used leaves the mean as it was", "intensity.battle_rate", 0,
     excitation_keeps_mean},
    {"lanchester-linear", "q = 0: e_f S_f - e_g S_g stays, here over e_g S_g at the start", "intensity.effort", 1e-10,
     linear_law},
    {"lanchester-square", "q = 1: e_f S_f^2 - e_g S_g^2 stays to the order of the step", "intensity.effort", 2e-3,
     square_law},
    {"publicity-fades", "without attacks publicity fades as exp(-delta t)", "publicity.fading", 1e-10, publicity_fades},
};

const selftest_line *selftest_violence(size_t *n) {
    *n = sizeof lines / sizeof lines[0];
    return lines;
}
