#include "indexer/scan.h"

void cairn_scan_start(cairn_scan *scan, bool streams)
{
    *scan = (cairn_scan){.streams = streams};
}

void cairn_scan_resume(cairn_scan *scan)
{
    *scan = (cairn_scan){.streams = true, .depth = 2};
}

/* From inside of a string to behind its closing quote; false at the end of the text or at a line's end (then scan->at
 * stands on it). */
static bool skip_string(cairn_scan *scan, cairn_span text)
{
    const char *p = text.p + scan->at;
    const char *end = text.p + text.n;
    for (; p < end; p++) {
        if (*p == '"') {
            scan->at = (size_t)(p - text.p) + 1;
            scan->in_string = false;
            return true;
        }
        if (*p == '\n')
            break;
        if (*p == '\\' && ++p == end) {
            p--; /* the escaped byte is not here yet: look at both again */
            break;
        }
    }
    scan->at = (size_t)(p - text.p);
    return false;
}

static bool is_streamed_key(cairn_span key)
{
    return cairn_span_is(key, "features") || cairn_span_is(key, "collections") || cairn_span_is(key, "children");
}

/* Below the top level only brackets and strings count. */
static void skip_nested(cairn_scan *scan, cairn_span text)
{
    const char *p = text.p + scan->at;
    const char *end = text.p + text.n;
    for (; p < end && scan->depth > 1 && !scan->in_string; p++) {
        if (*p == '"')
            scan->in_string = true;
        else if (*p == '{' || *p == '[')
            scan->depth++;
        else if (*p == '}' || *p == ']')
            scan->depth--;
    }
    scan->at = (size_t)(p - text.p);
}

static void end_string(cairn_scan *scan)
{
    if (scan->depth == 1 && scan->wants_key) {
        scan->key_n = scan->at - 1 - scan->key;
        scan->wants_key = false;
    }
}

/* A document that says what it is before its arrays come, and is no collection of features, is left whole. */
static void end_member(cairn_scan *scan, cairn_span text)
{
    cairn_span key = {text.p + scan->key, scan->key_n};
    if (scan->streams && cairn_span_is(key, "type")) {
        cairn_span value = cairn_span_trim(cairn_span_make(text.p + scan->value, scan->at - scan->value));
        scan->streams = cairn_span_is(value, "\"FeatureCollection\"");
    }
}

/* One byte at the top level; true when it is an array that is to be streamed. */
static bool top_byte(cairn_scan *scan, cairn_span text)
{
    char c = text.p[scan->at];
    switch (c) {
    case '"':
        scan->in_string = true;
        if (scan->wants_key)
            scan->key = scan->at + 1;
        break;
    case ':':
        scan->wants_value = true;
        scan->value = scan->at + 1;
        scan->at++;
        return false;
    case ',':
    case '}':
    case ']':
        end_member(scan, text);
        scan->wants_key = c == ',';
        scan->depth -= c != ',';
        break;
    case '{':
    case '[':
        if (c == '[' && scan->streams && scan->wants_value &&
            is_streamed_key(cairn_span_make(text.p + scan->key, scan->key_n)))
            return true;
        scan->depth++;
        break;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        scan->at++;
        return false;
    default:
        break;
    }
    scan->wants_value = false;
    scan->at++;
    return false;
}

cairn_scan_event cairn_scan_run(cairn_scan *scan, cairn_span text)
{
    if (scan->depth == 0 && scan->at == 0 && text.n > 0) {
        scan->depth = 1;
        scan->wants_key = text.p[0] == '{';
        scan->at = 1;
    }
    while (scan->at < text.n) {
        if (scan->in_string) {
            if (!skip_string(scan, text))
                return scan->at < text.n && text.p[scan->at] == '\n' ? CAIRN_SCAN_NEWLINE : CAIRN_SCAN_MORE;
            end_string(scan);
        } else if (scan->depth > 1) {
            skip_nested(scan, text);
        } else if (top_byte(scan, text)) {
            return CAIRN_SCAN_ARRAY;
        } else if (scan->depth == 0) {
            return CAIRN_SCAN_END;
        }
    }
    return CAIRN_SCAN_MORE;
}
