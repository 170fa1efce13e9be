/* Twins: every mechanism once more, for one particle, in double, from its equations. The bench runs them too, with draws of
 * its own (bench/afghan_draws.c).
 *
 * A twin reads and writes the plain state of one particle and draws at the same addresses as the lanes do. It shares no
 * code with the mechanisms: parameters are found by name, functions are those of libm.
 */
#ifndef TESTS_MODEL_TWIN_H
#define TESTS_MODEL_TWIN_H

#include "model/run.h"

enum { TWIN_MOST_FACTIONS = 64, TWIN_MOST_AREAS = 256 };

/** One particle in one sub-step. */
typedef struct twin {
    const model *m;
    const mechanism *of; /**< whose parameters are meant */
    uint32_t i_mechanism, i_month, i_substep, lane;
    double dt;
    double *x;          /**< [n_rows] */
    const double *seen; /**< [n_rows]: what the lanes made of it; for counts that a rounding may decide */
    const double *parameters;
    random_address address;
    const char *spoilt; /**< parameter that counts 1 % more than it should, or NULL */
    void *generator;    /**< of draws that have no address (bench/afghan_draws.c); NULL here */
} twin;

typedef struct twin_mechanism {
    const char *name;
    void (*start)(const twin *t);
    void (*month)(const twin *t);
    void (*step)(const twin *t);
    void (*close)(const twin *t);
    const char *spoilt; /**< a parameter whose error of 1 % must be noticed */
} twin_mechanism;

extern const twin_mechanism twin_mechanisms[];
extern const size_t n_twin_mechanisms;

/* the state */
static inline double *twin_at(const twin *t, model_row_group group, uint32_t i) {
    return &t->x[t->m->first_row[group] + i];
}

/** Row of (faction, channel or captive pair; area). */
static inline double *twin_cell(const twin *t, model_row_group group, uint32_t of, uint32_t area) {
    return twin_at(t, group, of * t->m->n_areas + area);
}

/** Site of (faction, channel or captive pair; area) in draws that areas share in groups of four. */
static inline uint32_t twin_site(const twin *t, uint32_t of, uint32_t area) {
    return of * ((t->m->n_areas + 3) / 4 * 4) + area;
}

static inline uint32_t twin_head(const twin *t, uint32_t f) {
    return t->m->family[t->i_month * t->m->n_factions + f];
}

static inline bool twin_family(const twin *t, uint32_t f, uint32_t g) {
    return twin_head(t, f) == twin_head(t, g);
}

static inline bool twin_active(const twin *t, uint32_t f) {
    return t->m->active[t->i_month * t->m->n_factions + f];
}

double twin_parameter(const twin *t, const char *name, uint32_t scope);
/** A schedule's value this month, `missing` without one. */
double twin_series(const twin *t, uint32_t kind, int32_t actor, int32_t other, double missing);
/** Index of violation of rights of faction f: its own, else anybody's, else 0. */
double twin_rights(const twin *t, uint32_t f);
/** f or one of its family rules. */
bool twin_rules(const twin *t, uint32_t f);
/** Is this month observed, so that data and not chance say what happened? */
bool twin_past(const twin *t);
/** R between two factions. */
double twin_between(const twin *t, uint32_t f, uint32_t g);
double twin_relation(const twin *t, uint32_t v, uint32_t w);
double twin_national_strength(const twin *t, uint32_t f);
double twin_family_strength(const twin *t, uint32_t f, uint32_t area);
/** Dated events of this sub-step of a kind: the next one from *i on, or NULL. */
const model_event *twin_next_event(const twin *t, uint32_t kind, uint32_t *i);
/** Amount of an event that twin_next_event gave. */
double twin_amount(const twin *t, const model_event *event);

/* draws, at their addresses in twin_draws.c */
double twin_uniform(const twin *t, uint32_t use, uint32_t site);
double twin_normal(const twin *t, uint32_t use, uint32_t site);
/** A normal that is drawn once per run. */
double twin_normal_once(const twin *t, uint32_t use, uint32_t site);
double twin_exponential(const twin *t, uint32_t use, uint32_t site);
double twin_gamma(const twin *t, uint32_t use, uint32_t site, double shape);
double twin_binomial(const twin *t, uint32_t use, uint32_t site, double trials, double p);
/** Whole persons of which x are expected. */
double twin_whole(const twin *t, uint32_t use, uint32_t site, double x);
/** The count that the lanes drew (`seen`) when numbers within a rounding of `size` and `ratio` give it, else the twin's own. */
double twin_negbin(const twin *t, uint32_t use, uint32_t site, double size, double ratio, double seen);
/** Counts of packed cells, which take one word each of a call of the cell's own. */
double twin_packed_binomial(const twin *t, uint32_t use, uint32_t word, uint32_t site, double trials, double p);
double twin_packed_negbin(const twin *t, uint32_t use, uint32_t word, uint32_t site, double size, double ratio,
                          double seen);

/* the mechanisms */
void twin_schedule_month(const twin *t);
void twin_schedule_step(const twin *t);
void twin_finance_step(const twin *t);
void twin_relations_step(const twin *t);
void twin_ladder_step(const twin *t);
void twin_pressure_step(const twin *t);
void twin_movement_step(const twin *t);
void twin_intensity_month(const twin *t);
void twin_intensity_step(const twin *t);
void twin_excitation_month(const twin *t);
void twin_excitation_step(const twin *t);
void twin_publicity_month(const twin *t);
void twin_events_month(const twin *t);
void twin_events_step(const twin *t);
void twin_events_close(const twin *t);
void twin_losses_step(const twin *t);
void twin_prisons_step(const twin *t);
void twin_leadership_step(const twin *t);
void twin_recruitment_step(const twin *t);
void twin_support_step(const twin *t);
void twin_morale_month(const twin *t);
void twin_morale_step(const twin *t);
void twin_control_start(const twin *t);
void twin_control_step(const twin *t);

#endif
