/* Running tiles over a pool of threads. */
#include "ensemble/ensemble.h"

#include "base/memory.h"
#include "base/threads.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

tsr_status ensemble_kernel(const char *name, const model_kernel **out, tsr_error *error) {
#ifdef TESSERA_X86
    bool has_v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    bool has_v4 = has_v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
    const struct {
        const model_kernel *kernel;
        bool here;
    } known[] = {{&model_kernel_v4, has_v4}, {&model_kernel_v3, has_v3}, {&model_kernel_baseline, true}};
#else
    const struct {
        const model_kernel *kernel;
        bool here;
    } known[] = {{&model_kernel_baseline, true}};
#endif
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (name && strcmp(name, known[i].kernel->name) != 0)
            continue;
        if (known[i].here) {
            *out = known[i].kernel;
            return TSR_OK;
        }
        if (name)
            return FAIL(error, TSR_E_USAGE, "kernel '%s' needs instructions that this processor does not have", name);
    }
    return FAIL(error, TSR_E_USAGE, "there is no kernel '%s'; allowed are baseline, v3 and v4", name ? name : "");
}

void ensemble_row_name(const model *m, uint32_t row, char *out, size_t n) {
    static const char *const names[MODEL_ROW_GROUPS] = {
#define X(id, count, off) #id,
        MODEL_ROWS(X)
#undef X
    };
    for (uint32_t g = 0; g < MODEL_ROW_GROUPS; g++)
        if (row >= m->first_row[g] && row < m->first_row[g] + m->n_rows_of[g]) {
            snprintf(out, n, "%s[%u]", names[g], row - m->first_row[g]);
            return;
        }
    snprintf(out, n, "row %u", row);
}

tsr_status ensemble_tile_create(const model *m, const model_kernel *kernel, uint32_t n_lanes, model_tile *tile,
                                void **storage, tsr_error *error) {
    size_t row = (size_t)n_lanes * kernel->real_size;
    size_t n_rows = (size_t)m->n_rows + m->n_parameters + model_scratch_rows(m);
    char *bytes = memory_rows(n_rows * row);
    if (!bytes)
        return FAIL(error, TSR_E_MEMORY, "no memory for a tile of %zu rows of %u lanes", n_rows, n_lanes);
    tile->m = m;
    tile->n_lanes = n_lanes;
    tile->state = (real *)(void *)bytes;
    tile->parameters = (real *)(void *)(bytes + m->n_rows * row);
    tile->scratch = (real *)(void *)(bytes + ((size_t)m->n_rows + m->n_parameters) * row);
    *storage = bytes;
    return TSR_OK;
}

static const size_t most_bytes = (size_t)64 << 20;

uint32_t ensemble_lanes(const model *m, uint32_t n_members, uint32_t n_threads) {
    size_t rows = (size_t)m->n_rows + m->n_parameters + model_scratch_rows(m);
    size_t fitting = most_bytes / (rows * sizeof(real)) / LANES * LANES;
    uint32_t most = fitting < LANES ? LANES : fitting > 128 ? 128 : (uint32_t)fitting;
    uint32_t n_tiles = ((n_members - 1) / (most * n_threads) + 1) * n_threads;
    uint32_t lanes = (n_members - 1) / n_tiles + 1;
    return (lanes + LANES - 1) / LANES * LANES;
}

typedef struct ensemble_work {
    const model *m;
    const model_kernel *kernel;
    const ensemble_observer *observers;
    size_t n_observers;
    uint32_t n_members, n_lanes;
    random_key key;
    model_tile *tiles; /**< [worker] */
} ensemble_work;

tsr_status ensemble_check_tile(const model_kernel *kernel, const model_tile *tile, uint32_t n_members, uint32_t i_month,
                               tsr_error *error) {
    const model *m = tile->m;
    uint32_t n = tile->n_lanes;
    if (kernel->is_finite && kernel->is_finite(tile, i_month == 0))
        return TSR_OK;
    for (uint32_t row = 0; row < m->n_rows; row++) {
        const real *values = tile->state + (size_t)row * n;
        for (uint32_t lane = 0; lane < n; lane++) {
            if (isfinite(values[lane]) || tile->first_slot + lane >= n_members)
                continue;
            char name[64];
            ensemble_row_name(m, row, name, sizeof name);
            tsr_status status =
                FAIL(error, TSR_E_NUMERIC, "%s is not a finite number in particle %u", name, tile->first_slot + lane);
            if (error && error->particle < 0) {
                error->particle = tile->first_slot + lane;
                error->month_id = m->first_month + (int32_t)i_month;
            }
            return status;
        }
    }
    return TSR_OK;
}

static tsr_status run_tile(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    ensemble_work *work = user;
    model_tile *tile = &work->tiles[worker];
    tile->first_slot = (uint32_t)task * work->n_lanes;
    tile->key = work->key;
    work->kernel->start(tile);
    for (uint32_t t = 0; t < work->m->n_months; t++) {
        work->kernel->month(tile, t);
        tsr_status status = ensemble_check_tile(work->kernel, tile, work->n_members, t, error);
        if (status != TSR_OK)
            return status;
        for (size_t k = 0; k < work->n_observers; k++)
            work->observers[k].month(work->observers[k].user, tile, t);
    }
    return TSR_OK;
}

tsr_status ensemble_run(const model *m, const ensemble_options *options, const ensemble_observer *observers,
                        size_t n_observers, tsr_error *error) {
    tsr_status status = TSR_OK;
    thread_pool *pool = NULL;
    void **storage = NULL;
    uint32_t n_workers = 0;
    ensemble_work work = {.m = m, .observers = observers, .n_observers = n_observers, .n_members = options->n_members};
    if (options->n_members == 0 || options->n_members > 1u << 31)
        return FAIL(error, TSR_E_USAGE, "members is %u; it must be 1 to 2147483648", options->n_members);
    if (options->n_lanes % LANES != 0 || options->n_lanes > 128)
        return FAIL(error, TSR_E_USAGE, "lanes is %u; it must be a multiple of 16 up to 128", options->n_lanes);
    TRY(ensemble_kernel(options->kernel, &work.kernel, error));
    work.key = work.kernel->key(options->seed, options->purpose, 0);
    TRY(thread_pool_create(options->n_threads, &pool, error));
    n_workers = thread_pool_size(pool);
    work.n_lanes = options->n_lanes ? options->n_lanes : ensemble_lanes(m, options->n_members, n_workers);
    work.tiles = calloc(n_workers, sizeof *work.tiles);
    storage = calloc(n_workers, sizeof *storage);
    if (!work.tiles || !storage) {
        status = FAIL(error, TSR_E_MEMORY, "no memory for %u workers", n_workers);
        goto out;
    }
    for (uint32_t i = 0; i < n_workers; i++)
        TRY(ensemble_tile_create(m, work.kernel, work.n_lanes, &work.tiles[i], &storage[i], error));
    uint64_t n_tiles = ((uint64_t)options->n_members + work.n_lanes - 1) / work.n_lanes;
    TRY(thread_pool_run(pool, "simulating", n_tiles, run_tile, &work, &options->hooks, error));
out:
    thread_pool_free(pool);
    for (uint32_t i = 0; storage && i < n_workers; i++)
        free(storage[i]);
    free(storage);
    free(work.tiles);
    return status;
}
