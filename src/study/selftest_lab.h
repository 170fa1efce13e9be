/* A bench for limits: one tiny world, all mechanisms off but the core, one tile that is run month by month. */
#ifndef STUDY_SELFTEST_LAB_H
#define STUDY_SELFTEST_LAB_H

#include "ensemble/ensemble.h"
#include "world/builder.h"

/* Actors; the first three are factions of the same numbers, the splinter is part of the rebels. Nobody has fighters unless the
   limit says so. */
enum { GOVERNMENT, REBELS, SPLINTER, POWER };
enum { BATTLE, ATTACKS }; /* channels: government and rebels; rebels against civilians */

/** What a limit asks for before lab_begin. Zeros: one area, one sub-step, 12 months, draws in float. */
typedef struct lab_shape {
    uint32_t n_areas;
    uint32_t n_months, substeps;
    bool has_ladder; /**< of the power towards the government, which rules */
    uint32_t rung;   /**< where it starts */
    bool is_double;  /**< the reference kernel in double: rounding of 1e-13 instead of 1e-7 */
    bool is_regular; /**< the government has morale */
    uint64_t seed;
} lab_shape;

typedef struct lab lab;

/** First error of all calls; they do nothing after it. */
lab *lab_create(const lab_shape *shape, const char *spoilt_parameter);
tsr_status lab_free(lab *l, tsr_error *error);

void lab_on(lab *l, const char *name);
/** A parameter for everybody; 10 % more when it is the spoilt one. */
void lab_set(lab *l, const char *name, double value);
/** The same for one actor. */
void lab_set_of(lab *l, const char *name, int32_t actor, double value);
void lab_initial(lab *l, uint32_t kind, int32_t actor, int32_t other, int32_t area, double value);

/** Freeze the world, draw the start. Then change states with lab_put. */
void lab_begin(lab *l);
/** Start again as the next members: the following slots. */
void lab_next_members(lab *l);
/** Run with another kernel, "baseline" for example. Before lab_begin. */
void lab_use_kernel(lab *l, const char *kernel);
/** One more month. */
void lab_month(lab *l);
/** Months so far. */
uint32_t lab_months(const lab *l);

uint32_t lab_lanes(const lab *l);
double lab_get(const lab *l, model_row_group group, uint32_t index, uint32_t lane);
/** The same value in every lane. */
void lab_put(lab *l, model_row_group group, uint32_t index, double value);
const model *lab_model(const lab *l);
bool lab_failed(const lab *l);

/** Mean and variance of a number that `visit` returns per lane after n_months, over n_members; and the mean's standard
 *  error. `prepare` (may be NULL) changes the state after the start. */
typedef struct lab_moments {
    double mean, variance, mean_error, variance_error;
} lab_moments;
typedef double (*lab_visit)(const lab *l, uint32_t lane);
lab_moments lab_sample(lab *l, uint32_t n_members, uint32_t n_months, void (*prepare)(lab *l), lab_visit visit);

#endif
