/* The world: a frozen scenario as one flat image.
 *
 * One allocation, fixed-width little-endian types, offsets instead of pointers: a view on the bytes needs no
 * allocation; hashes, checkpoints, the report and other processes take the bytes as they are. A section is an array of
 * one record type; WORLD_SECTIONS lists them all. Build one with world/builder.h, check foreign bytes with world_view.
 */
#ifndef WORLD_WORLD_H
#define WORLD_WORLD_H

#include "base/date.h"
#include "base/error.h"

#define WORLD_VERSION 3u
#define WORLD_NONE (-1) /**< "no actor", "no area", "no source" in an int32_t index */

/** Offset of a NUL-terminated string in the text section; 0 is "". */
typedef uint32_t world_text;

/** A number as the scenario gives it. low and high are the 5 % and 95 % points of what is believed; low == value ==
 * high for a plain number. For an interval without a value, value is the geometric mean when both ends are above 0,
 * else the middle. */
typedef struct world_number {
    double value, low, high;
    int32_t source; /**< index of WORLD sources, or WORLD_NONE */
    int32_t unused;
} world_number;

typedef struct world_area {
    world_text name;
    uint32_t n_rings;
    uint32_t first_ring;
    uint32_t unused;
    double population; /**< persons */
    double area_km2;
    double longitude, latitude; /**< a point inside the area, degrees */
} world_area;

/** Two areas that share a border, both directions present, sorted by (from, to). */
typedef struct world_border {
    uint32_t from, to;
    double length_km;
} world_border;

typedef struct world_ring {
    uint32_t area;
    uint32_t first_point;
    uint32_t n_points; /**< closed: first point == last point */
    uint32_t is_hole;  /**< holes follow their outer ring */
} world_ring;

typedef struct world_point {
    double longitude, latitude; /**< degrees */
} world_point;

/** Another spelling of an area, as normalised by world_normal_area_name. */
typedef struct world_alias {
    world_text name;
    uint32_t area;
} world_alias;

typedef enum world_actor_kind { WORLD_FACTION, WORLD_POWER } world_actor_kind;

typedef struct world_actor {
    world_text id;
    world_text title;
    uint32_t kind;       /**< world_actor_kind */
    uint32_t is_regular; /**< a regular force with morale and desertion */
    int32_t faction;     /**< index among factions (0 ... n_factions-1, in order of actors), or WORLD_NONE */
    int32_t power;       /**< index among powers, or WORLD_NONE */
    date_day founded;    /**< first day of the date given; DATE_MIN when not given */
    int32_t part_of;     /**< actor, or WORLD_NONE */
    int32_t sponsor;     /**< actor (a power), or WORLD_NONE */
    int32_t home_area;   /**< area its power radiates from, or WORLD_NONE */
    double ideology;     /**< [0, 1]: position on the scenario's one ideological axis */
} world_actor;

typedef enum world_vocabulary { WORLD_NAME_GED, WORLD_NAME_ACLED, WORLD_NAME_TEXT } world_vocabulary;

/** What a data source calls an actor, and when. Inclusive days. */
typedef struct world_actor_name {
    uint32_t actor;
    uint32_t vocabulary; /**< world_vocabulary */
    world_text name;
    date_day from, to;
} world_actor_name;

typedef enum world_channel_kind { WORLD_BATTLE, WORLD_ONE_SIDED } world_channel_kind;

/** A stream of recorded events: a battle dyad, or a faction against civilians. */
typedef struct world_channel {
    world_text id;   /**< "government-taliban", "isis_k-civilians" */
    uint32_t kind;   /**< world_channel_kind */
    int32_t actor_a; /**< actor index, a faction */
    int32_t actor_b; /**< actor index, a faction; WORLD_NONE for one-sided */
} world_channel;

typedef enum world_schedule_kind {
    WORLD_FOREIGN_SUPPORT,  /**< 1 = reference, of `actor` */
    WORLD_STRIKES,          /**< weapons released a month, by power `actor` against faction `other` */
    WORLD_SPONSOR_PAYMENT,  /**< million US$ a month from power `actor` to faction `other` */
    WORLD_AID,              /**< million US$ a month from power `actor` to whoever rules */
    WORLD_RESERVES,         /**< million US$ a month released to whoever rules, whatever the ladder says */
    WORLD_RIGHTS_VIOLATION, /**< index N in [0, 1] of the ruler `actor` (or of any ruler) */
    WORLD_EFFORT,           /**< effort of faction `actor` against faction `other`, 1 = reference */
    WORLD_RENT,             /**< multiplier of the rent base of `actor` (or of all), 1 = reference */
    WORLD_RELATION, /**< long-run relation between `actor` and `other`, in (-1, 1): a tie that changes over time */
    WORLD_SCHEDULE_KINDS
} world_schedule_kind;

/** Dated values. Steps are sorted by `from` and hold until the next one. */
typedef struct world_schedule {
    world_text id;
    uint32_t kind;
    int32_t actor, other, area;
    uint32_t first_step, n_steps;
    int32_t whatif; /**< WORLD_NONE: part of the scenario; else replaces or adds, only in that what-if */
} world_schedule;

typedef struct world_schedule_step {
    date_day from;
    date_day known; /**< day from which a forecast may know it */
    world_number value;
} world_schedule_step;

typedef enum world_event_kind {
    WORLD_EVENT_ATTACK,           /**< by actor in area; target civilians, ruler or power `other`; amount = deaths */
    WORLD_EVENT_PRISON_BREAK,     /**< prisoners of `actor` in area; amount = freed */
    WORLD_EVENT_LEADER_REMOVED,   /**< of actor (a faction or a sponsor) */
    WORLD_EVENT_LEADER_INSTALLED, /**< of actor; amount = cohesion L in (0, 1] */
    WORLD_EVENT_TALKS,            /**< between actor and other; amount = push on the relation, in units of atanh R */
    WORLD_EVENT_STATEMENT,        /**< by actor about other; no effect, shown in the report */
    WORLD_EVENT_TRANSFER,         /**< of strength from actor to other; amount = fighters (national) or in area */
    WORLD_EVENT_RUNG, /**< the ladder of power `actor` towards faction `other` stands on rung `amount` from here on */
    WORLD_EVENT_FOUNDING, /**< of faction actor with amount fighters in area (or spread) */
    WORLD_EVENT_SPLIT,    /**< actor leaves the faction it is part of */
    WORLD_EVENT_RULER,    /**< actor becomes the ruler (WORLD_NONE: nobody) */
    WORLD_EVENT_KINDS
} world_event_kind;

typedef enum world_target { WORLD_TARGET_CIVILIANS, WORLD_TARGET_RULER, WORLD_TARGET_POWER } world_target;

typedef struct world_event {
    world_text id;    /**< may be "" */
    world_text title; /**< may be "" */
    uint32_t kind;    /**< world_event_kind */
    date_day day;
    date_day known;
    int32_t actor, other, area;
    uint32_t target; /**< world_target, for attacks */
    int32_t whatif;  /**< WORLD_NONE: part of the scenario */
    uint32_t off;    /**< 1: declared but switched off, so that a what-if can switch it on */
    uint32_t unused;
    world_number amount; /**< NaN value when not given */
} world_event;

/** Who rules from when on, as the scenario says (the past); the future is the model's. */
typedef struct world_ruler {
    date_day from, known;
    int32_t actor; /**< faction or WORLD_NONE */
    int32_t source;
} world_ruler;

/** A declared pair of the cooperation ladder. */
typedef struct world_ladder {
    uint32_t power;   /**< actor index */
    uint32_t faction; /**< actor index */
    uint32_t start;   /**< rung 0 ... 5 at the start of the period */
    int32_t source;
} world_ladder;

typedef enum world_fact_about {
    WORLD_FACT_STRENGTH,  /**< fighters of actor (national, or in area) */
    WORLD_FACT_PRESENCE,  /**< actor is active in `number` of `of` areas */
    WORLD_FACT_CONTROL,   /**< share of area (or of the country) controlled by actor, [0, 1] */
    WORLD_FACT_DEATHS,    /**< deaths; an upper bound when is_upper_bound */
    WORLD_FACT_FUNDS,     /**< million US$ a year */
    WORLD_FACT_CAPTIVES,  /**< fighters of actor in prisons of `other` */
    WORLD_FACT_DISTRICTS, /**< `number` of `of` districts of the country are under actor's control or influence */
    WORLD_FACT_KINDS
} world_fact_about;

typedef struct world_fact {
    uint32_t about;
    int32_t actor, other, area;
    date_day first, last; /**< the period that the statement is about */
    date_day known;
    uint32_t is_upper_bound;
    uint32_t of; /**< "15 of 34": number.value = 15, of = 34; else 0 */
    world_text title;
    uint32_t entry; /**< of the scenario's list of facts: one count of districts makes a fact of every faction in it */
    uint32_t unused;
    world_number number;
} world_fact;

typedef enum world_initial_kind {
    WORLD_INITIAL_STRENGTH,       /**< fighters: area given, or area = WORLD_NONE for the national total */
    WORLD_INITIAL_STRENGTH_SHARE, /**< share of the national total in an area, [0, 1]; the rest is spread by population
                                   */
    WORLD_INITIAL_SUPPORT, /**< share of people of an area (WORLD_NONE: default of all areas) that support actor, [0, 1]
                            */
    WORLD_INITIAL_CONTROL, /**< share of an area (WORLD_NONE: default) controlled by actor, [0, 1] */
    WORLD_INITIAL_RELATION,    /**< R between actor and other, in (-1, 1) */
    WORLD_INITIAL_FUNDS,       /**< million US$ */
    WORLD_INITIAL_COHESION,    /**< L in (0, 1] */
    WORLD_INITIAL_CAPTIVES,    /**< fighters of actor held by other in area */
    WORLD_INITIAL_DISPOSITION, /**< z of power actor towards faction other */
    WORLD_INITIAL_KINDS
} world_initial_kind;

typedef struct world_initial {
    uint32_t kind;
    int32_t actor, other, area;
    world_number number;
} world_initial;

/** A parameter set by the scenario. Names are those of the registry, "battle.rate" for example. */
typedef struct world_parameter {
    world_text name;
    int32_t actor; /**< for parameters per actor; WORLD_NONE: all */
    int32_t other;
    int32_t channel; /**< for parameters per channel; WORLD_NONE: all */
    int32_t area;
    uint32_t is_fixed;  /**< 1: a plain number, not drawn from the prior in simulation */
    uint32_t unused[2]; /**< no padding: images must be the same bytes every time */
    world_number number;
} world_parameter;

/** What `tessera fit` estimates: one number that moves the parameter's values of one actor, pair or channel, or all of them. */
typedef struct world_estimate {
    world_text name;
    int32_t actor, other, channel; /**< WORLD_NONE: all */
} world_estimate;

typedef struct world_switch {
    world_text mechanism;
    uint32_t is_on;
} world_switch;

typedef enum world_metric {
    WORLD_METRIC_LADDER,    /**< rung of (power a, faction b) */
    WORLD_METRIC_RULER,     /**< 1 if a rules (a part counts for its family) */
    WORLD_METRIC_CONTROL,   /**< share of `area` controlled by family a */
    WORLD_METRIC_PROVINCES, /**< number of areas in which family a holds the largest share */
    WORLD_METRIC_STRENGTH,  /**< national strength of a */
    WORLD_METRIC_SUPPORT,   /**< population-weighted support of a, [0, 1] */
    WORLD_METRIC_RELATION,  /**< R between a and b */
    WORLD_METRIC_EVENTS,    /**< events a month of `channel` or of all channels in which a takes part */
    WORLD_METRIC_DEATHS,    /**< deaths likewise; a = b = WORLD_NONE: all */
    WORLD_METRICS
} world_metric;

typedef enum world_operator { WORLD_GE, WORLD_GT, WORLD_LE, WORLD_LT } world_operator;
typedef enum world_question_mode {
    WORLD_BY,    /**< in some month from first_month to last_month */
    WORLD_AT,    /**< in last_month (first_month == last_month) */
    WORLD_UNTIL, /**< in every month from first_month to last_month */
    WORLD_SUM    /**< the sum over the months first_month ... last_month */
} world_question_mode;

typedef struct world_question {
    world_text id, title, ask;
    uint32_t metric, op, mode;
    int32_t actor, other, area, channel;
    int32_t first_month, last_month; /**< month_id */
    double threshold;
} world_question;

typedef struct world_whatif {
    world_text id, title;
} world_whatif;

typedef struct world_source {
    world_text id, title, publisher, date, url, note;
} world_source;

typedef enum world_file_role { WORLD_FILE_EVENTS, WORLD_FILE_TOTALS, WORLD_FILE_OTHER } world_file_role;

typedef struct world_file {
    world_text path;      /**< relative to the scenario folder, as written */
    uint32_t role;        /**< world_file_role */
    date_day from, to;    /**< inclusive; events outside are dropped and counted */
    uint32_t is_complete; /**< completeness: complete (1) or precise (0) */
    int32_t source;
    uint32_t line, column; /**< where scenario.yaml names it, for messages */
    uint32_t unused;
} world_file;

/** id, type: one line a section. The accessor of section `areas` is world_areas(w, &n). */
#define WORLD_SECTIONS(X)                                                                                              \
    X(areas, world_area)                                                                                               \
    X(borders, world_border)                                                                                           \
    X(distances, float) /* km between centres, [n_areas][n_areas] */                                                   \
    X(rings, world_ring)                                                                                               \
    X(points, world_point)                                                                                             \
    X(aliases, world_alias)                                                                                            \
    X(actors, world_actor)                                                                                             \
    X(actor_names, world_actor_name)                                                                                   \
    X(channels, world_channel)                                                                                         \
    X(schedules, world_schedule)                                                                                       \
    X(schedule_steps, world_schedule_step)                                                                             \
    X(events, world_event)                                                                                             \
    X(rulers, world_ruler)                                                                                             \
    X(ladders, world_ladder)                                                                                           \
    X(facts, world_fact)                                                                                               \
    X(initials, world_initial)                                                                                         \
    X(parameters, world_parameter)                                                                                     \
    X(estimates, world_estimate)                                                                                       \
    X(switches, world_switch)                                                                                          \
    X(questions, world_question)                                                                                       \
    X(whatifs, world_whatif)                                                                                           \
    X(sources, world_source)                                                                                           \
    X(files, world_file)                                                                                               \
    X(texts, char) /* NUL-terminated strings; the first is "" */

typedef enum world_section {
#define X(id, type) WORLD_SECTION_##id,
    WORLD_SECTIONS(X)
#undef X
        WORLD_N_SECTIONS
} world_section;

typedef struct world_extent {
    uint64_t offset; /**< bytes from the start of the image, a multiple of 16 */
    uint64_t count;  /**< items */
} world_extent;

/** The image begins with this. A `const world *` points at the first byte. */
typedef struct world {
    char magic[8]; /**< "TSRWORLD" */
    uint32_t version;
    uint32_t n_sections;
    uint64_t size; /**< bytes of the whole image */
    world_text name;
    world_text country;       /**< as UCDP spells it, "Afghanistan" */
    int32_t views_country_id; /**< 133; 0 when unknown */
    int32_t gleditsch_ward;   /**< 700; 0 when unknown */
    int32_t first_month;      /**< month_id of the period's start */
    int32_t last_observed;    /**< month_id of the last month with data */
    int32_t last_month;       /**< last_observed + horizon */
    int32_t substeps;
    int32_t axis_unused;
    uint32_t n_factions, n_powers;
    int32_t backtest_to; /**< month_id of the last month whose data backtests may use; 0: last_observed */
    world_extent sections[WORLD_N_SECTIONS];
} world;

/** Borrowed array of a section; *n (may be NULL) gets its length. Never NULL for n > 0. */
#define X(id, type) const type *world_##id(const world *w, size_t *n);
WORLD_SECTIONS(X)
#undef X

/** The string at an offset; "" for 0. Never NULL. */
const char *world_string(const world *w, world_text text);

/** Check foreign bytes (magic, version, every extent, every index and text offset) and view them as a world.
 *  `bytes` must be aligned to 16 and outlive the view. */
tsr_status world_view(const void *bytes, size_t n, const world **out, tsr_error *error);
/** A copy that is observed up to backtest_to, with the same horizon; for backtests. free() it.
 *  @retval TSR_E_MEMORY  no memory */
tsr_status world_for_backtest(const world *w, world **out, tsr_error *error);
/** SHA-256 of the image, 64 hex digits and NUL. */
void world_hash(const world *w, char hex[65]);

/** Actor of a faction or power index. */
uint32_t world_actor_of_faction(const world *w, uint32_t faction);
uint32_t world_actor_of_power(const world *w, uint32_t power);
/** The topmost actor that this one is part of (itself when it is part of none). */
uint32_t world_family(const world *w, uint32_t actor);
int32_t world_find_actor(const world *w, const char *id);  /**< actor or WORLD_NONE */
int32_t world_find_area(const world *w, const char *name); /**< exact, then normalised, then aliases; or WORLD_NONE */
int32_t world_find_channel(const world *w, const char *id);
/** Channel of two actors (actor_b WORLD_NONE: one-sided), in either order; or WORLD_NONE. */
int32_t world_channel_of(const world *w, int32_t actor_a, int32_t actor_b);
/** Lower-case, without "province", "state", "region", "division", "district", "union territory", blanks folded.
 *  @param out  room for strlen(name) + 1 */
void world_normal_area_name(const char *name, char *out);
/** Who rules on a day according to the scenario's `ruler` list (and ruler events that are on); WORLD_NONE: nobody. */
int32_t world_ruler_on(const world *w, date_day day);

/** Names of the enum values as the scenario file writes them ("foreign_support", "prison_break", ...). NULL out of
 * range. */
const char *world_schedule_kind_name(uint32_t kind);
const char *world_event_kind_name(uint32_t kind);
const char *world_fact_name(uint32_t about);
const char *world_metric_name(uint32_t metric);
/** "hostile", "talks", "tacit_cooperation", "humanitarian_carveouts", "assets_released", "recognition". */
const char *world_rung_name(uint32_t rung);
#define WORLD_RUNGS 6u

#endif
