/* Inside of free text: the tokens of the advanced grammar. */
#ifndef CAIRN_QUERY_TEXT_LEX_H
#define CAIRN_QUERY_TEXT_LEX_H

#include "base/buf.h"
#include "base/error.h"

typedef enum cairn_text_token_kind {
    CAIRN_TEXT_END,
    CAIRN_TEXT_AND,
    CAIRN_TEXT_OR,
    CAIRN_TEXT_OPEN,
    CAIRN_TEXT_CLOSE,
    CAIRN_TEXT_TERM,
} cairn_text_token_kind;

typedef struct cairn_text_token {
    cairn_text_token_kind kind;
    char sign;         /* OPEN, TERM: '+', '-' or 0 */
    const char *start; /* its first byte in the text */
    cairn_span words;  /* TERM: " one two ", in the lexer's buffer until the next token */
} cairn_text_token;

typedef struct cairn_text_lexer {
    const char *at;
    const char *end;
    cairn_buf words;
} cairn_text_lexer;

/* The next token; a word or phrase without letters and digits is passed over as blanks and commas are. False when a
 * quote is not closed (token->start is where it is) or words.failed. */
bool cairn_text_next(cairn_text_lexer *lexer, cairn_text_token *token);

/* Writes " one two " into the buffer; false when there is no word, or buffer->failed. */
bool cairn_text_take_words(cairn_span text, cairn_buf *words);

#endif
