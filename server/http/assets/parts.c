#include "http/assets/parts.h"

#include "base/buf.h"
#include "base/secret.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 << 10, BOUNDARY_BYTES = 12, MAX_HEADS = CAIRN_MAX_RANGES * 320 };

/* A head and the bytes of the file behind it; the end of all is a head without bytes. */
typedef struct part {
    size_t head, head_length; /* in `heads` */
    uint64_t start;           /* of the head, in the body */
    cairn_byte_range range;
} part;

typedef struct parts {
    int fd;
    size_t n, at; /* the part that is read */
    cairn_buf heads;
    part list[CAIRN_MAX_RANGES + 1];
} parts;

static void parts_free(void *context)
{
    parts *p = context;
    close(p->fd);
    cairn_buf_free(&p->heads);
    free(p);
}

static ssize_t read_file(int fd, uint64_t offset, char *out, size_t max)
{
    ssize_t n = pread(fd, out, max, (off_t)offset);
    return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t read_parts(void *context, uint64_t position, char *out, size_t max)
{
    parts *p = context;
    while (p->at + 1 < p->n && position >= p->list[p->at + 1].start)
        p->at++;
    const part *now = &p->list[p->at];
    uint64_t done = position - now->start;
    if (done >= now->head_length) {
        done -= now->head_length;
        uint64_t left = now->range.length - done;
        return read_file(p->fd, now->range.offset + done, out, left < max ? (size_t)left : max);
    }
    size_t n = now->head_length - (size_t)done < max ? now->head_length - (size_t)done : max;
    memcpy(out, p->heads.p + now->head + done, n);
    return (ssize_t)n;
}

/* Random, so that no file can have it inside. */
static bool make_boundary(char out[2 * BOUNDARY_BYTES + 1])
{
    unsigned char bytes[BOUNDARY_BYTES];
    if (!cairn_random(bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static uint64_t lay_out(parts *p, uint64_t size, const char *media_type, const char *boundary)
{
    uint64_t start = 0;
    for (size_t i = 0; i < p->n; i++) {
        part *now = &p->list[i];
        now->start = start;
        now->head = p->heads.n;
        if (i + 1 == p->n)
            cairn_buf_printf(&p->heads, "\r\n--%s--\r\n", boundary);
        else
            cairn_buf_printf(&p->heads,
                             "%s--%s\r\nContent-Type: %s\r\nContent-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64
                             "\r\n\r\n",
                             i ? "\r\n" : "", boundary, media_type, now->range.offset,
                             now->range.offset + now->range.length - 1, size);
        now->head_length = p->heads.n - now->head;
        start += now->head_length + now->range.length;
    }
    return start;
}

struct MHD_Response *cairn_parts_new(int fd, uint64_t size, const char *media_type, const cairn_byte_range *ranges,
                                     size_t n, char type[CAIRN_PARTS_TYPE_SIZE], uint64_t *length)
{
    char boundary[2 * BOUNDARY_BYTES + 1];
    parts *p = calloc(1, sizeof *p);
    if (!p) {
        close(fd);
        return NULL;
    }
    p->fd = fd;
    p->n = n + 1;
    p->heads = (cairn_buf)CAIRN_BUF_INIT(MAX_HEADS);
    for (size_t i = 0; i < n; i++)
        p->list[i].range = ranges[i];
    struct MHD_Response *out = NULL;
    if (make_boundary(boundary)) {
        snprintf(type, CAIRN_PARTS_TYPE_SIZE, "multipart/byteranges; boundary=%s", boundary);
        *length = lay_out(p, size, media_type, boundary);
        if (!p->heads.failed)
            out = MHD_create_response_from_callback(*length, BLOCK_BYTES, read_parts, p, parts_free);
    }
    if (!out)
        parts_free(p);
    return out;
}
