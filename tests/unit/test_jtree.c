#include "base/jtree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static cairn_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    arena = cairn_arena_new(1 << 20);
    return arena ? 0 : -1;
}

static int free_arena(void **state)
{
    (void)state;
    cairn_arena_free(arena);
    return 0;
}

static cairn_jnode *open_text(const char *text)
{
    assert_int_equal(cairn_json_check(cairn_span_of(text), CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
    cairn_jnode *node = cairn_j_open(arena, cairn_span_of(text));
    assert_non_null(node);
    return node;
}

static void assert_prints(const cairn_jnode *node, const char *want)
{
    cairn_span text = cairn_j_text(node, arena);
    assert_non_null(text.p);
    assert_string_equal(text.p, want);
    assert_int_equal(cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL), CAIRN_OK);
}

static void open_all(cairn_jnode *node, int depth)
{
    assert_true(depth > 0);
    for (cairn_jnode *child = cairn_j_children(arena, node); child; child = child->next)
        open_all(child, depth - 1);
}

static void test_untouched(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1.50", "\"a\\u0041\\/\"", "{}",
        "[]",   "[[],{},[{}]]",    "{\"a\":1E+2,\"a\":1.0,\"\\u0062\":[1,2.50,null],\"c\":{\"d\":\"x y\"}}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cairn_jnode *node = open_text(texts[i]);
        assert_prints(node, texts[i]);
        open_all(node, 9);
        assert_prints(node, texts[i]);
    }
    assert_prints(open_text(" { \"a\" : [ 1 , \" \" ] } "), "{\"a\":[1,\" \"]}");
}

static void test_get(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("{\"a\":1,\"b\":{\"c\":[2]},\"a\":3,\"\\u0064\":4}");
    assert_true(cairn_span_is(cairn_j_get(arena, root, "a")->raw, "3"));
    assert_true(cairn_span_is(cairn_j_get(arena, root, "d")->raw, "4"));
    assert_non_null(cairn_j_get(arena, cairn_j_get(arena, root, "b"), "c"));
    assert_null(cairn_j_get(arena, root, "x"));
    assert_null(cairn_j_get(arena, NULL, "x"));
    assert_null(cairn_j_get(arena, cairn_j_get(arena, root, "a"), "x"));
    assert_null(cairn_j_children(arena, cairn_j_get(arena, root, "a")));
    assert_null(cairn_j_children(arena, open_text("[]")));
}

static void test_set(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("{\"a\":1,\"b\":{\"c\":2},\"z\":0}");
    assert_non_null(cairn_j_set(arena, root, "a", cairn_span_of(" [1, 2] ")));
    assert_non_null(cairn_j_set(arena, cairn_j_get(arena, root, "b"), "c", cairn_span_of("5.0")));
    assert_non_null(cairn_j_set(arena, cairn_j_get(arena, root, "b"), "q\"\n", cairn_span_of("null")));
    assert_non_null(cairn_j_set_string(arena, root, "new", cairn_span_of("say \"x\"\n")));
    assert_prints(root, "{\"a\":[1,2],\"b\":{\"c\":5.0,\"q\\\"\\n\":null},\"z\":0,\"new\":\"say \\\"x\\\"\\n\"}");
    assert_non_null(cairn_j_get(arena, cairn_j_get(arena, root, "b"), "q\"\n"));
    /* A container that was opened and is replaced loses its children. */
    assert_non_null(cairn_j_set(arena, root, "b", cairn_span_of("{\"n\":1}")));
    assert_null(cairn_j_get(arena, cairn_j_get(arena, root, "b"), "c"));
    assert_prints(root, "{\"a\":[1,2],\"b\":{\"n\":1},\"z\":0,\"new\":\"say \\\"x\\\"\\n\"}");
    assert_null(cairn_j_set(arena, open_text("[1]"), "a", cairn_span_of("1")));
    cairn_jnode *empty = open_text("{}");
    assert_non_null(cairn_j_set(arena, empty, "a", cairn_span_of("1")));
    assert_prints(empty, "{\"a\":1}");
}

static void test_append(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("{\"e\":[],\"f\":[1]}");
    assert_non_null(cairn_j_append(arena, cairn_j_get(arena, root, "e"), cairn_span_of("{\"x\":1}")));
    assert_non_null(cairn_j_append(arena, cairn_j_get(arena, root, "f"), cairn_span_of("2")));
    assert_non_null(cairn_j_append(arena, cairn_j_get(arena, root, "f"), cairn_span_of("3")));
    assert_null(cairn_j_append(arena, root, cairn_span_of("3")));
    assert_prints(root, "{\"e\":[{\"x\":1}],\"f\":[1,2,3]}");
}

static void test_remove(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("{\"a\":1,\"b\":2,\"a\":3,\"c\":4,\"\\u0061\":5}");
    assert_true(cairn_j_remove(arena, root, "a"));
    assert_prints(root, "{\"b\":2,\"c\":4}");
    assert_false(cairn_j_remove(arena, root, "a"));
    assert_true(cairn_j_remove(arena, root, "c"));
    assert_non_null(cairn_j_set(arena, root, "d", cairn_span_of("6")));
    assert_prints(root, "{\"b\":2,\"d\":6}");
    assert_true(cairn_j_remove(arena, root, "b"));
    assert_true(cairn_j_remove(arena, root, "d"));
    assert_prints(root, "{}");
    assert_false(cairn_j_remove(arena, open_text("[1]"), "a"));
}

static void test_rename(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("{\"a\":1,\"b\":2,\"c\":3}");
    assert_true(cairn_j_rename(arena, root, "b", "x\ty"));
    assert_prints(root, "{\"a\":1,\"x\\ty\":2,\"c\":3}");
    assert_true(cairn_j_rename(arena, root, "a", "c"));
    assert_prints(root, "{\"x\\ty\":2,\"c\":3}");
    assert_false(cairn_j_rename(arena, root, "a", "d"));
    assert_false(cairn_j_rename(arena, root, "a", "c"));
}

/* At each possible cap either an edit happens wholly or the text stays as it was. */
static void test_caps(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,2,3],\"b\":{\"c\":1}}";
    int done = 0;
    for (size_t cap = 0; cap < 2000; cap += 16) {
        cairn_arena *small = cairn_arena_new(cap);
        cairn_jnode *root = cairn_j_open(small, cairn_span_of(text));
        cairn_jnode *set = root ? cairn_j_set_string(small, root, "d", cairn_span_of("new")) : NULL;
        cairn_buf out = CAIRN_BUF_INIT(1000);
        if (root && cairn_j_print(root, &out)) {
            cairn_span want = cairn_span_of(set ? "{\"a\":[1,2,3],\"b\":{\"c\":1},\"d\":\"new\"}" : text);
            assert_true(cairn_span_equal(cairn_buf_span(&out), want));
            done += set != NULL;
        }
        cairn_buf_free(&out);
        cairn_arena_free(small);
    }
    assert_true(done > 0 && done < 125);
}

/* Opened levels within set values within opened levels: printing stops before the stack does. */
static void test_too_deep(void **state)
{
    (void)state;
    cairn_jnode *root = open_text("[]");
    cairn_jnode *node = root;
    for (int i = 0; i < 2000; i++)
        assert_non_null(node = cairn_j_append(arena, node, cairn_span_of("[]")));
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    assert_false(cairn_j_print(root, &out));
    assert_null(cairn_j_text(root, arena).p);
    assert_null(cairn_j_text_as_is(root, arena).p);
    cairn_buf_free(&out);
}

/* Both ways to print say the same of a tree without white space. */
static void test_as_is(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[],\"b\":{},\"c\":[1,[2,{\"d\":\"e f\"}]],\"g\":null}";
    cairn_jnode *root = cairn_j_open_in(arena, cairn_json_index_of(cairn_span_of(text), arena), cairn_span_of(text));
    assert_string_equal(cairn_j_text_as_is(root, arena).p, text);
    cairn_jnode *c = cairn_j_get(arena, root, "c");
    assert_null(cairn_j_children(arena, cairn_j_get(arena, root, "a")));
    assert_non_null(cairn_j_set(arena, cairn_j_get(arena, root, "b"), "x", cairn_span_of("[3]")));
    assert_non_null(cairn_j_append(arena, cairn_j_children(arena, c)->next, cairn_span_of("4")));
    assert_string_equal(cairn_j_text_as_is(root, arena).p,
                        "{\"a\":[],\"b\":{\"x\":[3]},\"c\":[1,[2,{\"d\":\"e f\"},4]],\"g\":null}");
    assert_string_equal(cairn_j_text_as_is(root, arena).p, cairn_j_text(root, arena).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_untouched), cmocka_unit_test(test_get),      cmocka_unit_test(test_set),
        cmocka_unit_test(test_append),    cmocka_unit_test(test_remove),   cmocka_unit_test(test_rename),
        cmocka_unit_test(test_caps),      cmocka_unit_test(test_too_deep), cmocka_unit_test(test_as_is),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
