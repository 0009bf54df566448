/* The stored form of a text (an item's open form): bytes with an encoding, the CRC-32 and length of the plain text.
 *
 * The compact encoding: number of a dictionary (base/dictionary.h; 0: none) times 4, plus which of its patterns the
 * frame is a delta of (0: of none); place; frame. Numbers are LEB128. `place`
 * 0: the text is that of the frame. Else a second text belongs into the first, behind `place` - 1 of its bytes: then
 * the lengths of that text and of its bytes follow, and these bytes, which are compact, too, and hold no other, and
 * then the frame of the first text. So the properties of an item are kept once, and can be taken out of the bytes of
 * its body as in the other encoding (store/properties.h). */
#ifndef CAIRN_STORE_PACK_H
#define CAIRN_STORE_PACK_H

#include "base/deflate.h"

typedef enum cairn_encoding {
    CAIRN_ENCODING_PLAIN = 0,   /* the text itself */
    CAIRN_ENCODING_DEFLATE = 1, /* one spliceable block, see base/deflate.h */
    CAIRN_ENCODING_COMPACT = 2, /* zstd with a dictionary */
} cairn_encoding;

typedef struct cairn_packed {
    cairn_encoding encoding;
    uint32_t crc;     /* CRC-32 of the plain text */
    size_t length;    /* of the plain text */
    cairn_span bytes; /* absent: there is no such text */
} cairn_packed;

/* Packs by deflate, or plain when that is no smaller. The bytes are appended to `out`, where the result points into:
 * it is valid until `out` changes. False when `out` failed. */
bool cairn_pack(cairn_codec *codec, cairn_span text, cairn_buf *out, cairn_packed *packed);
/* For those who pack: the bytes of `text` are in `out`, from `start` on; when that is no smaller, the text itself. */
bool cairn_pack_end(cairn_encoding encoding, cairn_span text, size_t start, cairn_buf *out, cairn_packed *packed);
/* Appends the plain text; checks length and encoding, and the CRC when `verify`. Compact texts want the dictionaries
 * that the codec was given. */
cairn_code cairn_unpack(cairn_codec *codec, const cairn_packed *packed, bool verify, cairn_buf *out,
                        cairn_error *error);
/* The same for a text that is kept as a patch (base/patch.h) of another one; no bytes of it: the other one. */
cairn_code cairn_unpack_patched(cairn_codec *codec, const cairn_packed *other, const cairn_packed *patch,
                                cairn_buf *out, cairn_error *error);

#endif
