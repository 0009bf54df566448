/* Words of HTTP, compared without case (RFC 9110 5.1, 8.3). */
#ifndef CAIRN_HTTP_WORDS_H
#define CAIRN_HTTP_WORDS_H

#include "base/span.h"

#include <strings.h>

static inline bool cairn_word_is(cairn_span text, const char *word)
{
    return text.n == strlen(word) && strncasecmp(text.p, word, text.n) == 0;
}

#endif
