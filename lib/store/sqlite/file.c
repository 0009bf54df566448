#include "store/sqlite/internal.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

/* statfs f_type of file systems that several hosts see: shared memory does not reach across them. */
static const unsigned long network_types[] = {
    0x6969,     /* NFS */
    0x0bd00bd0, /* Lustre */
    0x47504653, /* GPFS */
    0xff534d42, /* CIFS */
    0xfe534d42, /* SMB2 */
    0x5346414f, /* AFS */
    0x19830326, /* BeeGFS */
    0x00c36400, /* Ceph */
    0x01021997, /* 9P */
    0x7461636f, /* OCFS2 */
    0x01161970, /* GFS2 */
};

static bool is_network(int fd)
{
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0)
        return false;
    for (size_t i = 0; i < sizeof network_types / sizeof *network_types; i++)
        if ((unsigned long)(uint32_t)fs.f_type == network_types[i])
            return true;
    return false;
}

char *catalog_file_sibling(const char *path, const char *suffix)
{
    size_t n = strlen(path), k = strlen(suffix);
    char *out = malloc(n + k + 1);
    if (!out)
        return NULL;
    memcpy(out, path, n + 1);
    memcpy(out + n, suffix, k + 1);
    return out;
}

static off_t sibling_size(const char *path, const char *suffix)
{
    char *name = catalog_file_sibling(path, suffix);
    struct stat st;
    off_t size = name && stat(name, &st) == 0 ? st.st_size : -1;
    free(name);
    return size;
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

bool catalog_file_stat(const char *path, catalog_file *out)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    out->device = st.st_dev;
    out->inode = st.st_ino;
    out->size = st.st_size;
    out->changed = st.st_mtim;
    return true;
}

/* https://www.sqlite.org/fileformat2.html#the_database_header */
static cairn_code read_header(const char *path, int fd, catalog_file *out, cairn_error *error)
{
    unsigned char h[100];
    ssize_t n = pread(fd, h, sizeof h, 0);
    if (n < 0)
        return cairn_error_set(error, CAIRN_IO, "%s: cannot be read: %s", path, strerror(errno));
    if (n < (ssize_t)sizeof h || memcmp(h, "SQLite format 3", 16) != 0)
        return cairn_error_set(error, CAIRN_INVALID, "%s: is not a Cairn catalog; `cairn ingest` makes one", path);
    if (big_endian(h + 68) != CAIRN_APPLICATION_ID)
        return cairn_error_set(error, CAIRN_INVALID, "%s: is an SQLite database, but not a Cairn catalog", path);
    out->in_wal_mode = h[18] == 2;
    out->schema_version = (int)big_endian(h + 60);
    if (out->schema_version < 1)
        return cairn_error_set(error, CAIRN_CORRUPT, "%s: has schema version %d, which no catalog has", path,
                               out->schema_version);
    if (out->schema_version > CAIRN_SCHEMA_VERSION)
        return cairn_error_set(error, CAIRN_UNSUPPORTED,
                               "%s: has schema version %d, this program knows up to %d; use a newer cairn", path,
                               out->schema_version, CAIRN_SCHEMA_VERSION);
    return CAIRN_OK;
}

cairn_code catalog_file_inspect(const char *path, catalog_file *out, cairn_error *error)
{
    *out = (catalog_file){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cairn_error_set(error, errno == ENOENT ? CAIRN_NOT_FOUND : CAIRN_IO, "%s: %s", path,
                               errno == ENOENT ? "there is no such catalog; `cairn ingest` or `cairn init` makes one"
                                               : strerror(errno));
    struct stat st;
    cairn_code code = CAIRN_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        code = cairn_error_set(error, CAIRN_INVALID, "%s: is not a regular file", path);
    if (!code)
        code = read_header(path, fd, out, error);
    out->on_network = is_network(fd);
    close(fd);
    if (code)
        return code;
    out->device = st.st_dev;
    out->inode = st.st_ino;
    out->size = st.st_size;
    out->changed = st.st_mtim;
    out->wal_size = sibling_size(path, "-wal");
    out->journal_size = sibling_size(path, "-journal");
    out->has_shm = sibling_size(path, "-shm") >= 0;
    return CAIRN_OK;
}

cairn_code catalog_file_check_wal(const char *path, const catalog_file *file, cairn_error *error)
{
    if (file->in_wal_mode || file->wal_size <= 0)
        return CAIRN_OK;
    return cairn_error_set(error, CAIRN_CONFLICT,
                           "%s-wal belongs to another catalog that stood at this path before and would spoil this one; "
                           "if nothing uses the old one any more, remove %s-wal and %s-shm and try again",
                           path, path, path);
}
