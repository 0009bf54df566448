#include "base/delta.h"

#include "base/patch.h"
#include "base/varint.h"

static cairn_span behind(cairn_span text, size_t n)
{
    return cairn_span_make(text.p + n, text.n - n);
}

static bool split(cairn_span patch, cairn_buf *numbers, cairn_buf *added)
{
    size_t keep, drop, add;
    bool ok = true;
    while (ok && patch.n) {
        ok = cairn_varint_get(&patch, &keep) && cairn_varint_get(&patch, &drop) && cairn_varint_get(&patch, &add) &&
             cairn_varint_put(numbers, keep) && cairn_varint_put(numbers, drop) && cairn_varint_put(numbers, add) &&
             cairn_buf_add(added, patch.p, add);
        if (ok)
            patch = behind(patch, add);
    }
    return ok;
}

bool cairn_delta_make(cairn_span from, cairn_span to, cairn_buf *out)
{
    cairn_buf patch = CAIRN_BUF_INIT(out->max), numbers = CAIRN_BUF_INIT(out->max), added = CAIRN_BUF_INIT(out->max);
    bool ok = cairn_patch_make(from, to, &patch) && split(cairn_buf_span(&patch), &numbers, &added) &&
              cairn_varint_put(out, numbers.n) && cairn_buf_add_span(out, cairn_buf_span(&numbers)) &&
              cairn_buf_add_span(out, cairn_buf_span(&added));
    cairn_buf_free(&patch);
    cairn_buf_free(&numbers);
    cairn_buf_free(&added);
    return ok;
}

/* Takes n bytes from the front of `from` to the front of `to`. */
static bool move(cairn_span *from, size_t n, char **to, size_t *room)
{
    if (n > from->n || n > *room)
        return false;
    memcpy(*to, from->p, n);
    *to += n;
    *room -= n;
    *from = behind(*from, n);
    return true;
}

bool cairn_delta_apply(cairn_span from, cairn_span delta, char *to, size_t length)
{
    size_t n, keep, drop, add;
    if (!cairn_varint_get(&delta, &n) || n > delta.n)
        return false;
    cairn_span numbers = cairn_span_make(delta.p, n), added = behind(delta, n);
    while (numbers.n) {
        if (!cairn_varint_get(&numbers, &keep) || !cairn_varint_get(&numbers, &drop) ||
            !cairn_varint_get(&numbers, &add) || !move(&from, keep, &to, &length) || drop > from.n)
            return false;
        from = behind(from, drop);
        if (!move(&added, add, &to, &length))
            return false;
    }
    return added.n == 0 && from.n == length && move(&from, from.n, &to, &length);
}
