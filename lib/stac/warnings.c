#include "stac/warnings.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_KEPT = 100, MAX_MESSAGE = 512 };

static cairn_span format_message(cairn_arena *arena, const char *format, va_list ap)
{
    char text[MAX_MESSAGE];
    if (vsnprintf(text, sizeof text, format, ap) < 0)
        return CAIRN_SPAN_NONE;
    return cairn_arena_copy(arena, cairn_span_of(text));
}

static void append(cairn_warnings *warnings, cairn_warning *warning)
{
    if (warnings->last)
        warnings->last->next = warning;
    else
        warnings->first = warning;
    warnings->last = warning;
}

void cairn_warn(cairn_warnings *warnings, cairn_arena *arena, const char *pointer, const char *format, ...)
{
    if (!warnings || warnings->count++ >= MAX_KEPT)
        return;
    cairn_warning *warning = cairn_arena_calloc(arena, 1, sizeof *warning);
    if (!warning)
        return;
    va_list ap;
    va_start(ap, format);
    warning->message = format_message(arena, format, ap);
    va_end(ap);
    warning->pointer = cairn_arena_copy(arena, cairn_span_of(pointer ? pointer : ""));
    if (warning->message.p && warning->pointer.p)
        append(warnings, warning);
}
