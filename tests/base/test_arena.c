/* The arena: alignment, zeroed and separate memory of any size; arrays that grow without overflow; large arrays. */
#include "base/arena.h"

#include "base/memory.h"
#include "test.h"

/** The address sanitizer, where it is there, is to answer what is too much as malloc does. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static bool is_zero(const unsigned char *bytes, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

/** Every allocation is aligned, zeroed and nobody else's, across blocks and for sizes above a block's. */
static void test_alloc(void **state) {
    (void)state;
    enum { N = 3000 };
    static unsigned char *items[N];
    static size_t sizes[N];
    arena *a = arena_create();
    assert_non_null(a);
    for (size_t i = 0; i < N; i++) {
        sizes[i] = i % 500 == 499 ? 100000 + i : i % 67;
        items[i] = arena_alloc(a, sizes[i]);
        assert_non_null(items[i]);
        assert_int_equal((uintptr_t)items[i] % 16, 0);
        assert_true(is_zero(items[i], sizes[i]));
        memset(items[i], (int)(1 + i % 255), sizes[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(items[i][j], 1 + i % 255);
    arena_free(a);
    arena_free(NULL);
}

static void test_alloc_edges(void **state) {
    (void)state;
    arena *a = arena_create();
    assert_non_null(a);
    assert_non_null(arena_alloc(a, 0));
    assert_non_null(arena_alloc(a, 64 * 1024)); /* a whole block */
    assert_non_null(arena_alloc(a, 64 * 1024 + 1));
    volatile size_t too_much = SIZE_MAX; /* volatile: compilers warn of what they can foresee */
    assert_null(arena_alloc(a, too_much));
    assert_null(arena_alloc(a, too_much - 15));
    assert_null(arena_alloc(a, too_much - 64 * 1024));
    assert_null(arena_alloc(a, too_much / 2));
    assert_null(arena_copy_text(a, "x", too_much));
    assert_non_null(arena_alloc(a, 1)); /* it still works */
    arena_free(a);
}

static void test_copy_text(void **state) {
    (void)state;
    arena *a = arena_create();
    assert_non_null(a);
    char source[] = "Kandahar";
    const char *copy = arena_copy_text(a, source, 3);
    assert_string_equal(copy, "Kan");
    source[0] = 'X';
    assert_string_equal(copy, "Kan");
    assert_string_equal(arena_copy_text(a, NULL, 0), "");
    assert_string_equal(arena_copy_text(a, "0123456789abcdef", 16), "0123456789abcdef");
    arena_free(a);
}

static void test_reserve(void **state) {
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    int n_grown = 0;
    for (size_t n = 0; n < 100000; n++) {
        size_t before = capacity;
        assert_true(array_reserve(&items, &capacity, n + 1, sizeof(uint32_t)));
        assert_true(capacity > n);
        n_grown += capacity != before;
        ((uint32_t *)items)[n] = (uint32_t)n;
    }
    assert_in_range(n_grown, 5, 20); /* appending is linear */
    for (size_t n = 0; n < 100000; n += 7)
        assert_int_equal(((uint32_t *)items)[n], n);
    free(items);
}

static void test_reserve_overflow(void **state) {
    (void)state;
    void *items = NULL;
    size_t capacity = 0;
    assert_true(array_reserve(&items, &capacity, 10, 16));
    const void *same_items = items;
    const size_t same_capacity = capacity;
    assert_false(array_reserve(&items, &capacity, SIZE_MAX, 1));
    assert_false(array_reserve(&items, &capacity, SIZE_MAX / 2 + 2, 1)); /* doubling would overflow */
    assert_false(array_reserve(&items, &capacity, SIZE_MAX / 16 + 1, 16));
    assert_false(array_reserve(&items, &capacity, SIZE_MAX / 4, 8));
    assert_false(array_reserve(&items, &capacity, SIZE_MAX / 4, 1)); /* more than any machine has */
    assert_false(array_reserve(&items, &capacity, 1000, 0));
    assert_ptr_equal(items, same_items);
    assert_int_equal(capacity, same_capacity);
    assert_true(array_reserve(&items, &capacity, 0, 16));
    assert_ptr_equal(items, same_items);
    free(items);
}

/** Rows are aligned and zeroed, also where the memory was somebody else's and where pages are huge. */
static void test_rows(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 63, 65, 100000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 7 << 20};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i / 2];
        unsigned char *rows = memory_rows(size);
        assert_non_null(rows);
        assert_int_equal((uintptr_t)rows % 64, 0);
        assert_true(is_zero(rows, size));
        memset(rows, 1, size);
        free(rows);
    }
    volatile size_t too_much = SIZE_MAX;
    assert_null(memory_rows(too_much));
    assert_null(memory_rows(too_much - (2 << 20)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc),   cmocka_unit_test(test_alloc_edges),      cmocka_unit_test(test_copy_text),
        cmocka_unit_test(test_reserve), cmocka_unit_test(test_reserve_overflow), cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
