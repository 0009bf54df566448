#include "stac/warnings.h"

#include "base/fixed.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_KEPT = 100, MAX_MESSAGE = 512 };

static cairn_span format_message(cairn_arena *arena, const char *format, va_list ap)
{
    char draft[MAX_MESSAGE + 8], text[MAX_MESSAGE]; /* what is cut here is cut visibly below */
    if (vsnprintf(draft, sizeof draft, format, ap) < 0)
        return CAIRN_SPAN_NONE;
    cairn_fixed line = cairn_fixed_begin(text, sizeof text, 0);
    cairn_fixed_add_line(&line, cairn_span_of(draft), CAIRN_FIXED_BLANK);
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
