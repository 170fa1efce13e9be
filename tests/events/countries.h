/* Afghanistan and Myanmar for tests: real boundaries, aliases and event files, some of the actors. */
#ifndef TESTS_EVENTS_COUNTRIES_H
#define TESTS_EVENTS_COUNTRIES_H

#include "fixture.h"

typedef struct country {
    const char *folder; /**< under scenarios/ */
    const char *name;   /**< as UCDP spells it */
    int32_t views_id;
    int32_t first_month, last_month;
    const char *const *actors; /**< GED names, the government first, then NULL; each has a channel with the government,
                                  and one with civilians */
} country;

extern const country afghanistan, myanmar;

/** File names are relative to data/ucdp. @return free() it */
world *country_world(const country *c, const fixture_file *files);
/** Import with file names relative to data/ucdp; fails the test when that fails. */
panel *country_import(const country *c, const fixture_file *files);
/** Channel of an actor (by its place in `actors`) with the government, or with civilians. */
uint32_t country_battle(uint32_t actor);
uint32_t country_one_sided(const country *c, uint32_t actor);

#endif
