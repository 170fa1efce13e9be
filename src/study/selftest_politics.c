/* Limits of politics: finance, relations, the ladder, pressure, control. */
#include "study/selftest_parts.h"

#include <math.h>

static tsr_status books(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .substeps = 4}, spoilt);
    if (l) {
        lab_on(l, "finance");
        lab_set(l, "finance.close_books", 0);
        lab_set(l, "finance.tax", 3);
        lab_set(l, "finance.wage", 200);
        lab_set(l, "finance.hoard", 600);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 5000);
        lab_initial(l, WORLD_INITIAL_CONTROL, REBELS, WORLD_NONE, WORLD_NONE, 0.6);
        lab_initial(l, WORLD_INITIAL_FUNDS, REBELS, WORLD_NONE, WORLD_NONE, 10);
        lab_begin(l);
        for (int t = 0; t < 12; t++)
            lab_month(l);
        /* a million people, 60 % of them taxed 3 dollars a month; 5,000 fighters paid 200 */
        out->exact = 10 + 12 * (0.6 * 3 - 1);
        out->computed = lab_get(l, ROW_funds, REBELS, 0);
    }
    return lab_free(l, error);
}

static double relation_of_sides(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_relation, GOVERNMENT * 4 + REBELS, lane);
}

static lab *neighbours(const lab_shape *shape, const char *spoilt) {
    lab *l = lab_create(shape, spoilt);
    if (!l)
        return NULL;
    lab_on(l, "relations");
    lab_set(l, "relations.deaths_effect", 0);
    lab_set(l, "relations.return", 0.3);
    lab_set(l, "relations.noise", 0.1);
    lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, tanh(0.4));
    return l;
}

static tsr_status relation_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = neighbours(&(lab_shape){.seed = 31, .n_months = 40}, spoilt);
    if (l) {
        lab_moments moments = lab_sample(l, 1 << 13, 40, NULL, relation_of_sides);
        *out = (selftest_finding){0.4, moments.mean, SELFTEST_ERRORS * moments.mean_error};
    }
    return lab_free(l, error);
}

static tsr_status relation_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = neighbours(&(lab_shape){.seed = 32, .n_months = 40}, spoilt);
    if (l) { /* r' = r + (rest - r)(1 - exp(-kappa)) + sigma e: AR(1) with coefficient exp(-kappa) */
        lab_moments moments = lab_sample(l, 1 << 14, 40, NULL, relation_of_sides);
        *out = (selftest_finding){0.01 / (1 - exp(-0.6)), moments.variance, SELFTEST_ERRORS * moments.variance_error};
    }
    return lab_free(l, error);
}

static tsr_status common_threat(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = neighbours(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_set(l, "relations.noise", 0);
        lab_set(l, "relations.return", 0);
        lab_set(l, "relations.common_threat", 0.02);
        lab_set(l, "relations.events_scale", 30);
        lab_initial(l, WORLD_INITIAL_RELATION, POWER, REBELS, WORLD_NONE, -0.8);
        lab_initial(l, WORLD_INITIAL_RELATION, POWER, GOVERNMENT, WORLD_NONE, 0.2);
        lab_begin(l);
        lab_put(l, ROW_relation, GOVERNMENT * 4 + REBELS, atanh(-0.5));
        lab_put(l, ROW_relation, REBELS * 4 + GOVERNMENT, atanh(-0.5));
        lab_put(l, ROW_events_last, BATTLE, 60);
        lab_month(l);
        /* the rebels' 60 events, seen by two whom they oppose */
        out->exact = atanh(0.2) + 0.02 * 0.5 * 0.8 * log(1 + 60.0 / 30);
        out->computed = lab_get(l, ROW_relation, GOVERNMENT * 4 + POWER, 0);
    }
    return lab_free(l, error);
}

static tsr_status balance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = neighbours(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_set(l, "relations.noise", 0);
        lab_set(l, "relations.return", 0);
        lab_set(l, "relations.balance", 0.05);
        lab_begin(l);
        for (uint32_t v = 0; v < 4; v++)
            for (uint32_t w = 0; w < 4; w++)
                lab_put(l, ROW_relation, v * 4 + w, 0);
        /* two friends of the power: each pair pushes the third together */
        const uint32_t pairs[2][2] = {{GOVERNMENT, POWER}, {REBELS, POWER}};
        for (int i = 0; i < 2; i++) {
            lab_put(l, ROW_relation, pairs[i][0] * 4 + pairs[i][1], 0.5);
            lab_put(l, ROW_relation, pairs[i][1] * 4 + pairs[i][0], 0.5);
        }
        lab_month(l);
        out->exact = 0.05 * tanh(0.5) * tanh(0.5);
        out->computed = relation_of_sides(l, 0);
    }
    return lab_free(l, error);
}

/** A ladder without threat; without noise its rates stay as they are, at a disposition of 0. */
static lab *staircase(const lab_shape *shape, const char *spoilt, double noise) {
    static const char *const ups[] = {"ladder.up_from_hostile", "ladder.up_from_talks", "ladder.up_from_tacit",
                                      "ladder.up_from_carve_outs", "ladder.up_from_released"};
    static const double rates[] = {0.05, 0.08, 0.04, 0.1, 0.02};
    lab *l = lab_create(shape, spoilt);
    if (!l)
        return NULL;
    lab_on(l, "ladder");
    lab_set(l, "ladder.noise", noise);
    lab_set(l, "ladder.threat_effect", 0);
    lab_set(l, "ladder.carve_out", 0);
    lab_set(l, "ladder.down", 0);
    for (int k = 0; k < 5; k++)
        lab_set(l, ups[k], rates[k]);
    return l;
}

static double not_recognised(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_rung, 0, lane) < 5;
}

static tsr_status recognition(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l =
        staircase(&(lab_shape){.seed = 33, .has_ladder = true, .rung = 4, .n_months = 52, .substeps = 4}, spoilt, 0);
    if (l) {
        lab_moments moments = lab_sample(l, 1 << 15, 52, NULL, not_recognised);
        *out = (selftest_finding){exp(-52 * 0.02), moments.mean, SELFTEST_ERRORS * moments.mean_error};
    }
    return lab_free(l, error);
}

/** Mean number of months from the bottom to the top: a sum of geometric waiting times, one for each step. */
static tsr_status climb(const char *spoilt, selftest_finding *out, tsr_error *error) {
    enum { MONTHS = 900, MEMBERS = 1 << 13 };
    lab *l = staircase(&(lab_shape){.seed = 34, .has_ladder = true, .n_months = MONTHS}, spoilt, 0);
    double sum = 0, squares = 0, n = 0;
    if (l) {
        lab_begin(l);
        for (uint32_t done = 0; done < MEMBERS && !lab_failed(l); done += lab_lanes(l)) {
            double months[RANDOM_MAX_LANES] = {0};
            if (done > 0)
                lab_next_members(l);
            for (uint32_t t = 0; t < MONTHS; t++) {
                lab_month(l);
                for (uint32_t lane = 0; lane < lab_lanes(l); lane++)
                    months[lane] += not_recognised(l, lane);
            }
            for (uint32_t lane = 0; lane < lab_lanes(l); lane++) {
                n++;
                sum += months[lane] + 1; /* the month of arrival is over when it is seen */
                squares += (months[lane] + 1) * (months[lane] + 1);
            }
        }
        double mean = sum / n;
        *out = (selftest_finding){1 / -expm1(-0.05) + 1 / -expm1(-0.08) + 1 / -expm1(-0.04) + 1 / -expm1(-0.1) +
                                      1 / -expm1(-0.02),
                                  mean, SELFTEST_ERRORS * sqrt((squares / n - mean * mean) / n)};
    }
    return lab_free(l, error);
}

static double disposition(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_disposition, 0, lane);
}

static tsr_status disposition_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = staircase(&(lab_shape){.seed = 35, .has_ladder = true, .n_months = 60, .substeps = 2}, spoilt, 0.3);
    if (l) { /* two steps a month: coefficient exp(-kappa/2), innovations sigma^2/2 */
        lab_set(l, "ladder.return", 0.2);
        lab_moments moments = lab_sample(l, 1 << 14, 60, NULL, disposition);
        *out = (selftest_finding){0.045 / (1 - exp(-0.2)), moments.variance, SELFTEST_ERRORS * moments.variance_error};
    }
    return lab_free(l, error);
}

static tsr_status pressure_builds(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .has_ladder = true, .substeps = 4}, spoilt);
    if (l) {
        lab_on(l, "pressure");
        lab_set(l, "pressure.ruler_pressure", 0.4);
        lab_set(l, "pressure.lag", 5);
        lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, -0.9);
        lab_begin(l);
        lab_month(l); /* begins at its goal */
        lab_put(l, ROW_pressure, REBELS, 0);
        for (int t = 0; t < 6; t++)
            lab_month(l);
        out->exact = 0.4 * 0.9 * (1 - exp(-6.0 / 5));
        out->computed = lab_get(l, ROW_pressure, REBELS, 0);
    }
    return lab_free(l, error);
}

/** A contest of bare strength. */
static lab *contest(const char *spoilt, double decisiveness, double speed) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (!l)
        return NULL;
    lab_set(l, "control.floor", 0);
    lab_set(l, "control.anchor", 0);
    lab_set(l, "control.support_effect", 0);
    lab_set(l, "control.decisiveness", decisiveness);
    lab_set(l, "control.speed", speed);
    return l;
}

static tsr_status control_relaxes(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = contest(spoilt, 1, 0.1);
    if (l) {
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 3000);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1000);
        lab_initial(l, WORLD_INITIAL_CONTROL, REBELS, WORLD_NONE, WORLD_NONE, 0.8);
        lab_begin(l);
        for (int t = 0; t < 10; t++)
            lab_month(l);
        out->exact = 0.25 + (0.8 - 0.25) * exp(-0.1 * 10);
        out->computed = lab_get(l, ROW_control, REBELS, 0);
    }
    return lab_free(l, error);
}

/** Control at the end of a year of a fast contest, of the rebels and their splinter. */
static tsr_status tullock(const char *spoilt, double decisiveness, double rebels, double splinter, double exact,
                          selftest_finding *out, tsr_error *error) {
    lab *l = contest(spoilt, decisiveness, 5);
    if (l) {
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 1000);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, rebels);
        lab_initial(l, WORLD_INITIAL_STRENGTH, SPLINTER, WORLD_NONE, WORLD_NONE, splinter);
        lab_begin(l);
        for (int t = 0; t < 12; t++)
            lab_month(l);
        out->exact = exact;
        out->computed = lab_get(l, ROW_control, REBELS, 0) + lab_get(l, ROW_control, SPLINTER, 0);
    }
    return lab_free(l, error);
}

static tsr_status tullock_equal(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return tullock(spoilt, 0, 10, 0, 0.5, out, error);
}

static tsr_status tullock_decisive(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return tullock(spoilt, 3, 2000, 0, 8.0 / 9, out, error);
}

static tsr_status tullock_family(const char *spoilt, selftest_finding *out, tsr_error *error) {
    return tullock(spoilt, 3, 1500, 500, 8.0 / 9, out, error);
}

static const selftest_line lines[] = {
    {"finance-books", "funds after a year: 10 + 12 (taxes of 1.8 - wages of 1) million", "finance.tax", 1e-9, books},
    {"relation-mean", "a relation returns to where it rests", NULL, 0, relation_mean},
    {"relation-variance", "its variance: sigma^2 / (1 - exp(-2 kappa))", "relations.noise", 0, relation_variance},
    {"relation-threat", "a common threat draws two actors together: c |R| |R'| log(1 + a/a0) a month",
     "relations.common_threat", 1e-10, common_threat},
    {"relation-balance", "friends of a friend: tau R R' a month", "relations.balance", 1e-10, balance},
    {"ladder-recognition", "no recognition in 52 months with probability exp(-52 q)", "ladder.up_from_released", 0,
     recognition},
    {"ladder-climb", "mean months from hostility to recognition: a sum of five geometric waits",
     "ladder.up_from_released", 0, climb},
    {"disposition-variance", "variance of the disposition, two steps a month", "ladder.noise", 0, disposition_variance},
    {"pressure-builds", "pressure approaches its goal as 1 - exp(-t/tau)", "pressure.lag", 1e-10, pressure_builds},
    {"control-relaxes", "control approaches the share of power as exp(-kappa t)", "control.speed", 1e-10,
     control_relaxes},
    {"tullock-equal", "without decisiveness all who are there share alike", NULL, 1e-10, tullock_equal},
    {"tullock-decisive", "decisiveness 3, twice the force: 8/9 of control", "control.decisiveness", 1e-10,
     tullock_decisive},
    {"tullock-family", "the same for a force that is split in a family", "control.decisiveness", 1e-10, tullock_family},
};

const selftest_line *selftest_politics(size_t *n) {
    *n = sizeof lines / sizeof lines[0];
    return lines;
}
