#include "stac/crs_files.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* PROJ's folders, ':' between them; NULL: none. It lives as long as the process. */
static char *folders;
static pthread_once_t folders_once = PTHREAD_ONCE_INIT;

static void find_folders(void)
{
    const char *path = proj_info().searchpath;
    folders = path ? strdup(path) : NULL;
}

static bool lies_within(const char *name, const char *folder, size_t n)
{
    while (n && folder[n - 1] == '/')
        n--;
    return n && strncmp(name, folder, n) == 0 && name[n] == '/';
}

static bool is_own(const char *name)
{
    pthread_once(&folders_once, find_folders);
    for (const char *at = folders; at && *at && !strstr(name, "/../");) {
        size_t n = strcspn(at, ":");
        if (lies_within(name, at, n))
            return true;
        at += n + (at[n] == ':');
    }
    return false;
}

/* O_NONBLOCK: a FIFO is not waited for. */
static FILE *open_regular(const char *name)
{
    struct stat there;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    FILE *file = fd >= 0 && fstat(fd, &there) == 0 && S_ISREG(there.st_mode) ? fdopen(fd, "rb") : NULL;
    if (!file && fd >= 0)
        close(fd);
    return file;
}

static PROJ_FILE_HANDLE *open_file(PJ_CONTEXT *context, const char *name, PROJ_OPEN_ACCESS access, void *user)
{
    (void)context, (void)user;
    return access == PROJ_OPEN_ACCESS_READ_ONLY && is_own(name) ? (PROJ_FILE_HANDLE *)open_regular(name) : NULL;
}

static size_t read_file(PJ_CONTEXT *context, PROJ_FILE_HANDLE *handle, void *buffer, size_t n, void *user)
{
    (void)context, (void)user;
    return fread(buffer, 1, n, (FILE *)handle);
}

static size_t write_file(PJ_CONTEXT *context, PROJ_FILE_HANDLE *handle, const void *buffer, size_t n, void *user)
{
    (void)context, (void)handle, (void)buffer, (void)n, (void)user;
    return 0;
}

static int seek_file(PJ_CONTEXT *context, PROJ_FILE_HANDLE *handle, long long offset, int whence, void *user)
{
    (void)context, (void)user;
    return fseeko((FILE *)handle, (off_t)offset, whence) == 0;
}

static unsigned long long tell_file(PJ_CONTEXT *context, PROJ_FILE_HANDLE *handle, void *user)
{
    (void)context, (void)user;
    return (unsigned long long)ftello((FILE *)handle);
}

static void close_file(PJ_CONTEXT *context, PROJ_FILE_HANDLE *handle, void *user)
{
    (void)context, (void)user;
    fclose((FILE *)handle);
}

static int has_file(PJ_CONTEXT *context, const char *name, void *user)
{
    (void)context, (void)user;
    return is_own(name) && access(name, F_OK) == 0;
}

static int refuse_name(PJ_CONTEXT *context, const char *name, void *user)
{
    (void)context, (void)name, (void)user;
    return 0;
}

static int refuse_rename(PJ_CONTEXT *context, const char *from, const char *to, void *user)
{
    (void)context, (void)from, (void)to, (void)user;
    return 0;
}

bool cairn_crs_guard_files(PJ_CONTEXT *context)
{
    static const PROJ_FILE_API files = {1,          open_file, read_file,   write_file,  seek_file,    tell_file,
                                        close_file, has_file,  refuse_name, refuse_name, refuse_rename};
    return proj_context_set_fileapi(context, &files, NULL) != 0;
}
