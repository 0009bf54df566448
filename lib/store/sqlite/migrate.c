#include "store/sqlite/internal.h"

#include "base/clock.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Made from schema/NNN_*.sql at build time, NUL-terminated. */
extern const char cairn_migration_001[], cairn_migration_002[], cairn_migration_003[], cairn_migration_004[];

/* migrations[v] leads from version v to v + 1. */
static const char *const migrations[CAIRN_SCHEMA_VERSION] = {cairn_migration_001, cairn_migration_002,
                                                             cairn_migration_003, cairn_migration_004};

static cairn_code step(sqlite3 *db, int version, schema_fill fill, void *context, cairn_error *error)
{
    char stamp[64];
    snprintf(stamp, sizeof stamp, "PRAGMA user_version=%d; COMMIT", version + 1);
    cairn_code code = db_exec(db, "BEGIN IMMEDIATE", "migrating the catalog", error);
    if (!code)
        code = db_exec(db, migrations[version], "migrating the catalog", error);
    if (!code && fill)
        code = fill(context, version + 1, error);
    if (!code)
        code = db_exec(db, stamp, "migrating the catalog", error);
    if (code && !sqlite3_get_autocommit(db))
        db_exec(db, "ROLLBACK", "migrating the catalog", NULL);
    return code;
}

cairn_code schema_migrate(sqlite3 *db, int from, schema_fill fill, void *context, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (int version = from; !code && version < CAIRN_SCHEMA_VERSION; version++)
        code = step(db, version, fill, context, error);
    return code;
}

cairn_code schema_check(sqlite3 *db, const char *path, cairn_error *error)
{
    sqlite3_int64 version;
    cairn_code code = db_integer(db, "PRAGMA user_version", &version, error);
    if (code || version >= CAIRN_SCHEMA_VERSION)
        return code;
    return cairn_error_set(error, CAIRN_UNSUPPORTED,
                           "%s: has schema version %d, this program reads version %d: `cairn optimize %s` brings it up "
                           "to that, as does the next `cairn ingest`",
                           path, (int)version, CAIRN_SCHEMA_VERSION, path);
}

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

/* SQLite would only say that it can't open the file. */
static cairn_code touch(const char *temporary, const char *path, cairn_error *error)
{
    int fd = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return cairn_error_set(error, CAIRN_IO, "%s: cannot be made: %s", path, strerror(errno));
    close(fd);
    return CAIRN_OK;
}

static cairn_code build(const char *path, cairn_error *error)
{
    sqlite3 *db = NULL;
    cairn_code code = db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "", 0, &db, error);
    if (code)
        return code;
    char first[160];
    snprintf(first, sizeof first, "PRAGMA page_size=%d; PRAGMA application_id=%d; PRAGMA synchronous=FULL",
             CAIRN_PAGE_BYTES, CAIRN_APPLICATION_ID);
    code = db_exec(db, first, "making the catalog", error);
    if (!code)
        code = schema_migrate(db, 0, NULL, NULL, error);
    if (!code)
        code = promote_built_in(db, error);
    if (!code)
        code = write_first_meta(db, error);
    sqlite3_close(db);
    return code;
}

/* The name of a file is durable only when its folder is synced. */
static void sync_folder(const char *path)
{
    char *folder = strdup(path);
    if (!folder)
        return;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* link() and not rename(): it does not replace a catalog that somebody else made in the meantime. Where hard links are
 * not to be had, rename. */
static cairn_code publish(const char *temporary, const char *path, cairn_error *error)
{
    if (link(temporary, path) == 0) {
        unlink(temporary);
        return CAIRN_OK;
    }
    if (errno == EEXIST)
        return cairn_error_set(error, CAIRN_CONFLICT, "%s: exists already", path);
    if (access(path, F_OK) != 0 && rename(temporary, path) == 0)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_IO, "%s: cannot be made: %s", path, strerror(errno));
}

cairn_code cairn_sqlite_create(const char *path, cairn_error *error)
{
    if (access(path, F_OK) == 0)
        return cairn_error_set(error, CAIRN_CONFLICT, "%s: exists already", path);
    char suffix[32];
    snprintf(suffix, sizeof suffix, ".new-%ld", (long)getpid());
    char *temporary = catalog_file_sibling(path, suffix);
    if (!temporary)
        return cairn_error_no_memory(error);
    unlink(temporary);
    cairn_code code = touch(temporary, path, error);
    if (!code)
        code = build(temporary, error);
    if (!code)
        code = publish(temporary, path, error);
    if (code)
        unlink(temporary);
    else
        sync_folder(path);
    free(temporary);
    return code;
}
