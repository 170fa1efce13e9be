/* Many particles: tiles of lanes over threads, the same bits for any number of either. */
#ifndef ENSEMBLE_ENSEMBLE_H
#define ENSEMBLE_ENSEMBLE_H

#include "base/error.h"
#include "model/run.h"

/** Who looks at the tiles. Called after every month of every tile, from any thread, for different tiles at once: it may
 *  write only what belongs to the tile's slots. The tile's real is float. */
typedef struct ensemble_observer {
    void (*month)(void *user, const model_tile *tile, uint32_t i_month);
    /** Slot i now goes on from slot ancestors[i]; called by filters only, from one thread. May be NULL. */
    tsr_status (*resampled)(void *user, const uint32_t *ancestors, uint32_t n, tsr_error *error);
    void *user;
} ensemble_observer;

typedef struct ensemble_options {
    tsr_hooks hooks;
    uint64_t seed;
    random_purpose purpose;
    uint32_t n_members; /**< 1 ... 2^31 */
    uint32_t n_threads; /**< 0: as many as there are processors */
    uint32_t n_lanes;   /**< lanes of a tile, a multiple of 16 up to 128; 0: ensemble_lanes. Changes no bit */
    const char *kernel; /**< "baseline", "v3", "v4"; NULL: the best that this processor has. Changes no bit */
} ensemble_options;

/** The kernel of that name, or the best one for NULL. Errors: TSR_E_USAGE when unknown or not for this processor. */
tsr_status ensemble_kernel(const char *name, const model_kernel **out, tsr_error *error);

/** Run n_members from the start to the last month. Errors: TSR_E_NUMERIC names the first state that is not a number, with
 *  its month and particle; TSR_E_CANCELLED. */
tsr_status ensemble_run(const model *m, const ensemble_options *options, const ensemble_observer *observers,
                        size_t n_observers, tsr_error *error);

/** Memory for one tile of a kernel. `storage` is freed with free(). */
tsr_status ensemble_tile_create(const model *m, const model_kernel *kernel, uint32_t n_lanes, model_tile *tile,
                                void **storage, tsr_error *error);

/** Lanes of a tile: up to 128 and 64 MB, so that all threads have equally many tiles. Long rows count for more than a tile that fits
 *  the second-level cache: memory is read in order and ahead of use, but every short loop over a row has a cost of its own.
 *  @param n_members, n_threads  1 or more */
uint32_t ensemble_lanes(const model *m, uint32_t n_members, uint32_t n_threads);

/** TSR_E_NUMERIC, naming the first state that is not a number with its month and particle; slots from n_members on are not
 *  looked at. */
tsr_status ensemble_check_tile(const model_kernel *kernel, const model_tile *tile, uint32_t n_members, uint32_t i_month,
                               tsr_error *error);

/** Name of a row of the state with its index, for messages: "strength[17]". */
void ensemble_row_name(const model *m, uint32_t row, char *out, size_t n);

#endif
