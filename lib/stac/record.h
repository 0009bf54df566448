/* Private to lib/stac: what the readers of items and collections share. */
#ifndef CAIRN_STAC_RECORD_H
#define CAIRN_STAC_RECORD_H

#include "base/buf.h"
#include "stac/document.h"

/* One reading of one document. */
typedef struct cairn_record {
    const cairn_read_options *options;
    cairn_arena *arena;
    cairn_warnings *warnings;
    cairn_error *error;
} cairn_record;

/* Refuses the record: CAIRN_INVALID with the pointer and the message. */
cairn_code cairn_record_refuse(cairn_record *record, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Something is repaired or left out: a warning "<what is wrong>; <done>" and CAIRN_OK, or refused when strict. */
cairn_code cairn_record_mend(cairn_record *record, const char *pointer, const char *done, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The arena is used up. */
cairn_code cairn_record_full(cairn_record *record);

/* An id: a string of 1 to 2048 bytes without U+0000, else refused. `what` names it in messages. */
cairn_code cairn_record_id(cairn_record *record, const char *pointer, const char *what, cairn_span value,
                           cairn_span *out);

enum { CAIRN_RECORD_QUOTE = 96 };
/* The JSON text of a value, cut for a message. */
const char *cairn_record_quote(cairn_span value, char out[CAIRN_RECORD_QUOTE]);

/* ---- members ---- */
typedef struct cairn_members {
    cairn_json_member *at; /* in source order */
    size_t count;
} cairn_members;

/* The members of an object, in the arena. Keys that repeat are mended with a pointer below `prefix`: the last one
 * counts. `index`: of the text that the object may lie in, or NULL. */
cairn_code cairn_record_members(cairn_record *record, const cairn_json_index *index, const char *prefix,
                                cairn_span object, cairn_members *out);
/* The value of a member, absent when there is none; the last one wins. */
cairn_span cairn_members_get(const cairn_members *members, const char *name);

/* cairn_traits_of() by the members of an item. */
cairn_code cairn_traits_of_members(const cairn_members *item, const cairn_json_index *index, cairn_arena *arena,
                                   unsigned *out, cairn_error *error);

/* ---- hrefs ---- */
typedef struct cairn_edit {
    cairn_span cut, put; /* `put` stands for the bytes of `cut` */
    struct cairn_edit *next;
} cairn_edit;

typedef struct cairn_hrefs {
    cairn_record *record;
    const cairn_json_index *index; /* of the source's text, or NULL */
    cairn_span base;               /* absolute; absent: nothing to resolve against */
    cairn_edit *first, *last;
} cairn_hrefs;

/* cairn_links_of() for the value of `links`. `index`: of the text that they may lie in, or NULL. */
cairn_links cairn_links_in(const cairn_json_index *index, cairn_span links, cairn_arena *arena);
/* What relative hrefs resolve against: asset_base, else an absolute self link among `links`, else base. */
cairn_hrefs cairn_hrefs_of(cairn_record *record, const cairn_json_index *index, cairn_span links);
/* Notes the edits that make the hrefs of assets (and of their alternates) absolute, in the order of the text. Assets
 * without href are mended when `need_href`. */
cairn_code cairn_hrefs_assets(cairn_hrefs *hrefs, const cairn_members *assets, bool need_href);
/* Appends `text` with the edits; all of them lie in it, or none (they lie in one `assets`). */
bool cairn_hrefs_write(const cairn_hrefs *hrefs, cairn_span text, cairn_buf *out);
/* Appends "links":[ and the kept ones of `links` with absolute hrefs, a comma behind each. */
cairn_code cairn_hrefs_write_links(cairn_hrefs *hrefs, cairn_span links, cairn_buf *out);

/* ---- the source and its forms ---- */
typedef struct cairn_source {
    cairn_record *record;
    cairn_span text;               /* compact */
    const cairn_json_index *index; /* of the text, or NULL */
    cairn_members members;
    cairn_hrefs hrefs;
    cairn_span links; /* the end of an open form: "links":[ and the kept ones */
} cairn_source;

/* Reads the top level of an object: its members, and where its hrefs resolve. */
cairn_code cairn_source_read(cairn_record *record, cairn_span json, cairn_source *out);
/* cairn_hrefs_assets() for `assets`, which may be absent. */
cairn_code cairn_source_assets(cairn_source *source, bool need_href);
/* The stac_version, absent when it is missing, which is mended. */
cairn_code cairn_source_version(const cairn_source *source, cairn_span *out);
/* Checks that links are an array, or an object in a document that is `old`, and makes `links`. */
cairn_code cairn_source_links(cairn_source *source, bool old);

/* An empty buffer for a form of the source. */
cairn_buf cairn_source_buf(const cairn_source *source);
/* '{' and the members but links and `skip` (NULL: none), a comma behind each, hrefs absolute. */
void cairn_source_write(const cairn_source *source, const char *skip, cairn_buf *out);
/* The members but links as a whole document in the arena. */
cairn_code cairn_source_close(const cairn_source *source, cairn_span *out);
/* The source's own words in open form. */
cairn_code cairn_source_open(const cairn_source *source, cairn_span *out);
/* Moves what the buffer has into the arena, and frees it. */
cairn_code cairn_record_take(cairn_record *record, cairn_buf *buf, cairn_span *out);

#endif
