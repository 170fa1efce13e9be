/* Scenarios that are wrong in one place: one error, at the very place (marked with ^), saying what is allowed. */
#include "fixture.h"

#include <stdio.h>

typedef struct bad_case {
    const char *from, *to; /**< edit of GOOD_SCENARIO; from NULL: append */
    const char *message;   /**< part of the message */
} bad_case;

static void check_case(void **state, const bad_case *c) {
    uint32_t line, column;
    char *text = edited(GOOD_SCENARIO, c->from, c->to);
    world *w;
    problem_list list;
    if (!take_mark(text, &line, &column))
        fail_msg("no mark in '%s'", c->to);
    assert_int_equal(read_text(state, text, &w, &list), TSR_E_INPUT);
    expect_errors(&list, 1, text);
    const problem *p = NULL;
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].severity == PROBLEM_ERROR)
            p = &list.items[i];
    assert_non_null(p);
    if (!strstr(p->message, c->message) || p->line != line || p->column != column ||
        strcmp(p->file, "scenario.yaml") != 0)
        fail_msg("expected %u:%u '%s', got %s:%u:%u '%s' in:\n%s", line, column, c->message, p->file, p->line,
                 p->column, p->message, text);
    problem_list_clear(&list);
    free(text);
}

static void check_cases(void **state, const bad_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++)
        check_case(state, &cases[i]);
}

#define CHECK(cases) check_cases(state, cases, sizeof(cases) / sizeof(cases)[0])

static void test_keys(void **state) {
    static const bad_case cases[] = {
        {"tessera: 1", "^tesera: 1\ntessera: 1", "'tesera' is not a key of a scenario; did you mean 'tessera'?"},
        {"regular: true", "^regula: true", "'regula' is not a key of actor government; did you mean 'regular'?"},
        {NULL, "^name: Again\n", "the key 'name' appears twice; first on line 2"},
        {"tessera: 1", "^nam: 1\ntessera: 1", "did you mean 'name'?"},
        {"tessera: 1\nname", "^name", "a scenario needs the key 'tessera'"},
        {"{kind: power}", "^{title: America}", "actor usa needs the key 'kind'"},
        {"{kind: power}", "^power", "actor usa must be a map of keys and values; this is a single value"},
        {NULL, "facts: ^{}\n", "facts must be a list; this is a map"},
        {NULL, "questions: ^none\n", "questions must be a list; this is a single value"},
        {"name: Small", "name: ^[Small]", "name must be a text; this is a list"},
        {"regular: true", "regular: ^maybe", "regular is 'maybe'; it must be true or false"},
    };
    CHECK(cases);
}

static void test_header(void **state) {
    static const bad_case cases[] = {
        {"tessera: 1", "tessera: ^2", "this scenario is of format 2; this program reads format 1"},
        {"start: 2020-01", "start: ^2020-13", "start is '2020-13'; it must be a date that exists"},
        {"start: 2020-01", "start: ^2020-02-30", "start is '2020-02-30'; it must be a date that exists"},
        {"start: 2020-01", "start: ^1979-12", "start is 1979-12; it must be 1980-01 or later"},
        {"last_observed: 2020-12", "last_observed: ^2019-12", "last_observed is 2019-12, before start (2020-01)"},
        {"horizon_months: 12", "horizon_months: 12, backtest_to: ^2020-11",
         "backtest_to is 2020-11, before last_observed (2020-12)"},
        {"horizon_months: 12", "horizon_months: 12, backtest_to: ^2190-01",
         "backtest_to is 2190-01; at most 1800 months after start are allowed"},
        {"horizon_months: 12", "horizon_months: ^601", "horizon_months is 601; it must be from 0 to 600"},
        {"horizon_months: 12", "horizon_months: ^1.5", "horizon_months is 1.5; it must be a whole number"},
        {"horizon_months: 12", "horizon_months: 12, substeps: ^0", "substeps is 0; it must be from 1 to 60"},
        {"{start: 2020-01, last", "^{last", "period needs the key 'start'"},
        {NULL, "events: [{file: ^none.csv}]\n", "the file 'none.csv' cannot be opened"},
        {NULL, "totals: {file: ^none.csv}\n", "the file 'none.csv' cannot be opened"},
        {NULL, "country: {name: X, views_id: ^0}\n", "views_id is 0; it must be from 1 to 100000"},
    };
    CHECK(cases);
}

/** Numbers have one spelling: sign, digits, point and digits, exponent. */
static void test_numbers(void **state) {
    static const char *const spellings[] = {".5",  "0x10", "1_000", "nan", ".nan", "1e999", "1.",
                                            "+-1", "'5'",  "1 000", "inf", "1,5",  "five",  "--1"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        char text[100];
        snprintf(text, sizeof text, "initial:\n  strength:\n    rebels: ^%s\n", spellings[i]);
        check_case(state, &(bad_case){NULL, text, "it must be a number such as 12, 0.5 or 2e3"});
    }
}

static void test_actors(void **state) {
    static const bad_case cases[] = {
        {"{kind: power}", "{kind: ^state}", "'state' is not a kind of actor; allowed: faction, power"},
        {"kind: power", "kind: ^factoin", "did you mean 'faction'?"},
        {"founded: 2020-03", "part_of: ^rebels", "'rebels' is part of itself"},
        {"{kind: power}",
         "{kind: power}\n  a: {kind: faction, part_of: b}\n  b: {kind: faction, part_of: c}\n"
         "  c: {kind: faction, part_of: ^a}",
         "'c' is part of itself"},
        {"founded: 2020-03", "part_of: ^goverment",
         "'goverment' is not an actor of this scenario; did you mean 'government'"},
        {"founded: 2020-03", "part_of: ^usa", "'usa' is a power; a faction is needed here"},
        {"founded: 2020-03", "sponsor: ^russia", "'russia' is not an actor of this scenario"},
        {"founded: 2020-03", "sponsor: ^government", "'government' is a faction; a power is needed here"},
        {"founded: 2020-03", "founded: ^2020-02-30", "it must be a date that exists"},
        {"founded: 2020-03", "home: ^North", "'North' is not an area of this scenario; allowed: West, East"},
        {"founded: 2020-03", "ideology: ^1.01", "ideology is 1.01; it must be from 0 to 1"},
        {"founded: 2020-03", "names: {^gde: [X]}", "'gde' is not a key of names; did you mean 'ged'?"},
        {"founded: 2020-03", "names: {ged: ^X}", "a list of names must be a list"},
        {"founded: 2020-03", "names: {ged: [^{name: X, from: 2021, to: 2020}]}", "never valid: from is after to"},
        {NULL, "channels: {battle: [[rebels, ^usa]]}\n", "'usa' is a power; a faction is needed here"},
        {NULL, "channels: {battle: [^[rebels, rebels]]}\n", "'rebels' cannot fight itself"},
        {NULL, "channels: {battle: [^[rebels]]}\n", "a battle channel is a list of two factions"},
        {NULL, "channels: {battle: [[rebels, government], ^[government, rebels]]}\n", "is declared twice"},
        {NULL, "channels: {one_sided: [^rebel]}\n", "did you mean 'rebels'?"},
        {NULL, "ruler: [{from: 2020-01, actor: ^usa}]\n", "'usa' is a power; a faction is needed here"},
        {NULL, "ruler: [{from: 2020-02, actor: government}, ^{from: 2020-01, actor: nobody}]\n",
         "order of their dates"},
        {NULL, "ladder: [{power: usa, faction: rebels, start: ^hostle}]\n", "did you mean 'hostile'?"},
        {NULL, "ladder: [{power: usa, faction: rebels, start: ^5}]\n",
         "'5' is not a rung of the ladder; allowed: hostile"},
        {NULL, "ladder: [{power: ^rebels, faction: rebels, start: talks}]\n", "'rebels' is a faction; a power"},
    };
    CHECK(cases);
}

static void test_initial(void **state) {
#define INITIAL(text) "initial:\n  " text "\n"
    static const bad_case cases[] = {
        {NULL, INITIAL("strength: {^usa: 5}"), "'usa' is a power; a faction is needed here"},
        {NULL, INITIAL("strength: {rebels: ^-1}"), "strength of rebels is -1; it must be from 0 to 100000000"},
        {NULL, INITIAL("strength: {rebels: {low: ^5, high: 3}}"), "upside down: low 5 is above high 3"},
        {NULL, INITIAL("strength: {rebels: {low: 1, high: 3, value: ^4}}"), "is 4, outside its own interval"},
        {NULL, INITIAL("strength: {rebels: ^{low: 1}}"), "needs `value`, or `low` and `high`"},
        {NULL, INITIAL("strength: {rebels: ^{high: 1}}"), "needs `value`, or `low` and `high`"},
        {NULL, INITIAL("strength: {rebels: ^{value: 1, high: 1}}"), "has only one of `low` and `high`"},
        {NULL, INITIAL("strength: {rebels: {low: 1, high: 2, source: ^papr}}"),
         "'papr' is not a source of this scenario; did you mean 'paper'?"},
        {NULL, INITIAL("strength: {rebels: {total: 9, shares: ^{West: 0.6, East: 0.5}}}"),
         "add up to 1.1; they must add up to 1 or less"},
        {NULL, INITIAL("strength: {rebels: {total: 9, shares: ^0.6}}"), "shares must be a map"},
        {NULL, INITIAL("strength: {rebels: {total: 9, shares: {^Wes: 0.6}}}"), "did you mean 'West'?"},
        {NULL, INITIAL("control: ^{rebels: 0.6, government: {default: 0.2, East: 0.5}}"),
         "the shares of control in East add up to 1.1"},
        {NULL, INITIAL("support: {rebels: ^1.2}"), "support of rebels is 1.2; it must be from 0 to 1"},
        {NULL, INITIAL("relations: [{between: [usa, rebels], value: ^1}]"), "must be from -0.999 to 0.999"},
        {NULL, INITIAL("relations: [{between: ^[usa, usa], value: 0}]"),
         "a relation is between two actors; this is one"},
        {NULL, INITIAL("relations: [{between: [usa, rebels], value: 0, ^vale: 1}]"), "did you mean 'value'?"},
        {NULL, INITIAL("cohesion: {rebels: ^0}"), "cohesion of rebels is 0; it must be from 0.01 to 1"},
        {NULL, INITIAL("captives: [^{actor: rebels, holder: government, number: 5}]"), "captives needs the key 'area'"},
        {NULL, INITIAL("disposition: [{power: usa, faction: ^usa, value: 0}]"), "'usa' is a power; a faction"},
        {NULL, INITIAL("^cohesin: {}"), "did you mean 'cohesion'?"},
    };
    CHECK(cases);
}

static void test_schedules(void **state) {
#define SCHEDULES(text) "schedules:\n  - {id: s, " text "}\n"
#define SUPPORT "kind: foreign_support, actor: rebels, values: "
    static const bad_case cases[] = {
        {NULL, SCHEDULES("kind: ^foreign_suport, values: []"), "did you mean 'foreign_support'?"},
        {NULL, SCHEDULES(SUPPORT "[{from: 2020-02, value: 1}, {from: ^2020-01, value: 0}]"),
         "must be in the order of their dates; 2020-01 is not after the one before"},
        {NULL, SCHEDULES(SUPPORT "[{from: 2020-02, value: ^11}]"),
         "a value of schedule s is 11; it must be from 0 to 10"},
        {NULL, SCHEDULES(SUPPORT "[{from: 2020-02, value: 1, ^vale: 1}]"), "did you mean 'value'?"},
        {NULL, SCHEDULES(SUPPORT "[{from: 2020-02, value: 1, known: ^soon}]"), "known is 'soon'; it must be a date"},
        {NULL, SCHEDULES(SUPPORT "[^{value: 1}]"), "a value of schedule s needs the key 'from'"},
        {NULL, SCHEDULES(SUPPORT "^1"), "values must be a list"},
        {NULL, "schedules:\n  - ^{id: s, kind: strikes, actor: usa, values: []}\n", "of kind strikes needs `other`"},
        {NULL, SCHEDULES("kind: strikes, actor: ^rebels, other: rebels, values: []"), "'rebels' is a faction; a power"},
        {NULL, SCHEDULES("kind: aid, actor: usa, other: ^rebels, values: []"), "a schedule of kind aid has no `other`"},
        {NULL, SCHEDULES(SUPPORT "[]") "  - ^{id: t, " SUPPORT "[]}\n",
         "schedules 's' and 't' are about the same thing and overlap"},
        {NULL, SCHEDULES(SUPPORT "[]") "  - {id: ^s, kind: rent, values: []}\n", "the schedule 's' is declared twice"},
        {NULL, "whatif:\n  w: {schedules: [^{id: none, values: []}]}\n",
         "schedule 'none' needs a kind (no schedule of the scenario has this id)"},
    };
    CHECK(cases);
}

static void test_dated(void **state) {
#define EVENT(text) "dated_events:\n  - {" text "}\n"
    static const bad_case cases[] = {
        {NULL, EVENT("date: ^2020-02-01, kind: attack, actor: rebels, area: East"),
         "before 'rebels' was founded (2020-03-01)"},
        {NULL, EVENT("date: ^2022-01, kind: leader_removed, actor: rebels"), "2022-01 is after the end of the horizon"},
        {NULL, EVENT("date: ^2020-02-30, kind: leader_removed, actor: rebels"), "it must be a date that exists"},
        {NULL, EVENT("date: 2020-05, kind: ^atack, actor: rebels, area: East"), "did you mean 'attack'?"},
        {NULL, "dated_events:\n  - ^{date: 2020-05, kind: attack, actor: rebels}\n",
         "an event of kind attack needs `area`"},
        {NULL, "dated_events:\n  - ^{date: 2020-05, kind: talks, actor: rebels}\n",
         "an event of kind talks needs `other`"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: ^usa, area: East"), "'usa' is a power; a faction"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: rebels, area: East, freed: ^5"),
         "an event of kind attack has no `freed`"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: rebels, area: East, deaths: {low: ^9, high: 5}"),
         "the interval of deaths is upside down"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: rebels, area: East, target: ^people"),
         "'people' is not a target"},
        {NULL,
         EVENT("id: x, date: 2020-05, kind: statement, actor: rebels") "  - {id: ^x, date: 2020-06, kind: statement, "
                                                                       "actor: rebels}\n",
         "the event 'x' is declared twice"},
        {NULL, "whatif:\n  w: {dated_events: [{id: ^none, off: true}]}\n",
         "'none' is not the id of a dated event of this scenario"},
        {NULL, "whatif:\n  w: {^event: []}\n", "'event' is not a key of what-if w"},
        {NULL, "facts:\n  - {about: ^strenght, date: 2020, value: 5}\n", "did you mean 'strength'?"},
        {NULL, "facts:\n  - ^{about: presence, date: 2020, value: 3, of: 2}\n", "3 of 2 is more than all"},
        {NULL, "facts:\n  - {about: control, actor: rebels, date: 2020, value: ^2}\n",
         "the fact is 2; it must be from 0 to 1"},
        {NULL, "facts:\n  - ^{about: districts, date: 2020, of: 9}\n", "needs `of`, how many there are, and `counts`"},
        {NULL, "facts:\n  - ^{about: districts, date: 2020, counts: {rebels: 3}}\n", "needs `of`"},
        {NULL, "facts:\n  - {about: districts, date: 2020, of: 9, counts: ^{rebels: 3, government: 7}}\n",
         "the counts add up to 10 of 9 districts"},
        {NULL, "facts:\n  - {about: districts, date: 2020, of: 9, counts: {rebels: ^2.5}}\n", "2.5"},
        {NULL, "facts:\n  - {about: districts, date: 2020, of: 9, counts: {^usa: 2}}\n", "'usa' is a power"},
        {NULL, "facts:\n  - {about: districts, date: 2020, of: 9, counts: ^{}}\n", "counts are empty"},
        {NULL, "facts:\n  - {about: districts, actor: ^rebels, date: 2020, of: 9, counts: {rebels: 2}}\n",
         "a fact about districts has no `actor`"},
        {NULL, "facts:\n  - {about: strength, actor: rebels, date: 2020-05, value: 9, counts: ^{rebels: 2}}\n",
         "a fact about strength has no `counts`"},
        {NULL, "facts:\n  - {about: deaths, date: 2020, value: 2, ^lo: 1}\n", "did you mean 'low'?"},
        {NULL, "facts:\n  - {about: deaths, date: {from: 2020, to: 2021, ^til: 2}, value: 2}\n",
         "'til' is not a key of the date of a fact"},
    };
    CHECK(cases);
}

static void test_model(void **state) {
    static const bad_case cases[] = {
        {NULL, "mechanisms: {^publicty: off}\n", "'publicty' is not a mechanism; did you mean 'publicity'?"},
        {NULL, "mechanisms: {publicity: ^maybe}\n", "the switch is 'maybe'; it must be true or false"},
        {NULL, "parameters: {^intensity.battel_rate: 1}\n",
         "'intensity.battel_rate' is not a parameter; did you mean 'intensity.battle_rate'?"},
        {NULL, "parameters: {intensity.battle_rate: ^-1}\n", "intensity.battle_rate is -1; it must be from"},
        {NULL, "estimate: [^intensity.battel_rate]\n", "did you mean 'intensity.battle_rate'?"},
        {NULL, "estimate: [^intensity.floor]\n", "is a definition without a prior"},
        {NULL, "estimate: [{intensity.cell_sd: ^rebels}]\n", "intensity.cell_sd has one value"},
        {NULL, "estimate: [{recruitment.rate: ^rebel}]\n", "'rebel'"},
        {NULL, "estimate: [{recruitment.rate: rebels}, ^{recruitment.rate: rebels}]\n", "already estimated"},
        {NULL, "estimate: [recruitment.rate, ^{recruitment.rate: rebels}]\n", "already estimated"},
        {NULL, "estimate: [^[intensity.cell_sd]]\n", "must be a parameter, or {parameter:"},
        {NULL, "estimate: ^intensity.cell_sd\n", "estimate"},
        {NULL, "parameters: {intensity.battle_rate: {^government-rebel: 1}}\n",
         "'government-rebel' is not a channel of this scenario"},
        {NULL, "parameters: {intensity.battle_rate: ^{high: 1}}\n",
         "intensity.battle_rate needs `value`, or `low` and `high`"},
        {NULL, "parameters: {excitation.self: ^0.9}\n",
         "excitation.self is 0.9; it must be from 0 to 0.89 (n: events that one event brings, on average: the "
         "branching "
         "ratio, and the spectral radius of excitation, which has no other entries. Near 1 clusters hardly end.)"},
        {NULL, "parameters: {excitation.self: {government-rebels: ^1e3}}\n", "excitation.self is 1e3; it must be from"},
        {NULL, "parameters: {excitation.self: {low: 0.5, high: ^0.95}}\n", "the spectral radius of excitation"},
    };
    CHECK(cases);
}

static void test_questions(void **state) {
#define QUESTION(text) "questions:\n  - {id: q, ask: \"" text "\"}\n"
    static const bad_case cases[] = {
        {NULL, QUESTION("^power(rebels) >= 1 by 2021-05"), "a question begins with ladder, ruler, control"},
        {NULL, QUESTION("ladder(^rebels, rebels) >= talks by 2021-05"),
         "a power of this scenario is expected; found 'rebels, rebels)"},
        {NULL, QUESTION("ladder(usa, ^usa) >= talks by 2021-05"), "a faction of this scenario is expected"},
        {NULL, QUESTION("ladder(usa^) >= talks by 2021-05"), "a comma and a second name are expected"},
        {NULL, QUESTION("ladder(usa, rebels) >= ^friendly by 2021-05"), "a rung of the ladder or a number is expected"},
        {NULL, QUESTION("control(rebels, ^North) > 0.5 at 2021-05"), "an area of this scenario is expected"},
        {NULL, QUESTION("strength(rebels) ^= 5 by 2021-05"), "one of >=, >, <= and < is expected; found '= 5 by"},
        {NULL, QUESTION("strength(rebels) > ^talks by 2021-05"), "a number is expected"},
        {NULL, QUESTION("strength(rebels) > 5 ^before 2021-05"), "by, at, until or from ... to ... is expected"},
        {NULL, QUESTION("strength(rebels) > 5 by ^2022-05"), "within the scenario's period and horizon"},
        {NULL, QUESTION("strength(rebels) > 5 by ^2021-05-31"), "a month, YYYY-MM, is expected"},
        {NULL, QUESTION("strength(rebels) > 5 by ^2021"), "a month, YYYY-MM, is expected"},
        {NULL, QUESTION("strength(rebels) > 5 by 2021-05 ^or so"), "the question should end here; found 'or so'"},
        {NULL, QUESTION("strength(rebels) > 5 ^by 2020-05"), "window is empty"},
        {NULL, QUESTION("deaths(all) > 5 from 2021-01 ^until 2021-05"), "`to` and a month are expected"},
        {NULL, QUESTION("deaths(^rebels-government) > 5 at 2021-01"),
         "a channel (such as government-rebels), a faction or `all`"},
        {NULL, QUESTION("events(^usa) > 5 at 2021-01"), "a channel (such as government-rebels), a faction or `all`"},
        {NULL, QUESTION("ruler ^rebels > 0 at 2021-01"), "an opening bracket is expected"},
        {NULL, QUESTION("ruler(rebels ^> 0 at 2021-01"), "a closing bracket is expected"},
        {NULL, QUESTION("ruler(rebels) > 0 ^"), "found 'the end'"},
        {NULL, "questions:\n  - {id: q, ask: ruler(rebels) > ^one at 2021-01}\n", "a number is expected"},
        {NULL, "questions:\n  - {id: q, ask: 'ruler(^r\u00e9bels) > one at 2021-01'}\n", "a faction of this scenario"},
        {NULL, "questions:\n  - {id: q, ask: ^'ruler(it''s) > 1 at 2021-01'}\n", "a faction of this scenario"},
        {NULL, "questions:\n  - id: q\n    ask: ^>\n      ruler(us) > 1 at\n      2021-01\n",
         "a faction of this scenario"},
        {NULL, QUESTION("ruler(rebels) > 0 at 2021-01") "  - {id: ^q, ask: ruler(rebels) > 0 at 2021-02}\n",
         "the question 'q' is declared twice"},
        {NULL, "questions: [^{id: q}]\n", "a question needs the key 'ask'"},
    };
    CHECK(cases);
}

static void test_yaml(void **state) {
    static const bad_case cases[] = {
        {NULL, "facts: ^&all []\n", "anchors and tags are not allowed"},
        {"Small", "^&small Small", "anchors and tags are not allowed"},
        {"tessera: 1", "tessera: ^!!int 1", "anchors and tags are not allowed"},
        {"Small", "^*small", "aliases (*name) are not allowed"},
        {"{kind: power}", "{^<<: {kind: power}, kind: power}", "merge keys (<<) are not allowed"},
        {"name: Small", "name:^", "the value is empty; write one, or remove the key"},
        {"Small", "^~", "the value is empty; write one, or remove the key"},
        {"Small", "^null", "the value is empty; write one, or remove the key"},
        {"Small", "^\"\"", "name must be a text; this is empty"},
        {NULL, "---\n^name: Second\n", "there is a second document; only one is allowed"},
        {NULL, "? ^[a, b]\n: 5\n", "a key must be a plain word"},
        {NULL, "facts: [1, 2\n^", "this is not valid YAML"},
        {"Small", "^\"Sm\\0all\"", "the text contains a NUL character"},
        {"Small", "Sm^\xe9ll", "the byte 0xe9 is not text in UTF-8"},
        {"tessera: 1\nname: Small", "tessera: 1\n# \u00e9t\u00e9 \u20ac^\xff\nname: Small",
         "the byte 0xff is not text in UTF-8"},
    };
    CHECK(cases);
}

/** Each part is right and the whole makes no sense: it would be passed over in silence, or one of two values lost. */
static void test_contradictions(void **state) {
#define LADDER "ladder: [{power: usa, faction: rebels, start: talks}]\n"
#define AID "schedules:\n  - {id: s, kind: aid, actor: usa, values: [{from: 2020, value: 1}]}\n"
    static const bad_case cases[] = {
        {"  usa: {", "  ^re-bels: {kind: faction}\n  usa: {", "the actor id 're-bels' must be of the letters a to z"},
        {"  usa: {", "  ^all: {kind: faction}\n  usa: {", "an actor cannot be called 'all'"},
        {"  usa: {", "  ^civilians: {kind: faction}\n  usa: {", "an actor cannot be called 'civilians'"},
        {"kind: power", "kind: power, regular: ^true", "a power has no `regular`; factions have"},
        {"kind: power", "kind: power, part_of: ^rebels", "a power has no `part_of`; factions have"},
        {"  usa: {", "  a: {kind: faction, names: {ged: [X]}}\n  b: {kind: faction, names: {ged: [^X]}}\n  usa: {",
         "the name 'X' is also that of 'a' at the time"},
        {NULL, "ruler: [{from: ^2020-02, actor: rebels}]\n", "'rebels' rules from 2020-02, before it was founded"},
        {NULL,
         "ladder: [{power: usa, faction: rebels, start: talks}, ^{power: usa, faction: rebels, start: hostile}]\n",
         "the ladder of usa and rebels is declared twice"},
        {NULL, INITIAL("relations: [{between: [usa, rebels], value: 0}, {between: ^[rebels, usa], value: 1e-1}]"),
         "relation of rebels and usa is given twice"},
        {NULL, INITIAL("control: {rebels: {West: 0.1, ^West province: 0.2}}"),
         "control of rebels in West is given twice"},
        {NULL,
         INITIAL("captives: [{actor: rebels, holder: government, area: East, number: 5}, "
                 "^{actor: rebels, holder: government, area: East, number: 6}]"),
         "captives of rebels and government in East is given twice"},
        {NULL, INITIAL("captives: [{actor: rebels, holder: ^rebels, area: East, number: 5}]"),
         "'rebels' cannot hold captives of its own"},
        {NULL, INITIAL("disposition: [^{power: usa, faction: rebels, value: 0}]"),
         "the ladder of usa and rebels is not declared"},
        {NULL, "schedules: [{id: s, kind: effort, actor: rebels, other: ^rebels, values: []}]\n",
         "a schedule of kind effort is between two actors; this is one"},
        {NULL, "schedules: [{id: s, kind: aid, actor: usa, area: ^West, values: []}]\n",
         "a schedule holds for the whole country; it has no `area`"},
        {NULL,
         "schedules:\n  - {id: s, kind: relation, actor: rebels, other: usa, values: []}\n"
         "  - ^{id: t, kind: relation, actor: usa, other: rebels, values: []}\n",
         "schedules 's' and 't' are about the same thing and overlap"},
        {NULL, AID "whatif: {w: {schedules: [{id: ^s, kind: reserves, values: [{from: 2021, value: 1}]}]}}\n",
         "the scenario's schedule 's' has another kind or other actors; take a new id"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: rebels, area: East, target: ^power"),
         "an attack on a power says which one under `other`"},
        {NULL, EVENT("date: 2020-05, kind: attack, actor: rebels, area: East, target: power, other: ^government"),
         "an attack on a power says which one under `other`"},
        {NULL, EVENT("date: 2020-05, kind: talks, actor: rebels, other: usa, target: ^ruler"),
         "an event of kind talks has no `target`"},
        {NULL, EVENT("date: 2020-05, kind: talks, actor: rebels, other: ^rebels"),
         "an event of kind talks is between two actors; this is one"},
        {NULL, EVENT("date: ^2020-02, kind: talks, actor: government, other: rebels"),
         "the event is on 2020-02, before 'rebels' was founded (2020-03-01)"},
        {NULL, EVENT("date: 2020-05, kind: split, actor: ^rebels"), "'rebels' is part of no faction; it cannot split"},
        {NULL, "dated_events:\n  - ^{date: 2020-05, kind: rung, actor: usa, other: rebels, rung: talks}\n",
         "the ladder of usa and rebels is not declared under `ladder`"},
        {NULL, "dated_events:\n  - ^{date: 2020-05, kind: transfer, actor: rebels, other: government}\n",
         "an event of kind transfer needs `fighters`"},
        {NULL,
         EVENT("id: x, date: 2020-05, kind: statement, actor: rebels") "whatif: {w: {dated_events: [{id: x, off: "
                                                                       "true}, {id: ^x, off: false}]}}\n",
         "this what-if says two things about the event 'x'"},
        {NULL, "facts:\n  - {about: deaths, date: {from: ^2021, to: 2020}, value: 2}\n",
         "from (2021) is after to (2020)"},
        {NULL, "facts:\n  - ^{about: strength, date: 2020, value: 2}\n", "a fact about strength needs `actor`"},
        {NULL, "facts:\n  - ^{about: captives, actor: rebels, date: 2020, value: 2}\n",
         "needs `other`: who holds them"},
        {NULL, "facts:\n  - {about: strength, actor: ^usa, date: 2020, value: 2}\n", "'usa' is a power; a faction"},
        {NULL, "facts:\n  - {about: strength, actor: rebels, date: ^2019, value: 2}\n",
         "the fact is about a time before 'rebels' was founded (2020-03-01)"},
        {NULL, "parameters: {recruitment.defection: {^rebels-usa: 0.01}}\n", "'rebels-usa' is not a pair of factions"},
        {NULL, QUESTION("^ladder(usa, rebels) >= talks by 2021-05"), "the ladder of these two is not declared"},
        {NULL, LADDER QUESTION("ladder(usa, rebels) >= ^6 by 2021-05"), "ladder is from 0 to 5; found '6 by"},
        {NULL, QUESTION("control(rebels, West) > ^50 by 2021-05"), "control is from 0 to 1; found '50 by"},
        {NULL, QUESTION("provinces(rebels) >= ^3 by 2021-05"), "provinces is from 0 to 2; found '3 by"},
        {NULL, QUESTION("strength(rebels) >= ^-1 by 2021-05"), "strength is 0 or more; found '-1 by"},
        {NULL, QUESTION("relation(rebels, usa) >= ^-2 by 2021-05"), "relation is from -1 to 1; found '-2 by"},
        {NULL, QUESTION("^relation(usa, usa) >= 0 by 2021-05"), "a relation is between two actors; this is one"},
        /* what refers to something wrong is not wrong itself */
        {NULL,
         "ladder: [{power: usa, faction: rebels, start: ^tlks}]\n" QUESTION("ladder(usa, rebels) >= 1 by 2021-05"),
         "did you mean 'talks'?"},
        {NULL,
         EVENT(
             "id: x, date: 2020-05, kind: split, actor: ^rebels") "whatif: {w: {dated_events: [{id: x, off: true}]}}\n",
         "'rebels' is part of no faction"},
    };
    CHECK(cases);
}

static void check_warning(void **state, const char *more, uint32_t line, const char *message) {
    world *w;
    problem_list list;
    char *text = edited(GOOD_SCENARIO, NULL, more);
    assert_int_equal(read_text(state, text, &w, &list), TSR_OK);
    bool found = false;
    for (size_t i = 0; message && i < list.n; i++)
        found = found || (list.items[i].severity == PROBLEM_WARNING && list.items[i].line == line &&
                          strstr(list.items[i].message, message));
    if (message ? !found : list.n > 0)
        fail_msg("%zu warnings, expected %u '%s' in:\n%s", list.n, line, message ? message : "none", text);
    problem_list_clear(&list);
    free(text);
    free(w);
}

/** Doubtful but usable. Every place that can name a source counts as its use. */
static void test_warnings(void **state) {
    check_warning(state, "", 10, "nothing points at the source 'paper'");
    check_warning(state, "schedules: [{id: s, kind: aid, actor: usa, values: []}]\n", 11, "schedule s has no values");
    check_warning(state,
                  LADDER EVENT("date: 2020-05, kind: rung, actor: usa, other: rebels, rung: hostile, source: paper"), 0,
                  NULL);
    check_warning(state, EVENT("date: 2020-05, kind: statement, actor: rebels, source: paper"), 0, NULL);
    check_warning(state, "ruler: [{from: 2020, actor: government, source: paper}]\n", 0, NULL);
    check_warning(state, "ladder: [{power: usa, faction: rebels, start: talks, source: paper}]\n", 0, NULL);
    check_warning(state, "parameters: {intensity.battle_rate: {low: 0.001, high: 0.002, source: paper}}\n", 0, NULL);
    check_warning(state,
                  "schedules: [{id: s, kind: aid, actor: usa, values: [{from: 2020, value: 1, source: paper}]}]\n", 0,
                  NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),   cmocka_unit_test(test_header),         cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_actors), cmocka_unit_test(test_initial),        cmocka_unit_test(test_schedules),
        cmocka_unit_test(test_dated),  cmocka_unit_test(test_model),          cmocka_unit_test(test_questions),
        cmocka_unit_test(test_yaml),   cmocka_unit_test(test_contradictions), cmocka_unit_test(test_warnings),
    };
    return cmocka_run_group_tests_name("bad scenarios", tests, country_make, scratch_remove);
}
