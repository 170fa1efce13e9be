/* The parts of model_create, one file each. Every function fills its fields of `m` from the world; memory is the arena's. */
#ifndef MODEL_COMPILE_H
#define MODEL_COMPILE_H

#include "base/arena.h"
#include "model/model.h"

tsr_status compile_actors(model *m, arena *memory, tsr_error *error);
tsr_status compile_areas(model *m, arena *memory, tsr_error *error);
tsr_status compile_parameters(model *m, arena *memory, tsr_error *error);
tsr_status compile_schedules(model *m, arena *memory, tsr_error *error);
tsr_status compile_events(model *m, arena *memory, tsr_error *error);
tsr_status compile_starts(model *m, arena *memory, tsr_error *error);

/** Families of one, when compile_events has split those that split. */
void compile_members(model *m);

/** sd of the log that makes low and high the 5 % and 95 % points; 0 for a plain number or one that reaches 0. */
double compile_log_spread(const world_number *number);
/** The same on the scale of the number itself. */
double compile_spread(const world_number *number);

/** log x for x > 0 and atanh r for |r| < 1: our own, so that starts do not depend on the C library. */
double compile_log(double x);
double compile_atanh(double r);

/** An array of `n` zeroed items (at least one) from the arena, or TSR_E_MEMORY. */
tsr_status compile_array(arena *memory, size_t n, size_t item_size, void *out, tsr_error *error);

#endif
