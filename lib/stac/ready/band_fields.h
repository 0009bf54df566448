/* Private to lib/stac/ready: the fields of a band under their three names, and what their values may be. */
#ifndef CAIRN_STAC_READY_BAND_FIELDS_H
#define CAIRN_STAC_READY_BAND_FIELDS_H

#include "stac/ready/parts.h"

/* What a value must be to pass the schemas of eo v1.1.0, raster v1.1.0 and STAC 1.1.0. */
typedef enum cairn_band_kind {
    CAIRN_BAND_STRING,
    CAIRN_BAND_WORDS, /* a string that is not empty */
    CAIRN_BAND_NUMBER,
    CAIRN_BAND_POSITIVE, /* a number from 0 */
    CAIRN_BAND_INTEGER,
    CAIRN_BAND_COMMON_NAME,
    CAIRN_BAND_DATA_TYPE,
    CAIRN_BAND_NODATA,
    CAIRN_BAND_SAMPLING,
    CAIRN_BAND_STATISTICS,
    CAIRN_BAND_HISTOGRAM,
} cairn_band_kind;

/* The three lists that an asset may have. */
typedef enum cairn_band_list {
    CAIRN_LIST_BANDS,
    CAIRN_LIST_EO,
    CAIRN_LIST_RASTER,
    CAIRN_LISTS,
} cairn_band_list;

typedef struct cairn_band_field {
    cairn_span name[CAIRN_LISTS]; /* absent: the list has no such field */
    cairn_band_kind kind;
    cairn_ready_slot asset; /* where version 2 has it on an asset; CAIRN_SLOTS: nowhere */
    bool moves;             /* from there into the bands, since version 1 does not allow it on an asset */
} cairn_band_field;

enum { CAIRN_BAND_FIELDS = 16 };
extern const cairn_band_field cairn_band_fields[CAIRN_BAND_FIELDS];

/* Whether the value may stand in the list under that name. */
bool cairn_band_value_fits(const cairn_band_field *field, cairn_band_list list, cairn_span value);
/* The value in the words of the list: rededge071 is eo v1's rededge. Absent when it may not stand there. */
cairn_span cairn_band_value_in(const cairn_band_field *field, cairn_band_list list, cairn_span value);

#endif
