#include "stac/record.h"

/* Absolute hrefs make a text longer, by so much at most. */
enum { GROWTH_MAX = 64, GROWTH_MIN = 1 << 20 };

cairn_code cairn_record_take(cairn_record *record, cairn_buf *buf, cairn_span *out)
{
    bool ok = !buf->failed;
    if (ok)
        *out = cairn_arena_copy(record->arena, cairn_buf_span(buf));
    cairn_buf_free(buf);
    return ok && out->p ? CAIRN_OK : cairn_record_full(record);
}

static cairn_code compact(cairn_record *record, cairn_span json, cairn_span *out)
{
    *out = json;
    if (record->options->compact)
        return CAIRN_OK;
    cairn_buf buf = CAIRN_BUF_INIT(json.n + 64);
    cairn_json_minify(json, &buf);
    return cairn_record_take(record, &buf, out);
}

cairn_code cairn_source_read(cairn_record *record, cairn_span json, cairn_source *out)
{
    char quoted[CAIRN_RECORD_QUOTE];
    *out = (cairn_source){.record = record};
    json = cairn_span_trim(json);
    if (cairn_json_kind(json) != '{')
        return cairn_record_refuse(record, "", "expected a JSON object, found %s", cairn_record_quote(json, quoted));
    cairn_code code = compact(record, json, &out->text);
    if (code == CAIRN_OK) {
        bool has_index = record->options->compact && record->options->index;
        out->index = has_index ? record->options->index : cairn_json_index_of(out->text, record->arena);
        code = cairn_record_members(record, out->index, "", out->text, &out->members);
    }
    if (code == CAIRN_OK)
        out->hrefs = cairn_hrefs_of(record, out->index, cairn_members_get(&out->members, "links"));
    return code;
}

cairn_code cairn_source_assets(cairn_source *source, bool need_href)
{
    cairn_members assets;
    cairn_span text = cairn_members_get(&source->members, "assets");
    cairn_code code = cairn_record_members(source->record, source->index, "/assets", text, &assets);
    return code == CAIRN_OK ? cairn_hrefs_assets(&source->hrefs, &assets, need_href) : code;
}

cairn_code cairn_source_version(const cairn_source *source, cairn_span *out)
{
    cairn_span value = cairn_members_get(&source->members, "stac_version");
    char quoted[CAIRN_RECORD_QUOTE];
    *out = cairn_json_string(value, source->record->arena);
    if (out->p)
        return CAIRN_OK;
    return cairn_record_mend(source->record, "/stac_version", "taken as older than that",
                             "expected a version such as \"1.0.0\", found %s", cairn_record_quote(value, quoted));
}

static cairn_code check_links(const cairn_source *source, cairn_span links, bool old)
{
    char kind = cairn_json_kind(links), quoted[CAIRN_RECORD_QUOTE];
    if (kind == '[' || (kind == '{' && old))
        return CAIRN_OK;
    return cairn_record_mend(source->record, "/links", kind == '{' ? "read all the same" : "taken as none",
                             "expected an array of links, found %s", cairn_record_quote(links, quoted));
}

cairn_code cairn_source_links(cairn_source *source, bool old)
{
    cairn_span links = cairn_members_get(&source->members, "links");
    cairn_code code = check_links(source, links, old);
    if (code != CAIRN_OK)
        return code;
    cairn_buf buf = cairn_source_buf(source);
    code = cairn_hrefs_write_links(&source->hrefs, links, &buf);
    if (code == CAIRN_OK)
        return cairn_record_take(source->record, &buf, &source->links);
    cairn_buf_free(&buf);
    return code;
}

cairn_buf cairn_source_buf(const cairn_source *source)
{
    return (cairn_buf)CAIRN_BUF_INIT(source->text.n * GROWTH_MAX + GROWTH_MIN);
}

void cairn_source_write(const cairn_source *source, const char *skip, cairn_buf *out)
{
    cairn_buf_reserve(out, source->text.n);
    cairn_buf_add_byte(out, '{');
    for (size_t i = 0; i < source->members.count; i++) {
        cairn_json_member member = source->members.at[i];
        if (cairn_json_key_is(member.key, "links") || (skip && cairn_json_key_is(member.key, skip)))
            continue;
        cairn_hrefs_write(&source->hrefs, member.whole, out);
        cairn_buf_add_byte(out, ',');
    }
}

cairn_code cairn_source_close(const cairn_source *source, cairn_span *out)
{
    cairn_buf buf = cairn_source_buf(source);
    cairn_source_write(source, NULL, &buf);
    if (buf.n > 1)
        buf.n--;
    cairn_buf_add_byte(&buf, '}');
    return cairn_record_take(source->record, &buf, out);
}

cairn_code cairn_source_open(const cairn_source *source, cairn_span *out)
{
    cairn_buf buf = cairn_source_buf(source);
    cairn_source_write(source, NULL, &buf);
    cairn_buf_add_span(&buf, source->links);
    return cairn_record_take(source->record, &buf, out);
}
