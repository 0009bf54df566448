#include "indexer/stream.h"

#include "indexer/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { RAW_ROOM = 256 * 1024 };

typedef enum coding { CODING_UNKNOWN, CODING_PLAIN, CODING_GZIP, CODING_ZSTD } coding;

struct cairn_stream {
    int fd;
    bool owns_fd;
    bool raw_end;  /* the file has no more bytes */
    bool in_frame; /* the compressed data is in the middle of a member or frame */
    coding coding;
    struct stat facts;
    uint64_t raw_bytes;
    size_t raw_at, raw_n; /* raw[raw_at..raw_n) is still to be used */
    z_stream gzip;
    ZSTD_DStream *zstd;
    char raw[RAW_ROOM];
};

static cairn_code open_error(const char *path, int number, cairn_error *error)
{
    char name[256];
    cairn_code code = number == ENOENT || number == ENOTDIR ? CAIRN_NOT_FOUND : CAIRN_IO;
    return cairn_error_set(error, code, "%s: cannot be opened: %s", cairn_quote(cairn_span_of(path), name, sizeof name),
                           strerror(number));
}

static cairn_code open_descriptor(cairn_stream *stream, const char *path, cairn_error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    stream->fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    stream->owns_fd = !is_stdin;
    if (stream->fd < 0 || fstat(stream->fd, &stream->facts) != 0)
        return open_error(path, errno, error);
    if (S_ISDIR(stream->facts.st_mode))
        return cairn_error_set(error, CAIRN_INVALID, "%s: is a directory, expected a file", path);
    if (S_ISREG(stream->facts.st_mode))
        (void)posix_fadvise(stream->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return CAIRN_OK;
}

cairn_code cairn_stream_open(const char *path, cairn_stream **out, cairn_error *error)
{
    cairn_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when opening a source");
    stream->fd = -1;
    cairn_code code = open_descriptor(stream, path, error);
    if (code != CAIRN_OK) {
        cairn_stream_close(stream);
        return code;
    }
    *out = stream;
    return CAIRN_OK;
}

void cairn_stream_close(cairn_stream *stream)
{
    if (!stream)
        return;
    if (stream->coding == CODING_GZIP)
        inflateEnd(&stream->gzip);
    ZSTD_freeDStream(stream->zstd);
    if (stream->owns_fd && stream->fd >= 0)
        close(stream->fd);
    free(stream);
}

static cairn_code read_descriptor(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    *n = 0;
    while (!stream->raw_end) {
        if (cairn_interrupted())
            return cairn_error_set(error, CAIRN_DEADLINE, "reading was interrupted");
        ssize_t got = read(stream->fd, into, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cairn_error_set(error, CAIRN_IO, "reading failed: %s", strerror(errno));
        stream->raw_end = got == 0;
        stream->raw_bytes += (uint64_t)got;
        *n = (size_t)got;
        break;
    }
    return CAIRN_OK;
}

/* Puts more raw bytes behind those that are there (at least one more, unless the file is at its end). */
static cairn_code refill(cairn_stream *stream, cairn_error *error)
{
    memmove(stream->raw, stream->raw + stream->raw_at, stream->raw_n - stream->raw_at);
    stream->raw_n -= stream->raw_at;
    stream->raw_at = 0;
    size_t n = 0;
    cairn_code code = read_descriptor(stream, stream->raw + stream->raw_n, RAW_ROOM - stream->raw_n, &n, error);
    stream->raw_n += n;
    return code;
}

static coding coding_of(const char *raw, size_t n)
{
    static const unsigned char gzip_magic[] = {0x1f, 0x8b};
    static const unsigned char zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (n >= sizeof gzip_magic && memcmp(raw, gzip_magic, sizeof gzip_magic) == 0)
        return CODING_GZIP;
    if (n >= sizeof zstd_magic && memcmp(raw, zstd_magic, sizeof zstd_magic) == 0)
        return CODING_ZSTD;
    return CODING_PLAIN;
}

static cairn_code detect(cairn_stream *stream, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && stream->raw_n < 4 && !stream->raw_end)
        code = refill(stream, error);
    if (code != CAIRN_OK)
        return code;
    coding found = coding_of(stream->raw, stream->raw_n);
    if (found == CODING_GZIP && inflateInit2(&stream->gzip, 15 + 16) != Z_OK)
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when opening gzip data");
    if (found == CODING_ZSTD && !(stream->zstd = ZSTD_createDStream()))
        return cairn_error_set(error, CAIRN_NOMEM, "out of memory when opening zstd data");
    stream->coding = found;
    return CAIRN_OK;
}

static cairn_code read_plain(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    size_t left = stream->raw_n - stream->raw_at;
    if (left == 0)
        return read_descriptor(stream, into, room, n, error);
    *n = left < room ? left : room;
    memcpy(into, stream->raw + stream->raw_at, *n);
    stream->raw_at += *n;
    return CAIRN_OK;
}

/* Between two members: another one, the zero bytes with which tapes are filled, or something that is no gzip. */
static cairn_code next_member(cairn_stream *stream, cairn_error *error)
{
    while (stream->raw_at < stream->raw_n && stream->raw[stream->raw_at] == '\0')
        stream->raw_at++;
    if (stream->raw_at == stream->raw_n)
        return CAIRN_OK;
    if ((unsigned char)stream->raw[stream->raw_at] != 0x1f || inflateReset(&stream->gzip) != Z_OK)
        return cairn_error_set(error, CAIRN_CORRUPT, "there are bytes behind the gzip data that are no gzip data");
    return CAIRN_OK;
}

static cairn_code step_gzip(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    if (!stream->in_frame) {
        cairn_code code = next_member(stream, error);
        if (code != CAIRN_OK || stream->raw_at == stream->raw_n)
            return code;
        stream->in_frame = true;
    }
    z_stream *z = &stream->gzip;
    z->next_in = (Bytef *)(stream->raw + stream->raw_at);
    z->avail_in = (uInt)(stream->raw_n - stream->raw_at);
    z->next_out = (Bytef *)into;
    z->avail_out = (uInt)(room > UINT32_MAX ? UINT32_MAX : room);
    int status = inflate(z, Z_NO_FLUSH);
    stream->raw_at = stream->raw_n - z->avail_in;
    *n = (size_t)((char *)z->next_out - into);
    if (status == Z_STREAM_END)
        stream->in_frame = false;
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return cairn_error_set(error, CAIRN_CORRUPT, "damaged gzip data: %s", z->msg ? z->msg : "cannot be inflated");
    return CAIRN_OK;
}

static cairn_code step_zstd(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    ZSTD_inBuffer in = {stream->raw + stream->raw_at, stream->raw_n - stream->raw_at, 0};
    ZSTD_outBuffer out = {into, room, 0};
    size_t status = ZSTD_decompressStream(stream->zstd, &out, &in);
    stream->raw_at += in.pos;
    *n = out.pos;
    if (ZSTD_isError(status))
        return cairn_error_set(error, CAIRN_CORRUPT, "damaged zstd data: %s", ZSTD_getErrorName(status));
    stream->in_frame = status != 0;
    return CAIRN_OK;
}

static cairn_code read_compressed(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    for (;;) {
        cairn_code code = CAIRN_OK;
        if (stream->raw_at == stream->raw_n)
            code = refill(stream, error);
        bool ended = stream->raw_at == stream->raw_n;
        /* A decoder may hold plain bytes back, so it is asked once more at the end of the file. */
        if (code == CAIRN_OK && (!ended || stream->in_frame))
            code = stream->coding == CODING_GZIP ? step_gzip(stream, into, room, n, error)
                                                 : step_zstd(stream, into, room, n, error);
        if (code != CAIRN_OK || *n > 0)
            return code;
        if (ended)
            break;
    }
    if (stream->in_frame)
        return cairn_error_set(error, CAIRN_CORRUPT, "the %s data ends too early: the file was cut",
                               stream->coding == CODING_GZIP ? "gzip" : "zstd");
    return CAIRN_OK;
}

cairn_code cairn_stream_read(cairn_stream *stream, char *into, size_t room, size_t *n, cairn_error *error)
{
    *n = 0;
    cairn_code code = stream->coding == CODING_UNKNOWN ? detect(stream, error) : CAIRN_OK;
    if (code != CAIRN_OK)
        return code;
    return stream->coding == CODING_PLAIN ? read_plain(stream, into, room, n, error)
                                          : read_compressed(stream, into, room, n, error);
}

uint64_t cairn_stream_raw_bytes(const cairn_stream *stream)
{
    return stream->raw_bytes;
}

bool cairn_stream_is_regular(const cairn_stream *stream)
{
    return S_ISREG(stream->facts.st_mode);
}

uint64_t cairn_stream_raw_size(const cairn_stream *stream)
{
    return cairn_stream_is_regular(stream) && stream->facts.st_size > 0 ? (uint64_t)stream->facts.st_size : 0;
}

cairn_file_id cairn_stream_file_id(const cairn_stream *stream)
{
    return (cairn_file_id){stream->facts.st_dev, stream->facts.st_ino};
}
