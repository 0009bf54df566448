#include "stac/seen.h"

#include "base/secret.h"

static bool is_kept(cairn_span text)
{
    return text.n > 0 && text.n <= CAIRN_SEEN_BYTES;
}

bool cairn_seen_find(const cairn_seen *seen, cairn_span text, bool *answer)
{
    if (!is_kept(text))
        return false;
    size_t at = cairn_hash64(text) % CAIRN_SEEN_TEXTS;
    if (!cairn_span_equal(cairn_span_make(seen->at[at].text, seen->at[at].n), text))
        return false;
    *answer = seen->at[at].answer;
    return true;
}

void cairn_seen_keep(cairn_seen *seen, cairn_span text, bool answer)
{
    if (!is_kept(text))
        return;
    size_t at = cairn_hash64(text) % CAIRN_SEEN_TEXTS;
    memcpy(seen->at[at].text, text.p, text.n);
    seen->at[at].n = (unsigned short)text.n;
    seen->at[at].answer = answer;
}
