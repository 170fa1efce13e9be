/* A run: everything that one call of simulate (later nowcast, forecast ...) produced, ready to be written and shown. */
#ifndef STUDY_RUN_H
#define STUDY_RUN_H

#include "ensemble/record.h"
#include "events/panel.h"
#include "world/world.h"

/** The answer to a question of the scenario. */
typedef struct run_answer {
    uint32_t question;  /**< index into the world's questions */
    double probability; /**< share of members for which it holds */
    double mc_error;    /**< Monte Carlo standard error of it */
    double low, high;   /**< Clopper-Pearson interval of 95 % for the Monte Carlo error */
    uint64_t n_members;
    const char *caveat; /**< e.g. "mechanism ladder is off: the rung cannot change"; "" when none */
} run_answer;

/** A parameter as it went into the run. */
typedef struct run_parameter {
    const char *name;  /**< "battle.rate" */
    const char *scope; /**< "", or the actor or channel it belongs to; owned by the run's world or registry */
    double value;      /**< median used */
    double low, high;  /**< 5 % and 95 % of what was drawn; equal when fixed */
    const char *unit, *text, *source;
    const char *evidence;                /**< "source", "data", "memory", "assumed", "scenario", "fitted" */
    const char *known;                   /**< "2021-08" when set with knowledge up to then; "" otherwise */
    double prior, prior_low, prior_high; /**< of the prior: median, 5 % and 95 % */
} run_parameter;

/** One month of the filter: how well the data were foreseen, and what they did to the particles. */
typedef struct run_month {
    double log_likelihood; /**< log p(data of the month | data before) [nat] */
    double effective;      /**< effective sample size */
    uint32_t n_ancestors;  /**< different particles a year later, or at the end */
    char worst[96];        /**< what was foreseen worst, "events of a-b" */
    double worst_log_likelihood;
    uint32_t worst_area;     /**< of it; number of areas when it is about no area */
    bool is_collapsed;       /**< so few effective particles that what follows rests on few of them */
    char narrowest[96];      /**< the data that left the fewest */
    uint32_t narrowest_area; /**< as worst_area */
} run_month;

/** How well located events were foreseen one month ahead, beside a dynamic negative binomial of every cell (channel and area)
 *  that knows nothing but the cell's past. NaN where nothing was observed. All log probabilities in nat. */
typedef struct run_foresight {
    uint32_t n_months, n_channels, n_areas;
    uint32_t first;             /**< month from which both are compared: the benchmark has had a year to learn */
    double *channels;           /**< [month][channel + 1] of the model, all areas together; the last: all channels */
    double *channels_benchmark; /**< likewise: the sum over cells */
    double *seen;               /**< [month][channel][area] located events */
    double *expected, *cells;   /**< likewise: mean and log probability of the cell alone, by the model */
    double *expected_benchmark, *cells_benchmark;
} run_foresight;

/** A national number of the hidden state: its mean, sd and band of 80 %. */
typedef struct run_band {
    double mean, sd, low, middle, high;
} run_band;

/** The hidden state with all data, without each kind of them, and without any. */
typedef struct run_ablation {
    uint32_t n_arms;          /**< the first has all data, the last none */
    const char *arms[8];      /**< [n_arms] "all", "no events", ..., "none" */
    double log_likelihood[8]; /**< [n_arms] of the data that the arm has; NaN for none */
    uint32_t last_located;    /**< last month with located events; n_months of the record when there is none */
    size_t n_states;          /**< items of national variables, in their order in the record */
    uint32_t *variable;       /**< [n_states] index into the record's variables */
    uint32_t *item;           /**< [n_states] */
    run_band *bands;          /**< [n_arms][n_states][record's months] */
} run_ablation;

/** What a run learned from data. */
typedef struct run_learning {
    uint32_t n_particles, n_months;
    double log_likelihood;    /**< mean over repeats [nat] */
    double log_likelihood_sd; /**< over repeats; NaN for one */
    uint32_t n_repeats;
    run_month *months;        /**< [n_months] */
    run_foresight *foresight; /**< NULL: not asked for */
    run_ablation *ablation;   /**< NULL: not asked for */
} run_learning;

typedef struct study_run {
    const char *command;   /**< "simulate" */
    const char *status;    /**< "not fitted yet: prior simulation" */
    const char *arguments; /**< the command line as given, or "" */
    uint64_t seed;
    uint32_t n_members, n_threads;
    const char *kernel; /**< instruction set that computed it: "baseline", "x86-64-v3", "x86-64-v4" (same bits) */
    const char *whatif; /**< id, or "" */
    double seconds;     /**< wall time of the simulation */
    const char *scenario_path; /**< as given */
    char scenario_hash[65];    /**< SHA-256 of scenario.yaml and of every file it names, in order */
    char world_hash[65];
    const world *w;
    const panel *panel;           /**< NULL when no event data were read */
    int32_t last_observed;        /**< month_id: what is later is foreseen */
    const run_learning *learning; /**< NULL: nothing was learned from data */
    const record *record; /**< of months with data: given later data too (nowcast), else given those up to the month */
    const record
        *filtered; /**< national variables of the months with data, given those up to the month; NULL: as `record` */
    run_answer *answers;
    size_t n_answers;
    run_parameter *parameters;
    size_t n_parameters;
} study_run;

#endif
