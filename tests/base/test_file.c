/* Files: whole reads, atomic writes (also on a full disk), paths, SHA-256. */
#include "base/file.h"
#include "test.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_read(void **state) {
    char *path = scratch_path(state, "read"), *bytes = NULL;
    size_t n = 0;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(file_write_atomic(path, "a\0b\n", 4, &error), TSR_OK);
    assert_int_equal(file_read(path, &bytes, &n, &error), TSR_OK);
    assert_int_equal(n, 4);
    assert_memory_equal(bytes, "a\0b\n", 5); /* with the closing NUL */
    free(bytes);
    scratch_write(path, "");
    assert_int_equal(file_read(path, &bytes, &n, &error), TSR_OK);
    assert_int_equal(n, 0);
    assert_string_equal(bytes, "");
    free(bytes);
}

/** The size that the system tells is only a guess: files of /proc have none. */
static void test_read_without_size(void **state) {
    (void)state;
    char *bytes = NULL;
    size_t n = 0;
    if (!scratch_exists("/proc/self/status"))
        skip();
    assert_int_equal(file_read("/proc/self/status", &bytes, &n, NULL), TSR_OK);
    assert_int_equal(strlen(bytes), n);
    assert_non_null(strstr(bytes, "Pid:"));
    free(bytes);
}

static void check_unreadable(const char *path, tsr_status status, const char *words) {
    char *bytes = NULL, hex[65] = "";
    size_t n = 77;
    tsr_error error = TSR_ERROR_INIT, hash_error = TSR_ERROR_INIT;
    assert_int_equal(file_read(path, &bytes, &n, &error), status);
    assert_non_null(strstr(error.message, words));
    assert_string_equal(error.file, path);
    assert_null(bytes);
    assert_int_equal(n, 77);
    assert_int_equal(sha256_file(path, hex, NULL, &hash_error), status);
    assert_string_equal(hash_error.file, path);
    assert_string_equal(hex, "");
}

static void test_unreadable(void **state) {
    check_unreadable(scratch_path(state, "missing"), TSR_E_INPUT, "No such file");
    scratch_write(scratch_path(state, "plain"), "x");
    check_unreadable(scratch_path(state, "plain/below"), TSR_E_INPUT, "cannot be opened");
    check_unreadable((char *)*state, TSR_E_INPUT, "is a folder");
    char *pipe = scratch_path(state, "pipe");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    alarm(20); /* reading a pipe must not wait for a writer */
    check_unreadable(pipe, TSR_E_INPUT, "not a regular file");
    alarm(0);
    if (geteuid() == 0)
        return; /* root may read everything */
    char *closed = scratch_path(state, "closed");
    scratch_write(closed, "x");
    assert_int_equal(chmod(closed, 0), 0);
    check_unreadable(closed, TSR_E_IO, "Permission denied");
}

static void test_write(void **state) {
    char *folder = scratch_path(state, "write"), *path = scratch_path(state, "write/file");
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(file_write_atomic(path, "one", 3, NULL), TSR_OK);
    assert_true(scratch_holds(path, "one"));
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(file_write_atomic(path, "twice", 5, NULL), TSR_OK);
    assert_true(scratch_holds(path, "twice"));
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_ino != after.st_ino); /* a new file took its place; readers of the old one keep it */
    assert_int_equal(file_write_atomic(path, NULL, 0, NULL), TSR_OK);
    assert_true(scratch_holds(path, ""));
    assert_int_equal(scratch_count(folder), 1);
    assert_int_equal(chdir(folder), 0); /* a path without a folder */
    assert_int_equal(file_write_atomic("bare", "x", 1, NULL), TSR_OK);
    assert_int_equal(chdir("/"), 0);
    assert_true(scratch_holds(scratch_path(state, "write/bare"), "x"));
}

static void test_write_fails(void **state) {
    tsr_error error = TSR_ERROR_INIT;
    char *path = scratch_path(state, "nowhere/file");
    assert_int_equal(file_write_atomic(path, "x", 1, &error), TSR_E_IO);
    assert_string_equal(error.file, path);
    assert_non_null(strstr(error.message, "cannot be written: No such file"));
    char *folder = scratch_path(state, "busy"), *inside = scratch_path(state, "busy/target");
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(mkdir(inside, 0777), 0);
    error = (tsr_error)TSR_ERROR_INIT;
    assert_int_equal(file_write_atomic(inside, "x", 1, &error), TSR_E_IO); /* a folder is in its place */
    assert_int_equal(scratch_count(folder), 1);                            /* no temporary file is left */
    char long_name[TSR_PATH_SIZE];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    assert_int_equal(file_write_atomic(long_name, "x", 1, NULL), TSR_E_INPUT);
}

/** Who lays a link in the temporary file's place does not make us write where it leads. */
static void test_write_link(void **state) {
    char *path = scratch_path(state, "linked"), *victim = scratch_path(state, "victim"), name[64];
    scratch_write(victim, "precious");
    snprintf(name, sizeof name, ".linked.tmp-%ld", (long)getpid());
    assert_int_equal(symlink(victim, scratch_path(state, name)), 0);
    assert_int_equal(file_write_atomic(path, "new", 3, NULL), TSR_OK);
    assert_true(scratch_holds(victim, "precious"));
    assert_true(scratch_holds(path, "new"));
}

static bool put_text(const char *path, const char *text) {
    int descriptor = open(path, O_WRONLY);
    bool done = descriptor >= 0 && write(descriptor, text, strlen(text)) == (ssize_t)strlen(text);
    if (descriptor >= 0)
        close(descriptor);
    return done;
}

/** In a child: a file system of our own with 64 KiB. @return false where this is not allowed */
static bool mount_small(const char *folder) {
    char users[64], groups[64];
    snprintf(users, sizeof users, "0 %u 1", geteuid());
    snprintf(groups, sizeof groups, "0 %u 1", getegid());
    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || !put_text("/proc/self/setgroups", "deny") ||
            !put_text("/proc/self/uid_map", users) || !put_text("/proc/self/gid_map", groups))
            return false;
    }
    return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0;
}

enum { FINE = 0, SKIPPED = 77 };

/** In a child. @return FINE, SKIPPED, or the number of the line that found a fault (modulo 256, never the other two) */
static int write_to_full_disk(const char *folder) {
    static char much[1 << 20];
    char path[1024];
    tsr_error error = TSR_ERROR_INIT;
    if (!mount_small(folder))
        return SKIPPED;
    snprintf(path, sizeof path, "%s/file", folder);
    if (file_write_atomic(path, "old", 3, NULL) != TSR_OK)
        return 1;
    if (file_write_atomic(path, much, sizeof much, &error) != TSR_E_IO)
        return 2;
    if (!strstr(error.message, "no space left on device") || !strstr(error.message, "nothing was written"))
        return 3;
    if (!scratch_holds(path, "old"))
        return 4;
    return scratch_count(folder) == 1 ? FINE : 5;
}

static void test_full_disk(void **state) {
    char *folder = scratch_path(state, "full");
    assert_int_equal(mkdir(folder, 0777), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(write_to_full_disk(folder));
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) == SKIPPED)
        skip(); /* no file system of our own without rights */
    assert_int_equal(WEXITSTATUS(result), FINE);
}

static void test_paths(void **state) {
    (void)state;
    char out[TSR_PATH_SIZE], name[TSR_PATH_SIZE + 1];
    assert_int_equal(path_join("a/b", "c", out, NULL), TSR_OK);
    assert_string_equal(out, "a/b/c");
    assert_int_equal(path_join("a/b", "/c", out, NULL), TSR_OK);
    assert_string_equal(out, "/c");
    assert_int_equal(path_folder("a/b/c", out, NULL), TSR_OK);
    assert_string_equal(out, "a/b");
    assert_int_equal(path_folder("c", out, NULL), TSR_OK);
    assert_string_equal(out, ".");
    assert_int_equal(path_folder("/c", out, NULL), TSR_OK);
    assert_string_equal(out, "/");
    memset(name, 'n', TSR_PATH_SIZE);
    name[TSR_PATH_SIZE] = 0;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(path_join("a", name, out, &error), TSR_E_INPUT);
    assert_non_null(strstr(error.message, "511 characters"));
    name[TSR_PATH_SIZE - 3] = 0; /* with the folder and the slash, 511 */
    assert_int_equal(path_join("a", name, out, NULL), TSR_OK);
    assert_int_equal(strlen(out), TSR_PATH_SIZE - 1);
    memset(name, 'n', TSR_PATH_SIZE);
    name[TSR_PATH_SIZE - 1] = '/';
    assert_int_equal(path_folder(name, out, NULL), TSR_OK);
    assert_int_equal(strlen(out), TSR_PATH_SIZE - 1);
    name[TSR_PATH_SIZE - 1] = 'n';
    name[0] = '/';
    assert_int_equal(path_folder(name, out, NULL), TSR_OK);
    char longer[TSR_PATH_SIZE + 8];
    snprintf(longer, sizeof longer, "%s/x", name);
    assert_int_equal(path_folder(longer, out, NULL), TSR_E_INPUT);
}

/* FIPS 180-4's examples. */
static void test_sha256(void **state) {
    static const char *const million = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    char hex[65];
    sha256_bytes("", 0, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_bytes("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *path = scratch_path(state, "million"), *many = malloc(1000001);
    assert_non_null(many);
    memset(many, 'a', 1000000);
    many[1000000] = 0;
    sha256_bytes(many, 1000000, hex);
    assert_string_equal(hex, million);
    scratch_write(path, many);
    free(many);
    uint64_t n = 0;
    memset(hex, 0, sizeof hex);
    assert_int_equal(sha256_file(path, hex, &n, NULL), TSR_OK);
    assert_string_equal(hex, million);
    assert_int_equal(n, 1000000);
    assert_int_equal(sha256_file(path, hex, NULL, NULL), TSR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),        cmocka_unit_test(test_read_without_size),
        cmocka_unit_test(test_unreadable),  cmocka_unit_test(test_write),
        cmocka_unit_test(test_write_fails), cmocka_unit_test(test_write_link),
        cmocka_unit_test(test_full_disk),   cmocka_unit_test(test_paths),
        cmocka_unit_test(test_sha256),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
