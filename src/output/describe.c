/* What a person reads at the end of a run: each question with its probability, the Monte Carlo error, and caveats. */
#include "output/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 70, INDENT = 2 };

/** Characters of UTF-8 text: bytes that begin one. */
static size_t characters(const char *text, size_t n) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

/** Add words in lines of at most WIDTH characters, each line after `indent` blanks. */
static void add_wrapped(text_buffer *out, const char *text, int indent) {
    size_t column = 0;
    for (const char *word = text + strspn(text, " \t\r\n"); *word;) {
        size_t n = strcspn(word, " \t\r\n");
        size_t length = characters(word, n);
        if (column > 0 && column + 1 + length > WIDTH) {
            text_add_string(out, "\n");
            column = 0;
        }
        if (column == 0)
            text_add_format(out, "%*s", indent, "");
        else
            text_add_string(out, " ");
        text_add(out, word, n);
        column += length + (column > 0);
        word += n;
        word += strspn(word, " \t\r\n");
    }
    text_add_string(out, "\n");
}

/** Percent, never 0 % or 100 %: an ensemble cannot say never. Digits as the Monte Carlo error allows. */
static void add_probability(text_buffer *out, const run_answer *answer) {
    double percent = 100 * answer->probability, error = 100 * answer->mc_error;
    double smallest = answer->n_members ? 100.0 / (double)answer->n_members : 1;
    int digits = smallest >= 1 ? 0 : 1;
    if (!isfinite(percent))
        text_add_string(out, "no answer");
    else if (percent <= 0)
        text_add_format(out, "under %.*f %%  (in none of %llu members)", digits, fmax(smallest, digits ? 0.1 : 1),
                        (unsigned long long)answer->n_members);
    else if (percent >= 100)
        text_add_format(out, "over %.*f %%  (in all of %llu members)", digits,
                        100 - fmin(fmax(smallest, digits ? 0.1 : 1), 100), (unsigned long long)answer->n_members);
    else
        text_add_format(out, "%.1f %%  ± %.1f", percent, error);
}

tsr_status output_describe_answers(const study_run *run, text_buffer *out, tsr_error *error) {
    const world_question *questions = world_questions(run->w, NULL);
    if (run->n_answers > 0)
        text_add_format(out, "Questions (share of %u members, ± Monte Carlo error)\n\n", run->n_members);
    for (size_t i = 0; i < run->n_answers; i++) {
        const run_answer *answer = &run->answers[i];
        const world_question *question = &questions[answer->question];
        const char *title = world_string(run->w, question->title);
        add_wrapped(out, title[0] ? title : world_string(run->w, question->ask), INDENT);
        text_add_format(out, "%*s", 2 * INDENT, "");
        add_probability(out, answer);
        text_add_string(out, "\n");
        if (answer->caveat && answer->caveat[0]) {
            text_buffer caveat;
            text_buffer_init(&caveat);
            text_add_format(&caveat, "But: %s", answer->caveat);
            add_wrapped(out, caveat.data ? caveat.data : "", 2 * INDENT);
            text_buffer_clear(&caveat);
        }
        text_add_string(out, "\n");
    }
    if (run->n_answers == 0 && !run->learning)
        text_add_string(out, "The scenario asks no questions.\n\n");
    add_wrapped(out, output_banner(run->status), 0);
    return out->failed ? FAIL(error, TSR_E_MEMORY, "no memory to describe %zu answers", run->n_answers) : TSR_OK;
}
