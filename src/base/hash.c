/* SHA-256, by nettle. */
#include "base/file.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void to_hex(struct sha256_ctx *context, char hex[65]) {
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = 0;
}

void sha256_bytes(const void *bytes, size_t n, char hex[65]) {
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    to_hex(&context, hex);
}

tsr_status sha256_file(const char *path, char hex[65], uint64_t *n_bytes, tsr_error *error) {
    enum { CHUNK = 64 * 1024 };
    uint8_t chunk[CHUNK];
    struct sha256_ctx context;
    uint64_t total = 0;
    size_t n;
    base_place place = {.file = path};
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) /* opening a pipe would wait */
        return FAIL_AT(error, TSR_E_INPUT, place, "is not a regular file");
    FILE *file = fopen(path, "rb");
    int reason = errno;
    if (!file)
        return FAIL_AT(error, reason == ENOENT || reason == ENOTDIR ? TSR_E_INPUT : TSR_E_IO, place,
                       "cannot be opened: %s", strerror(reason));
    sha256_init(&context);
    while ((n = fread(chunk, 1, sizeof chunk, file)) > 0) {
        sha256_update(&context, n, chunk);
        total += n;
    }
    int failed = ferror(file);
    reason = errno;
    fclose(file);
    if (failed)
        return FAIL_AT(error, TSR_E_IO, place, "cannot be read: %s", strerror(reason));
    to_hex(&context, hex);
    if (n_bytes)
        *n_bytes = total;
    return TSR_OK;
}
