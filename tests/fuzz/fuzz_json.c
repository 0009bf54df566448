/* Any bytes through the checker; what it takes is walked, decoded, minified, opened as a tree and printed, and must
 * come back the same. */
#include "fuzz.h"

#include "base/jtree.h"
#include "base/utf8.h"

static size_t visit(cairn_span value, cairn_arena *arena, int depth);

static size_t visit_members(cairn_span object, cairn_arena *arena, int depth)
{
    size_t seen = 0;
    cairn_json_walk walk = cairn_json_walk_object(object);
    cairn_json_member member;
    while (cairn_json_next_member(&walk, &member)) {
        char pointer[CAIRN_ERROR_POINTER_MAX];
        cairn_json_pointer(pointer, "", member.key);
        FUZZ_ASSERT(cairn_utf8_fault(cairn_span_of(pointer)) == NULL);
        FUZZ_ASSERT(member.whole.p == member.key.p - 1);
        FUZZ_ASSERT(member.whole.p + member.whole.n == member.value.p + member.value.n);
        seen += visit(member.value, arena, depth - 1);
    }
    return seen;
}

static size_t visit_elements(cairn_span array, cairn_arena *arena, int depth)
{
    size_t seen = 0;
    cairn_json_walk walk = cairn_json_walk_array(array);
    cairn_span element;
    while (cairn_json_next_element(&walk, &element))
        seen += visit(element, arena, depth - 1);
    return seen;
}

/* Reads a value in each way; each part of a valid text is a valid text. Returns the number of values. */
static size_t visit(cairn_span value, cairn_arena *arena, int depth)
{
    FUZZ_ASSERT(depth >= 0 && value.n > 0);
    FUZZ_ASSERT(cairn_json_check(value, CAIRN_JSON_MAX_DEPTH, NULL, NULL) == CAIRN_OK);
    double number;
    long long integer;
    cairn_json_number(value, &number);
    cairn_json_integer(value, &integer);
    cairn_span text = cairn_json_string(value, arena);
    FUZZ_ASSERT(!text.p || cairn_utf8_fault(text) == NULL);
    return 1 + visit_members(value, arena, depth) + visit_elements(value, arena, depth);
}

static void open_tree(cairn_arena *arena, cairn_jnode *node, int depth)
{
    FUZZ_ASSERT(depth >= 0);
    for (cairn_jnode *child = cairn_j_children(arena, node); child; child = child->next)
        open_tree(arena, child, depth - 1);
}

static void round_trip(cairn_span text, cairn_arena *arena)
{
    cairn_buf small = CAIRN_BUF_INIT(1 << 24), printed = CAIRN_BUF_INIT(1 << 24);
    cairn_json_facts facts;
    FUZZ_ASSERT(cairn_json_minify(text, &small));
    FUZZ_ASSERT(cairn_json_check(cairn_buf_span(&small), CAIRN_JSON_MAX_DEPTH, &facts, NULL) == CAIRN_OK);
    FUZZ_ASSERT(!facts.has_space);
    cairn_jnode *root = cairn_j_open(arena, text);
    FUZZ_ASSERT(root);
    open_tree(arena, root, CAIRN_JSON_MAX_DEPTH);
    FUZZ_ASSERT(cairn_j_print(root, &printed));
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&printed), cairn_buf_span(&small)));
    cairn_buf_free(&small);
    cairn_buf_free(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cairn_span text = cairn_span_make((const char *)data, size);
    cairn_error error = CAIRN_ERROR_INIT;
    if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, &error) != CAIRN_OK) {
        FUZZ_ASSERT(error.offset >= 0 && (size_t)error.offset <= size && error.line >= 1);
        FUZZ_ASSERT(cairn_utf8_fault(cairn_span_of(error.message)) == NULL);
        return 0;
    }
    cairn_arena *arena = cairn_arena_new((size_t)1 << 28);
    FUZZ_ASSERT(arena);
    cairn_span value = cairn_span_trim(text);
    visit(value, arena, CAIRN_JSON_MAX_DEPTH);
    round_trip(value, arena);
    cairn_arena_free(arena);
    return 0;
}
