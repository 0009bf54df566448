/* The first two bytes are a length, the rest is inflated as a block of that length (hostile bytes in a catalog); then
 * the rest is deflated, inflated and compared, quickly and well, whole and in two parts. */
#include "fuzz.h"

#include "base/deflate.h"

static void inflate_hostile(cairn_codec *codec, cairn_span block, size_t length)
{
    cairn_buf out = CAIRN_BUF_INIT(1 << 20);
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = cairn_inflate_block(codec, block, length, &out, &error);
    FUZZ_ASSERT(code == CAIRN_OK || code == CAIRN_CORRUPT);
    FUZZ_ASSERT(out.n == (code == CAIRN_OK ? length : 0));
    cairn_buf_free(&out);
}

static void round_trip(cairn_codec *codec, cairn_span text)
{
    cairn_buf block = CAIRN_BUF_INIT(1 << 24), back = CAIRN_BUF_INIT(1 << 24);
    FUZZ_ASSERT(cairn_deflate_block(codec, text, &block));
    FUZZ_ASSERT(cairn_inflate_block(codec, cairn_buf_span(&block), text.n, &back, NULL) == CAIRN_OK);
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&back), text));
    cairn_buf_free(&block);
    cairn_buf_free(&back);
}

static void two_parts(cairn_codec *codec, cairn_span text, size_t first)
{
    cairn_buf block = CAIRN_BUF_INIT(1 << 24), back = CAIRN_BUF_INIT(1 << 24);
    FUZZ_ASSERT(cairn_deflate_block(codec, cairn_span_make(text.p, first), &block));
    FUZZ_ASSERT(cairn_deflate_behind(codec, cairn_span_make(text.p + first, text.n - first), first, &block));
    FUZZ_ASSERT(cairn_inflate_block(codec, cairn_buf_span(&block), text.n, &back, NULL) == CAIRN_OK);
    FUZZ_ASSERT(cairn_span_equal(cairn_buf_span(&back), text));
    cairn_buf_free(&block);
    cairn_buf_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    cairn_span rest = cairn_span_make((const char *)data + 2, size - 2);
    for (int level = 1; level <= 6; level += 5) {
        cairn_codec *codec = cairn_codec_new(level);
        FUZZ_ASSERT(codec);
        inflate_hostile(codec, rest, (size_t)data[0] << 8 | data[1]);
        round_trip(codec, rest);
        two_parts(codec, rest, (size_t)data[0] % (rest.n + 1));
        cairn_codec_free(codec);
    }
    return 0;
}
