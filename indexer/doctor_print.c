#include "indexer/doctor.h"

#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 100, NAME_WIDTH = 36, QUOTED = 200 };

/* ---- text ---- */

/* Appends a text broken between words; further lines begin with `indent` blanks, the first one is at `at`. */
static void add_wrapped(const char *text, size_t indent, size_t at, cairn_buf *out)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        if (at > indent && at + 1 + word > WIDTH) {
            cairn_buf_printf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (at > indent) {
            cairn_buf_add_byte(out, ' ');
            at++;
        }
        cairn_buf_add(out, text, word);
        at += word;
        text += word + (text[word] == ' ');
    }
    cairn_buf_add_byte(out, '\n');
}

static void add_count(const cairn_doctor *doctor, const cairn_doctor_counts *counts, size_t client, char *out, size_t n)
{
    if (doctor->compare)
        snprintf(out, n, "%llu -> %llu", (unsigned long long)counts->before[client],
                 (unsigned long long)counts->loads[client]);
    else
        snprintf(out, n, "%llu", (unsigned long long)counts->loads[client]);
}

static int column_of(const cairn_doctor *doctor, size_t client)
{
    char text[64];
    add_count(doctor, &doctor->all, client, text, sizeof text);
    size_t name = strlen(cairn_client_name((cairn_client)client)), value = strlen(text);
    return (int)(name > value ? name : value) + 2;
}

static int name_column(const cairn_doctor *doctor)
{
    char quoted[QUOTED];
    size_t most = strlen("collection");
    for (size_t i = 0; i < doctor->n_collections; i++) {
        size_t n = strlen(cairn_quote(doctor->collections[i]->collection, quoted, NAME_WIDTH));
        most = n > most ? n : most;
    }
    return (int)most;
}

static void add_row(const cairn_doctor *doctor, const char *name, int width, const cairn_doctor_counts *counts,
                    cairn_buf *out)
{
    char text[64];
    cairn_buf_printf(out, "%-*s  %8llu", width, name, (unsigned long long)counts->items);
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        if (!doctor->wanted[i])
            continue;
        add_count(doctor, counts, i, text, sizeof text);
        cairn_buf_printf(out, "%*s", column_of(doctor, i), text);
    }
    cairn_buf_add_byte(out, '\n');
}

static void add_table(const cairn_doctor *doctor, cairn_buf *out)
{
    char name[QUOTED];
    int width = name_column(doctor);
    cairn_buf_printf(out, "%-*s  %8s", width, "collection", "items");
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++)
        if (doctor->wanted[i])
            cairn_buf_printf(out, "%*s", column_of(doctor, i), cairn_client_name((cairn_client)i));
    cairn_buf_add_byte(out, '\n');
    for (size_t i = 0; i < doctor->n_collections; i++)
        add_row(doctor, cairn_quote(doctor->collections[i]->collection, name, NAME_WIDTH), width,
                doctor->collections[i], out);
    if (doctor->others.items)
        add_row(doctor, "(others)", width, &doctor->others, out);
    if (doctor->n_collections > 1)
        add_row(doctor, "all", width, &doctor->all, out);
}

static int by_items(const void *a, const void *b)
{
    const cairn_doctor_reason *x = *(cairn_doctor_reason *const *)a, *y = *(cairn_doctor_reason *const *)b;
    if (x->verdict.loads != y->verdict.loads)
        return x->verdict.loads - y->verdict.loads;
    return (x->items < y->items) - (x->items > y->items);
}

enum { MOST_REASONS = 64 }; /* no client has so many */

/* The reasons, those why not first, then the most frequent. */
static size_t sorted(const cairn_doctor_reason *list, const cairn_doctor_reason **out)
{
    size_t n = 0;
    for (; list && n < MOST_REASONS; list = list->next)
        out[n++] = list;
    if (n)
        qsort(out, n, sizeof *out, by_items);
    return n;
}

static void add_example(const cairn_doctor_reason *reason, cairn_buf *out)
{
    char collection[QUOTED], id[QUOTED], asset[QUOTED];
    cairn_buf_printf(out, "%12ssuch as: %s / %s", "", cairn_quote(reason->collection, collection, sizeof collection),
                     cairn_quote(reason->id, id, sizeof id));
    if (reason->verdict.asset.p)
        cairn_buf_printf(out, ", asset %s", cairn_quote(reason->verdict.asset, asset, sizeof asset));
    cairn_buf_add_byte(out, '\n');
}

static void add_reason(const cairn_doctor_reason *reason, cairn_buf *out)
{
    enum { TEXT = 12 };
    const cairn_loads_verdict *v = &reason->verdict;
    size_t start = out->n;
    cairn_buf_printf(out, "%8llu  %s%s:", (unsigned long long)reason->items, v->loads ? "load, but " : "", v->code);
    add_wrapped(v->reason, TEXT, out->n - start, out);
    add_example(reason, out);
    cairn_buf_printf(out, "%*smend:", TEXT, "");
    add_wrapped(v->mend, TEXT, TEXT + strlen("mend:"), out);
}

static void add_client(const cairn_doctor *doctor, const cairn_doctor_counts *counts, size_t client, cairn_buf *out)
{
    const cairn_doctor_reason *reasons[MOST_REASONS];
    size_t n = sorted(counts->reasons[client], reasons);
    if (!doctor->wanted[client] || !n || !doctor->most)
        return;
    cairn_buf_printf(out, "\n  %s: %llu of %llu load\n", cairn_client_name((cairn_client)client),
                     (unsigned long long)counts->loads[client], (unsigned long long)counts->items);
    for (size_t i = 0; i < n && i < doctor->most; i++)
        add_reason(reasons[i], out);
    if (n > doctor->most)
        cairn_buf_printf(out, "%12s(%zu more: --reasons %zu)\n", "", n - doctor->most, n);
}

static void add_reasons(const cairn_doctor *doctor, const char *name, const cairn_doctor_counts *counts, cairn_buf *out)
{
    size_t start = out->n;
    cairn_buf_printf(out, "\n%s\n", name);
    size_t heading = out->n;
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++)
        add_client(doctor, counts, i, out);
    if (out->n == heading && !out->failed)
        out->n = start;
}

bool cairn_doctor_text(const cairn_doctor *doctor, cairn_buf *out)
{
    char name[QUOTED];
    if (doctor->all.items == 0)
        cairn_buf_add_text(out, "There are no items to judge.\n");
    else
        add_table(doctor, out);
    if (doctor->details && doctor->n_collections > 1)
        for (size_t i = 0; i < doctor->n_collections; i++)
            add_reasons(doctor, cairn_quote(doctor->collections[i]->collection, name, sizeof name),
                        doctor->collections[i], out);
    else
        add_reasons(doctor, "What to know of them:", &doctor->all, out);
    if (doctor->refused)
        cairn_buf_printf(out, "\n%llu records can't be read as items: 'cairn validate' says why.\n",
                         (unsigned long long)doctor->refused);
    return !out->failed;
}

/* ---- one item ---- */

bool cairn_doctor_item_heading(const cairn_doctor *doctor, cairn_buf *out)
{
    cairn_buf_add_text(out, "collection\tid");
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++)
        if (doctor->wanted[i])
            cairn_buf_printf(out, "\t%s", cairn_client_name((cairn_client)i));
    return cairn_buf_add_byte(out, '\n');
}

bool cairn_doctor_item_text(const cairn_doctor *doctor, const cairn_doctor_item *item,
                            const cairn_loads_verdict *verdicts, cairn_buf *out)
{
    char collection[QUOTED], id[QUOTED];
    cairn_buf_printf(out, "%s\t%s", cairn_quote(item->collection, collection, sizeof collection),
                     cairn_quote(item->id, id, sizeof id));
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        if (!doctor->wanted[i])
            continue;
        cairn_buf_printf(out, "\t%s", verdicts[i].loads ? "loads" : verdicts[i].code);
        if (!verdicts[i].loads && verdicts[i].asset.p)
            cairn_buf_printf(out, " (%s)", cairn_quote(verdicts[i].asset, id, sizeof id));
    }
    return cairn_buf_add_byte(out, '\n');
}

/* ---- JSON ---- */

static void add_string(cairn_buf *out, const char *name, cairn_span value)
{
    cairn_buf_printf(out, "\"%s\":", name);
    if (value.p)
        cairn_buf_add_json_string(out, value);
    else
        cairn_buf_add_text(out, "null");
}

static void add_told(const cairn_loads_verdict *v, cairn_buf *out)
{
    add_string(out, "code", cairn_span_of(v->code));
    cairn_buf_add_byte(out, ',');
    add_string(out, "reason", cairn_span_of(v->reason));
    cairn_buf_add_byte(out, ',');
    add_string(out, "mend", cairn_span_of(v->mend));
}

bool cairn_doctor_item_json(const cairn_doctor *doctor, const cairn_doctor_item *item,
                            const cairn_loads_verdict *verdicts, cairn_buf *out)
{
    const char *comma = "";
    cairn_buf_add_text(out, "{\"kind\":\"item\",");
    add_string(out, "collection", item->collection);
    cairn_buf_add_byte(out, ',');
    add_string(out, "id", item->id);
    cairn_buf_add_text(out, ",\"clients\":{");
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        if (!doctor->wanted[i])
            continue;
        cairn_buf_printf(out, "%s\"%s\":{\"loads\":%s,\"assets\":%zu,", comma, cairn_client_name((cairn_client)i),
                         verdicts[i].loads ? "true" : "false", verdicts[i].loadable);
        add_told(&verdicts[i], out);
        cairn_buf_add_byte(out, ',');
        add_string(out, "asset", verdicts[i].asset);
        cairn_buf_add_byte(out, '}');
        comma = ",";
    }
    return cairn_buf_add_text(out, "}}\n");
}

static void add_json_reason(const cairn_doctor_reason *reason, cairn_buf *out)
{
    cairn_buf_printf(out, "{\"loads\":%s,\"items\":%llu,", reason->verdict.loads ? "true" : "false",
                     (unsigned long long)reason->items);
    add_told(&reason->verdict, out);
    cairn_buf_add_text(out, ",\"example\":{");
    add_string(out, "collection", reason->collection);
    cairn_buf_add_byte(out, ',');
    add_string(out, "id", reason->id);
    cairn_buf_add_byte(out, ',');
    add_string(out, "asset", reason->verdict.asset);
    cairn_buf_add_text(out, "}}");
}

static void add_json_counts(const cairn_doctor *doctor, const cairn_doctor_counts *counts, cairn_buf *out)
{
    const cairn_doctor_reason *reasons[MOST_REASONS];
    const char *comma = "";
    cairn_buf_printf(out, "\"items\":%llu,\"clients\":{", (unsigned long long)counts->items);
    for (size_t i = 0; i < CAIRN_N_CLIENTS; i++) {
        if (!doctor->wanted[i])
            continue;
        size_t n = sorted(counts->reasons[i], reasons);
        cairn_buf_printf(out, "%s\"%s\":{\"loads\":%llu,", comma, cairn_client_name((cairn_client)i),
                         (unsigned long long)counts->loads[i]);
        if (doctor->compare)
            cairn_buf_printf(out, "\"before\":%llu,", (unsigned long long)counts->before[i]);
        cairn_buf_add_text(out, "\"reasons\":[");
        for (size_t r = 0; r < n; r++) {
            cairn_buf_add_text(out, r ? "," : "");
            add_json_reason(reasons[r], out);
        }
        cairn_buf_add_text(out, "]}");
        comma = ",";
    }
    cairn_buf_add_byte(out, '}');
}

bool cairn_doctor_json(const cairn_doctor *doctor, cairn_buf *out)
{
    cairn_buf_printf(out, "{\"kind\":\"summary\",\"refused\":%llu,", (unsigned long long)doctor->refused);
    add_json_counts(doctor, &doctor->all, out);
    cairn_buf_add_text(out, ",\"collections\":[");
    for (size_t i = 0; i < doctor->n_collections + (doctor->others.items > 0); i++) {
        const cairn_doctor_counts *counts = i < doctor->n_collections ? doctor->collections[i] : &doctor->others;
        cairn_buf_add_text(out, i ? ",{" : "{");
        add_string(out, "id", counts->collection);
        cairn_buf_add_byte(out, ',');
        add_json_counts(doctor, counts, out);
        cairn_buf_add_byte(out, '}');
    }
    return cairn_buf_add_text(out, "]}\n");
}
