/* Item bytes as raw-deflate blocks that can be spliced into a gzip reply (RFC 1951, 1952).
 *
 * A block made here has no final bit and ends with an empty stored block on a byte boundary. Blocks can be concatenated
 * in any order between a gzip header and trailer; the CRC-32 of the whole comes from those of the parts.
 * Thread-safety: a codec belongs to one thread; it is made once and reused. */
#ifndef CAIRN_BASE_DEFLATE_H
#define CAIRN_BASE_DEFLATE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/squeeze.h"

typedef struct cairn_codec cairn_codec;
struct cairn_dictionaries; /* base/dictionary.h */

/* level: from 1 (quick, as small as libdeflate's 6 where texts have a few kilobytes; the default of the indexer) to 12
 * (small); those above 1 are libdeflate's. NULL when out of memory. */
cairn_codec *cairn_codec_new(int level);
void cairn_codec_free(cairn_codec *codec);
/* What texts of the compact form are unpacked with. The codec owns it; NULL until it was given any. */
void cairn_codec_give(cairn_codec *codec, struct cairn_dictionaries *dictionaries);
struct cairn_dictionaries *cairn_codec_dictionaries(const cairn_codec *codec);

/* Appends `text` as one spliceable deflate block. For a moment needs room for slightly more than `text` itself. */
bool cairn_deflate_block(cairn_codec *codec, cairn_span text, cairn_buf *out);
/* The same for a text that is only ever inflated behind the `before` bytes that lie in front of it in memory, which
 * were given one call before or earlier: it may refer to them. */
bool cairn_deflate_behind(cairn_codec *codec, cairn_span text, size_t before, cairn_buf *out);
/* Appends the `length` bytes that `block` inflates to; CAIRN_CORRUPT when it doesn't, or does to another length. */
cairn_code cairn_inflate_block(cairn_codec *codec, cairn_span block, size_t length, cairn_buf *out, cairn_error *error);

uint32_t cairn_crc32(cairn_span bytes);

/* ---- a gzip member made of text and blocks ---- */
typedef struct cairn_gzip {
    cairn_buf *out;
    uint32_t crc;
    uint64_t length;        /* of the uncompressed text so far */
    cairn_squeeze *squeeze; /* made when it is needed */
} cairn_gzip;

void cairn_gzip_begin(cairn_gzip *gzip, cairn_buf *out);
/* Generated text, as stored blocks or compressed, whichever is smaller; ends on a byte boundary. A thread that gives
 * more than CAIRN_SQUEEZE_MAX bytes at once keeps a compressor of about 40 KB until it ends. */
bool cairn_gzip_text(cairn_gzip *gzip, cairn_span text);
/* A block of cairn_deflate_block(), or several one behind the other, copied untouched. */
bool cairn_gzip_splice(cairn_gzip *gzip, cairn_span block, uint32_t crc, size_t length);
/* A text as a block of its own, compressed by the codec. */
bool cairn_gzip_block(cairn_gzip *gzip, cairn_codec *codec, cairn_span text);
/* What was added since `before`, a copy, is to be thrown away by the caller: it stands where it stood then. */
void cairn_gzip_go_back(cairn_gzip *gzip, const cairn_gzip *before);
bool cairn_gzip_end(cairn_gzip *gzip);
/* Only for a member that was not ended. */
void cairn_gzip_free(cairn_gzip *gzip);

/* The whole text as one gzip member, compressed by the codec. */
bool cairn_gzip_whole(cairn_codec *codec, cairn_span text, cairn_buf *out);

#endif
