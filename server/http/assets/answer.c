#include "http/assets/answer.h"

#include "base/clock.h"
#include "http/assets/file.h"
#include "http/assets/open.h"
#include "http/assets/parts.h"
#include "http/assets/path.h"
#include "stac/media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* What is read at once and sent from memory, in one call to the kernel with the header; more goes by sendfile, which
 * takes less work of the processor, but 128 KB at a time. All medium ones together may hold so much. */
enum { SMALL_BYTES = 64 << 10, MEDIUM_BYTES = 256 << 10, MEDIUM_BYTES_IN_ALL = 64 << 20 };
enum { METHODS = CAIRN_GET | CAIRN_HEAD | CAIRN_OPTIONS, RANGE_SIZE = 72 };

/* One request on its way to an answer. */
typedef struct asking {
    cairn_exchange *exchange;
    struct MHD_Connection *connection;
    const cairn_reply *reply;
    int fd; /* -1 once it is given away */
    const char *media_type;
    cairn_asset asset;
    int status;
    cairn_byte_range *ranges; /* CAIRN_MAX_RANGES */
    size_t n_ranges;
    char content_range[RANGE_SIZE];
    char parts_type[CAIRN_PARTS_TYPE_SIZE];
} asking;

static enum MHD_Result refuse(const asking *a, int status, const cairn_error *error)
{
    cairn_response response = {.allow = status == 405 ? METHODS : 0};
    cairn_reply reply = *a->reply;
    reply.content_range = status == 416 ? a->content_range : NULL;
    cairn_api_error(&response, status, error);
    return cairn_reply_queue(a->exchange, a->connection, &reply, &response);
}

static int status_of(cairn_code code)
{
    return code == CAIRN_CONFLICT ? 403 : cairn_api_status(code);
}

/* ---- the file ---- */

/* A folder that something was mounted on, and nothing is any more, has no files; but who reads chunks takes "not found"
 * for fill values. */
static bool is_unmounted(const cairn_asset_folder *folder, int fd)
{
    struct stat own, parent;
    return folder->was_mounted && fstat(fd, &own) == 0 && fstatat(fd, "..", &parent, 0) == 0 &&
           own.st_dev == parent.st_dev;
}

/* The folder is looked up anew each time: it may be replaced or unmounted while it is served. */
static cairn_code open_file(asking *a, const cairn_asset_folder *folder, cairn_span path, cairn_arena *arena,
                            struct stat *status, cairn_error *error)
{
    cairn_span whole = cairn_arena_printf(arena, "%s/%s", folder->directory, path.p);
    if (whole.p && cairn_asset_open_straight(whole.p, &a->fd, status))
        return CAIRN_OK;
    int root = open(folder->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return cairn_error_set(error, CAIRN_BUSY, "the folder behind %.*s/ is not there at the moment: %s",
                               CAIRN_SPAN_FMT(folder->path), strerror(errno));
    cairn_code code = cairn_asset_open(root, path.p, &a->fd, status, error);
    if (code == CAIRN_NOT_FOUND && is_unmounted(folder, root)) {
        cairn_error_clear(error);
        code = cairn_error_set(error, CAIRN_BUSY, "nothing is mounted behind %.*s/ at the moment",
                               CAIRN_SPAN_FMT(folder->path));
    }
    close(root);
    return code;
}

/* ---- the body ---- */

/* The exchange keeps the place until it ends, shortly before the library closes the file. */
static bool take_place(cairn_exchange *exchange)
{
    cairn_server *server = exchange->server;
    if (atomic_fetch_add(&server->open_files, 1) < server->max_open_files) {
        exchange->holds_file = true;
        return true;
    }
    atomic_fetch_sub(&server->open_files, 1);
    return false;
}

static bool take_memory(cairn_exchange *exchange, uint64_t length)
{
    _Atomic size_t *all = &exchange->server->file_bytes;
    if (length <= SMALL_BYTES)
        return true;
    if (length > MEDIUM_BYTES)
        return false;
    if (atomic_fetch_add(all, length) + length > MEDIUM_BYTES_IN_ALL) {
        atomic_fetch_sub(all, length);
        return false;
    }
    exchange->file_bytes = length;
    return true;
}

static ssize_t read_nothing(void *context, uint64_t position, char *out, size_t max)
{
    (void)context, (void)position, (void)out, (void)max;
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* NULL: the file has become shorter, or there is no memory. */
static struct MHD_Response *make_small(int fd, uint64_t offset, size_t length)
{
    struct MHD_Response *out = NULL;
    char *bytes = malloc(length + 1);
    size_t n = 0;
    ssize_t got = 1;
    while (bytes && n < length && got > 0) {
        got = pread(fd, bytes + n, length - n, (off_t)(offset + n));
        n += got > 0 ? (size_t)got : 0;
    }
    if (bytes && n == length)
        out = MHD_create_response_from_buffer_with_free_callback(length, bytes, free);
    if (!out)
        free(bytes);
    return out;
}

static struct MHD_Response *make_large(asking *a, uint64_t offset, uint64_t length)
{
    struct MHD_Response *out = MHD_create_response_from_fd_at_offset64(length, a->fd, offset);
    if (!out)
        return NULL;
    cairn_guard_set_file(a->exchange->server->watch, a->exchange->guard, a->fd, offset + length);
    a->fd = -1;
    return out;
}

static cairn_code make_body(asking *a, struct MHD_Response **out, uint64_t *length, cairn_error *error)
{
    cairn_byte_range range = a->status == 206 ? a->ranges[0] : (cairn_byte_range){0, a->asset.size};
    bool is_parts = a->status == 206 && a->n_ranges > 1;
    *length = range.length;
    if (!is_parts && take_memory(a->exchange, range.length)) {
        *out = make_small(a->fd, range.offset, (size_t)range.length);
    } else if (!take_place(a->exchange)) {
        return cairn_error_set(error, CAIRN_BUSY, "too many files are being sent, try again in a moment");
    } else if (is_parts) {
        *out = cairn_parts_new(a->fd, a->asset.size, a->media_type, a->ranges, a->n_ranges, a->parts_type, length);
        a->fd = -1;
    } else {
        *out = make_large(a, range.offset, range.length);
    }
    return *out ? CAIRN_OK
                : cairn_error_set(error, CAIRN_BUSY, "the file changed while it was read, or memory is used up");
}

/* Without a body, but with the fields of one. */
static cairn_code make_head(const asking *a, struct MHD_Response **out, cairn_error *error)
{
    *out = a->status == 304 || a->asset.size == 0
               ? MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT)
               : MHD_create_response_from_callback(a->asset.size, 1, read_nothing, NULL, NULL);
    return *out ? CAIRN_OK : cairn_error_set(error, CAIRN_NOMEM, "memory is used up");
}

/* ---- the answer ---- */

/* What a browser would run scripts of, with the rights of this origin. */
static bool is_active(const char *media_type)
{
    return strstr(media_type, "html") || strstr(media_type, "xml");
}

static void add_fields(const asking *a, struct MHD_Response *out)
{
    cairn_reply_add_common(out, a->reply, "");
    MHD_add_response_header(out, "ETag", a->asset.etag);
    if (a->asset.last_modified[0])
        MHD_add_response_header(out, "Last-Modified", a->asset.last_modified);
    MHD_add_response_header(out, "Cache-Control", "no-cache");
    if (a->status == 304)
        return;
    MHD_add_response_header(out, "Accept-Ranges", "bytes");
    MHD_add_response_header(out, "Content-Type", a->parts_type[0] ? a->parts_type : a->media_type);
    if (is_active(a->media_type))
        MHD_add_response_header(out, "Content-Security-Policy", "sandbox");
    if (a->content_range[0])
        MHD_add_response_header(out, "Content-Range", a->content_range);
}

static enum MHD_Result send_answer(asking *a)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_exchange *exchange = a->exchange;
    struct MHD_Response *out = NULL;
    uint64_t length = 0;
    bool has_body = a->reply->method == CAIRN_GET && a->status != 304;
    cairn_code code = has_body ? make_body(a, &out, &length, &error) : make_head(a, &out, &error);
    if (code)
        return refuse(a, 503, &error);
    add_fields(a, out);
    cairn_reply_note(exchange, a->connection, a->reply, a->status, length);
    int64_t deadline = cairn_clock_now() + cairn_reply_patience(exchange->server, length);
    enum MHD_Result result = cairn_guard_set(exchange->guard, CAIRN_ANSWERING, deadline)
                                 ? MHD_queue_response(a->connection, (unsigned)a->status, out)
                                 : MHD_NO;
    MHD_destroy_response(out);
    return result;
}

static enum MHD_Result refuse_range(asking *a, bool too_many)
{
    cairn_error error = CAIRN_ERROR_INIT;
    snprintf(a->content_range, sizeof a->content_range, "bytes */%" PRIu64, a->asset.size);
    if (too_many)
        cairn_error_set(&error, CAIRN_INVALID, "Range: expected at most %d ranges, and at most %d that overlap others",
                        CAIRN_MAX_RANGES, CAIRN_MAX_OVERLAPS);
    else
        cairn_error_set(&error, CAIRN_INVALID, "Range: the file has %" PRIu64 " bytes, and none of those",
                        a->asset.size);
    return refuse(a, 416, &error);
}

static enum MHD_Result answer_file(asking *a, const cairn_fields *fields)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_condition condition = cairn_asset_check(&a->asset, fields);
    cairn_range_verdict verdict = CAIRN_RANGE_NONE;
    if (condition == CAIRN_CONDITION_FAILED) {
        cairn_error_set(&error, CAIRN_INVALID, "the file is not the one that If-Match or If-Unmodified-Since asks for");
        return refuse(a, 412, &error);
    }
    if (condition == CAIRN_CONDITION_MET && a->reply->method == CAIRN_GET &&
        cairn_asset_range_counts(&a->asset, fields))
        verdict = cairn_range_parse(fields->range, a->asset.size, a->ranges, &a->n_ranges);
    if (verdict == CAIRN_RANGE_TOO_MANY || verdict == CAIRN_RANGE_BEYOND_FILE)
        return refuse_range(a, verdict == CAIRN_RANGE_TOO_MANY);
    a->status = condition == CAIRN_CONDITION_SAME ? 304 : verdict == CAIRN_RANGE_SOME ? 206 : 200;
    if (a->status == 206 && a->n_ranges == 1)
        snprintf(a->content_range, sizeof a->content_range, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
                 a->ranges[0].offset, a->ranges[0].offset + a->ranges[0].length - 1, a->asset.size);
    return send_answer(a);
}

static enum MHD_Result answer_method(const asking *a)
{
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_response response = {.status = 204, .allow = METHODS};
    if (a->reply->method == CAIRN_OPTIONS)
        return cairn_reply_queue(a->exchange, a->connection, a->reply, &response);
    cairn_error_set(&error, CAIRN_INVALID, "files are read by GET and HEAD");
    return refuse(a, 405, &error);
}

static int64_t wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * CAIRN_SECOND + now.tv_nsec;
}

enum MHD_Result cairn_asset_answer(cairn_exchange *exchange, struct MHD_Connection *connection,
                                   const cairn_reply *reply, const cairn_asset_folder *folder, cairn_span rest,
                                   const cairn_fields *fields, cairn_arena *arena)
{
    struct stat status;
    cairn_span path;
    cairn_error error = CAIRN_ERROR_INIT;
    cairn_byte_range ranges[CAIRN_MAX_RANGES];
    asking a = {.exchange = exchange, .connection = connection, .reply = reply, .fd = -1, .ranges = ranges};
    if (!(reply->method & (CAIRN_GET | CAIRN_HEAD)))
        return answer_method(&a);
    cairn_code code = cairn_asset_path(rest, arena, &path, &error);
    if (!code)
        code = open_file(&a, folder, path, arena, &status, &error);
    if (code)
        return refuse(&a, status_of(code), &error);
    a.media_type = cairn_media_of_name(path);
    if (!a.media_type)
        a.media_type = "application/octet-stream";
    cairn_asset_describe(&status, wall_clock(), &a.asset);
    enum MHD_Result result = answer_file(&a, fields);
    if (a.fd >= 0)
        close(a.fd);
    return result;
}
