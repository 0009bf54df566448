#include "indexer/hrefs.h"

#include "indexer/reader.h"

typedef cairn_code (*add_rule)(cairn_href_map *map, cairn_span rule, cairn_error *error);

static cairn_code add_all(cairn_href_map *map, const cairn_option_list *list, add_rule add, const char *option,
                          cairn_error *error)
{
    for (size_t i = 0; i < list->n; i++)
        if (add(map, cairn_span_of(list->items[i]), error) != CAIRN_OK)
            return cairn_error_at_parameter(error, option);
    return CAIRN_OK;
}

static cairn_code read_mode(cairn_hrefs *hrefs, const char *mode, cairn_error *error)
{
    cairn_code code = mode ? cairn_href_mode_parse(cairn_span_of(mode), &hrefs->view.mode, error) : CAIRN_OK;
    if (code == CAIRN_OK && hrefs->view.mode == CAIRN_HREF_SIGNED)
        code = cairn_error_set(error, CAIRN_INVALID,
                               "signed is for cairnd --sign, expected loadable, https, s3, file "
                               "or source");
    if (code == CAIRN_OK)
        return code;
    return cairn_error_at_parameter(error, "asset-href-mode");
}

cairn_code cairn_hrefs_open(cairn_hrefs *hrefs, const cairn_hrefs_flags *flags, cairn_href_mode otherwise,
                            cairn_error *error)
{
    *hrefs = (cairn_hrefs){.map = cairn_href_map_new(),
                           .scratch = cairn_arena_new(CAIRN_READER_MAX_TEXT),
                           .text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT)};
    hrefs->view = (cairn_href_view){.map = hrefs->map, .mode = otherwise};
    if (!hrefs->map || !hrefs->scratch)
        return cairn_error_no_memory(error);
    cairn_code code = read_mode(hrefs, flags->mode, error);
    if (code == CAIRN_OK)
        code = add_all(hrefs->map, &flags->maps, cairn_href_map_add, "href-map", error);
    return code == CAIRN_OK
               ? add_all(hrefs->map, &flags->alternates, cairn_href_map_add_alternate, "href-alternate", error)
               : code;
}

void cairn_hrefs_close(cairn_hrefs *hrefs)
{
    cairn_href_map_free(hrefs->map);
    cairn_arena_free(hrefs->scratch);
    cairn_buf_free(&hrefs->text);
}

cairn_code cairn_hrefs_row_text(cairn_hrefs *hrefs, cairn_session *session, const cairn_item_row *row, bool source,
                                cairn_buf *out, cairn_error *error)
{
    if (!cairn_href_view_touches(&hrefs->view, row->traits & CAIRN_HREFS_ALL))
        return cairn_row_text(session, row, source, out, error);
    cairn_buf_reset(&hrefs->text);
    cairn_arena_reset(hrefs->scratch);
    cairn_code code = cairn_row_text(session, row, source, &hrefs->text, error);
    return code == CAIRN_OK
               ? cairn_href_rewrite(&hrefs->view, cairn_buf_span(&hrefs->text), hrefs->scratch, out, NULL, error)
               : code;
}
