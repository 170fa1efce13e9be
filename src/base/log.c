/* Messages through the caller's hooks. */
#include "base/log.h"

#include <stdio.h>

void log_say(const tsr_hooks *hooks, tsr_log_level level, const char *format, ...) {
    if (!hooks || !hooks->log)
        return;
    char message[TSR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    hooks->log(hooks->user, level, message);
}

bool log_cancelled(const tsr_hooks *hooks) {
    return hooks && hooks->cancelled && hooks->cancelled(hooks->user);
}
