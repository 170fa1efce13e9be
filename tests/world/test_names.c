/* Area names as data sources write them, and the names of our enums. */
#include "world/builder.h"
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check_normal(const char *name, const char *expected) {
    char *out = malloc(strlen(name) + 1), *again = malloc(strlen(name) + 1);
    assert_true(out != NULL && again != NULL);
    world_normal_area_name(name, out);
    assert_string_equal(out, expected);
    world_normal_area_name(out, again);
    assert_string_equal(again, expected);
    free(out);
    free(again);
}

static void test_normal_names(void **state) {
    (void)state;
    check_normal("Kabul", "kabul");
    check_normal("Sari Pul province", "sari pul");
    check_normal("Magway  region", "magway");
    check_normal("\t Bago \n DIVISION ", "bago");
    check_normal("Naypyidaw Union territory", "naypyidaw");
    check_normal("Nay Pyi Taw Union  Territory", "nay pyi taw");
    check_normal("Union Parish", "union parish");
    check_normal("Northern Territory", "northern territory");
    check_normal("Provinces", "provinces");
    check_normal("Upstate", "upstate");
    check_normal("", "");
    check_normal("  ", "");
    check_normal("union", "union");
}

static void test_a_name_of_such_words_only_keeps_them(void **state) {
    (void)state;
    check_normal("State", "state");
    check_normal("Union Territory", "union territory");
    check_normal("Region  Division", "region division");
}

static void test_utf8(void **state) {
    (void)state;
    check_normal("PÉGOU", "pégou");
    check_normal("Île-de-France Region", "île-de-france");
    check_normal("ЧЕРНІГІВСЬКА Область", "чернігівська область");
    check_normal("ŁÓDŹ", "łódź");
    check_normal("ΑΤΤΙΚΗ", "αττικη");
    check_normal("Ÿ", "ÿ");
    check_normal("ကချင် State", "ကချင်");
    check_normal("A\u00a0B", "a b");
    check_normal("\xC3", "\xC3"); /* not UTF-8: unchanged, nothing read past the end */
    check_normal("A\xC3 State", "a\xC3");
    check_normal("\xE1\x80 \xFF", "\xE1\x80 \xFF");
}

/* Every spelling of adm_1 in UCDP GED 24.1 for Myanmar, and the area that it means. */
static const struct {
    const char *spelling, *area;
} myanmar[] = {
    {"Sagaing region", "Sagaing"},
    {"Shan state", "Shan"},
    {"Kayin state", "Kayin"},
    {"Magway  region", "Magway"},
    {"Kachin state", "Kachin"},
    {"Rakhine state", "Rakhine"},
    {"Mandalay region", "Mandalay"},
    {"Kayah state", "Kayah"},
    {"Chin state", "Chin"},
    {"Bago region", "Bago"},
    {"Mon state", "Mon"},
    {"Tanintharyi region", "Tanintharyi"},
    {"Bago division", "Bago"},
    {"Yangon region", "Yangon"},
    {"Tanintharyi division", "Tanintharyi"},
    {"Yangon division", "Yangon"},
    {"Karen state", "Kayin"},
    {"Naypyidaw Union territory", "Mandalay"},
    {"Ayeyarwady region", "Ayeyarwady"},
    {"Ayeyarwady division", "Ayeyarwady"},
    {"Mandalay division", "Mandalay"},
    {"Sagaing division", "Sagaing"},
    {"Sagaing district", "Sagaing"},
    {"Magwe division", "Magway"},
};

static void test_myanmar_spellings(void **state) {
    (void)state;
    static const char *const areas[] = {"Kayah", "Kayin",      "Mandalay", "Bago", "Yangon",      "Mon",    "Rakhine",
                                        "Chin",  "Ayeyarwady", "Magway",   "Shan", "Tanintharyi", "Kachin", "Sagaing"};
    static const struct {
        const char *alias;
        uint32_t area;
    } aliases[] = {{"karen", 1}, {"naypyidaw", 2}, {"magwe", 9}};
    world_builder *b = world_builder_create();
    world_builder_header(b)->substeps = 1;
    for (size_t i = 0; i < 14; i++)
        world_add_areas(b, &(world_area){.name = world_builder_text(b, areas[i])});
    for (size_t i = 0; i < 14 * 14; i++)
        world_add_distances(b, &(float){0});
    for (size_t i = 0; i < 3; i++)
        world_add_aliases(b, &(world_alias){world_builder_text(b, aliases[i].alias), aliases[i].area});
    world *w;
    assert_int_equal(world_builder_freeze(b, &w, NULL), TSR_OK);
    for (size_t i = 0; i < sizeof myanmar / sizeof myanmar[0]; i++) {
        int32_t area = world_find_area(w, myanmar[i].spelling);
        assert_true(area >= 0);
        assert_string_equal(areas[area], myanmar[i].area);
    }
    world_builder_free(b);
    free(w);
}

static void check_enum(const char *(*name)(uint32_t), uint32_t n, const char *first, const char *last) {
    for (uint32_t i = 0; i < n; i++) {
        assert_non_null(name(i));
        for (uint32_t j = 0; j < i; j++)
            assert_string_not_equal(name(i), name(j));
    }
    assert_string_equal(name(0), first);
    assert_string_equal(name(n - 1), last);
    assert_null(name(n));
    assert_null(name(UINT32_MAX));
}

static void test_enum_names(void **state) {
    (void)state;
    check_enum(world_schedule_kind_name, WORLD_SCHEDULE_KINDS, "foreign_support", "relation");
    check_enum(world_event_kind_name, WORLD_EVENT_KINDS, "attack", "ruler");
    check_enum(world_fact_name, WORLD_FACT_KINDS, "strength", "districts");
    check_enum(world_metric_name, WORLD_METRICS, "ladder", "deaths");
    check_enum(world_rung_name, WORLD_RUNGS, "hostile", "recognition");
    assert_string_equal(world_event_kind_name(WORLD_EVENT_PRISON_BREAK), "prison_break");
    assert_string_equal(world_schedule_kind_name(WORLD_RIGHTS_VIOLATION), "rights_violation");
    assert_string_equal(world_metric_name(WORLD_METRIC_SUPPORT), "support");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_names), cmocka_unit_test(test_a_name_of_such_words_only_keeps_them),
        cmocka_unit_test(test_utf8),         cmocka_unit_test(test_myanmar_spellings),
        cmocka_unit_test(test_enum_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
