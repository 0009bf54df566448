// LINK: http
/* Lines: a Range value, the rest of a path behind a folder's, a date or tag for the conditions; the first byte of all
 * chooses the size of the file. What is accepted stays inside of the file and below the folder. */
#include "fuzz.h"

#include "http/assets/file.h"
#include "http/assets/path.h"
#include "http/assets/range.h"

enum { MEMORY = 4 << 20 };

static cairn_span take_line(cairn_span *text)
{
    const char *end = text->n ? memchr(text->p, '\n', text->n) : NULL;
    cairn_span line = cairn_span_make(text->p, end ? (size_t)(end - text->p) : text->n);
    size_t used = line.n + (end != NULL);
    *text = cairn_span_make(text->p + used, text->n - used);
    return line;
}

static void check_range(cairn_span header, uint64_t size)
{
    cairn_byte_range ranges[CAIRN_MAX_RANGES];
    size_t n;
    uint64_t total = 0;
    cairn_range_verdict verdict = cairn_range_parse(header, size, ranges, &n);
    FUZZ_ASSERT(n <= CAIRN_MAX_RANGES && (verdict != CAIRN_RANGE_SOME || n > 0));
    for (size_t i = 0; i < n; i++) {
        FUZZ_ASSERT(ranges[i].length > 0 && ranges[i].offset < size && ranges[i].length <= size - ranges[i].offset);
        total += ranges[i].length;
    }
    FUZZ_ASSERT(verdict != CAIRN_RANGE_SOME || total <= (1 + CAIRN_MAX_OVERLAPS) * size);
}

static void check_path(cairn_span rest, cairn_arena *arena)
{
    cairn_span path;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_code code = cairn_asset_path(rest, arena, &path, &error);
    FUZZ_ASSERT(code == error.code);
    if (code) {
        FUZZ_ASSERT(code == CAIRN_NOT_FOUND || code == CAIRN_INVALID || code == CAIRN_NOMEM);
        return;
    }
    FUZZ_ASSERT(path.n && strlen(path.p) == path.n && path.p[0] != '/' && path.p[path.n - 1] != '/');
    FUZZ_ASSERT(!strstr(path.p, "//") && !strchr(path.p, '\\') && cairn_asset_is_served(path));
    for (const char *name = path.p; name; name = strchr(name, '/') ? strchr(name, '/') + 1 : NULL)
        FUZZ_ASSERT(strncmp(name, "../", 3) != 0 && strcmp(name, "..") != 0 && strncmp(name, "./", 2) != 0 &&
                    strcmp(name, ".") != 0);
}

static void check_conditions(cairn_span text)
{
    char printed[CAIRN_HTTP_DATE_SIZE];
    int64_t seconds, again;
    cairn_asset asset;
    struct stat status = {.st_ino = 1, .st_size = 10};
    cairn_fields fields = {.if_none_match = text, .if_range = text};
    cairn_asset_describe(&status, INT64_C(1700000000000000000), &asset);
    cairn_asset_check(&asset, &fields);
    cairn_asset_range_counts(&asset, &fields);
    fields = (cairn_fields){.if_match = text, .if_modified_since = text, .if_unmodified_since = text};
    cairn_asset_check(&asset, &fields);
    if (!cairn_http_date_parse(text, &seconds))
        return;
    cairn_http_date_format(seconds, printed);
    if (printed[0] && printed[12] != '0') /* years of four digits that strptime() takes for such */
        FUZZ_ASSERT(cairn_http_date_parse(cairn_span_of(printed), &again) && again == seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t SIZES[] = {0, 1, 10, 4096, UINT64_C(5368709120), INT64_MAX / 4};
    cairn_arena *arena = cairn_arena_new(MEMORY);
    cairn_span text = cairn_span_make((const char *)data, size);
    FUZZ_ASSERT(arena);
    uint64_t file_size = size ? SIZES[data[0] % (sizeof SIZES / sizeof SIZES[0])] : 0;
    text = size ? cairn_span_make(text.p + 1, text.n - 1) : cairn_span_make("", 0);
    check_range(take_line(&text), file_size);
    cairn_span rest = take_line(&text);
    if (rest.n == 0 || rest.p[0] == '/')
        check_path(rest, arena);
    check_conditions(take_line(&text));
    cairn_arena_free(arena);
    return 0;
}
