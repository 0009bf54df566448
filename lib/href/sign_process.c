/* credential_process, as the AWS tools know it ("Sourcing credentials with an external process"). */
#include "base/clock.h"
#include "base/json.h"
#include "href/sign_keys.h"
#include "stac/time.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 64, OUTPUT_MAX = 64 << 10, JSON_MEMORY = 1 << 20 };
#define PATIENCE (15 * CAIRN_SECOND)

extern char **environ;

/* One character inside or outside of quotes; returns what it is for the next one. A backslash quotes any character
 * outside of quotes, and '"' and '\' inside of double ones. */
static char step(const char **in, char **out, char quote)
{
    char c = *(*in)++;
    if (quote ? c == quote : c == '\'' || c == '"')
        return quote ? '\0' : c;
    bool escapes = c == '\\' && **in && (!quote || (quote == '"' && (**in == '"' || **in == '\\')));
    *(*out)++ = escapes ? *(*in)++ : c;
    return quote;
}

cairn_code cairn_sign_split_command(char *text, char **words, size_t max, cairn_error *error)
{
    const char *in = text;
    char *out = text, quote = '\0';
    size_t n = 0;
    for (;;) {
        in += strspn(in, " \t\r\n");
        if (!*in)
            break;
        if (n + 1 >= max)
            return cairn_error_set(error, CAIRN_INVALID, "expected at most %zu words", max - 1);
        words[n++] = out;
        while (*in && (quote || !strchr(" \t\r\n", *in)))
            quote = step(&in, &out, quote);
        if (quote)
            return cairn_error_set(error, CAIRN_INVALID, "a quote is not closed");
        bool last = !*in;
        *out++ = '\0';
        in += !last;
    }
    words[n] = NULL;
    if (n)
        return CAIRN_OK;
    cairn_error_set(error, CAIRN_INVALID, "expected a command, found nothing");
    return CAIRN_INVALID;
}

/* A new process group with none of our signals blocked and none of our files: its own errors may tell secrets, so they
 * go nowhere. */
static int start(char **words, int out, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int fault = posix_spawnp(pid, words[0], &files, &attributes, words, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return fault;
}

/* Reads up to its end; false with a reason. */
static bool read_all(int in, cairn_buf *out, const char **reason)
{
    int64_t deadline = cairn_clock_now() + PATIENCE;
    for (;;) {
        int64_t left = deadline - cairn_clock_now();
        struct pollfd ready = {in, POLLIN, 0};
        int polled = poll(&ready, 1, left > 0 ? (int)(left / CAIRN_MILLISECOND) + 1 : 0);
        *reason = "it took longer than 15 seconds";
        if (polled < 0 && errno == EINTR)
            continue;
        if (polled <= 0 || left <= 0)
            return false;
        char *room = cairn_buf_reserve(out, 4096);
        *reason = "it wrote more than 64 KB";
        if (!room)
            return false;
        ssize_t n = read(in, room, 4096);
        *reason = "its output can't be read";
        if (n <= 0)
            return n == 0;
        out->n += (size_t)n;
    }
}

/* What is left of the group is ended, too; a child that closed its output but lives is not waited for. */
static int finish(pid_t pid, bool done)
{
    int status = -1;
    int64_t deadline = cairn_clock_now() + CAIRN_SECOND;
    while (done && waitpid(pid, &status, WNOHANG) == 0) {
        done = cairn_clock_now() < deadline;
        poll(NULL, 0, 5);
    }
    kill(-pid, SIGKILL);
    if (!done)
        waitpid(pid, &status, 0);
    return status;
}

static cairn_code run(char **words, cairn_buf *out, cairn_error *error)
{
    int ends[2];
    pid_t pid;
    const char *reason = "";
    if (pipe2(ends, O_CLOEXEC) != 0)
        return cairn_error_set(error, CAIRN_IO, "no pipe: %s", strerror(errno));
    int fault = start(words, ends[1], &pid);
    close(ends[1]);
    bool done = !fault && read_all(ends[0], out, &reason);
    close(ends[0]);
    int status = fault ? 0 : finish(pid, done);
    if (fault)
        return cairn_error_set(error, CAIRN_IO, "can't be started: %s", strerror(fault));
    if (!done)
        return cairn_error_set(error, CAIRN_IO, "%s", reason);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return cairn_error_set(error, CAIRN_IO, "it failed (%s %d)", WIFEXITED(status) ? "exit code" : "signal",
                               WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return CAIRN_OK;
}

static cairn_code take_member(cairn_span object, const char *name, bool needed, char *out, size_t size,
                              cairn_arena *arena, cairn_error *error)
{
    cairn_span value = cairn_json_get(object, name);
    if (!needed && (!value.p || cairn_json_is_null(value)))
        return CAIRN_OK;
    return cairn_sign_keys_set(out, size, cairn_json_string(value, arena), name, error);
}

static cairn_code parse(cairn_span text, cairn_arena *arena, cairn_sign_keys *out, cairn_error *error)
{
    long long version = 0;
    cairn_time ends;
    if (cairn_json_check(text, CAIRN_JSON_MAX_DEPTH, NULL, NULL))
        return cairn_error_set(error, CAIRN_INVALID, "its output is no JSON");
    cairn_span object = cairn_span_trim(text);
    if (!cairn_json_integer(cairn_json_get(object, "Version"), &version) || version != 1)
        return cairn_error_set(error, CAIRN_INVALID, "its output has no \"Version\": 1");
    cairn_span expires = cairn_json_get(object, "Expiration");
    cairn_code code = take_member(object, "AccessKeyId", true, out->id, sizeof out->id, arena, error);
    if (!code)
        code = take_member(object, "SecretAccessKey", true, out->secret, sizeof out->secret, arena, error);
    if (!code)
        code = take_member(object, "SessionToken", false, out->token, sizeof out->token, arena, error);
    if (code || !expires.p || cairn_json_is_null(expires))
        return code;
    if (cairn_time_parse_lenient(cairn_json_string(expires, arena), &ends, &(const char *){NULL}, NULL))
        return cairn_error_set(error, CAIRN_INVALID, "its Expiration is no date and time");
    out->expires = ends.sec;
    return CAIRN_OK;
}

cairn_code cairn_sign_keys_from_process(const char *command, cairn_sign_keys *out, cairn_error *error)
{
    char *words[WORDS_MAX];
    cairn_error own = CAIRN_ERROR_INIT;
    cairn_buf text = CAIRN_BUF_INIT(OUTPUT_MAX);
    cairn_arena *arena = cairn_arena_new(JSON_MEMORY);
    char *copy = strdup(command);
    *out = (cairn_sign_keys){.expires = INT64_MAX};
    cairn_code code = arena && copy ? cairn_sign_split_command(copy, words, WORDS_MAX, &own) : CAIRN_NOMEM;
    if (!code)
        code = run(words, &text, &own);
    if (!code)
        code = parse(cairn_buf_span(&text), arena, out, &own);
    if (text.p)
        OPENSSL_cleanse(text.p, text.n);
    cairn_buf_free(&text);
    free(copy);
    cairn_arena_free(arena);
    return code ? cairn_error_set(error, CAIRN_IO, "credential_process: %s",
                                  code == CAIRN_NOMEM ? "out of memory" : own.message)
                : CAIRN_OK;
}
