/* The text that an item or a collection is found by. */
#include "query/text/text.h"

#include "base/json.h"
#include "query/text/fold.h"

/* A field without words leaves nothing behind. `first` is where the text begins. */
static void add_field(cairn_span text, size_t first, cairn_buf *out)
{
    size_t before = out->n;
    if (before > first)
        cairn_buf_add_text(out, " " CAIRN_TEXT_SEPARATOR " ");
    if (!cairn_text_fold(text, out) && !out->failed)
        out->n = before;
}

/* Values of other kinds have no words. */
static bool add_value(cairn_span value, cairn_arena *scratch, size_t first, cairn_buf *out)
{
    if (cairn_json_kind(value) != '"')
        return true;
    cairn_span text = cairn_json_string(value, scratch);
    if (text.p)
        add_field(text, first, out);
    return text.p && !out->failed;
}

static bool add_keywords(cairn_span keywords, cairn_arena *scratch, size_t first, cairn_buf *out)
{
    cairn_span keyword;
    cairn_json_walk walk = cairn_json_walk_array(keywords);
    while (cairn_json_next_element(&walk, &keyword))
        if (!add_value(keyword, scratch, first, out))
            return false;
    return add_value(keywords, scratch, first, out);
}

bool cairn_text_words(cairn_span id, cairn_span properties, cairn_arena *scratch, cairn_buf *out)
{
    size_t first = out->n;
    add_field(id, first, out);
    return add_value(cairn_json_get(properties, "title"), scratch, first, out) &&
           add_value(cairn_json_get(properties, "description"), scratch, first, out) &&
           add_keywords(cairn_json_get(properties, "keywords"), scratch, first, out) && !out->failed;
}
