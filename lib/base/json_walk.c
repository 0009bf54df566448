#include "base/json.h"

#include "base/json_scan.h"

char cairn_json_kind(cairn_span value)
{
    if (value.n == 0)
        return '\0';
    char c = value.p[0];
    return c == '-' || (c >= '0' && c <= '9') ? '0' : c;
}

bool cairn_json_is_null(cairn_span value)
{
    return cairn_json_kind(value) == 'n';
}

/* Works on one stop of a container that is skipped: `*depth` follows the brackets. Returns where to go on. */
static inline const char *pass_stop(const char *p, const char *end, int *depth)
{
    if (*p == '"')
        return json_skip_string(p + 1, end);
    *depth += (*p | 0x20) == '{' ? 1 : -1;
    return p + 1;
}

#ifdef __SSE2__

/* Behind the bracket of the block at `p` that ends the container; NULL when none does: then `*depth` is the one behind
 * the block. */
static const char *end_in_block(const char *p, uint64_t opens, uint64_t closes, int *depth)
{
    for (uint64_t left = opens | closes; left; left &= left - 1) {
        uint64_t lowest = left & -left;
        *depth += lowest & opens ? 1 : -1;
        if (*depth == 0)
            return p + __builtin_ctzll(left) + 1;
    }
    return NULL;
}

/* Runs over blocks without escapes, from outside of a string to outside of a string. */
static const char *skip_blocks(const char *p, const char *end, int *depth)
{
    uint64_t inside = 0; /* of a string: all bits */
    for (; end - p >= JSON_BLOCK; p += JSON_BLOCK) {
        json_block block = json_read_block(p);
        if (block.backslashes)
            break;
        uint64_t strings = json_between(block.quotes) ^ inside;
        const char *ended = end_in_block(p, block.opens & ~strings, block.closes & ~strings, depth);
        if (ended)
            return ended;
        inside = (uint64_t)0 - (strings >> (JSON_BLOCK - 1));
    }
    return inside ? json_skip_string(p, end) : p;
}

#else

static const char *skip_blocks(const char *p, const char *end, int *depth)
{
    (void)end;
    (void)depth;
    return p;
}

#endif

/* With p at the opening bracket. */
static const char *skip_container(const char *p, const char *end)
{
    int depth = 1;
    p++;
    for (;;) {
        p = skip_blocks(p, end, &depth);
        if (depth == 0)
            return p;
        p = json_next_stop(p, end);
        if (p == end)
            return end;
        p = pass_stop(p, end, &depth);
        if (depth == 0)
            return p;
    }
}

static inline const char *skip_scalar(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != '}' && *p != ']' && !json_is_space(*p))
        p++;
    return p;
}

static inline const char *skip_indexed(const cairn_json_index *index, const char *p, const char *end)
{
    const char *behind = index->text + index->ends[p - index->text];
    return behind < end ? behind : end;
}

static inline const char *skip_value(const cairn_json_index *index, const char *p, const char *end)
{
    if (p == end)
        return end;
    switch (*p) {
    case '"':
        return json_skip_string(p + 1, end);
    case '{':
    case '[':
        return index ? skip_indexed(index, p, end) : skip_container(p, end);
    default:
        return skip_scalar(p, end);
    }
}

static cairn_json_walk walk_inside(const cairn_json_index *index, cairn_span container, char kind)
{
    if (container.n < 2 || container.p[0] != kind)
        return (cairn_json_walk){"", NULL, NULL};
    bool known = index && container.p >= index->text && container.p + container.n <= index->text + index->n;
    return (cairn_json_walk){container.p + 1, container.p + container.n - 1, known ? index : NULL};
}

cairn_json_walk cairn_json_walk_object(cairn_span object)
{
    return walk_inside(NULL, object, '{');
}

cairn_json_walk cairn_json_walk_array(cairn_span array)
{
    return walk_inside(NULL, array, '[');
}

cairn_json_walk cairn_json_walk_object_in(const cairn_json_index *index, cairn_span object)
{
    return walk_inside(index, object, '{');
}

cairn_json_walk cairn_json_walk_array_in(const cairn_json_index *index, cairn_span array)
{
    return walk_inside(index, array, '[');
}

/* Stands on the next value or key; false at the end. */
static inline bool walk_on(cairn_json_walk *walk)
{
    if (!walk->end)
        return false;
    const char *p = json_skip_space(walk->at, walk->end);
    if (p < walk->end && *p == ',')
        p = json_skip_space(p + 1, walk->end);
    walk->at = p;
    return p < walk->end;
}

bool cairn_json_next_member(cairn_json_walk *walk, cairn_json_member *member)
{
    if (!walk_on(walk))
        return false;
    const char *start = walk->at;
    const char *p = json_skip_string(start + 1, walk->end);
    member->key = cairn_span_make(start + 1, (size_t)(p - start) - 2);
    p = json_skip_space(p, walk->end);
    if (p < walk->end)
        p = json_skip_space(p + 1, walk->end); /* the colon */
    walk->at = skip_value(walk->index, p, walk->end);
    member->value = cairn_span_make(p, (size_t)(walk->at - p));
    member->whole = cairn_span_make(start, (size_t)(walk->at - start));
    return true;
}

bool cairn_json_next_element(cairn_json_walk *walk, cairn_span *element)
{
    if (!walk_on(walk))
        return false;
    const char *start = walk->at;
    walk->at = skip_value(walk->index, start, walk->end);
    *element = cairn_span_make(start, (size_t)(walk->at - start));
    return true;
}

cairn_span cairn_json_get(cairn_span object, const char *name)
{
    cairn_json_walk walk = cairn_json_walk_object(object);
    cairn_json_member member;
    cairn_span found = CAIRN_SPAN_NONE;
    while (cairn_json_next_member(&walk, &member))
        if (cairn_json_key_is(member.key, name))
            found = member.value;
    return found;
}

cairn_span cairn_json_get_path(cairn_span object, const char *const *names)
{
    for (; *names && object.p; names++)
        object = cairn_json_get(object, *names);
    return object;
}

size_t cairn_json_count(cairn_span value)
{
    size_t count = 0;
    cairn_span element;
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_array(value);
    while (cairn_json_next_element(&walk, &element))
        count++;
    walk = cairn_json_walk_object(value);
    while (cairn_json_next_member(&walk, &member))
        count++;
    return count;
}

/* Copies [from, to) to `out` and returns what is behind the copy. */
static inline char *put(char *out, const char *from, const char *to)
{
    memcpy(out, from, (size_t)(to - from));
    return out + (to - from);
}

bool cairn_json_minify(cairn_span value, cairn_buf *out)
{
    char *to = cairn_buf_reserve(out, value.n);
    if (!to)
        return false;
    const char *p = value.p;
    const char *end = value.p + value.n;
    const char *kept = p; /* from here on nothing is copied yet */
    while (p < end) {
        if (*p == '"') {
            p = json_skip_string(p + 1, end);
        } else if (json_is_space(*p)) {
            to = put(to, kept, p);
            p = kept = json_skip_space(p, end);
        } else {
            p++;
        }
    }
    to = put(to, kept, end);
    out->n = (size_t)(to - out->p);
    return true;
}
