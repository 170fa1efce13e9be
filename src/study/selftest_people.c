/* Limits of people: movement, recruitment, support, morale, losses, prisons, leadership. */
#include "study/selftest_parts.h"

#include <math.h>

static tsr_status movement_conserves(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .n_areas = 5, .n_months = 120}, spoilt);
    if (l) {
        lab_on(l, "movement");
        lab_set(l, "movement.rate", 0.3);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, 1, 7000);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, 4, 3000);
        lab_begin(l);
        for (int t = 0; t < 120; t++)
            lab_month(l);
        out->exact = 10000;
        for (uint32_t a = 0; a < 5; a++)
            out->computed += lab_get(l, ROW_strength, REBELS * 5 + a, 0);
    }
    return lab_free(l, error);
}

/** Without a tilt everybody who leaves goes to any neighbour alike: the stationary share of an area is its number of
 *  neighbours over all of them, 1/4, 1/2, 1/4 in a chain of three. */
static tsr_status movement_settles(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .n_areas = 3, .n_months = 400}, spoilt);
    if (l) {
        lab_on(l, "movement");
        lab_set(l, "movement.rate", 0.1);
        lab_set(l, "movement.tilt", 0);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, 0, 1000);
        lab_begin(l);
        for (int t = 0; t < 400; t++)
            lab_month(l);
        out->exact = 500;
        out->computed = lab_get(l, ROW_strength, REBELS * 3 + 1, 0);
    }
    return lab_free(l, error);
}

static tsr_status recruits(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_on(l, "recruitment");
        lab_set(l, "recruitment.rate", 0.5);
        lab_set(l, "recruitment.presence", 50);
        lab_set(l, "recruitment.capacity", 0.02);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1000);
        lab_begin(l);
        double support = lab_get(l, ROW_support, REBELS, 0);
        lab_month(l);
        /* a million people, paid in full, half of the capacity of 20,000 less 1,000 used */
        out->exact = 1000 + 0.5 / 1000 * 1e6 * support * 1000 / 1050 * (1 - 1000.0 / 20000);
        out->computed = lab_get(l, ROW_strength, REBELS, 0);
    }
    return lab_free(l, error);
}

static tsr_status support_returns(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .substeps = 4}, spoilt);
    if (l) {
        lab_on(l, "support");
        lab_set(l, "support.recovery", 0.1);
        lab_set(l, "support.control_effect", 0);
        lab_begin(l);
        double rest = lab_get(l, ROW_rest_utility, REBELS, 0);
        lab_put(l, ROW_utility, REBELS, rest - 1);
        for (int t = 0; t < 10; t++)
            lab_month(l);
        out->exact = -exp(-0.1 * 10);
        out->computed = lab_get(l, ROW_utility, REBELS, 0) - rest;
    }
    return lab_free(l, error);
}

static tsr_status support_softmax(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        static const double u[3] = {0.3, -0.7, -2};
        lab_on(l, "support");
        lab_set(l, "support.control_effect", 0);
        lab_begin(l);
        for (uint32_t f = 0; f < 3; f++) {
            lab_put(l, ROW_utility, f, u[f]);
            lab_put(l, ROW_rest_utility, f, u[f]);
        }
        lab_month(l);
        out->exact = exp(-0.7) / (1 + exp(0.3) + exp(-0.7) + exp(-2));
        out->computed = lab_get(l, ROW_support, REBELS, 0);
    }
    return lab_free(l, error);
}

/** A regular force without noise: what is left after ten months. */
static tsr_status desertion(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .is_regular = true, .substeps = 4}, spoilt);
    if (l) {
        lab_on(l, "morale");
        lab_set(l, "morale.strength_noise", 0);
        lab_set(l, "morale.noise_sd", 0);
        lab_set(l, "morale.base_rate", 0.02);
        lab_set(l, "morale.cascade_rate", 0.3);
        lab_set(l, "morale.control_weight", 0); /* morale is foreign support, 1 */
        lab_set(l, "morale.cascade_point", 1);  /* where half of the cascade has come */
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 5000);
        lab_begin(l);
        for (int t = 0; t < 10; t++)
            lab_month(l);
        out->exact = 5000 * exp(-10 * (0.02 + 0.15));
        out->computed = lab_get(l, ROW_strength, GOVERNMENT, 0);
    }
    return lab_free(l, error);
}

/** Strength of a regular force that recruits a little and whose morale follows its control, after forty years: it holds or
 *  is gone, on either side of the fold of its fixed points. */
static double garrison(const char *spoilt, double point, tsr_status *status, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .is_regular = true, .n_months = 480}, spoilt);
    double left = NAN;
    if (l) {
        lab_on(l, "morale");
        lab_set(l, "morale.strength_noise", 0);
        lab_set(l, "morale.noise_sd", 0);
        lab_set(l, "morale.base_rate", 0.02);
        lab_set(l, "morale.cascade_rate", 0.5);
        lab_set(l, "morale.cascade_width", 0.05);
        lab_set(l, "morale.control_weight", 1);
        lab_set(l, "morale.cascade_point", point);
        lab_set(l, "morale.switch_share", 0);
        lab_set_of(l, "morale.base_rate", REBELS, 0);
        lab_on(l, "recruitment");
        lab_set(l, "recruitment.presence", 0);
        lab_set(l, "recruitment.capacity", 0.5);
        lab_set_of(l, "recruitment.rate", GOVERNMENT, 1);
        lab_set_of(l, "recruitment.rate", REBELS, 0);
        lab_set(l, "control.speed", 5);
        lab_set(l, "control.floor", 0);
        lab_set(l, "control.anchor", 0);
        lab_set(l, "control.support_effect", 0);
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 1000);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1000);
        lab_initial(l, WORLD_INITIAL_SUPPORT, GOVERNMENT, WORLD_NONE, WORLD_NONE, 0.02);
        lab_begin(l);
        for (int t = 0; t < 480; t++)
            lab_month(l);
        left = lab_get(l, ROW_strength, GOVERNMENT, 0);
    }
    *status = lab_free(l, error);
    return left;
}

/** The same month as a map of strength and control: recruitment, desertion at last month's control, control towards the share
 *  of S in S + 1,000. */
static bool map_holds(double point) {
    double s = 1000, c = 0;
    const double moved = 1 - exp(-5.0), recruits = 20;
    for (int t = 0; t < 480; t++) {
        s += recruits * (1 - s / 500000);
        double rate = 0.02 + 0.5 / (1 + exp(-(point - c) / 0.05));
        s *= exp(-rate);
        c += (s / (s + 1000) - c) * moved;
    }
    return s > 300;
}

static tsr_status morale_fold(const char *spoilt, selftest_finding *out, tsr_error *error) {
    double low = 0, high = 0.6;
    tsr_status status = TSR_OK;
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (map_holds(middle))
            low = middle;
        else
            high = middle;
    }
    out->exact = (low + high) / 2;
    low = 0;
    high = 0.6;
    for (int i = 0; i < 20 && status == TSR_OK; i++) {
        double middle = (low + high) / 2;
        if (garrison(spoilt, middle, &status, error) > 300)
            low = middle;
        else
            high = middle;
    }
    out->computed = (low + high) / 2;
    return status;
}

static tsr_status losses_end(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .seed = 21}, spoilt);
    if (l) {
        lab_on(l, "losses");
        lab_initial(l, WORLD_INITIAL_RELATION, GOVERNMENT, REBELS, WORLD_NONE, -0.6);
        lab_initial(l, WORLD_INITIAL_STRENGTH, GOVERNMENT, WORLD_NONE, WORLD_NONE, 100000);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 100);
        lab_set(l, "intensity.battle_rate", 1);
        lab_begin(l);
        double least = 1;
        for (int t = 0; t < 12; t++)
            lab_month(l);
        for (uint32_t lane = 0; lane < lab_lanes(l); lane++)
            least = fmin(least, lab_get(l, ROW_strength, REBELS, lane));
        /* a thousand deaths of a hundred fighters: nobody is left, and nobody less than that */
        out->exact = 0;
        out->computed = least;
    }
    return lab_free(l, error);
}

static tsr_status surrender(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true, .substeps = 4}, spoilt);
    if (l) {
        lab_on(l, "losses");
        lab_set(l, "losses.surrender_rate", 0.02);
        lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 4000);
        lab_begin(l);
        lab_put(l, ROW_pressure, REBELS, 1.5);
        lab_put(l, ROW_intelligence, REBELS, 0.8);
        for (int t = 0; t < 12; t++)
            lab_month(l);
        out->exact = 4000 * exp(-0.02 * 1.5 * 0.8 * 12);
        out->computed = lab_get(l, ROW_strength, REBELS, 0);
    }
    return lab_free(l, error);
}

enum { CAPTIVES = 400 };

/** Captive pair of rebels held by the government. */
static uint32_t held_rebels(const lab *l) {
    const model *m = lab_model(l);
    uint32_t k = 0;
    while (m->captive_faction[k] != REBELS || m->captive_holder[k] != GOVERNMENT)
        k++;
    return k;
}

static void fill_prison(lab *l) {
    if (!lab_failed(l))
        lab_put(l, ROW_captives, held_rebels(l), CAPTIVES);
}

static double captives(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_captives, held_rebels(l), lane);
}

static lab *prison(uint64_t seed, const char *spoilt, double hazard, double freed) {
    lab *l = lab_create(&(lab_shape){.seed = seed}, spoilt);
    if (!l)
        return NULL;
    lab_on(l, "prisons");
    lab_set(l, "prisons.break_hazard", hazard);
    lab_set(l, "prisons.freed_share", freed);
    lab_initial(l, WORLD_INITIAL_STRENGTH, REBELS, WORLD_NONE, WORLD_NONE, 1e5);
    return l;
}

static tsr_status break_mean(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = prison(22, spoilt, 1, 0.5); /* 100 breaks a month expected: one is certain */
    if (l) {
        lab_moments moments = lab_sample(l, 1 << 14, 1, fill_prison, captives);
        *out = (selftest_finding){CAPTIVES * 0.5, moments.mean, SELFTEST_ERRORS * moments.mean_error};
    }
    return lab_free(l, error);
}

static tsr_status break_variance(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = prison(23, spoilt, 1, 0.2);
    if (l) {
        lab_moments moments = lab_sample(l, 1 << 16, 1, fill_prison, captives);
        *out = (selftest_finding){CAPTIVES * 0.2 * 0.8, moments.variance, SELFTEST_ERRORS * moments.variance_error};
    }
    return lab_free(l, error);
}

static double is_full(const lab *l, uint32_t lane) {
    return captives(l, lane) == CAPTIVES;
}

static tsr_status break_hazard(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = prison(24, spoilt, 0.005, 0.5); /* half a break a month */
    if (l) {
        lab_moments moments = lab_sample(l, 1 << 16, 1, fill_prison, is_full);
        *out = (selftest_finding){exp(-0.5), moments.mean, SELFTEST_ERRORS * moments.mean_error};
    }
    return lab_free(l, error);
}

static double keeps_leader(const lab *l, uint32_t lane) {
    return lab_get(l, ROW_disorder, REBELS, lane) == 0;
}

static tsr_status leaders_survive(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.seed = 25, .n_months = 24, .substeps = 2}, spoilt);
    if (l) {
        lab_on(l, "leadership");
        lab_set(l, "leadership.base_hazard", 0.05);
        lab_moments moments = lab_sample(l, 1 << 15, 24, NULL, keeps_leader);
        *out = (selftest_finding){exp(-0.05 * 24), moments.mean, SELFTEST_ERRORS * moments.mean_error};
    }
    return lab_free(l, error);
}

static tsr_status cohesion_returns(const char *spoilt, selftest_finding *out, tsr_error *error) {
    lab *l = lab_create(&(lab_shape){.is_double = true}, spoilt);
    if (l) {
        lab_on(l, "leadership");
        lab_set(l, "leadership.base_hazard", 0);
        lab_set(l, "leadership.recovery", 4);
        lab_begin(l);
        lab_put(l, ROW_cohesion, REBELS, 0.5);
        for (int t = 0; t < 6; t++)
            lab_month(l);
        out->exact = 1 - 0.5 * exp(-6.0 / 4);
        out->computed = lab_get(l, ROW_cohesion, REBELS, 0);
    }
    return lab_free(l, error);
}

static const selftest_line lines[] = {
    {"movement-conserves", "ten years of movement among five areas lose nobody", NULL, 1e-8, movement_conserves},
    {"movement-settles", "half of a force ends in the middle of a chain of three areas", NULL, 1e-6, movement_settles},
    {"recruitment-month", "one month of recruits from supporters, presence and room", "recruitment.rate", 1e-6,
     recruits},
    {"support-returns", "an impulse on support fades as exp(-kappa t)", "support.recovery", 1e-10, support_returns},
    {"support-softmax", "shares are the softmax of the utilities, nobody's being 0", NULL, 1e-10, support_softmax},
    {"morale-desertion", "a force at its cascade point loses base + half the cascade a month", "morale.base_rate", 1e-8,
     desertion},
    {"morale-fold", "cascade point above which a garrison cannot hold, against the map of one number",
     "recruitment.rate", 1e-5, morale_fold},
    {"losses-end", "deaths beyond a force's strength leave 0, never less", NULL, 1e-12, losses_end},
    {"losses-surrender", "surrender under pressure: exp(-lambda Z I t)", "losses.surrender_rate", 1e-8, surrender},
    {"prison-break-mean", "a certain break frees half of 400", "prisons.freed_share", 0, break_mean},
    {"prison-break-variance", "numbers freed are binomial: phi (1 - phi) J", "prisons.freed_share", 0, break_variance},
    {"prison-break-hazard", "half a break expected: none with probability exp(-1/2)", "prisons.break_hazard", 0,
     break_hazard},
    {"leaders-survive", "no leader lost in two years with probability exp(-24 h)", "leadership.base_hazard", 0,
     leaders_survive},
    {"cohesion-returns", "cohesion returns as 1 - (1 - L) exp(-t/tau)", "leadership.recovery", 1e-10, cohesion_returns},
};

const selftest_line *selftest_people(size_t *n) {
    *n = sizeof lines / sizeof lines[0];
    return lines;
}
