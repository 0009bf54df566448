/* Bytes of a source: a file, a pipe or standard input, plain or compressed by gzip (several members too) or zstd
 * (several frames too), told apart by their first bytes, whatever the name. Nothing is read ahead beyond one buffer.
 * Thread-safety: a stream belongs to one thread. */
#ifndef CAIRN_INDEXER_STREAM_H
#define CAIRN_INDEXER_STREAM_H

#include "base/error.h"

#include <stdint.h>
#include <sys/types.h>

typedef struct cairn_stream cairn_stream;

/* Which file it is, whatever its name. */
typedef struct cairn_file_id {
    dev_t device;
    ino_t inode;
} cairn_file_id;

/* Opens `path` ("-": standard input). CAIRN_NOT_FOUND when it is not there, CAIRN_IO when the system says no, and
 * CAIRN_INVALID for a directory. The caller closes *out. */
cairn_code cairn_stream_open(const char *path, cairn_stream **out, cairn_error *error);
void cairn_stream_close(cairn_stream *stream);

/* Reads at least one and at most `room` plain bytes; *n is 0 at the end. CAIRN_CORRUPT when compressed data is damaged
 * or ends too early, CAIRN_IO when reading fails, CAIRN_DEADLINE when the program was asked to stop meanwhile. */
cairn_code cairn_stream_read(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error);

/* Bytes of the file itself that were read so far: compressed ones where it is compressed. */
uint64_t cairn_stream_raw_bytes(const cairn_stream *stream);
/* True for a file on a disk, that has an end and a place; false for pipes, terminals and devices. */
bool cairn_stream_is_regular(const cairn_stream *stream);
/* The size of a regular file, 0 of anything else. */
uint64_t cairn_stream_raw_size(const cairn_stream *stream);
cairn_file_id cairn_stream_file_id(const cairn_stream *stream);

#endif
