/* What event files say about one country: its events, light enough to keep, and who takes part. Private to src/draft. */
#ifndef DRAFT_SURVEY_H
#define DRAFT_SURVEY_H

#include "draft/draft.h"
#include "events/intern.h"

#include "base/date.h"

enum { SURVEY_STATE_BASED, SURVEY_NON_STATE, SURVEY_ONE_SIDED };

typedef struct survey_event {
    int64_t id; /**< GED_NO_ID: none */
    int32_t month;
    uint32_t file;
    uint32_t side_a, side_b; /**< of survey.sides */
    uint32_t deaths;
    uint8_t type;               /**< panel_type */
    uint8_t where_prec;         /**< 0: not given */
    bool is_vague;              /**< "somewhere in the country" */
    bool has_province;          /**< adm_1 is not blank */
    double longitude, latitude; /**< NaN: not given */
} survey_event;

typedef struct survey {
    intern sides;        /**< names of actors as the data spell them */
    uint32_t *same_side; /**< [sides] the first spelling of this name: case and blanks do not count */
    size_t same_capacity;
    survey_event *events;
    size_t n_events, capacity;
    char *country; /**< as the data spell it */
    char **paths;  /**< absolute, [n_files] */
    size_t n_files;
    int32_t first_month, last_month; /**< of events of this country */
    int32_t last_month_of_files;     /**< of any country; 0: not known */
    bool has_precision, has_adm_1;   /**< every file has the column */
    const char *completeness;        /**< as asked for, borrowed; NULL: not said */
} survey;

/** Read all files. Events that a later file has too, by their id, count once.
 *  @param out  survey_clear it, also after a failure */
tsr_status survey_read(const draft_options *options, survey *out, problem_list *problems, tsr_error *error);
void survey_clear(survey *s);

/** Have the files only precisely located events? As somebody said; else true when so few of 30 events or more are located
 *  worse than within a district that the files must have been cut: complete files of UCDP have a tenth to a half of them.
 *  Without the column where_prec, when each of 1,000 events or more names a province: one in 300 or more does not. */
bool survey_is_precise(const survey *s);

/** "Yemen" and "Yemen (North Yemen)" are one country: equal but for ASCII case and what stands in brackets at the end. */
bool survey_same_country(const char *a, const char *b);

#endif
