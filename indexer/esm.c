#include "indexer/esm.h"

#include "base/clock.h"
#include "indexer/esm_rows.h"
#include "indexer/exit.h"

static const char default_formats[] = "netcdf,zarr,reference,opendap";

enum { GROUPS_MAX = 64 };

typedef struct esm {
    const cairn_esm_wanted *wanted;
    const cairn_search *search;
    cairn_arena *arena;
    cairn_span path; /* without .json */
    cairn_esm_columns columns;
    cairn_esm_table table;
    cairn_span variable, groups[GROUPS_MAX];
    size_t n_groups;
} esm;

static cairn_code at_option(cairn_error *error, const char *option)
{
    return cairn_error_at_parameter(error, option);
}

/* ---- what is asked for ---- */

static cairn_code read_formats(esm *e, cairn_error *error)
{
    cairn_span list = cairn_span_of(e->wanted->formats ? e->wanted->formats : default_formats);
    char quoted[64];
    for (cairn_span name; cairn_list_next(&list, &name);) {
        size_t i = 0;
        while (cairn_esm_format_names[i] && !cairn_span_is(name, cairn_esm_format_names[i]))
            i++;
        if (!cairn_esm_format_names[i]) {
            cairn_error_set(error, CAIRN_INVALID,
                            "no format '%s', expected some of netcdf, zarr, reference, opendap, tiff, grib",
                            cairn_quote(name, quoted, sizeof quoted));
            return at_option(error, "--esm-formats");
        }
        e->table.formats[i] = true;
    }
    return CAIRN_OK;
}

static cairn_code read_path(esm *e, cairn_error *error)
{
    cairn_span path = cairn_span_of(e->wanted->output);
    if (cairn_span_ends(path, ".json"))
        path.n -= strlen(".json");
    if (path.n == 0 || path.p[path.n - 1] == '/' || path.p[0] == '-') {
        cairn_error_set(error, CAIRN_INVALID,
                        "expected --output DIR/NAME: an ESM collection is two files, NAME.json and NAME.csv.gz");
        return at_option(error, "--output");
    }
    e->path = cairn_arena_copy(e->arena, path);
    return e->path.p ? CAIRN_OK : cairn_error_no_memory(error);
}

static cairn_code gather(void *context, cairn_session *session, cairn_error *error)
{
    esm *e = context;
    return cairn_esm_columns_gather(session, e->search, e->arena, &e->columns, error);
}

static bool is_own(cairn_span name)
{
    for (const char *const *own = cairn_esm_own_columns; *own; own++)
        if (cairn_span_is(name, *own))
            return true;
    return false;
}

/* The name of the column that an option names. */
static cairn_code column_of(const esm *e, cairn_span name, const char *option, cairn_span *out, cairn_error *error)
{
    const cairn_esm_column *column = cairn_esm_columns_find(&e->columns, name);
    *out = is_own(name) ? name : column ? column->name : CAIRN_SPAN_NONE;
    if (out->p)
        return CAIRN_OK;
    cairn_esm_refuse_name(&e->columns, name, e->arena, error);
    return at_option(error, option);
}

/* ---- what is taken where nothing is said ---- */

/* A column that every row has: intake-esm refuses to group by others. */
static const cairn_esm_column *find_everywhere(const esm *e, const char *name)
{
    const cairn_esm_column *column = cairn_esm_columns_find(&e->columns, cairn_span_of(name));
    return column && column->items == e->columns.items ? column : NULL;
}

static cairn_code choose_variable(esm *e, cairn_error *error)
{
    cairn_span own = cairn_span_of("variable");
    const cairn_esm_column *column = find_everywhere(e, "variable_id");
    if (e->wanted->variable) {
        cairn_code code = column_of(e, cairn_span_of(e->wanted->variable), "--esm-variable", &e->variable, error);
        e->table.own_variable = cairn_span_equal(e->variable, own);
        return code;
    }
    e->table.own_variable = !column;
    e->variable = column ? column->name : own;
    return CAIRN_OK;
}

/* What tells simulations apart, in the words of CMIP5, CMIP6 and CORDEX. */
static const char *const facets[] = {"project_id",
                                     "activity_id",
                                     "domain_id",
                                     "institution_id",
                                     "institute",
                                     "driving_source_id",
                                     "driving_experiment_id",
                                     "driving_variant_label",
                                     "source_id",
                                     "model",
                                     "experiment_id",
                                     "experiment",
                                     "member_id",
                                     "variant_label",
                                     "ensemble",
                                     "table_id",
                                     "mip_table",
                                     "grid_label",
                                     NULL};

static void choose_groups(esm *e)
{
    bool cmip = find_everywhere(e, "source_id") || find_everywhere(e, "model");
    for (const char *const *f = facets; cmip && *f; f++) {
        bool longer = strcmp(*f, "experiment") == 0 && find_everywhere(e, "experiment_id");
        const cairn_esm_column *column = longer ? NULL : find_everywhere(e, *f);
        if (column)
            e->groups[e->n_groups++] = column->name;
    }
    if (!cmip)
        e->groups[e->n_groups++] = cairn_span_of("collection");
    e->groups[e->n_groups++] = cairn_span_of(cmip ? "format" : "asset");
}

static cairn_code read_groups(esm *e, cairn_error *error)
{
    cairn_span list = cairn_span_of(e->wanted->groupby);
    cairn_code code = CAIRN_OK;
    for (cairn_span name; code == CAIRN_OK && cairn_list_next(&list, &name);) {
        if (e->n_groups == GROUPS_MAX) {
            cairn_error_set(error, CAIRN_INVALID, "more than %d columns", GROUPS_MAX);
            return at_option(error, "--esm-groupby");
        }
        code = column_of(e, name, "--esm-groupby", &e->groups[e->n_groups++], error);
    }
    return code;
}

static cairn_code plan(esm *e, cairn_reader *reader, cairn_error *error)
{
    cairn_code code = cairn_reader_run(reader, gather, e, error);
    if (code == CAIRN_OK && e->wanted->columns) {
        code = cairn_esm_columns_choose(&e->columns, cairn_span_of(e->wanted->columns), e->arena, error);
        if (code == CAIRN_INVALID)
            at_option(error, "--esm-columns");
    }
    if (code == CAIRN_OK)
        code = choose_variable(e, error);
    if (code == CAIRN_OK && e->wanted->groupby)
        code = read_groups(e, error);
    if (e->n_groups == 0)
        choose_groups(e);
    e->table.columns = &e->columns;
    e->table.hrefs = e->wanted->hrefs;
    return code;
}

/* ---- NAME.json ---- */

static void add_member(cairn_buf *out, const char *name, cairn_span text)
{
    cairn_buf_printf(out, "  \"%s\": ", name);
    cairn_buf_add_json_string(out, text);
    cairn_buf_add_text(out, ",\n");
}

static void add_attributes(const esm *e, cairn_buf *out)
{
    cairn_buf_add_text(out, "  \"attributes\": [");
    for (size_t i = 0; i < e->columns.n; i++) {
        cairn_buf_add_text(out, i ? ",\n    {\"column_name\": " : "\n    {\"column_name\": ");
        cairn_buf_add_json_string(out, e->columns.at[i].name);
        cairn_buf_add_text(out, ", \"vocabulary\": \"\"}");
    }
    cairn_buf_add_text(out, "],\n");
}

/* intake-esm joins by coordinates and asks the aggregations only for their names; older versions of it, and other
 * readers, do as they say. */
static void add_aggregations(const esm *e, cairn_buf *out)
{
    cairn_buf_add_text(out, "    \"aggregations\": [\n      {\"type\": \"union\", \"attribute_name\": ");
    cairn_buf_add_json_string(out, e->variable);
    cairn_buf_add_text(out, "},\n      {\"type\": \"join_existing\", \"attribute_name\": \"start_datetime\", "
                            "\"options\": {\"dim\": \"time\", \"coords\": \"minimal\", \"compat\": \"override\"}}]\n");
}

static void add_control(const esm *e, cairn_buf *out)
{
    cairn_buf_add_text(out, "  \"assets\": {\"column_name\": \"path\", \"format_column_name\": \"format\"},\n"
                            "  \"aggregation_control\": {\n    \"variable_column_name\": ");
    cairn_buf_add_json_string(out, e->variable);
    cairn_buf_add_text(out, ",\n    \"groupby_attrs\": [");
    for (size_t i = 0; i < e->n_groups; i++) {
        cairn_buf_add_text(out, i ? ", " : "");
        cairn_buf_add_json_string(out, e->groups[i]);
    }
    cairn_buf_add_text(out, "],\n");
    add_aggregations(e, out);
    cairn_buf_add_text(out, "  }\n}\n");
}

static void add_document(const esm *e, cairn_buf *out)
{
    char now[CAIRN_TIME_TEXT_MAX];
    const char *slash = memrchr(e->path.p, '/', e->path.n);
    cairn_span name = cairn_span_of(slash ? slash + 1 : e->path.p);
    cairn_span time = cairn_span_make(now, cairn_time_format((cairn_time){cairn_clock_wall(), 0}, now));
    cairn_span file = cairn_arena_printf(e->arena, "%s.csv.gz", name.p);
    out->failed |= !file.p;
    cairn_buf_add_text(out, "{\n");
    add_member(out, "esmcat_version", cairn_span_of("0.1.0"));
    add_member(out, "id", name);
    add_member(out, "title", name);
    add_member(out, "description",
               cairn_span_of(e->table.lists
                                 ? "Assets of STAC items. The column 'variable' has lists: open it with read_kwargs="
                                   "{'converters': {'variable': ast.literal_eval}}"
                                 : "Assets of STAC items"));
    add_member(out, "last_updated", time);
    add_member(out, "catalog_file", file);
    add_attributes(e, out);
    add_control(e, out);
}

static cairn_code write_json(const esm *e, cairn_error *error)
{
    cairn_output output;
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_READER_MAX_TEXT);
    cairn_span path = cairn_arena_printf(e->arena, "%s.json", e->path.p);
    add_document(e, &text);
    if (!path.p || text.failed) {
        cairn_buf_free(&text);
        return cairn_error_no_memory(error);
    }
    cairn_code code = cairn_output_open(&output, path.p, error);
    if (code == CAIRN_OK)
        code = cairn_output_write(&output, cairn_buf_span(&text), error);
    if (code == CAIRN_OK)
        code = cairn_output_close(&output, error);
    cairn_output_abandon(&output);
    cairn_buf_free(&text);
    return code;
}

/* ---- NAME.csv.gz ---- */

static cairn_code refuse_nothing(const esm *e, cairn_error *error)
{
    cairn_buf found = CAIRN_BUF_INIT(1024);
    const char *first = NULL;
    for (size_t i = 0; i < CAIRN_ESM_FORMATS; i++)
        if (e->table.found[i]) {
            cairn_buf_printf(&found, "%s%llu %s", first ? ", " : "; there are ", (unsigned long long)e->table.found[i],
                             cairn_esm_format_names[i]);
            first = first ? first : cairn_esm_format_names[i];
        }
    if (first)
        cairn_buf_printf(&found, ": --esm-formats %s", first);
    else
        cairn_buf_add_text(&found, "; expected media types such as application/netcdf and application/vnd+zarr");
    cairn_error_set(error, CAIRN_INVALID, "no asset of the %llu items is of these formats: %s%.*s",
                    (unsigned long long)e->columns.items, e->wanted->formats ? e->wanted->formats : default_formats,
                    CAIRN_SPAN_FMT(cairn_buf_span(&found)));
    cairn_buf_free(&found);
    return CAIRN_INVALID;
}

/* intake-esm looks for the variable in the file. */
static void tell_unnamed(const esm *e)
{
    if (e->table.own_variable && e->table.unnamed)
        cairn_say(
            &cairn_command_export,
            "%llu rows name no variable, the asset's key stands for it: intake-esm finds it in no file that calls "
            "it otherwise; give the items cube:variables, or a property of theirs by --esm-variable",
            (unsigned long long)e->table.unnamed);
}

static cairn_code write_csv(esm *e, cairn_reader *reader, cairn_error *error)
{
    cairn_output output;
    cairn_span path = cairn_arena_printf(e->arena, "%s.csv.gz", e->path.p);
    if (!path.p)
        return cairn_error_no_memory(error);
    cairn_code code = cairn_output_open(&output, path.p, error);
    if (code == CAIRN_OK) {
        cairn_output_compress(&output);
        code = cairn_esm_rows_write(&e->table, reader, e->search, &output, e->arena, error);
    }
    if (code == CAIRN_OK && !e->table.any)
        code = refuse_nothing(e, error);
    if (code == CAIRN_OK)
        code = cairn_output_close(&output, error);
    cairn_output_abandon(&output);
    return code;
}

cairn_code cairn_esm_write(const cairn_esm_wanted *wanted, cairn_reader *reader, const cairn_search *search,
                           cairn_arena *arena, cairn_error *error)
{
    esm *e = cairn_arena_calloc(arena, 1, sizeof *e);
    if (!e)
        return cairn_error_no_memory(error);
    e->wanted = wanted;
    e->search = search;
    e->arena = arena;
    cairn_code code = read_formats(e, error);
    if (code == CAIRN_OK)
        code = read_path(e, error);
    if (code == CAIRN_OK)
        code = plan(e, reader, error);
    if (code == CAIRN_OK && e->table.own_variable)
        code = cairn_esm_rows_survey(&e->table, reader, search, error);
    if (code == CAIRN_OK && e->table.own_variable && !e->table.any)
        code = refuse_nothing(e, error);
    if (code == CAIRN_OK)
        code = write_csv(e, reader, error);
    if (code == CAIRN_OK)
        code = write_json(e, error);
    if (code == CAIRN_OK)
        tell_unnamed(e);
    return code;
}
