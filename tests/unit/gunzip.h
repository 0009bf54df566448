/* What zlib says of a gzip member, which sees to the checksum and the length too. */
#ifndef CAIRN_TEST_GUNZIP_H
#define CAIRN_TEST_GUNZIP_H

#include "base/span.h"

#include <zlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static inline void assert_gunzips(cairn_span member, cairn_span want)
{
    z_stream z = {.next_in = (unsigned char *)member.p, .avail_in = (uInt)member.n};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    char *out = malloc(want.n + 1);
    assert_non_null(out);
    z.next_out = (unsigned char *)out;
    z.avail_out = (uInt)want.n + 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
    assert_int_equal(z.total_out, want.n);
    assert_memory_equal(out, want.p, want.n);
    free(out);
    inflateEnd(&z);
}

#endif
