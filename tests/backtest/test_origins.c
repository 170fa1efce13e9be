/* Backtests on the Afghan case: nothing later than the origin is seen, and scores stand where they belong. */
#include "backtest/backtest.h"

#include "base/text.h"
#include "scenario/scenario.h"
#include "study/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static world *w;
static panel *p; /* up to backtest_to */

static int setup(void **state) {
    (void)state;
    char folder[TSR_PATH_SIZE];
    tsr_error error = TSR_ERROR_INIT;
    problem_list problems;
    problem_list_init(&problems);
    panel_options options = {.tolerance_km = 25};
    world *longer = NULL;
    bool ok = scenario_read(TEST_SOURCE_ROOT "/scenarios/afghanistan", &w, folder, &problems, &error) == TSR_OK &&
              world_for_backtest(w, &longer, &error) == TSR_OK &&
              panel_import(longer, folder, &options, &p, &problems, &error) == TSR_OK;
    if (!ok)
        print_error("%s\n", error.message);
    free(longer);
    problem_list_clear(&problems);
    return ok ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    panel_free(p);
    free(w);
    return 0;
}

/** December 2019: strength reports, the takeover, prison breaks and two files of events lie behind it. */
static int32_t the_origin(void) {
    return month_from_civil(2019, 12);
}

/** December 2021: behind the scenario's last_observed, where only backtests go. */
static int32_t the_late_origin(void) {
    return month_from_civil(2021, 12);
}

static study_result *forecast_from_origin(const world *of, const panel *data, int32_t origin) {
    tsr_error error = TSR_ERROR_INIT;
    study_result *result = NULL;
    world *longer = NULL;
    const forecast_options options = {
        .seed = 5, .n_particles = PARTICLES, .last_data = origin, .n_months = 12, .n_repeats = 1};
    /* The result borrows the world: what is compared below are its draws. */
    if (world_for_backtest(of, &longer, &error) != TSR_OK ||
        forecast(longer, data, &options, &result, &error) != TSR_OK)
        fail_msg("%s", error.message);
    free(longer);
    return result;
}

/** Values of a record that differ. */
static size_t differences(const record *a, const record *b) {
    size_t count = 0;
    for (size_t v = 0; v < a->n_variables; v++) {
        size_t n = (size_t)a->n_months * a->variables[v].n_outer * a->variables[v].n_inner * a->variables[v].n_draws;
        for (size_t i = 0; i < n; i++)
            count += memcmp(&a->variables[v].values[i], &b->variables[v].values[i], sizeof(float)) != 0;
    }
    return count;
}

/** Change all data of months after `month`. */
static void poison_panel(panel *data, int32_t month) {
    for (uint32_t t = (uint32_t)(month - data->first_month + 1); t < data->n_months; t++) {
        for (size_t i = 0; i < (size_t)data->n_channels * data->n_areas; i++) {
            data->events[(size_t)t * data->n_channels * data->n_areas + i] += 7;
            data->deaths[(size_t)t * data->n_channels * data->n_areas + i] += 70;
        }
        for (size_t i = 0; i < PANEL_TYPES; i++)
            data->totals[t * PANEL_TYPES + i] = 12345;
        for (size_t i = 0; i < data->n_channels; i++)
            data->unlocated_events[t * data->n_channels + i] += 99;
    }
}

/** Change all facts, schedules, events and rulers that are known after `day`. @return how many there are */
static size_t poison_world(world *of, date_day day) {
    size_t n, count = 0;
    world_fact *facts = (world_fact *)(uintptr_t)world_facts(of, &n);
    for (size_t i = 0; i < n; i++)
        if (facts[i].known > day) {
            double factor = facts[i].of > 0 ? 0.5 : 10; /* a count stays a part of its whole */
            facts[i].number.value *= factor;
            facts[i].number.low *= factor;
            facts[i].number.high *= factor;
            count++;
        }
    world_schedule_step *steps = (world_schedule_step *)(uintptr_t)world_schedule_steps(of, &n);
    for (size_t i = 0; i < n; i++)
        if (steps[i].known > day) {
            steps[i].value.value = steps[i].value.low = steps[i].value.high = 0.9 * steps[i].value.value + 0.05;
            count++;
        }
    world_event *events = (world_event *)(uintptr_t)world_events(of, &n);
    for (size_t i = 0; i < n; i++)
        if (events[i].known > day) {
            events[i].amount.value *= 3;
            events[i].amount.low *= 3;
            events[i].amount.high *= 3;
            count++;
        }
    world_ruler *rulers = (world_ruler *)(uintptr_t)world_rulers(of, &n);
    for (size_t i = 0; i < n; i++)
        if (rulers[i].known > day) {
            rulers[i].actor = WORLD_NONE;
            count++;
        }
    return count;
}

/** Let part of what the scenario says of the past be known only after `day`: the last step of every schedule, every fourth
 *  event and fact, the last ruler. */
static void withhold(world *of, date_day day) {
    size_t n;
    const world_schedule *schedules = world_schedules(of, &n);
    world_schedule_step *steps = (world_schedule_step *)(uintptr_t)world_schedule_steps(of, NULL);
    for (size_t i = 0; i < n; i++)
        if (schedules[i].n_steps > 1)
            steps[schedules[i].first_step + schedules[i].n_steps - 1].known = day + 1;
    world_event *events = (world_event *)(uintptr_t)world_events(of, &n);
    for (size_t i = 0; i < n; i += 4)
        events[i].known = day + 1;
    world_fact *facts = (world_fact *)(uintptr_t)world_facts(of, &n);
    for (size_t i = 0; i < n; i += 4)
        facts[i].known = day + 1;
    world_ruler *rulers = (world_ruler *)(uintptr_t)world_rulers(of, &n);
    if (n > 1)
        rulers[n - 1].known = day + 1;
}

static void nothing_later_is_seen_from(int32_t origin) {
    date_day day = month_last_day(origin);
    withhold(w, day);
    study_result *clean = forecast_from_origin(w, p, origin);
    assert_true(poison_world(w, day) > 20);
    poison_panel(p, origin);
    study_result *poisoned = forecast_from_origin(w, p, origin);
    assert_int_equal(differences(clean->run.record, poisoned->run.record), 0);
    /* The sabotaged twins: poison in the last month that is seen must be noticed, and what is known a day earlier. */
    poison_panel(p, origin - 1);
    study_result *seen = forecast_from_origin(w, p, origin);
    assert_true(differences(clean->run.record, seen->run.record) > 1000);
    poison_world(w, day - 100000);
    study_result *known = forecast_from_origin(w, p, origin);
    assert_true(differences(seen->run.record, known->run.record) > 1000);
    result_free(clean);
    result_free(poisoned);
    result_free(seen);
    result_free(known);
}

static void nothing_later_is_seen(void **state) {
    (void)state;
    nothing_later_is_seen_from(the_origin());
}

static void nothing_later_is_seen_after_the_case(void **state) {
    (void)state;
    teardown(NULL);
    assert_int_equal(setup(NULL), 0); /* clean data */
    nothing_later_is_seen_from(the_late_origin());
}

static double total(const panel *data, int32_t month) {
    double sum = 0;
    for (uint32_t type = 0; type < PANEL_TYPES; type++)
        sum += data->totals[(size_t)(month - data->first_month) * PANEL_TYPES + type];
    return sum;
}

static backtest *run_with(backtest_options options) {
    tsr_error error = TSR_ERROR_INIT;
    backtest *b = NULL;
    options.seed = 5;
    options.n_particles = PARTICLES;
    if (backtest_run(w, p, &options, &b, &error) != TSR_OK)
        fail_msg("%s", error.message);
    return b;
}

static backtest *run(uint32_t n_threads) {
    return run_with((backtest_options){.n_threads = n_threads,
                                       .first_origin = the_origin() - 6,
                                       .last_origin = the_origin(),
                                       .every = 6,
                                       .set = BACKTEST_ROLLING});
}

/* The score of "zero" is the mean of what happened: from the panel, without the backtest's own tables. */
static void scores_stand_where_they_belong(void **state) {
    (void)state;
    backtest *b = run(1);
    size_t n_checked = 0;
    assert_int_equal(b->n_rolling, 2);
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        assert_true(s->means.crps >= 0 && isfinite(s->means.ign));
        if (s->model != BACKTEST_BASELINE + BASELINE_ZERO || s->unit != UNIT_COUNTRY || s->type != TYPE_ALL)
            continue;
        int32_t h = (int32_t)s->horizon;
        double mean = (total(p, the_origin() - 6 + h) + total(p, the_origin() + h)) / 2;
        if (isnan(mean))
            continue; /* one of the two months lacks a type */
        assert_float_equal(s->means.crps, mean, 1e-9 * mean);
        n_checked++;
    }
    assert_true(n_checked >= 2);
    backtest_free(b);
}

/* The challenge: Octobers only, all months of the next year, the baselines and stacked beside Tessera on the same cells. */
static void window_is_the_next_year(void **state) {
    (void)state;
    int32_t october = month_from_civil(2021, 10);
    backtest *b =
        run_with((backtest_options){.first_origin = october - 3, .last_origin = october + 3, .set = BACKTEST_WINDOW});
    size_t n_checked = 0;
    double mean = 0;
    for (int32_t h = 3; h <= 14; h++)
        mean += p->totals[(size_t)(october + h - p->first_month) * PANEL_TYPES + PANEL_STATE_BASED] / 12;
    assert_int_equal(b->n_window, 1);
    assert_int_equal(b->n_rolling, 0);
    assert_int_equal(b->first_window, october);
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        assert_int_equal(s->horizon, SCORE_WINDOW);
        assert_int_equal(s->unit, UNIT_COUNTRY); /* no events of areas after 2020 */
        assert_int_equal(s->means.n_cells, 12);
        if (s->model == BACKTEST_BASELINE + BASELINE_ZERO && s->type == PANEL_STATE_BASED) {
            assert_float_equal(s->means.crps, mean, 1e-9 * mean);
            n_checked++;
        }
    }
    assert_int_equal(n_checked, 1);
    assert_int_equal(b->n_comparisons, 0); /* one origin tests nothing */
    backtest_free(b);
}

/** Weights of one origin that are not half; of all of them the sum. */
static double weights_at(const backtest *b, int32_t origin, size_t *n_learned) {
    double sum = 0;
    *n_learned = 0;
    for (size_t i = 0; i < b->n_weights; i++)
        if (b->weights[i].origin == origin) {
            sum += b->weights[i].weight;
            *n_learned += b->weights[i].weight != 0.5;
        }
    return sum;
}

/* What a weight has learned lies at or before its origin: it comes from forecasts that were made and judged before. */
static void weights_see_nothing_later(void **state) {
    (void)state;
    enum { STEPS = 6 };
    int32_t origin = the_origin(), first = origin - STEPS;
    const backtest_options options = {
        .first_origin = first, .last_origin = origin + STEPS, .every = STEPS, .set = BACKTEST_ROLLING};
    size_t n_clean, n_poisoned, n_seen;
    backtest *clean = run_with(options);
    double before = weights_at(clean, origin, &n_clean);
    assert_int_equal((weights_at(clean, first, &n_seen), n_seen), 0); /* nothing to learn from yet */
    poison_panel(p, origin);
    backtest *poisoned = run_with(options);
    assert_true(weights_at(poisoned, origin, &n_poisoned) == before);
    assert_int_equal(n_poisoned, n_clean);
    assert_true(n_clean > 10);
    /* The sabotaged twin: poison in the last month that is seen must be noticed. */
    poison_panel(p, origin - 1);
    backtest *seen = run_with(options);
    assert_true(weights_at(seen, origin, &n_seen) != before);
    backtest_free(clean);
    backtest_free(poisoned);
    backtest_free(seen);
    teardown(NULL);
    assert_int_equal(setup(NULL), 0); /* clean data */
}

/** What the first forecast could not know is named beside the scores. */
static void hindsight_is_named(void **state) {
    (void)state;
    backtest *early = run(1),
             *late = run_with((backtest_options){.first_origin = month_from_civil(2024, 1), .set = BACKTEST_ROLLING});
    bool is_collapse_named = false;
    for (size_t i = 0; i < early->n_hindsight; i++)
        is_collapse_named |= strcmp(early->hindsight[i].name, "morale.cascade_point") == 0 &&
                             strcmp(early->hindsight[i].known, "2021-08") == 0;
    assert_true(is_collapse_named);
    for (size_t i = 0; i < late->n_hindsight; i++)
        assert_true(strcmp(late->hindsight[i].known, "2024-01") > 0);
    assert_true(late->n_hindsight < early->n_hindsight);
    backtest_free(early);
    backtest_free(late);
}

static void same_for_any_threads(void **state) {
    (void)state;
    backtest *one = run(1), *three = run(3);
    assert_int_equal(one->n_scores, three->n_scores);
    for (size_t i = 0; i < one->n_scores; i++)
        assert_memory_equal(&one->scores[i].means, &three->scores[i].means, sizeof one->scores[i].means);
    backtest_free(one);
    backtest_free(three);
}

/** A message for options that leave no origin. */
static void refuses(const panel *data, backtest_options options, const char *message) {
    tsr_error error = TSR_ERROR_INIT;
    backtest *b = NULL;
    options.n_particles = PARTICLES;
    assert_int_equal(backtest_run(w, data, &options, &b, &error), TSR_E_INPUT);
    if (!strstr(error.message, message))
        fail_msg("'%s' is not in '%s'", message, error.message);
}

static void no_origin_is_said(void **state) {
    (void)state;
    panel shorter = *p;
    refuses(p, (backtest_options){.first_origin = month_from_civil(2030, 1)}, "between 2015-01 and 2024-03");
    refuses(p, (backtest_options){.last_origin = month_from_civil(2024, 4)}, "between 2015-01 and 2024-03");
    refuses(p, (backtest_options){.first_origin = month_from_civil(2014, 12)}, "from 2014-12 to 2024-03");
    refuses(p, (backtest_options){.first_origin = month_from_civil(2019, 2), .last_origin = month_from_civil(2019, 1)},
            "from 2019-02 to 2019-01");
    refuses(p,
            (backtest_options){.first_origin = month_from_civil(2019, 2),
                               .last_origin = month_from_civil(2019, 5),
                               .set = BACKTEST_WINDOW},
            "October of 2017 to 2022");
    shorter.n_months = 36;
    refuses(&shorter, (backtest_options){0}, "which have 36 months");
    shorter.n_months = 1;
    refuses(&shorter, (backtest_options){0}, "the data have 1 month");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_stand_where_they_belong),
        cmocka_unit_test(window_is_the_next_year),
        cmocka_unit_test(same_for_any_threads),
        cmocka_unit_test(hindsight_is_named),
        cmocka_unit_test(no_origin_is_said),
        cmocka_unit_test(weights_see_nothing_later), /* these poison the data */
        cmocka_unit_test(nothing_later_is_seen),
        cmocka_unit_test(nothing_later_is_seen_after_the_case),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
