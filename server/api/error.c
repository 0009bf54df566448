#include "api/api.h"

int cairn_api_status(cairn_code code)
{
    switch (code) {
    case CAIRN_OK:
        return 200;
    case CAIRN_INVALID:
        return 400;
    case CAIRN_NOT_FOUND:
        return 404;
    case CAIRN_CONFLICT:
        return 409;
    case CAIRN_TOO_LARGE:
        return 413;
    case CAIRN_UNSUPPORTED:
        return 501;
    case CAIRN_BUSY:
    case CAIRN_DEADLINE:
    case CAIRN_NOMEM:
        return 503;
    case CAIRN_IO:
    case CAIRN_CORRUPT:
    case CAIRN_INTERNAL:
        break;
    }
    return 500;
}

/* What a client is told about faults that are not its own: their details (paths, statements) belong into the log. */
static const char *server_fault(cairn_code code)
{
    switch (code) {
    case CAIRN_BUSY:
        return "the catalog is locked by a writer; try again in a moment";
    case CAIRN_DEADLINE:
        return "the search took longer than this server allows; narrow it by collections, bbox or datetime";
    case CAIRN_NOMEM:
        return "the request needs more memory than this server allows; ask for a smaller limit or a simpler geometry";
    case CAIRN_UNSUPPORTED:
        return "this server can't read its catalog; its log says why";
    default:
        return "the server failed; its log says why";
    }
}

static const char *word_of(int status, const cairn_error *error)
{
    static const struct {
        int status;
        const char *word;
    } words[] = {
        {403, "Forbidden"},           {404, "NotFound"},
        {405, "MethodNotAllowed"},    {406, "NotAcceptable"},
        {408, "RequestTimeout"},      {409, "Conflict"},
        {412, "PreconditionFailed"},  {413, "ContentTooLarge"},
        {414, "UriTooLong"},          {415, "UnsupportedMediaType"},
        {416, "RangeNotSatisfiable"}, {431, "RequestHeaderFieldsTooLarge"},
        {500, "InternalServerError"}, {501, "NotImplemented"},
        {503, "ServiceUnavailable"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].status == status)
            return words[i].word;
    return error->parameter[0] ? "InvalidParameterValue" : "BadRequest";
}

/* "parameter: /pointer: message", without what the message says by itself. */
static void describe(cairn_buf *text, const cairn_error *error)
{
    cairn_span message = cairn_span_of(error->message);
    if (error->parameter[0] && !cairn_span_starts(message, error->parameter))
        cairn_buf_printf(text, "%s: ", error->parameter);
    if (error->pointer[0] && !cairn_span_starts(message, error->pointer))
        cairn_buf_printf(text, "%s: ", error->pointer);
    cairn_buf_add_span(text, message);
}

void cairn_api_error(cairn_response *response, int status, const cairn_error *error)
{
    bool hide = !status && cairn_api_status(error->code) >= 500;
    cairn_buf text = CAIRN_BUF_INIT(CAIRN_ERROR_MESSAGE_MAX + CAIRN_ERROR_POINTER_MAX + CAIRN_ERROR_PARAMETER_MAX + 8);
    if (hide)
        cairn_buf_add_text(&text, server_fault(error->code));
    else
        describe(&text, error);

    cairn_buf_free(&response->body);
    response->body = (cairn_buf)CAIRN_BUF_INIT(1 << 16);
    response->status = status ? status : cairn_api_status(error->code);
    response->content_type = "application/json";
    response->gzipped = response->cacheable = false;
    cairn_buf_printf(&response->body, "{\"code\":\"%s\",\"description\":", word_of(response->status, error));
    cairn_buf_add_json_string(&response->body, cairn_buf_span(&text));
    cairn_buf_add_byte(&response->body, '}');
    cairn_buf_free(&text);
}
