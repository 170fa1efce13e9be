/* Saying something to whoever called us: the library itself never prints. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/error.h"

void log_say(const tsr_hooks *hooks, tsr_log_level level, const char *format, ...) BASE_PRINTF(3, 4);
bool log_cancelled(const tsr_hooks *hooks);

#endif
