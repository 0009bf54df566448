// LINK: indexer
/* How sources are split into records: by their names, by their content, in any pieces that a pipe delivers. */
#include "indexer/records.h"

#include "base/buf.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct feed {
    int fd;
    const char *text;
    size_t n, step;
} feed;

static void *feeder(void *context)
{
    const feed *f = context;
    for (size_t at = 0; at < f->n; at += f->step) {
        size_t n = f->n - at < f->step ? f->n - at : f->step;
        if (write(f->fd, f->text + at, n) != (ssize_t)n)
            break;
    }
    close(f->fd);
    return NULL;
}

/* The entries as "V1:{...}|E1:{...}|F2|", V the value alone in its source as "A". */
static void split(cairn_span text, cairn_records_form form, size_t max, size_t step, cairn_buf *out)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    feed f = {ends[1], text.p, text.n, step};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, feeder, &f), 0);
    char path[64];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_stream *stream = NULL;
    assert_int_equal(cairn_stream_open(path, &stream, &error), CAIRN_OK);
    cairn_records *records = cairn_records_new(stream, form, max);
    assert_non_null(records);
    for (;;) {
        cairn_records_entry entry;
        assert_int_equal(cairn_records_next(records, &entry, &error), CAIRN_OK);
        if (entry.kind == CAIRN_RECORDS_END)
            break;
        char mark = entry.kind == CAIRN_RECORDS_FAULT ? 'F' : entry.kind == CAIRN_RECORDS_ENVELOPE ? 'E' : 'V';
        assert_true(entry.kind != CAIRN_RECORDS_FAULT || entry.fault != NULL);
        cairn_buf_printf(out, "%c%d", mark == 'V' && entry.alone ? 'A' : mark, (int)entry.line);
        if (mark != 'F')
            cairn_buf_printf(out, ":%.*s", CAIRN_SPAN_FMT(entry.text));
        cairn_buf_add_byte(out, '|');
    }
    cairn_records_free(records);
    pthread_join(thread, NULL);
    close(ends[0]);
}

typedef struct example {
    const char *text;
    cairn_records_form form;
    size_t max;
    const char *expected;
} example;

static const example examples[] = {
    /* lines by name */
    {"{\"a\":1}\n{\"b\":2}\n", CAIRN_RECORDS_LINES, 100, "V1:{\"a\":1}|V2:{\"b\":2}|"},
    {"{\"a\":1}", CAIRN_RECORDS_LINES, 100, "V1:{\"a\":1}|"},
    {"\xEF\xBB\xBF{}\r\n\r\n  \n\x1e{\"b\":2}\r\n", CAIRN_RECORDS_LINES, 100, "V1:{}|V4:{\"b\":2}|"},
    {"{\n{}\nnot json\n{}", CAIRN_RECORDS_LINES, 100, "V1:{|V2:{}|V3:not json|V4:{}|"},
    {"{\"long\":\"0123456789\"}\n{}\n", CAIRN_RECORDS_LINES, 12, "F1|V2:{}|"},
    {"{}\n{\"long\":\"0123456789\"}", CAIRN_RECORDS_LINES, 12, "V1:{}|F2|"},
    {"", CAIRN_RECORDS_LINES, 100, ""},
    {"\n\n", CAIRN_RECORDS_LINES, 100, ""},
    /* documents */
    {"{\"a\":1}", CAIRN_RECORDS_ANY, 100, "A1:{\"a\":1}|"},
    {"\xEF\xBB\xBF\n {\"a\":\n1}\n\n", CAIRN_RECORDS_DOCUMENT, 100, "A2:{\"a\":\n1}|"},
    {"[1,\n2]", CAIRN_RECORDS_ANY, 100, "A1:[1,\n2]|"},
    {"{\"a\":1,", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":1,|"},
    {"{\"a\":\"x\ny\"}", CAIRN_RECORDS_DOCUMENT, 100, "A1:{\"a\":\"x\ny\"}|"},
    {"<html>\n<body>\n", CAIRN_RECORDS_DOCUMENT, 100, "V1:<html>|"},
    {"{\"long\":\n\"0123456789\"}", CAIRN_RECORDS_DOCUMENT, 12, "F1|"},
    {"", CAIRN_RECORDS_ANY, 100, ""},
    /* no text: one fault, unless the name says that there are lines */
    {"\x89HDF\r\n\x1a\n{}\n{}\n", CAIRN_RECORDS_ANY, 100, "F1|"},
    {"\x89HDF\r\n\x1a\n{}\n{}\n", CAIRN_RECORDS_DOCUMENT, 100, "F1|"},
    {"CDF\x01\n{}\n", CAIRN_RECORDS_ANY, 100, "F1|"},
    {"CDF\x01", CAIRN_RECORDS_ANY, 100, "F1|"},
    {"PK\x03\x04\n{}\n", CAIRN_RECORDS_ANY, 100, "F1|"},
    {"\x01\n{}", CAIRN_RECORDS_LINES, 100, "V1:\x01|V2:{}|"},
    {"CDF is text\n{}", CAIRN_RECORDS_ANY, 100, "V1:CDF is text|V2:{}|"},
    {"{}\nCDF\x01\n{}", CAIRN_RECORDS_ANY, 100, "V1:{}|V2:CDF\x01|V3:{}|"},
    {"{\"features\":{\"x\":[{}]},\"a\":\"[{\\\"\"}", CAIRN_RECORDS_ANY, 100,
     "A1:{\"features\":{\"x\":[{}]},\"a\":\"[{\\\"\"}|"},
    /* lines, told by their content, wherever they come from */
    {"{\"a\":1}\n{\"b\":2}\n", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":1}|V2:{\"b\":2}|"},
    {"{\"a\":1}\n{\"b\":2}\n", CAIRN_RECORDS_DOCUMENT, 100, "V1:{\"a\":1}|V2:{\"b\":2}|"},
    {"not json\n{\"b\":2}\n", CAIRN_RECORDS_ANY, 100, "V1:not json|V2:{\"b\":2}|"},
    {"{\"a\":1,}\n{\"b\":2}\n", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":1,}|V2:{\"b\":2}|"},
    {"{\"a\":\"cut\n{\"b\":2}\n", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":\"cut|V2:{\"b\":2}|"},
    {"{\"a\":1} x\n{\"b\":2}\n", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":1} x|V2:{\"b\":2}|"},
    {"{\"a\":1}\n{\"b\":\n", CAIRN_RECORDS_ANY, 100, "V1:{\"a\":1}|V2:{\"b\":|"},
    /* pretty-printed values one behind the other */
    {"{\n\"a\":1\n}\n{\n\"b\":2\n}\n", CAIRN_RECORDS_ANY, 100, "V1:{\n\"a\":1\n}|V4:{\n\"b\":2\n}|"},
    /* features, one by one */
    {"{\"type\":\"FeatureCollection\",\"features\":[{\"a\":[\"]\"]},\n {\"b\":{}} ],\n\"links\":[]}", CAIRN_RECORDS_ANY,
     100, "V1:{\"a\":[\"]\"]}|V2:{\"b\":{}}|E1:{\"type\":\"FeatureCollection\",\"features\":[],\n\"links\":[]}|"},
    {"{\"features\":[],\"type\":\"FeatureCollection\"}", CAIRN_RECORDS_DOCUMENT, 100,
     "E1:{\"features\":[],\"type\":\"FeatureCollection\"}|"},
    {"{\"features\":[{}],\"collections\":[{\"c\":1}]}", CAIRN_RECORDS_DOCUMENT, 100,
     "V1:{}|V1:{\"c\":1}|E1:{\"features\":[],\"collections\":[]}|"},
    {"{\"type\":\"Feature\",\"features\":[{}]}", CAIRN_RECORDS_DOCUMENT, 100,
     "A1:{\"type\":\"Feature\",\"features\":[{}]}|"},
    {"{\"a\":{\"features\":[1]},\"features\":[null, 17,\"s\"]}", CAIRN_RECORDS_DOCUMENT, 100,
     "V1:null|V1:17|V1:\"s\"|E1:{\"a\":{\"features\":[1]},\"features\":[]}|"},
    {"{\"features\":[{\"long\":\"0123456789012345678901234\"},{}]}", CAIRN_RECORDS_DOCUMENT, 30,
     "F1|V1:{}|E1:{\"features\":[]}|"},
    {"{\"features\":[{\"a\":{\"long\":[\"]}\\\"\\\\\"],\n\"b\":\"0123456789012345678901234\"}}\n,{}]}",
     CAIRN_RECORDS_DOCUMENT, 20, "F1|V3:{}|E1:{\"features\":[]}|"},
    {"{\"features\":[{\"long\":\"0123456789012345678901234\"", CAIRN_RECORDS_DOCUMENT, 30, "F1|"},
    {"{\"features\":[{},\n", CAIRN_RECORDS_DOCUMENT, 100, "V1:{}|F1|"},
    {"{\"features\":[{}", CAIRN_RECORDS_DOCUMENT, 100, "V1:{}|F1|"},
    {"{\"features\":[{\"a\":", CAIRN_RECORDS_DOCUMENT, 100, "F1|"},
    {"{\"features\":[{}\n{}]}", CAIRN_RECORDS_DOCUMENT, 100, "V1:{}|F2|"},
    {"{\"features\":[{},]}", CAIRN_RECORDS_DOCUMENT, 100, "V1:{}|F1|"},
    {"{\"features\":[{}]", CAIRN_RECORDS_DOCUMENT, 100, "V1:{}|F1|"},
};

static void test_examples(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 2, 3, 7, 4096};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        for (size_t k = 0; k < sizeof steps / sizeof *steps; k++) {
            cairn_buf out = CAIRN_BUF_INIT(1 << 16);
            const example *e = &examples[i];
            split(cairn_span_of(e->text), e->form, e->max, steps[k], &out);
            cairn_buf_add_byte(&out, '\0');
            assert_string_equal(out.p, e->expected);
            cairn_buf_free(&out);
        }
    }
}

/* A collection much larger than the limit passes, as no single record is. */
static void test_stream_many_features(void **state)
{
    (void)state;
    enum { COUNT = 30000 };
    cairn_buf text = CAIRN_BUF_INIT(16u << 20), out = CAIRN_BUF_INIT(16u << 20);
    cairn_buf_add_text(&text, "{\"type\":\"FeatureCollection\",\n\"features\":[\n");
    for (int i = 0; i < COUNT; i++)
        cairn_buf_printf(&text, "%s{\"id\":\"%d\",\n\"x\":\"\\\\\\\"]}\"}", i ? ",\n" : "", i);
    cairn_buf_add_text(&text, "],\"links\":[]}");
    split(cairn_buf_span(&text), CAIRN_RECORDS_DOCUMENT, 200, 4096, &out);
    size_t values = 0;
    for (size_t i = 0; i + 1 < out.n; i++)
        values += out.p[i] == '|' && out.p[i + 1] == 'V';
    assert_int_equal(values + 1, COUNT);
    assert_memory_equal(out.p, "V3:{\"id\":\"0\"", 12);
    cairn_buf_free(&text);
    cairn_buf_free(&out);
}

static void test_envelope_lines(void **state)
{
    (void)state;
    static const char text[] = "{\"type\":\n\"FeatureCollection\",\"features\":[\n{},\n{}\n],\n\"links\":\n7}";
    char path[] = "/tmp/cairn-records-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)sizeof text - 1);
    close(fd);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_stream *stream = NULL;
    assert_int_equal(cairn_stream_open(path, &stream, &error), CAIRN_OK);
    assert_true(cairn_stream_is_regular(stream));
    assert_int_equal(cairn_stream_raw_size(stream), sizeof text - 1);
    cairn_records *records = cairn_records_new(stream, CAIRN_RECORDS_ANY, 1000);
    cairn_records_entry entry;
    do
        assert_int_equal(cairn_records_next(records, &entry, &error), CAIRN_OK);
    while (entry.kind == CAIRN_RECORDS_VALUE);
    assert_int_equal(entry.kind, CAIRN_RECORDS_ENVELOPE);
    const char *seven = memchr(entry.text.p, '7', entry.text.n);
    assert_int_equal(cairn_records_envelope_line(records, (size_t)(seven - entry.text.p)), 7);
    assert_int_equal(cairn_records_envelope_line(records, 10), 2);
    cairn_records_free(records);
    unlink(path);
}

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(cairn_records_form_of("a.ndjson"), CAIRN_RECORDS_LINES);
    assert_int_equal(cairn_records_form_of("a.jsonl.gz"), CAIRN_RECORDS_LINES);
    assert_int_equal(cairn_records_form_of("a.geojsonl.zst"), CAIRN_RECORDS_LINES);
    assert_int_equal(cairn_records_form_of("a.geojson"), CAIRN_RECORDS_DOCUMENT);
    assert_int_equal(cairn_records_form_of("a.json.gz"), CAIRN_RECORDS_DOCUMENT);
    assert_int_equal(cairn_records_form_of("a.txt"), CAIRN_RECORDS_ANY);
    assert_int_equal(cairn_records_form_of("-"), CAIRN_RECORDS_ANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_stream_many_features),
        cmocka_unit_test(test_envelope_lines),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
