#include "base/crc.h"
#include "base/deflate.h"

#include <libdeflate.h>
#include <pthread.h>
#include <stdlib.h>
#include <zlib.h>

/* Of large texts; small ones are squeezed. */
enum { WINDOW_BITS = 12, MEMORY_LEVEL = 5, LEVEL = 6 };
enum { WORTH_COMPRESSING = 16, STORED_MAX = 65535, STORED_HEADER = 5 };

/* One compressor a thread, freed when the thread ends. */
static pthread_key_t compressor_key;
static bool compressor_key_ready;

static void free_compressor(void *z)
{
    deflateEnd(z);
    free(z);
}

static void make_compressor_key(void)
{
    compressor_key_ready = pthread_key_create(&compressor_key, free_compressor) == 0;
}

static z_stream *make_compressor(void)
{
    z_stream *z = calloc(1, sizeof *z);
    if (!z)
        return NULL;
    if (deflateInit2(z, LEVEL, Z_DEFLATED, -WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(z);
        return NULL;
    }
    if (pthread_setspecific(compressor_key, z) != 0) {
        free_compressor(z);
        return NULL;
    }
    return z;
}

/* The thread's compressor, reset; NULL when there is no memory for one. */
static z_stream *get_compressor(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_compressor_key);
    if (!compressor_key_ready)
        return NULL;
    z_stream *z = pthread_getspecific(compressor_key);
    if (!z)
        return make_compressor();
    return deflateReset(z) == Z_OK ? z : NULL;
}

static void put_number(unsigned char *out, size_t bytes, uint64_t value)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> (8 * i));
}

static size_t stored_size(size_t n)
{
    return n + (n / STORED_MAX + (n % STORED_MAX != 0)) * STORED_HEADER;
}

static bool add_stored(cairn_buf *out, cairn_span text)
{
    while (text.n) {
        size_t n = text.n < STORED_MAX ? text.n : STORED_MAX;
        unsigned char header[STORED_HEADER] = {0};
        put_number(header + 1, 2, n);
        put_number(header + 3, 2, ~n);
        cairn_buf_add(out, header, sizeof header);
        if (!cairn_buf_add(out, text.p, n))
            return false;
        text = cairn_span_make(text.p + n, text.n - n);
    }
    return !out->failed;
}

/* Adds the text compressed when that is smaller than stored; false when nothing was added. */
static bool add_compressed(cairn_buf *out, cairn_span text)
{
    z_stream *z = text.n <= UINT32_MAX / 2 ? get_compressor() : NULL;
    size_t room = stored_size(text.n);
    char *to = z ? cairn_buf_reserve(out, room) : NULL;
    if (!to)
        return false;
    z->next_in = (unsigned char *)text.p;
    z->avail_in = (uInt)text.n;
    z->next_out = (unsigned char *)to;
    z->avail_out = (uInt)room;
    if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_out == 0)
        return false;
    out->n += room - z->avail_out;
    return true;
}

void cairn_gzip_begin(cairn_gzip *gzip, cairn_buf *out)
{
    /* RFC 1952 2.3: magic, deflate, no flags, no time, no extra flags, unknown system. */
    static const unsigned char HEADER[10] = {0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF};
    *gzip = (cairn_gzip){.out = out};
    cairn_buf_add(out, HEADER, sizeof HEADER);
}

/* False when it is to be stored. */
static bool add_squeezed(cairn_gzip *gzip, cairn_span text)
{
    if (!gzip->squeeze && !(gzip->squeeze = cairn_squeeze_new()))
        return false;
    return cairn_squeeze_text(gzip->squeeze, text, gzip->length, stored_size(text.n), gzip->out);
}

bool cairn_gzip_text(cairn_gzip *gzip, cairn_span text)
{
    if (text.n == 0)
        return !gzip->out->failed;
    bool small = text.n <= CAIRN_SQUEEZE_MAX;
    bool added = text.n >= WORTH_COMPRESSING && (small ? add_squeezed(gzip, text) : add_compressed(gzip->out, text));
    gzip->crc = libdeflate_crc32(gzip->crc, text.p, text.n);
    gzip->length += text.n;
    return added || add_stored(gzip->out, text);
}

bool cairn_gzip_splice(cairn_gzip *gzip, cairn_span block, uint32_t crc, size_t length)
{
    gzip->crc = cairn_crc32_combine(gzip->crc, crc, length);
    gzip->length += length;
    return cairn_buf_add_span(gzip->out, block);
}

bool cairn_gzip_block(cairn_gzip *gzip, cairn_codec *codec, cairn_span text)
{
    gzip->crc = libdeflate_crc32(gzip->crc, text.p, text.n);
    gzip->length += text.n;
    return cairn_deflate_block(codec, text, gzip->out);
}

void cairn_gzip_go_back(cairn_gzip *gzip, const cairn_gzip *before)
{
    gzip->out = before->out;
    gzip->crc = before->crc;
    gzip->length = before->length;
    if (gzip->squeeze)
        cairn_squeeze_forget(gzip->squeeze);
}

void cairn_gzip_free(cairn_gzip *gzip)
{
    cairn_squeeze_free(gzip->squeeze);
    gzip->squeeze = NULL;
}

bool cairn_gzip_end(cairn_gzip *gzip)
{
    unsigned char end[10] = {0x03, 0x00}; /* an empty final block with fixed codes */
    put_number(end + 2, 4, gzip->crc);
    put_number(end + 6, 4, gzip->length);
    cairn_gzip_free(gzip);
    return cairn_buf_add(gzip->out, end, sizeof end);
}
