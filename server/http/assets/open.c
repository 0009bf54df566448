#include "http/assets/open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FLAGS = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, RACE_ATTEMPTS = 8, NAME_BYTES = 256 };

static int open_resolved(int folder, const char *path, uint64_t resolve)
{
    struct open_how how = {.flags = FLAGS, .resolve = resolve | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

int cairn_open_beneath(int folder, const char *path)
{
    int fd = -1;
    /* EAGAIN: something was renamed while the kernel looked. */
    for (int i = 0; i < RACE_ATTEMPTS; i++) {
        fd = open_resolved(folder, path, RESOLVE_BENEATH);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd;
}

/* The folder `name` in `folder`, which is closed unless it is `root`. */
static int descend(int root, int folder, const char *name)
{
    int next = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int reason = errno;
    if (folder != root)
        close(folder);
    errno = reason;
    return next;
}

int cairn_open_stepwise(int root, const char *path)
{
    char name[NAME_BYTES];
    int folder = root;
    for (const char *slash; folder >= 0 && (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        size_t n = (size_t)(slash - path);
        bool fits = n < sizeof name;
        memcpy(name, path, fits ? n : 0);
        name[fits ? n : 0] = 0; /* no file has an empty name */
        folder = descend(root, folder, name);
    }
    if (folder < 0)
        return -1;
    int fd = openat(folder, path, FLAGS | O_NOFOLLOW);
    int reason = errno;
    if (folder != root)
        close(folder);
    errno = reason;
    return fd;
}

static int open_either_way(int folder, const char *path)
{
    static _Atomic bool is_old_kernel;
    if (!atomic_load_explicit(&is_old_kernel, memory_order_relaxed)) {
        int fd = cairn_open_beneath(folder, path);
        /* EPERM is also what a filter of system calls says; of a file it would be said in the other way as well. */
        if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
            return fd;
        if (errno == ENOSYS)
            atomic_store_explicit(&is_old_kernel, true, memory_order_relaxed);
    }
    return cairn_open_stepwise(folder, path);
}

static cairn_code no_such_file(cairn_error *error)
{
    return cairn_error_set(error, CAIRN_NOT_FOUND, "there is no such file");
}

static cairn_code refuse(int reason, cairn_error *error)
{
    switch (reason) {
    case EACCES:
    case EPERM:
        return cairn_error_set(error, CAIRN_CONFLICT, "the server may not read this file");
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EXDEV: /* a link that leads out */
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
    case EINVAL:
    case EILSEQ:
        return no_such_file(error);
    case EMFILE:
    case ENFILE:
        return cairn_error_set(error, CAIRN_BUSY, "too many files are open, try again in a moment");
    default: /* EIO, ESTALE, ENOTCONN, ENOMEM ...: "not found" would be read as a chunk of fill values */
        return cairn_error_set(error, CAIRN_BUSY, "the file can't be read at the moment: %s", strerror(reason));
    }
}

static cairn_code look_at(int fd, int *out, struct stat *status, cairn_error *error)
{
    if (fstat(fd, status) != 0) {
        int reason = errno;
        close(fd);
        return refuse(reason, error);
    }
    if (!S_ISREG(status->st_mode)) {
        close(fd);
        return no_such_file(error);
    }
    *out = fd;
    return CAIRN_OK;
}

cairn_code cairn_asset_open(int folder, const char *path, int *out, struct stat *status, cairn_error *error)
{
    int fd = open_either_way(folder, path);
    return fd < 0 ? refuse(errno, error) : look_at(fd, out, status, error);
}

bool cairn_asset_open_straight(const char *path, int *out, struct stat *status)
{
    int fd = open_resolved(AT_FDCWD, path, RESOLVE_NO_SYMLINKS);
    return fd >= 0 && look_at(fd, out, status, NULL) == CAIRN_OK;
}
