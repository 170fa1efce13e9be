/* A pool of threads that share out numbered tasks. Workers sleep when there is nothing to do. */
#ifndef BASE_THREADS_H
#define BASE_THREADS_H

#include "base/error.h"

typedef struct thread_pool thread_pool;

/** @param n_threads 1 ... 1024; 0 means as many as the processors that this process may use */
tsr_status thread_pool_create(uint32_t n_threads, thread_pool **out, tsr_error *error);
void thread_pool_free(thread_pool *pool);
uint32_t thread_pool_size(const thread_pool *pool);

/** One task. `worker` is 0 ... size-1, for scratch memory of one's own. May run at any time on any worker. */
typedef tsr_status (*thread_task)(void *user, uint64_t task, uint32_t worker, tsr_error *error);

/** Run tasks 0 ... n-1, handed out in order. When one fails no new ones are started; the error of the lowest task index
 *  wins and `error->others` counts the rest. `hooks` (may be NULL) gets progress(task name, done, n) from one thread at
 *  a time and is asked `cancelled` before every task: then TSR_E_CANCELLED. A task calls no hook itself, the log included:
 *  the pool is what keeps hooks from being called by two threads at once. */
tsr_status thread_pool_run(thread_pool *pool, const char *name, uint64_t n, thread_task task, void *user,
                           const tsr_hooks *hooks, tsr_error *error);

/** One task in a thread of its own, beside the caller, that uses no hook. When there can be no further thread it runs in
 *  background_finish. @param task  returns a status, and says why in `error` when it fails */
typedef struct background background;
typedef tsr_status (*background_task)(void *user, tsr_error *error);
tsr_status background_start(background_task task, void *user, background **out, tsr_error *error);
/** Wait for the task and free it. Returns its status, TSR_OK for NULL. */
tsr_status background_finish(background *b, tsr_error *error);

#endif
