#include "tests/differential/world.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- the same change in both stores ---- */

static bool agree(const char *what, const sample *s, cairn_code tested, cairn_code oracle)
{
    if (tested == oracle)
        return true;
    printf("%s of %.*s/%.*s: %s, the oracle says %s\n", what, CAIRN_SPAN_FMT(s->collection), CAIRN_SPAN_FMT(s->id),
           cairn_code_name(tested), cairn_code_name(oracle));
    return false;
}

static bool delete_one(world *w, const sample *s)
{
    cairn_code codes[PARTIES];
    for (int i = 0; i < PARTIES; i++)
        codes[i] = cairn_writer_delete_item(w->parties[i].writer, s->collection, s->id, NULL);
    return agree("deletion", s, codes[TESTED], codes[ORACLE]);
}

/* The line of `like` with the names of `s`, in the scratch arena. */
static cairn_span renamed(world *w, const sample *s, const sample *like)
{
    cairn_buf text = CAIRN_BUF_INIT((size_t)1 << 28);
    cairn_json_walk walk = cairn_json_walk_object(like->line);
    cairn_buf_add_text(&text, "{\"id\":");
    cairn_buf_add_json_string(&text, s->id);
    cairn_buf_add_text(&text, ",\"collection\":");
    cairn_buf_add_json_string(&text, s->collection);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (cairn_json_key_is(member.key, "id") || cairn_json_key_is(member.key, "collection"))
            continue;
        cairn_buf_add_byte(&text, ',');
        cairn_buf_add_span(&text, member.whole);
    }
    cairn_buf_add_byte(&text, '}');
    cairn_span kept = text.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(w->reading, cairn_buf_span(&text));
    cairn_buf_free(&text);
    return kept;
}

/* Puts `s` with the place, times and texts of `like`: itself gives back what was deleted, another one moves it. */
static bool put_one(world *w, const sample *s, const sample *like)
{
    cairn_item item;
    cairn_put what[PARTIES];
    cairn_code codes[PARTIES];
    cairn_error error = CAIRN_ERROR_INIT;
    sample line = *like;
    cairn_arena_reset(w->reading);
    if (s != like)
        line.line = renamed(w, s, like);
    if (world_read(w, &line, &item, &error) != CAIRN_OK)
        return agree(error.message, s, error.code, CAIRN_OK);
    for (int i = 0; i < PARTIES; i++)
        codes[i] = world_put(w, &w->parties[i], &item, &what[i], &error);
    if (codes[TESTED] == CAIRN_OK && codes[ORACLE] == CAIRN_OK && what[TESTED] != what[ORACLE]) {
        printf("put of %.*s: %d, the oracle says %d\n", CAIRN_SPAN_FMT(s->id), what[TESTED], what[ORACLE]);
        return false;
    }
    return agree("put", s, codes[TESTED], codes[ORACLE]);
}

/* New items are in no R*Tree until the writer finishes; now and then it does, so that searches meet either. */
static bool finish(world *w, cairn_error *error)
{
    return cairn_writer_finish(w->parties[TESTED].writer, NULL, NULL, error) == CAIRN_OK;
}

bool world_change(world *w, dice *d)
{
    bool good = true, roll_back = dice_one_in(d, 5);
    cairn_error error = CAIRN_ERROR_INIT;
    for (int i = 0; i < PARTIES; i++)
        good = good && cairn_writer_begin(w->parties[i].writer, &error) == CAIRN_OK;
    for (size_t n = 1 + dice_below(d, 40); good && n > 0; n--) {
        const sample *s = &w->samples[dice_below(d, w->n_samples)];
        switch (dice_below(d, 4)) {
        case 0:
            good = delete_one(w, s);
            break;
        case 1:
            good = put_one(w, s, &w->samples[dice_below(d, w->n_samples)]);
            break;
        default:
            good = put_one(w, s, s);
        }
    }
    for (int i = 0; i < PARTIES; i++)
        if (roll_back)
            cairn_writer_rollback(w->parties[i].writer);
        else
            good = cairn_writer_commit(w->parties[i].writer, &error) == CAIRN_OK && good;
    if (good && !roll_back && dice_one_in(d, 2))
        good = finish(w, &error);
    if (error.code != CAIRN_OK)
        printf("change: %s\n", error.message);
    return good;
}

/* ---- comparing at the end ---- */

typedef struct listing {
    cairn_arena *arena;
    struct {
        cairn_collection_row row;
        cairn_span body;
    } * at;
    size_t n, cap;
} listing;

static cairn_code add_row(void *context, const cairn_collection_row *row, cairn_error *error)
{
    listing *l = context;
    if (l->n == l->cap)
        return cairn_error_set(error, CAIRN_NOMEM, "more than %zu collections", l->cap);
    l->at[l->n].row = *row;
    l->at[l->n].row.id = cairn_arena_copy(l->arena, row->id);
    l->at[l->n].body = cairn_arena_copy(l->arena, row->body);
    l->n++;
    return CAIRN_OK;
}

static bool list_collections(world *w, party *p, listing *l, cairn_catalog_info *info)
{
    cairn_error error = CAIRN_ERROR_INIT;
    l->arena = w->scratch;
    l->cap = 100000;
    l->at = cairn_arena_calloc(w->scratch, l->cap, sizeof *l->at);
    if (l->at && cairn_session_begin(p->session, 0, &error) == CAIRN_OK &&
        cairn_session_collections(p->session, NULL, add_row, l, &error) == CAIRN_OK &&
        cairn_session_info(p->session, w->scratch, info, &error) == CAIRN_OK &&
        cairn_session_end(p->session, &error) == CAIRN_OK)
        return true;
    printf("collections: %s\n", error.message);
    return false;
}

static bool same_extent(const cairn_extent *a, const cairn_extent *b)
{
    if (a->has_box != b->has_box || a->has_time != b->has_time)
        return false;
    return !a->has_time ||
           (cairn_time_compare(a->time.start, b->time.start) == 0 && cairn_time_compare(a->time.end, b->time.end) == 0);
}

static bool same_body(const listing *a, const listing *b, size_t i)
{
    return cairn_span_equal(a->at[i].body, b->at[i].body);
}

static bool same_collections(const listing *a, const listing *b)
{
    bool good = a->n == b->n;
    for (size_t i = 0; good && i < a->n; i++) {
        const cairn_collection_row *left = &a->at[i].row, *right = &b->at[i].row;
        good = cairn_span_equal(left->id, right->id) && left->items == right->items && left->made == right->made &&
               same_extent(&left->extent, &right->extent) && same_body(a, b, i);
        if (!good)
            printf("collection %zu: %.*s with %" PRIu64 " items, the oracle has %.*s with %" PRIu64
                   "\n  %.*s\n  %.*s\n",
                   i, CAIRN_SPAN_FMT(left->id), left->items, CAIRN_SPAN_FMT(right->id), right->items,
                   CAIRN_SPAN_FMT(a->at[i].body), CAIRN_SPAN_FMT(b->at[i].body));
    }
    if (a->n != b->n)
        printf("%zu collections, the oracle has %zu\n", a->n, b->n);
    return good;
}

static void print_finding(void *context, const cairn_finding *finding)
{
    (void)context;
    printf("check: %s: %s (%.*s/%.*s)\n", finding->where, finding->message, CAIRN_SPAN_FMT(finding->collection),
           CAIRN_SPAN_FMT(finding->id));
}

static bool check_tested(world *w)
{
    uint64_t findings = 0;
    cairn_error error = CAIRN_ERROR_INIT;
    if (!w->folder)
        return true;
    cairn_code code = cairn_store_check(w->parties[TESTED].store, print_finding, NULL, NULL, &findings, &error);
    if (code != CAIRN_OK)
        printf("check: %s\n", error.message);
    return code == CAIRN_OK && findings == 0;
}

bool world_compare(world *w)
{
    listing lists[PARTIES] = {{0}};
    cairn_catalog_info infos[PARTIES];
    cairn_arena_reset(w->scratch);
    for (int i = 0; i < PARTIES; i++)
        if (!list_collections(w, &w->parties[i], &lists[i], &infos[i]))
            return false;
    bool good = infos[TESTED].items == infos[ORACLE].items && infos[TESTED].collections == infos[ORACLE].collections;
    if (!good)
        printf("the catalog has %" PRIu64 " items, the oracle %" PRIu64 "\n", infos[TESTED].items, infos[ORACLE].items);
    good = same_collections(&lists[TESTED], &lists[ORACLE]) && good;
    return check_tested(w) && good;
}
