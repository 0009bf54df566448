/* Dates of HTTP (RFC 9110 5.6.7). No state. */
#ifndef CAIRN_HTTP_ASSETS_DATE_H
#define CAIRN_HTTP_ASSETS_DATE_H

#include "base/span.h"

#include <stdint.h>

enum { CAIRN_HTTP_DATE_SIZE = 30 };

/* "Sun, 06 Nov 1994 08:49:37 GMT"; "" for years that have no four digits. */
void cairn_http_date_format(int64_t seconds, char out[CAIRN_HTTP_DATE_SIZE]);
/* Seconds since 1970 of one of the three forms (IMF-fixdate, RFC 850, asctime); false for anything else. */
bool cairn_http_date_parse(cairn_span text, int64_t *seconds);

#endif
