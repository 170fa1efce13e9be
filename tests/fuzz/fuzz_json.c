/* JSON: what was read can be written and reads back as the same text. */
#include "base/json.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static char *dump(const json *v, size_t *n) {
    char *text = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (json_dump(v, false, &text, n, &error) != TSR_OK)
        abort();
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    json *v = NULL;
    tsr_error error = TSR_ERROR_INIT;
    if (json_parse((const char *)bytes, n, "fuzz.json", &v, &error) != TSR_OK) {
        if (error.status == TSR_OK || error.message[0] == '\0')
            abort();
        return 0;
    }
    size_t n_first = 0, n_second = 0;
    char *first = dump(v, &n_first);
    json *again = NULL;
    if (json_parse(first, n_first, "again.json", &again, &error) != TSR_OK)
        abort();
    char *second = dump(again, &n_second);
    if (n_first != n_second || memcmp(first, second, n_first) != 0)
        abort();
    free(first);
    free(second);
    json_free(v);
    json_free(again);
    return 0;
}
