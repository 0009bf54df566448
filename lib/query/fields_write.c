#include "query/fields_names.h"

#include "stac/document.h"

typedef struct writer {
    cairn_buf *out;
    cairn_arena *scratch; /* for keys with escapes; NULL until one is met */
    bool failed;
} writer;

/* What the names say of the members of one object: `names` share the first `at` bytes; `keep` is what becomes of a
 * member that none of them speaks of. */
typedef struct scope {
    cairn_field_names names;
    size_t at;
    bool keep;
} scope;

static cairn_span key_text(writer *w, cairn_span key)
{
    if (!memchr(key.p, '\\', key.n))
        return key;
    if (!w->scratch)
        w->scratch = cairn_arena_new(SIZE_MAX / 4);
    if (w->scratch)
        cairn_arena_reset(w->scratch);
    cairn_span text =
        w->scratch ? cairn_json_string(cairn_span_make(key.p - 1, key.n + 2), w->scratch) : CAIRN_SPAN_NONE;
    w->failed |= !text.p;
    return text.p ? text : key;
}

/* What the names say of this member's own members, and in `keep` of the member itself. */
static scope scope_below(writer *w, const scope *s, const cairn_json_member *member)
{
    cairn_span key = key_text(w, member->key);
    scope below = {.at = s->at + key.n + 1};
    const cairn_field_name *name = cairn_field_names_find(s->names, s->at, key, &below.names);
    below.keep = name ? name->wanted : s->keep;
    return below;
}

static void separate(writer *w, size_t first)
{
    if (w->out->n > first)
        cairn_buf_add_byte(w->out, ',');
}

static void write_members(writer *w, cairn_json_walk walk, const scope *s, size_t first);

/* An object of which only some members are sent; not at all when nothing asks for it and it has none of them. */
static void write_part(writer *w, const cairn_json_member *member, const scope *below, size_t first)
{
    size_t before = w->out->n;
    separate(w, first);
    cairn_buf_add(w->out, member->whole.p, (size_t)(member->value.p - member->whole.p));
    cairn_buf_add_byte(w->out, '{');
    size_t inside = w->out->n;
    write_members(w, cairn_json_walk_object(member->value), below, inside);
    if (w->out->n == inside && !below->keep)
        w->out->n = before;
    else
        cairn_buf_add_byte(w->out, '}');
}

/* `first` is where the members of this object begin in the output. Recursion: as deep as a name has parts. */
static void write_member(writer *w, const cairn_json_member *member, const scope *s, size_t first)
{
    scope below = scope_below(w, s, member);
    if (below.names.n && cairn_json_kind(member->value) == '{') {
        write_part(w, member, &below, first);
    } else if (below.keep) {
        separate(w, first);
        cairn_buf_add_span(w->out, member->whole);
    }
}

static void write_members(writer *w, cairn_json_walk walk, const scope *s, size_t first)
{
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        write_member(w, &member, s, first);
}

/* The open form has no end: its walk ends with the text. */
static cairn_json_walk walk_open(cairn_span open)
{
    return (cairn_json_walk){.at = open.p + 1, .end = open.p + open.n};
}

enum { LISTED = 40 };

/* What one look over a document's own members tells. */
typedef struct survey {
    bool is_item;
    bool in_range;                  /* without a datetime */
    cairn_span links;               /* open, as they stand last */
    cairn_span members;             /* the text in front of them */
    size_t n;                       /* how many members that text has */
    cairn_json_member list[LISTED]; /* the first of them */
} survey;

static void survey_member(survey *s, const cairn_json_member *member)
{
    if (cairn_json_key_is(member->key, "type")) {
        s->is_item = cairn_json_string_is(member->value, "Feature");
    } else if (cairn_json_key_is(member->key, "properties")) {
        cairn_span instant = cairn_json_get(member->value, "datetime");
        s->in_range = !instant.p || cairn_json_is_null(instant);
    }
}

static void survey_of(cairn_span open, survey *s)
{
    s->is_item = false;
    s->in_range = true;
    s->links = cairn_open_links;
    s->members = open;
    s->n = 0;
    cairn_json_walk walk = walk_open(open);
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (walk.at == open.p + open.n && cairn_json_key_is(member.key, "links")) {
            s->links = member.whole;
            s->members.n = (size_t)(member.whole.p - open.p);
            return;
        }
        survey_member(s, &member);
        if (s->n < LISTED)
            s->list[s->n] = member;
        s->n++;
    }
}

/* The document's own members, which mostly are few: then they are not looked for again. */
static void write_own(writer *w, const survey *s, const scope *top, size_t first)
{
    if (s->n > LISTED) {
        write_members(w, walk_open(s->members), top, first);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        write_member(w, &s->list[i], top, first);
}

static const cairn_field_names *names_for(const cairn_fields *fields, const survey *s)
{
    if (!s->is_item)
        return &fields->collection;
    return s->in_range ? &fields->item_in_range : &fields->item;
}

bool cairn_fields_write(const cairn_fields *fields, cairn_span open, cairn_buf *out)
{
    writer w = {.out = out};
    survey s;
    survey_of(open, &s);
    scope top = {.names = *names_for(fields, &s), .keep = fields->all_but};
    cairn_buf_add_byte(out, '{');
    size_t first = out->n;
    write_own(&w, &s, &top, first);
    if (fields->wants_links) {
        separate(&w, first);
        cairn_buf_add_span(out, s.links);
    } else {
        cairn_buf_add_byte(out, '}');
    }
    cairn_arena_free(w.scratch);
    return !w.failed && !out->failed;
}

bool cairn_fields_want_links(const cairn_fields *fields)
{
    return fields->wants_links;
}

bool cairn_fields_want(const cairn_fields *fields, const char *member)
{
    cairn_field_names below;
    const cairn_field_name *name = cairn_field_names_find(fields->item_in_range, 0, cairn_span_of(member), &below);
    if (name ? name->wanted : fields->all_but)
        return true;
    for (size_t i = 0; i < below.n; i++)
        if (below.p[i].wanted)
            return true;
    return false;
}
