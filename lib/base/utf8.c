#include "base/utf8.h"

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

static size_t length_of_three(const unsigned char *p, size_t room)
{
    if (room < 3 || !is_tail((char)p[1]) || !is_tail((char)p[2]))
        return 0;
    bool overlong = p[0] == 0xE0 && p[1] < 0xA0;
    bool surrogate = p[0] == 0xED && p[1] > 0x9F;
    return overlong || surrogate ? 0 : 3;
}

static size_t length_of_four(const unsigned char *p, size_t room)
{
    if (room < 4 || !is_tail((char)p[1]) || !is_tail((char)p[2]) || !is_tail((char)p[3]))
        return 0;
    bool overlong = p[0] == 0xF0 && p[1] < 0x90;
    bool beyond = p[0] == 0xF4 && p[1] > 0x8F;
    return overlong || beyond ? 0 : 4;
}

size_t cairn_utf8_length(const char *p, const char *end)
{
    const unsigned char *u = (const unsigned char *)p;
    size_t room = (size_t)(end - p);
    if (u[0] < 0x80)
        return 1;
    if (u[0] < 0xC2 || u[0] > 0xF4)
        return 0;
    if (u[0] < 0xE0)
        return room >= 2 && is_tail(p[1]) ? 2 : 0;
    return u[0] < 0xF0 ? length_of_three(u, room) : length_of_four(u, room);
}

uint32_t cairn_utf8_decode(const char *p, size_t length)
{
    static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t code = (unsigned char)p[0] & lead_mask[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)p[i] & 0x3F);
    return code;
}

size_t cairn_utf8_encode(uint32_t code, char out[4])
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3F));
    out[0] = (char)(lead[n] | code);
    return n;
}

const char *cairn_utf8_fault(cairn_span text)
{
    const char *p = text.p;
    const char *end = cairn_span_end(text);
    while (p < end) {
        uint64_t eight;
        if (end - p >= 8 && (memcpy(&eight, p, 8), (eight & UINT64_C(0x8080808080808080)) == 0)) {
            p += 8;
            continue;
        }
        size_t n = cairn_utf8_length(p, end);
        if (n == 0)
            return p;
        p += n;
    }
    return NULL;
}
