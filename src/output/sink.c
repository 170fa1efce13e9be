/* Large text files, written through one buffer; numbers are formatted without stdio, which is what millions of rows
 * need. */
#include "output/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SINK_SIZE = 1 << 18 };

struct output_sink {
    int fd;
    int failure; /**< errno of the first write that failed */
    size_t n;
    char path[TSR_PATH_SIZE]; /**< where it will be, for messages */
    char buffer[SINK_SIZE];
};

tsr_status output_sink_open(const folder_out *folder, const char *name, output_sink **out, tsr_error *error) {
    char path[TSR_PATH_SIZE];
    tsr_status status = folder_path(folder, name, path, error);
    if (status != TSR_OK)
        return status;
    output_sink *sink = malloc(sizeof *sink);
    if (sink == NULL)
        return FAIL(error, TSR_E_MEMORY, "no memory to write %s", name);
    sink->n = 0;
    sink->failure = 0;
    if ((status = path_join(folder->path_final, name, sink->path, error)) != TSR_OK) {
        free(sink);
        return status;
    }
    sink->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (sink->fd < 0) {
        int failure = errno;
        status = FAIL_AT(error, TSR_E_IO, (base_place){.file = sink->path}, "cannot be created: %s", strerror(failure));
        free(sink);
        return status;
    }
    *out = sink;
    return TSR_OK;
}

static void flush(output_sink *sink) {
    size_t done = 0;
    while (done < sink->n && sink->failure == 0) {
        ssize_t n = write(sink->fd, sink->buffer + done, sink->n - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            sink->failure = errno;
    }
    sink->n = 0;
}

void output_sink_add(output_sink *sink, const char *bytes, size_t n) {
    while (n > 0) {
        if (sink->n == SINK_SIZE)
            flush(sink);
        size_t part = SINK_SIZE - sink->n < n ? SINK_SIZE - sink->n : n;
        memcpy(sink->buffer + sink->n, bytes, part);
        sink->n += part;
        bytes += part;
        n -= part;
    }
}

void output_sink_string(output_sink *sink, const char *string) {
    output_sink_add(sink, string, strlen(string));
}

void output_sink_integer(output_sink *sink, int64_t value) {
    char digits[24];
    size_t first = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--first] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        digits[--first] = '-';
    output_sink_add(sink, digits + first, sizeof digits - first);
}

void output_sink_number(output_sink *sink, double value) {
    char text[32];
    if (!isfinite(value))
        return;
    text_from_number(value, text);
    output_sink_string(sink, text);
}

void output_sink_field(output_sink *sink, const char *text) {
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        output_sink_string(sink, text);
        return;
    }
    output_sink_add(sink, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        output_sink_add(sink, text, (size_t)(quote - text));
        output_sink_add(sink, "\"\"", 2);
    }
    output_sink_string(sink, text);
    output_sink_add(sink, "\"", 1);
}

tsr_status output_sink_close(output_sink *sink, tsr_error *error) {
    tsr_status status = TSR_OK;
    flush(sink);
    if (close(sink->fd) != 0 && sink->failure == 0)
        sink->failure = errno;
    if (sink->failure != 0)
        status = FAIL_AT(error, TSR_E_IO, (base_place){.file = sink->path}, "cannot be written: %s",
                         strerror(sink->failure));
    free(sink);
    return status;
}

void output_sink_drop(output_sink *sink) {
    if (sink == NULL)
        return;
    close(sink->fd);
    free(sink);
}
