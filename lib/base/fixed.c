#include "base/fixed.h"

#include "base/utf8.h"

static const char DOTS[] = "...";

cairn_fixed cairn_fixed_begin(char *out, size_t size, size_t used)
{
    size_t safe = used + sizeof DOTS <= size ? used : size - sizeof DOTS;
    out[used] = '\0';
    return (cairn_fixed){out, size, used, safe, false};
}

bool cairn_fixed_add(cairn_fixed *fixed, const char *piece, size_t n)
{
    if (fixed->cut)
        return false;
    if (n >= fixed->size - fixed->n) {
        fixed->cut = true;
        memcpy(fixed->out + fixed->safe, DOTS, sizeof DOTS);
        fixed->n = fixed->safe + sizeof DOTS - 1;
        return false;
    }
    memcpy(fixed->out + fixed->n, piece, n);
    fixed->n += n;
    fixed->out[fixed->n] = '\0';
    if (fixed->n + sizeof DOTS <= fixed->size)
        fixed->safe = fixed->n;
    return true;
}

static bool add_control(cairn_fixed *fixed, unsigned char c, cairn_fixed_controls controls)
{
    static const char HEX[] = "0123456789abcdef";
    if (controls == CAIRN_FIXED_BLANK)
        return cairn_fixed_add(fixed, " ", 1);
    switch (c) {
    case '\n':
        return cairn_fixed_add(fixed, "\\n", 2);
    case '\r':
        return cairn_fixed_add(fixed, "\\r", 2);
    case '\t':
        return cairn_fixed_add(fixed, "\\t", 2);
    default:
        return cairn_fixed_add(fixed, (char[]){'\\', 'x', HEX[c >> 4], HEX[c & 15]}, 4);
    }
}

/* C1 controls, and the separators that some terminals and log readers take for the end of a line. */
static bool breaks_line(const char *p, size_t n)
{
    uint32_t code = cairn_utf8_decode(p, n);
    return (code >= 0x80 && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

bool cairn_fixed_add_line(cairn_fixed *fixed, cairn_span bytes, cairn_fixed_controls controls)
{
    const char *p = bytes.p;
    const char *end = cairn_span_end(bytes);
    bool fits = true;
    while (p < end && fits) {
        size_t n = cairn_utf8_length(p, end);
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7F)
            fits = add_control(fixed, c, controls);
        else if (c == '\\' && controls == CAIRN_FIXED_ESCAPE)
            fits = cairn_fixed_add(fixed, "\\\\", 2);
        else if (n == 0 || breaks_line(p, n))
            fits = cairn_fixed_add(fixed, "\xEF\xBF\xBD", 3);
        else
            fits = cairn_fixed_add(fixed, p, n);
        p += n ? n : 1;
    }
    return fits;
}
