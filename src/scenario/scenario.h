/* A scenario folder into a frozen world, with every problem named by file:line:column. */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "base/error.h"
#include "base/text.h"
#include "world/world.h"

/** @param path      folder with scenario.yaml, or the YAML file
 *  @param out       heap, free() it; untouched on failure
 *  @param folder    out: where the files it names are looked for
 *  @param problems  gets all errors and warnings
 *  Errors: TSR_E_INPUT when there is any error in `problems` (the first one is in `error`), TSR_E_IO, TSR_E_MEMORY. */
tsr_status scenario_read(const char *path, world **out, char folder[TSR_PATH_SIZE], problem_list *problems,
                         tsr_error *error);

/** The same from bytes already in memory; `file` names them in messages, `folder` is where other files are looked for. */
tsr_status scenario_read_bytes(const char *bytes, size_t n, const char *file, const char *folder, world **out,
                               problem_list *problems, tsr_error *error);

/** What the model will be, for a reader. */
tsr_status scenario_describe(const world *w, text_buffer *out);

#endif
