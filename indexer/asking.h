/* What commands that ask a search have in common: the options, which mean what the parameters of Item Search mean, and
 * what is said about wrong ones. */
#ifndef CAIRN_INDEXER_ASKING_H
#define CAIRN_INDEXER_ASKING_H

#include "indexer/options.h"
#include "query/search.h"

typedef struct cairn_asking {
    const char *bbox, *bbox_crs, *datetime, *intersects, *ids, *collections, *filter, *filter_lang, *query, *q, *sortby,
        *fields;
    size_t null_geometry;
} cairn_asking;

extern const char *const cairn_asking_null_geometries[];

#define CAIRN_ASKING_TEXT(type, flags, option, member, shown, words)                                                   \
    {                                                                                                                  \
        .name = option, .kind = CAIRN_OPTION_TEXT, .argument = shown, .at = offsetof(type, flags.member),              \
        .help = words                                                                                                  \
    }

/* The entries of a table of options for the member `flags` of the struct `type`. */
#define CAIRN_ASKING_OPTIONS(type, flags)                                                                              \
    CAIRN_ASKING_TEXT(type, flags, "bbox", bbox, "W,S,E,N",                                                            \
                      "items whose footprint meets this box, in degrees; W > E crosses the antimeridian; six numbers " \
                      "with heights are taken too"),                                                                   \
        CAIRN_ASKING_TEXT(type, flags, "bbox-crs", bbox_crs, "CRS",                                                    \
                          "what the numbers of --bbox are: CRS84 (default), EPSG:4326 (latitude first), EPSG:32633 "   \
                          "and any other code, axes in the order that its authority gives them; what is printed "      \
                          "stays in degrees"),                                                                         \
        CAIRN_ASKING_TEXT(type, flags, "datetime", datetime, "TIME",                                                   \
                          "items of this instant, or interval START/END where one end may be '..' (RFC 3339)"),        \
        CAIRN_ASKING_TEXT(type, flags, "intersects", intersects, "GEOJSON",                                            \
                          "items whose footprint meets this GeoJSON geometry; @FILE reads it from a file, - from "     \
                          "standard input"),                                                                           \
        CAIRN_ASKING_TEXT(type, flags, "ids", ids, "ID,...", "items with one of these ids"),                           \
        CAIRN_ASKING_TEXT(type, flags, "collections", collections, "ID,...", "items of these collections"),            \
        CAIRN_ASKING_TEXT(type, flags, "filter", filter, "CQL2",                                                       \
                          "items that meet this condition: CQL2-Text, or CQL2-JSON when it begins with '{'; @FILE "    \
                          "reads it from a file, - from standard input"),                                              \
        CAIRN_ASKING_TEXT(type, flags, "filter-lang", filter_lang, "LANG",                                             \
                          "what --filter is written in: cql2-text or cql2-json"),                                      \
        CAIRN_ASKING_TEXT(type, flags, "query", query, "JSON",                                                         \
                          "items that meet these conditions of the Query extension, such as "                          \
                          "{\"eo:cloud_cover\":{\"lt\":10}}; @FILE and - as above"),                                   \
        CAIRN_ASKING_TEXT(type, flags, "q", q, "WORDS",                                                                \
                          "items with these words in title, description, keywords or id; a comma or a blank is OR, "   \
                          "AND and OR in upper case, \"phrases\", +word must and -word must not be there"),            \
        CAIRN_ASKING_TEXT(type, flags, "sortby", sortby, "FIELD,...",                                                  \
                          "the order: fields, '-' in front for descending; items without a value come last; then "     \
                          "newest first"),                                                                             \
        CAIRN_ASKING_TEXT(type, flags, "fields", fields, "FIELD,...",                                                  \
                          "of each document only these fields; '-' in front leaves one out"),                          \
    {                                                                                                                  \
        .name = "null-geometry", .kind = CAIRN_OPTION_CHOICE, .choices = cairn_asking_null_geometries,                 \
        .at = offsetof(type, flags.null_geometry),                                                                     \
        .help = "whether items without a geometry meet --bbox and --intersects (default: ignore; OGC API Features "    \
                "says match)"                                                                                          \
    }

/* Reads files and standard input where they are named, and the whole search. */
cairn_code cairn_asking_read(const cairn_asking *asking, cairn_arena *arena, cairn_search *out, cairn_error *error);

/* A search that was refused: prints the error in terms of the options (--filter instead of the parameter filter=) and
 * returns CAIRN_EXIT_USAGE. */
int cairn_asking_report(const cairn_command *command, const cairn_error *error);

#endif
