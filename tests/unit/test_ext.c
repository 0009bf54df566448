/* The registry of extensions: what is built in, and what site-local descriptors add. */
#include "stac/ext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const cairn_ext_field *find(const char *name)
{
    return cairn_ext_find(cairn_span_of(name), NULL);
}

static void assert_found_as(const char *name, const char *found)
{
    const cairn_ext_field *field = find(name);
    if (!field || strcmp(field->name, found) != 0)
        fail_msg("%s: expected %s, found %s", name, found, field ? field->name : "nothing");
}

/* ---- built in ---- */

static void assert_leads_back(const cairn_ext *ext, const cairn_ext_field *field, const char *name)
{
    const cairn_ext *of = NULL;
    const cairn_ext_field *found = cairn_ext_find(cairn_span_of(name), &of);
    if (found != field || of != ext)
        fail_msg("'%s' of %s is also the name of %s", name, ext->title, found ? found->name : "nothing");
}

static void assert_field_is_whole(const cairn_ext *ext, const cairn_ext_field *field)
{
    char name[300];
    size_t n = strlen(ext->prefix);
    snprintf(name, sizeof name, "%s%s", field->of_band ? "bands." : "", field->name);
    assert_leads_back(ext, field, name);
    for (size_t i = 0; i < 3 && field->older[i]; i++) {
        assert_leads_back(ext, field, field->older[i]);
        assert_int_equal(strchr(field->older[i], '.') != NULL, field->of_band);
    }
    assert_true(field->title && *field->title);
    assert_non_null(cairn_ext_type_name(field->type));
    assert_false(field->indexed && (field->of_band || field->type == CAIRN_EXT_OBJECT));
    assert_null(strchr(field->name, '.'));
    assert_true(n == 0 || (strncmp(field->name, ext->prefix, n) == 0 && strchr(":", field->name[n])));
}

static void every_name_leads_to_its_field(void **state)
{
    (void)state;
    size_t n = 0;
    for (const cairn_ext *ext; (ext = cairn_ext_at(n)); n++) {
        assert_true(ext->n_fields > 0 && ext->title);
        for (size_t i = 0; i < ext->n_fields; i++)
            assert_field_is_whole(ext, &ext->fields[i]);
    }
    assert_true(n > 25);
    assert_string_equal(cairn_ext_at(0)->title, "Common metadata");
    assert_null(cairn_ext_at(n + 7));
}

static void the_files_are_the_registry(void **state)
{
    (void)state;
    static const char *const files[] = {"eo", "proj", "grid", "timestamps", "alternate", "ceosard"};
    static const char *const fields[] = {"eo:cloud_cover", "proj:code",      "grid:code",
                                         "published",      "alternate:name", "ceosard:type"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s/../../lib/stac/ext/%s.c", CAIRN_TEST_DATA, files[i]);
        assert_int_equal(access(path, R_OK), 0);
        assert_found_as(fields[i], fields[i]);
    }
}

static void what_is_asked_for_most_is_indexed(void **state)
{
    (void)state;
    static const char *const names[] = {"eo:cloud_cover", "platform",  "instruments", "gsd",    "sat:orbit_state",
                                        "proj:code",      "grid:code", "created",     "updated"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(find(names[i])->indexed);
    assert_int_equal(find("created")->type, CAIRN_EXT_TIME);
    assert_int_equal(find("eo:cloud_cover")->type, CAIRN_EXT_NUMBER);
    assert_string_equal(find("eo:cloud_cover")->unit, "%");
}

static void older_names_are_found(void **state)
{
    (void)state;
    assert_found_as("proj:epsg", "proj:code");
    assert_int_equal(find("proj:epsg")->change, CAIRN_EXT_EPSG_CODE);
    assert_found_as("eo:bands", "bands");
    assert_found_as("raster:bands", "bands");
    assert_found_as("eo:bands.common_name", "eo:common_name");
    assert_found_as("bands.eo:common_name", "eo:common_name");
    assert_found_as("eo:common_name", "eo:common_name");
    assert_found_as("raster:bands.data_type", "data_type");
    assert_found_as("eo:platform", "platform");
    assert_found_as("sar:product_type", "product:type");
}

static void one_name_on_an_item_and_on_its_bands(void **state)
{
    (void)state;
    assert_false(find("unit")->of_band);
    assert_true(find("bands.unit")->of_band);
    assert_true(find("raster:bands.unit")->of_band);
    assert_true(find("bands.name")->of_band);
}

static void what_nobody_knows_is_not_found(void **state)
{
    (void)state;
    static const char *const names[] = {"", "eo:", "acme:quality", "bands.", "bands.eo:cloud_cover", "EO:cloud_cover"};
    const cairn_ext *ext = cairn_ext_at(0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(find(names[i]));
    assert_null(cairn_ext_find(CAIRN_SPAN_NONE, &ext));
    assert_null(ext);
    assert_null(cairn_ext_type_name((cairn_ext_type)99));
}

/* ---- site-local ---- */

typedef struct place {
    char folder[64], file[96];
} place;

static int make_place(void **state)
{
    place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    snprintf(p->folder, sizeof p->folder, "/tmp/cairn-ext-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/acme.json", p->folder);
    *state = p;
    return 0;
}

static int clear_place(void **state)
{
    place *p = *state;
    cairn_ext_unload();
    unlink(p->file);
    rmdir(p->folder);
    free(p);
    return 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static cairn_code load(const place *p, const char *text, cairn_error *error)
{
    write_file(p->file, text);
    return cairn_ext_load(p->file, error);
}

static void assert_loads(const place *p, const char *text)
{
    cairn_error error = CAIRN_ERROR_INIT;
    if (load(p, text, &error) != CAIRN_OK)
        fail_msg("%s: %s", text, error.message);
}

static void a_descriptor_adds_fields(void **state)
{
    const cairn_ext *ext = NULL;
    assert_loads(
        *state,
        "{\"prefix\":\"acme\",\"title\":\"Acme\",\"schema\":\"https://acme.example/v1/schema.json\",\"fields\":["
        "{\"name\":\"acme:quality\",\"type\":\"number\",\"title\":\"Quality \\u00e9\",\"unit\":\"%\","
        "\"description\":\"0 to 100\",\"indexed\":true,\"summary\":true,\"older\":[\"acme_quality\",\"quality\"]},"
        "{\"name\":\"acme:seen\",\"type\":\"time\"},"
        "{\"name\":\"acme:title\",\"type\":\"string\",\"of_band\":true,\"older\":[\"acme:bands.title\"]}]}");
    const cairn_ext_field *field = cairn_ext_find(cairn_span_of("quality"), &ext);
    assert_non_null(field);
    assert_string_equal(field->name, "acme:quality");
    assert_string_equal(field->title, "Quality \xc3\xa9");
    assert_string_equal(field->description, "0 to 100");
    assert_true(field->indexed && field->summary && !field->of_band);
    assert_string_equal(ext->schema, "https://acme.example/v1/schema.json");
    assert_string_equal(find("acme:seen")->title, "acme:seen");
    assert_int_equal(find("acme:seen")->type, CAIRN_EXT_TIME);
    assert_found_as("bands.acme:title", "acme:title");
    assert_found_as("acme:bands.title", "acme:title");
    assert_found_as("title", "title");
}

static void what_was_loaded_stands_behind_what_is_built_in(void **state)
{
    size_t n = 0;
    while (cairn_ext_at(n))
        n++;
    assert_loads(*state, "{\"prefix\":\"a\",\"fields\":[{\"name\":\"a:b\",\"type\":\"any\"}]}");
    assert_loads(*state, "{\"prefix\":\"c\",\"fields\":[{\"name\":\"c:d\",\"type\":\"any\"}]}");
    assert_string_equal(cairn_ext_at(n)->prefix, "a");
    assert_string_equal(cairn_ext_at(n + 1)->title, "c");
    assert_null(cairn_ext_at(n + 2));
    cairn_ext_unload();
    assert_null(cairn_ext_at(n));
    assert_null(find("a:b"));
    assert_non_null(find("eo:cloud_cover"));
}

static void a_descriptor_says_more_of_a_known_field(void **state)
{
    assert_false(find("eo:snow_cover")->indexed);
    assert_loads(*state, "{\"prefix\":\"eo\",\"fields\":[{\"name\":\"eo:snow_cover\",\"indexed\":true},"
                         "{\"name\":\"eo:common_name\",\"of_band\":true,\"title\":\"Colour\"}]}");
    assert_true(find("eo:snow_cover")->indexed);
    assert_int_equal(find("eo:snow_cover")->type, CAIRN_EXT_NUMBER);
    assert_string_equal(find("eo:snow_cover")->unit, "%");
    assert_true(find("s2:snow_ice_percentage")->indexed);
    assert_string_equal(find("eo:bands.common_name")->title, "Colour");
    cairn_ext_unload();
    assert_false(find("eo:snow_cover")->indexed);
}

static void assert_refused(const place *p, const char *text, const char *pointer, const char *said)
{
    cairn_error error = CAIRN_ERROR_INIT;
    size_t n = 0;
    while (cairn_ext_at(n))
        n++;
    assert_int_not_equal(load(p, text, &error), CAIRN_OK);
    if (!strstr(error.message, said) || !strstr(error.message, p->file) || strcmp(error.pointer, pointer) != 0)
        fail_msg("%s: %s (%s)", text, error.message, error.pointer);
    assert_null(cairn_ext_at(n));
}

#define ONE(members) "{\"prefix\":\"a\",\"fields\":[{" members "}]}"

static void what_is_wrong_is_named(void **state)
{
    static const char *const cases[][3] = {
        {"{", "", "JSON"},
        {"[]", "", "an object"},
        {"{\"fields\":[]}", "/prefix", "the prefix"},
        {"{\"prefix\":\"a\"}", "/fields", "1 to 1000"},
        {"{\"prefix\":\"a\",\"fields\":[]}", "/fields", "1 to 1000"},
        {"{\"prefix\":\"a\",\"fields\":[1]}", "/fields/0", "an object"},
        {"{\"prefix\":\"a\",\"filds\":[1]}", "/filds", "fields"},
        {"{\"prefix\":\"a\",\"title\":5,\"fields\":[]}", "/title", "a string"},
        {ONE(""), "/fields/0/name", "a name"},
        {ONE("\"name\":\"\""), "/fields/0/name", "a name"},
        {ONE("\"name\":\"a:b\""), "/fields/0/type", "the type"},
        {ONE("\"name\":\"a:b\",\"type\":\"numbr\""), "/fields/0/type", "number"},
        {ONE("\"name\":\"b:b\",\"type\":\"any\""), "/fields/0/name", "begins with the prefix"},
        {ONE("\"name\":\"ab:b\",\"type\":\"any\""), "/fields/0/name", "begins with the prefix"},
        {ONE("\"name\":\"a:b.c\",\"type\":\"any\""), "/fields/0/name", "without a dot"},
        {ONE("\"name\":\"a:\\u0000\",\"type\":\"any\""), "/fields/0/name", "control"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"indexed\":1"), "/fields/0/indexed", "true or false"},
        {ONE("\"name\":\"a:b\",\"type\":\"object\",\"indexed\":true"), "/fields/0/indexed", "no index"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":\"b\""), "/fields/0/older", "a list"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[1]"), "/fields/0/older/0", "a string"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"b\",\"c\",\"d\",\"e\"]"), "/fields/0/older/3", "three"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"b.c\"]"), "/fields/0/older", "without a dot"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"of_band\":true,\"older\":[\"b\"]"), "/fields/0/older", "of the form"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"change\":\"epsg\""), "/fields/0/change", "epsg_code"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"a/b\":1"), "/fields/0/a~1b", "one of name"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"eo:cloud_cover\"]"), "/fields/0", "Electro-optical"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"proj:epsg\"]"), "/fields/0", "Projection"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"a:b\"]"), "/fields/0", "is free"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\"},{\"name\":\"a:b\",\"type\":\"any\""), "/fields/1", "is free"},
        {ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"b\"]},{\"name\":\"a:c\",\"type\":\"any\",\"older\":["
             "\"b\"]"),
         "/fields/1", "is free"},
        {"{\"prefix\":\"eo\",\"fields\":[{\"name\":\"eo:cloud_cover\",\"type\":\"string\"}]}", "/fields/0/type",
         "number"},
        {"{\"prefix\":\"eo\",\"fields\":[{\"name\":\"eo:cloud_cover\",\"indexed\":false}]}", "/fields/0/indexed",
         "built in"},
        {"{\"prefix\":\"eo\",\"fields\":[{\"name\":\"eo:platform\",\"type\":\"string\"}]}", "/fields/0",
         "Common metadata"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(*state, cases[i][0], cases[i][1], cases[i][2]);
}

static void a_name_is_described_once(void **state)
{
    assert_loads(*state, ONE("\"name\":\"a:b\",\"type\":\"any\",\"older\":[\"b\"]"));
    cairn_error error = CAIRN_ERROR_INIT;
    assert_int_equal(load(*state, ONE("\"name\":\"a:b\",\"type\":\"any\""), &error), CAIRN_INVALID);
    cairn_error_clear(&error);
    assert_int_equal(load(*state, "{\"prefix\":\"\",\"fields\":[{\"name\":\"b\",\"type\":\"any\"}]}", &error),
                     CAIRN_INVALID);
    assert_found_as("b", "a:b");
}

static void the_limits_hold(void **state)
{
    place *p = *state;
    cairn_error error = CAIRN_ERROR_INIT;
    char *text = malloc(2 << 20);
    assert_non_null(text);
    size_t n = (size_t)sprintf(text, "{\"prefix\":\"a\",\"fields\":[");
    for (int i = 0; i < 1000; i++)
        n +=
            (size_t)sprintf(text + n, "%s{\"name\":\"a:%d\",\"type\":\"any\",\"older\":[\"x%d\"]}", i ? "," : "", i, i);
    memcpy(text + n, "]}", 3);
    assert_loads(p, text);
    assert_found_as("x999", "a:999");
    cairn_ext_unload();
    memcpy(text + n, ",{}]}", 6);
    assert_int_equal(load(p, text, &error), CAIRN_INVALID);
    memset(text, ' ', (1 << 20) + 1);
    text[(1 << 20) + 1] = '\0';
    cairn_error_clear(&error);
    assert_int_equal(load(p, text, &error), CAIRN_TOO_LARGE);
    assert_non_null(strstr(error.message, "1 MB"));
    free(text);
}

static void files_and_folders_are_listed(void **state)
{
    place *p = *state;
    char list[400], other[96];
    cairn_error error = CAIRN_ERROR_INIT;
    snprintf(other, sizeof other, "%s/b.json", p->folder);
    write_file(p->file, ONE("\"name\":\"a:b\",\"type\":\"any\""));
    write_file(other, "{\"prefix\":\"b\",\"fields\":[{\"name\":\"b:b\",\"type\":\"any\"}]}");
    assert_int_equal(cairn_ext_load_all(p->folder, &error), CAIRN_OK);
    assert_found_as("a:b", "a:b");
    assert_found_as("b:b", "b:b");
    cairn_ext_unload();
    snprintf(list, sizeof list, ":%s::%s:", other, p->file);
    assert_int_equal(cairn_ext_load_all(list, &error), CAIRN_OK);
    assert_found_as("a:b", "a:b");
    cairn_ext_unload();
    unlink(other);
    assert_int_equal(cairn_ext_load_all(list, &error), CAIRN_IO);
    assert_non_null(strstr(error.message, other));
    assert_int_equal(cairn_ext_load_all("", &error), CAIRN_OK);
}

#define LOADING(test) cmocka_unit_test_setup_teardown(test, make_place, clear_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_leads_to_its_field),
        cmocka_unit_test(the_files_are_the_registry),
        cmocka_unit_test(what_is_asked_for_most_is_indexed),
        cmocka_unit_test(older_names_are_found),
        cmocka_unit_test(one_name_on_an_item_and_on_its_bands),
        cmocka_unit_test(what_nobody_knows_is_not_found),
        LOADING(a_descriptor_adds_fields),
        LOADING(what_was_loaded_stands_behind_what_is_built_in),
        LOADING(a_descriptor_says_more_of_a_known_field),
        LOADING(what_is_wrong_is_named),
        LOADING(a_name_is_described_once),
        LOADING(the_limits_hold),
        LOADING(files_and_folders_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
