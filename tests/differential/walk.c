#include "tests/differential/walk.h"

#include "query/token.h"
#include "tests/differential/answers.h"

#include <inttypes.h>
#include <stdio.h>

enum { PAGES_MAX = 50, CHANGES_ONE_IN = 60 };

typedef struct row {
    cairn_position at;
    uint32_t crc, source_crc;
    size_t length;
    bool has_body, has_source;
} row;

/* The answer of one store. */
typedef struct answer {
    cairn_arena *arena;
    row *rows;
    size_t n, cap;
    cairn_code code;
    cairn_result result;
    cairn_error error;
} answer;

typedef struct walker {
    world *w;
    dice *d;
    const cairn_search *search;
    cairn_page page;
    answer answers[PARTIES];
    walk_tally *tally;
    bool changed; /* items were added or removed on the way */
} walker;

/* ---- asking ---- */

static cairn_code add_row(void *context, const cairn_item_row *from, cairn_error *error)
{
    answer *a = context;
    if (a->n == a->cap) {
        size_t cap = a->cap ? a->cap * 2 : 64;
        row *rows = cairn_arena_calloc(a->arena, cap, sizeof *rows);
        if (!rows)
            return cairn_error_set(error, CAIRN_NOMEM, "too many rows");
        if (a->n)
            memcpy(rows, a->rows, a->n * sizeof *rows);
        a->rows = rows;
        a->cap = cap;
    }
    row *to = &a->rows[a->n++];
    *to = (row){.crc = from->body.crc,
                .source_crc = from->source.crc,
                .length = from->body.length,
                .has_body = from->body.bytes.p != NULL,
                .has_source = from->source.bytes.p != NULL};
    const cairn_position at = {.time = from->time, .collection = from->collection, .id = from->id};
    return cairn_position_copy(a->arena, &at, &to->at) ? CAIRN_OK : CAIRN_NOMEM;
}

static void ask(walker *k, int who, cairn_page page)
{
    answer *a = &k->answers[who];
    cairn_session *session = k->w->parties[who].session;
    *a = (answer){.arena = k->w->scratch, .error = CAIRN_ERROR_INIT};
    a->code = cairn_session_begin(session, 0, &a->error);
    if (a->code != CAIRN_OK)
        return;
    a->code = cairn_session_search(session, k->search, &page, a->arena, add_row, a, &a->result, &a->error);
    cairn_code code = cairn_session_end(session, &a->error);
    a->code = a->code == CAIRN_OK ? code : a->code;
}

/* ---- comparing ---- */

static bool same_position(const cairn_position *a, const cairn_position *b)
{
    return cairn_position_compare(a, b) == 0;
}

/* The same place with the same values of the sort. */
static bool same_end(const walker *k, const cairn_position *a, const cairn_position *b)
{
    return a->n_keys == b->n_keys && a->n_keys == k->search->sort.n && cairn_sort_compare(&k->search->sort, a, b) == 0;
}

static bool differ(const walker *k, const char *what)
{
    const cairn_page *page = &k->page;
    printf("%s: limit %" PRIu32 ", max_bytes %" PRIu64 ", %s%s\n", what, page->limit, page->max_bytes,
           page->without_body ? "without body, " : "", page->backward ? "backward" : "forward");
    if (page->position)
        printf("  from %" PRId64 ".%09" PRId32 " %.*s/%.*s\n", page->position->time.sec, page->position->time.nsec,
               CAIRN_SPAN_FMT(page->position->collection), CAIRN_SPAN_FMT(page->position->id));
    for (int i = 0; i < PARTIES; i++) {
        const answer *a = &k->answers[i];
        printf("  %s: %s%s%s, %zu rows, returned %" PRIu32 ", more %d, matched %" PRIu64 " (%s), looked at %" PRIu64
               "\n",
               i == ORACLE ? "oracle" : "tested", cairn_code_name(a->code), a->code ? " " : "", a->error.message, a->n,
               a->result.returned, a->result.more, a->result.matched, a->result.matched_known ? "known" : "unknown",
               a->result.looked_at);
    }
    return false;
}

static bool differ_at(const walker *k, size_t i)
{
    differ(k, "rows differ");
    for (int who = 0; who < PARTIES; who++) {
        const answer *a = &k->answers[who];
        if (i < a->n)
            printf("  %s row %zu: %" PRId64 ".%09" PRId32 " %.*s/%.*s, %zu bytes, crc %08" PRIx32 "\n",
                   who == ORACLE ? "oracle" : "tested", i, a->rows[i].at.time.sec, a->rows[i].at.time.nsec,
                   CAIRN_SPAN_FMT(a->rows[i].at.collection), CAIRN_SPAN_FMT(a->rows[i].at.id), a->rows[i].length,
                   a->rows[i].crc);
    }
    return false;
}

static bool same_row(const row *a, const row *b)
{
    return same_position(&a->at, &b->at) && a->crc == b->crc && a->source_crc == b->source_crc &&
           a->length == b->length && a->has_body == b->has_body && a->has_source == b->has_source;
}

static bool compare_results(const walker *k)
{
    const answer *a = &k->answers[TESTED], *b = &k->answers[ORACLE];
    const cairn_result *left = &a->result, *right = &b->result;
    if (left->returned != right->returned || left->returned != a->n || left->more != right->more || left->cut)
        return differ(k, "pages differ");
    if (left->matched_known && left->matched != right->matched)
        return differ(k, "matched differs");
    if (k->page.count_budget == UINT64_MAX && !k->page.position && !left->matched_known)
        return differ(k, "matched is not known on a first page with an endless budget");
    if (a->n && (!same_position(&left->first, &a->rows[0].at) || !same_position(&left->last, &a->rows[a->n - 1].at) ||
                 !same_end(k, &left->first, &right->first) || !same_end(k, &left->last, &right->last)))
        return differ(k, "the page's ends differ");
    return true;
}

static bool compare(const walker *k)
{
    const answer *a = &k->answers[TESTED], *b = &k->answers[ORACLE];
    if (a->code != b->code)
        return differ(k, "codes differ");
    if (a->code != CAIRN_OK)
        return a->code == CAIRN_INVALID || differ(k, "failed");
    size_t n = a->n < b->n ? a->n : b->n;
    for (size_t i = 0; i < n; i++)
        if (!same_row(&a->rows[i], &b->rows[i]))
            return differ_at(k, i);
    return a->n == b->n ? compare_results(k) : differ_at(k, n);
}

static bool ask_both(walker *k)
{
    cairn_page oracle = k->page;
    oracle.count_budget = 1; /* it always counts */
    ask(k, TESTED, k->page);
    ask(k, ORACLE, oracle);
    k->tally->pages++;
    k->tally->rows += k->answers[ORACLE].n;
    return compare(k);
}

/* ---- walking ---- */

static uint32_t random_limit(dice *d)
{
    switch (dice_below(d, 6)) {
    case 0:
        return 1;
    case 1:
    case 2:
        return 1 + (uint32_t)dice_below(d, 10);
    case 3:
        return 1 + (uint32_t)dice_below(d, 100);
    case 4:
        return 1 + (uint32_t)dice_below(d, 1000);
    default:
        return dice_one_in(d, 2) ? 10000 : UINT32_MAX;
    }
}

static uint64_t random_budget(dice *d)
{
    static const uint64_t BUDGETS[] = {0, 100, 10000, UINT64_MAX};
    return BUDGETS[dice_below(d, 4)];
}

static void choose_page(walker *k)
{
    k->page = (cairn_page){.limit = random_limit(k->d),
                           .max_bytes = dice_one_in(k->d, 8) ? (uint64_t)dice_scale(k->d, 1, 1e6) : 0,
                           .count_budget = random_budget(k->d),
                           .without_body = dice_one_in(k->d, 4)};
}

/* The place as a client brings it back: through a token. */
static const cairn_position *by_token(walker *k, const cairn_position *at, bool backward)
{
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_TOKEN_MAX);
    const cairn_token token = {backward, *at};
    cairn_token *back = cairn_arena_calloc(k->w->scratch, 1, sizeof *back);
    const cairn_span key = CAIRN_SPAN_LIT("the key of the differential test");
    const cairn_sort *sort = &k->search->sort;
    bool good = back && cairn_token_write(&token, sort, key, k->w->scratch, &text, NULL) == CAIRN_OK &&
                cairn_token_read(cairn_buf_span(&text), sort, key, k->w->scratch, back, NULL) == CAIRN_OK &&
                back->backward == backward && same_end(k, &back->position, at);
    cairn_buf_free(&text);
    return good ? &back->position : NULL;
}

static bool turn_to(walker *k, const cairn_position *at, bool backward)
{
    k->page.position = by_token(k, at, backward);
    k->page.backward = backward;
    return k->page.position || differ(k, "a token did not survive");
}

/* Back over the page before the one that began at `from`: it must be what stood there on the way forward. */
static bool look_back(walker *k, const cairn_position *from, const answer *before)
{
    cairn_page forward = k->page;
    k->page.limit = (uint32_t)before->n;
    if (!turn_to(k, from, true) || !ask_both(k))
        return false;
    k->tally->backward++;
    const answer *a = &k->answers[TESTED];
    if (k->page.max_bytes == 0) {
        if (a->n != before->n)
            return differ(k, "the way back differs from the way forward");
        for (size_t i = 0; i < a->n; i++)
            if (!same_position(&a->rows[i].at, &before->rows[i].at))
                return differ_at(k, i);
    }
    k->page = forward;
    return true;
}

/* The page once more with a limit of bytes that just holds its first rows, or all but one byte of them. */
static bool ask_by_bytes(walker *k)
{
    const answer *a = &k->answers[TESTED];
    cairn_page whole = k->page;
    size_t rows = a->n ? 1 + dice_below(k->d, a->n) : 0, lacking = dice_below(k->d, 2);
    uint64_t bytes = 0;
    if (rows == 0 || k->page.without_body || k->page.max_bytes)
        return true;
    for (size_t i = 0; i < rows; i++)
        bytes += a->rows[i].length;
    k->page.max_bytes = bytes - lacking;
    if (!ask_both(k))
        return false;
    size_t expected = lacking && rows > 1 ? rows - 1 : rows;
    if (a->n != expected)
        return differ(k, "a page does not end where its bytes are used up");
    k->page = whole;
    return true;
}

static bool check_whole(const walker *k, uint64_t rows, uint64_t hits)
{
    if (rows == hits || k->changed)
        return true;
    printf("%" PRIu64 " rows on all pages, %" PRIu64 " matched\n", rows, hits);
    return differ(k, "lost or repeated");
}

static bool walk(walker *k, uint64_t *hits)
{
    uint64_t rows = 0;
    choose_page(k);
    for (int page = 0; page < PAGES_MAX; page++) {
        answer before = k->answers[TESTED];
        if (!ask_both(k))
            return false;
        if (k->answers[ORACLE].code != CAIRN_OK) {
            k->tally->refused++;
            return true;
        }
        cairn_result now = k->answers[ORACLE].result;
        *hits = now.matched;
        rows += now.returned;
        answer kept[PARTIES] = {k->answers[TESTED], k->answers[ORACLE]};
        if (page > 0 && now.returned && !k->changed && dice_one_in(k->d, 4) &&
            !look_back(k, &kept[TESTED].result.first, &before))
            return false;
        memcpy(k->answers, kept, sizeof kept);
        if (dice_one_in(k->d, 8) && !ask_by_bytes(k))
            return false;
        memcpy(k->answers, kept, sizeof kept);
        if (!now.more)
            return check_whole(k, rows, *hits);
        if (!turn_to(k, &now.last, false))
            return false;
        if (dice_one_in(k->d, CHANGES_ONE_IN)) {
            k->changed = true;
            k->tally->changed++;
            if (!world_change(k->w, k->d))
                return false;
        }
        k->page.limit = random_limit(k->d);
        k->page.count_budget = dice_one_in(k->d, 10) ? random_budget(k->d) : 0;
    }
    k->tally->cut_short++;
    return true;
}

bool walk_search(world *w, dice *d, const inquiry *asked, uint64_t *hits, walk_tally *tally)
{
    cairn_search search = {0};
    cairn_error error = CAIRN_ERROR_INIT;
    walker k = {.w = w, .d = d, .search = &search, .tally = tally};
    cairn_arena_reset(w->scratch);
    *hits = 0;
    if (cairn_search_from_json(&search, cairn_buf_span(&asked->json), NULL, false, w->scratch, &error) != CAIRN_OK ||
        cairn_search_check(&search, &error) != CAIRN_OK) {
        printf("the search is refused: %s\n", error.message);
        return false;
    }
    search.null_geometry_hits = asked->null_geometry_hits;
    return walk(&k, hits) && (k.changed || !dice_one_in(d, 5) || same_answers(w, d, asked));
}
