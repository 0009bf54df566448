/* The site-local descriptors that were loaded, and where they come from. */
#include "base/buf.h"
#include "stac/ext_json.h"
#include "stac/ext_table.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LOADED_MAX = 256, NAMES_OF_FIELD = 1 + sizeof((cairn_ext_field *)0)->older / sizeof(char *) };
#define FILE_MAX ((size_t)1 << 20)
#define MEMORY   ((size_t)256 << 20)

static struct {
    cairn_arena *arena; /* of all that is below */
    const cairn_ext *exts[LOADED_MAX];
    size_t n;
    cairn_ext_table names;
} loaded;

const cairn_ext *cairn_ext_loaded_at(size_t index)
{
    return index < loaded.n ? loaded.exts[index] : NULL;
}

const cairn_ext_table *cairn_ext_loaded(void)
{
    return &loaded.names;
}

void cairn_ext_unload(void)
{
    cairn_arena_free(loaded.arena);
    memset(&loaded, 0, sizeof loaded);
}

/* ---- names ---- */

static cairn_code taken(const cairn_ext *ext, size_t index, const char *name, cairn_error *error)
{
    char pointer[64], quoted[80];
    const cairn_ext *other = NULL;
    cairn_ext_find(cairn_span_of(name), &other);
    snprintf(pointer, sizeof pointer, "/fields/%zu", index);
    cairn_error_set(error, CAIRN_INVALID, "%s: expected a name that is free, found '%s', which is one of %s", pointer,
                    cairn_quote(cairn_span_of(name), quoted, sizeof quoted), other ? other->title : ext->title);
    return cairn_error_at_pointer(error, pointer);
}

static bool leads_to(const cairn_ext_table *names, const char *name, bool of_band, const cairn_ext_field *field)
{
    const cairn_ext_entry *entry = cairn_ext_table_find(names, cairn_span_of(name), of_band);
    return entry && entry->field == field;
}

/* Where the name is known by now, it must be this very field's: as its own or as an older one. */
static bool is_free(const char *name, bool is_older, const cairn_ext_field *field)
{
    cairn_span span = cairn_span_of(name);
    bool of_band = field->of_band && !is_older;
    const cairn_ext_entry *before = cairn_ext_table_find(&loaded.names, span, of_band);
    const cairn_ext_field *known = before ? before->field : cairn_ext_built_in_field(span, of_band);
    if (is_older == (strcmp(name, field->name) == 0))
        return false;
    return !known || (strcmp(known->name, field->name) == 0 && known->of_band == field->of_band);
}

/* That every name of the extension is its own. */
static cairn_code check_names(const cairn_ext *ext, const cairn_ext_table *names, cairn_error *error)
{
    for (size_t i = 0; i < ext->n_fields; i++) {
        const cairn_ext_field *field = &ext->fields[i];
        if (!leads_to(names, field->name, field->of_band, field) || !is_free(field->name, false, field))
            return taken(ext, i, field->name, error);
        for (size_t k = 0; k < NAMES_OF_FIELD - 1 && field->older[k]; k++)
            if (!leads_to(names, field->older[k], false, field) || !is_free(field->older[k], true, field))
                return taken(ext, i, field->older[k], error);
    }
    return CAIRN_OK;
}

/* The names of all that is loaded, and of `ext`. */
static bool make_table(const cairn_ext *ext, cairn_ext_table *out)
{
    size_t names = NAMES_OF_FIELD * ext->n_fields, room = 64;
    for (size_t i = 0; i < loaded.n; i++)
        names += NAMES_OF_FIELD * loaded.exts[i]->n_fields;
    while (room < 2 * names)
        room *= 2;
    *out = (cairn_ext_table){cairn_arena_calloc(loaded.arena, room, sizeof *out->slots), room, 0};
    if (!out->slots)
        return false;
    for (int older = 0; older < 2; older++) {
        for (size_t i = 0; i < loaded.n; i++)
            cairn_ext_table_add(out, loaded.exts[i], older);
        cairn_ext_table_add(out, ext, older);
    }
    return true;
}

static cairn_code take(cairn_span text, cairn_error *error)
{
    cairn_ext_table names;
    if (!loaded.arena)
        loaded.arena = cairn_arena_new(MEMORY);
    cairn_ext *ext = loaded.arena ? cairn_arena_calloc(loaded.arena, 1, sizeof *ext) : NULL;
    if (!ext)
        return cairn_error_no_memory(error);
    if (loaded.n == LOADED_MAX)
        return cairn_error_set(error, CAIRN_TOO_LARGE, "more than %d descriptors", LOADED_MAX);
    cairn_code code = cairn_ext_read(text, loaded.arena, ext, error);
    if (code == CAIRN_OK && !make_table(ext, &names))
        code = cairn_error_no_memory(error);
    if (code == CAIRN_OK)
        code = check_names(ext, &names, error);
    if (code != CAIRN_OK)
        return code;
    loaded.exts[loaded.n++] = ext;
    loaded.names = names;
    return CAIRN_OK;
}

/* ---- files ---- */

static cairn_code read_file(FILE *file, cairn_buf *out, cairn_error *error)
{
    size_t n;
    do {
        char *room = cairn_buf_reserve(out, BUFSIZ);
        if (!room)
            return cairn_error_set(error, CAIRN_TOO_LARGE, "larger than 1 MB");
        out->n += n = fread(room, 1, BUFSIZ, file);
    } while (n);
    return ferror(file) ? cairn_error_set(error, CAIRN_IO, "cannot read: %s", strerror(errno)) : CAIRN_OK;
}

cairn_code cairn_ext_load(const char *path, cairn_error *error)
{
    cairn_buf text = CAIRN_BUF_INIT(FILE_MAX + BUFSIZ);
    FILE *file = fopen(path, "rb");
    cairn_code code =
        file ? read_file(file, &text, error) : cairn_error_set(error, CAIRN_IO, "cannot open: %s", strerror(errno));
    if (code == CAIRN_OK && text.n > FILE_MAX)
        code = cairn_error_set(error, CAIRN_TOO_LARGE, "larger than 1 MB");
    if (code == CAIRN_OK)
        code = take(cairn_buf_span(&text), error);
    if (file)
        fclose(file);
    cairn_buf_free(&text);
    if (code != CAIRN_OK)
        cairn_error_context(error, "%s", path);
    return code;
}

static int is_descriptor(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && cairn_span_ends(cairn_span_of(entry->d_name), ".json");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static cairn_code load_folder(const char *path, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    struct dirent **entries;
    int n = scandir(path, &entries, is_descriptor, by_bytes);
    if (n < 0)
        return cairn_error_set(error, CAIRN_IO, "%s: cannot be listed: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        char *file = NULL;
        if (code == CAIRN_OK && asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
            code = cairn_error_no_memory(error);
        else if (code == CAIRN_OK)
            code = cairn_ext_load(file, error);
        free(file);
        free(entries[i]);
    }
    free(entries);
    return code;
}

static cairn_code load_one(const char *path, cairn_error *error)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? load_folder(path, error) : cairn_ext_load(path, error);
}

cairn_code cairn_ext_load_all(const char *paths, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    while (code == CAIRN_OK && *paths) {
        size_t n = strcspn(paths, ":");
        char *path = n ? strndup(paths, n) : NULL;
        if (n)
            code = path ? load_one(path, error) : cairn_error_no_memory(error);
        free(path);
        paths += n + (paths[n] == ':');
    }
    return code;
}
