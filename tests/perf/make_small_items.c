/* Millions of small STAC items as NDJSON on standard output, quickly: for measuring how cost grows with the catalog.
 *
 *   cairn_make_small_items --count 10000000 [--seed 1] [--collections 50] [--kind skewed|even] [--from 0] [--every 1]
 *                          [--revision 0]
 *
 * Item i depends on the seed, the kind, the number of collections and i alone, so the same options give the same bytes
 * and a smaller count is a prefix of a larger one. `--from` leaves out the first ones, `--every N` writes those whose
 * number is a multiple of N, and `--revision` gives the same items another cloud cover: an upsert.
 *
 * What is made (some 590 bytes an item), as the design of the index was measured with:
 *  - of 1,000 items 1 covers the globe, 50 are swaths of 20 x 15 degrees anywhere (some over the antimeridian), and the
 *    others are tiles of about 1 degree at 50,000 fixed places in seven regions (some over the antimeridian)
 *  - the last collection has the global items, the one before it the swaths; tiles are spread over the others, where
 * the k-th largest has a share of k^-1.4 (skewed), or all have the same (even)
 *  - instants are anywhere in 2016 to 2025, those of global items at 120 fixed ones
 * North of 75 degrees there are global items alone, so that a search there finds nothing. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLACES = 50000,
    MOST_COLLECTIONS = 100000,
    BUFFER = 1 << 20,
    MOST_LINE = 2048,
    UNIT = 10000, /* coordinates are integers of 1e-4 degrees */
    HALF_TURN = 180 * UNIT,
    TURN = 360 * UNIT,
    FIRST_YEAR = 2016,
    LAST_YEAR = 2025,
    MONTHS = 120,
    SECONDS_A_DAY = 86400,
    DAYS = 3653,
};

typedef struct place {
    int32_t west, south, width; /* a tile is one degree high */
} place;

typedef struct maker {
    uint64_t seed;
    uint64_t revision;
    unsigned collections;
    double *shares; /* of the collections of tiles, added up; the last is 1 */
    place places[PLACES];
    char buffer[BUFFER];
    size_t used;
} maker;

typedef struct dice {
    uint64_t state;
} dice;

typedef struct item {
    uint64_t number;
    unsigned collection;
    int32_t west, south, width, height; /* west may be beyond the antimeridian with the width */
    int64_t seconds;                    /* since the first day */
} item;

/* ---- dice: splitmix64, whose steps are the same everywhere ---- */

static uint64_t mixed(uint64_t value)
{
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static uint64_t roll(dice *d)
{
    d->state += UINT64_C(0x9e3779b97f4a7c15);
    return mixed(d->state);
}

static uint32_t below(dice *d, uint32_t end)
{
    return (uint32_t)(((roll(d) >> 32) * end) >> 32);
}

static double fraction(dice *d)
{
    return (double)(roll(d) >> 11) * 0x1p-53;
}

static dice dice_for(uint64_t seed, uint64_t number)
{
    return (dice){mixed(mixed(seed + 1) ^ number)};
}

/* ---- what there is ---- */

static void make_places(maker *m)
{
    /* west, south, width, height in degrees; the last one lies over the antimeridian */
    static const int regions[][4] = {{-125, 25, 55, 35}, {-75, -35, 35, 40}, {-10, 36, 50, 29}, {-15, -30, 60, 62},
                                     {45, 5, 95, 60},    {115, -38, 35, 26}, {172, -46, 16, 30}};
    const uint32_t count = sizeof regions / sizeof *regions;
    for (uint32_t i = 0; i < PLACES; i++) {
        dice d = dice_for(m->seed ^ UINT64_C(0x706c616365), i);
        const int *region = regions[below(&d, count)];
        int32_t west = region[0] * UNIT + (int32_t)below(&d, (uint32_t)region[2] * UNIT);
        int32_t south = region[1] * UNIT + (int32_t)below(&d, (uint32_t)region[3] * UNIT);
        double narrowing = cos(south / (double)UNIT * 3.14159265358979323846 / 180);
        m->places[i] = (place){west, south, (int32_t)lround(UNIT / narrowing)};
    }
}

static bool make_shares(maker *m, bool skewed)
{
    unsigned count = m->collections - 2;
    double sum = 0;
    m->shares = malloc(count * sizeof *m->shares);
    if (!m->shares)
        return false;
    for (unsigned i = 0; i < count; i++) {
        sum += skewed ? pow(i + 1.0, -1.4) : 1;
        m->shares[i] = sum;
    }
    for (unsigned i = 0; i < count; i++)
        m->shares[i] /= sum;
    m->shares[count - 1] = 1;
    return true;
}

static unsigned collection_of_tile(const maker *m, double share)
{
    unsigned low = 0;
    unsigned high = m->collections - 3;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (m->shares[middle] <= share)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static item item_of(const maker *m, uint64_t number, dice *d)
{
    item it = {.number = number, .seconds = (int64_t)below(d, DAYS * SECONDS_A_DAY)};
    uint32_t kind = below(d, 1000);
    if (kind == 0) {
        it.collection = m->collections - 1;
        it.west = -HALF_TURN, it.width = TURN;
        it.south = -HALF_TURN / 2, it.height = HALF_TURN;
        it.seconds = (int64_t)below(d, MONTHS) * (DAYS / MONTHS) * SECONDS_A_DAY;
    } else if (kind <= 50) {
        it.collection = m->collections - 2;
        it.west = (int32_t)below(d, TURN) - HALF_TURN, it.width = 20 * UNIT;
        it.south = (int32_t)below(d, 140 * UNIT) - 80 * UNIT, it.height = 15 * UNIT;
    } else {
        it.collection = collection_of_tile(m, fraction(d));
        const place *p = &m->places[below(d, PLACES)];
        it.west = p->west + (int32_t)below(d, UNIT / 100), it.width = p->width;
        it.south = p->south + (int32_t)below(d, UNIT / 100), it.height = UNIT;
    }
    return it;
}

/* ---- text: printf is too slow by an order of magnitude ---- */

static void put(maker *m, const char *text, size_t length)
{
    memcpy(m->buffer + m->used, text, length);
    m->used += length;
}

#define PUT(m, literal) put(m, literal, sizeof(literal) - 1)

/* With zeros in front up to `width` digits. */
static void put_number(maker *m, uint64_t value, int width)
{
    char digits[20];
    int at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value || (int)sizeof digits - at < width);
    put(m, digits + at, sizeof digits - (size_t)at);
}

/* Ten-thousandths, such as -7.25 for -72500. */
static void put_decimal(maker *m, int32_t value)
{
    uint32_t size = (uint32_t)abs(value);
    uint32_t rest = size % UNIT;
    if (value < 0)
        PUT(m, "-");
    put_number(m, size / UNIT, 1);
    if (!rest)
        return;
    int width = 4;
    for (; rest % 10 == 0; rest /= 10)
        width--;
    PUT(m, ".");
    put_number(m, rest, width);
}

static void put_position(maker *m, int32_t longitude, int32_t latitude)
{
    PUT(m, "[");
    put_decimal(m, longitude);
    PUT(m, ",");
    put_decimal(m, latitude);
    PUT(m, "]");
}

/* The ring of a box, as the coordinates of a Polygon. */
static void put_box(maker *m, int32_t west, int32_t south, int32_t east, int32_t north)
{
    PUT(m, "[[");
    put_position(m, west, south);
    PUT(m, ",");
    put_position(m, east, south);
    PUT(m, ",");
    put_position(m, east, north);
    PUT(m, ",");
    put_position(m, west, north);
    PUT(m, ",");
    put_position(m, west, south);
    PUT(m, "]]");
}

static void put_place(maker *m, const item *it)
{
    int32_t west = it->west >= HALF_TURN ? it->west - TURN : it->west;
    int32_t east = west + it->width;
    int32_t north = it->south + it->height;
    if (east > HALF_TURN) { /* RFC 7946, 3.1.9: cut in two at the antimeridian */
        PUT(m, "{\"type\":\"MultiPolygon\",\"coordinates\":[");
        put_box(m, west, it->south, HALF_TURN, north);
        PUT(m, ",");
        east -= TURN;
        put_box(m, -HALF_TURN, it->south, east, north);
        PUT(m, "]");
    } else {
        PUT(m, "{\"type\":\"Polygon\",\"coordinates\":");
        put_box(m, west, it->south, east, north);
    }
    PUT(m, "},\"bbox\":[");
    const int32_t box[] = {west, it->south, east, north};
    for (int i = 0; i < 4; i++) {
        if (i)
            PUT(m, ",");
        put_decimal(m, box[i]);
    }
    PUT(m, "]");
}

static void put_instant(maker *m, int64_t seconds)
{
    static const int days_in[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = seconds / SECONDS_A_DAY;
    int year = FIRST_YEAR;
    int month = 0;
    for (; day >= 365 + (year % 4 == 0); year++) /* enough for 2016 to 2025 */
        day -= 365 + (year % 4 == 0);
    for (; day >= days_in[month] + (month == 1 && year % 4 == 0); month++)
        day -= days_in[month] + (month == 1 && year % 4 == 0);
    seconds %= SECONDS_A_DAY;
    put_number(m, (uint64_t)year, 4);
    PUT(m, "-");
    put_number(m, (uint64_t)month + 1, 2);
    PUT(m, "-");
    put_number(m, (uint64_t)day + 1, 2);
    PUT(m, "T");
    put_number(m, (uint64_t)seconds / 3600, 2);
    PUT(m, ":");
    put_number(m, (uint64_t)seconds / 60 % 60, 2);
    PUT(m, ":");
    put_number(m, (uint64_t)seconds % 60, 2);
    PUT(m, "Z");
}

static void put_collection(maker *m, unsigned collection)
{
    PUT(m, "small-");
    put_number(m, collection, m->collections > 100 ? 4 : 2);
}

static void put_item(maker *m, uint64_t number)
{
    dice d = dice_for(m->seed, number);
    item it = item_of(m, number, &d);
    dice changing = dice_for(m->seed + m->revision, number ^ UINT64_C(0x636c6f7564));
    PUT(m, "{\"type\":\"Feature\",\"stac_version\":\"1.");
    put_number(m, it.collection % 2, 1);
    PUT(m, ".0\",\"stac_extensions\":[\"https://stac-extensions.github.io/eo/v1.1.0/schema.json\"],\"id\":\"");
    put_collection(m, it.collection);
    PUT(m, "_");
    put_number(m, number, 8);
    PUT(m, "\",\"collection\":\"");
    put_collection(m, it.collection);
    PUT(m, "\",\"geometry\":");
    put_place(m, &it);
    PUT(m, ",\"properties\":{\"datetime\":\"");
    put_instant(m, it.seconds);
    PUT(m, "\",\"eo:cloud_cover\":");
    put_decimal(m, (int32_t)below(&changing, 10001) * 100);
    PUT(m, ",\"platform\":\"platform-");
    put_number(m, it.collection % 7, 1);
    PUT(m, "\",\"gsd\":");
    put_number(m, it.collection % 3 * 10 + 10, 1);
    PUT(m, "},\"links\":[],\"assets\":{\"data\":{\"href\":\"https://data.example.com/");
    put_collection(m, it.collection);
    PUT(m, "/");
    put_number(m, number, 8);
    PUT(m, ".tif\",\"type\":\"image/tiff; application=geotiff; profile=cloud-optimized\",\"roles\":[\"data\"]}}}\n");
}

static bool flush(maker *m)
{
    bool done = fwrite(m->buffer, 1, m->used, stdout) == m->used;
    m->used = 0;
    return done;
}

static bool write_items(maker *m, uint64_t from, uint64_t count, uint64_t every)
{
    for (uint64_t i = (from + every - 1) / every * every; i < count; i += every) {
        put_item(m, i);
        if (m->used > BUFFER - MOST_LINE && !flush(m))
            return false;
    }
    return flush(m) && fflush(stdout) == 0;
}

/* ---- options ---- */

typedef struct options {
    uint64_t count, seed, collections, from, every, revision;
    bool skewed;
} options;

static bool read_number(const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    uintmax_t value = strtoumax(text, &end, 10);
    *out = value;
    return *text >= '0' && *text <= '9' && !*end && !errno && value >= least && value <= most;
}

static bool read_option(options *o, const char *name, const char *value)
{
    const struct {
        const char *name;
        uint64_t *out;
        uint64_t least, most;
    } numbers[] = {
        {"--count", &o->count, 0, 1000000000},
        {"--seed", &o->seed, 0, UINT32_MAX},
        {"--collections", &o->collections, 3, MOST_COLLECTIONS},
        {"--from", &o->from, 0, 1000000000},
        {"--every", &o->every, 1, 1000000000},
        {"--revision", &o->revision, 0, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (strcmp(name, numbers[i].name) == 0)
            return read_number(value, numbers[i].least, numbers[i].most, numbers[i].out);
    }
    o->skewed = strcmp(value, "skewed") == 0;
    return strcmp(name, "--kind") == 0 && (o->skewed || strcmp(value, "even") == 0);
}

int main(int argc, char **argv)
{
    options o = {.count = 10000000, .seed = 1, .collections = 50, .every = 1, .skewed = true};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc || !read_option(&o, argv[i], argv[i + 1])) {
            (void)fprintf(stderr, "%s: %s: unknown, without a value, or out of range; see the head of its source\n",
                          argv[0], argv[i]);
            return 2;
        }
    }
    maker *m = calloc(1, sizeof *m);
    if (!m)
        return 1;
    m->seed = o.seed;
    m->revision = o.revision;
    m->collections = (unsigned)o.collections;
    make_places(m);
    bool done = make_shares(m, o.skewed) && write_items(m, o.from, o.count, o.every);
    if (!done)
        perror(argv[0]);
    free(m->shares);
    free(m);
    return done ? 0 : 1;
}
