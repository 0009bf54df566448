/* A new catalog: made in memory, written in one go, and only then given its name, so that no half-made one is ever seen
 * or left behind. */
#include "store/sqlite/internal.h"

#include "base/clock.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static cairn_code write_first_meta(sqlite3 *db, cairn_error *error)
{
    char key[CAIRN_KEY_BYTES];
    if (!cairn_random(key, sizeof key))
        return cairn_error_set(error, CAIRN_IO, "the system gives no random bytes");
    sqlite3_stmt *put = NULL;
    cairn_code code = db_prepare(
        db, "INSERT INTO meta(key, value) VALUES('token_key', ?1), ('created', ?2), ('generation', 1)", &put, error);
    if (code)
        return code;
    sqlite3_bind_blob(put, 1, key, sizeof key, SQLITE_STATIC);
    sqlite3_bind_int64(put, 2, cairn_clock_wall());
    code = db_run(db, put, "making the catalog", error);
    sqlite3_finalize(put);
    return code;
}

static cairn_code fill(sqlite3 *db, cairn_error *error)
{
    char first[160];
    snprintf(first, sizeof first, "PRAGMA page_size=%d; PRAGMA application_id=%d", CAIRN_PAGE_BYTES,
             CAIRN_APPLICATION_ID);
    cairn_code code = db_exec(db, first, "making the catalog", error);
    if (!code)
        code = schema_migrate(db, 0, NULL, NULL, error);
    if (!code)
        code = promote_built_in(db, error);
    return code ? code : write_first_meta(db, error);
}

/* The bytes of an empty catalog; free them by sqlite3_free(). */
static cairn_code build(const char *path, unsigned char **out, size_t *n, cairn_error *error)
{
    sqlite3 *db = NULL;
    sqlite3_int64 size = 0;
    cairn_code code = db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "mode=memory", 0, &db, error);
    if (!code)
        code = fill(db, error);
    if (!code && !(*out = sqlite3_serialize(db, "main", &size, 0)))
        code = cairn_error_no_memory(error);
    *n = (size_t)size;
    sqlite3_close(db);
    return code;
}

static cairn_code failure(const char *path, cairn_error *error)
{
    if (errno == EEXIST)
        return cairn_error_set(error, CAIRN_CONFLICT, "%s: exists already", path);
    return cairn_error_set(error, CAIRN_IO, "%s: cannot be made: %s", path, strerror(errno));
}

static bool write_all(int fd, const unsigned char *bytes, size_t n)
{
    while (n) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return fsync(fd) == 0;
}

/* The folder that the path lies in, malloc'ed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* A file that has no name yet; -1 where the file system has none such. */
static int open_nameless(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0644) : -1;
    free(folder);
    return fd;
}

static bool give_name(int fd, const char *path)
{
    char from[64];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

/* link() and not rename(): it does not replace a catalog that somebody else made in the meantime. Where hard links are
 * not to be had, rename. */
static bool move_name(const char *temporary, const char *path)
{
    if (link(temporary, path) == 0)
        return unlink(temporary) == 0;
    return errno != EEXIST && access(path, F_OK) != 0 && rename(temporary, path) == 0;
}

static cairn_code publish_by_name(const char *path, const unsigned char *bytes, size_t n, cairn_error *error)
{
    char suffix[32];
    snprintf(suffix, sizeof suffix, ".new-%ld", (long)getpid());
    char *temporary = catalog_file_sibling(path, suffix);
    if (!temporary)
        return cairn_error_no_memory(error);
    unlink(temporary);
    int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool done = fd >= 0 && write_all(fd, bytes, n) && move_name(temporary, path);
    cairn_code code = done ? CAIRN_OK : failure(path, error);
    if (!done && fd >= 0)
        unlink(temporary);
    if (fd >= 0)
        close(fd);
    free(temporary);
    return code;
}

static cairn_code publish(const char *path, const unsigned char *bytes, size_t n, cairn_error *error)
{
    int fd = open_nameless(path);
    bool done = fd >= 0 && write_all(fd, bytes, n) && give_name(fd, path);
    bool taken = !done && fd >= 0 && errno == EEXIST;
    cairn_code code = taken ? failure(path, error) : CAIRN_OK;
    if (fd >= 0)
        close(fd);
    return done || taken ? code : publish_by_name(path, bytes, n, error);
}

/* The name of a file is durable only when its folder is synced. */
static void sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

cairn_code cairn_sqlite_create(const char *path, cairn_error *error)
{
    unsigned char *bytes = NULL;
    size_t n = 0;
    if (access(path, F_OK) == 0) {
        errno = EEXIST;
        return failure(path, error);
    }
    cairn_code code = build(path, &bytes, &n, error);
    if (!code)
        code = publish(path, bytes, n, error);
    if (!code)
        sync_folder(path);
    sqlite3_free(bytes);
    return code;
}
