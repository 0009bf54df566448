/* One of the two files that know utf8proc; the other is cql2/evaluate_fold.c. */
#include "query/text/fold.h"

#include "base/utf8.h"
#include "query/text/text.h"

#include <utf8proc.h>

/* The longest decomposition has 18 characters, the longest folding 3. */
enum { DECOMPOSED_MAX = 32, FOLDED_MAX = 8 };

typedef struct cutter {
    cairn_buf *out;
    bool any;
    bool in_word;
    size_t word_bytes;
} cutter;

static void add_letter(cutter *c, const char *bytes, size_t n)
{
    if (!c->in_word) {
        if (c->any)
            cairn_buf_add_byte(c->out, ' ');
        c->any = c->in_word = true;
        c->word_bytes = 0;
    }
    c->word_bytes += n;
    if (c->word_bytes <= CAIRN_TEXT_WORD_BYTES)
        cairn_buf_add(c->out, bytes, n);
}

static bool is_letter(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

/* Of a character without a decomposition. */
static void add_folded(cutter *c, utf8proc_int32_t code)
{
    utf8proc_int32_t folded[FOLDED_MAX];
    if (!is_letter(code)) {
        c->in_word = false;
        return;
    }
    utf8proc_ssize_t n = utf8proc_decompose_char(code, folded, FOLDED_MAX, UTF8PROC_CASEFOLD, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < FOLDED_MAX; i++) {
        char bytes[4];
        add_letter(c, bytes, cairn_utf8_encode((uint32_t)folded[i], bytes));
    }
}

/* Marks vanish: they are neither in a word nor do they part words. */
static void add_decomposed(cutter *c, utf8proc_int32_t code)
{
    utf8proc_int32_t parts[DECOMPOSED_MAX];
    utf8proc_option_t options = (utf8proc_option_t)(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK);
    utf8proc_ssize_t n = utf8proc_decompose_char(code, parts, DECOMPOSED_MAX, options, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++)
        add_folded(c, parts[i]);
}

static void add_ascii(cutter *c, char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        byte = (char)(byte | 0x20);
    if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9'))
        add_letter(c, &byte, 1);
    else
        c->in_word = false;
}

bool cairn_text_fold(cairn_span text, cairn_buf *out)
{
    cutter c = {.out = out};
    const char *end = text.p + text.n;
    for (const char *at = text.p; at < end && !out->failed;) {
        size_t length = cairn_utf8_length(at, end);
        if (length > 1)
            add_decomposed(&c, (utf8proc_int32_t)cairn_utf8_decode(at, length));
        else if (length == 1)
            add_ascii(&c, *at);
        else
            c.in_word = false;
        at += length ? length : 1;
    }
    return c.any;
}
