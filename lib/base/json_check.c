#include "base/json.h"

#include "base/json_scan.h"
#include "base/utf8.h"

#include <stdio.h>

/* The deepest nesting that can be asked for: one bit of the stack a level. */
enum { STACK_WORDS = 16, DEPTH_LIMIT = STACK_WORDS * 64 };

/* What the grammar allows next. */
typedef enum state {
    WANT_VALUE,
    WANT_ELEMENT_OR_END,
    WANT_MEMBER,
    WANT_MEMBER_OR_END,
    AFTER_VALUE,
    AT_END,
    FAULT,
} state;

typedef struct checker {
    const char *p;
    const char *end;
    const char *wanted; /* on a fault: what p should have been */
    int depth;
    int max_depth;
    bool has_space;
    uint64_t objects[STACK_WORDS]; /* a set bit: that level is an object */
} checker;

static state fail(checker *c, const char *wanted)
{
    c->wanted = wanted;
    return FAULT;
}

static inline void skip_space(checker *c)
{
    if (c->p < c->end && json_is_space(*c->p)) {
        c->has_space = true;
        c->p = json_skip_space(c->p, c->end);
    }
}

static inline bool in_object(const checker *c)
{
    int level = c->depth - 1;
    return c->objects[level / 64] >> (level % 64) & 1;
}

static state open_container(checker *c, bool object)
{
    if (c->depth >= c->max_depth)
        return fail(c, NULL);
    uint64_t bit = UINT64_C(1) << (c->depth % 64);
    uint64_t *word = &c->objects[c->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    c->depth++;
    c->p++;
    return object ? WANT_MEMBER_OR_END : WANT_ELEMENT_OR_END;
}

static state close_container(checker *c)
{
    c->p++;
    c->depth--;
    return AFTER_VALUE;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* With p at a backslash. */
static bool check_escape(checker *c)
{
    const char *p = c->p;
    if (c->end - p < 2 || p[1] == '\0' || !strchr("\"\\/bfnrtu", p[1])) {
        fail(c, "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        return false;
    }
    c->p += 2;
    if (p[1] != 'u')
        return true;
    for (int i = 0; i < 4; i++, c->p++) {
        if (c->p == c->end || !is_hex(*c->p)) {
            fail(c, "four hexadecimal digits behind \\u");
            return false;
        }
    }
    return true;
}

static bool check_utf8(checker *c, const char *start)
{
    const char *fault = cairn_utf8_fault(cairn_span_make(start, (size_t)(c->p - start)));
    if (!fault)
        return true;
    c->p = fault;
    fail(c, "UTF-8 in a string");
    return false;
}

/* With p at the opening quote; behind the closing one when true. */
static bool check_string(checker *c)
{
    const char *start = ++c->p;
    bool high = false;
    for (;;) {
        c->p = json_plain_run(c->p, c->end, &high);
        if (c->p == c->end) {
            fail(c, "'\"' at the end of a string");
            return false;
        }
        if (*c->p == '"')
            break;
        if (*c->p != '\\') {
            fail(c, "control characters in a string as escapes (\\n, \\u0000)");
            return false;
        }
        if (!check_escape(c))
            return false;
    }
    if (high && !check_utf8(c, start))
        return false;
    c->p++;
    return true;
}

static inline bool check_digits(checker *c, const char *wanted)
{
    const char *start = c->p;
    while (c->p < c->end && (unsigned)(*c->p - '0') < 10)
        c->p++;
    if (c->p == start)
        fail(c, wanted);
    return c->p > start;
}

static state check_number(checker *c)
{
    if (*c->p == '-')
        c->p++;
    if (c->p < c->end && *c->p == '0')
        c->p++;
    else if (!check_digits(c, "a digit"))
        return FAULT;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        if (!check_digits(c, "a digit behind the decimal point"))
            return FAULT;
    }
    if (c->p < c->end && (*c->p | 0x20) == 'e') {
        c->p++;
        if (c->p < c->end && (*c->p == '+' || *c->p == '-'))
            c->p++;
        if (!check_digits(c, "a digit of the exponent"))
            return FAULT;
    }
    return AFTER_VALUE;
}

static state check_word(checker *c, const char *word, size_t n)
{
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return fail(c, "a value (true, false and null in lower case)");
    c->p += n;
    return AFTER_VALUE;
}

static inline state check_value(checker *c, const char *wanted)
{
    switch (c->p < c->end ? *c->p : '\0') {
    case '"':
        return check_string(c) ? AFTER_VALUE : FAULT;
    case '{':
        return open_container(c, true);
    case '[':
        return open_container(c, false);
    case 't':
        return check_word(c, "true", 4);
    case 'f':
        return check_word(c, "false", 5);
    case 'n':
        return check_word(c, "null", 4);
    case '-':
    case '0' ... '9':
        return check_number(c);
    default:
        return fail(c, wanted);
    }
}

static inline state check_member(checker *c, const char *wanted)
{
    if (c->p == c->end || *c->p != '"')
        return fail(c, wanted);
    if (!check_string(c))
        return FAULT;
    skip_space(c);
    if (c->p == c->end || *c->p != ':')
        return fail(c, "':'");
    c->p++;
    return WANT_VALUE;
}

static inline state check_after(checker *c)
{
    if (c->depth == 0)
        return c->p == c->end ? AT_END : fail(c, "the end of the text");
    bool object = in_object(c);
    if (c->p < c->end && *c->p == ',') {
        c->p++;
        return object ? WANT_MEMBER : WANT_VALUE;
    }
    if (c->p < c->end && *c->p == (object ? '}' : ']'))
        return close_container(c);
    return fail(c, object ? "',' or '}'" : "',' or ']'");
}

static inline state check_next(checker *c, state now)
{
    skip_space(c);
    switch (now) {
    case WANT_ELEMENT_OR_END:
        if (c->p < c->end && *c->p == ']')
            return close_container(c);
        return check_value(c, "a value or ']'");
    case WANT_MEMBER_OR_END:
        if (c->p < c->end && *c->p == '}')
            return close_container(c);
        return check_member(c, "a member's name in double quotes or '}'");
    case WANT_MEMBER:
        return check_member(c, "a member's name in double quotes");
    case AFTER_VALUE:
        return check_after(c);
    default:
        return check_value(c, "a value");
    }
}

static void describe_found(const checker *c, char *out, size_t size)
{
    if (c->p == c->end) {
        snprintf(out, size, "the end of the text");
        return;
    }
    size_t n = cairn_utf8_length(c->p, c->end);
    char quoted[16];
    if (n)
        snprintf(out, size, "'%s'", cairn_quote(cairn_span_make(c->p, n), quoted, sizeof quoted));
    else
        snprintf(out, size, "byte 0x%02X", (unsigned char)*c->p);
}

static cairn_code report(const checker *c, cairn_span text, cairn_error *error)
{
    if (!error || error->code != CAIRN_OK)
        return cairn_error_set(error, CAIRN_INVALID, "JSON");
    size_t offset = (size_t)(c->p - text.p);
    int line;
    int column;
    cairn_json_position(text, offset, &line, &column);
    error->offset = (long long)offset;
    error->line = line;
    if (!c->wanted)
        return cairn_error_set(error, CAIRN_INVALID, "JSON: nested deeper than %d levels at line %d column %d",
                               c->max_depth, line, column);
    char found[32];
    describe_found(c, found, sizeof found);
    return cairn_error_set(error, CAIRN_INVALID, "JSON: expected %s at line %d column %d, found %s", c->wanted, line,
                           column, found);
}

cairn_code cairn_json_check(cairn_span text, int max_depth, cairn_json_facts *facts, cairn_error *error)
{
    const char *start = text.p ? text.p : "";
    checker c = {.p = start, .end = start + text.n, .max_depth = max_depth < DEPTH_LIMIT ? max_depth : DEPTH_LIMIT};
    state now = WANT_VALUE;
    while (now < AT_END)
        now = check_next(&c, now);
    if (now == FAULT)
        return report(&c, cairn_span_make(start, text.n), error);
    if (facts)
        *facts = (cairn_json_facts){c.has_space, text.n};
    return CAIRN_OK;
}
