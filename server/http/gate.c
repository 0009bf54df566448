#include "http/gate.h"

#include "http/net.h"
#include "http/words.h"

/* RFC 9110 5.6.2 */
static bool is_token(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && (c == 0 || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return text.n > 0;
}

static bool has_control(cairn_span text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static void note(unsigned *count, cairn_span *first, cairn_span value)
{
    if ((*count)++ == 0)
        *first = value;
}

void cairn_gate_header(cairn_gate *gate, cairn_span name, cairn_span value)
{
    char quoted[80];
    if (!is_token(name))
        cairn_error_set(&gate->fault, CAIRN_INVALID, "header name '%s': expected letters, digits and hyphens",
                        cairn_quote(name, quoted, sizeof quoted));
    if (has_control(value))
        cairn_error_set(&gate->fault, CAIRN_INVALID, "header '%s': there is a control character in its value",
                        cairn_quote(name, quoted, sizeof quoted));
    if (cairn_word_is(name, "Host"))
        note(&gate->hosts, &gate->host, cairn_span_trim(value));
    else if (cairn_word_is(name, "Content-Length"))
        note(&gate->lengths, &gate->length, cairn_span_trim(value));
    else if (cairn_word_is(name, "Transfer-Encoding"))
        note(&gate->codings, &gate->coding, cairn_span_trim(value));
}

static bool parse_length(cairn_span text, uint64_t *out)
{
    *out = 0;
    if (text.n == 0 || text.n > 18)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(text.p[i] - '0');
    }
    return true;
}

static cairn_code check_framing(const cairn_gate *gate, uint64_t *length, bool *chunked, cairn_error *error)
{
    char quoted[80];
    *length = 0;
    *chunked = gate->codings > 0;
    if (gate->lengths > 1)
        return cairn_error_set(error, CAIRN_INVALID, "expected one Content-Length, found %u", gate->lengths);
    if (gate->codings > 1)
        return cairn_error_set(error, CAIRN_INVALID, "expected one Transfer-Encoding, found %u", gate->codings);
    if (gate->lengths && gate->codings)
        return cairn_error_set(error, CAIRN_INVALID, "expected Content-Length or Transfer-Encoding, found both");
    if (gate->codings && !cairn_word_is(gate->coding, "chunked"))
        return cairn_error_set(error, CAIRN_INVALID, "Transfer-Encoding: expected chunked, found '%s'",
                               cairn_quote(gate->coding, quoted, sizeof quoted));
    if (gate->lengths && !parse_length(gate->length, length))
        return cairn_error_set(error, CAIRN_INVALID, "Content-Length: expected decimal digits, found '%s'",
                               cairn_quote(gate->length, quoted, sizeof quoted));
    return CAIRN_OK;
}

static cairn_code check_host(const cairn_gate *gate, cairn_span version, cairn_error *error)
{
    char quoted[80];
    if (gate->hosts > 1)
        return cairn_error_set(error, CAIRN_INVALID, "expected one Host header, found %u", gate->hosts);
    if (!gate->hosts && !cairn_span_is(version, "HTTP/1.0"))
        return cairn_error_set(error, CAIRN_INVALID, "expected a Host header, as HTTP/1.1 asks for");
    if (gate->hosts && !cairn_host_is_valid(gate->host))
        return cairn_error_set(error, CAIRN_INVALID, "Host: expected a host with or without a port, found '%s'",
                               cairn_quote(gate->host, quoted, sizeof quoted));
    return CAIRN_OK;
}

cairn_code cairn_gate_check(const cairn_gate *gate, cairn_method method, cairn_span version, uint64_t *length,
                            bool *chunked, cairn_error *error)
{
    char quoted[80];
    *length = 0;
    *chunked = false;
    if (!cairn_span_is(version, "HTTP/1.1") && !cairn_span_is(version, "HTTP/1.0"))
        return cairn_error_set(error, CAIRN_INVALID, "expected HTTP/1.1 or HTTP/1.0, found '%s'",
                               cairn_quote(version, quoted, sizeof quoted));
    if (gate->fault.code)
        return cairn_error_set(error, gate->fault.code, "%s", gate->fault.message);
    cairn_code code = check_framing(gate, length, chunked, error);
    if (!code)
        code = check_host(gate, version, error);
    if (!code && *chunked && cairn_span_is(version, "HTTP/1.0"))
        code = cairn_error_set(error, CAIRN_INVALID, "Transfer-Encoding: HTTP/1.0 knows none");
    if (!code && (method == CAIRN_GET || method == CAIRN_HEAD) && (*length || *chunked))
        code = cairn_error_set(error, CAIRN_INVALID, "expected no body with %s", method == CAIRN_GET ? "GET" : "HEAD");
    return code;
}
