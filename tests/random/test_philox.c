/* Philox against Random123, and the layout of addresses. */
#include "random/philox.h"

#include <Random123/philox.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void known_answers(void **state) {
    (void)state;
    /* Salmon et al. 2011, the vectors of Random123 for ten rounds. */
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t out[4];
        random_key key = {{known[i].key[0], known[i].key[1]}};
        KERNEL(random_philox)(known[i].counter, key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void as_random123(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        uint32_t counter[4] = {i * 2654435761u, i ^ 0x5bd1e995u, i << 7, ~i}, out[4];
        random_key key = {{i * 40503u, i + 17}};
        philox4x32_ctr_t theirs = {{counter[0], counter[1], counter[2], counter[3]}};
        philox4x32_key_t their_key = {{key.word[0], key.word[1]}};
        philox4x32_ctr_t expected = philox4x32(theirs, their_key);
        KERNEL(random_philox)(counter, key, out);
        assert_memory_equal(out, expected.v, sizeof out);
    }
}

static void lanes_are_counters(void **state) {
    (void)state;
    random_address address = {{{1, 2}}, 1000, 421, 3};
    philox_words words;
    philox_lanes(&address, 9, 5, 77, 128, &words);
    for (uint32_t lane = 0; lane < 128; lane++) {
        uint32_t counter[4] = {1000 + lane, 421u << 20 | 3, 77, 9u << 24 | 5}, out[4];
        KERNEL(random_philox)(counter, address.key, out);
        for (int k = 0; k < 4; k++)
            assert_int_equal(out[k], words.word[k][lane]);
    }
}

static void keys_differ(void **state) {
    (void)state;
    random_key a = KERNEL(random_key_make)(1, RANDOM_SIMULATE, 0), b = KERNEL(random_key_make)(2, RANDOM_SIMULATE, 0);
    random_key c = KERNEL(random_key_make)(1, RANDOM_FILTER, 0), d = KERNEL(random_key_make)(1, RANDOM_SIMULATE, 1);
    assert_memory_not_equal(&a, &b, sizeof a);
    assert_memory_not_equal(&a, &c, sizeof a);
    assert_memory_not_equal(&a, &d, sizeof a);
}

/* Rows filled in one call equal rows filled in two, and lanes in one call equal lanes in several. */
static void rows_and_lanes_split(void **state) {
    (void)state;
    enum { ROWS = 8, LANES_ALL = 128 };
    random_address address = {{{5, 6}}, 0, 500, 1};
    real all[ROWS * LANES_ALL], part[ROWS * LANES_ALL];
    KERNEL(random_normal_rows)(&address, 3, 40, ROWS, LANES_ALL, all);
    KERNEL(random_normal_rows)(&address, 3, 40, 4, LANES_ALL, part);
    KERNEL(random_normal_rows)(&address, 3, 44, 4, LANES_ALL, part + 4 * LANES_ALL);
    assert_memory_equal(all, part, sizeof all);
    for (uint32_t first = 0; first < LANES_ALL; first += 16) {
        random_address shifted = address;
        shifted.first_slot = first;
        KERNEL(random_normal_rows)(&shifted, 3, 40, ROWS, 16, part);
        for (int row = 0; row < ROWS; row++)
            assert_memory_equal(part + row * 16, all + row * LANES_ALL + first, 16 * sizeof(real));
    }
}

/* A lane has the same binomial count in a row that is full of work, alone in its row, and in a row of a call of its own. */
static void binomials_packed_or_not(void **state) {
    (void)state;
    enum { ROWS = 6, LANES_ALL = 32, N = ROWS * LANES_ALL };
    random_address address = {{{5, 6}}, 0, 500, 1};
    real trials[N], p[N], all[N], alone[N], one[N] = {0};
    for (int i = 0; i < N; i++) {
        trials[i] = (real)(i % 7 == 0 ? 10000 * i : i % 5 * i); /* some are drawn in parts or by rejection */
        p[i] = (real)(i % 11) / 10;
    }
    KERNEL(random_binomial_rows)(&address, 3, 41, ROWS, LANES_ALL, trials, p, all);
    for (int i = 0; i < N; i++) {
        int row = i / LANES_ALL, first = row * LANES_ALL;
        one[i] = trials[i];
        KERNEL(random_binomial_rows)(&address, 3, 41, ROWS, LANES_ALL, one, p, alone);
        assert_true(alone[i] == all[i]);
        KERNEL(random_binomial_rows)
        (&address, 3, 41 + (uint32_t)row, 1, LANES_ALL, one + first, p + first, alone);
        assert_true(alone[i - first] == all[i]);
        one[i] = 0;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),        cmocka_unit_test(as_random123),
        cmocka_unit_test(lanes_are_counters),   cmocka_unit_test(keys_differ),
        cmocka_unit_test(rows_and_lanes_split), cmocka_unit_test(binomials_packed_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
