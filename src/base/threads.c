/* A pool of threads. Tasks are handed out under one lock: a task is a tile of simulation or a file, milliseconds or more.
 * The caller is worker 0: a pool of one has no thread, and a single task wakes nobody. */
#include "base/threads.h"

#include "base/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

typedef struct pool_worker {
    thread_pool *pool;
    pthread_t thread;
    uint32_t index;
} pool_worker;

struct thread_pool {
    pthread_mutex_t lock;
    pthread_cond_t work_came, work_ended;
    pool_worker *workers;
    uint32_t n_workers, n_started; /**< the caller counts as started */
    bool ending;
    /* the current run */
    uint64_t run_number; /**< a new one wakes the workers */
    uint32_t n_busy;
    const char *name;
    uint64_t n_tasks, next, n_done;
    thread_task task;
    void *user;
    const tsr_hooks *hooks;
    bool stopping;
    uint64_t n_failed, first_failed;
    tsr_error first_error;
    tsr_status status;
};

/** Remember a failure; the lowest task index wins, so that the message does not depend on the number of threads. */
static void remember_failure(thread_pool *pool, uint64_t index, tsr_status status, const tsr_error *error) {
    pool->stopping = true;
    if (pool->n_failed++ == 0 || index < pool->first_failed) {
        pool->first_failed = index;
        pool->first_error = *error;
        pool->status = status;
    }
}

/** Take tasks until there are none. The lock is held on entry and on exit. */
static void take_tasks(thread_pool *pool, uint32_t worker) {
    while (!pool->stopping && pool->next < pool->n_tasks) {
        uint64_t index = pool->next++;
        tsr_error error = TSR_ERROR_INIT;
        if (log_cancelled(pool->hooks)) {
            tsr_status status = FAIL(&error, TSR_E_CANCELLED, "%s was interrupted", pool->name);
            remember_failure(pool, index, status, &error);
            return;
        }
        pthread_mutex_unlock(&pool->lock);
        tsr_status status = pool->task(pool->user, index, worker, &error);
        pthread_mutex_lock(&pool->lock);
        pool->n_done++;
        if (status != TSR_OK) {
            if (error.status == TSR_OK) /* a status without a reason is no answer */
                FAIL(&error, status, "%s failed at task %" PRIu64, pool->name, index);
            remember_failure(pool, index, status, &error);
        } else if (pool->hooks && pool->hooks->progress)
            pool->hooks->progress(pool->hooks->user, pool->name, pool->n_done, pool->n_tasks);
    }
}

static void *work(void *user) {
    pool_worker *me = user;
    thread_pool *pool = me->pool;
    uint64_t seen = 0;
    pthread_mutex_lock(&pool->lock);
    while (true) {
        while (!pool->ending && pool->run_number == seen)
            pthread_cond_wait(&pool->work_came, &pool->lock);
        if (pool->ending)
            break;
        seen = pool->run_number;
        take_tasks(pool, me->index);
        if (--pool->n_busy == 0)
            pthread_cond_signal(&pool->work_ended);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static uint32_t usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n > 0 ? (uint32_t)n : 1;
}

tsr_status thread_pool_create(uint32_t n_threads, thread_pool **out, tsr_error *error) {
    if (n_threads > 1024)
        return FAIL(error, TSR_E_USAGE, "threads is %u; it must be 1 to 1024, or 0 for all processors", n_threads);
    uint32_t n = n_threads ? n_threads : usable_processors();
    thread_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return FAIL(error, TSR_E_MEMORY, "no memory for a pool of threads");
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work_came, NULL);
    pthread_cond_init(&pool->work_ended, NULL);
    pool->n_workers = n;
    pool->workers = calloc(n, sizeof *pool->workers);
    for (pool->n_started = 1; pool->workers && pool->n_started < n; pool->n_started++) {
        pool_worker *worker = &pool->workers[pool->n_started];
        *worker = (pool_worker){.pool = pool, .index = pool->n_started};
        if (pthread_create(&worker->thread, NULL, work, worker) != 0)
            break;
    }
    if (!pool->workers || pool->n_started < n) {
        uint32_t n_started = pool->n_started;
        thread_pool_free(pool);
        return FAIL(error, TSR_E_MEMORY, "threads is %u; this system allowed only %u", n, n_started);
    }
    *out = pool;
    return TSR_OK;
}

void thread_pool_free(thread_pool *pool) {
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work_came);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 1; pool->workers && i < pool->n_started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->work_ended);
    pthread_cond_destroy(&pool->work_came);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

uint32_t thread_pool_size(const thread_pool *pool) {
    return pool->n_workers;
}

tsr_status thread_pool_run(thread_pool *pool, const char *name, uint64_t n, thread_task task, void *user,
                           const tsr_hooks *hooks, tsr_error *error) {
    pthread_mutex_lock(&pool->lock);
    pool->name = name;
    pool->n_tasks = n;
    pool->next = pool->n_done = pool->n_failed = 0;
    pool->task = task;
    pool->user = user;
    pool->hooks = hooks;
    pool->stopping = false;
    pool->status = TSR_OK;
    pool->n_busy = 0;
    if (n > 1 && pool->n_workers > 1) {
        pool->n_busy = pool->n_workers - 1;
        pool->run_number++;
        pthread_cond_broadcast(&pool->work_came);
    }
    take_tasks(pool, 0);
    while (pool->n_busy > 0)
        pthread_cond_wait(&pool->work_ended, &pool->lock);
    tsr_status status = pool->status;
    if (status != TSR_OK && error) {
        bool first = error->status == TSR_OK;
        if (first)
            *error = pool->first_error;
        error->others += pool->n_failed - first;
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

struct background {
    pthread_t thread;
    bool has_thread;
    background_task task;
    void *user;
    tsr_status status;
    tsr_error error;
};

static void *run_background(void *user) {
    background *b = user;
    b->status = b->task(b->user, &b->error);
    return NULL;
}

tsr_status background_start(background_task task, void *user, background **out, tsr_error *error) {
    background *b = calloc(1, sizeof *b);
    if (!b)
        return FAIL(error, TSR_E_MEMORY, "no memory for a thread");
    *b = (background){.task = task, .user = user, .error = TSR_ERROR_INIT};
    b->has_thread = pthread_create(&b->thread, NULL, run_background, b) == 0;
    *out = b;
    return TSR_OK;
}

tsr_status background_finish(background *b, tsr_error *error) {
    if (!b)
        return TSR_OK;
    if (b->has_thread)
        pthread_join(b->thread, NULL);
    else
        run_background(b);
    tsr_status status = b->status;
    if (status != TSR_OK && error)
        *error = b->error;
    free(b);
    return status;
}
