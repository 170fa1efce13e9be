/* The pool: every task once, one worker's scratch is its own, errors do not depend on threads, hooks never overlap. */
#include "base/threads.h"
#include "test.h"

#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { N_TASKS = 500, MOST_THREADS = 7 };
static const uint32_t sizes[] = {1, 2, MOST_THREADS};

/** What tasks and hooks see. cmocka's assertions belong to the main thread, so faults are counted. */
typedef struct probe {
    atomic_int n_runs[N_TASKS];
    atomic_int busy[MOST_THREADS]; /**< tasks that use this worker's scratch now */
    atomic_int n_faults;
    atomic_int in_hook;
    uint64_t last_done;
    int n_progress;
    int n_asked;
    int cancel_after; /**< the answer to `cancelled` becomes yes after this many questions; -1: never */
    atomic_int n_met;
    uint32_t size;
} probe;

static void nap(long milliseconds) {
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}, NULL);
}

static void enter_hook(probe *p) {
    if (atomic_fetch_add(&p->in_hook, 1) != 0)
        atomic_fetch_add(&p->n_faults, 1);
    sched_yield(); /* let another thread in, if it can */
}

static void leave_hook(probe *p) {
    atomic_fetch_sub(&p->in_hook, 1);
}

static void see_progress(void *user, const char *task, uint64_t done, uint64_t total) {
    probe *p = user;
    enter_hook(p);
    if (strcmp(task, "counting") != 0 || total != N_TASKS || done <= p->last_done || done > total)
        atomic_fetch_add(&p->n_faults, 1);
    p->last_done = done;
    p->n_progress++;
    leave_hook(p);
}

static bool answer_cancelled(void *user) {
    probe *p = user;
    enter_hook(p);
    bool answer = p->cancel_after >= 0 && p->n_asked >= p->cancel_after;
    p->n_asked++;
    leave_hook(p);
    return answer;
}

static tsr_status count_run(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    probe *p = user;
    if (worker >= p->size || task >= N_TASKS || error->status != TSR_OK || atomic_fetch_add(&p->busy[worker], 1) != 0)
        atomic_fetch_add(&p->n_faults, 1);
    atomic_fetch_add(&p->n_runs[task], 1);
    if (task % 50 == 0)
        sched_yield();
    atomic_fetch_sub(&p->busy[worker], 1);
    return TSR_OK;
}

static void test_every_task_once(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        thread_pool *pool = NULL;
        assert_int_equal(thread_pool_create(sizes[i], &pool, NULL), TSR_OK);
        assert_int_equal(thread_pool_size(pool), sizes[i]);
        for (int round = 0; round < 20; round++) { /* a pool is used again and again */
            probe p = {.cancel_after = -1, .size = sizes[i]};
            tsr_hooks hooks = {.progress = see_progress, .cancelled = answer_cancelled, .user = &p};
            tsr_error error = TSR_ERROR_INIT;
            assert_int_equal(thread_pool_run(pool, "counting", N_TASKS, count_run, &p, &hooks, &error), TSR_OK);
            for (int k = 0; k < N_TASKS; k++)
                assert_int_equal(p.n_runs[k], 1);
            assert_int_equal(p.n_faults, 0);
            assert_int_equal(p.n_progress, N_TASKS);
            assert_int_equal(p.last_done, N_TASKS);
            assert_int_equal(p.n_asked, N_TASKS);
            assert_int_equal(error.status, TSR_OK);
        }
        thread_pool_free(pool);
    }
}

/** Tasks 3, 5 and all from 11 on fail; the lowest is the slowest. */
static tsr_status fail_some(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    probe *p = user;
    (void)worker;
    atomic_fetch_add(&p->n_runs[task], 1);
    if (task == 3)
        nap(20);
    if (task != 3 && task != 5 && task < 11)
        return TSR_OK;
    tsr_status status = FAIL(error, TSR_E_NUMERIC, "task %d failed", (int)task);
    error->particle = (int64_t)task;
    return status;
}

static void test_lowest_error(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        thread_pool *pool = NULL;
        assert_int_equal(thread_pool_create(sizes[i], &pool, NULL), TSR_OK);
        for (int round = 0; round < 5; round++) {
            probe p = {.size = sizes[i]};
            tsr_error error = TSR_ERROR_INIT;
            assert_int_equal(thread_pool_run(pool, "failing", N_TASKS, fail_some, &p, NULL, &error), TSR_E_NUMERIC);
            assert_int_equal(error.status, TSR_E_NUMERIC);
            assert_string_equal(error.message, "task 3 failed");
            assert_int_equal(error.particle, 3);
            assert_true(error.others < sizes[i]);
            int n_started = 0;
            for (int k = 0; k < N_TASKS; k++)
                n_started += p.n_runs[k];
            assert_in_range(n_started, 4, 3 + 2 * sizes[i]); /* no new ones after a failure */
            for (int k = 0; k < 4; k++)
                assert_int_equal(p.n_runs[k], 1);
        }
        probe p = {.cancel_after = -1, .size = sizes[i]}; /* a failure leaves the pool as it was */
        assert_int_equal(thread_pool_run(pool, "counting", N_TASKS, count_run, &p, NULL, NULL), TSR_OK);
        thread_pool_free(pool);
    }
}

static tsr_status fail_silently(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)user, (void)worker, (void)error;
    return task == 2 ? TSR_E_IO : TSR_OK;
}

static void test_error_of_caller(void **state) {
    (void)state;
    thread_pool *pool = NULL;
    assert_int_equal(thread_pool_create(1, &pool, NULL), TSR_OK);
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(thread_pool_run(pool, "tables", 5, fail_silently, NULL, NULL, &error), TSR_E_IO);
    assert_int_equal(error.status, TSR_E_IO);
    assert_string_equal(error.message, "tables failed at task 2"); /* no status without a sentence */
    assert_int_equal(error.others, 0);
    error = (tsr_error)TSR_ERROR_INIT;
    FAIL(&error, TSR_E_INPUT, "an earlier one");
    assert_int_equal(thread_pool_run(pool, "tables", 5, fail_silently, NULL, NULL, &error), TSR_E_IO);
    assert_string_equal(error.message, "an earlier one");
    assert_int_equal(error.others, 1);
    assert_int_equal(thread_pool_run(pool, "tables", 5, fail_silently, NULL, NULL, NULL), TSR_E_IO);
    thread_pool_free(pool);
}

static void test_cancel(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        thread_pool *pool = NULL;
        assert_int_equal(thread_pool_create(sizes[i], &pool, NULL), TSR_OK);
        for (int after = 0; after <= 10; after += 5) {
            probe p = {.cancel_after = after, .size = sizes[i]};
            tsr_hooks hooks = {.progress = see_progress, .cancelled = answer_cancelled, .user = &p};
            tsr_error error = TSR_ERROR_INIT;
            assert_int_equal(thread_pool_run(pool, "counting", N_TASKS, count_run, &p, &hooks, &error),
                             TSR_E_CANCELLED);
            assert_string_equal(error.message, "counting was interrupted");
            assert_int_equal(error.others, 0);
            int n_run = 0;
            for (int k = 0; k < N_TASKS; k++)
                n_run += p.n_runs[k];
            assert_int_equal(n_run, after);
            assert_int_equal(p.n_asked, after + 1);
            assert_int_equal(p.n_faults, 0);
        }
        thread_pool_free(pool);
    }
}

/** Tasks wait for each other: only so many at once can end. */
static tsr_status meet(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    probe *p = user;
    (void)task, (void)worker;
    atomic_fetch_add(&p->n_met, 1);
    for (int i = 0; i < 10000 && atomic_load(&p->n_met) < (int)p->size; i++)
        nap(1);
    return atomic_load(&p->n_met) == (int)p->size ? TSR_OK : FAIL(error, TSR_E_INTERNAL, "they never met");
}

static void test_at_once(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        thread_pool *pool = NULL;
        probe p = {.size = sizes[i]};
        assert_int_equal(thread_pool_create(sizes[i], &pool, NULL), TSR_OK);
        assert_int_equal(thread_pool_run(pool, "meeting", sizes[i], meet, &p, NULL, NULL), TSR_OK);
        thread_pool_free(pool);
    }
}

/** Who has nothing to do sleeps: the processor time of an idle pool is a small part of the time. */
static void test_idle(void **state) {
    (void)state;
    thread_pool *pool = NULL;
    probe p = {.cancel_after = -1, .size = MOST_THREADS};
    assert_int_equal(thread_pool_create(MOST_THREADS, &pool, NULL), TSR_OK);
    assert_int_equal(thread_pool_run(pool, "counting", N_TASKS, count_run, &p, NULL, NULL), TSR_OK);
    clock_t before = clock();
    nap(200);
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    assert_true(seconds < 0.1);
    thread_pool_free(pool);
}

static void test_edges(void **state) {
    (void)state;
    thread_pool *pool = NULL;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(thread_pool_create(1025, &pool, &error), TSR_E_USAGE);
    assert_non_null(strstr(error.message, "threads is 1025"));
    assert_null(pool);
    assert_int_equal(thread_pool_create(0, &pool, NULL), TSR_OK); /* all processors */
    assert_in_range(thread_pool_size(pool), 1, sysconf(_SC_NPROCESSORS_CONF));
    assert_int_equal(thread_pool_run(pool, "nothing", 0, count_run, NULL, NULL, NULL), TSR_OK);
    thread_pool_free(pool);
    thread_pool_free(NULL);
}

static tsr_status double_it(void *user, tsr_error *error) {
    int *number = user;
    if (*number < 0)
        return FAIL(error, TSR_E_INPUT, "the number is %d; it must be 0 or more", *number);
    *number *= 2;
    return TSR_OK;
}

/** A task beside the caller: its result, or its failure, arrives with background_finish. */
static void test_background(void **state) {
    (void)state;
    background *b = NULL;
    tsr_error error = TSR_ERROR_INIT;
    int good = 21, bad = -1;
    assert_int_equal(background_start(double_it, &good, &b, &error), TSR_OK);
    assert_int_equal(background_finish(b, &error), TSR_OK);
    assert_int_equal(good, 42);
    assert_int_equal(background_start(double_it, &bad, &b, &error), TSR_OK);
    assert_int_equal(background_finish(b, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "the number is -1"));
    assert_int_equal(background_start(double_it, &bad, &b, NULL), TSR_OK);
    assert_int_equal(background_finish(b, NULL), TSR_E_INPUT);
    assert_int_equal(background_finish(NULL, NULL), TSR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_task_once), cmocka_unit_test(test_lowest_error),
        cmocka_unit_test(test_error_of_caller), cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_at_once),         cmocka_unit_test(test_idle),
        cmocka_unit_test(test_edges),           cmocka_unit_test(test_background),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
