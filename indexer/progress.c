#include "indexer/progress.h"

#include "base/clock.h"

#include <unistd.h>

enum { LINE_MS = 250, PLAIN_MS = 5000 };

const char *const cairn_progress_names[] = {"auto", "line", "plain", "json", "none", NULL};

void cairn_progress_start(cairn_progress *progress, cairn_progress_mode mode)
{
    if (mode == CAIRN_PROGRESS_AUTO)
        mode = isatty(STDERR_FILENO) ? CAIRN_PROGRESS_LINE : CAIRN_PROGRESS_PLAIN;
    int64_t now = cairn_clock_now();
    *progress = (cairn_progress){.mode = mode, .out = stderr, .start = now, .last = now};
}

double cairn_progress_seconds(const cairn_progress *progress)
{
    int64_t ns = cairn_clock_now() - progress->start;
    return (double)(ns > 0 ? ns : 1) / (double)CAIRN_SECOND;
}

static void print_left(const cairn_progress *progress, const cairn_progress_facts *facts, double seconds)
{
    if (facts->total == 0 || facts->bytes == 0)
        return;
    double part = (double)facts->bytes / (double)facts->total;
    if (part > 1)
        part = 1;
    long left = (long)(seconds / part - seconds + 0.5);
    fprintf(progress->out, ", %.0f %%, %ld:%02ld:%02ld left", part * 100, left / 3600, left / 60 % 60, left % 60);
}

static void print_state(const cairn_progress *progress, const cairn_progress_facts *facts)
{
    double seconds = cairn_progress_seconds(progress);
    uint64_t done = facts->counts_items ? facts->bytes : facts->items;
    if (facts->what)
        fprintf(progress->out, "%s: ", facts->what);
    fprintf(progress->out, "%llu items, %.0f items/s", (unsigned long long)done, (double)done / seconds);
    if (!facts->counts_items)
        fprintf(progress->out, ", %.1f MB/s", (double)facts->bytes / seconds / 1e6);
    print_left(progress, facts, seconds);
}

void cairn_progress_tick(cairn_progress *progress, const cairn_progress_facts *facts)
{
    bool line = progress->mode == CAIRN_PROGRESS_LINE;
    if (!line && progress->mode != CAIRN_PROGRESS_PLAIN)
        return;
    int64_t now = cairn_clock_now();
    if (now - progress->last < (int64_t)(line ? LINE_MS : PLAIN_MS) * CAIRN_MILLISECOND)
        return;
    progress->last = now;
    if (line)
        fputc('\r', progress->out);
    print_state(progress, facts);
    fputs(line ? "\033[K" : "\n", progress->out);
    fflush(progress->out);
    progress->line_shown = line;
}

void cairn_progress_pause(void *context)
{
    cairn_progress *progress = context;
    if (progress->line_shown)
        fputs("\r\033[K", progress->out);
    progress->line_shown = false;
}
