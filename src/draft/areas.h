/* Areas of a draft: polygons that somebody gives, or cells of a grid; and how many people live in them. Private to
 * src/draft. */
#ifndef DRAFT_AREAS_H
#define DRAFT_AREAS_H

#include "draft/choose.h"

#include "base/file.h"
#include "world/world.h"

#define AREAS_MOST_CELLS 60u

typedef struct draft_areas {
    char property[128];  /**< that names the areas */
    double cell_degrees; /**< 0: boundaries; else the width of a cell */
    size_t n_fine_cells; /**< cells of half a degree that have events */
    double population;
    bool is_assumed, is_from_file;
} draft_areas;

/** Write boundaries.geojson.
 *  @retval TSR_E_INPUT  a property that names the areas is not there (the message lists those that would do); anything
 *                       that makes the boundaries no areas; without boundaries, no event has coordinates */
tsr_status areas_write(const draft_options *options, const survey *s, const choice *c, const folder_out *folder,
                       draft_areas *out, problem_list *problems, tsr_error *error);

/** Write population.csv for the areas of `w`.
 *  @param people  out [n_areas]
 *  @retval TSR_E_INPUT  the file names an area that is none, or lacks one */
tsr_status areas_write_population(const draft_options *options, const world *w, const folder_out *folder,
                                  draft_areas *areas, double *people, tsr_error *error);

#endif
