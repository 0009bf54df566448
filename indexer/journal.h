/* What is told about records: each one that was refused or repaired, with its place, its JSON pointer and the reason.
 * Nobody reads a million lines, so the first few of each kind are shown and the rest is counted by kind;
 * the reject file has all of them. Thread-safety: none, the writing thread owns it. */
#ifndef CAIRN_INDEXER_JOURNAL_H
#define CAIRN_INDEXER_JOURNAL_H

#include "base/error.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct cairn_journal cairn_journal;

typedef struct cairn_journal_options {
    FILE *out;               /* where lines go; NULL: nowhere */
    bool json;               /* lines are JSON objects {kind, source, line, pointer, message} */
    bool all;                /* every line, not only the first of each kind */
    bool no_warnings;        /* only what was refused or failed */
    const char *reject_path; /* NULL: none. Opened for appending. */
    void (*pause)(void *);   /* called before a line is printed: a progress line has to go */
    void *pause_context;
} cairn_journal_options;

typedef enum cairn_journal_kind {
    CAIRN_JOURNAL_REFUSED,
    CAIRN_JOURNAL_WARNING,
    CAIRN_JOURNAL_FAILED
} cairn_journal_kind;

/* One thing to tell. Spans and strings are borrowed for the call. A message of a refusal or warning that begins with a
 * part of its pointer is told without that ("/id: expected ...", not "/id: id: expected ..."). */
typedef struct cairn_journal_note {
    const char *source;
    uint64_t line; /* 0: none */
    cairn_span pointer, message;
} cairn_journal_note;

/* NULL and an error when the reject file can't be opened. */
cairn_journal *cairn_journal_open(const cairn_journal_options *options, cairn_error *error);
/* Prints what was counted but not shown. The reject file is flushed and closed: CAIRN_IO when that fails. */
cairn_code cairn_journal_close(cairn_journal *journal, cairn_error *error);

/* A refused record: also written to the reject file, as `record` when that is a JSON value, else as a string of it;
 * an absent one as null. */
void cairn_journal_refuse(cairn_journal *journal, const cairn_journal_note *note, cairn_span record,
                          bool record_is_json);
/* Something was repaired, or is worth knowing. */
void cairn_journal_warn(cairn_journal *journal, const cairn_journal_note *note);
/* A source could not be read, or not to its end. Always shown. */
void cairn_journal_fail(cairn_journal *journal, const cairn_journal_note *note);
/* A link that leads out to the network: the first few are shown, all are counted. */
void cairn_journal_remote(cairn_journal *journal, const cairn_journal_note *note);

/* How many were told of a kind. */
uint64_t cairn_journal_count(const cairn_journal *journal, cairn_journal_kind kind);
uint64_t cairn_journal_remote_count(const cairn_journal *journal);

/* Writes what is in memory of the reject file; called with every commit. */
cairn_code cairn_journal_flush(cairn_journal *journal, cairn_error *error);

/* True when the reject file is this file: what is being written must not be read as a source. */
bool cairn_journal_is_reject(const cairn_journal *journal, dev_t device, ino_t inode);

#endif
