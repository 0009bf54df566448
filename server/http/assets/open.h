/* Opens a file below a folder, and nothing outside of it. */
#ifndef CAIRN_HTTP_ASSETS_OPEN_H
#define CAIRN_HTTP_ASSETS_OPEN_H

#include "base/error.h"

#include <sys/stat.h>

/* Opens the regular file `path` ("a/b/c", no "." or ".." in it) below the open folder for reading, without ever waiting
 * for a pipe or a device, and looks at it. The kernel (openat2, Linux 5.6) follows symbolic links as long as they stay
 * below the folder; with older ones, or where that call is forbidden, none is followed. The caller closes *out.
 * CAIRN_NOT_FOUND: no regular file of that name, or one outside. CAIRN_CONFLICT: it is there and may not be read.
 * CAIRN_BUSY: too many open files, a file system that does not answer, or one that is changed all the time. */
cairn_code cairn_asset_open(int folder, const char *path, int *out, struct stat *status, cairn_error *error);

/* The same for an absolute path without symbolic links, "." and "..", in half the time: false when there is one, or
 * anything else is in the way, which cairn_asset_open() tells. */
bool cairn_asset_open_straight(const char *path, int *out, struct stat *status);

/* The two ways of doing it: a descriptor, or -1 and errno (ENOSYS or EPERM where there is no openat2). */
int cairn_open_beneath(int folder, const char *path);
int cairn_open_stepwise(int folder, const char *path);

#endif
