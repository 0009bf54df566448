#include "base/deflate.h"

#include "base/deflate_quick.h"
#include "base/dictionary.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

enum { WALK_WINDOW = 32 << 10, SYNC_BYTES = 4, QUICK = 1 };

/* Longer texts have no time to gain. */
static const size_t QUICK_MOST = (size_t)1 << 30;

/* The end of an empty stored block: LEN 0 and its complement. */
static const unsigned char SYNC_MARK[SYNC_BYTES] = {0x00, 0x00, 0xFF, 0xFF};
/* An empty final block with fixed codes. */
static const unsigned char FINAL_BLOCK[2] = {0x03, 0x00};

struct cairn_codec {
    struct libdeflate_compressor *compressor;
    struct libdeflate_decompressor *decompressor;
    cairn_quick *quick; /* at level 1, else NULL */
    z_stream walker;    /* finds the bounds of blocks */
    bool walker_ready;
    cairn_buf scratch;
    cairn_dictionaries *dictionaries;
    unsigned char sink[WALK_WINDOW];
};

cairn_codec *cairn_codec_new(int level)
{
    cairn_codec *codec = calloc(1, sizeof *codec);
    if (!codec)
        return NULL;
    codec->scratch = (cairn_buf)CAIRN_BUF_INIT(SIZE_MAX / 2);
    codec->compressor = libdeflate_alloc_compressor(level);
    codec->decompressor = libdeflate_alloc_decompressor();
    codec->walker_ready = inflateInit2(&codec->walker, -MAX_WBITS) == Z_OK;
    if (level == QUICK)
        codec->quick = cairn_quick_new();
    if (codec->compressor && codec->decompressor && codec->walker_ready && (codec->quick || level != QUICK))
        return codec;
    cairn_codec_free(codec);
    return NULL;
}

void cairn_codec_free(cairn_codec *codec)
{
    if (!codec)
        return;
    if (codec->compressor)
        libdeflate_free_compressor(codec->compressor);
    if (codec->decompressor)
        libdeflate_free_decompressor(codec->decompressor);
    cairn_quick_free(codec->quick);
    if (codec->walker_ready)
        inflateEnd(&codec->walker);
    cairn_buf_free(&codec->scratch);
    cairn_dictionaries_free(codec->dictionaries);
    free(codec);
}

void cairn_codec_give(cairn_codec *codec, cairn_dictionaries *dictionaries)
{
    cairn_dictionaries_free(codec->dictionaries);
    codec->dictionaries = dictionaries;
}

cairn_dictionaries *cairn_codec_dictionaries(const cairn_codec *codec)
{
    return codec->dictionaries;
}

/* Where the last block's header begins and its data ends, in bits from the start of the stream. */
typedef struct last_block {
    size_t header;
    size_t end;
} last_block;

static bool find_last_block(cairn_codec *codec, const unsigned char *stream, size_t n, last_block *out)
{
    enum { UNUSED_BITS = 7, IN_LAST = 64, AT_BOUNDARY = 128 };
    z_stream *z = &codec->walker;
    if (n > UINT32_MAX || inflateReset(z) != Z_OK)
        return false;
    z->next_in = (unsigned char *)stream;
    z->avail_in = (uInt)n;
    out->header = 0;
    for (;;) {
        z->next_out = codec->sink;
        z->avail_out = sizeof codec->sink;
        int result = inflate(z, Z_BLOCK);
        size_t bit = (n - z->avail_in) * 8 - (size_t)(z->data_type & UNUSED_BITS);
        bool boundary = z->data_type & AT_BOUNDARY;
        if (result == Z_STREAM_END || (boundary && (z->data_type & IN_LAST))) {
            out->end = bit;
            return true;
        }
        if (result != Z_OK)
            return false;
        if (boundary)
            out->header = bit;
    }
}

/* Appends an empty stored block at a bit position; returns the length in bytes. */
static size_t append_sync(unsigned char *stream, size_t bit)
{
    size_t n = bit / 8;
    unsigned used = bit % 8;
    if (used)
        stream[n] &= (unsigned char)((1u << used) - 1);
    if (used)
        n++;
    if (used == 0 || used > 5)
        stream[n++] = 0; /* the three bits of the header do not fit in front of the byte boundary */
    memcpy(stream + n, SYNC_MARK, SYNC_BYTES);
    return n + SYNC_BYTES;
}

static bool deflate_well(cairn_codec *codec, cairn_span text, cairn_buf *out)
{
    size_t bound = libdeflate_deflate_compress_bound(codec->compressor, text.n);
    unsigned char *to = (unsigned char *)cairn_buf_reserve(out, bound + 1 + SYNC_BYTES);
    if (!to)
        return false;
    size_t n = libdeflate_deflate_compress(codec->compressor, text.p, text.n, to, bound);
    last_block last;
    if (n == 0 || !find_last_block(codec, to, n, &last)) {
        out->failed = true;
        return false;
    }
    to[last.header / 8] &= (unsigned char)~(1u << last.header % 8);
    out->n += append_sync(to, last.end);
    return true;
}

static bool deflate_quickly(cairn_codec *codec, cairn_span text, size_t before, cairn_buf *out)
{
    unsigned char *to = (unsigned char *)cairn_buf_reserve(out, cairn_quick_bound(text.n) + 1 + SYNC_BYTES);
    if (!to)
        return false;
    out->n += append_sync(to, cairn_quick_write(codec->quick, text, before, to));
    return true;
}

bool cairn_deflate_behind(cairn_codec *codec, cairn_span text, size_t before, cairn_buf *out)
{
    if (!text.n)
        text = cairn_span_of("");
    bool quick = codec->quick && text.n <= QUICK_MOST;
    return quick ? deflate_quickly(codec, text, before, out) : deflate_well(codec, text, out);
}

bool cairn_deflate_block(cairn_codec *codec, cairn_span text, cairn_buf *out)
{
    return cairn_deflate_behind(codec, text, 0, out);
}

static bool ends_in_sync(cairn_span block)
{
    return block.n > SYNC_BYTES && memcmp(block.p + block.n - SYNC_BYTES, SYNC_MARK, SYNC_BYTES) == 0;
}

cairn_code cairn_inflate_block(cairn_codec *codec, cairn_span block, size_t length, cairn_buf *out, cairn_error *error)
{
    cairn_buf *whole = &codec->scratch;
    cairn_buf_reset(whole);
    cairn_buf_add_span(whole, block);
    char *to = cairn_buf_reserve(out, length);
    if (!cairn_buf_add(whole, FINAL_BLOCK, sizeof FINAL_BLOCK) || !to)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory to inflate a block to %zu bytes", length);
    size_t read = 0;
    size_t written = 0;
    enum libdeflate_result result =
        libdeflate_deflate_decompress_ex(codec->decompressor, whole->p, whole->n, to, length, &read, &written);
    if (result != LIBDEFLATE_SUCCESS || read != whole->n || written != length || !ends_in_sync(block))
        return cairn_error_set(error, CAIRN_CORRUPT, "a block of %zu bytes does not inflate to %zu bytes", block.n,
                               length);
    out->n += length;
    return CAIRN_OK;
}

uint32_t cairn_crc32(cairn_span bytes)
{
    return bytes.n ? libdeflate_crc32(0, bytes.p, bytes.n) : 0;
}

bool cairn_gzip_whole(cairn_codec *codec, cairn_span text, cairn_buf *out)
{
    size_t bound = libdeflate_gzip_compress_bound(codec->compressor, text.n);
    char *to = cairn_buf_reserve(out, bound);
    if (!to)
        return false;
    const char *from = text.n ? text.p : "";
    size_t n = libdeflate_gzip_compress(codec->compressor, from, text.n, to, bound);
    out->n += n;
    out->failed = n == 0;
    return n != 0;
}
