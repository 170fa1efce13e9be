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
        .seed = 5, .n_particles = 48, .last_data = origin, .n_months = 12, .n_repeats = 1};
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
            facts[i].number.value *= 10;
            facts[i].number.low *= 10;
            facts[i].number.high *= 10;
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

static backtest *run(uint32_t n_threads) {
    tsr_error error = TSR_ERROR_INIT;
    backtest *b = NULL;
    const backtest_options options = {.seed = 5,
                                      .n_particles = 48,
                                      .n_threads = n_threads,
                                      .first_origin = the_origin() - 6,
                                      .last_origin = the_origin(),
                                      .every = 6};
    if (backtest_run(w, p, &options, &b, &error) != TSR_OK)
        fail_msg("%s", error.message);
    return b;
}

/* The score of "zero" is the mean of what happened: from the panel, without the backtest's own tables. */
static void scores_stand_where_they_belong(void **state) {
    (void)state;
    backtest *b = run(1);
    size_t n_checked = 0;
    assert_int_equal(b->n_origins, 2);
    for (size_t i = 0; i < b->n_scores; i++) {
        const backtest_score *s = &b->scores[i];
        assert_true(s->means.crps >= 0 && isfinite(s->means.ign));
        if (strcmp(s->model, "zero") != 0 || s->unit != UNIT_COUNTRY || s->type != TYPE_ALL)
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

static void same_for_any_threads(void **state) {
    (void)state;
    backtest *one = run(1), *three = run(3);
    assert_int_equal(one->n_scores, three->n_scores);
    for (size_t i = 0; i < one->n_scores; i++)
        assert_memory_equal(&one->scores[i].means, &three->scores[i].means, sizeof one->scores[i].means);
    backtest_free(one);
    backtest_free(three);
}

static void no_origin_is_said(void **state) {
    (void)state;
    tsr_error error = TSR_ERROR_INIT;
    backtest *b = NULL;
    const backtest_options options = {.n_particles = 48, .first_origin = month_from_civil(2030, 1)};
    assert_int_equal(backtest_run(w, p, &options, &b, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "2015-01"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_stand_where_they_belong),
        cmocka_unit_test(same_for_any_threads),
        cmocka_unit_test(no_origin_is_said),
        cmocka_unit_test(nothing_later_is_seen), /* these poison the data */
        cmocka_unit_test(nothing_later_is_seen_after_the_case),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
