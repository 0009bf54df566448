#include "store/sqlite/internal.h"

#include <stdio.h>

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
