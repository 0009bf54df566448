/* Several ranges of a file in one answer: multipart/byteranges (RFC 9110 14.6). Private to the server. */
#ifndef CAIRN_HTTP_ASSETS_PARTS_H
#define CAIRN_HTTP_ASSETS_PARTS_H

#include "http/assets/range.h"

#include <microhttpd.h>

enum { CAIRN_PARTS_TYPE_SIZE = 80 };

/* The body: takes the file `fd` in any case. Writes the answer's Content-Type into `type`, its length into *length.
 * NULL when out of memory. A file that has become shorter closes the connection. */
struct MHD_Response *cairn_parts_new(int fd, uint64_t size, const char *media_type, const cairn_byte_range *ranges,
                                     size_t n, char type[CAIRN_PARTS_TYPE_SIZE], uint64_t *length);

#endif
