/* What the readers of the scenario's sections share. Each section has a file; all add records to one builder. */
#ifndef SCENARIO_READER_H
#define SCENARIO_READER_H

#include "scenario/yaml_tree.h"
#include "world/builder.h"

typedef struct reader {
    world_builder *b;
    problem_list *problems;
    arena *memory;
    const char *file;             /**< scenario.yaml, as shown in messages */
    const char *folder;           /**< of the files it names */
    date_day first_day, last_day; /**< period with its horizon; DATE_MIN and DATE_MAX until it is read */
    const char *about; /**< what the number under way is, for messages about its bounds; NULL: clear anyway */
    bool *source_used; /**< [sources], in the arena */
    tsr_error *error;  /**< for failures that are not the file's fault */
    tsr_status status; /**< of those */
} reader;

/* sections, in the order in which they are read: each may use what was read before */
void read_header(reader *r, const yaml_node *root);
void read_sources(reader *r, const yaml_node *root);
void read_areas(reader *r, const yaml_node *root);
void read_files(reader *r, const yaml_node *root);
void read_actors(reader *r, const yaml_node *root);
void read_channels(reader *r, const yaml_node *root);
void read_rulers(reader *r, const yaml_node *root);
void read_initial(reader *r, const yaml_node *root);
void read_ladder(reader *r, const yaml_node *root);
void read_facts(reader *r, const yaml_node *root);
void read_whatif_names(reader *r, const yaml_node *root);
void read_schedules(reader *r, const yaml_node *list, int32_t whatif);
void read_dated_events(reader *r, const yaml_node *list, int32_t whatif);
void read_whatifs(reader *r, const yaml_node *root);
void read_parameters(reader *r, const yaml_node *root);
void read_estimates(reader *r, const yaml_node *root);
void read_mechanisms(reader *r, const yaml_node *root);
void read_questions(reader *r, const yaml_node *root);
/** Sources that nothing points at, once the rest is without an error. */
void check_sources(reader *r, const yaml_node *root);

/* ---- problems */

void reader_error(reader *r, const yaml_node *at, const char *format, ...) BASE_PRINTF(3, 4);
void reader_warning(reader *r, const yaml_node *at, const char *format, ...) BASE_PRINTF(3, 4);
/** "'X' is not <what>; did you mean 'Y'?" or the list of what is allowed. */
void reader_unknown(reader *r, const yaml_node *at, const char *name, const char *what, const char *const *known,
                    size_t n);

/* ---- values. `what` names the value in messages ("strength of isis_k"). NULL nodes give false without a message. */

/** Check that a node is a map with only these keys (NULL-terminated list), and the required ones (may be NULL). */
bool reader_map(reader *r, const yaml_node *node, const char *what, const char *const *allowed,
                const char *const *required);
bool reader_list(reader *r, const yaml_node *node, const char *what);
bool reader_text(reader *r, const yaml_node *node, const char *what, const char **out);
bool reader_bool(reader *r, const yaml_node *node, const char *what, bool *out);
bool reader_date(reader *r, const yaml_node *node, const char *what, date_day *first, date_day *last);
/** A plain number, or {low, high, value, source}, or a map whose further keys are listed in `also` (NULL: none). */
bool reader_number(reader *r, const yaml_node *node, const char *what, double low, double high, const char *const *also,
                   world_number *out);
bool reader_plain(reader *r, const yaml_node *node, const char *what, double low, double high, double *out);
bool reader_whole(reader *r, const yaml_node *node, const char *what, int64_t low, int64_t high, int64_t *out);
/** Index in a NULL-terminated list of words, or -1 with a message. */
int32_t reader_word(reader *r, const yaml_node *node, const char *what, const char *const *words);

/* ---- names of things read before */

/** kind: WORLD_FACTION, WORLD_POWER, or -1 for any. WORLD_NONE with a message when it is none. */
int32_t reader_actor(reader *r, const yaml_node *node, int kind);
int32_t reader_find_actor(reader *r, const char *id);
int32_t reader_area(reader *r, const yaml_node *node);
int32_t reader_find_area(reader *r, const char *name);
int32_t reader_source(reader *r, const yaml_node *node);
int32_t reader_find_channel(reader *r, const char *id);
/** Index of a declared pair of the ladder, or WORLD_NONE. */
int32_t reader_find_ladder(reader *r, int32_t power, int32_t faction);
/** Was the actor founded by that day? Else `day_founded` gets its day as text. */
bool reader_is_founded(reader *r, int32_t actor, date_day day, char day_founded[16]);
int32_t reader_rung(reader *r, const yaml_node *node);

#endif
