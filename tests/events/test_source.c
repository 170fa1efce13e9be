/* Where event files come from: plain files, zips, and what goes wrong with both. */
#include "events/source.h"
#include "fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

static fixture_folder folder;

static int make(void **state) {
    (void)state;
    folder = fixture_make_folder();
    return 0;
}

static int clean(void **state) {
    (void)state;
    fixture_remove(&folder);
    return 0;
}

static const char *in_folder(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder.path, name);
    return path;
}

/** A zip whose members have their own names as content. @param password  NULL: not encrypted */
static void make_locked_zip(const char *name, const char *password, const char *const *members) {
    struct archive *a = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(a), ARCHIVE_OK);
    if (password != NULL) {
        assert_int_equal(archive_write_set_options(a, "zip:encryption=traditional"), ARCHIVE_OK);
        assert_int_equal(archive_write_set_passphrase(a, password), ARCHIVE_OK);
    }
    assert_int_equal(archive_write_open_filename(a, in_folder(name)), ARCHIVE_OK);
    for (; *members != NULL; members++) {
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, *members);
        archive_entry_set_size(entry, (la_int64_t)strlen(*members));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
        assert_int_equal(archive_write_data(a, *members, strlen(*members)), strlen(*members));
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_free(a), ARCHIVE_OK);
}

static void make_zip(const char *name, const char *const *members) {
    make_locked_zip(name, NULL, members);
}

/** Set a flag of all members; bit 11 says that names are UTF-8. */
static void set_zip_flag(const char *name, unsigned bit) {
    char bytes[1024];
    FILE *f = fopen(in_folder(name), "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t i = 0; i + 12 < n; i++)
        if (memcmp(bytes + i, "PK\3\4", 4) == 0 || memcmp(bytes + i, "PK\1\2", 4) == 0)
            bytes[i + (bytes[i + 2] == 3 ? 6 : 8) + bit / 8] |= (char)(1u << bit % 8);
    fixture_write(&folder, name, bytes, n);
}

static void check_reads(const char *name, const char *expected) {
    source *s = NULL;
    char bytes[256];
    size_t n = 0, n_more = 1;
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(source_open(in_folder(name), &s, &error), TSR_OK);
    while (n_more > 0) { /* a few bytes at a time */
        assert_int_equal(source_read(s, bytes + n, 3, &n_more, &error), TSR_OK);
        n += n_more;
        assert_true(n < sizeof bytes - 3);
    }
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(bytes, expected, n);
    source_close(s);
}

static tsr_status read_through(const char *name, tsr_error *error) {
    source *s = NULL;
    char bytes[256];
    size_t n = 1;
    tsr_status status = source_open(in_folder(name), &s, error);
    while (status == TSR_OK && n > 0)
        status = source_read(s, bytes, sizeof bytes, &n, error);
    source_close(s);
    return status;
}

static void check_fails(const char *name, const char *part) {
    tsr_error error = TSR_ERROR_INIT;
    assert_int_equal(read_through(name, &error), TSR_E_INPUT);
    if (strstr(error.message, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", error.message, part);
    assert_string_equal(error.file, in_folder(name));
}

static void test_plain(void **state) {
    (void)state;
    fixture_write_text(&folder, "plain.csv", "a,b\n1,2\n");
    check_reads("plain.csv", "a,b\n1,2\n");
    fixture_write_text(&folder, "pk.csv", "PKK,b\n"); /* begins as a zip does, but is none */
    check_reads("pk.csv", "PKK,b\n");
}

static void test_zip(void **state) {
    (void)state;
    make_zip("one.zip", (const char *[]){"GEDEvent_v24_1.csv", NULL});
    check_reads("one.zip", "GEDEvent_v24_1.csv");
    make_zip("shadow.zip", (const char *[]){"__MACOSX/._a.csv", "readme.txt", "x/._a.csv", "x/a.CSV", NULL});
    check_reads("shadow.zip", "x/a.CSV");
    make_zip("nozip.data", (const char *[]){"a.csv", NULL});
    check_reads("nozip.data", "a.csv");
}

static void test_wrong_zips(void **state) {
    (void)state;
    make_zip("two.zip", (const char *[]){"a.csv", "readme.txt", "b.csv", NULL});
    check_fails("two.zip", "the zip has 2 .csv files (a.csv, b.csv); it must have one");
    make_zip("none.zip", (const char *[]){"a.txt", "b.pdf", NULL});
    check_fails("none.zip", "the zip has no .csv in it; it has a.txt, b.pdf");
    fixture_write_text(&folder, "empty.zip", "");
    check_fails("empty.zip", "0 bytes");
    fixture_write_text(&folder, "text.zip", "<html>not found</html>");
    check_fails("text.zip", "damaged");
    make_zip("nothing.zip", (const char *[]){NULL});
    check_fails("nothing.zip", "the zip is empty; download it again");
    make_zip("book.xlsx", (const char *[]){"[Content_Types].xml", "xl/workbook.xml", NULL});
    check_fails("book.xlsx", "this is an Excel workbook; save it as CSV (UTF-8)");
}

static void test_names_not_ascii(void **state) {
    (void)state;
    make_zip("names.zip", (const char *[]){"Ereignisse f\xC3\xBCr K\xC4\x81"
                                           "bul.csv",
                                           NULL});
    check_reads("names.zip", "Ereignisse f\xC3\xBCr K\xC4\x81"
                             "bul.csv");
    set_zip_flag("names.zip", 11);
    check_reads("names.zip", "Ereignisse f\xC3\xBCr K\xC4\x81"
                             "bul.csv");
    make_zip("dos.zip", (const char *[]){"f\x81r.csv", NULL}); /* code page 437 */
    check_reads("dos.zip", "f\x81r.csv");
    make_zip("two.zip", (const char *[]){"f\xC3\xBCr.csv", "\x1B[2J\x81.csv", NULL});
    check_fails("two.zip", "the zip has 2 .csv files (f\xC3\xBCr.csv, ?[2J?.csv); it must have one");
    set_zip_flag("dos.zip", 11); /* a lie */
    check_fails("dos.zip", "the zip has no .csv in it; it has a name that cannot be read");
}

static void test_encrypted_zip(void **state) {
    (void)state;
    make_locked_zip("locked.zip", "secret", (const char *[]){"a.csv", NULL});
    check_fails("locked.zip", "a.csv in the zip is encrypted; unpack it with its password and name the .csv");
}

/** Other things that get downloaded and named .csv. */
static void test_other_formats(void **state) {
    (void)state;
    fixture_write(&folder, "packed.csv", "\x1F\x8B\x08\0\0\0\0\0", 8);
    check_fails("packed.csv", "this is a gzip file; unpack it (gunzip) and name the .csv");
    fixture_write(&folder, "packed.zip", "\x1F\x8B\x08\0\0\0\0\0", 8);
    check_fails("packed.zip", "this is a gzip file");
    fixture_write(&folder, "packed.csv",
                  "\xFD"
                  "7zXZ\0\0\0",
                  8);
    check_fails("packed.csv", "this is an xz file");
    fixture_write(&folder, "packed.csv", "7z\xBC\xAF\x27\x1C\0\0", 8);
    check_fails("packed.csv", "this is a 7-Zip file");
}

/** A download that is still running, or a file that is written anew: never half of the one and half of the other. */
static void test_changed_while_read(void **state) {
    (void)state;
    const char *const texts[] = {"a,b\n1", "a,b\n1,2\n3,4\n5,6\n", "a,b\n9,9\n9,9\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        source *s = NULL;
        char bytes[6];
        size_t n = 1, n_all = 0;
        tsr_error error = TSR_ERROR_INIT;
        tsr_status status = TSR_OK;
        fixture_write_text(&folder, "changing.csv", "a,b\n1,2\n3,4\n");
        const struct timespec past[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
        assert_int_equal(utimensat(AT_FDCWD, in_folder("changing.csv"), past, 0), 0);
        assert_int_equal(source_open(in_folder("changing.csv"), &s, &error), TSR_OK);
        assert_int_equal(source_read(s, bytes, sizeof bytes, &n, &error), TSR_OK);
        assert_int_equal(source_check_unchanged(s, &error), TSR_OK);
        fixture_write_text(&folder, "changing.csv", texts[i]);
        while (status == TSR_OK && n > 0 && n_all++ < 100)
            status = source_read(s, bytes, sizeof bytes, &n, &error);
        assert_int_equal(status, TSR_E_IO);
        assert_non_null(strstr(error.message, "the file changed while it was read"));
        assert_string_equal(error.file, in_folder("changing.csv"));
        assert_int_equal(source_check_unchanged(s, NULL), TSR_E_IO);
        source_close(s);
    }
}

/** A download that was cut short, or has a wrong byte, is never read as if it were whole. */
static void test_damaged_zip(void **state) {
    (void)state;
    char bytes[4096];
    make_zip("whole.zip", (const char *[]){"a-rather-long-name-of-a-file.csv", NULL});
    FILE *f = fopen(in_folder("whole.zip"), "rb");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t cut = 4; cut < 80; cut += 4) {
        fixture_write(&folder, "cut.zip", bytes, cut);
        tsr_error error = TSR_ERROR_INIT;
        assert_int_equal(read_through("cut.zip", &error), TSR_E_INPUT);
        assert_non_null(strstr(error.message, "damaged"));
    }
    for (size_t i = 0; i < n; i++) { /* any answer is fine but a crash */
        char saved = bytes[i];
        bytes[i] = (char)~bytes[i];
        fixture_write(&folder, "cut.zip", bytes, n);
        tsr_error error = TSR_ERROR_INIT;
        read_through("cut.zip", &error);
        bytes[i] = saved;
    }
}

static void test_no_file(void **state) {
    (void)state;
    check_fails("absent.csv", "cannot be opened: No such file");
    check_fails(".", "this is a folder");
    fixture_write_text(&folder, "empty.csv", "");
    check_fails("empty.csv", "the file is empty (0 bytes); it must have a header row");
    assert_int_equal(mkfifo(in_folder("pipe.csv"), 0600), 0);
    check_fails("pipe.csv", "not a regular file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),         cmocka_unit_test(test_zip),
        cmocka_unit_test(test_wrong_zips),    cmocka_unit_test(test_names_not_ascii),
        cmocka_unit_test(test_encrypted_zip), cmocka_unit_test(test_other_formats),
        cmocka_unit_test(test_damaged_zip),   cmocka_unit_test(test_changed_while_read),
        cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
