/* Inside lib/query/cql2: CQL2-Text as tokens, one at a time. Nothing is copied. */
#ifndef CAIRN_QUERY_CQL2_SCAN_H
#define CAIRN_QUERY_CQL2_SCAN_H

#include "base/span.h"

typedef enum cairn_cql2_token_kind {
    CAIRN_CQL2_T_END,
    CAIRN_CQL2_T_NAME,   /* a bare name or keyword */
    CAIRN_CQL2_T_QUOTED, /* a name in double quotes; text without them, "" still doubled */
    CAIRN_CQL2_T_STRING, /* a string in single quotes; text without them, escapes as written */
    CAIRN_CQL2_T_NUMBER, /* without a sign */
    CAIRN_CQL2_T_SYMBOL, /* ( ) , + - * / % ^ = <> != < > <= >= */
    CAIRN_CQL2_T_BROKEN, /* a byte that begins nothing, or a quote that is never closed */
} cairn_cql2_token_kind;

typedef struct cairn_cql2_token {
    cairn_cql2_token_kind kind;
    cairn_span text;
    cairn_span whole; /* with quotes; absent at the end */
    size_t offset;
} cairn_cql2_token;

typedef struct cairn_cql2_scanner {
    cairn_span text;
    size_t at;
} cairn_cql2_scanner;

cairn_cql2_token cairn_cql2_scan(cairn_cql2_scanner *scanner);

/* True for what may be written as a name without quotes (grammar rule identifier), keywords not considered. */
bool cairn_cql2_is_identifier(cairn_span name);
/* AND, OR, NOT, LIKE, BETWEEN, IN, IS, NULL, TRUE, FALSE, DIV in any case: names that need quotes. */
bool cairn_cql2_is_reserved(cairn_span name);

/* The token is the symbol, or the bare word (any case). */
bool cairn_cql2_is_symbol(const cairn_cql2_token *token, const char *symbol);
bool cairn_cql2_is_word(const cairn_cql2_token *token, const char *word);

#endif
