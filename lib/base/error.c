#include "base/error.h"

#include "base/fixed.h"

#include <stdio.h>

/* Printing safely never makes a text shorter, so a message cut at this length is cut again below. */
enum { DRAFT_MAX = CAIRN_ERROR_MESSAGE_MAX * 2 + 8 };

void cairn_error_clear(cairn_error *e)
{
    *e = (cairn_error)CAIRN_ERROR_INIT;
}

static void set_line(char *out, size_t out_size, const char *text)
{
    cairn_fixed line = cairn_fixed_begin(out, out_size, 0);
    cairn_fixed_add_line(&line, cairn_span_of(text), CAIRN_FIXED_BLANK);
}

cairn_code cairn_error_vset(cairn_error *e, cairn_code code, const char *format, va_list ap)
{
    if (!e || e->code != CAIRN_OK)
        return e ? e->code : code;
    char draft[DRAFT_MAX];
    if (vsnprintf(draft, sizeof draft, format, ap) < 0)
        snprintf(draft, sizeof draft, "%s", cairn_code_name(code));
    e->code = code;
    set_line(e->message, sizeof e->message, draft);
    return code;
}

cairn_code cairn_error_set(cairn_error *e, cairn_code code, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    code = cairn_error_vset(e, code, format, ap);
    va_end(ap);
    return code;
}

cairn_code cairn_error_no_memory(cairn_error *e)
{
    return cairn_error_set(e, CAIRN_NOMEM, "%s", cairn_code_name(CAIRN_NOMEM));
}

void cairn_error_context(cairn_error *e, const char *format, ...)
{
    if (!e || e->code == CAIRN_OK)
        return;
    char context[CAIRN_ERROR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(context, sizeof context, format, ap);
    va_end(ap);
    if (n < 0)
        return;
    char draft[DRAFT_MAX];
    snprintf(draft, sizeof draft, "%s: %s", context, e->message);
    set_line(e->message, sizeof e->message, draft);
}

cairn_code cairn_error_at_parameter(cairn_error *e, const char *parameter)
{
    if (!e)
        return CAIRN_INVALID;
    if (e->code != CAIRN_OK && !e->parameter[0])
        set_line(e->parameter, sizeof e->parameter, parameter);
    return e->code;
}

cairn_code cairn_error_at_pointer(cairn_error *e, const char *pointer)
{
    if (!e)
        return CAIRN_INVALID;
    if (e->code != CAIRN_OK && !e->pointer[0])
        set_line(e->pointer, sizeof e->pointer, pointer);
    return e->code;
}

const char *cairn_code_name(cairn_code code)
{
    static const char *const NAMES[] = {
        [CAIRN_OK] = "ok",
        [CAIRN_INVALID] = "invalid",
        [CAIRN_NOT_FOUND] = "not found",
        [CAIRN_CONFLICT] = "conflict",
        [CAIRN_TOO_LARGE] = "too large",
        [CAIRN_BUSY] = "busy",
        [CAIRN_DEADLINE] = "deadline",
        [CAIRN_UNSUPPORTED] = "unsupported",
        [CAIRN_IO] = "input or output",
        [CAIRN_CORRUPT] = "corrupt",
        [CAIRN_NOMEM] = "out of memory",
        [CAIRN_INTERNAL] = "internal",
    };
    return (size_t)code < sizeof NAMES / sizeof NAMES[0] ? NAMES[code] : "unknown";
}

const char *cairn_quote(cairn_span input, char *out, size_t out_size)
{
    cairn_fixed line = cairn_fixed_begin(out, out_size, 0);
    cairn_fixed_add_line(&line, input, CAIRN_FIXED_ESCAPE);
    return out;
}
