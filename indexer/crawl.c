#include "indexer/crawl.h"

#include "base/uri.h"
#include "indexer/place.h"
#include "indexer/visited.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A document on the way from the root, with the links that are still to be followed. */
typedef struct frame {
    cairn_arena *arena; /* owns the rest */
    cairn_file_id file;
    cairn_span path;
    cairn_span collection; /* it is one, or is under one */
    cairn_span catalog;    /* its id, when it is a catalog */
    cairn_links links;
    size_t link_n; /* links seen */
} frame;

struct cairn_crawl {
    cairn_journal *journal;
    cairn_arena *scratch; /* of the present link */
    cairn_visited visited;
    size_t depth;
    frame frames[CAIRN_CRAWL_MAX_DEPTH];
};

/* The texts of a link, and a few paths of it. */
static const size_t scratch_cap = 1 << 20;

cairn_crawl *cairn_crawl_new(cairn_journal *journal)
{
    cairn_crawl *crawl = calloc(1, sizeof *crawl);
    if (!crawl)
        return NULL;
    crawl->journal = journal;
    crawl->scratch = cairn_arena_new(scratch_cap);
    if (!crawl->scratch) {
        free(crawl);
        return NULL;
    }
    return crawl;
}

void cairn_crawl_free(cairn_crawl *crawl)
{
    if (!crawl)
        return;
    while (crawl->depth > 0)
        cairn_arena_free(crawl->frames[--crawl->depth].arena);
    cairn_visited_free(&crawl->visited);
    cairn_arena_free(crawl->scratch);
    free(crawl);
}

size_t cairn_crawl_depth(const cairn_crawl *crawl)
{
    return crawl->depth;
}

static void warn(cairn_crawl *crawl, cairn_span path, const char *pointer, cairn_span message)
{
    cairn_journal_note note = {.source = path.p, .pointer = cairn_span_of(pointer), .message = message};
    cairn_journal_warn(crawl->journal, &note);
}

/* ---- going down ---- */

static bool fill_frame(cairn_crawl *crawl, frame *f, cairn_span path, cairn_kind kind, cairn_span text)
{
    cairn_span copy = cairn_arena_copy(f->arena, text);
    f->path = cairn_arena_copy(f->arena, path);
    if (!copy.p || !f->path.p)
        return false;
    cairn_span id = cairn_json_string(cairn_json_get(copy, "id"), f->arena);
    f->collection = kind == CAIRN_KIND_COLLECTION ? id : CAIRN_SPAN_NONE;
    if (!f->collection.p && crawl->depth > 0)
        f->collection = crawl->frames[crawl->depth - 1].collection;
    f->catalog = kind == CAIRN_KIND_CATALOG ? id : CAIRN_SPAN_NONE;
    f->links = cairn_links_of(copy, crawl->scratch);
    return true;
}

cairn_code cairn_crawl_enter(cairn_crawl *crawl, cairn_span path, cairn_file_id file, cairn_kind kind, cairn_span text,
                             cairn_error *error)
{
    if (crawl->depth == CAIRN_CRAWL_MAX_DEPTH) {
        char message[128];
        snprintf(message, sizeof message, "is nested deeper than %d documents: its links are not followed",
                 (int)CAIRN_CRAWL_MAX_DEPTH);
        warn(crawl, path, "/links", cairn_span_of(message));
        return CAIRN_OK;
    }
    frame f = {.file = file, .arena = cairn_arena_new(text.n * 2 + path.n + 65536)};
    bool fresh = false;
    if (!f.arena || !fill_frame(crawl, &f, path, kind, text) || !cairn_visited_add(&crawl->visited, file, &fresh)) {
        cairn_arena_free(f.arena);
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when crawling a catalog");
    }
    crawl->frames[crawl->depth++] = f;
    return CAIRN_OK;
}

/* ---- links ---- */

static bool is_followed(cairn_span rel)
{
    return cairn_span_is(rel, "child") || cairn_span_is(rel, "item") || cairn_span_is(rel, "children") ||
           cairn_span_is(rel, "items");
}

/* The href without query and fragment. */
static cairn_span path_part(cairn_span href)
{
    size_t n = 0;
    while (n < href.n && href.p[n] != '?' && href.p[n] != '#')
        n++;
    return cairn_span_make(href.p, n);
}

static cairn_span with_slashes(cairn_arena *arena, cairn_span href)
{
    cairn_span copy = cairn_arena_copy(arena, href);
    for (size_t i = 0; i < copy.n; i++)
        if (copy.p[i] == '\\')
            ((char *)copy.p)[i] = '/';
    return copy;
}

static bool is_file(cairn_span path, struct stat *facts)
{
    return path.p && memchr(path.p, '\0', path.n) == NULL && stat(path.p, facts) == 0 && S_ISREG(facts->st_mode);
}

/* The file that the href names: by its decoded path, else by the path as it is written (names with '%', '?' or '#').
 * Absent when neither is there. */
static cairn_span find_file(cairn_arena *arena, cairn_span document, cairn_span href, struct stat *facts)
{
    if (cairn_uri_is_absolute(href)) {
        cairn_span path = cairn_uri_to_path(arena, path_part(href));
        return is_file(path, facts) ? path : CAIRN_SPAN_NONE;
    }
    cairn_span decoded = cairn_uri_decode(arena, path_part(href));
    cairn_span path = decoded.p ? cairn_place_join(arena, document, decoded) : CAIRN_SPAN_NONE;
    if (!is_file(path, facts))
        path = cairn_place_join(arena, document, href);
    return is_file(path, facts) ? path : CAIRN_SPAN_NONE;
}

static bool is_remote(cairn_span href)
{
    cairn_span scheme = cairn_uri_scheme(href);
    bool file = scheme.n == 4 && strncasecmp(scheme.p, "file", 4) == 0;
    return cairn_span_starts(href, "//") || (cairn_uri_is_absolute(href) && !file);
}

typedef struct followed {
    frame *from;
    cairn_link link;
    char pointer[64];
} followed;

static void report(cairn_crawl *crawl, const followed *f, bool remote, const char *format)
{
    char href[256];
    cairn_quote(f->link.href, href, sizeof href);
    cairn_span message = cairn_arena_printf(crawl->scratch, format, CAIRN_SPAN_FMT(f->link.rel), href);
    cairn_journal_note note = {.source = f->from->path.p, .pointer = cairn_span_of(f->pointer), .message = message};
    if (remote)
        cairn_journal_remote(crawl->journal, &note);
    else
        cairn_journal_warn(crawl->journal, &note);
}

static bool is_above(const cairn_crawl *crawl, const struct stat *facts)
{
    for (size_t i = 0; i < crawl->depth; i++)
        if (crawl->frames[i].file.device == facts->st_dev && crawl->frames[i].file.inode == facts->st_ino)
            return true;
    return false;
}

/* Whether the file is to be read: it is there, is none of those above, and was not seen. */
static cairn_code choose(cairn_crawl *crawl, const followed *f, cairn_span *path, bool *take, cairn_error *error)
{
    struct stat facts = {0};
    cairn_span href = f->link.href;
    if (memchr(href.p, '\\', href.n)) {
        href = with_slashes(crawl->scratch, href);
        report(crawl, f, false, "the %.*s link \"%s\" has backslashes: taken as slashes");
    }
    *path = find_file(crawl->scratch, f->from->path, href, &facts);
    if (!path->p) {
        report(crawl, f, false, "dead link: the %.*s link \"%s\" leads to no file");
        return CAIRN_OK;
    }
    if (is_above(crawl, &facts)) {
        report(crawl, f, false, "cycle: the %.*s link \"%s\" leads back to a document above, and is not followed");
        return CAIRN_OK;
    }
    if (crawl->visited.n >= CAIRN_CRAWL_MAX_FILES)
        return cairn_error_set(error, CAIRN_TOO_LARGE, "%s: the catalog has more than %d files", f->from->path.p,
                               (int)CAIRN_CRAWL_MAX_FILES);
    if (!cairn_visited_add(&crawl->visited, (cairn_file_id){facts.st_dev, facts.st_ino}, take))
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when crawling a catalog");
    return CAIRN_OK;
}

static cairn_code follow(cairn_crawl *crawl, followed *f, cairn_crawl_target *out, bool *take, cairn_error *error)
{
    *take = false;
    if (!f->link.rel.p || !is_followed(f->link.rel))
        return CAIRN_OK;
    snprintf(f->pointer, sizeof f->pointer, "/links/%zu", f->from->link_n);
    if (!f->link.href.p || f->link.href.n == 0) {
        report(crawl, f, false, "the %.*s link has no href%.0s");
        return CAIRN_OK;
    }
    if (is_remote(f->link.href)) {
        report(crawl, f, true, "the %.*s link \"%s\" leads to the network, and is not followed");
        return CAIRN_OK;
    }
    *out = (cairn_crawl_target){.collection = f->from->collection, .catalog = f->from->catalog};
    return choose(crawl, f, &out->path, take, error);
}

cairn_code cairn_crawl_next(cairn_crawl *crawl, cairn_crawl_target *out, bool *more, cairn_error *error)
{
    *more = false;
    while (crawl->depth > 0) {
        followed f = {.from = &crawl->frames[crawl->depth - 1]};
        cairn_arena_reset(crawl->scratch);
        if (!cairn_links_next(&f.from->links, &f.link)) {
            cairn_arena_free(f.from->arena);
            crawl->depth--;
            continue;
        }
        cairn_code code = follow(crawl, &f, out, more, error);
        f.from->link_n++;
        if (code != CAIRN_OK || *more)
            return code;
    }
    return CAIRN_OK;
}
