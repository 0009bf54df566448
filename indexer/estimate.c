#include "indexer/estimate.h"

#include "indexer/listing.h"
#include "query/estimate.h"

#include <stdio.h>

typedef struct estimating {
    cairn_listing listing; /* first: prints get it */
    cairn_estimate *estimate;
    cairn_arena *scratch; /* of an item */
    uint64_t *seen;       /* items that were added */
} estimating;

bool cairn_estimate_is_asked(const cairn_estimate_flags *flags)
{
    return flags->estimate || flags->json || flags->assets || flags->crs || flags->resolution || flags->memory;
}

/* ---- what is asked for ---- */

static cairn_code read_assets(const char *list, cairn_arena *arena, cairn_estimate_wanted *out, cairn_error *error)
{
    cairn_span left = cairn_span_of(list);
    cairn_span *keys = cairn_arena_calloc(arena, CAIRN_ESTIMATE_ASSETS_MAX, sizeof *keys);
    if (!keys)
        return cairn_error_no_memory(error);
    for (cairn_span key; cairn_list_next(&left, &key);) {
        if (out->n_assets == CAIRN_ESTIMATE_ASSETS_MAX)
            return cairn_error_set(error, CAIRN_INVALID, "more than %d assets", CAIRN_ESTIMATE_ASSETS_MAX);
        keys[out->n_assets++] = key;
    }
    out->assets = out->n_assets ? keys : NULL;
    return CAIRN_OK;
}

static cairn_code at(cairn_error *error, cairn_code code, const char *option)
{
    if (code != CAIRN_OK)
        cairn_error_at_parameter(error, option);
    return code;
}

static bool read_resolution(cairn_span text, double *out)
{
    return cairn_json_check(text, 1, NULL, NULL) == CAIRN_OK && cairn_json_number(text, out) && *out > 0 && *out < 1e9;
}

static cairn_code read_wanted(const cairn_estimate_flags *flags, const cairn_search *search, cairn_arena *arena,
                              cairn_estimate_wanted *out, cairn_error *error)
{
    *out = (cairn_estimate_wanted){
        .has_box = search->has_box, .box = search->box, .worker_bytes = flags->memory, .has_crs = flags->crs != NULL};
    cairn_code code = CAIRN_OK;
    if (!flags->estimate)
        return cairn_error_set(error, CAIRN_INVALID, "--json and --estimate-... are for --estimate");
    if (flags->crs && !cairn_crs_of(cairn_span_of(flags->crs), &out->crs))
        return at(error, cairn_error_set(error, CAIRN_INVALID, "expected a reference system such as EPSG:32633"),
                  "estimate-crs");
    if (flags->resolution && !read_resolution(cairn_span_of(flags->resolution), &out->resolution))
        return at(error, cairn_error_set(error, CAIRN_INVALID, "expected a number above 0"), "estimate-resolution");
    if (flags->assets)
        code = read_assets(flags->assets, arena, out, error);
    return at(error, code, "estimate-assets");
}

/* ---- the pass ---- */

static cairn_code add_item(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                           uint64_t number, cairn_buf *out, cairn_error *error)
{
    const estimating *e = (const estimating *)listing;
    cairn_buf open = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    (void)out;
    if (number != (*e->seen)++)
        return cairn_error_set(error, CAIRN_BUSY, "the catalog was replaced while it was read; try again");
    cairn_arena_reset(e->scratch);
    cairn_code code = cairn_row_text(session, row, false, &open, error);
    if (code == CAIRN_OK)
        code = cairn_estimate_add(e->estimate, cairn_buf_span(&open), row->time, e->scratch, error);
    cairn_buf_free(&open);
    return code;
}

static cairn_code add_all(cairn_reader *reader, const cairn_search *search, const cairn_estimate_wanted *wanted,
                          cairn_estimate **out, uint64_t *count, cairn_error *error)
{
    uint64_t seen = 0;
    estimating e = {.listing = {.reader = reader, .search = search, .print = add_item},
                    .estimate = cairn_estimate_new(wanted),
                    .scratch = cairn_arena_new(CAIRN_READER_MAX_TEXT),
                    .seen = &seen};
    *out = e.estimate;
    cairn_code code =
        e.estimate && e.scratch ? cairn_listing_run(&e.listing, count, error) : cairn_error_no_memory(error);
    cairn_arena_free(e.scratch);
    return code;
}

/* ---- keys of assets that no item has ---- */

static bool has_asset(const cairn_estimate_result *r, cairn_span key)
{
    for (size_t i = 0; i < r->n_assets; i++)
        if (cairn_span_equal(r->assets[i].key, key))
            return true;
    return r->items == 0;
}

static void refuse_key(const cairn_estimate_result *there, cairn_span key, cairn_error *error)
{
    enum { SHOWN = 8 };
    char quoted[64];
    cairn_buf keys = CAIRN_BUF_INIT(1024);
    for (size_t i = 0; i < there->n_assets && i < SHOWN; i++)
        cairn_buf_printf(&keys, "%s%s",
                         i ? ", " : "; there are: ", cairn_quote(there->assets[i].key, quoted, sizeof quoted));
    if (there->n_assets > SHOWN)
        cairn_buf_add_text(&keys, " ...");
    cairn_error_set(error, CAIRN_INVALID, "no item has an asset '%s'%.*s", cairn_quote(key, quoted, sizeof quoted),
                    CAIRN_SPAN_FMT(cairn_buf_span(&keys)));
    cairn_error_at_parameter(error, "estimate-assets");
    cairn_buf_free(&keys);
}

/* Those that there are take a second pass, over all assets that hold data. */
static cairn_code check_keys(cairn_reader *reader, const cairn_search *search, const cairn_estimate_wanted *wanted,
                             const cairn_estimate *estimate, cairn_error *error)
{
    static const cairn_estimate_wanted any = {0};
    uint64_t count;
    cairn_estimate *all = NULL;
    cairn_estimate_result result;
    size_t i = 0;
    cairn_code code = wanted->n_assets ? cairn_estimate_result_of(estimate, &result, error) : CAIRN_OK;
    while (code == CAIRN_OK && i < wanted->n_assets && has_asset(&result, wanted->assets[i]))
        i++;
    if (code != CAIRN_OK || i == wanted->n_assets)
        return at(error, code, "estimate-crs");
    code = add_all(reader, search, &any, &all, &count, error);
    if (code == CAIRN_OK)
        code = cairn_estimate_result_of(all, &result, error);
    if (code == CAIRN_OK)
        refuse_key(&result, wanted->assets[i], error);
    cairn_estimate_free(all);
    return error->code;
}

/* ---- the answer ---- */

static void print_bytes(cairn_buf *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    cairn_buf_printf(out, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void print_line(cairn_buf *out, const char *label, uint64_t bytes, const char *note)
{
    cairn_buf_printf(out, "%-22s", label);
    print_bytes(out, bytes);
    cairn_buf_printf(out, "%s\n", note);
}

static void print_assets(const cairn_estimate_result *r, cairn_buf *out)
{
    cairn_buf_printf(out, "\n%-22s %10s %6s %12s  %s\n", "asset", "arrays", "bands", "bytes", "unknown");
    for (size_t i = 0; i < r->n_assets; i++) {
        const cairn_estimate_asset *a = &r->assets[i];
        char key[64];
        cairn_buf size = CAIRN_BUF_INIT(64);
        print_bytes(&size, a->bytes);
        cairn_buf_add_byte(&size, '\0');
        cairn_buf_printf(out, "%-22s %10llu %6llu %12s  %llu\n", cairn_quote(a->key, key, sizeof key),
                         (unsigned long long)a->arrays, (unsigned long long)a->bands, size.p ? size.p : "",
                         (unsigned long long)a->unknown);
        cairn_buf_free(&size);
    }
}

static void print_cube(const cairn_estimate_result *r, const cairn_estimate_cube *cube, const char *title,
                       cairn_buf *out)
{
    cairn_buf_printf(out, "\n%s: %llu times x %llu bands x %llu rows x %llu columns, %s at %g x %g\n", title,
                     (unsigned long long)r->times, (unsigned long long)r->bands, (unsigned long long)cube->height,
                     (unsigned long long)cube->width, r->crs.name, r->resolution[0], r->resolution[1]);
    print_line(out, "  in own data types", cube->bytes,
               r->value_bytes ? "  (odc-stac)" : "  (odc-stac; data types are not known, so 8 bytes a value)");
    print_line(out, "  as float64", cube->float64_bytes, "  (stackstac: a layer for each item)");
    cairn_buf_printf(out, "  chunks              %llu of %llu x %llu, ", (unsigned long long)cube->chunks,
                     (unsigned long long)cube->chunk_side, (unsigned long long)cube->chunk_side);
    print_bytes(out, cube->chunk_bytes);
    cairn_buf_printf(out, " each\n  workers             %llu to hold it in memory\n",
                     (unsigned long long)cube->workers);
}

static void print_table(const cairn_estimate_result *r, cairn_buf *out)
{
    cairn_buf_printf(out, "items                 %llu, of which %llu have data assets\n", (unsigned long long)r->items,
                     (unsigned long long)r->items_with);
    cairn_buf_printf(out, "arrays                %llu\n", (unsigned long long)r->arrays);
    print_line(out, "bytes, decoded", r->bytes, "");
    if (r->unknown_arrays)
        cairn_buf_printf(out, "not counted           %llu arrays of %llu items: no shape or no data type\n",
                         (unsigned long long)r->unknown_arrays, (unsigned long long)r->items_unknown);
    print_assets(r, out);
    if (r->has_cube)
        print_cube(r, &r->whole, "cube of all", out);
    else
        cairn_buf_add_text(out, "\nno cube: no asset tells its grid (proj:code, proj:shape, proj:transform)\n");
    if (r->has_cut)
        print_cube(r, &r->cut, "cube of --bbox", out);
    if (r->has_cube && r->systems > 1)
        cairn_buf_printf(out, "\nThe arrays are in %zu reference systems; stackstac wants epsg= then.\n", r->systems);
    if (r->has_cube && r->gridless)
        cairn_buf_printf(out, "\n%llu arrays without a grid are not in the cube.\n", (unsigned long long)r->gridless);
}

static void print_json(const cairn_estimate_result *r, cairn_buf *out)
{
    cairn_buf_printf(out, "{\"array_bytes\":%llu,\"cube_bytes\":", (unsigned long long)r->bytes);
    if (r->has_cube)
        cairn_buf_printf(out, "%llu,", (unsigned long long)r->whole.bytes);
    else
        cairn_buf_add_text(out, "null,");
    cairn_estimate_write_arrays(r, out);
    cairn_buf_add_byte(out, ',');
    cairn_estimate_write_cube(r, out);
    cairn_buf_add_text(out, "}\n");
}

static cairn_code print_result(const cairn_estimate_flags *flags, const cairn_estimate *estimate, cairn_error *error)
{
    cairn_output output;
    cairn_estimate_result result;
    cairn_buf out = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_code code = at(error, cairn_estimate_result_of(estimate, &result, error), "estimate-crs");
    if (code != CAIRN_OK)
        return code;
    if (flags->json)
        print_json(&result, &out);
    else
        print_table(&result, &out);
    code = out.failed ? cairn_error_no_memory(error) : cairn_output_open(&output, NULL, error);
    if (code == CAIRN_OK)
        code = cairn_output_write(&output, cairn_buf_span(&out), error);
    if (code == CAIRN_OK)
        code = cairn_output_close(&output, error);
    cairn_buf_free(&out);
    return code;
}

cairn_code cairn_estimate_print(const cairn_estimate_flags *flags, cairn_reader *reader, const cairn_search *search,
                                cairn_arena *arena, uint64_t *count, cairn_error *error)
{
    cairn_estimate_wanted wanted;
    cairn_code code = read_wanted(flags, search, arena, &wanted, error);
    if (code != CAIRN_OK)
        return code;
    cairn_estimate *estimate;
    code = add_all(reader, search, &wanted, &estimate, count, error);
    if (code == CAIRN_OK)
        code = check_keys(reader, search, &wanted, estimate, error);
    if (code == CAIRN_OK)
        code = print_result(flags, estimate, error);
    cairn_estimate_free(estimate);
    return code;
}
