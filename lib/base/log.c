#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fixed.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum { MESSAGE_MAX = 2048, LINE_MAX_BYTES = 16384 };

static cairn_log_level log_level = CAIRN_LOG_INFO;
static bool log_json;

static const char *const LEVELS[] = {
    [CAIRN_LOG_ERROR] = "error", [CAIRN_LOG_WARN] = "warn", [CAIRN_LOG_INFO] = "info", [CAIRN_LOG_DEBUG] = "debug"};

void cairn_log_setup(cairn_log_level level, bool json)
{
    log_level = level;
    log_json = json;
}

bool cairn_log_level_parse(const char *name, cairn_log_level *out)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof LEVELS[0]; i++) {
        if (strcmp(name, LEVELS[i]) == 0) {
            *out = (cairn_log_level)i;
            return true;
        }
    }
    return false;
}

static void make_stamp(char *out, size_t size)
{
    time_t now = (time_t)cairn_clock_wall();
    struct tm utc;
    if (!gmtime_r(&now, &utc) || strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        out[0] = '\0';
}

static void write_line(cairn_log_level level, const char *message)
{
    char stamp[32];
    make_stamp(stamp, sizeof stamp);
    cairn_buf line = CAIRN_BUF_INIT(LINE_MAX_BYTES);
    if (log_json) {
        cairn_buf_printf(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"message\":", stamp, LEVELS[level]);
        cairn_buf_add_json_string(&line, cairn_span_of(message));
        cairn_buf_add_text(&line, "}\n");
    } else {
        cairn_buf_printf(&line, "%s %s: %s\n", stamp, LEVELS[level], message);
    }
    if (!line.failed)
        fwrite(line.p, 1, line.n, stderr); /* one call, so that lines of threads don't mix */
    cairn_buf_free(&line);
}

void cairn_log(cairn_log_level level, const char *format, ...)
{
    if (level > log_level)
        return;
    char draft[MESSAGE_MAX + 8]; /* so that a message which is cut here is cut visibly below */
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(draft, sizeof draft, format, ap);
    va_end(ap);
    if (n < 0)
        return;
    char message[MESSAGE_MAX];
    cairn_fixed line = cairn_fixed_begin(message, sizeof message, 0);
    cairn_fixed_add_line(&line, cairn_span_of(draft), CAIRN_FIXED_BLANK);
    write_line(level, message);
}
