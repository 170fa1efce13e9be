/* Every allocation of ours and of the JSON library fails once: the call says so, and nothing leaks or is silently lost. */
#include "base/arena.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "base/threads.h"
#include "test.h"

#include <jansson.h>

static long n_left = -1; /* allocations that succeed before one fails; -1: all */

static bool fails(void) {
    return n_left >= 0 && n_left-- == 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t n, size_t size) {
    return fails() ? NULL : __real_calloc(n, size);
}
void *__wrap_realloc(void *old, size_t size) {
    return fails() ? NULL : __real_realloc(old, size);
}

/** Run `attempt` with its first, second ... allocation failing until none does. @return how many allocations it has */
static long fail_each(tsr_status (*attempt)(void *user, tsr_error *error), void *user) {
    for (long k = 0;; k++) {
        tsr_error error = TSR_ERROR_INIT;
        n_left = k;
        tsr_status status = attempt(user, &error);
        bool all_done = n_left >= 0;
        n_left = -1;
        if (status != (all_done ? TSR_OK : TSR_E_MEMORY))
            fail_msg("allocation %ld: %s: %s", k, tsr_status_name(status), error.message);
        if (all_done)
            return k;
    }
}

static tsr_status try_arena(void *user, tsr_error *error) {
    (void)user, (void)error;
    arena *a = arena_create();
    bool done = a && arena_alloc(a, 10) && arena_copy_text(a, "abc", 3) && arena_alloc(a, 200000);
    arena_free(a);
    return done ? TSR_OK : TSR_E_MEMORY;
}

static tsr_status try_text(void *user, tsr_error *error) {
    (void)user, (void)error;
    text_buffer b;
    text_buffer_init(&b);
    for (int i = 0; i < 20; i++)
        text_add_string(&b, "0123456789");
    bool done = !b.failed;
    assert_true(!done || b.n == 200);
    text_buffer_clear(&b);
    return done ? TSR_OK : TSR_E_MEMORY;
}

/** A list that lost an error never says that all is well. */
static tsr_status try_problems(void *user, tsr_error *error) {
    (void)user;
    problem_list list;
    problem_list_init(&list);
    problem_add(&list, PROBLEM_WARNING, (base_place){"a", 1, 1}, "one");
    tsr_status status = problem_list_status(&list, error);
    problem_list_clear(&list);
    return status;
}

static tsr_status try_read(void *user, tsr_error *error) {
    char *bytes = NULL;
    size_t n = 0;
    tsr_status status = file_read(user, &bytes, &n, error);
    assert_true((status == TSR_OK) == (bytes != NULL));
    free(bytes);
    return status;
}

static tsr_status try_pool(void *user, tsr_error *error) {
    (void)user;
    thread_pool *pool = NULL;
    tsr_status status = thread_pool_create(1, &pool, error);
    assert_true((status == TSR_OK) == (pool != NULL));
    thread_pool_free(pool);
    return status;
}

/** @param user size of the whole text, 0 when it is not known yet */
static tsr_status try_dump(void *user, tsr_error *error) {
    size_t *n_whole = user;
    char *text = NULL;
    size_t n = 0;
    json *v = json_new();
    json *list = json_put_array(v, "list");
    for (int i = 0; i < 20; i++) {
        json *item = json_add_object(list);
        json_put_integer(item, "i", i);
        json_put_string(item, "text", i % 2 ? "x" : "\xff");
        json_add_number(json_put_array(item, "numbers"), 0.5);
    }
    json_put_bool(v, "last", true);
    tsr_status status = json_dump(v, true, &text, &n, error);
    assert_true((status == TSR_OK) == (text != NULL));
    if (text && *n_whole > 0) /* whole, or not at all */
        assert_int_equal(n, *n_whole);
    else if (text)
        *n_whole = n;
    free(text);
    json_free(v);
    return status;
}

/** In some places the library takes a failed allocation for a wrong character, so any failure will do. */
static tsr_status try_parse(void *user, tsr_error *error) {
    json *v = NULL;
    tsr_status status = json_parse(user, strlen(user), "a.json", &v, error);
    assert_true((status == TSR_OK) == (v != NULL));
    assert_true(status == TSR_OK || strlen(error->message) > 0);
    json_free(v);
    return status == TSR_OK ? TSR_OK : TSR_E_MEMORY;
}

static void test_base(void **state) {
    char *path = scratch_path(state, "file");
    scratch_write(path, "some text");
    assert_int_equal(fail_each(try_arena, NULL), 3);
    assert_true(fail_each(try_text, NULL) >= 3);
    assert_true(fail_each(try_problems, NULL) >= 1);
    assert_int_equal(fail_each(try_read, path), 1);
    assert_int_equal(fail_each(try_pool, NULL), 2);
}

static void test_json(void **state) {
    (void)state;
    json_set_alloc_funcs(__wrap_malloc, free); /* its own allocations are not ours to wrap */
    size_t n_whole = 0;
    assert_int_equal(try_dump(&n_whole, NULL), TSR_OK);
    assert_true(fail_each(try_dump, &n_whole) > 100);
    char text[] = "{\"a\": [1, 2.5, \"text\", {\"b\": null}], \"c\": true}";
    assert_true(fail_each(try_parse, text) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_base), cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
