/* Logging to standard error: one line a message. Thread-safe. Never logs query strings of signed URLs or bodies. */
#ifndef CAIRN_BASE_LOG_H
#define CAIRN_BASE_LOG_H

#include <stdbool.h>

typedef enum cairn_log_level { CAIRN_LOG_ERROR, CAIRN_LOG_WARN, CAIRN_LOG_INFO, CAIRN_LOG_DEBUG } cairn_log_level;

/* Default level INFO; `json` makes each line a JSON object {time, level, message}. Call before threads start. */
void cairn_log_setup(cairn_log_level level, bool json);
bool cairn_log_level_parse(const char *name, cairn_log_level *out);
void cairn_log(cairn_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
