/* Feeds every file of a folder to a fuzz target once, and all the prefixes of the small ones. */
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 1 << 20, PREFIXES_BELOW = 4096 };

/* A copy of exact size, so that the sanitizer sees reads beyond the end. */
static void feed(const uint8_t *bytes, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1);
    FUZZ_ASSERT(copy);
    memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void feed_file(const char *path)
{
    static uint8_t bytes[FILE_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    FUZZ_ASSERT(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    FUZZ_ASSERT(feof(file));
    fclose(file);
    feed(bytes, n);
    for (size_t i = 0; n < PREFIXES_BELOW && i < n; i++)
        feed(bytes, i);
}

static size_t feed_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    FUZZ_ASSERT(dir);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[4096];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        feed_file(path);
        count++;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    size_t count = feed_folder(argv[1]);
    printf("%zu inputs\n", count);
    return count ? 0 : 1;
}
