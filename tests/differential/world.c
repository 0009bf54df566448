#include "tests/differential/world.h"

#include "base/json.h"
#include "base/patch.h"
#include "store/memory/memory.h"
#include "store/sqlite/sqlite_store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 1000 };
static const size_t ARENA_BYTES = (size_t)4 << 30;
static const cairn_span NO_COLLECTION = CAIRN_SPAN_LIT("without");

static bool complain(const char *what, const cairn_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error->message);
    return false;
}

/* ---- stores ---- */

static cairn_code open_sqlite(world *w, cairn_store **out, cairn_error *error)
{
    const char *base = getenv("TMPDIR");
    char path[4096], folder[4000];
    snprintf(folder, sizeof folder, "%s/cairn-differential-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder))
        return cairn_error_set(error, CAIRN_IO, "%s: %s", folder, strerror(errno));
    w->folder = strdup(folder);
    snprintf(path, sizeof path, "%s/catalog.cairn", folder);
    cairn_code code = cairn_sqlite_create(path, error);
    return code == CAIRN_OK ? cairn_sqlite_open(path, NULL, out, error) : code;
}

static cairn_code open_memory(cairn_store **out, cairn_error *error)
{
    *out = cairn_memory_store_new();
    return *out ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "out of memory");
}

static cairn_code open_party(party *p, cairn_error *error)
{
    cairn_code code = cairn_session_open(p->store, &p->session, error);
    return code == CAIRN_OK ? cairn_writer_open(p->store, &p->writer, error) : code;
}

bool world_open(world *w, const char *tested)
{
    cairn_error error = CAIRN_ERROR_INIT;
    *w = (world){.packed = CAIRN_BUF_INIT((size_t)1 << 30)};
    w->texts = cairn_arena_new(ARENA_BYTES);
    w->scratch = cairn_arena_new(ARENA_BYTES);
    w->reading = cairn_arena_new(ARENA_BYTES);
    w->geos = cairn_geos_new();
    w->codec = cairn_codec_new(1);
    if (!w->texts || !w->scratch || !w->reading || !w->geos || !w->codec)
        return complain("start", &(cairn_error){.message = "out of memory"});
    bool sqlite = strcmp(tested, "sqlite") == 0;
    if ((sqlite ? open_sqlite(w, &w->parties[TESTED].store, &error) : open_memory(&w->parties[TESTED].store, &error)) !=
            CAIRN_OK ||
        open_memory(&w->parties[ORACLE].store, &error) != CAIRN_OK ||
        open_party(&w->parties[TESTED], &error) != CAIRN_OK || open_party(&w->parties[ORACLE], &error) != CAIRN_OK)
        return complain("stores", &error);
    return true;
}

void world_close(world *w)
{
    cairn_error error = CAIRN_ERROR_INIT;
    for (int i = 0; i < PARTIES; i++) {
        cairn_session_close(w->parties[i].session);
        cairn_writer_close(w->parties[i].writer, &error);
        cairn_store_close(w->parties[i].store);
    }
    if (w->folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s/catalog.cairn", w->folder);
        unlink(path);
        snprintf(path, sizeof path, "%s/catalog.cairn.lock", w->folder);
        unlink(path);
        if (rmdir(w->folder) != 0)
            fprintf(stderr, "%s is not empty: %s\n", w->folder, strerror(errno));
    }
    free(w->folder);
    free(w->samples);
    cairn_buf_free(&w->packed);
    cairn_codec_free(w->codec);
    cairn_geos_free(w->geos);
    cairn_arena_free(w->texts);
    cairn_arena_free(w->scratch);
    cairn_arena_free(w->reading);
}

/* ---- items ---- */

cairn_code world_read(world *w, const sample *from, cairn_item *item, cairn_error *error)
{
    const cairn_read_options options = {.base = CAIRN_SPAN_LIT("https://example.org/items/item.json"),
                                        .collection = NO_COLLECTION};
    cairn_code code = cairn_json_check(from->line, CAIRN_JSON_MAX_DEPTH, NULL, error);
    return code == CAIRN_OK ? cairn_item_read(w->geos, from->line, &options, w->reading, item, error) : code;
}

/* The patch that turns the body into the source's own words, packed behind it. */
static bool pack_source(world *w, const cairn_item *item, cairn_packed *out)
{
    cairn_buf patch = CAIRN_BUF_INIT((size_t)1 << 30);
    const char *p = w->packed.p;
    bool good = cairn_patch_make(item->body, item->source, &patch) &&
                cairn_pack(w->codec, cairn_buf_span(&patch), &w->packed, out) && w->packed.p == p;
    cairn_buf_free(&patch);
    return good;
}

cairn_code world_put(world *w, party *to, const cairn_item *item, cairn_put *what, cairn_error *error)
{
    bool made;
    cairn_item_record record = {.item = item};
    w->packed.n = 0; /* room for both, so that the first does not move */
    if (!cairn_buf_reserve(&w->packed, (item->body.n + item->source.n) * 2 + 65536) ||
        !cairn_pack(w->codec, item->body, &w->packed, &record.body) ||
        (item->source.p && !pack_source(w, item, &record.source)))
        return cairn_error_set(error, CAIRN_NOMEM, "an item can't be packed");
    /* The oracle reads every item for every search: it has them unpacked. */
    if (to == &w->parties[ORACLE])
        record.body = (cairn_packed){CAIRN_ENCODING_PLAIN, record.body.crc, item->body.n, item->body};
    cairn_code code = cairn_writer_ensure_collection(to->writer, item->collection, true, &made, error);
    if (code == CAIRN_OK)
        code = cairn_writer_put_item(to->writer, &record, CAIRN_CONFLICT_REPLACE, what, error);
    return code;
}

static cairn_span keep(world *w, cairn_span text)
{
    return text.p ? cairn_arena_copy(w->texts, text) : CAIRN_SPAN_NONE;
}

static bool add_sample(world *w, const sample *from, const cairn_item *item)
{
    if (w->n_samples == w->cap_samples) {
        size_t cap = w->cap_samples ? w->cap_samples * 2 : 1024;
        sample *grown = realloc(w->samples, cap * sizeof *grown);
        if (!grown)
            return false;
        w->samples = grown;
        w->cap_samples = cap;
    }
    sample *s = &w->samples[w->n_samples++];
    *s = *from;
    s->collection = keep(w, item->collection);
    s->id = keep(w, item->id);
    s->range = item->range;
    s->has_place = item->footprint.present;
    s->repaired = item->footprint.repaired;
    s->box = item->footprint.box;
    s->geometry = keep(w, cairn_json_get(item->body, "geometry")); /* may be made, where the source has none */
    return s->collection.p && s->id.p;
}

/* A refused line is no fault here: what is refused is another test's matter. */
static bool take_line(world *w, const sample *line)
{
    cairn_item item;
    cairn_put what[PARTIES];
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_arena_reset(w->reading);
    if (world_read(w, line, &item, &error) != CAIRN_OK) {
        w->refused++;
        return true;
    }
    for (int i = 0; i < PARTIES; i++)
        if (world_put(w, &w->parties[i], &item, &what[i], &error) != CAIRN_OK)
            return complain("put", &error);
    if (what[TESTED] != what[ORACLE]) {
        fprintf(stderr, "line %zu: put says %d, the oracle %d\n", line->number, what[TESTED], what[ORACLE]);
        return false;
    }
    return add_sample(w, line, &item);
}

static bool begin_all(world *w, cairn_error *error)
{
    return cairn_writer_begin(w->parties[TESTED].writer, error) == CAIRN_OK &&
           cairn_writer_begin(w->parties[ORACLE].writer, error) == CAIRN_OK;
}

static bool commit_all(world *w, cairn_error *error)
{
    return cairn_writer_commit(w->parties[TESTED].writer, error) == CAIRN_OK &&
           cairn_writer_commit(w->parties[ORACLE].writer, error) == CAIRN_OK;
}

bool world_load(world *w, const char *path)
{
    cairn_error error = CAIRN_ERROR_INIT;
    FILE *file = fopen(path, "rb");
    char *line = NULL;
    size_t cap = 0, number = 0;
    bool good = file && begin_all(w, &error);
    if (!file)
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    for (ssize_t n; good && (n = getline(&line, &cap, file)) > 0;) {
        sample at = {.number = ++number};
        cairn_span text = cairn_span_trim(cairn_span_make(line, (size_t)n));
        if (text.n == 0)
            continue;
        at.line = keep(w, text);
        good = at.line.p && take_line(w, &at);
        if (good && number % BATCH == 0)
            good = commit_all(w, &error) && begin_all(w, &error);
    }
    good = good && commit_all(w, &error);
    if (!good)
        complain(path, &error);
    free(line);
    if (file)
        fclose(file);
    return good;
}
