/* Finds what a property's path leads to in checked JSON text. */
#include "query/cql2/evaluate.h"

#include "base/json.h"

/* Values that a path with "*" or through arrays leads to; JSON, a bracket or comma before each. */
typedef struct harvest {
    cairn_arena *scratch;
    cairn_buf many;
    cairn_span one; /* where the path leads to one place */
    bool gathered;
    bool failed; /* the arena is full */
} harvest;

static void gather(harvest *h, cairn_span value)
{
    cairn_buf_add_byte(&h->many, h->many.n ? ',' : '[');
    cairn_buf_add_span(&h->many, value);
}

static void take(harvest *h, cairn_span value, bool gathers)
{
    cairn_span element;
    if (!gathers) {
        h->one = value;
        return;
    }
    h->gathered = true;
    if (cairn_json_is_null(value))
        return;
    if (cairn_json_kind(value) != '[') {
        gather(h, value);
        return;
    }
    cairn_json_walk walk = cairn_json_walk_array(value);
    while (cairn_json_next_element(&walk, &element))
        if (!cairn_json_is_null(element))
            gather(h, element);
}

/* How many parts of the path, that follow each other in the name, the key spells; 0: none. */
static size_t parts_spelled(cairn_span key, const cairn_span *path, size_t n)
{
    const char *at = path[0].p;
    for (size_t i = 0; i < n; i++) {
        if (i && path[i].p != path[i - 1].p + path[i - 1].n + 1)
            return 0;
        size_t length = (size_t)(path[i].p + path[i].n - at);
        if (length >= key.n)
            return length == key.n && memcmp(at, key.p, key.n) == 0 ? i + 1 : 0;
    }
    return 0;
}

static cairn_span key_text(harvest *h, const cairn_json_member *member)
{
    if (!memchr(member->key.p, '\\', member->key.n))
        return member->key;
    cairn_span key = cairn_json_string(cairn_span_make(member->key.p - 1, member->key.n + 2), h->scratch);
    h->failed |= !key.p;
    return key;
}

/* The member whose key spells most parts, but fewer than `below`; of several with one key, the last. */
static size_t longest_member(harvest *h, cairn_span object, const cairn_span *path, size_t n, size_t below,
                             cairn_span *value)
{
    size_t most = 0;
    cairn_json_walk walk = cairn_json_walk_object(object);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        cairn_span key = key_text(h, &member);
        size_t parts = key.p ? parts_spelled(key, path, n) : 0;
        if (parts && parts < below && parts >= most) {
            most = parts;
            *value = member.value;
        }
    }
    return most;
}

static void descend(harvest *h, cairn_span value, const cairn_span *path, size_t n, bool gathers, int depth);

static void descend_object(harvest *h, cairn_span object, const cairn_span *path, size_t n, bool gathers, int depth)
{
    cairn_span value = CAIRN_SPAN_NONE;
    cairn_json_member member;
    size_t before = h->many.n;
    if (cairn_span_is(path[0], "*")) {
        cairn_json_walk walk = cairn_json_walk_object(object);
        while (cairn_json_next_member(&walk, &member))
            descend(h, member.value, path + 1, n - 1, true, depth - 1);
        return;
    }
    for (size_t parts = n + 1; (parts = longest_member(h, object, path, n, parts, &value)) != 0;) {
        descend(h, value, path + parts, n - parts, gathers, depth - 1);
        if (h->one.p || h->many.n != before)
            return;
    }
}

/* Recursion: `depth`, which is that of the JSON text. */
static void descend(harvest *h, cairn_span value, const cairn_span *path, size_t n, bool gathers, int depth)
{
    char kind = cairn_json_kind(value);
    cairn_span element;
    if (n == 0) {
        take(h, value, gathers);
    } else if (kind == '{' && depth > 0) {
        descend_object(h, value, path, n, gathers, depth);
    } else if (kind == '[' && depth > 0) {
        size_t skip = cairn_span_is(path[0], "*") ? 1 : 0;
        cairn_json_walk walk = cairn_json_walk_array(value);
        while (cairn_json_next_element(&walk, &element))
            descend(h, element, path + skip, n - skip, true, depth - 1);
    }
}

bool cairn_cql2_lookup(cairn_span object, const cairn_cql2_property *property, cairn_arena *scratch, cairn_span *out)
{
    harvest h = {.scratch = scratch, .many = CAIRN_BUF_INIT(2 * object.n + 16)};
    descend(&h, object, property->path, property->n, false, CAIRN_JSON_MAX_DEPTH + 1);
    *out = h.one;
    if (!h.one.p && h.gathered && h.many.n && cairn_buf_add_byte(&h.many, ']')) {
        *out = cairn_arena_copy(scratch, cairn_buf_span(&h.many));
        h.failed |= !out->p;
    }
    h.failed |= h.many.failed;
    cairn_buf_free(&h.many);
    return !h.failed;
}
