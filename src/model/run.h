/* Running tiles: the only entry points of a kernel. */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "model/descent.h"
#include "model/step.h"

/** One kernel: the functions of one instruction set. */
typedef struct model_kernel {
    const char *name; /**< "baseline", "v3", "v4", "double" */
    size_t real_size; /**< bytes of a state value */
    random_key (*key)(uint64_t seed, random_purpose purpose, uint64_t replicate);
    void (*start)(model_tile *tile);                   /**< draw parameters and the state at the start */
    void (*month)(model_tile *tile, uint32_t i_month); /**< advance by one month */
    void (*place)(model_tile *tile);                   /**< set the parameters that have coordinates */
    /** After the last month with data, before month i_month: multipliers drawn from their posteriors. */
    void (*release)(model_tile *tile, uint32_t i_month);
    /** Rows of a tile from the particles' ancestors. */
    void (*descend)(const model_descent *d, size_t first, size_t end);
    /** Is every number of the state that a month may have changed, or the start as well? NULL: not known. */
    bool (*is_finite)(const model_tile *tile, bool since_start);
    const mechanism *const *mechanisms;
    size_t n_mechanisms;
} model_kernel;

extern const model_kernel model_kernel_baseline;
extern const model_kernel model_kernel_double; /**< real = double: tile memory must be sized by real_size */
#ifdef TESSERA_X86
extern const model_kernel model_kernel_v3, model_kernel_v4;
#endif

/** Rows of scratch that a tile needs. */
uint32_t model_scratch_rows(const model *m);

#endif
