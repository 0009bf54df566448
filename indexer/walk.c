#include "indexer/walk.h"

#include "indexer/place.h"
#include "indexer/records.h"
#include "indexer/visited.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

typedef enum rank { RANK_COLLECTION, RANK_FILE, RANK_FOLDER } rank;

typedef struct entry {
    char *name; /* owned */
    rank rank;
} entry;

typedef struct folder {
    char *path; /* owned */
    entry *entries;
    size_t n, cap, next;
} folder;

struct cairn_walk {
    cairn_journal *journal;
    cairn_arena *scratch;
    cairn_visited visited;
    size_t depth;
    folder folders[CAIRN_WALK_MAX_DEPTH];
};

static void free_folder(folder *f)
{
    for (size_t i = 0; i < f->n; i++)
        free(f->entries[i].name);
    free(f->entries);
    free(f->path);
}

void cairn_walk_free(cairn_walk *walk)
{
    if (!walk)
        return;
    while (walk->depth > 0)
        free_folder(&walk->folders[--walk->depth]);
    cairn_visited_free(&walk->visited);
    cairn_arena_free(walk->scratch);
    free(walk);
}

static int by_rank_and_name(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return x->rank != y->rank ? (int)x->rank - (int)y->rank : strcmp(x->name, y->name);
}

static bool add_entry(folder *f, const char *name, rank kind)
{
    if (f->n == f->cap) {
        size_t cap = f->cap ? f->cap * 2 : 64;
        entry *entries = reallocarray(f->entries, cap, sizeof *entries);
        if (!entries)
            return false;
        f->entries = entries;
        f->cap = cap;
    }
    entry *e = &f->entries[f->n];
    e->rank = kind;
    e->name = strdup(name);
    f->n += e->name != NULL;
    return e->name != NULL;
}

/* Takes the entry when it is a folder, or a file with a source's name. */
static bool consider(folder *f, int fd, const char *name)
{
    struct stat facts;
    if (name[0] == '.' || fstatat(fd, name, &facts, 0) != 0)
        return true;
    if (S_ISDIR(facts.st_mode))
        return add_entry(f, name, RANK_FOLDER);
    if (!S_ISREG(facts.st_mode) || cairn_records_form_of(name) == CAIRN_RECORDS_ANY)
        return true;
    bool early = strncmp(name, "collection.json", 15) == 0 || strncmp(name, "catalog.json", 12) == 0;
    return add_entry(f, name, early ? RANK_COLLECTION : RANK_FILE);
}

/* CAIRN_OK with f->path NULL for a folder that was seen already. */
static cairn_code read_folder(cairn_walk *walk, const char *path, folder *f, cairn_error *error)
{
    DIR *dir = opendir(path);
    struct stat facts;
    if (!dir || fstat(dirfd(dir), &facts) != 0) {
        cairn_error_set(error, CAIRN_IO, "the folder cannot be read: %s", strerror(errno));
        if (dir)
            closedir(dir);
        return CAIRN_IO;
    }
    bool fresh = false;
    bool ok = cairn_visited_add(&walk->visited, (cairn_file_id){facts.st_dev, facts.st_ino}, &fresh);
    if (ok && fresh) {
        f->path = strdup(path);
        ok = f->path != NULL;
        const struct dirent *item;
        while (ok && (item = readdir(dir)))
            ok = consider(f, dirfd(dir), item->d_name);
        if (f->n)
            qsort(f->entries, f->n, sizeof *f->entries, by_rank_and_name);
    }
    closedir(dir);
    return ok ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "out of memory when reading a folder");
}

static cairn_code push(cairn_walk *walk, const char *path, cairn_error *error)
{
    if (walk->depth == CAIRN_WALK_MAX_DEPTH)
        return cairn_error_set(error, CAIRN_IO, "the folder is nested deeper than %d", (int)CAIRN_WALK_MAX_DEPTH);
    folder f = {0};
    cairn_code code = read_folder(walk, path, &f, error);
    if (code != CAIRN_OK || !f.path) {
        free_folder(&f);
        return code;
    }
    walk->folders[walk->depth++] = f;
    return CAIRN_OK;
}

cairn_code cairn_walk_open(const char *path, cairn_journal *journal, cairn_walk **out, cairn_error *error)
{
    cairn_walk *walk = calloc(1, sizeof *walk);
    if (!walk || !(walk->scratch = cairn_arena_new((size_t)1 << 20))) {
        cairn_walk_free(walk);
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when reading a folder");
    }
    walk->journal = journal;
    cairn_code code = push(walk, path, error);
    if (code != CAIRN_OK) {
        cairn_walk_free(walk);
        return code;
    }
    *out = walk;
    return CAIRN_OK;
}

/* A folder below the first that can't be read doesn't stop the others. */
static cairn_code go_down(cairn_walk *walk, cairn_span path, cairn_error *error)
{
    cairn_error fault = CAIRN_ERROR_INIT;
    cairn_code code = push(walk, path.p, &fault);
    if (code == CAIRN_NOMEM)
        return cairn_error_set(error, code, "%s", fault.message);
    if (code != CAIRN_OK) {
        cairn_journal_note note = {.source = path.p, .message = cairn_span_of(fault.message)};
        cairn_journal_fail(walk->journal, &note);
    }
    return CAIRN_OK;
}

cairn_code cairn_walk_next(cairn_walk *walk, cairn_span *path, cairn_error *error)
{
    *path = CAIRN_SPAN_NONE;
    while (walk->depth > 0) {
        folder *f = &walk->folders[walk->depth - 1];
        if (f->next == f->n) {
            free_folder(f);
            walk->depth--;
            continue;
        }
        const entry *e = &f->entries[f->next++];
        cairn_arena_reset(walk->scratch);
        cairn_span joined = cairn_arena_printf(walk->scratch, "%s/%s", f->path, e->name);
        cairn_span normal = joined.p ? cairn_place_normal(walk->scratch, joined) : CAIRN_SPAN_NONE;
        if (!normal.p)
            return cairn_error_set(error, CAIRN_NOMEM, "the path of a file is too long");
        if (e->rank != RANK_FOLDER) {
            *path = normal;
            return CAIRN_OK;
        }
        cairn_code code = go_down(walk, normal, error);
        if (code != CAIRN_OK)
            return code;
    }
    return CAIRN_OK;
}
