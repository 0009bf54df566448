// LINK: indexer
/* The way through static catalogs and folders, and the places of documents. */
#include "indexer/crawl.h"
#include "indexer/place.h"
#include "indexer/reasons.h"
#include "indexer/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- a scratch folder ---- */

typedef struct scratch {
    char root[64];
    FILE *told;
    char *text; /* what was told, when told is flushed */
    size_t size;
    cairn_journal *journal;
    cairn_arena *arena;
} scratch;

static int set_up(void **state)
{
    scratch *s = calloc(1, sizeof *s);
    cairn_error error = CAIRN_ERROR_INIT;
    snprintf(s->root, sizeof s->root, "/tmp/cairn-crawl-XXXXXX");
    if (!mkdtemp(s->root))
        return -1;
    s->told = open_memstream(&s->text, &s->size);
    s->journal = cairn_journal_open(&(cairn_journal_options){.out = s->told, .all = true}, &error);
    s->arena = cairn_arena_new(1 << 20);
    *state = s;
    return s->journal && s->arena ? 0 : -1;
}

static int tear_down(void **state)
{
    scratch *s = *state;
    char command[128];
    cairn_journal_close(s->journal, NULL);
    fclose(s->told);
    free(s->text);
    cairn_arena_free(s->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", s->root);
    int status = system(command);
    free(s);
    return status;
}

static const char *told(scratch *s)
{
    fflush(s->told);
    return s->text ? s->text : "";
}

/* Writes ROOT/name, making its folder. */
static void put(scratch *s, const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", s->root, name);
    for (char *slash = strchr(path + strlen(s->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0700);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* A document of a kind with links: "child:a/b.json item:c.json" as rel:href. */
static void put_document(scratch *s, const char *name, const char *type, const char *id, const char *const *links)
{
    cairn_buf text = CAIRN_BUF_INIT(1 << 16);
    cairn_buf_printf(
        &text, "{\"type\":\"%s\",\"id\":\"%s\",\"stac_version\":\"1.0.0\",\"description\":\"x\",\"links\":[", type, id);
    for (size_t i = 0; links && links[i]; i += 2) {
        cairn_buf_printf(&text, "%s{\"rel\":\"%s\",\"href\":", i ? "," : "", links[i]);
        cairn_buf_add_json_string(&text, cairn_span_of(links[i + 1]));
        cairn_buf_add_byte(&text, '}');
    }
    cairn_buf_add_text(&text, "]}");
    cairn_buf_add_byte(&text, '\0');
    put(s, name, text.p);
    cairn_buf_free(&text);
}

/* Goes into the document at `path` when it has links, as the reader of sources does. */
static void enter(cairn_crawl *crawl, cairn_span path)
{
    static char text[1 << 16];
    cairn_error error = CAIRN_ERROR_INIT;
    struct stat facts;
    FILE *file = fopen(path.p, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text, file);
    assert_int_equal(fstat(fileno(file), &facts), 0);
    fclose(file);
    cairn_span document = {text, n};
    cairn_kind kind = cairn_document_kind(document);
    if (kind == CAIRN_KIND_CATALOG || kind == CAIRN_KIND_COLLECTION)
        assert_int_equal(
            cairn_crawl_enter(crawl, path, (cairn_file_id){facts.st_dev, facts.st_ino}, kind, document, &error),
            CAIRN_OK);
}

/* The crawl from ROOT/name as "path<collection<catalog " for each target, paths below ROOT. */
static void crawl_all(scratch *s, const char *name, cairn_buf *out)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_crawl *crawl = cairn_crawl_new(s->journal);
    assert_non_null(crawl);
    enter(crawl, cairn_arena_printf(s->arena, "%s/%s", s->root, name));
    for (;;) {
        cairn_crawl_target target;
        bool more = false;
        assert_int_equal(cairn_crawl_next(crawl, &target, &more, &error), CAIRN_OK);
        if (!more)
            break;
        size_t skip = strlen(s->root) + 1;
        assert_true(cairn_span_starts(target.path, s->root));
        cairn_buf_printf(out, "%.*s<%.*s<%.*s ",
                         CAIRN_SPAN_FMT(cairn_span_make(target.path.p + skip, target.path.n - skip)),
                         CAIRN_SPAN_FMT(target.collection), CAIRN_SPAN_FMT(target.catalog));
        enter(crawl, target.path);
    }
    assert_int_equal(cairn_crawl_depth(crawl), 0);
    cairn_crawl_free(crawl);
    cairn_buf_add_byte(out, '\0');
}

static void expect_crawl(scratch *s, const char *name, const char *expected)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    crawl_all(s, name, &out);
    assert_string_equal(out.p, expected);
    cairn_buf_free(&out);
}

#define LINKS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_tree(void **state)
{
    scratch *s = *state;
    put_document(s, "catalog.json", "Catalog", "root",
                 LINKS("self", "http://example.com/catalog.json", "child", "./a/collection.json", "item", "loose.json",
                       "child", "b/catalog.json", "license", "a/licence.txt"));
    put_document(
        s, "a/collection.json", "Collection", "A",
        LINKS("parent", "../catalog.json", "item", "one.json", "child", "sub/catalog.json", "item", "two.json"));
    put_document(s, "a/sub/catalog.json", "Catalog", "S", LINKS("item", "../three.json"));
    put_document(s, "b/catalog.json", "Catalog", "B", LINKS("items", "all.ndjson", "children", "more.json"));
    put(s, "a/one.json", "{}");
    put(s, "a/two.json", "{}");
    put(s, "a/three.json", "{}");
    put(s, "loose.json", "{}");
    put(s, "b/all.ndjson", "");
    put(s, "b/more.json", "{}");
    expect_crawl(s, "catalog.json",
                 "a/collection.json<<root a/one.json<A< a/sub/catalog.json<A< a/three.json<A<S a/two.json<A< "
                 "loose.json<<root b/catalog.json<<root b/all.ndjson<<B b/more.json<<B ");
    assert_string_equal(told(s), "");
}

static void test_odd_hrefs(void **state)
{
    scratch *s = *state;
    cairn_span uri = cairn_place_uri(s->arena, cairn_arena_printf(s->arena, "%s/by uri.json", s->root));
    put_document(s, "catalog.json", "Catalog", "root",
                 LINKS("item", "with space.json", "item", "coded%20space.json", "item", "100%25.json", "item",
                       "literal%20name.json", "item", "back\\slash.json", "item", uri.p, "item", "q.json?v=1#x", "item",
                       "x/../dots.json"));
    const char *const names[] = {"with space.json", "coded space.json", "100%.json", "literal%20name.json",
                                 "back/slash.json", "by uri.json",      "q.json",    "dots.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(s, names[i], "{}");
    expect_crawl(s, "catalog.json",
                 "with space.json<<root coded space.json<<root 100%.json<<root literal%20name.json<<root "
                 "back/slash.json<<root by uri.json<<root q.json<<root dots.json<<root ");
    assert_non_null(strstr(told(s), "catalog.json: warning: /links/4: the item link \"back"));
    assert_int_equal(cairn_journal_count(s->journal, CAIRN_JOURNAL_WARNING), 1);
}

static void test_dead_and_remote_links(void **state)
{
    scratch *s = *state;
    put_document(s, "catalog.json", "Catalog", "root",
                 LINKS("child", "gone/collection.json", "item", "", "item", ".", "child", "https://example.com/c.json",
                       "item", "//example.com/i.json", "item", "s3://bucket/i.json", "item", "http://example.com/2"));
    expect_crawl(s, "catalog.json", "");
    assert_non_null(
        strstr(told(s), "catalog.json: warning: /links/0: dead link: the child link \"gone/collection.json\""));
    assert_non_null(strstr(told(s), "/links/1: the item link has no href"));
    assert_non_null(strstr(told(s), "/links/2: dead link"));
    assert_non_null(strstr(told(s), "/links/3: the child link \"https://example.com/c.json\" leads to the network"));
    assert_int_equal(cairn_journal_remote_count(s->journal), 4);
}

static void test_cycles_and_twice(void **state)
{
    scratch *s = *state;
    char from[256], to[256];
    put_document(s, "catalog.json", "Catalog", "root",
                 LINKS("child", "catalog.json", "child", "a.json", "child", "b.json"));
    put_document(s, "a.json", "Catalog", "A", LINKS("child", "b.json", "child", "catalog.json"));
    put_document(s, "b.json", "Catalog", "B",
                 LINKS("child", "a.json", "item", "i.json", "item", "i.json", "item", "same.json"));
    put(s, "i.json", "{}");
    snprintf(from, sizeof from, "%s/i.json", s->root);
    snprintf(to, sizeof to, "%s/same.json", s->root);
    assert_int_equal(link(from, to), 0);
    expect_crawl(s, "catalog.json", "a.json<<root b.json<<A i.json<<B ");
    assert_non_null(strstr(told(s), "/catalog.json: warning: /links/0: cycle: the child link \"catalog.json\""));
    assert_non_null(strstr(told(s), "/b.json: warning: /links/0: cycle: the child link \"a.json\""));
    assert_non_null(strstr(told(s), "/a.json: warning: /links/1: cycle: the child link \"catalog.json\""));
    assert_int_equal(cairn_journal_count(s->journal, CAIRN_JOURNAL_WARNING), 3);
}

static void test_depth(void **state)
{
    scratch *s = *state;
    char name[32], next[32];
    for (int i = 0; i <= CAIRN_CRAWL_MAX_DEPTH + 2; i++) {
        snprintf(name, sizeof name, "c%d.json", i);
        snprintf(next, sizeof next, "c%d.json", i + 1);
        put_document(s, name, "Catalog", name, LINKS("child", next));
    }
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    crawl_all(s, "c0.json", &out);
    snprintf(name, sizeof name, "c%d.json<", CAIRN_CRAWL_MAX_DEPTH);
    assert_non_null(strstr(out.p, name));
    snprintf(name, sizeof name, "c%d.json<", CAIRN_CRAWL_MAX_DEPTH + 1);
    assert_null(strstr(out.p, name));
    assert_non_null(strstr(told(s), "nested deeper than"));
    cairn_buf_free(&out);
}

static void test_walk(void **state)
{
    scratch *s = *state;
    char path[256];
    put(s, "b.json", "{}");
    put(s, "a.ndjson.gz", "");
    put(s, "collection.json", "{}");
    put(s, "picture.tif", "");
    put(s, ".hidden.json", "{}");
    put(s, ".git/x.json", "{}");
    put(s, "Z/catalog.json", "{}");
    put(s, "Z/A.geojson", "{}");
    put(s, "c/deep/x.jsonl.zst", "");
    snprintf(path, sizeof path, "%s/c/loop", s->root);
    assert_int_equal(symlink("..", path), 0);
    snprintf(path, sizeof path, "%s/dangling.json", s->root);
    assert_int_equal(symlink("nowhere", path), 0);
    cairn_walk *walk = NULL;
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(cairn_walk_open(s->root, s->journal, &walk, &error), CAIRN_OK);
    cairn_buf out = CAIRN_BUF_INIT(1 << 16);
    cairn_span file;
    while (assert_int_equal(cairn_walk_next(walk, &file, &error), CAIRN_OK), file.p)
        cairn_buf_printf(&out, "%s ", file.p + strlen(s->root) + 1);
    cairn_buf_add_byte(&out, '\0');
    assert_string_equal(out.p, "collection.json a.ndjson.gz b.json Z/catalog.json Z/A.geojson c/deep/x.jsonl.zst ");
    cairn_buf_free(&out);
    cairn_walk_free(walk);
    assert_int_equal(cairn_walk_open("/nowhere/at/all", s->journal, &walk, &error), CAIRN_IO);
}

static void test_places(void **state)
{
    scratch *s = *state;
    static const char *const normal[][2] = {
        {"a/./b//c", "a/b/c"}, {"./a", "a"},      {"a/..", "."},        {"..", ".."}, {"../../a", "../../a"},
        {"a/../../b", "../b"}, {"/a/../..", "/"}, {"/../a/b/", "/a/b"}, {"", "."},    {"/", "/"},
        {"a/b/..", "a"},       {"/a/b/..", "/a"},
    };
    for (size_t i = 0; i < sizeof normal / sizeof *normal; i++)
        assert_string_equal(cairn_place_normal(s->arena, cairn_span_of(normal[i][0])).p, normal[i][1]);

    static const char *const joined[][3] = {
        {"a/b.json", "c.json", "a/c.json"},        {"b.json", "./x/c.json", "x/c.json"},
        {"a/b.json", "../../c.json", "../c.json"}, {"/a/b.json", "/c.json", "/c.json"},
        {"/b.json", "c.json", "/c.json"},
    };
    for (size_t i = 0; i < sizeof joined / sizeof *joined; i++)
        assert_string_equal(cairn_place_join(s->arena, cairn_span_of(joined[i][0]), cairn_span_of(joined[i][1])).p,
                            joined[i][2]);

    static const char *const below[][4] = {
        {"https://h/d", "/r", "/r/a/b/i.json", "https://h/d/a/b/i.json"},
        {"https://h/d/", "/r", "/r/i.json", "https://h/d/i.json"},
        {"https://h/d", "/", "/i.json", "https://h/d/i.json"},
        {"https://h/d", "/r/x", "/r/y/i.json", "https://h/y/i.json"},
        {"https://h/d", "/r/x", "/r/xy/i.json", "https://h/xy/i.json"},
        {"https://h/d", "/r", "/r/a b/100%/i#1.json", "https://h/d/a%20b/100%25/i%231.json"},
        {"https://h/d", "/r", "/r/a:b.json", "https://h/d/a:b.json"},
    };
    for (size_t i = 0; i < sizeof below / sizeof *below; i++)
        assert_string_equal(cairn_place_below(s->arena, cairn_span_of(below[i][0]), cairn_span_of(below[i][1]),
                                              cairn_span_of(below[i][2]))
                                .p,
                            below[i][3]);
    assert_string_equal(cairn_place_folder(s->arena, cairn_span_of("a/b.json")).p, "a");
    assert_string_equal(cairn_place_folder(s->arena, cairn_span_of("b.json")).p, ".");
    assert_string_equal(cairn_place_folder(s->arena, cairn_span_of("/b.json")).p, "/");
}

static void test_reasons(void **state)
{
    (void)state;
    cairn_reasons reasons = {.n = 0};
    static const char *const same[] = {"expected 1.5, found \"x\" in [1,[2]]",
                                       "expected -200, found \"y \\\" z\" in []"};
    cairn_reason *a = cairn_reasons_count(&reasons, cairn_span_of("/assets/B02/href"), cairn_span_of(same[0]));
    cairn_reason *b = cairn_reasons_count(&reasons, cairn_span_of("/assets/thumb/href"), cairn_span_of(same[1]));
    cairn_reason *c = cairn_reasons_count(&reasons, cairn_span_of("/id"), cairn_span_of(same[0]));
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    assert_int_equal(a->count, 2);
    assert_string_equal(a->example, "/assets/B02/href: expected 1.5, found \"x\" in [1,[2]]");
    for (int i = 0; i < 2 * CAIRN_REASONS_MAX; i++) {
        char message[32];
        snprintf(message, sizeof message, "kind %c%c", 'a' + i / 26, 'a' + i % 26);
        assert_non_null(cairn_reasons_count(&reasons, CAIRN_SPAN_NONE, cairn_span_of(message)));
    }
    assert_int_equal(reasons.n, CAIRN_REASONS_MAX);
    uint64_t total = 0;
    for (size_t i = 0; i < reasons.n; i++)
        total += reasons.items[i].count;
    assert_int_equal(total, 3 + 2 * CAIRN_REASONS_MAX);
    cairn_reasons_free(&reasons);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_odd_hrefs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dead_and_remote_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cycles_and_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_depth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_walk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
        cmocka_unit_test(test_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
