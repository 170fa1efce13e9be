/* A small country, and files for it, for tests of event data.
 *
 * Two provinces: West (longitude 0 to 1) and East (1 to 2), both at latitudes 0 to 1; "Far West" is an alias of West.
 * Actors and their GED names: government ("Government of X" to 2021-08-15), rebels ("REB"; "Government of X" from
 * 2021-08-16), faction of the rebels ("REB - faction"), militia ("MIL"). Channels: government-rebels, rebels-civilians,
 * government-militia. Observed from 2020-01 to 2021-12. */
#ifndef TESTS_EVENTS_FIXTURE_H
#define TESTS_EVENTS_FIXTURE_H

#include "events/panel.h"
#include "world/builder.h"

enum { FIXTURE_WEST, FIXTURE_EAST };
enum { FIXTURE_BATTLE, FIXTURE_CIVILIANS, FIXTURE_MILITIA };
#define FIXTURE_FIRST 481 /* January 2020 */

typedef struct fixture_file {
    const char *name;
    uint32_t role; /**< world_file_role */
    bool is_complete;
    const char *from, *to; /**< days, or NULL */
} fixture_file;

/** @param files  ends with a NULL name. @return free() it */
world *fixture_world(const fixture_file *files);

/** A temporary folder; fixture_remove deletes it with its files. */
typedef struct fixture_folder {
    char path[256];
} fixture_folder;
fixture_folder fixture_make_folder(void);
void fixture_write(const fixture_folder *folder, const char *name, const void *bytes, size_t n);
void fixture_write_text(const fixture_folder *folder, const char *name, const char *text);
void fixture_remove(fixture_folder *folder);

/** Header and beginning of rows of a usual file:
 *  id,type_of_violence,side_a,side_b,where_prec,where_coordinates,adm_1,latitude,longitude,country,date_start,date_end,
 *  best,low,high */
#define FIXTURE_HEADER                                                                                                 \
    "id,type_of_violence,side_a,side_b,where_prec,where_coordinates,adm_1,latitude,longitude,country,date_start,"      \
    "date_end,best,low,high\n"

/** Import one complete event file with this text; NULL when that fails. @param problems  initialised by the call */
panel *fixture_import(const char *text, problem_list *problems, tsr_error *error);
/** A file's tally summed over all reasons. */
panel_tally fixture_sum(const panel_file *file);

#endif
