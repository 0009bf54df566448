#include "base/jtree.h"

/* A text fits in an arena, and no arena is larger. */
static const size_t TEXT_MAX = (size_t)1 << 30;
/* Levels that somebody has opened; each came out of a checked text, so that only nested edits could reach this. */
enum { PRINT_DEPTH = 8 * CAIRN_JSON_MAX_DEPTH };

typedef struct list {
    cairn_jnode *first;
    cairn_jnode *last;
} list;

static cairn_jnode *new_raw(cairn_arena *arena, const cairn_json_index *index, cairn_span key, cairn_span value)
{
    cairn_jnode *node = cairn_arena_alloc(arena, sizeof *node);
    if (node)
        *node = (cairn_jnode){.kind = CAIRN_J_RAW, .key = key, .raw = cairn_span_trim(value), .index = index};
    return node;
}

static bool list_add(list *children, cairn_jnode *node)
{
    if (!node)
        return false;
    if (children->last)
        children->last->next = node;
    else
        children->first = node;
    children->last = node;
    return true;
}

cairn_jnode *cairn_j_open(cairn_arena *arena, cairn_span value)
{
    return new_raw(arena, NULL, CAIRN_SPAN_NONE, value);
}

cairn_jnode *cairn_j_open_in(cairn_arena *arena, const cairn_json_index *index, cairn_span value)
{
    return new_raw(arena, index, CAIRN_SPAN_NONE, value);
}

static bool read_members(cairn_arena *arena, const cairn_jnode *object, list *children)
{
    cairn_json_walk walk = cairn_json_walk_object_in(object->index, object->raw);
    cairn_json_member member;
    while (cairn_json_next_member(&walk, &member))
        if (!list_add(children, new_raw(arena, object->index, member.key, member.value)))
            return false;
    return true;
}

static bool read_elements(cairn_arena *arena, const cairn_jnode *array, list *children)
{
    cairn_json_walk walk = cairn_json_walk_array_in(array->index, array->raw);
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        if (!list_add(children, new_raw(arena, array->index, CAIRN_SPAN_NONE, element)))
            return false;
    return true;
}

/* Opens one level, wholly or not at all. */
static bool open_level(cairn_arena *arena, cairn_jnode *node)
{
    if (node->kind != CAIRN_J_RAW)
        return true;
    char kind = cairn_json_kind(node->raw);
    list children = {NULL, NULL};
    bool opened = false;
    if (kind == '{')
        opened = read_members(arena, node, &children);
    else if (kind == '[')
        opened = read_elements(arena, node, &children);
    if (!opened)
        return false;
    node->kind = kind == '{' ? CAIRN_J_OBJECT : CAIRN_J_ARRAY;
    node->first = children.first;
    node->last = children.last;
    return true;
}

static bool open_as(cairn_arena *arena, cairn_jnode *node, cairn_jkind kind)
{
    return node && open_level(arena, node) && node->kind == kind;
}

static cairn_jnode *find_last(const cairn_jnode *object, const char *name)
{
    cairn_jnode *found = NULL;
    for (cairn_jnode *child = object->first; child; child = child->next)
        if (cairn_json_key_is(child->key, name))
            found = child;
    return found;
}

cairn_jnode *cairn_j_get(cairn_arena *arena, cairn_jnode *object, const char *name)
{
    return open_as(arena, object, CAIRN_J_OBJECT) ? find_last(object, name) : NULL;
}

cairn_jnode *cairn_j_children(cairn_arena *arena, cairn_jnode *container)
{
    return container && open_level(arena, container) ? container->first : NULL;
}

/* `text` as a JSON string with its quotes, in the arena. */
static cairn_span quote_json(cairn_arena *arena, cairn_span text)
{
    cairn_buf quoted = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span copy = CAIRN_SPAN_NONE;
    if (cairn_buf_add_json_string(&quoted, text))
        copy = cairn_arena_copy(arena, cairn_buf_span(&quoted));
    cairn_buf_free(&quoted);
    return copy;
}

static cairn_span make_key(cairn_arena *arena, const char *name)
{
    cairn_span quoted = quote_json(arena, cairn_span_of(name));
    return quoted.p ? cairn_span_make(quoted.p + 1, quoted.n - 2) : CAIRN_SPAN_NONE;
}

static cairn_jnode *add_child(cairn_jnode *container, cairn_jnode *node)
{
    list children = {container->first, container->last};
    if (!list_add(&children, node))
        return NULL;
    container->first = children.first;
    container->last = children.last;
    return node;
}

cairn_jnode *cairn_j_set(cairn_arena *arena, cairn_jnode *object, const char *name, cairn_span value)
{
    if (!open_as(arena, object, CAIRN_J_OBJECT))
        return NULL;
    cairn_jnode *node = find_last(object, name);
    if (node) {
        node->kind = CAIRN_J_RAW;
        node->raw = cairn_span_trim(value);
        node->first = node->last = NULL;
        return node;
    }
    cairn_span key = make_key(arena, name);
    return key.p ? add_child(object, new_raw(arena, NULL, key, value)) : NULL;
}

cairn_jnode *cairn_j_set_string(cairn_arena *arena, cairn_jnode *object, const char *name, cairn_span text)
{
    cairn_span quoted = quote_json(arena, text);
    return quoted.p ? cairn_j_set(arena, object, name, quoted) : NULL;
}

cairn_jnode *cairn_j_append(cairn_arena *arena, cairn_jnode *array, cairn_span value)
{
    if (!open_as(arena, array, CAIRN_J_ARRAY))
        return NULL;
    return add_child(array, new_raw(arena, NULL, CAIRN_SPAN_NONE, value));
}

bool cairn_j_remove(cairn_arena *arena, cairn_jnode *object, const char *name)
{
    if (!open_as(arena, object, CAIRN_J_OBJECT))
        return false;
    list kept = {NULL, NULL};
    bool found = false;
    for (cairn_jnode *child = object->first, *next; child; child = next) {
        next = child->next;
        child->next = NULL;
        if (cairn_json_key_is(child->key, name))
            found = true;
        else
            list_add(&kept, child);
    }
    object->first = kept.first;
    object->last = kept.last;
    return found;
}

bool cairn_j_rename(cairn_arena *arena, cairn_jnode *object, const char *from, const char *to)
{
    if (!open_as(arena, object, CAIRN_J_OBJECT))
        return false;
    if (find_last(object, to))
        return cairn_j_remove(arena, object, from);
    if (!find_last(object, from))
        return false;
    cairn_span key = make_key(arena, to);
    if (!key.p)
        return false;
    for (cairn_jnode *child = object->first; child; child = child->next)
        if (cairn_json_key_is(child->key, from))
            child->key = key;
    return true;
}

static bool print_node(const cairn_jnode *node, cairn_buf *out, int depth)
{
    if (node->kind == CAIRN_J_RAW)
        return cairn_json_minify(node->raw, out);
    if (depth == 0) {
        out->failed = true;
        return false;
    }
    bool object = node->kind == CAIRN_J_OBJECT;
    cairn_buf_add_byte(out, object ? '{' : '[');
    for (const cairn_jnode *child = node->first; child && !out->failed; child = child->next) {
        if (child != node->first)
            cairn_buf_add_byte(out, ',');
        if (object) {
            cairn_buf_add_byte(out, '"');
            cairn_buf_add_span(out, child->key);
            cairn_buf_add_text(out, "\":");
        }
        print_node(child, out, depth - 1);
    }
    return cairn_buf_add_byte(out, object ? '}' : ']');
}

bool cairn_j_print(const cairn_jnode *node, cairn_buf *out)
{
    return print_node(node, out, PRINT_DEPTH);
}

cairn_span cairn_j_text(const cairn_jnode *node, cairn_arena *arena)
{
    cairn_buf text = CAIRN_BUF_INIT(TEXT_MAX);
    cairn_span copy = CAIRN_SPAN_NONE;
    if (cairn_j_print(node, &text))
        copy = cairn_arena_copy(arena, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return copy;
}

/* The length of what write_node() writes; more than TEXT_MAX when there is none. */
static size_t measure_node(const cairn_jnode *node, int depth)
{
    if (node->kind == CAIRN_J_RAW)
        return node->raw.n;
    if (depth == 0)
        return TEXT_MAX + 1;
    size_t n = node->first ? 1 : 2; /* the brackets, less the comma that the first child hasn't */
    size_t more = node->kind == CAIRN_J_OBJECT ? sizeof "\"\":," - 1 : 1;
    for (const cairn_jnode *child = node->first; child && n <= TEXT_MAX; child = child->next)
        n += measure_node(child, depth - 1) + child->key.n + more;
    return n;
}

static char *put_span(char *out, cairn_span text)
{
    if (text.n)
        memcpy(out, text.p, text.n);
    return out + text.n;
}

static char *write_node(const cairn_jnode *node, char *out)
{
    if (node->kind == CAIRN_J_RAW)
        return put_span(out, node->raw);
    bool object = node->kind == CAIRN_J_OBJECT;
    *out++ = object ? '{' : '[';
    for (const cairn_jnode *child = node->first; child; child = child->next) {
        if (child != node->first)
            *out++ = ',';
        if (object) {
            *out++ = '"';
            out = put_span(out, child->key);
            *out++ = '"';
            *out++ = ':';
        }
        out = write_node(child, out);
    }
    *out++ = object ? '}' : ']';
    return out;
}

cairn_span cairn_j_text_as_is(const cairn_jnode *node, cairn_arena *arena)
{
    size_t n = measure_node(node, PRINT_DEPTH);
    char *text = n <= TEXT_MAX ? cairn_arena_alloc(arena, n + 1) : NULL;
    if (!text)
        return CAIRN_SPAN_NONE;
    *write_node(node, text) = '\0';
    return cairn_span_make(text, n);
}
