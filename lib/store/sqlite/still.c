/* Reading a file that nobody writes, without locks.
 *
 * A read transaction of SQLite's asks the file system a dozen things: locks, whether there is a journal or a WAL, size
 * and change counter. In rollback mode nothing is committed, nor undone, without the file being written, and its stamp
 * (stamp.c) tells of that. So a session that has once held a lock on the file in a state with some stamp knows that
 * this state is a committed one, and may read it without a lock as long as the stamp is the same. It is looked at
 * before and after each answer: when it isn't the same at the end, what was read is thrown away (CAIRN_CONFLICT), with
 * all that was kept of it, and is read again under a lock. Meanwhile SQLite stays in its transaction, which holds up
 * nobody.
 *
 * SQLite believes that it holds the lock: its files are opened through a layer (a VFS) that leaves out what is not
 * needed. */
#include "store/sqlite/still.h"

#include <pthread.h>
#include <stdlib.h>

#define LAYER "cairn-still"

/* https://www.sqlite.org/fileformat2.html#file_change_counter and what follows, as SQLite reads them */
enum { COUNTER_AT = 24, COUNTER_BYTES = 16 };

typedef struct still_file {
    sqlite3_file base;
    sqlite3_io_methods methods; /* of `base` */
    bool still;                 /* locks are left out */
    bool changed;               /* SQLite is to believe that the file was changed since it looked last */
} still_file;

static sqlite3_vfs *below;
static _Thread_local bool alone; /* while a transaction begins on a still file: there is nothing beside it */

static sqlite3_file *real(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((char *)file + sizeof(still_file));
}

static int still_close(sqlite3_file *file)
{
    sqlite3_file *to = real(file);
    int rc = to->pMethods->xClose(to);
    file->pMethods = NULL;
    return rc;
}

static int still_read(sqlite3_file *file, void *out, int n, sqlite3_int64 at)
{
    sqlite3_file *from = real(file);
    still_file *still = (still_file *)(void *)file;
    int rc = from->pMethods->xRead(from, out, n, at);
    if (still->changed && at == COUNTER_AT && n == COUNTER_BYTES) {
        ((unsigned char *)out)[0] ^= 0x80;
        still->changed = false;
    }
    return rc;
}

static int still_write(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 at)
{
    return real(file)->pMethods->xWrite(real(file), bytes, n, at);
}

static int still_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real(file)->pMethods->xTruncate(real(file), size);
}

static int still_sync(sqlite3_file *file, int flags)
{
    return real(file)->pMethods->xSync(real(file), flags);
}

static int still_file_size(sqlite3_file *file, sqlite3_int64 *out)
{
    return real(file)->pMethods->xFileSize(real(file), out);
}

static int still_lock(sqlite3_file *file, int lock)
{
    return ((still_file *)(void *)file)->still ? SQLITE_OK : real(file)->pMethods->xLock(real(file), lock);
}

static int still_unlock(sqlite3_file *file, int lock)
{
    return ((still_file *)(void *)file)->still ? SQLITE_OK : real(file)->pMethods->xUnlock(real(file), lock);
}

static int still_check_reserved(sqlite3_file *file, int *out)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), out);
}

static int still_control(sqlite3_file *file, int what, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

static int still_sector_size(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int still_device(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int still_shm_map(sqlite3_file *file, int page, int bytes, int extend, void volatile **out)
{
    return real(file)->pMethods->xShmMap(real(file), page, bytes, extend, out);
}

static int still_shm_lock(sqlite3_file *file, int from, int n, int flags)
{
    return real(file)->pMethods->xShmLock(real(file), from, n, flags);
}

static void still_shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int still_shm_unmap(sqlite3_file *file, int drop)
{
    return real(file)->pMethods->xShmUnmap(real(file), drop);
}

/* Version 2: without a memory map, whose pages would go away under the reader when the file is cut. */
static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = still_close,
    .xRead = still_read,
    .xWrite = still_write,
    .xTruncate = still_truncate,
    .xSync = still_sync,
    .xFileSize = still_file_size,
    .xLock = still_lock,
    .xUnlock = still_unlock,
    .xCheckReservedLock = still_check_reserved,
    .xFileControl = still_control,
    .xSectorSize = still_sector_size,
    .xDeviceCharacteristics = still_device,
    .xShmMap = still_shm_map,
    .xShmLock = still_shm_lock,
    .xShmBarrier = still_shm_barrier,
    .xShmUnmap = still_shm_unmap,
};

static int layer_open(sqlite3_vfs *layer, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    still_file *still = (still_file *)(void *)file;
    (void)layer;
    if (!(flags & SQLITE_OPEN_MAIN_DB))
        return below->xOpen(below, name, file, flags, out_flags);
    *still = (still_file){.methods = METHODS};
    int rc = below->xOpen(below, name, real(file), flags, out_flags);
    const sqlite3_io_methods *methods = real(file)->pMethods;
    if (!methods)
        return rc;
    if (methods->iVersion < 2)
        still->methods.iVersion = methods->iVersion;
    else if (!methods->xShmMap)
        still->methods.xShmMap = NULL;
    file->pMethods = &still->methods;
    return rc;
}

static int layer_access(sqlite3_vfs *layer, const char *path, int flags, int *out)
{
    (void)layer;
    *out = 0;
    return alone ? SQLITE_OK : below->xAccess(below, path, flags, out);
}

static void put_layer(void)
{
    static sqlite3_vfs layer;
    if (sqlite3_initialize() != SQLITE_OK || !(below = sqlite3_vfs_find(NULL)))
        return;
    layer = *below;
    layer.zName = LAYER;
    layer.szOsFile += (int)sizeof(still_file);
    layer.xOpen = layer_open;
    layer.xAccess = layer_access;
    if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK)
        below = NULL;
}

const char *still_uri_flags(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, put_layer);
    return below ? "vfs=" LAYER : "";
}

/* ---- the session's side ---- */

struct still {
    still_file *file;
    bool known; /* under a lock, the file was seen to be in this state: */
    cairn_stamp stamp;
};

still *still_new(sqlite3 *db)
{
    sqlite3_vfs *vfs = NULL;
    sqlite3_file *file = NULL;
    bool layered = sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) == SQLITE_OK && vfs &&
                   strcmp(vfs->zName, LAYER) == 0;
    if (!layered || sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file)
        return NULL;
    still *out = calloc(1, sizeof *out);
    if (out)
        out->file = (still_file *)(void *)file;
    return out;
}

void still_free(still *still)
{
    free(still);
}

bool still_goes_on(const still *still)
{
    return still && still->file->still;
}

bool still_is_same(const still *still, const sqlite_store *store)
{
    cairn_stamp now;
    return still->known && sqlite_store_still(store, &now) && memcmp(&now, &still->stamp, sizeof now) == 0;
}

void still_begin(still *still)
{
    still->file->still = true;
    alone = true;
}

void still_begun(void)
{
    alone = false;
}

void still_note(still *still, const sqlite_store *store)
{
    still->known = sqlite_store_still(store, &still->stamp);
}

void still_end(still *still, bool changed)
{
    still->file->still = false;
    still->file->changed |= changed;
    still->known = still->known && !changed;
}
