/* Inside lib/query/cql2: what the parts of the parser of CQL2-Text share. */
#ifndef CAIRN_QUERY_CQL2_TEXT_H
#define CAIRN_QUERY_CQL2_TEXT_H

#include "query/cql2/build.h"
#include "query/cql2/scan.h"

/* Parentheses, NOT and calls may nest this deep: more than trees may, since not all make a level. */
enum { CAIRN_CQL2_TEXT_DEPTH = 2 * CAIRN_CQL2_MAX_DEPTH };
/* Lists within lists are looked through once a level: in all, no more than so many tokens. */
enum { CAIRN_CQL2_LOOK_MAX = 2000000 };

typedef struct cairn_cql2_text {
    cairn_cql2_builder b;
    cairn_cql2_scanner scanner; /* behind `token` */
    cairn_cql2_token token;     /* the next one */
    int depth;
    size_t looked; /* tokens that were only looked at, see CAIRN_CQL2_LOOK_MAX */
} cairn_cql2_text;

void cairn_cql2_advance(cairn_cql2_text *p);
/* Goes on behind the symbol when it is next. */
bool cairn_cql2_accept(cairn_cql2_text *p, const char *symbol);
/* The same, a fault when it is not. */
bool cairn_cql2_want(cairn_cql2_text *p, const char *symbol);
/* "expected WHAT" at the next token. */
cairn_cql2_node *cairn_cql2_surprise(cairn_cql2_text *p, const char *what);

/* A whole expression, and one operand: a literal, property, call or group. */
cairn_cql2_node *cairn_cql2_text_expression(cairn_cql2_text *p);
cairn_cql2_node *cairn_cql2_text_primary(cairn_cql2_text *p);

/* The members of a list up to its ')', the '(' being taken already. False on a fault. */
bool cairn_cql2_text_members(cairn_cql2_text *p, cairn_cql2_list *members);

/* A number token with an optional sign in front, spelled as in JSON; absent on a fault. */
cairn_span cairn_cql2_text_number(cairn_cql2_text *p, bool negative);
/* The next token, a string, decoded; absent on a fault. */
cairn_span cairn_cql2_text_string(cairn_cql2_text *p, const char *what);

/* POINT ... GEOMETRYCOLLECTION: index of the type, or -1. */
int cairn_cql2_wkt_type(cairn_span name);
/* The literal behind its name (maybe Z) at `offset`. */
cairn_cql2_node *cairn_cql2_text_geometry(cairn_cql2_text *p, int type, size_t offset);
/* (w, s, e, n) or (w, s, z, e, n, z). */
cairn_cql2_node *cairn_cql2_text_bbox(cairn_cql2_text *p, size_t offset);

/* Adds to the message of a fault what may have led to it: another language's operator, a name that needs quotes. */
void cairn_cql2_text_hint(cairn_cql2_text *p);

#endif
