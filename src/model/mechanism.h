/* What a mechanism is: a table of parameters, a page of explanation and two functions on lanes.
 *
 * A mechanism is one file in src/model/mechanisms and one line in mechanisms.c. Its table of parameters is the only place
 * where a parameter is described: YAML keys, checks, `tessera explain`, the docs and the report come from it.
 */
#ifndef MODEL_MECHANISM_H
#define MODEL_MECHANISM_H

#include "random/kernel.h"

#include <stdbool.h>

/** How many values a parameter has. */
typedef enum parameter_scope {
    SCOPE_WORLD,        /**< one */
    SCOPE_FACTION,      /**< one per faction; YAML: one number for all or {actor: number} */
    SCOPE_POWER,        /**< one per power */
    SCOPE_CHANNEL,      /**< one per channel; YAML: one number for all or {channel: number} */
    SCOPE_LADDER,       /**< one per declared (power, faction) pair; YAML keys "usa-taliban" */
    SCOPE_FACTION_PAIR, /**< one per ordered pair of factions; YAML keys "taliban-isis_k" (from-to) */
    SCOPE_COUNT
} parameter_scope;

typedef enum parameter_prior {
    PRIOR_FIXED,       /**< a definition or a switch: never drawn */
    PRIOR_NORMAL,      /**< mean = default, sd = spread */
    PRIOR_LOG_NORMAL,  /**< median = default, sd of the log = spread */
    PRIOR_LOGIT_NORMAL /**< median = default, sd of the logit = spread; for shares in (0, 1) */
} parameter_prior;

/** Where a number comes from (the tags of the science notes). */
typedef enum parameter_evidence {
    EVIDENCE_SOURCE, /**< read in a source */
    EVIDENCE_DATA,   /**< computed from data */
    EVIDENCE_MEMORY, /**< from the literature, not re-checked */
    EVIDENCE_ASSUMED /**< a judgement; shown as "assumed" */
} parameter_evidence;

typedef struct parameter {
    const char *name; /**< within its mechanism; the YAML key is "mechanism.name" */
    const char *unit; /**< "1" for a pure number */
    double low, high; /**< bounds, inclusive; draws from the prior are clamped to them */
    double value;     /**< default */
    parameter_scope scope;
    parameter_prior prior;
    double spread; /**< see parameter_prior */
    parameter_evidence evidence;
    const char *text;   /**< plain English */
    const char *source; /**< citation, or how it was derived */
    const char *known;  /**< "2021-08" when the default was set with knowledge of an outcome up to then; "" otherwise */
} parameter;

struct model_step;

/** A row group of rows.h as a bit. */
#define CHANGES(group) ((uint64_t)1 << ROW_##group)

typedef struct mechanism {
    const char *name;     /**< YAML key under `mechanisms:` */
    const char *title;    /**< a heading */
    const char *text;     /**< what it does, for a reader without mathematics */
    const char *equation; /**< in plain text, with the symbols of the documentation */
    const char *doubt;    /**< what would make it wrong */
    const parameter *parameters;
    uint32_t n_parameters;
    bool is_core;     /**< cannot be switched off: the model has no meaning without it */
    bool is_pace;     /**< its parameters say how fast hidden things move: see model_options.redraw_pace */
    bool is_off;      /**< off unless the scenario switches it on */
    uint64_t changes; /**< the row groups that its functions may change, in months with data too: CHANGES() of each */
    void (*start)(const struct model_step *step); /**< once, when the state has its start values, or NULL */
    void (*month)(const struct model_step *step); /**< at the start of a month, or NULL */
    void (*step)(const struct model_step *step);  /**< in every sub-step, or NULL */
    void (*close)(const struct model_step *step); /**< at the end of a month, or NULL */
} mechanism;

#endif
