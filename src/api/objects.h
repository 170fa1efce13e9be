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
    char hash[65];
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
/** Hand the buffer's characters to the caller. */
tsr_status api_text(text_buffer *b, char **text, tsr_error *error);

#endif
