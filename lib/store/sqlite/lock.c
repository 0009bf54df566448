/* The write lock: an open-file-description lock on FILE.lock, which also says who holds it. The lock goes with the
 * process, so a left-over file after a crash means nothing. */
#include "store/sqlite/internal.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 50, HOLDER_MAX = 256 };

static cairn_code refused(const char *path, int why, cairn_error *error)
{
    if (why == ENOLCK || why == EOPNOTSUPP || why == ENOSYS || why == EINVAL)
        return cairn_error_set(error, CAIRN_IO,
                               "%s: this file system refuses file locks (%s), so two writers could not be kept apart; "
                               "write on a local disk and copy the catalog here, or have locks switched on",
                               path, strerror(why));
    return cairn_error_set(error, CAIRN_IO, "%s: the write lock cannot be made: %s", path, strerror(why));
}

/* 1: ours, 0: somebody else's, -1: errno says why not at all. */
static int try_lock(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
        return 1;
    return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

/* The holder before us may have removed the file between our open and our lock: then we locked a ghost. */
static bool is_same_file(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static void write_holder(int fd, const char *program)
{
    char host[128] = "?", stamp[32] = "", text[HOLDER_MAX];
    gethostname(host, sizeof host - 1);
    time_t now = (time_t)cairn_clock_wall();
    struct tm tm;
    if (gmtime_r(&now, &tm))
        strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &tm);
    int n = snprintf(text, sizeof text, "%s (process %ld on %s, since %s)", program ? program : "cairn", (long)getpid(),
                     host, stamp);
    /* Only for people to read: a failure to write it changes nothing. */
    if (n > 0 && ftruncate(fd, 0) == 0 &&
        pwrite(fd, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1, 0) < 0)
        errno = 0;
}

static void read_holder(int fd, char out[HOLDER_MAX])
{
    ssize_t n = pread(fd, out, HOLDER_MAX - 1, 0);
    out[n > 0 ? n : 0] = '\0';
    if (n <= 0)
        snprintf(out, HOLDER_MAX, "another process");
}

static cairn_code held(int fd, const char *catalog, cairn_error *error)
{
    char holder[HOLDER_MAX];
    read_holder(fd, holder);
    return cairn_error_set(error, CAIRN_BUSY,
                           "%s: is being written by %s; try again when it is done, or wait with --wait", catalog,
                           holder);
}

static void say_waiting(int fd, const char *catalog)
{
    char holder[HOLDER_MAX];
    read_holder(fd, holder);
    cairn_log(CAIRN_LOG_INFO, "%s: waiting for %s", catalog, holder);
}

/* One attempt: opens the file anew each time, because the holder removes it when it is done. */
static cairn_code attempt(const char *path, bool *ours, int *out_fd, cairn_error *error)
{
    /* It is written to, so a link that somebody else put there must not lead to another file. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return cairn_error_set(error, CAIRN_IO,
                               "%s: the write lock cannot be made: %s; writing needs permission for the folder", path,
                               strerror(errno));
    int got = try_lock(fd);
    if (got < 0) {
        int why = errno;
        close(fd);
        return refused(path, why, error);
    }
    *ours = got && is_same_file(fd, path);
    *out_fd = fd;
    return CAIRN_OK;
}

cairn_code catalog_lock_take(const char *catalog, int wait_ms, const char *program, catalog_lock *lock,
                             cairn_error *error)
{
    *lock = (catalog_lock){-1, catalog_file_sibling(catalog, ".lock")};
    if (!lock->path)
        return cairn_error_no_memory(error);
    int64_t start = cairn_clock_now();
    cairn_code code;
    for (bool said = false;; said = true) {
        bool ours = false;
        int fd = -1;
        code = attempt(lock->path, &ours, &fd, error);
        if (code)
            break;
        if (ours) {
            lock->fd = fd;
            write_holder(fd, program);
            return CAIRN_OK;
        }
        bool give_up = wait_ms >= 0 && cairn_clock_now() - start >= (int64_t)wait_ms * CAIRN_MILLISECOND;
        if (give_up)
            code = held(fd, catalog, error);
        else if (!said)
            say_waiting(fd, catalog);
        close(fd);
        if (give_up)
            break;
        usleep(POLL_MS * 1000);
    }
    free(lock->path);
    lock->path = NULL;
    return code;
}

void catalog_lock_release(catalog_lock *lock)
{
    if (lock->fd >= 0) {
        unlink(lock->path);
        close(lock->fd);
    }
    free(lock->path);
    *lock = (catalog_lock){-1, NULL};
}
