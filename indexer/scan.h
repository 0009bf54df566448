/* Finds the end of a JSON value in bytes that arrive piece by piece, and on the way the top-level arrays that a reader
 * takes element by element. It balances brackets and strings and checks nothing else. */
#ifndef CAIRN_INDEXER_SCAN_H
#define CAIRN_INDEXER_SCAN_H

#include "base/span.h"

typedef enum cairn_scan_event {
    CAIRN_SCAN_MORE,    /* all bytes are used, the value goes on */
    CAIRN_SCAN_ARRAY,   /* scan->at is at the '[' of a member that is to be streamed */
    CAIRN_SCAN_END,     /* scan->at is just behind the value */
    CAIRN_SCAN_NEWLINE, /* a line ended inside of a string: this is no JSON */
} cairn_scan_event;

typedef struct cairn_scan {
    size_t at;    /* offset of the next byte to look at */
    size_t depth; /* of open brackets */
    bool in_string;
    bool streams;      /* the value is an object whose arrays may be streamed */
    bool wants_key;    /* at depth 1: the next string is a key */
    bool wants_value;  /* at depth 1: behind the colon */
    size_t key, key_n; /* the last key at depth 1, between its quotes */
    size_t value;      /* where its value begins */
} cairn_scan;

/* Starts a scan at the value's first byte, which must be one of { and [. */
void cairn_scan_start(cairn_scan *scan, bool streams);
/* Goes on behind the elements of a streamed array: the text then begins at its ']'. */
void cairn_scan_resume(cairn_scan *scan);
/* Goes on in text (the value from its first byte on). */
cairn_scan_event cairn_scan_run(cairn_scan *scan, cairn_span text);

#endif
