/* What the opaque objects of the public interface are made of. */
#ifndef API_OBJECTS_H
#define API_OBJECTS_H

#include "base/file.h"
#include "base/text.h"
#include "events/panel.h"
#include "study/simulate.h"
#include "world/world.h"

struct tsr_problems {
    problem_list list;
};

struct tsr_scenario {
    world *w;
    char *path; /**< as given */
    bool is_file;
    char folder[TSR_PATH_SIZE];
    char yaml_hash[65]; /**< of scenario.yaml as it was read */
};

struct tsr_panel {
    panel *p;
};

struct tsr_run {
    study_result *s;
    char *arguments;
};

/** NULL when there is no memory. */
tsr_problems *api_problems_create(void);
/** Give the list to the caller, or free it when the caller wants none. */
void api_problems_hand_over(tsr_problems *problems, tsr_problems **out);
/** SHA-256 over the hashes of scenario.yaml and of every file it names, in order. Files that `p` (may be NULL) has read are
 *  not read again: their hash is that of what was imported. Work that takes long asks before it starts. */
tsr_status api_scenario_hash(const tsr_scenario *scenario, const tsr_panel *p, char hex[65], tsr_error *error);
/** Hand the buffer's characters to the caller. */
tsr_status api_text(text_buffer *b, char **text, tsr_error *error);

#endif
