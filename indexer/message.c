#include "indexer/message.h"

static bool has_part(cairn_span place, cairn_span name)
{
    for (size_t at = 0; at < place.n;) {
        size_t n = 0;
        while (at + n < place.n && place.p[at + n] != '/')
            n++;
        if (cairn_span_equal(cairn_span_make(place.p + at, n), name))
            return true;
        at += n + 1;
    }
    return false;
}

cairn_span cairn_message_behind(cairn_span place, cairn_span message)
{
    size_t n = 0;
    while (n < message.n && message.p[n] != ':' && message.p[n] != ' ')
        n++;
    bool named = n > 0 && n + 2 < message.n && message.p[n] == ':' && message.p[n + 1] == ' ';
    if (!named || !has_part(place, cairn_span_make(message.p, n)))
        return message;
    return cairn_span_make(message.p + n + 2, message.n - n - 2);
}
