#include "indexer/esm_rows.h"

#include "indexer/listing.h"
#include "query/csv.h"

/* The columns of an item by the names that query/csv.h has for them. */
static const char own_members[] = "\"id\",\"collection\",\"datetime\",\"start_datetime\",\"end_datetime\",\"bbox\"";

typedef struct rows {
    cairn_listing listing; /* first: prints get it */
    cairn_esm_table *table;
    const cairn_csv *csv;
    cairn_arena *scratch; /* of an item */
} rows;

typedef struct asset_row {
    cairn_span item, key, href, asset;
    cairn_esm_format format;
} asset_row;

/* ---- variables ---- */

static bool is_data(cairn_span variable)
{
    cairn_span type = cairn_json_get(variable, "type");
    return !type.p || cairn_json_string_is(type, "data");
}

/* Of the Datacube extension, the asset's or else the item's. */
static cairn_span variables_of(const asset_row *row)
{
    cairn_span variables = cairn_json_get(row->asset, "cube:variables");
    if (cairn_json_kind(variables) != '{')
        variables = cairn_json_get(cairn_json_get(row->item, "properties"), "cube:variables");
    return variables;
}

static size_t count_variables(const asset_row *row)
{
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_object(variables_of(row));
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        n += is_data(member.value);
    return n;
}

/* ["tas", "pr"]: how JSON and Python write it. The asset's key stands for an unknown one. */
static void add_list(const asset_row *row, cairn_buf *out)
{
    size_t n = 0;
    cairn_json_walk walk = cairn_json_walk_object(variables_of(row));
    cairn_buf_add_byte(out, '[');
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (!is_data(member.value))
            continue;
        cairn_buf_add_text(out, n++ ? ", \"" : "\"");
        cairn_buf_add_span(out, member.key);
        cairn_buf_add_byte(out, '"');
    }
    if (n == 0)
        cairn_buf_add_json_string(out, row->key);
    cairn_buf_add_byte(out, ']');
}

static cairn_span only_variable(const asset_row *row, cairn_arena *scratch)
{
    cairn_json_walk walk = cairn_json_walk_object(variables_of(row));
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);)
        if (is_data(member.value))
            return cairn_json_string(cairn_span_make(member.key.p - 1, member.key.n + 2), scratch);
    return row->key;
}

static void add_variable(const rows *r, const asset_row *row, cairn_buf *out)
{
    cairn_buf list = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    if (r->table->lists)
        add_list(row, &list);
    cairn_csv_cell(out, r->table->lists ? cairn_buf_span(&list) : only_variable(row, r->scratch));
    out->failed |= list.failed;
    cairn_buf_free(&list);
}

/* ---- rows ---- */

static void add_row(const rows *r, const asset_row *row, cairn_span of_item, cairn_buf *out)
{
    cairn_csv_cell(out, row->href);
    cairn_buf_add_byte(out, ',');
    cairn_buf_add_text(out, cairn_esm_format_names[row->format]);
    cairn_buf_add_byte(out, ',');
    cairn_csv_cell(out, row->key);
    cairn_buf_add_byte(out, ',');
    if (r->table->own_variable) {
        add_variable(r, row, out);
        cairn_buf_add_byte(out, ',');
    }
    cairn_buf_add_span(out, of_item);
}

static bool is_wanted(const rows *r, asset_row *row, const cairn_json_member *member)
{
    row->key = cairn_json_string(cairn_span_make(member->key.p - 1, member->key.n + 2), r->scratch);
    row->asset = member->value;
    row->href = cairn_json_string(cairn_json_get(member->value, "href"), r->scratch);
    if (!row->key.p || !row->href.n || !cairn_esm_format_of(row->key, row->href, row->asset, r->scratch, &row->format))
        return false;
    r->table->found[row->format]++;
    return r->table->formats[row->format];
}

/* The cells of the item are made once, for its first asset. */
static bool add_assets(const rows *r, cairn_span item, cairn_buf *out)
{
    asset_row row = {.item = item};
    cairn_buf cells = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    bool done = true;
    cairn_json_walk walk = cairn_json_walk_object(cairn_json_get(item, "assets"));
    for (cairn_json_member member; done && cairn_json_next_member(&walk, &member);) {
        if (!is_wanted(r, &row, &member))
            continue;
        if (!cells.n)
            done = cairn_csv_row(r->csv, item, r->scratch, &cells);
        add_row(r, &row, cairn_buf_span(&cells), out);
        r->table->any = true;
    }
    cairn_buf_free(&cells);
    return done && !out->failed;
}

static void survey_assets(const rows *r, cairn_span item)
{
    asset_row row = {.item = item};
    cairn_json_walk walk = cairn_json_walk_object(cairn_json_get(item, "assets"));
    for (cairn_json_member member; cairn_json_next_member(&walk, &member);) {
        if (!is_wanted(r, &row, &member))
            continue;
        size_t variables = count_variables(&row);
        r->table->any = true;
        r->table->lists |= variables > 1;
        r->table->unnamed += variables == 0 && row.format != CAIRN_ESM_TIFF;
    }
}

static cairn_code print_item(const cairn_listing *listing, cairn_session *session, const cairn_item_row *row,
                             uint64_t number, cairn_buf *out, cairn_error *error)
{
    const rows *r = (const rows *)listing;
    cairn_buf open = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    (void)number;
    cairn_arena_reset(r->scratch);
    cairn_code code = cairn_hrefs_row_text(r->table->hrefs, session, row, false, &open, error);
    if (code == CAIRN_OK && !r->csv)
        survey_assets(r, cairn_buf_span(&open));
    else if (code == CAIRN_OK && !add_assets(r, cairn_buf_span(&open), out))
        code = cairn_error_set(error, CAIRN_NOMEM, "no memory for the rows of a document of %zu bytes", open.n);
    cairn_buf_free(&open);
    return code;
}

static cairn_code run(rows *r, cairn_error *error)
{
    uint64_t count;
    r->scratch = cairn_arena_new(CAIRN_READER_MAX_TEXT);
    if (!r->scratch)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_listing_run(&r->listing, &count, error);
    cairn_arena_free(r->scratch);
    return code;
}

cairn_code cairn_esm_rows_survey(cairn_esm_table *table, cairn_reader *reader, const cairn_search *search,
                                 cairn_error *error)
{
    rows r = {.listing = {.reader = reader, .search = search, .print = print_item}, .table = table};
    return run(&r, error);
}

/* ---- the columns ---- */

static void add_header(const rows *r, cairn_buf *out)
{
    for (const char *const *own = cairn_esm_own_columns; *own; own++) {
        if (strcmp(*own, "variable") == 0 && !r->table->own_variable)
            continue;
        if (out->n)
            cairn_buf_add_byte(out, ',');
        cairn_buf_add_text(out, *own);
    }
    for (size_t i = 0; i < r->table->columns->n; i++) {
        cairn_buf_add_byte(out, ',');
        cairn_csv_cell(out, r->table->columns->at[i].name);
    }
    cairn_buf_add_text(out, "\r\n");
}

static cairn_code make_csv(rows *r, cairn_arena *arena, cairn_error *error)
{
    const cairn_esm_columns *columns = r->table->columns;
    cairn_buf fields = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_buf_printf(&fields, "{\"include\":[%s", own_members);
    for (size_t i = 0; i < columns->n; i++) {
        cairn_span name = cairn_arena_printf(arena, "properties.%.*s", CAIRN_SPAN_FMT(columns->at[i].property));
        fields.failed |= !name.p;
        cairn_buf_add_byte(&fields, ',');
        cairn_buf_add_json_string(&fields, name);
    }
    cairn_buf_add_text(&fields, "]}");
    cairn_span text = fields.failed ? CAIRN_SPAN_NONE : cairn_arena_copy(arena, cairn_buf_span(&fields));
    cairn_buf_free(&fields);
    return text.p ? cairn_csv_from_json(text, arena, &r->csv, error) : cairn_error_no_memory(error);
}

cairn_code cairn_esm_rows_write(cairn_esm_table *table, cairn_reader *reader, const cairn_search *search,
                                cairn_output *output, cairn_arena *arena, cairn_error *error)
{
    rows r = {.listing = {.reader = reader, .search = search, .print = print_item, .output = output}, .table = table};
    cairn_buf header = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_code code = make_csv(&r, arena, error);
    if (code == CAIRN_OK) {
        add_header(&r, &header);
        code =
            header.failed ? cairn_error_no_memory(error) : cairn_output_write(output, cairn_buf_span(&header), error);
    }
    cairn_buf_free(&header);
    return code == CAIRN_OK ? run(&r, error) : code;
}
