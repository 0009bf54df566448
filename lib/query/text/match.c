/* Whether a text matches, and the same question in FTS5's words. Recursion: as deep as the query's parentheses. */
#include "query/text/node.h"

/* `phrase` has a blank at both ends, which the text's own ends stand for. */
static bool has_phrase(cairn_span text, cairn_span phrase)
{
    cairn_span inner = {phrase.p + 1, phrase.n - 2};
    if (text.n < inner.n)
        return false;
    if (memcmp(text.p, inner.p, inner.n) == 0 && (text.n == inner.n || text.p[inner.n] == ' '))
        return true;
    const char *tail = text.p + (text.n - inner.n);
    if (tail > text.p && tail[-1] == ' ' && memcmp(tail, inner.p, inner.n) == 0)
        return true;
    return memmem(text.p, text.n, phrase.p, phrase.n) != NULL;
}

static bool matches(const cairn_text_node *node, cairn_span text)
{
    bool hit;
    if (node->kind == CAIRN_TEXT_PHRASE) {
        hit = has_phrase(text, node->words);
    } else {
        bool decides = node->kind == CAIRN_TEXT_ANY; /* the answer of one that settles the whole */
        hit = !decides;
        for (const cairn_text_node *part = node->first; part && hit != decides; part = part->next)
            hit = matches(part, text);
    }
    return hit != node->forbidden;
}

bool cairn_text_matches(const cairn_text_query *query, cairn_span words)
{
    return matches(query->root, words.p ? words : cairn_span_of(""));
}

static void print_phrase(cairn_span words, cairn_buf *out)
{
    cairn_buf_add_byte(out, '"');
    cairn_buf_add(out, words.p + 1, words.n - 2);
    cairn_buf_add_byte(out, '"');
}

static void print(const cairn_text_node *node, bool loose, cairn_buf *out);

/* Those parts that are (or aren't) all-but ones, with an operator between them. `loose`: nothing around binds it. */
static void print_parts(const cairn_text_node *node, bool all_but, bool any, bool loose, cairn_buf *out)
{
    size_t n = 0;
    const cairn_text_node *only = NULL;
    for (const cairn_text_node *part = node->first; part; part = part->next)
        if (part->all_but == all_but) {
            only = part;
            n++;
        }
    if (n == 1) {
        print(only, loose, out);
        return;
    }
    cairn_buf_add_text(out, loose ? "" : "(");
    for (const cairn_text_node *part = node->first; part; part = part->next)
        if (part->all_but == all_but) {
            print(part, any, out);
            cairn_buf_add_text(out, --n ? any ? " OR " : " AND " : "");
        }
    cairn_buf_add_text(out, loose ? "" : ")");
}

static bool has_part(const cairn_text_node *node, bool all_but)
{
    for (const cairn_text_node *part = node->first; part; part = part->next)
        if (part->all_but == all_but)
            return true;
    return false;
}

/* FTS5 has no NOT but `a NOT b`. So of a part that matches all but something that something is printed, and De Morgan
 * tells how: (a and all but b) is a NOT b; (a or all but b) is all but b NOT a. */
static void print(const cairn_text_node *node, bool loose, cairn_buf *out)
{
    bool first = node->kind == CAIRN_TEXT_ANY;
    if (node->kind == CAIRN_TEXT_PHRASE) {
        print_phrase(node->words, out);
    } else if (!has_part(node, first)) {
        print_parts(node, !first, true, loose, out);
    } else if (!has_part(node, !first)) {
        print_parts(node, first, false, loose, out);
    } else {
        cairn_buf_add_text(out, loose ? "" : "(");
        print_parts(node, first, false, false, out);
        cairn_buf_add_text(out, " NOT ");
        print_parts(node, !first, true, false, out);
        cairn_buf_add_text(out, loose ? "" : ")");
    }
}

bool cairn_text_to_fts5(const cairn_text_query *query, cairn_buf *out, bool *all_but)
{
    *all_but = query->root->all_but;
    print(query->root, true, out);
    return !out->failed;
}
