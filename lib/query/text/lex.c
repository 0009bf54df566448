#include "query/text/lex.h"

#include "query/text/fold.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == ',';
}

static bool ends_word(char c)
{
    return is_blank(c) || c == '"' || c == '(' || c == ')';
}

static const char *pass_word(const char *at, const char *end)
{
    while (at < end && !ends_word(*at))
        at++;
    return at;
}

bool cairn_text_take_words(cairn_span text, cairn_buf *words)
{
    cairn_buf_reset(words);
    cairn_buf_add_byte(words, ' ');
    bool any = cairn_text_fold(text, words);
    cairn_buf_add_byte(words, ' ');
    return any && !words->failed;
}

/* A sign is one only in front of something. */
static char take_sign(cairn_text_lexer *lexer)
{
    const char *at = lexer->at;
    bool is_sign = (*at == '+' || *at == '-') && lexer->end - at > 1 && !is_blank(at[1]) && at[1] != ')';
    if (!is_sign)
        return 0;
    lexer->at++;
    return *at;
}

/* Stands behind the word or phrase; false when a quote is not closed. */
static bool take_term(cairn_text_lexer *lexer, cairn_text_token *token, cairn_span *text)
{
    const char *at = lexer->at;
    token->kind = CAIRN_TEXT_TERM;
    if (*at != '"') {
        lexer->at = pass_word(at, lexer->end);
        *text = cairn_span_make(at, (size_t)(lexer->at - at));
        return true;
    }
    const char *quote = memchr(at + 1, '"', (size_t)(lexer->end - at - 1));
    if (!quote) {
        token->start = at;
        return false;
    }
    lexer->at = quote + 1;
    *text = cairn_span_make(at + 1, (size_t)(quote - at - 1));
    return true;
}

static bool take_parenthesis(cairn_text_lexer *lexer, cairn_text_token *token)
{
    if (*lexer->at != '(' && *lexer->at != ')')
        return false;
    token->kind = *lexer->at++ == '(' ? CAIRN_TEXT_OPEN : CAIRN_TEXT_CLOSE;
    return true;
}

static bool is_operator(cairn_text_token *token, cairn_span text)
{
    if (cairn_span_is(text, "AND"))
        token->kind = CAIRN_TEXT_AND;
    else if (cairn_span_is(text, "OR"))
        token->kind = CAIRN_TEXT_OR;
    return token->kind != CAIRN_TEXT_TERM;
}

bool cairn_text_next(cairn_text_lexer *lexer, cairn_text_token *token)
{
    for (;;) {
        cairn_span text;
        while (lexer->at < lexer->end && is_blank(*lexer->at))
            lexer->at++;
        *token = (cairn_text_token){.start = lexer->at};
        if (lexer->at == lexer->end)
            return true;
        token->sign = take_sign(lexer);
        if (take_parenthesis(lexer, token))
            return true;
        bool quoted = *lexer->at == '"';
        if (!take_term(lexer, token, &text))
            return false;
        if (!token->sign && !quoted && is_operator(token, text))
            return true;
        bool any = cairn_text_take_words(text, &lexer->words);
        token->words = cairn_buf_span(&lexer->words);
        if (any || lexer->words.failed)
            return any;
    }
}
