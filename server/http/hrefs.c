#include "http/hrefs.h"

typedef cairn_code (*add_rule)(cairn_href_map *map, cairn_span rule, cairn_error *error);

static cairn_code add_lines(cairn_href_map *map, const char *lines, add_rule add, const char *option,
                            cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    cairn_span rest = cairn_span_of(lines);
    while (!code && rest.n) {
        const char *end = memchr(rest.p, '\n', rest.n);
        cairn_span line = cairn_span_make(rest.p, end ? (size_t)(end - rest.p) : rest.n);
        rest = cairn_span_make(line.p + line.n + (end != NULL), rest.n - line.n - (end != NULL));
        line = cairn_span_trim(line);
        if (line.n && (code = add(map, line, error)))
            cairn_error_context(error, "%s", option);
    }
    return code;
}

static cairn_code add_folders(cairn_href_map *map, const cairn_asset_folders *folders, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    for (size_t i = 0; !code && i < folders->n; i++)
        code = cairn_href_map_add_folder(map, folders->list[i].rule, error);
    return code;
}

cairn_code cairn_hrefs_of_config(const cairn_config *config, cairn_signer *signer, cairn_href_map **out,
                                 cairn_error *error)
{
    *out = cairn_href_map_new();
    if (!*out)
        return cairn_error_no_memory(error);
    if (config->href_mode == CAIRN_HREF_SIGNED && !signer)
        return cairn_error_set(error, CAIRN_INVALID, "--asset-href-mode signed needs keys: --sign FILE");
    cairn_href_map_set_signer(*out, signer);
    cairn_code code = add_lines(*out, config->href_maps, cairn_href_map_add, "--href-map", error);
    if (!code)
        code = add_lines(*out, config->href_alternates, cairn_href_map_add_alternate, "--href-alternate", error);
    return code ? code : add_folders(*out, &config->assets, error);
}
