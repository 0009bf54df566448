/* Texts as zstd frames (RFC 8878) that are made with a dictionary, which is kept elsewhere: short texts that are much
 * alike become a third of what deflate makes of them. They can't be spliced into a reply.
 *
 * A dictionary has patterns, and what zstd calls a dictionary. A frame holds a text, or the delta (base/delta.h) that
 * leads from one of the patterns to it, which is far shorter where texts are made by one program. It stands without its
 * magic number, dictionary number and checksum: who keeps it knows them.
 * A dictionary has a number above 0, for ever; 0 is none. Its plain form: length (LEB128) and bytes of each pattern,
 * then the bytes for zstd. Its stored form is a whole zstd frame of that. Thread-safety: what is made here belongs to
 * one thread, but for cairn_dictionary, which all may use. */
#ifndef CAIRN_BASE_DICTIONARY_H
#define CAIRN_BASE_DICTIONARY_H

#include "base/buf.h"
#include "base/error.h"

enum { CAIRN_DICTIONARY_BYTES_MAX = 1 << 20 }; /* of the plain one */

/* What a frame holds. */
typedef enum cairn_pattern {
    CAIRN_PATTERN_NONE,  /* the text itself */
    CAIRN_PATTERN_FIRST, /* deltas of the patterns */
    CAIRN_PATTERN_SECOND,
    CAIRN_PATTERNS,
} cairn_pattern;

/* ---- making ---- */

/* A dictionary to compress with, at a level of zstd. NULL when out of memory, or when `bytes` are no plain form; no
 * bytes: one without patterns. It borrows them. */
typedef struct cairn_dictionary cairn_dictionary;
cairn_dictionary *cairn_dictionary_new(cairn_span bytes, int level);
void cairn_dictionary_free(cairn_dictionary *dictionary);

/* Appends the patterns: the beginning of a plain form. */
bool cairn_dictionary_begin(cairn_span first, cairn_span second, cairn_buf *out);
/* Appends `content` behind what zstd knows of how texts are spelled, learnt from the samples (n of these sizes, one
 * behind the other). False when zstd can't learn from them (they are too few, or too short), or `out` failed. */
bool cairn_dictionary_finish(cairn_span content, const char *samples, const size_t *sizes, unsigned n, int level,
                             cairn_buf *out);
/* Appends the stored form. */
bool cairn_dictionary_store(cairn_span bytes, cairn_buf *out);

typedef struct cairn_framer cairn_framer;
cairn_framer *cairn_framer_new(void);
void cairn_framer_free(cairn_framer *framer);
/* Appends the frame of `text`. */
bool cairn_frame_make(cairn_framer *framer, const cairn_dictionary *dictionary, cairn_pattern pattern, cairn_span text,
                      cairn_buf *out);

/* ---- reading ---- */

/* Appends the stored form of dictionary `number` to `out`; CAIRN_CORRUPT when there is none. */
typedef cairn_code (*cairn_dictionary_source)(void *context, size_t number, cairn_buf *out, cairn_error *error);

/* Appends the plain bytes of a stored form; `number` for the message of CAIRN_CORRUPT. */
cairn_code cairn_dictionary_open(cairn_span stored, size_t number, cairn_buf *out, cairn_error *error);

/* Dictionaries that were loaded, at most about `most` bytes of them: those that were not used for the longest are
 * forgotten. */
typedef struct cairn_dictionaries cairn_dictionaries;
cairn_dictionaries *cairn_dictionaries_new(cairn_dictionary_source source, void *context, size_t most);
void cairn_dictionaries_free(cairn_dictionaries *dictionaries);
/* Writes the `length` bytes that were framed with dictionary `number` to `to`. CAIRN_CORRUPT when the frame does not
 * yield just that many. */
cairn_code cairn_frame_open(cairn_dictionaries *dictionaries, size_t number, cairn_pattern pattern, cairn_span frame,
                            char *to, size_t length, cairn_error *error);

#endif
