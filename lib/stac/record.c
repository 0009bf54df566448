#include "stac/record.h"

#include "base/secret.h"

#include <stdint.h>
#include <stdio.h>

enum { ID_MAX = 2048, FIRST_MEMBERS = 32, SEEN_ON_STACK = 256 };

cairn_code cairn_record_refuse(cairn_record *record, const char *pointer, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    cairn_code code = cairn_error_vset(record->error, CAIRN_INVALID, format, ap);
    va_end(ap);
    if (record->error)
        cairn_error_at_pointer(record->error, pointer);
    return code;
}

cairn_code cairn_record_mend(cairn_record *record, const char *pointer, const char *done, const char *format, ...)
{
    char message[CAIRN_ERROR_MESSAGE_MAX];
    va_list ap;
    va_start(ap, format);
    vsnprintf(message, sizeof message, format, ap);
    va_end(ap);
    if (record->options->strict)
        return cairn_record_refuse(record, pointer, "%s", message);
    cairn_warn(record->warnings, record->arena, pointer, "%s; %s", message, done);
    return CAIRN_OK;
}

cairn_code cairn_record_full(cairn_record *record)
{
    return cairn_error_set(record->error, CAIRN_NOMEM, "the record needs more memory than one record may take");
}

const char *cairn_record_quote(cairn_span value, char out[CAIRN_RECORD_QUOTE])
{
    return value.p ? cairn_quote(value, out, CAIRN_RECORD_QUOTE) : "nothing";
}

cairn_code cairn_record_id(cairn_record *record, const char *pointer, const char *what, cairn_span value,
                           cairn_span *out)
{
    char quoted[CAIRN_RECORD_QUOTE];
    if (!value.p)
        return cairn_record_refuse(record, pointer, "%s is missing, expected a non-empty string", what);
    if (cairn_json_kind(value) != '"')
        return cairn_record_refuse(record, pointer, "%s: expected a non-empty string, found %s", what,
                                   cairn_record_quote(value, quoted));
    *out = cairn_json_string(value, record->arena);
    if (!out->p)
        return cairn_record_full(record);
    if (out->n == 0)
        return cairn_record_refuse(record, pointer, "%s: expected a non-empty string, found \"\"", what);
    if (out->n > ID_MAX)
        return cairn_record_refuse(record, pointer, "%s: expected at most %d bytes, found %zu", what, ID_MAX, out->n);
    if (memchr(out->p, '\0', out->n))
        return cairn_record_refuse(record, pointer, "%s: expected a string without U+0000, found %s", what,
                                   cairn_record_quote(value, quoted));
    return CAIRN_OK;
}

/* ---- members ---- */

static bool push_member(cairn_arena *arena, cairn_members *members, size_t *room, cairn_json_member member)
{
    if (members->count == *room) {
        size_t more = *room ? *room * 2 : FIRST_MEMBERS;
        cairn_json_member *grown = cairn_arena_calloc(arena, more, sizeof *grown);
        if (!grown)
            return false;
        if (members->count)
            memcpy(grown, members->at, members->count * sizeof *grown);
        members->at = grown;
        *room = more;
    }
    members->at[members->count++] = member;
    return true;
}

static cairn_span decode_key(cairn_span key, cairn_arena *arena)
{
    if (!key.n || !memchr(key.p, '\\', key.n))
        return key;
    return cairn_json_string((cairn_span){key.p - 1, key.n + 2}, arena);
}

static cairn_code mend_duplicate(cairn_record *record, const char *prefix, cairn_span key)
{
    char pointer[CAIRN_ERROR_POINTER_MAX];
    cairn_json_pointer(pointer, prefix, key);
    return cairn_record_mend(record, pointer, "the last one counts", "the key stands more than once");
}

/* `seen` holds 1-based places of `members`, open addressing in a power of two. */
static cairn_code find_duplicates(cairn_record *record, const char *prefix, const cairn_members *members,
                                  uint32_t *seen, size_t size)
{
    for (size_t i = 0; i < members->count; i++) {
        cairn_span key = decode_key(members->at[i].key, record->arena);
        size_t slot = cairn_hash64(key) & (size - 1);
        for (; seen[slot]; slot = (slot + 1) & (size - 1)) {
            cairn_span other = decode_key(members->at[seen[slot] - 1].key, record->arena);
            if (!cairn_span_equal(key, other))
                continue;
            cairn_code code = mend_duplicate(record, prefix, members->at[i].key);
            if (code != CAIRN_OK)
                return code;
            break;
        }
        seen[slot] = (uint32_t)(i + 1);
    }
    return CAIRN_OK;
}

cairn_code cairn_record_members(cairn_record *record, const cairn_json_index *index, const char *prefix,
                                cairn_span object, cairn_members *out)
{
    uint32_t on_stack[SEEN_ON_STACK] = {0}, *seen = on_stack;
    size_t room = 0, size = SEEN_ON_STACK;
    cairn_json_member member;
    cairn_json_walk walk = cairn_json_walk_object_in(index, object);
    *out = (cairn_members){0};
    while (cairn_json_next_member(&walk, &member))
        if (!push_member(record->arena, out, &room, member))
            return cairn_record_full(record);
    while (size < out->count * 2)
        size *= 2;
    if (size > SEEN_ON_STACK && !(seen = cairn_arena_calloc(record->arena, size, sizeof *seen)))
        return cairn_record_full(record);
    return find_duplicates(record, prefix, out, seen, size);
}

cairn_span cairn_members_get(const cairn_members *members, const char *name)
{
    for (size_t i = members->count; i > 0; i--)
        if (cairn_json_key_is(members->at[i - 1].key, name))
            return members->at[i - 1].value;
    return CAIRN_SPAN_NONE;
}
