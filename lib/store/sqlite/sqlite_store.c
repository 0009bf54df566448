#include "store/sqlite/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void store_close(cairn_store *base)
{
    sqlite_store *store = (sqlite_store *)base;
    struct stat st;
    catalog_stamps_free(store->stamps);
    if (store->fd >= 0) {
        bool gone = fstat(store->fd, &st) == 0 && st.st_nlink == 0;
        close(store->fd);
        if (gone)
            catalog_sweep(store->path);
    }
    free(store->name);
    free(store->path);
    free(store);
}

static const cairn_store_ops sqlite_ops = {
    .name = "sqlite",
    .close = store_close,
    .session_open = sqlite_session_open,
    .session_close = sqlite_session_close,
    .begin = sqlite_session_begin,
    .end = sqlite_session_end,
    .search = sqlite_session_search,
    .item = sqlite_session_item,
    .collections = sqlite_session_collections,
    .collection = sqlite_session_collection,
    .info = sqlite_session_info,
    .properties = sqlite_session_properties,
    .promoted = sqlite_session_promoted,
    .times = sqlite_session_times,
    .traits = sqlite_session_traits,
    .stamp = sqlite_store_stamp,
    .writer_open = sqlite_writer_open,
    .writer_close = sqlite_writer_close,
    .write_begin = sqlite_writer_begin,
    .commit = sqlite_writer_commit,
    .finish = sqlite_writer_finish,
    .rollback = sqlite_writer_rollback,
    .put_item = sqlite_put_item,
    .delete_item = sqlite_delete_item,
    .put_collection = sqlite_put_collection,
    .ensure_collection = sqlite_ensure_collection,
    .delete_collection = sqlite_delete_collection,
    .set_catalog = sqlite_set_catalog,
    .promote = sqlite_promote,
    .demote = sqlite_demote,
    .check = sqlite_check,
    .optimize = sqlite_optimize,
};

/* Left-overs of another catalog's WAL at this path (empty -wal, or a -shm that its last users still map) must not be
 * touched by SQLite: such a file is read as immutable. So is a catalog in WAL mode whose -wal is gone and can't be
 * made. */
static bool must_be_immutable(const char *path, const catalog_file *file)
{
    if (!file->in_wal_mode)
        return file->wal_size == 0 || file->has_shm;
    if (file->wal_size >= 0)
        return false;
    char *probe = catalog_file_sibling(path, "");
    char *slash = probe ? strrchr(probe, '/') : NULL;
    if (slash)
        slash[slash == probe ? 1 : 0] = '\0';
    bool writable = probe && access(slash ? probe : ".", W_OK) == 0;
    free(probe);
    return !writable;
}

static cairn_code store_new(const char *name, char *path, const cairn_sqlite_options *options, const catalog_file *file,
                            cairn_store **out, cairn_error *error)
{
    sqlite_store *store = calloc(1, sizeof *store);
    char *copy = catalog_file_sibling(name, "");
    if (!store || !copy) {
        free(store);
        free(copy);
        free(path);
        return cairn_error_no_memory(error);
    }
    store->base.ops = &sqlite_ops;
    store->fd = open(path, O_PATH | O_CLOEXEC);
    store->name = copy;
    store->path = path;
    store->file = *file;
    if (options)
        store->options = *options;
    if (!store->options.busy_ms)
        store->options.busy_ms = 5000;
    if (!store->options.cache_bytes)
        store->options.cache_bytes = 64 << 20;
    store->immutable = store->options.immutable || must_be_immutable(path, file);
    store->stamps = catalog_stamps_new(store->fd);
    *out = &store->base;
    return CAIRN_OK;
}

/* What may take the place of another catalog at its path: nothing beside it that could belong to the other. */
static cairn_code check_swap(const char *path, const catalog_file *file, cairn_error *error)
{
    if (file->in_wal_mode)
        return cairn_error_set(
            error, CAIRN_CONFLICT,
            "%s: is still in WAL mode, so it cannot take the place of a catalog that is served; finish "
            "it with `cairn optimize` before it is renamed",
            path);
    if (file->journal_size > 0)
        return cairn_error_set(error, CAIRN_CONFLICT,
                               "%s-journal belongs to the catalog that stood at this path before and would spoil this "
                               "one; when nobody writes the old one any more, remove it",
                               path);
    return CAIRN_OK;
}

/* -wal and lock stand beside the real file, not beside a link to it. The caller frees *out. */
static cairn_code real_path(const char *path, char **out, cairn_error *error)
{
    catalog_file file;
    *out = realpath(path, NULL);
    if (*out)
        return CAIRN_OK;
    if (errno == ENOMEM)
        return cairn_error_no_memory(error);
    cairn_code code = catalog_file_inspect(path, &file, error); /* says best why */
    return code ? code
                : cairn_error_set(error, CAIRN_CONFLICT, "%s: was replaced while it was opened; try again", path);
}

/* An immutable opening would not even see that a journal is to be played back, and what stands in the file until then,
 * its schema version too, may be what a killed writer never committed. */
static cairn_code inspect_recovered(const char *path, catalog_file *file, cairn_error *error)
{
    catalog_recover(path, NULL);
    return catalog_file_inspect(path, file, error);
}

static cairn_code open_checked(const char *path, const cairn_sqlite_options *options, bool swapped, cairn_store **out,
                               cairn_error *error)
{
    catalog_file file;
    char *real;
    cairn_code code = real_path(path, &real, error);
    if (code)
        return code;
    code = catalog_file_inspect(real, &file, error);
    if (!code && swapped)
        code = check_swap(path, &file, error);
    if (!code)
        code = catalog_file_check_wal(real, &file, error);
    if (!code && file.journal_size > 0)
        code = inspect_recovered(real, &file, error);
    if (code) {
        free(real);
        return code;
    }
    return store_new(path, real, options, &file, out, error);
}

cairn_code cairn_sqlite_open(const char *path, const cairn_sqlite_options *options, cairn_store **out,
                             cairn_error *error)
{
    return open_checked(path, options, false, out, error);
}

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_other_file(const sqlite_store *store, const catalog_file *now)
{
    return now->inode != store->file.inode || now->device != store->file.device;
}

bool sqlite_store_renamed_over(const sqlite_store *store)
{
    catalog_file now = {0};
    /* Nothing there, between unlink and rename of an unlucky publisher: go on with what is open. */
    return catalog_file_stat(store->name, &now) && is_other_file(store, &now);
}

bool sqlite_store_changed_in_place(const sqlite_store *store)
{
    catalog_file now = {0};
    return store->immutable && !store->options.immutable && catalog_file_stat(store->path, &now) &&
           !is_other_file(store, &now) &&
           (now.size != store->file.size || !same_time(now.changed, store->file.changed));
}

cairn_code cairn_sqlite_open_swapped(const char *path, const cairn_sqlite_options *options, const cairn_store *served,
                                     cairn_store **out, cairn_error *error)
{
    return open_checked(path, options, sqlite_store_renamed_over((const sqlite_store *)served), out, error);
}

bool cairn_sqlite_is_replaced(const cairn_store *base)
{
    const sqlite_store *store = (const sqlite_store *)base;
    return sqlite_store_renamed_over(store) || sqlite_store_changed_in_place(store);
}
