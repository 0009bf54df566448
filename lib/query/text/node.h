/* Inside of free text: what a query is. */
#ifndef CAIRN_QUERY_TEXT_NODE_H
#define CAIRN_QUERY_TEXT_NODE_H

#include "query/text/text.h"

typedef enum cairn_text_kind { CAIRN_TEXT_PHRASE, CAIRN_TEXT_ALL, CAIRN_TEXT_ANY } cairn_text_kind;

typedef struct cairn_text_node {
    cairn_text_kind kind;
    bool forbidden;                /* it must not match */
    bool all_but;                  /* it matches a text without any word */
    cairn_span words;              /* PHRASE: " one two ", with a blank at both ends */
    size_t height;                 /* 0 of a phrase */
    struct cairn_text_node *first; /* ALL, ANY: what they are made of, two at least, the highest first */
    struct cairn_text_node *next;  /* the next one in that */
} cairn_text_node;

struct cairn_text_query {
    cairn_text_node *root;
};

#endif
