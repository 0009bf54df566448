/* Random searches over real items, against the tested store and the memory store, page by page:
 *
 *     cairn_differential [--store sqlite|memory] [--searches N] [--seed N] [--dump FILE] FILE.ndjson...
 *
 * Between the searches items are deleted, moved and put back. At least half of the searches must have 1 to 1,000 hits,
 * else the test fails for being blind. Ends with "N passed, N failed". --dump writes the searches with the hits of the
 * tested store, to be compared by test_shapely.py, and does nothing else. */
#include "tests/differential/dump.h"
#include "tests/differential/generate.h"
#include "tests/differential/walk.h"
#include "tests/differential/world.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

enum { FAILURES_MAX = 10, SEARCHES_A_CHANGE = 100, SEARCHES_A_REPORT = 2000 };

typedef struct options {
    const char *store, *dump;
    uint64_t searches, seed;
} options;

typedef struct histogram {
    uint64_t none, few, some, many, most;
} histogram;

static void count(histogram *h, uint64_t hits)
{
    uint64_t *bin = hits == 0      ? &h->none
                    : hits <= 10   ? &h->few
                    : hits <= 100  ? &h->some
                    : hits <= 1000 ? &h->many
                                   : &h->most;
    ++*bin;
}

static bool print_histogram(const histogram *h, const walk_tally *t)
{
    uint64_t all = h->none + h->few + h->some + h->many + h->most, useful = h->few + h->some + h->many;
    printf("hits: 0: %" PRIu64 ", 1-10: %" PRIu64 ", 11-100: %" PRIu64 ", 101-1000: %" PRIu64 ", more: %" PRIu64 "\n",
           h->none, h->few, h->some, h->many, h->most);
    printf("%" PRIu64 " pages (%" PRIu64 " backward), %" PRIu64 " rows; %" PRIu64
           " searches not walked to the end, %" PRIu64 " refused by both, %" PRIu64 " with changes on their way\n",
           t->pages, t->backward, t->rows, t->cut_short, t->refused, t->changed);
    if (useful * 2 >= all)
        return true;
    printf("only %" PRIu64 " of %" PRIu64 " searches have 1 to 1,000 hits, expected half of them\n", useful, all);
    return false;
}

static int run(world *w, const options *o)
{
    uint64_t passed = 0, failed = 0;
    histogram h = {0};
    walk_tally tally = {0};
    inquiry asked = {.json = CAIRN_BUF_INIT(1 << 24)};
    for (uint64_t i = 0; i < o->searches && failed < FAILURES_MAX; i++) {
        uint64_t hits;
        dice d = dice_for(o->seed, i);
        if (i % SEARCHES_A_CHANGE == SEARCHES_A_CHANGE - 1 && !world_change(w, &d))
            failed++;
        generate(&d, w, &asked);
        if (walk_search(w, &d, &asked, &hits, &tally)) {
            passed++;
        } else {
            printf("search %" PRIu64 " of seed %" PRIu64 "%s: %.*s\n\n", i, o->seed,
                   asked.null_geometry_hits ? ", null geometries match" : "",
                   CAIRN_SPAN_FMT(cairn_buf_span(&asked.json)));
            failed++;
        }
        count(&h, hits);
        if ((i + 1) % SEARCHES_A_REPORT == 0)
            fprintf(stderr, "%" PRIu64 " of %" PRIu64 " searches\n", i + 1, o->searches);
    }
    cairn_buf_free(&asked.json);
    if (!print_histogram(&h, &tally))
        failed++;
    if (world_compare(w))
        passed++;
    else
        failed++;
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", passed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int dump(world *w, const options *o)
{
    FILE *out = fopen(o->dump, "wb");
    inquiry asked = {.json = CAIRN_BUF_INIT(1 << 24), .plain_only = true};
    bool good = out && dump_items(w, out);
    for (uint64_t i = 0; good && i < o->searches; i++) {
        dice d = dice_for(o->seed, i);
        generate(&d, w, &asked);
        good = dump_search(w, &asked, out);
    }
    cairn_buf_free(&asked.json);
    if (out && fclose(out) != 0)
        good = false;
    if (!good)
        fprintf(stderr, "%s could not be written\n", o->dump);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int usage(void)
{
    fputs("usage: cairn_differential [--store sqlite|memory] [--searches N] [--seed N] [--dump FILE] FILE.ndjson...\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option LONG[] = {{"store", required_argument, NULL, 's'},
                                         {"searches", required_argument, NULL, 'n'},
                                         {"seed", required_argument, NULL, 'e'},
                                         {"dump", required_argument, NULL, 'd'},
                                         {NULL, 0, NULL, 0}};
    options o = {"sqlite", NULL, 1000, 1};
    for (int c; (c = getopt_long(argc, argv, "", LONG, NULL)) != -1;) {
        if (c == 's')
            o.store = optarg;
        else if (c == 'n')
            o.searches = strtoull(optarg, NULL, 10);
        else if (c == 'e')
            o.seed = strtoull(optarg, NULL, 10);
        else if (c == 'd')
            o.dump = optarg;
        else
            return usage();
    }
    if (optind == argc)
        return usage();
    world w;
    bool good = world_open(&w, o.store);
    for (int i = optind; good && i < argc; i++)
        good = world_load(&w, argv[i]);
    int status = EXIT_FAILURE;
    if (good && w.n_samples) {
        printf("%zu lines taken, %zu refused\n", w.n_samples, w.refused);
        status = o.dump ? dump(&w, &o) : run(&w, &o);
    }
    world_close(&w);
    return status;
}
