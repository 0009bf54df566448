/* Stamps of what is committed, without a transaction.
 *
 * A file in rollback mode is not committed to without being written, and a write gives it a newer ctime, which nobody
 * can set: one stat() tells. It is only believed when the clock that the kernel stamps files with has gone on since,
 * so that the next write can't get the same time. In WAL mode each commit changes the header of the wal-index
 * (https://www.sqlite.org/walformat.html, 2.1), which SQLite maps into memory. For that, a connection of its own keeps
 * the WAL open, as any reader does: as long as it is open, the file stays in WAL mode and nobody takes the wal-index
 * away.
 *
 * The file is read through SQLite, never by a descriptor of our own: closing that would drop all locks of the process
 * on it (POSIX). */
#include "store/sqlite/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <time.h>

enum { INDEX_REGION = 32768, INDEX_HEADER_WORDS = 12 };

typedef uint64_t state_words[3];

struct catalog_stamps {
    bool stamps_first;                           /* a write is stamped before its bytes are there */
    _Atomic(const _Atomic uint32_t *) wal_index; /* mapped by `db`, which holds the WAL open; NULL: not */
    pthread_mutex_t lock;                        /* of what follows */
    sqlite3 *db;
    sqlite3_file *file;
    bool rolls_back;   /* it was in rollback mode when it was in this state: */
    state_words state; /* ctime, size, the header's change counter */
};

enum { ZFS = 0x2fc12fc1 };

/* File systems of this host alone, whose times and shared memory can be relied on. */
static bool is_local(int fd, bool *stamps_first)
{
    static const unsigned long types[] = {
        0xef53,                 /* ext2, ext3, ext4 */
        0x58465342,             /* XFS */
        0x9123683e,             /* Btrfs */
        0xf2f52010,             /* F2FS */
        ZFS,        0x01021994, /* tmpfs */
        0x794c7630,             /* overlayfs, of containers */
    };
    struct statfs fs;
    if (fd < 0 || fstatfs(fd, &fs) != 0)
        return false;
    *stamps_first = (unsigned long)(uint32_t)fs.f_type != ZFS;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if ((unsigned long)(uint32_t)fs.f_type == types[i])
            return true;
    return false;
}

catalog_stamps *catalog_stamps_new(int fd)
{
    bool stamps_first = false;
    catalog_stamps *stamps = is_local(fd, &stamps_first) ? calloc(1, sizeof *stamps) : NULL;
    if (!stamps)
        return NULL;
    stamps->stamps_first = stamps_first;
    pthread_mutex_init(&stamps->lock, NULL);
    return stamps;
}

void catalog_stamps_free(catalog_stamps *stamps)
{
    if (!stamps)
        return;
    sqlite3_close(stamps->db);
    pthread_mutex_destroy(&stamps->lock);
    free(stamps);
}

/* ---- in WAL mode ---- */

static uint64_t join(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

/* The checksum that the header has of itself. */
static bool is_whole(const uint32_t *words)
{
    uint32_t a = 0, b = 0;
    for (size_t i = 0; i < INDEX_HEADER_WORDS - 2; i += 2) {
        a += words[i] + b;
        b += words[i + 1] + a;
    }
    return a == words[INDEX_HEADER_WORDS - 2] && b == words[INDEX_HEADER_WORDS - 1];
}

/* A writer writes the second copy first: a header that is equal to its copy is no half of another. */
static bool read_wal_index(const _Atomic uint32_t *mapped, state_words out)
{
    enum { CHANGE = 2, LAST_FRAME = 4, FRAME_SUM = 6, SALT = 8 };
    uint32_t words[INDEX_HEADER_WORDS];
    for (size_t i = 0; i < INDEX_HEADER_WORDS; i++)
        words[i] = atomic_load_explicit(&mapped[i], memory_order_acquire);
    for (size_t i = 0; i < INDEX_HEADER_WORDS; i++)
        if (atomic_load_explicit(&mapped[INDEX_HEADER_WORDS + i], memory_order_acquire) != words[i])
            return false;
    out[0] = join(words[CHANGE], words[LAST_FRAME]);
    out[1] = join(words[FRAME_SUM], words[FRAME_SUM + 1]);
    out[2] = join(words[SALT], words[SALT + 1]);
    return is_whole(words);
}

static int note_wal(void *in_wal, int columns, char **values, char **names)
{
    (void)names;
    *(bool *)in_wal = columns == 1 && values[0] && strcmp(values[0], "wal") == 0;
    return 0;
}

/* The first read takes the WAL into use, and the connection keeps it until it is closed. The header may have said WAL
 * in a transaction that came to nothing: what counts is what the connection does. */
static bool use_wal(catalog_stamps *stamps)
{
    bool in_wal = false;
    void volatile *region = NULL;
    const sqlite3_io_methods *methods = stamps->file->pMethods;
    int rc = sqlite3_exec(stamps->db, "BEGIN; PRAGMA schema_version", NULL, NULL, NULL);
    if (!rc)
        rc = sqlite3_exec(stamps->db, "PRAGMA journal_mode", note_wal, &in_wal, NULL);
    if (!rc && in_wal && methods->iVersion >= 2)
        rc = methods->xShmMap(stamps->file, 0, INDEX_REGION, 0, &region);
    if (!sqlite3_get_autocommit(stamps->db))
        sqlite3_exec(stamps->db, "COMMIT", NULL, NULL, NULL);
    if ((rc != SQLITE_OK && rc != SQLITE_READONLY) || !region)
        return false;
    atomic_store(&stamps->wal_index, (const _Atomic uint32_t *)(uintptr_t)region);
    return true;
}

/* ---- in rollback mode ---- */

static bool is_before(struct timespec a, struct timespec b)
{
    return a.tv_sec < b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

static bool is_of_store(const sqlite_store *store, const struct stat *status)
{
    return status->st_ino == store->file.inode && status->st_dev == store->file.device;
}

/* Opening takes no lock. The path must still be the store's file afterwards: then it was that which was opened. */
static bool open_file(const sqlite_store *store, catalog_stamps *stamps)
{
    struct stat status;
    if (stamps->file)
        return true;
    if (db_open(store->path, SQLITE_OPEN_READONLY, "", 0, &stamps->db, NULL))
        return false;
    if (stat(store->path, &status) == 0 && is_of_store(store, &status) &&
        !sqlite3_file_control(stamps->db, "main", SQLITE_FCNTL_FILE_POINTER, &stamps->file) && stamps->file)
        return true;
    sqlite3_close(stamps->db);
    stamps->db = NULL;
    stamps->file = NULL;
    return false;
}

/* Looks at the file itself, after it was found in another state than before. Holds the lock.
 * https://www.sqlite.org/fileformat2.html#the_database_header */
static bool look_into(const sqlite_store *store, catalog_stamps *stamps)
{
    enum { SIZE = 100, READ_VERSION = 19, COUNTER = 24, IN_WAL_MODE = 2 };
    unsigned char header[SIZE];
    uint32_t counter;
    stamps->rolls_back = false;
    if (!open_file(store, stamps) || stamps->file->pMethods->xRead(stamps->file, header, SIZE, 0))
        return false;
    if (header[READ_VERSION] == IN_WAL_MODE)
        return use_wal(stamps);
    memcpy(&counter, header + COUNTER, sizeof counter);
    stamps->state[2] = counter;
    stamps->rolls_back = true;
    return true;
}

static uint64_t time_of(const struct stat *status)
{
    return (uint64_t)status->st_ctim.tv_sec * 1000000000 + (uint64_t)status->st_ctim.tv_nsec;
}

/* False when it can't be told. `out` is the state, unless the file is in WAL mode. */
static bool look(const sqlite_store *store, catalog_stamps *stamps, const struct stat *now, state_words out)
{
    uint64_t time = time_of(now);
    pthread_mutex_lock(&stamps->lock);
    bool known = stamps->rolls_back && stamps->state[0] == time && stamps->state[1] == (uint64_t)now->st_size;
    stamps->state[0] = time;
    stamps->state[1] = (uint64_t)now->st_size;
    bool told = known || look_into(store, stamps);
    memcpy(out, stamps->state, sizeof stamps->state);
    pthread_mutex_unlock(&stamps->lock);
    return told;
}

/* ---- both ---- */

/* The header of an empty WAL, as there is at first and may be again after a recovery, says nothing of the file that it
 * is empty for: its time does. */
static void write_stamp(const struct stat *status, const state_words state, cairn_stamp *out)
{
    uint64_t words[4] = {time_of(status), state[0], state[1], state[2]};
    _Static_assert(sizeof words == sizeof out->bytes, "a stamp is four words");
    memcpy(out->bytes, words, sizeof words);
}

static bool read_state(const sqlite_store *store, const struct stat *now, struct timespec clock, state_words out)
{
    catalog_stamps *stamps = store->immutable ? NULL : store->stamps;
    if (!stamps)
        return false;
    if (!atomic_load(&stamps->wal_index) && !(is_before(now->st_ctim, clock) && look(store, stamps, now, out)))
        return false;
    const _Atomic uint32_t *mapped = atomic_load(&stamps->wal_index);
    return !mapped || read_wal_index(mapped, out);
}

bool sqlite_store_stamp(cairn_store *base, cairn_stamp *out)
{
    const sqlite_store *store = (const sqlite_store *)base;
    struct stat now;
    struct timespec clock; /* read before the file is looked at: later writes get no earlier time */
    state_words state = {0};
    if (clock_gettime(CLOCK_REALTIME_COARSE, &clock) != 0 || stat(store->name, &now) != 0 || !is_of_store(store, &now))
        return false;
    if (!store->options.immutable && !read_state(store, &now, clock, state))
        return false;
    write_stamp(&now, state, out);
    return true;
}

/* Once the file is in WAL mode, it stays so for as long as it is open. */
bool sqlite_store_still(const sqlite_store *store, cairn_stamp *out)
{
    catalog_stamps *stamps = store->immutable ? NULL : store->stamps;
    struct stat now;
    struct timespec clock;
    state_words state = {0};
    if (!stamps || !stamps->stamps_first || atomic_load(&stamps->wal_index) ||
        clock_gettime(CLOCK_REALTIME_COARSE, &clock) != 0 || stat(store->name, &now) != 0 || !is_of_store(store, &now))
        return false;
    if (!is_before(now.st_ctim, clock) || !look(store, stamps, &now, state) || atomic_load(&stamps->wal_index))
        return false;
    write_stamp(&now, state, out);
    return true;
}
