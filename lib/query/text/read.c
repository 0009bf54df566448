/* Free-text queries: the advanced grammar, and lists of phrases.
 *
 *     list    = operand { [ "OR" ] operand }      blanks and commas: OR
 *     operand = part { "AND" part }
 *     part    = [ "+" | "-" ] ( word | "phrase" | "(" list ")" )
 *
 * An operand that is one part with a sign counts for the whole list. */
#include "query/text/lex.h"
#include "query/text/node.h"

#include "base/json.h"

#include <stdint.h>
#include <stdio.h>

enum { QUOTED_MAX = 48, PER_BYTE = 16 };

static const cairn_text_limits DEFAULTS = {4096, 100, CAIRN_TEXT_DEPTH_MAX};
static const char EXAMPLE[] = "\"q\": \"climate AND model\" or \"q\": [\"climate model\", \"EO\"]";

typedef struct reader {
    cairn_text_limits limits;
    cairn_arena *arena;
    cairn_error *error;
    const char *text; /* for offsets; NULL in an array */
    cairn_text_lexer lexer;
    cairn_text_token token;
    size_t terms, depth;
} reader;

/* ---- errors ---- */

static cairn_code fault(reader *r, cairn_code code, const char *at, const char *message)
{
    long long byte = r->text ? at - r->text : -1;
    if (byte >= 0)
        cairn_error_set(r->error, code, "at byte %lld: %s", byte, message);
    else
        cairn_error_set(r->error, code, "%s", message);
    if (r->error)
        r->error->offset = byte;
    cairn_error_at_parameter(r->error, "q");
    return code;
}

static cairn_code no_memory(reader *r)
{
    return cairn_error_set(r->error, CAIRN_NOMEM, "the request's memory is used up by 'q'");
}

static cairn_code too_many(reader *r, const char *at)
{
    char message[80];
    snprintf(message, sizeof message, "there are more than %zu words and phrases; ask for fewer", r->limits.max_terms);
    return fault(r, CAIRN_TOO_LARGE, at, message);
}

/* ---- nodes ---- */

/* The highest comes first: FTS5's parser then needs least of its small stack. */
static void add_part(cairn_text_node **parts, cairn_text_node *node)
{
    while (*parts && (*parts)->height >= node->height)
        parts = &(*parts)->next;
    node->next = *parts;
    *parts = node;
}

static void forbid(cairn_text_node *node)
{
    node->forbidden = !node->forbidden;
    node->all_but = !node->all_but;
}

/* One part is itself. NULL at the arena's cap. */
static cairn_text_node *join(reader *r, cairn_text_kind kind, cairn_text_node *parts)
{
    if (!parts->next)
        return parts;
    cairn_text_node *node = cairn_arena_calloc(r->arena, 1, sizeof *node);
    if (!node)
        return NULL;
    bool settled = kind == CAIRN_TEXT_ANY; /* by one part that is so */
    *node = (cairn_text_node){.kind = kind, .height = parts->height + 1, .first = parts, .all_but = !settled};
    for (const cairn_text_node *part = parts; part; part = part->next)
        if (part->all_but == settled)
            node->all_but = settled;
    return node;
}

static cairn_code new_phrase(reader *r, cairn_span words, const char *at, cairn_text_node **out)
{
    if (r->terms++ == r->limits.max_terms)
        return too_many(r, at);
    cairn_text_node *node = cairn_arena_calloc(r->arena, 1, sizeof *node);
    cairn_span copy = cairn_arena_copy(r->arena, words);
    if (!node || !copy.p)
        return no_memory(r);
    *node = (cairn_text_node){.kind = CAIRN_TEXT_PHRASE, .words = copy};
    *out = node;
    return CAIRN_OK;
}

/* ---- the grammar ---- */

static cairn_code advance(reader *r)
{
    if (cairn_text_next(&r->lexer, &r->token))
        return CAIRN_OK;
    return r->lexer.words.failed ? no_memory(r)
                                 : fault(r, CAIRN_INVALID, r->token.start,
                                         "this quote is not closed; expected another one behind the phrase");
}

static cairn_code refuse_token(reader *r)
{
    static const char *const FOUND[] = {
        [CAIRN_TEXT_END] = "expected a word, a \"phrase\" or '(', found the end",
        [CAIRN_TEXT_AND] = "expected a word, a \"phrase\" or '(', found AND (write \"AND\" for the word)",
        [CAIRN_TEXT_OR] = "expected a word, a \"phrase\" or '(', found OR (write \"OR\" for the word)",
        [CAIRN_TEXT_CLOSE] = "expected a word, a \"phrase\" or '(', found ')'",
    };
    return fault(r, CAIRN_INVALID, r->token.start, FOUND[r->token.kind]);
}

static cairn_code read_list(reader *r, cairn_text_node **out);

static cairn_code read_group(reader *r, cairn_text_node **out)
{
    const char *open = r->token.start;
    if (r->depth == r->limits.max_depth)
        return fault(r, CAIRN_TOO_LARGE, open, "the parentheses are nested deeper than is allowed; take some away");
    r->depth++;
    cairn_code code = advance(r);
    if (code == CAIRN_OK)
        code = read_list(r, out);
    if (code != CAIRN_OK)
        return code;
    r->depth--;
    return r->token.kind == CAIRN_TEXT_CLOSE
               ? advance(r)
               : fault(r, CAIRN_INVALID, open, "this parenthesis is not closed; expected a ')' behind it");
}

static cairn_code read_part(reader *r, char *sign, cairn_text_node **out)
{
    *sign = r->token.sign;
    if (r->token.kind == CAIRN_TEXT_OPEN)
        return read_group(r, out);
    if (r->token.kind != CAIRN_TEXT_TERM)
        return refuse_token(r);
    cairn_code code = new_phrase(r, r->token.words, r->token.start, out);
    return code == CAIRN_OK ? advance(r) : code;
}

static void add_signed(cairn_text_node **chain, char sign, cairn_text_node *part)
{
    if (sign == '-')
        forbid(part);
    add_part(chain, part);
}

/* The sign of an operand that is only one part is left to the list. */
static cairn_code read_operand(reader *r, char *sign, cairn_text_node **out)
{
    cairn_text_node *chain = NULL;
    cairn_code code = read_part(r, sign, out);
    if (code != CAIRN_OK || r->token.kind != CAIRN_TEXT_AND)
        return code;
    add_signed(&chain, *sign, *out);
    while (code == CAIRN_OK && r->token.kind == CAIRN_TEXT_AND) {
        code = advance(r);
        if (code == CAIRN_OK)
            code = read_part(r, sign, out);
        if (code == CAIRN_OK)
            add_signed(&chain, *sign, *out);
    }
    if (code != CAIRN_OK)
        return code;
    *sign = 0;
    *out = join(r, CAIRN_TEXT_ALL, chain);
    return *out ? CAIRN_OK : no_memory(r);
}

/* With a term that must be there, those that may be there decide nothing. */
static cairn_text_node *join_list(reader *r, cairn_text_node *required, cairn_text_node *optional,
                                  cairn_text_node *forbidden)
{
    if (!required && optional) {
        required = join(r, CAIRN_TEXT_ANY, optional);
        if (!required)
            return NULL;
    }
    for (cairn_text_node *next; forbidden; forbidden = next) {
        next = forbidden->next;
        add_part(&required, forbidden);
    }
    return join(r, CAIRN_TEXT_ALL, required);
}

static cairn_code read_list(reader *r, cairn_text_node **out)
{
    cairn_text_node *required = NULL, *optional = NULL, *forbidden = NULL;
    bool more = true;
    while (more) {
        char sign;
        cairn_text_node *node = NULL;
        cairn_code code = read_operand(r, &sign, &node);
        if (code != CAIRN_OK || !node)
            return code;
        add_signed(sign == '-' ? &forbidden : sign == '+' ? &required : &optional, sign, node);
        more = r->token.kind != CAIRN_TEXT_END && r->token.kind != CAIRN_TEXT_CLOSE;
        if (r->token.kind == CAIRN_TEXT_OR && (code = advance(r)) != CAIRN_OK)
            return code;
    }
    *out = join_list(r, required, optional, forbidden);
    return *out ? CAIRN_OK : no_memory(r);
}

static cairn_code read_query(reader *r, cairn_text_node **out)
{
    cairn_code code = advance(r);
    if (code == CAIRN_OK && r->token.kind == CAIRN_TEXT_END)
        return fault(r, CAIRN_INVALID, r->token.start, "there is no word to look for; expected letters or digits");
    if (code == CAIRN_OK)
        code = read_list(r, out);
    if (code == CAIRN_OK && r->token.kind != CAIRN_TEXT_END)
        code = fault(r, CAIRN_INVALID, r->token.start, "no '(' belongs to this ')'; take it away");
    return code;
}

/* ---- in and out ---- */

static reader begin(const cairn_text_limits *limits, cairn_arena *arena, cairn_error *error)
{
    reader r = {.limits = limits ? *limits : DEFAULTS, .arena = arena, .error = error};
    if (r.limits.max_depth > CAIRN_TEXT_DEPTH_MAX)
        r.limits.max_depth = CAIRN_TEXT_DEPTH_MAX;
    r.lexer.words = (cairn_buf)CAIRN_BUF_INIT(r.limits.max_bytes > SIZE_MAX / 32 ? SIZE_MAX / 2
                                                                                 : r.limits.max_bytes * PER_BYTE + 64);
    return r;
}

static cairn_code finish(reader *r, cairn_code code, cairn_text_node *root, const cairn_text_query **out)
{
    cairn_buf_free(&r->lexer.words);
    if (code != CAIRN_OK)
        return code;
    cairn_text_query *query = cairn_arena_alloc(r->arena, sizeof *query);
    if (!query)
        return no_memory(r);
    query->root = root;
    *out = query;
    return CAIRN_OK;
}

static cairn_code check_size(reader *r, size_t n)
{
    if (n <= r->limits.max_bytes)
        return CAIRN_OK;
    cairn_error_set(r->error, CAIRN_TOO_LARGE, "'q' has %zu bytes, expected at most %zu", n, r->limits.max_bytes);
    cairn_error_at_parameter(r->error, "q");
    return CAIRN_TOO_LARGE;
}

cairn_code cairn_text_from_string(cairn_span text, const cairn_text_limits *limits, cairn_arena *arena,
                                  const cairn_text_query **out, cairn_error *error)
{
    cairn_text_node *root = NULL;
    reader r = begin(limits, arena, error);
    r.text = text.p;
    r.lexer.at = text.p;
    r.lexer.end = text.p + text.n;
    cairn_code code = check_size(&r, text.n);
    if (code == CAIRN_OK)
        code = read_query(&r, &root);
    return finish(&r, code, root, out);
}

static cairn_code refuse_json(reader *r, const char *what, cairn_span value)
{
    char quoted[QUOTED_MAX];
    cairn_error_set(r->error, CAIRN_INVALID, "%s %s; expected a string or an array of strings, as in %s", what,
                    cairn_quote(value, quoted, sizeof quoted), EXAMPLE);
    cairn_error_at_parameter(r->error, "q");
    return CAIRN_INVALID;
}

/* An element without a word is passed over. */
static cairn_code read_element(reader *r, cairn_span element, size_t *bytes, cairn_text_node **phrases)
{
    cairn_text_node *node = NULL;
    if (cairn_json_kind(element) != '"')
        return refuse_json(r, "an element of 'q' is", element);
    cairn_span text = cairn_json_string(element, r->arena);
    if (!text.p)
        return no_memory(r);
    *bytes += text.n;
    cairn_code code = check_size(r, *bytes);
    if (code != CAIRN_OK)
        return code;
    if (!cairn_text_take_words(text, &r->lexer.words))
        return r->lexer.words.failed ? no_memory(r) : CAIRN_OK;
    code = new_phrase(r, cairn_buf_span(&r->lexer.words), NULL, &node);
    if (code == CAIRN_OK && node)
        add_part(phrases, node);
    return code;
}

static cairn_code read_array(reader *r, cairn_span array, cairn_text_node **out)
{
    cairn_text_node *phrases = NULL;
    size_t bytes = 0;
    cairn_code code = CAIRN_OK;
    cairn_span element;
    cairn_json_walk walk = cairn_json_walk_array(array);
    while (code == CAIRN_OK && cairn_json_next_element(&walk, &element))
        code = read_element(r, element, &bytes, &phrases);
    if (code != CAIRN_OK)
        return code;
    if (!phrases)
        return refuse_json(r, "there is no word to look for in", array);
    *out = join(r, CAIRN_TEXT_ANY, phrases);
    return *out ? CAIRN_OK : no_memory(r);
}

cairn_code cairn_text_from_json(cairn_span json, const cairn_text_limits *limits, cairn_arena *arena,
                                const cairn_text_query **out, cairn_error *error)
{
    cairn_text_node *root = NULL;
    reader r = begin(limits, arena, error);
    cairn_code code;
    if (cairn_json_kind(json) == '"') {
        cairn_span text = cairn_json_string(json, arena);
        return text.p ? cairn_text_from_string(text, limits, arena, out, error) : no_memory(&r);
    }
    if (cairn_json_kind(json) == '[')
        code = read_array(&r, json, &root);
    else
        code = refuse_json(&r, "'q' is", json);
    return finish(&r, code, root, out);
}
