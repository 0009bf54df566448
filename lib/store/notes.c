#include "store/notes.h"

#include "base/secret.h"
#include "query/cql2/build.h"
#include "query/cql2/evaluate_value.h"
#include "query/cql2/print.h"
#include "query/names.h"

#include <stdarg.h>
#include <stdio.h>

enum { SUBJECTS_MAX = 32, NAME_MAX_BYTES = 64, QUOTED_MAX = 96, EXPRESSION_MAX = 256, NOTE_MAX = 512 };

/* A member of `properties` that the search names. */
typedef struct subject {
    cairn_span name;  /* as the catalog has it, were it there */
    cairn_span first; /* its first part */
    const cairn_cql2_source *sources;
    size_t n_sources;
    bool exists;
    uint64_t numbers, arrays, others; /* items, by the type of their value */
    char nearest[NAME_MAX_BYTES + 1]; /* of the names that there are; or "" */
} subject;

typedef struct teller {
    const cairn_search *search;
    cairn_arena *arena;
    cairn_notes *notes;
    subject subjects[SUBJECTS_MAX];
    size_t n;
    uint64_t collection; /* a hash of its id */
    size_t rows;         /* of that collection */
    bool incomplete;     /* a collection has more names than are kept */
    bool failed;         /* the arena is full */
} teller;

static void tell(teller *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(teller *t, const char *format, ...)
{
    char note[NOTE_MAX];
    va_list ap;
    va_start(ap, format);
    vsnprintf(note, sizeof note, format, ap);
    va_end(ap);
    for (size_t i = 0; i < t->notes->n; i++)
        if (strcmp(t->notes->at[i], note) == 0)
            return;
    if (t->notes->n == CAIRN_NOTES_MAX)
        return;
    cairn_span copy = cairn_arena_copy(t->arena, cairn_span_of(note));
    if (copy.p)
        t->notes->at[t->notes->n++] = copy.p;
    t->failed |= !copy.p;
}

/* ---- names ---- */

/* Without `properties.` in front. */
static cairn_span name_in_properties(const cairn_cql2_property *property)
{
    const char *end = property->name.p + property->name.n;
    return cairn_span_make(property->path[0].p, (size_t)(end - property->path[0].p));
}

static subject *find_subject(teller *t, const cairn_cql2_property *property)
{
    cairn_span name = name_in_properties(property);
    for (size_t i = 0; i < t->n; i++)
        if (cairn_span_equal(t->subjects[i].name, name))
            return &t->subjects[i];
    return NULL;
}

static void add_subject(teller *t, const cairn_cql2_property *property)
{
    bool is_member = property->field == CAIRN_CQL2_IN_PROPERTIES && !cairn_span_is(property->path[0], "*");
    if (!is_member || t->n == SUBJECTS_MAX || find_subject(t, property))
        return;
    subject *s = &t->subjects[t->n];
    *s = (subject){.name = name_in_properties(property), .first = property->path[0]};
    if (cairn_cql2_sources_of(property, t->arena, &s->sources, &s->n_sources))
        t->n++;
    else
        t->failed = true;
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static void gather(teller *t, const cairn_cql2_node *node)
{
    if (node->kind == CAIRN_CQL2_K_PROPERTY)
        add_subject(t, &node->property);
    for (size_t i = 0; i < node->n; i++)
        gather(t, node->args[i]);
}

/* ---- what the catalog has ---- */

/* A key that has dots spells several parts. */
static bool begins_path(cairn_span name, const cairn_cql2_property *property)
{
    for (size_t i = 0; i < property->n; i++) {
        size_t n = property->path[i].n;
        if (name.n < n || memcmp(name.p, property->path[i].p, n) != 0)
            return false;
        if (name.n == n)
            return true;
        if (name.p[n] != '.')
            return false;
        name = cairn_span_make(name.p + n + 1, name.n - n - 1);
    }
    return false;
}

static bool is_source(const subject *s, cairn_span name)
{
    for (size_t i = 0; i < s->n_sources; i++) {
        const cairn_cql2_property *property = &s->sources[i].property;
        if (property->field != CAIRN_CQL2_IN_PROPERTIES || begins_path(name, property))
            return true;
    }
    return false;
}

static void keep_nearest(subject *s, cairn_span name)
{
    char candidate[NAME_MAX_BYTES + 1];
    if (name.n > NAME_MAX_BYTES)
        return;
    memcpy(candidate, name.p, name.n);
    candidate[name.n] = '\0';
    const char *names[3] = {s->nearest[0] ? s->nearest : candidate, s->nearest[0] ? candidate : NULL, NULL};
    if (cairn_name_nearest(s->first, names) == candidate)
        memcpy(s->nearest, candidate, name.n + 1);
}

static void compare_name(subject *s, const cairn_property *property)
{
    if (!s->exists && !(s->exists = is_source(s, property->name)))
        keep_nearest(s, property->name);
    if (!cairn_span_equal(s->name, property->name))
        return;
    s->numbers += property->integers + property->numbers;
    s->arrays += property->arrays;
    s->others += property->strings + property->booleans + property->objects;
}

static cairn_code take_property(void *context, const cairn_property *property, cairn_error *error)
{
    teller *t = context;
    uint64_t collection = cairn_hash64(property->collection);
    (void)error;
    t->rows = collection == t->collection ? t->rows + 1 : 1;
    t->collection = collection;
    t->incomplete |= t->rows >= CAIRN_PROPERTY_NAMES_MAX;
    for (size_t i = 0; i < t->n; i++)
        compare_name(&t->subjects[i], property);
    return CAIRN_OK;
}

/* Names that the catalog does not count, since every item has them. */
static void compare_own_names(teller *t)
{
    static const char *const OWN[] = {"id",           "collection", "geometry", "datetime", "start_datetime",
                                      "end_datetime", "assets",     "links",    "bbox"};
    for (size_t i = 0; i < t->n; i++)
        for (size_t k = 0; k < sizeof OWN / sizeof *OWN; k++)
            keep_nearest(&t->subjects[i], cairn_span_of(OWN[k]));
}

/* ---- names that nobody has ---- */

/* Whether the filter has the name in double quotes at this place. */
static bool is_quoted(const teller *t, const cairn_cql2_node *node)
{
    cairn_span text = t->search->raw.filter, name = node->property.name;
    return text.p && !t->search->raw.filter_is_json && node->offset < text.n && text.n - node->offset >= name.n + 2 &&
           text.p[node->offset] == '"' && memcmp(text.p + node->offset + 1, name.p, name.n) == 0 &&
           text.p[node->offset + 1 + name.n] == '"' && !cairn_span_starts(cairn_span_trim(text), "{");
}

static const cairn_cql2_node *unfolded(const cairn_cql2_node *node)
{
    while (node->kind == CAIRN_CQL2_K_CASEI || node->kind == CAIRN_CQL2_K_ACCENTI)
        node = node->args[0];
    return node;
}

static bool is_known(teller *t, const cairn_cql2_node *node)
{
    node = unfolded(node);
    if (node->kind != CAIRN_CQL2_K_PROPERTY)
        return false;
    const subject *s = find_subject(t, &node->property);
    return node->property.field != CAIRN_CQL2_IN_PROPERTIES || (s && s->exists);
}

static bool is_comparison(const cairn_cql2_node *node)
{
    return (node->kind >= CAIRN_CQL2_K_EQ && node->kind <= CAIRN_CQL2_K_GE) || node->kind == CAIRN_CQL2_K_LIKE ||
           node->kind == CAIRN_CQL2_K_BETWEEN || node->kind == CAIRN_CQL2_K_IN;
}

static bool is_compared_with_known(teller *t, const cairn_cql2_node *above)
{
    for (size_t i = 0; above && is_comparison(above) && i < above->n; i++)
        if (is_known(t, above->args[i]))
            return true;
    return false;
}

static bool is_spatial(const cairn_cql2_node *node)
{
    const cairn_cql2_operator *op = node ? cairn_cql2_operator_of(node->kind) : NULL;
    return op && op->operands == CAIRN_CQL2_GEOMETRY;
}

static void tell_unknown(teller *t, const subject *s, const char *why)
{
    char name[QUOTED_MAX], nearest[QUOTED_MAX];
    cairn_quote(s->first, name, sizeof name);
    cairn_quote(cairn_span_of(s->nearest), nearest, sizeof nearest);
    if (why)
        tell(t, "no item has the property '%s'; %s", name, why);
    else if (s->nearest[0])
        tell(t, "no item has the property '%s'; did you mean '%s'?", name, nearest);
    else
        tell(t, "no item has the property '%s'", name);
}

static void judge_name(teller *t, const cairn_cql2_node *node, const cairn_cql2_node *above)
{
    const subject *s = find_subject(t, &node->property);
    const char *why = NULL;
    if (node->property.field != CAIRN_CQL2_IN_PROPERTIES || !s || s->exists || t->incomplete)
        return;
    if (is_spatial(above))
        why = "the footprint is called geometry";
    else if (is_compared_with_known(t, above) && is_quoted(t, node))
        why = "double quotes are for names, strings stand in single quotes";
    else if (is_compared_with_known(t, above) && !s->nearest[0])
        why = "a string stands in single quotes";
    tell_unknown(t, s, why);
}

/* ---- values that can't be meant ---- */

static bool holds_times(const cairn_cql2_property *property)
{
    return property->is_time || property->field == CAIRN_CQL2_DATETIME ||
           property->field == CAIRN_CQL2_START_DATETIME || property->field == CAIRN_CQL2_END_DATETIME;
}

static void judge_time(teller *t, const cairn_cql2_node *comparison, const cairn_cql2_node *property)
{
    char name[QUOTED_MAX], value[QUOTED_MAX];
    cairn_cql2_kind kind;
    cairn_time time;
    cairn_quote(property->property.name, name, sizeof name);
    for (size_t i = 0; i < comparison->n; i++) {
        const cairn_cql2_node *arg = comparison->args[i];
        if (arg->kind == CAIRN_CQL2_K_NUMBER)
            tell(t,
                 "'%s' is a time, and is compared with a number; a time is written as '2024-06-01' or "
                 "'2024-06-01T00:00:00Z'",
                 name);
        else if (arg->kind == CAIRN_CQL2_K_STRING && !cairn_cql2_read_instant(arg->text, &kind, &time))
            tell(t,
                 "'%s' is a time, and '%s' is no date or timestamp; a time is written as '2024-06-01' or "
                 "'2024-06-01T00:00:00Z'",
                 name, cairn_quote(arg->text, value, sizeof value));
    }
}

static bool is_literal(const cairn_cql2_node *node)
{
    return node->kind == CAIRN_CQL2_K_STRING || node->kind == CAIRN_CQL2_K_NUMBER || node->kind == CAIRN_CQL2_K_BOOLEAN;
}

/* The first literal; NULL when there is none. */
static const cairn_cql2_node *literal_of(const cairn_cql2_node *comparison)
{
    for (size_t i = 0; i < comparison->n; i++)
        if (is_literal(unfolded(comparison->args[i])))
            return unfolded(comparison->args[i]);
    return NULL;
}

static void tell_array(teller *t, const cairn_cql2_node *comparison, const cairn_cql2_node *property,
                       const cairn_cql2_node *literal)
{
    char name[QUOTED_MAX], use[EXPRESSION_MAX];
    cairn_quote(property->property.name, name, sizeof name);
    if (comparison->kind == CAIRN_CQL2_K_LIKE) {
        tell(t, "'%s' is an array, and LIKE is for strings", name);
        return;
    }
    cairn_buf text = CAIRN_BUF_INIT(EXPRESSION_MAX);
    cairn_buf_add_text(&text, "A_CONTAINS(");
    cairn_cql2_print_text(property, &text);
    cairn_buf_add_text(&text, ", (");
    cairn_cql2_print_text(literal, &text);
    cairn_buf_add_text(&text, "))");
    cairn_quote(text.failed ? cairn_span_of("A_CONTAINS") : cairn_buf_span(&text), use, sizeof use);
    tell(t, "'%s' is an array: use %s", name, use);
    cairn_buf_free(&text);
}

static void judge_type(teller *t, const cairn_cql2_node *comparison, const cairn_cql2_node *property)
{
    char name[QUOTED_MAX];
    const subject *s = find_subject(t, &property->property);
    const cairn_cql2_node *literal = literal_of(comparison);
    if (property->property.field != CAIRN_CQL2_IN_PROPERTIES || !s || s->others || s->n_sources > 1 || !literal ||
        t->incomplete)
        return;
    if (s->arrays && !s->numbers)
        tell_array(t, comparison, property, literal);
    for (size_t i = 0; s->numbers && !s->arrays && i < comparison->n; i++)
        if (is_literal(comparison->args[i]) && comparison->args[i]->kind != CAIRN_CQL2_K_STRING)
            return;
    if (s->numbers && !s->arrays && literal->kind == CAIRN_CQL2_K_STRING)
        tell(t, "'%s' has numbers only, and is compared with a string; numbers stand without quotes",
             cairn_quote(property->property.name, name, sizeof name));
}

/* Beside an OR's other condition of the same property, this one may be for other items. */
static bool has_rival(const cairn_cql2_node *above, const cairn_cql2_node *comparison, const cairn_cql2_node *property)
{
    for (size_t i = 0; above && above->kind == CAIRN_CQL2_K_OR && i < above->n; i++) {
        const cairn_cql2_node *other = above->args[i];
        const cairn_cql2_node *first = other != comparison && other->n ? unfolded(other->args[0]) : NULL;
        if (first && first->kind == CAIRN_CQL2_K_PROPERTY &&
            cairn_span_equal(first->property.name, property->property.name))
            return true;
    }
    return false;
}

static bool has_capital(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] >= 'A' && text.p[i] <= 'Z')
            return true;
    return false;
}

static void judge_fold(teller *t, const cairn_cql2_node *comparison)
{
    char value[QUOTED_MAX];
    if (comparison->kind != CAIRN_CQL2_K_EQ && comparison->kind != CAIRN_CQL2_K_LIKE)
        return;
    for (size_t i = 0; i < 2; i++) {
        const cairn_cql2_node *literal = comparison->args[i], *folded = comparison->args[1 - i];
        if (folded->kind == CAIRN_CQL2_K_CASEI && literal->kind == CAIRN_CQL2_K_STRING && has_capital(literal->text)) {
            cairn_quote(literal->text, value, sizeof value);
            tell(t, "CASEI stands on one side only, where nothing equals '%s'; write CASEI('%s')", value, value);
        }
    }
}

static void judge_comparison(teller *t, const cairn_cql2_node *comparison, const cairn_cql2_node *above)
{
    judge_fold(t, comparison);
    for (size_t i = 0; i < comparison->n; i++) {
        const cairn_cql2_node *property = unfolded(comparison->args[i]);
        if (property->kind != CAIRN_CQL2_K_PROPERTY || has_rival(above, comparison, property))
            continue;
        if (!holds_times(&property->property))
            judge_type(t, comparison, property);
        else if (comparison->kind != CAIRN_CQL2_K_LIKE)
            judge_time(t, comparison, property);
    }
}

/* Recursion: CAIRN_CQL2_MAX_DEPTH. */
static void judge(teller *t, const cairn_cql2_node *node, const cairn_cql2_node *above)
{
    if (node->kind == CAIRN_CQL2_K_PROPERTY)
        judge_name(t, node, above);
    if (is_comparison(node))
        judge_comparison(t, node, above);
    for (size_t i = 0; i < node->n; i++)
        judge(t, node->args[i], node);
}

static void judge_sort(teller *t)
{
    for (size_t i = 0; i < t->search->sort.n && !t->incomplete; i++) {
        const subject *s = find_subject(t, &t->search->sort.keys[i].property);
        if (t->search->sort.keys[i].property.field == CAIRN_CQL2_IN_PROPERTIES && s && !s->exists)
            tell_unknown(t, s, NULL);
    }
}

cairn_code cairn_notes_of(cairn_session *session, const cairn_search *search, cairn_arena *arena, cairn_notes *out,
                          cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    *out = (cairn_notes){.n = 0};
    if (!search->filter && !search->sort.n)
        return code;
    teller *t = cairn_arena_calloc(arena, 1, sizeof *t);
    if (!t)
        return cairn_error_set(error, CAIRN_NOMEM, "no memory for notes on the search");
    t->search = search, t->arena = arena, t->notes = out;
    if (search->filter)
        gather(t, search->filter->root);
    for (size_t i = 0; i < search->sort.n; i++)
        add_subject(t, &search->sort.keys[i].property);
    compare_own_names(t);
    if (t->n)
        code = cairn_session_properties(session, CAIRN_SPAN_NONE, take_property, t, error);
    if (code != CAIRN_OK)
        return code;
    if (search->filter)
        judge(t, search->filter->root, NULL);
    judge_sort(t);
    return t->failed ? cairn_error_set(error, CAIRN_NOMEM, "no memory for notes on the search") : CAIRN_OK;
}

void cairn_notes_print(const cairn_notes *notes, cairn_buf *out)
{
    cairn_buf_add_byte(out, '[');
    for (size_t i = 0; i < notes->n; i++) {
        if (i)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_json_string(out, cairn_span_of(notes->at[i]));
    }
    cairn_buf_add_byte(out, ']');
}
