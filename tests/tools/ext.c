// ROOMS: stac
/* Prints what is known of properties: `cairn_ext_tool [PATHS]` writes docs/fields.md (scripts/docs-fields), with what
 * the descriptors at PATHS add. */
#include "stac/ext.h"

#include <stdio.h>

static const char HEAD[] =
    "# Known fields\n"
    "\n"
    "Written by `scripts/docs-fields` from the descriptors in `lib/stac/ext`, one file an extension; how to add one, "
    "or a\n"
    "site's own fields without touching the sources, is in [extending.md](extending.md). Other properties are searched "
    "by\n"
    "all the same: what is known of a field gives it a title, a type, a unit and its other names, and the marks "
    "below.\n"
    "\n"
    "* **indexed**: has an index in every catalog from the start. Others get one by `cairn queryables add`.\n"
    "* **summary**: stands in the summaries of collections.\n"
    "* **also as**: the names of the field in older documents, or of what it replaces. A filter by one name finds "
    "items\n"
    "  that have the other.\n"
    "* A field of bands is written `bands.NAME` in a filter, and `assets.*.bands.NAME` where assets have bands.\n"
    "* The type `time` is a text of RFC 3339 that is compared and sorted as an instant.\n";

static const char *mark(bool is)
{
    return is ? "yes" : "";
}

static void print_field(const cairn_ext_field *field)
{
    printf("| `%s%s` | %s | %s%s%s | %s | %s | %s |", field->of_band ? "bands." : "", field->name,
           cairn_ext_type_name(field->type), field->title, field->description ? ". " : "",
           field->description ? field->description : "", field->unit ? field->unit : "", mark(field->indexed),
           mark(field->summary));
    for (size_t i = 0; i < 3 && field->older[i]; i++)
        printf("%s `%s`", i ? "," : "", field->older[i]);
    puts(" |");
}

static void print_extension(const cairn_ext *ext)
{
    printf("\n## %s\n\n", ext->title);
    if (ext->schema)
        printf("<%s>\n\n", ext->schema);
    puts("| field | type | meaning | unit | indexed | summary | also as |\n|---|---|---|---|---|---|---|");
    for (size_t i = 0; i < ext->n_fields; i++)
        print_field(&ext->fields[i]);
}

int main(int argc, char **argv)
{
    cairn_error error = CAIRN_ERROR_INIT;
    const cairn_ext *ext;
    if (argc > 1 && cairn_ext_load_all(argv[1], &error) != CAIRN_OK) {
        fprintf(stderr, "cairn_ext_tool: %s\n", error.message);
        return 1;
    }
    fputs(HEAD, stdout);
    for (size_t i = 0; (ext = cairn_ext_at(i)); i++)
        print_extension(ext);
    cairn_ext_unload();
    return 0;
}
