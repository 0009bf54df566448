/* Inside the memory store: one state of the catalog. A state is never changed once it is committed: a writer copies it
 * (the records are shared by counting references), changes the copy and puts it in the place of the old one.
 * Thread-safety: references are counted by the writer only; readers hold the store's lock instead. */
#ifndef CAIRN_STORE_MEMORY_STATE_H
#define CAIRN_STORE_MEMORY_STATE_H

#include "store/store.h"

/* What can be kept: one block of memory, with its texts behind the struct. */
typedef struct memory_record {
    unsigned references;
    cairn_span group, id; /* the key: collection and id of an item; absent and id of a collection */
} memory_record;

typedef struct memory_item {
    memory_record record;
    cairn_time time; /* sort time */
    cairn_interval range;
    bool has_place;
    cairn_box box;
    cairn_span wkb;
    cairn_packed body, source;
    int64_t changed;
    unsigned traits;
} memory_item;

typedef struct memory_collection {
    memory_record record;
    cairn_span title, body, source; /* body is absent when made: it follows the items */
    bool made;
} memory_collection;

/* A promoted property: only its name, since nothing here has an index. */
typedef struct memory_promoted {
    memory_record record;
    bool built_in;
} memory_promoted;

typedef struct memory_root {
    memory_record record;
    cairn_span title, description;
} memory_root;

/* Records by key, ascending. */
typedef struct memory_list {
    memory_record **at;
    size_t n, cap;
} memory_list;

typedef struct memory_state {
    memory_list items, collections, promoted;
    memory_root *root; /* NULL: no catalog was set */
    uint64_t generation;
} memory_state;

/* NULL when out of memory; `from` may be NULL for an empty one. */
memory_state *memory_state_copy(const memory_state *from);
void memory_state_free(memory_state *state);

/* A zeroed record of `size` bytes with room for `text` bytes behind it, referenced once. NULL when out of memory. */
void *memory_record_new(size_t size, size_t text);
/* Copies the span's bytes to `at`, which it passes, and makes the span point there. An absent span stays absent. */
void memory_keep(char **at, cairn_span *span);
void memory_record_release(memory_record *record);

/* NULL when there is none. */
memory_record *memory_list_find(const memory_list *list, cairn_span group, cairn_span id);
/* Takes the record; replaces one with the same key. False when out of memory: then it is released. */
bool memory_list_put(memory_list *list, memory_record *take_record);
/* Takes out what has the key; false when nothing has. */
bool memory_list_remove(memory_list *list, cairn_span group, cairn_span id);

static inline const memory_item *memory_item_at(const memory_state *state, size_t i)
{
    return (const memory_item *)state->items.at[i];
}

static inline const memory_promoted *memory_promoted_at(const memory_state *state, size_t i)
{
    return (const memory_promoted *)state->promoted.at[i];
}

static inline const memory_collection *memory_collection_at(const memory_state *state, size_t i)
{
    return (const memory_collection *)state->collections.at[i];
}

#endif
