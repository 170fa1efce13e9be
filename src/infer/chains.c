/* Metropolis-Hastings with an approximation that is learned; see chains.h. */
#include "infer/chains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { START_ATTEMPTS = 50, REFITS = 50 };

static const double acceptance = 0.2;        /* of steps */
static const double independent_share = 0.6; /* of proposals */

tsr_status chains_create(uint32_t n, uint32_t n_chains, uint32_t n_steps, chains **out, tsr_error *error) {
    chains *c = calloc(1, sizeof *c);
    size_t n_draws = (size_t)n_chains * n_steps, n_tried = (size_t)n_chains * (n_steps / 3);
    if (c)
        *c = (chains){.n = n,
                      .n_chains = n_chains,
                      .n_steps = n_steps,
                      .n_learning = n_steps / 3,
                      .state = calloc(n_chains, sizeof *c->state),
                      .z = calloc(n_draws * n, sizeof *c->z),
                      .log_density = calloc(n_draws, sizeof *c->log_density),
                      .tried_z = calloc(n_tried * n, sizeof *c->tried_z),
                      .tried = calloc(n_tried, sizeof *c->tried)};
    if (!c || !c->state || !c->z || !c->log_density || !c->tried_z || !c->tried) {
        chains_free(c);
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains of %u steps", n_chains, n_steps);
    }
    *out = c;
    return TSR_OK;
}

void chains_free(chains *c) {
    if (!c)
        return;
    free(c->state);
    free(c->z);
    free(c->log_density);
    free(c->tried_z);
    free(c->tried);
    free(c);
}

/** What the tasks of one step need. */
typedef struct stepping {
    chains *c;
    const chain_target *target;
    const chain_options *o;
    approximation a;
    uint32_t n_fitted; /* steps that the approximation has learned from */
    bool is_fitted;
} stepping;

/** Words of one step of one chain. */
static philox_stream stream_of(const chain_options *o, uint32_t chain, uint32_t step) {
    random_address address = {.key = KERNEL(random_key_make)(o->seed, RANDOM_CHAIN, 0), .substep = step};
    return philox_stream_of(&address, 1, chain, 0);
}

/** The replicate of a call of the target: chains, steps and attempts to start have ranges of their own. */
static uint64_t replicate_of(uint32_t chain, uint32_t step) {
    return (uint64_t)(chain + 1) << 32 | step;
}

static tsr_status begin(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)worker;
    const stepping *now = user;
    const chains *c = now->c;
    uint32_t k = (uint32_t)task;
    chain_state *s = &c->state[k];
    philox_stream stream = stream_of(now->o, k, 0);
    *s = (chain_state){.log_density = -INFINITY, .log_scale = log(2.38 / sqrt(c->n))};
    for (uint32_t attempt = 0; attempt < START_ATTEMPTS && !(s->log_density > -INFINITY); attempt++) {
        memcpy(s->z, now->o->centre, c->n * sizeof *s->z);
        approximation_step(&now->a, 1, &stream, s->z);
        s->drawn_in = UINT32_MAX - attempt;
        tsr_status status =
            now->target->log_density(now->target->user, k, s->z, replicate_of(k, s->drawn_in), &s->log_density, error);
        if (status != TSR_OK)
            return status;
    }
    if (!(s->log_density > -INFINITY))
        return FAIL(error, TSR_E_NUMERIC, "chain %u found no possible start in %d attempts", k + 1, START_ATTEMPTS);
    return TSR_OK;
}

/** The approximation for the next step. It learns at whole multiples of a stride, so that one that goes on after a stop is the
 *  one that would have been. */
static tsr_status learn(stepping *now, tsr_error *error) {
    const chains *c = now->c;
    uint32_t n_tried = c->n_learning, stride = n_tried / REFITS + 1;
    uint32_t n = c->n_done < n_tried ? c->n_done / stride * stride : n_tried;
    if (now->is_fitted && n == now->n_fitted)
        return TSR_OK;
    approximation_points *runs = calloc(c->n_chains, sizeof *runs);
    if (!runs)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains", c->n_chains);
    for (uint32_t k = 0; k < c->n_chains; k++)
        runs[k] = (approximation_points){
            .z = c->tried_z + (size_t)k * n_tried * c->n, .log_density = c->tried + (size_t)k * n_tried, .n_points = n};
    const approximation_guess guess = {now->o->centre, now->o->start_sd, now->o->most_sd};
    tsr_status status = approximation_fit(c->n, runs, c->n_chains, &guess, &now->a, error);
    free(runs);
    now->n_fitted = n;
    now->is_fitted = true;
    return status;
}

static tsr_status make_step(void *user, uint64_t task, uint32_t worker, tsr_error *error) {
    (void)worker;
    const stepping *now = user;
    chains *c = now->c;
    uint32_t k = (uint32_t)task, step = c->n_done, n_tried = c->n_learning;
    chain_state *s = &c->state[k];
    philox_stream stream = stream_of(now->o, k, step + 1);
    double z[SPACE_MOST], log_density, log_ratio = 0;
    bool is_independent = counts_uniform(&stream) < independent_share, is_warm = step >= n_tried;
    memcpy(z, s->z, sizeof z);
    if (is_independent) {
        approximation_draw(&now->a, &stream, z);
        log_ratio = approximation_log_density(&now->a, s->z) - approximation_log_density(&now->a, z);
    } else {
        approximation_step(&now->a, exp(s->log_scale), &stream, z);
    }
    double u = counts_uniform(&stream);
    uint32_t drawn_in = is_warm && !is_independent ? s->drawn_in : step;
    tsr_status status =
        now->target->log_density(now->target->user, k, z, replicate_of(k, drawn_in), &log_density, error);
    if (status != TSR_OK)
        return status;
    if (!(log_density > -INFINITY)) {
        log_density = -INFINITY; /* not a number is impossible too */
        s->n_impossible++;
    }
    log_ratio += log_density - s->log_density;
    double chance = log_ratio > 0 ? 1 : exp(log_ratio);
    bool is_accepted = u < chance;
    if (is_accepted) {
        memcpy(s->z, z, sizeof s->z);
        s->log_density = log_density;
        s->drawn_in = drawn_in;
    }
    s->n_accepted += is_warm && is_accepted;
    if (!is_warm) {
        memcpy(c->tried_z + ((size_t)k * n_tried + step) * c->n, z, c->n * sizeof *z);
        c->tried[(size_t)k * n_tried + step] = log_density;
        if (!is_independent)
            s->log_scale += (chance - acceptance) / sqrt(step + 1.0);
    }
    memcpy(c->z + ((size_t)k * c->n_steps + step) * c->n, s->z, c->n * sizeof *c->z);
    c->log_density[(size_t)k * c->n_steps + step] = s->log_density;
    return TSR_OK;
}

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/** One step of all chains, or of none: what is saved is always between two steps. */
static tsr_status step_all(stepping *now, chain_state *before, tsr_error *error) {
    chains *c = now->c;
    const tsr_hooks hooks = {.cancelled = now->o->hooks.cancelled, .user = now->o->hooks.user};
    memcpy(before, c->state, c->n_chains * sizeof *before);
    tsr_status status = learn(now, error);
    if (status == TSR_OK)
        status = thread_pool_run(now->o->pool, "posterior", c->n_chains, make_step, now, &hooks, error);
    if (status == TSR_OK)
        c->n_done++;
    else
        memcpy(c->state, before, c->n_chains * sizeof *before);
    return status;
}

tsr_status chains_run(chains *c, const chain_target *target, const chain_options *o, tsr_error *error) {
    tsr_status status = TSR_OK;
    double saved = clock_seconds();
    stepping now = {.c = c, .target = target, .o = o};
    chain_state *before = calloc(c->n_chains, sizeof *before);
    if (!before)
        return FAIL(error, TSR_E_MEMORY, "no memory for %u chains", c->n_chains);
    TRY(learn(&now, error));
    if (c->n_done == 0)
        TRY(thread_pool_run(o->pool, "starts", c->n_chains, begin, &now, NULL, error));
    while (c->n_done < c->n_steps) {
        status = step_all(&now, before, error);
        bool is_stopped = status == TSR_E_CANCELLED;
        if (o->save && (is_stopped || clock_seconds() - saved >= o->save_seconds)) {
            tsr_status saving = o->save(o->save_user, is_stopped ? NULL : error);
            status = status == TSR_OK ? saving : status;
            saved = clock_seconds();
        }
        TRY(status);
        if (o->hooks.progress)
            o->hooks.progress(o->hooks.user, "posterior", c->n_done, c->n_steps);
    }
out:
    free(before);
    return status;
}
