/* Free text (STAC API Free-text 1.0.0-rc.1, basic and advanced): `q` over id, title, description and keywords.
 *
 * Text is cut into words: runs of letters and digits (Unicode L*, N*), folded by NFKD, without marks (M*), full case
 * folding; everything else parts words. No stemming, no dictionary: in a script without blanks between words (Chinese,
 * Japanese, Thai) a run of letters is one word, found as a whole only. A word is cut at CAIRN_TEXT_WORD_BYTES. A phrase
 * matches where its words stand next to each other inside of one of the fields (each keyword is a field of its own).
 *
 * A string is the advanced grammar:
 *     list    = operand { [ OR ] operand }
 *     operand = part { AND part }
 *     part    = [ + | - ] ( word | "phrase" | ( list ) )
 * Blanks and commas between operands mean OR; AND, OR are in upper case and bind as the grammar says, AND tighter. A
 * word that folds into several (Sentinel-2) is a phrase. Signs stand directly in front, else they are nothing; what has
 * no letter or digit (&, "") is passed over like a blank.
 * A list matches when all operands with + do, no operand with - does and, where there are none with +, one of those
 * without sign does (if there are any: -a alone matches all but a). An operand with AND has no sign of its own: a - in
 * it counts inside of it only: a AND -b, c finds c, and a without b.
 * So basic comma lists of words mean the same in it; `EO,Earth Observation` finds also what has only Earth.
 * An array (POST) is a list of phrases, any of which matches. Thread-safety: no state. */
#ifndef CAIRN_QUERY_TEXT_H
#define CAIRN_QUERY_TEXT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* A word that no text yields. */
#define CAIRN_TEXT_SEPARATOR "\xC2\xAC"
enum {
    CAIRN_TEXT_WORD_BYTES = 256, /* longer words are cut, between two characters */
    CAIRN_TEXT_DEPTH_MAX = 16,   /* of parentheses: FTS5's parser has a small stack */
};

typedef struct cairn_text_query cairn_text_query; /* in the arena that it was read into */

typedef struct cairn_text_limits {
    size_t max_bytes; /* default 4,096 */
    size_t max_terms; /* words and phrases, default 100 */
    size_t max_depth; /* of parentheses, default and at most CAIRN_TEXT_DEPTH_MAX */
} cairn_text_limits;

/* CAIRN_INVALID with parameter "q" and the byte: a quote or parenthesis that is not closed, an operator without
 * operand, no word at all. CAIRN_TOO_LARGE beyond a limit. `limits` may be NULL. */
cairn_code cairn_text_from_string(cairn_span text, const cairn_text_limits *limits, cairn_arena *arena,
                                  const cairn_text_query **out, cairn_error *error);
/* A JSON string (as above; the byte is that of the decoded string) or array of strings. */
cairn_code cairn_text_from_json(cairn_span json, const cairn_text_limits *limits, cairn_arena *arena,
                                const cairn_text_query **out, cairn_error *error);

/* The words of an item (or a collection), in one text: words parted by one blank, fields by " \xC2\xAC ". `properties`
 * is the object with title, description and keywords: an item's properties, the collection itself. Appends to `out`;
 * false when it failed. */
bool cairn_text_words(cairn_span id, cairn_span properties, cairn_arena *scratch, cairn_buf *out);

/* Does the query match a text that cairn_text_words() made? */
bool cairn_text_matches(const cairn_text_query *query, cairn_span words);
/* The query as an FTS5 expression over one column with tokenizer `ascii` that holds such words. Appends; false when the
 * buffer failed. `*all_but`: it matches texts without any of its words (only forbidden terms, say); FTS5 can't say
 * that: the expression is then of what does not match. */
bool cairn_text_to_fts5(const cairn_text_query *query, cairn_buf *out, bool *all_but);

#endif
