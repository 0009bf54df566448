#include "base/json.h"

#include "base/json_scan.h"

enum { TEXT_MOST = 1 << 20 };

/* What is open where the indexing stands. */
typedef struct indexer {
    cairn_json_index *index;
    int depth;
    bool too_deep;
    uint32_t open[CAIRN_JSON_MAX_DEPTH];
} indexer;

static inline void open_at(indexer *ix, const char *p)
{
    if (ix->depth == CAIRN_JSON_MAX_DEPTH)
        ix->too_deep = true;
    else
        ix->open[ix->depth++] = (uint32_t)(p - ix->index->text);
}

static inline void close_at(indexer *ix, const char *p)
{
    if (ix->depth > 0)
        ix->index->ends[ix->open[--ix->depth]] = (uint32_t)(p - ix->index->text) + 1;
}

#ifdef __SSE2__

/* Runs over blocks without escapes, from outside of a string to outside of a string. */
static const char *index_blocks(indexer *ix, const char *p, const char *end)
{
    uint64_t inside = 0; /* of a string: all bits */
    for (; end - p >= JSON_BLOCK && !ix->too_deep; p += JSON_BLOCK) {
        json_block block = json_read_block(p);
        if (block.backslashes)
            break;
        uint64_t strings = json_between(block.quotes) ^ inside;
        for (uint64_t left = (block.opens | block.closes) & ~strings; left; left &= left - 1) {
            if ((left & -left) & block.opens)
                open_at(ix, p + __builtin_ctzll(left));
            else
                close_at(ix, p + __builtin_ctzll(left));
        }
        inside = (uint64_t)0 - (strings >> (JSON_BLOCK - 1));
    }
    return inside ? json_skip_string(p, end) : p;
}

#else

static const char *index_blocks(indexer *ix, const char *p, const char *end)
{
    (void)ix;
    (void)end;
    return p;
}

#endif

/* With p at a quote or a bracket; returns where to go on. */
static const char *index_stop(indexer *ix, const char *p, const char *end)
{
    if (*p == '"')
        return json_skip_string(p + 1, end);
    if ((*p | 0x20) == '{')
        open_at(ix, p);
    else
        close_at(ix, p);
    return p + 1;
}

const cairn_json_index *cairn_json_index_of(cairn_span text, cairn_arena *arena)
{
    if (!text.n || text.n > TEXT_MOST)
        return NULL;
    indexer ix = {.index = cairn_arena_alloc(arena, sizeof *ix.index + text.n * sizeof *ix.index->ends)};
    if (!ix.index)
        return NULL;
    ix.index->text = text.p;
    ix.index->n = text.n;
    const char *end = text.p + text.n;
    for (const char *p = text.p; p < end && !ix.too_deep;) {
        p = json_next_stop(index_blocks(&ix, p, end), end);
        if (p < end)
            p = index_stop(&ix, p, end);
    }
    return ix.too_deep || ix.depth ? NULL : ix.index;
}
