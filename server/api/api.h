/* STAC API semantics without an HTTP library: a request in, a response out. server/http is the only caller in
 * production; tests call it directly. Thread-safety: one cairn_api is shared and read-only; each thread has its own
 * store session. */
#ifndef CAIRN_API_API_H
#define CAIRN_API_API_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "href/href.h"
#include "query/search.h"
#include "store/store.h"

typedef enum cairn_method {
    CAIRN_GET = 1,
    CAIRN_HEAD = 2, /* answered as GET; the HTTP layer leaves the body out */
    CAIRN_POST = 4,
    CAIRN_OPTIONS = 8,
    CAIRN_OTHER_METHOD = 16,
} cairn_method;

typedef struct cairn_param {
    cairn_span name, value; /* decoded once */
} cairn_param;

enum { CAIRN_MAX_SEGMENTS = 16, CAIRN_MAX_PARAMS = 128 };

/* A request that has passed the gate: everything decoded exactly once, no NUL bytes. All of it lives in `arena`. */
typedef struct cairn_request {
    cairn_method method;
    cairn_span path;                         /* as sent, without the query, for logs and errors */
    cairn_span segments[CAIRN_MAX_SEGMENTS]; /* the path split on '/', each segment decoded; "/" has none. A trailing
                                                slash is dropped. */
    size_t n_segments;
    cairn_param params[CAIRN_MAX_PARAMS]; /* of the query string, in order */
    size_t n_params;
    cairn_span accept; /* header values, absent when not sent */
    cairn_span accept_profile;
    cairn_span content_type;
    cairn_span if_none_match;
    bool accepts_gzip;   /* Accept-Encoding allows gzip with q > 0 */
    cairn_span body;     /* POST: whole body, within the limit */
    cairn_span base_url; /* "https://example.org/stac", the external root of the links, without a trailing slash */
    int64_t deadline;    /* cairn_clock_now() nanoseconds */
    bool hurried;        /* nothing is given in part: CAIRN_DEADLINE when the whole answer is not there in time */
    cairn_arena *arena;  /* of this request, with the hard cap */
} cairn_request;

/* An answer that is written piece by piece, in constant memory: each piece is a page in a short read transaction of its
 * own, so that a slow client holds no snapshot, and one that stops reading stops the query. It lives in memory of its
 * own, not in the request's arena. Used by one thread at a time. */
typedef struct cairn_stream cairn_stream;
typedef struct cairn_stream_ops {
    /* Appends the next piece to `out` (emptied before). *done: it was the last. Begins and ends the session's
     * transaction itself. CAIRN_CONFLICT: the catalog was replaced; call again with a session of the new one. Other
     * faults end the answer abruptly (the connection is closed), since its status was sent. */
    cairn_code (*next)(cairn_stream *stream, cairn_session *session, int64_t deadline, cairn_buf *out, bool *done,
                       cairn_error *error);
    void (*free)(cairn_stream *stream);
} cairn_stream_ops;
struct cairn_stream {
    const cairn_stream_ops *ops;
    bool made; /* the next piece is there already: next() needs neither session nor time */
};

/* The answer. The caller frees `body` (cairn_buf_free) and `stream`. */
typedef struct cairn_response {
    int status;
    const char *content_type; /* static, NULL when there is no body */
    bool gzipped;             /* body is a gzip member already: Content-Encoding: gzip */
    bool cacheable;           /* may be compared by ETag: the HTTP layer computes it from the body bytes */
    bool vary_accept;         /* negotiated by Accept */
    bool vary_profile;        /* negotiated by Accept-Profile */
    int64_t private_seconds; /* it holds signatures: no shared cache, and no private one for longer; 0: it holds none */
    bool momentary;          /* it tells of this moment (how long it took, where it was cut): not to be kept */
    unsigned allow;          /* methods, for 405 and OPTIONS; 0 otherwise */
    cairn_span location;     /* absent mostly */
    cairn_buf body;
    cairn_stream *stream; /* instead of a body; NULL mostly */
} cairn_response;

typedef struct cairn_api_options {
    cairn_span id, title,
        description;      /* of the landing page, when configured; else the catalog's root, else the file's name */
    cairn_span file_name; /* of the catalog, without folder and suffix */
    cairn_search_limits limits;
    uint64_t max_page_bytes;   /* default 32 MB: a page ends there, with at least one item */
    uint64_t count_budget;     /* candidates looked at for numberMatched on an ordinary first page; default 10,000 */
    uint64_t count_budget_one; /* the same when limit=1, which is how clients ask for a count; default 1,000,000 */
    uint64_t sort_budget;      /* items that a sort without an index may look at; default 200,000; 0: no limit */
    uint64_t aggregate_budget; /* items that an aggregation may look at; default 10,000,000 */
    bool explain;              /* answer explain=true; default false: it tells of the inside */
    bool ignore_unknown_params;
    bool null_geometry_hits;
    cairn_signer *signer;        /* of signed URLs; NULL: nothing is signed */
    const cairn_href_map *hrefs; /* rules of hrefs of assets; NULL: none but the built-in ones */
    cairn_href_mode href_mode;   /* where asset-href-mode is not given */
    bool source_profile;         /* where no profile is asked for: the source's own words */
} cairn_api_options;

typedef struct cairn_api cairn_api;

/* Options are borrowed and must outlive it. NULL when out of memory. */
cairn_api *cairn_api_new(const cairn_api_options *options);
void cairn_api_free(cairn_api *api);

/* Answers a request; never fails: what goes wrong becomes a JSON error {code, description} with the right status. Runs
 * inside one read transaction of the session. CAIRN_CONFLICT as result means: the catalog was replaced in the meantime,
 * nothing in `response` is to be used, ask again with a new session. So does CAIRN_DEADLINE, of a hurried request: ask
 * again with all the time that it may take. Cleanups deferred
 * on the request's arena have run when it returns, so that nothing there outlives the session. */
cairn_code cairn_api_answer(const cairn_api *api, cairn_session *session, cairn_request *request,
                            cairn_response *response);

/* An error answer, also for what the HTTP layer refuses by itself. `status` 0: from the error's code. */
void cairn_api_error(cairn_response *response, int status, const cairn_error *error);
/* The HTTP status of a code: the one table. */
int cairn_api_status(cairn_code code);

/* The route table, for docs and tests. */
typedef struct cairn_route_info {
    unsigned methods;
    const char *path;         /* template */
    const char *operation_id; /* of GET */
    const char *post_operation_id;
} cairn_route_info;
/* The route at `index`, NULL behind the last. */
const cairn_route_info *cairn_api_route(size_t index);

#endif
