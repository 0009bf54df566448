#include "base/clock.h"
#include "store/enriched.h"
#include "store/memory/internal.h"
#include "store/properties.h"

#include <stdlib.h>

typedef struct memory_writer {
    cairn_writer base;
    memory_state *staged; /* NULL: no transaction is open */
    cairn_codec *codec;
} memory_writer;

static cairn_code no_memory(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOMEM, "no memory to write");
}

memory_state *memory_writer_staged(cairn_writer *writer, cairn_error *error)
{
    memory_state *staged = ((memory_writer *)writer)->staged;
    if (!staged)
        cairn_error_set(error, CAIRN_INTERNAL, "something was written outside of a transaction");
    return staged;
}

/* ---- transactions ---- */

cairn_code memory_writer_open(cairn_store *base, cairn_writer **out, cairn_error *error)
{
    memory_store *store = (memory_store *)base;
    *out = NULL;
    if (atomic_flag_test_and_set(&store->writing))
        return cairn_error_set(error, CAIRN_BUSY, "somebody else is writing to this catalog");
    memory_writer *writer = calloc(1, sizeof *writer);
    cairn_codec *codec = cairn_codec_new(1);
    if (!writer || !codec) {
        free(writer);
        cairn_codec_free(codec);
        atomic_flag_clear(&store->writing);
        return no_memory(error);
    }
    *writer = (memory_writer){.base = {base}, .codec = codec};
    *out = &writer->base;
    return CAIRN_OK;
}

cairn_code memory_writer_close(cairn_writer *base, cairn_error *error)
{
    (void)error;
    memory_writer *writer = (memory_writer *)base;
    memory_store *store = (memory_store *)base->store;
    memory_rollback(base);
    cairn_codec_free(writer->codec);
    free(writer);
    atomic_flag_clear(&store->writing);
    return CAIRN_OK;
}

cairn_code memory_write_begin(cairn_writer *base, cairn_error *error)
{
    memory_writer *writer = (memory_writer *)base;
    if (writer->staged)
        return cairn_error_set(error, CAIRN_INTERNAL, "a write transaction was begun twice");
    writer->staged = memory_state_copy(((memory_store *)base->store)->committed);
    return writer->staged ? CAIRN_OK : no_memory(error);
}

cairn_code memory_commit(cairn_writer *base, cairn_error *error)
{
    memory_store *store = (memory_store *)base->store;
    memory_state *staged = memory_writer_staged(base, error);
    if (!staged)
        return CAIRN_INTERNAL;
    staged->generation++;
    pthread_rwlock_wrlock(&store->lock);
    memory_state *old = store->committed;
    store->committed = staged;
    memory_state_free(old);
    pthread_rwlock_unlock(&store->lock);
    ((memory_writer *)base)->staged = NULL;
    return CAIRN_OK;
}

void memory_rollback(cairn_writer *base)
{
    memory_writer *writer = (memory_writer *)base;
    memory_state_free(writer->staged);
    writer->staged = NULL;
}

/* ---- items ---- */

static memory_item *new_item(const cairn_item_record *record)
{
    const cairn_item *from = record->item;
    size_t text =
        from->collection.n + from->id.n + from->footprint.wkb.n + record->body.bytes.n + record->source.bytes.n;
    memory_item *item = memory_record_new(sizeof *item, text);
    if (!item)
        return NULL;
    char *at = (char *)(item + 1);
    item->record.group = from->collection;
    item->record.id = from->id;
    item->time = cairn_item_sort_time(from);
    item->range = from->range;
    item->has_place = from->footprint.present;
    item->box = from->footprint.box;
    item->wkb = from->footprint.wkb;
    item->body = record->body;
    item->source = record->source;
    item->changed = cairn_clock_wall();
    item->traits = from->traits;
    memory_keep(&at, &item->record.group);
    memory_keep(&at, &item->record.id);
    memory_keep(&at, &item->wkb);
    memory_keep(&at, &item->body.bytes);
    memory_keep(&at, &item->source.bytes);
    return item;
}

static bool same_index(const memory_item *a, const memory_item *b)
{
    return cairn_time_compare(a->time, b->time) == 0 && cairn_time_compare(a->range.start, b->range.start) == 0 &&
           cairn_time_compare(a->range.end, b->range.end) == 0 && a->has_place == b->has_place &&
           cairn_span_equal(a->wkb, b->wkb);
}

/* The same text, in whatever encoding. */
static cairn_code same_text(cairn_codec *codec, const cairn_packed *a, const cairn_packed *b, bool *same,
                            cairn_error *error)
{
    *same = a->length == b->length && a->crc == b->crc && !a->bytes.p == !b->bytes.p;
    if (!*same || !a->bytes.p || !b->bytes.p || (a->encoding == b->encoding && cairn_span_equal(a->bytes, b->bytes)))
        return CAIRN_OK;
    cairn_buf left = CAIRN_BUF_INIT(a->length), right = CAIRN_BUF_INIT(b->length);
    cairn_code code = cairn_unpack(codec, a, true, &left, error);
    if (code == CAIRN_OK)
        code = cairn_unpack(codec, b, true, &right, error);
    *same = code == CAIRN_OK && cairn_span_equal(cairn_buf_span(&left), cairn_buf_span(&right));
    cairn_buf_free(&left);
    cairn_buf_free(&right);
    return code;
}

static cairn_code same_item(cairn_codec *codec, const memory_item *a, const memory_item *b, bool *same,
                            cairn_error *error)
{
    *same = same_index(a, b);
    cairn_code code = *same ? same_text(codec, &a->body, &b->body, same, error) : CAIRN_OK;
    return code == CAIRN_OK && *same ? same_text(codec, &a->source, &b->source, same, error) : code;
}

static bool is_enriched(cairn_codec *codec, const cairn_packed *body)
{
    cairn_buf open = CAIRN_BUF_INIT(body->length);
    bool is =
        !cairn_unpack(codec, body, true, &open, NULL) && cairn_is_enriched(cairn_properties_of(cairn_buf_span(&open)));
    cairn_buf_free(&open);
    return is;
}

static cairn_code is_same(cairn_codec *codec, const memory_item *old, const memory_item *new,
                          const cairn_item_record *record, bool *same, cairn_error *error)
{
    cairn_code code = same_item(codec, old, new, same, error);
    if (code == CAIRN_OK && !*same && is_enriched(codec, &old->body))
        *same = cairn_enriched_keeps(codec, &old->body, &old->source, record);
    return code;
}

/* What becomes of something that exists; CAIRN_PUT_REPLACED: write it. */
static cairn_code resolve(bool same, cairn_conflict conflict, const char *what_it_is, cairn_span id, cairn_put *what,
                          cairn_error *error)
{
    char quoted[120];
    *what = same ? CAIRN_PUT_UNCHANGED : conflict == CAIRN_CONFLICT_SKIP ? CAIRN_PUT_SKIPPED : CAIRN_PUT_REPLACED;
    if (!same && conflict == CAIRN_CONFLICT_ERROR)
        return cairn_error_set(error, CAIRN_CONFLICT, "the %s '%s' exists already with other contents", what_it_is,
                               cairn_quote(id, quoted, sizeof quoted));
    return CAIRN_OK;
}

static cairn_code no_collection(cairn_span id, cairn_error *error)
{
    char quoted[120];
    return cairn_error_set(error, CAIRN_NOT_FOUND, "no collection is called '%s'",
                           cairn_quote(id, quoted, sizeof quoted));
}

cairn_code memory_put_item(cairn_writer *base, const cairn_item_record *record, cairn_conflict conflict,
                           cairn_put *what, cairn_error *error)
{
    memory_state *staged = memory_writer_staged(base, error);
    const cairn_item *from = record->item;
    if (!staged)
        return CAIRN_INTERNAL;
    if (!memory_list_find(&staged->collections, CAIRN_SPAN_NONE, from->collection))
        return no_collection(from->collection, error);
    memory_item *item = new_item(record);
    if (!item)
        return no_memory(error);
    const memory_record *old = memory_list_find(&staged->items, from->collection, from->id);
    bool same = false;
    cairn_code code = CAIRN_OK;
    *what = CAIRN_PUT_ADDED;
    if (old)
        code = is_same(((memory_writer *)base)->codec, (const memory_item *)old, item, record, &same, error);
    if (old && code == CAIRN_OK)
        code = resolve(same, conflict, "item", from->id, what, error);
    if (code != CAIRN_OK || *what == CAIRN_PUT_UNCHANGED || *what == CAIRN_PUT_SKIPPED) {
        memory_record_release(&item->record);
        return code;
    }
    return memory_list_put(&staged->items, &item->record) ? CAIRN_OK : no_memory(error);
}

cairn_code memory_delete_item(cairn_writer *base, cairn_span collection, cairn_span id, cairn_error *error)
{
    char quoted[120];
    memory_state *staged = memory_writer_staged(base, error);
    if (!staged)
        return CAIRN_INTERNAL;
    if (memory_list_remove(&staged->items, collection, id))
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_NOT_FOUND, "no item is called '%s'", cairn_quote(id, quoted, sizeof quoted));
}

/* ---- collections ---- */

static memory_collection *new_collection(const cairn_collection *from, bool made)
{
    size_t text = from->id.n + from->title.n + from->body.n + from->source.n;
    memory_collection *collection = memory_record_new(sizeof *collection, text);
    if (!collection)
        return NULL;
    char *at = (char *)(collection + 1);
    collection->record.id = from->id;
    collection->title = from->title;
    collection->body = from->body;
    collection->source = from->source;
    collection->made = made;
    memory_keep(&at, &collection->record.id);
    memory_keep(&at, &collection->title);
    memory_keep(&at, &collection->body);
    memory_keep(&at, &collection->source);
    return collection;
}

static bool same_or_absent(cairn_span a, cairn_span b)
{
    return a.p && b.p ? cairn_span_equal(a, b) : !a.p && !b.p;
}

static bool same_collection(const memory_collection *old, const cairn_collection *collection)
{
    return !old->made && same_or_absent(old->body, collection->body) && same_or_absent(old->source, collection->source);
}

static cairn_code add_collection(memory_state *staged, const cairn_collection *from, bool made, cairn_error *error)
{
    memory_collection *collection = new_collection(from, made);
    if (!collection || !memory_list_put(&staged->collections, &collection->record))
        return no_memory(error);
    return CAIRN_OK;
}

cairn_code memory_put_collection(cairn_writer *base, const cairn_collection *collection, cairn_conflict conflict,
                                 cairn_put *what, cairn_error *error)
{
    memory_state *staged = memory_writer_staged(base, error);
    if (!staged)
        return CAIRN_INTERNAL;
    const memory_collection *old =
        (const memory_collection *)memory_list_find(&staged->collections, CAIRN_SPAN_NONE, collection->id);
    cairn_code code = CAIRN_OK;
    *what = CAIRN_PUT_ADDED;
    if (old && old->made)
        *what = CAIRN_PUT_REPLACED;
    else if (old)
        code = resolve(same_collection(old, collection), conflict, "collection", collection->id, what, error);
    if (code != CAIRN_OK || *what == CAIRN_PUT_UNCHANGED || *what == CAIRN_PUT_SKIPPED)
        return code;
    return add_collection(staged, collection, false, error);
}

cairn_code memory_ensure_collection(cairn_writer *base, cairn_span id, bool make, bool *made, cairn_error *error)
{
    memory_state *staged = memory_writer_staged(base, error);
    *made = false;
    if (!staged)
        return CAIRN_INTERNAL;
    if (memory_list_find(&staged->collections, CAIRN_SPAN_NONE, id))
        return CAIRN_OK;
    if (!make)
        return no_collection(id, error);
    *made = true;
    return add_collection(staged, &(cairn_collection){.id = id}, true, error);
}

cairn_code memory_delete_collection(cairn_writer *base, cairn_span id, uint64_t *items, cairn_error *error)
{
    memory_state *staged = memory_writer_staged(base, error);
    *items = 0;
    if (!staged)
        return CAIRN_INTERNAL;
    if (!memory_list_find(&staged->collections, CAIRN_SPAN_NONE, id))
        return no_collection(id, error);
    for (size_t i = staged->items.n; i > 0; i--) {
        const memory_record *item = staged->items.at[i - 1];
        if (cairn_span_equal(item->group, id) && memory_list_remove(&staged->items, item->group, item->id))
            ++*items;
    }
    memory_list_remove(&staged->collections, CAIRN_SPAN_NONE, id);
    return CAIRN_OK;
}

cairn_code memory_set_catalog(cairn_writer *base, const cairn_catalog *catalog, bool only_if_unset, cairn_error *error)
{
    memory_state *staged = memory_writer_staged(base, error);
    if (!staged)
        return CAIRN_INTERNAL;
    if (staged->root && only_if_unset)
        return CAIRN_OK;
    memory_root *root = memory_record_new(sizeof *root, catalog->id.n + catalog->title.n + catalog->description.n);
    if (!root)
        return no_memory(error);
    char *at = (char *)(root + 1);
    root->record.id = catalog->id;
    root->title = catalog->title;
    root->description = catalog->description;
    memory_keep(&at, &root->record.id);
    memory_keep(&at, &root->title);
    memory_keep(&at, &root->description);
    memory_record_release(staged->root ? &staged->root->record : NULL);
    staged->root = root;
    return CAIRN_OK;
}
