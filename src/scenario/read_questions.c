/* questions: a small language.
 *
 *   ask    := metric op value when
 *   metric := ladder(power, faction) | ruler(faction) | control(faction, area) | provinces(faction) | strength(faction)
 *           | support(faction) | relation(actor, actor) | events(channel or faction) | deaths(channel, faction or all)
 *   op     := >= | > | <= | <
 *   when   := by YYYY-MM | at YYYY-MM | until YYYY-MM | from YYYY-MM to YYYY-MM
 */
#include "scenario/reader.h"

#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct question_text {
    reader *r;
    const yaml_node *node;
    const char *start, *at;
    bool failed;
} question_text;

/** A message whose column points into the text of the question. */
static void fail(question_text *q, const char *message, const char *found) {
    if (q->failed || q->node->is_reported)
        return;
    q->failed = true;
    base_place place = q->node->place;
    if (q->node->is_one_line) {
        place.column += q->node->is_quoted ? 1 : 0;
        for (const char *c = q->start; c < q->at; c++)
            place.column += (*c & 0xc0) != 0x80; /* characters, not bytes */
    }
    problem_add(q->r->problems, PROBLEM_ERROR, place, "%s; found '%.60s'", message, *found ? found : "the end");
}

static void skip_blanks(question_text *q) {
    while (*q->at == ' ')
        q->at++;
}

/** A word of letters, digits and the characters that ids have; in the arena. */
static const char *take_word(question_text *q, const char *extra) {
    skip_blanks(q);
    size_t n = 0;
    while (q->at[n] && (isalnum((unsigned char)q->at[n]) || q->at[n] == '_' || strchr(extra, q->at[n])))
        n++;
    const char *word = arena_copy_text(q->r->memory, q->at, n);
    q->at += n;
    return word ? word : "";
}

static bool take(question_text *q, const char *token) {
    skip_blanks(q);
    size_t n = strlen(token);
    if (strncmp(q->at, token, n) != 0)
        return false;
    q->at += n;
    return true;
}

static int32_t take_actor(question_text *q, int kind) {
    skip_blanks(q);
    const char *before = q->at, *id = take_word(q, "");
    int32_t actor = reader_find_actor(q->r, id);
    size_t n;
    const world_actor *actors = world_built_actors(q->r->b, &n);
    if (actor >= 0 && (kind < 0 || (int)actors[actor].kind == kind))
        return actor;
    q->at = before;
    fail(q,
         kind == WORLD_FACTION ? "a faction of this scenario is expected"
         : kind == WORLD_POWER ? "a power of this scenario is expected"
                               : "an actor of this scenario is expected",
         before);
    return WORLD_NONE;
}

static int32_t take_area(question_text *q) {
    skip_blanks(q);
    size_t n = strcspn(q->at, ")");
    while (n > 0 && q->at[n - 1] == ' ')
        n--;
    const char *name = arena_copy_text(q->r->memory, q->at, n);
    int32_t area = name ? reader_find_area(q->r, name) : WORLD_NONE;
    if (area < 0)
        fail(q, "an area of this scenario is expected", q->at);
    q->at += n;
    return area;
}

/** A channel's id, a faction, or `all`. */
static void take_stream(question_text *q, world_question *question) {
    skip_blanks(q);
    const char *before = q->at, *id = take_word(q, "-");
    if (strcmp(id, "all") == 0)
        return;
    question->channel = reader_find_channel(q->r, id);
    if (question->channel < 0)
        question->actor = reader_find_actor(q->r, id);
    if (question->actor >= 0 && world_built_actors(q->r->b, NULL)[question->actor].kind != WORLD_FACTION)
        question->actor = WORLD_NONE;
    if (question->channel < 0 && question->actor < 0) {
        q->at = before;
        fail(q, "a channel (such as government-rebels), a faction or `all` is expected", before);
    }
}

static void take_arguments(question_text *q, world_question *question) {
    uint32_t metric = question->metric;
    if (metric == WORLD_METRIC_EVENTS || metric == WORLD_METRIC_DEATHS) {
        take_stream(q, question);
        return;
    }
    question->actor = take_actor(q, metric == WORLD_METRIC_LADDER     ? WORLD_POWER
                                    : metric == WORLD_METRIC_RELATION ? -1
                                                                      : WORLD_FACTION);
    bool two = metric == WORLD_METRIC_LADDER || metric == WORLD_METRIC_RELATION || metric == WORLD_METRIC_CONTROL;
    if (two && !q->failed && !take(q, ","))
        fail(q, "a comma and a second name are expected", q->at);
    if (q->failed || !two)
        return;
    if (metric == WORLD_METRIC_CONTROL)
        question->area = take_area(q);
    else
        question->other = take_actor(q, metric == WORLD_METRIC_LADDER ? WORLD_FACTION : -1);
}

static void take_metric(question_text *q, world_question *question) {
    skip_blanks(q);
    const char *before = q->at, *word = take_word(q, "");
    for (uint32_t k = 0; k < WORLD_METRICS; k++)
        if (strcmp(word, world_metric_name(k)) == 0) {
            question->metric = k;
            if (!take(q, "("))
                fail(q, "an opening bracket is expected", q->at);
            else
                take_arguments(q, question);
            if (!q->failed && !take(q, ")"))
                fail(q, "a closing bracket is expected", q->at);
            return;
        }
    q->at = before;
    fail(q, "a question begins with ladder, ruler, control, provinces, strength, support, relation, events or deaths",
         before);
}

/** A threshold that the metric cannot pass is a slip, 50 for 50 % say. */
static void check_threshold(question_text *q, const world_question *question, const char *before) {
    size_t n_areas;
    world_built_areas(q->r->b, &n_areas);
    double low = 0, high = INFINITY;
    if (question->metric == WORLD_METRIC_RELATION)
        low = -1;
    if (question->metric == WORLD_METRIC_LADDER)
        high = WORLD_RUNGS - 1;
    else if (question->metric == WORLD_METRIC_PROVINCES && n_areas > 0)
        high = (double)n_areas;
    else if (question->metric == WORLD_METRIC_RULER || question->metric == WORLD_METRIC_CONTROL ||
             question->metric == WORLD_METRIC_SUPPORT || question->metric == WORLD_METRIC_RELATION)
        high = 1;
    if (question->threshold >= low && question->threshold <= high)
        return;
    char message[120];
    snprintf(message, sizeof message, isinf(high) ? "%s is %g or more" : "%s is from %g to %g",
             world_metric_name(question->metric), low, high);
    q->at = before;
    fail(q, message, before);
}

/** Names that are known and still make no question. */
static void check_names(question_text *q, const world_question *question) {
    bool missing = question->metric == WORLD_METRIC_LADDER &&
                   reader_find_ladder(q->r, question->actor, question->other) == WORLD_NONE;
    bool is_one = question->metric == WORLD_METRIC_RELATION && question->actor == question->other;
    q->at = q->start;
    if (missing)
        fail(q, "the ladder of these two is not declared under `ladder`", q->start);
    else if (is_one)
        fail(q, "a relation is between two actors; this is one", q->start);
}

static void take_value(question_text *q, world_question *question) {
    static const char *const words[] = {">=", ">", "<=", "<"};
    static const uint32_t operators[] = {WORLD_GE, WORLD_GT, WORLD_LE, WORLD_LT};
    for (size_t i = 0; i < 4 && !q->failed; i++)
        if (take(q, words[i])) {
            question->op = operators[i];
            skip_blanks(q);
            const char *before = q->at, *value = take_word(q, "+-.");
            for (uint32_t rung = 0; question->metric == WORLD_METRIC_LADDER && rung < WORLD_RUNGS; rung++)
                if (strcmp(value, world_rung_name(rung)) == 0) {
                    question->threshold = rung;
                    return;
                }
            if (text_number(value, strlen(value), &question->threshold)) {
                check_threshold(q, question, before);
                return;
            }
            q->at = before;
            fail(q,
                 question->metric == WORLD_METRIC_LADDER ? "a rung of the ladder or a number is expected"
                                                         : "a number is expected",
                 before);
            return;
        }
    fail(q, "one of >=, >, <= and < is expected", q->at);
}

static int32_t take_month(question_text *q) {
    skip_blanks(q);
    const char *before = q->at, *text = take_word(q, "-");
    date_day first, last;
    if (!date_read(text, strlen(text), &first, &last) || strlen(text) != 7) {
        q->at = before;
        fail(q, "a month, YYYY-MM, is expected", before);
        return 0;
    }
    int32_t month = month_from_day(first);
    const world *header = world_builder_header(q->r->b);
    if (q->r->last_day != DATE_MAX && (month < header->first_month || month > header->last_month)) {
        q->at = before;
        fail(q, "the month must lie within the scenario's period and horizon", before);
    }
    return month;
}

static void take_when(question_text *q, world_question *question) {
    int32_t after_data = world_builder_header(q->r->b)->last_observed + 1;
    question->first_month = after_data;
    skip_blanks(q);
    const char *when = q->at;
    if (take(q, "by ")) {
        question->mode = WORLD_BY;
        question->last_month = take_month(q);
    } else if (take(q, "until ")) {
        question->mode = WORLD_UNTIL;
        question->last_month = take_month(q);
    } else if (take(q, "at ") || take(q, "in ")) {
        question->mode = WORLD_AT;
        question->first_month = question->last_month = take_month(q);
    } else if (take(q, "from ")) {
        bool counts = question->metric == WORLD_METRIC_EVENTS || question->metric == WORLD_METRIC_DEATHS;
        question->mode = counts ? WORLD_SUM : WORLD_UNTIL;
        question->first_month = take_month(q);
        if (!q->failed && !take(q, "to "))
            fail(q, "`to` and a month are expected", q->at);
        if (!q->failed)
            question->last_month = take_month(q);
    } else {
        fail(q, "by, at, until or from ... to ... is expected", q->at);
    }
    skip_blanks(q);
    if (!q->failed && *q->at)
        fail(q, "the question should end here", q->at);
    if (!q->failed && q->r->last_day != DATE_MAX && question->first_month > question->last_month) {
        q->at = when;
        fail(q, "the question's window is empty: it begins after it ends (by and until begin after last_observed)",
             when);
    }
}

static void add_question(reader *r, const yaml_node *node) {
    static const char *const allowed[] = {"id", "ask", "title", NULL}, *const required[] = {"id", "ask", NULL};
    const char *id, *ask, *title = "";
    size_t n;
    if (!reader_map(r, node, "a question", allowed, required) || !reader_text(r, yaml_get(node, "id"), "id", &id) ||
        !reader_text(r, yaml_get(node, "ask"), "ask", &ask))
        return;
    if (!reader_text(r, yaml_get(node, "title"), "title", &title))
        title = ask;
    const world_question *all = world_built_questions(r->b, &n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(world_builder_string(r->b, all[i].id), id) == 0)
            reader_error(r, yaml_get(node, "id"), "the question '%s' is declared twice", id);
    world_question question = {.actor = WORLD_NONE, .other = WORLD_NONE, .area = WORLD_NONE, .channel = WORLD_NONE};
    question_text q = {.r = r, .node = yaml_get(node, "ask"), .start = ask, .at = ask};
    take_metric(&q, &question);
    if (!q.failed)
        take_value(&q, &question);
    if (!q.failed)
        take_when(&q, &question);
    if (!q.failed)
        check_names(&q, &question);
    question.id = world_builder_text(r->b, id);
    question.title = world_builder_text(r->b, title);
    question.ask = world_builder_text(r->b, ask);
    if (!q.failed)
        world_add_questions(r->b, &question);
}

void read_questions(reader *r, const yaml_node *root) {
    const yaml_node *list = yaml_get(root, "questions");
    if (!reader_list(r, list, "questions"))
        return;
    for (size_t i = 0; i < list->n; i++)
        add_question(r, list->items[i]);
}
