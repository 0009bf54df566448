#include "indexer/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool reader_left;

bool cairn_output_reader_left(void)
{
    return reader_left;
}

static cairn_code write_failed(const char *path, cairn_error *error)
{
    int reason = errno;
    if (!path && reason == EPIPE)
        reader_left = true;
    return cairn_error_set(error, CAIRN_IO, "cannot write to %s: %s", path ? path : "standard output",
                           strerror(reason));
}

/* mkstemp() makes private files; a result is to be as readable as any other new file of the user. */
static void give_usual_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
}

static cairn_code open_temporary(cairn_output *output, cairn_error *error)
{
    if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
        output->temporary = NULL;
        return cairn_error_no_memory(error);
    }
    int fd = mkstemp(output->temporary);
    output->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!output->file) {
        cairn_code code = write_failed(output->path, error);
        if (fd >= 0) {
            close(fd);
            unlink(output->temporary);
        }
        free(output->temporary);
        output->temporary = NULL;
        return code;
    }
    give_usual_mode(fd);
    return CAIRN_OK;
}

cairn_code cairn_output_open(cairn_output *output, const char *path, cairn_error *error)
{
    *output = (cairn_output){.file = stdout};
    if (!path || strcmp(path, "-") == 0)
        return CAIRN_OK;
    struct stat there;
    output->path = path;
    output->file = NULL;
    if (stat(path, &there) != 0 || S_ISREG(there.st_mode))
        return open_temporary(output, error);
    output->file = fopen(path, "w");
    return output->file ? CAIRN_OK : write_failed(path, error);
}

static cairn_code write_bytes(cairn_output *output, cairn_span bytes, cairn_error *error)
{
    if (bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, output->file) == bytes.n)
        return CAIRN_OK;
    return write_failed(output->path, error);
}

void cairn_output_compress(cairn_output *output)
{
    output->compressed = true;
    output->packed = (cairn_buf)CAIRN_BUF_INIT(SIZE_MAX / 2);
    cairn_gzip_begin(&output->gzip, &output->packed);
}

static cairn_code write_packed(cairn_output *output, cairn_error *error)
{
    if (output->packed.failed)
        return cairn_error_no_memory(error);
    cairn_code code = write_bytes(output, cairn_buf_span(&output->packed), error);
    cairn_buf_reset(&output->packed);
    return code;
}

cairn_code cairn_output_write(cairn_output *output, cairn_span bytes, cairn_error *error)
{
    if (!output->compressed)
        return write_bytes(output, bytes, error);
    cairn_gzip_text(&output->gzip, bytes);
    return write_packed(output, error);
}

cairn_code cairn_output_flush(cairn_error *error)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return write_failed(NULL, error);
    return CAIRN_OK;
}

static cairn_code finish_file(cairn_output *output, cairn_error *error)
{
    bool whole = fflush(output->file) == 0 && (!output->temporary || fsync(fileno(output->file)) == 0);
    cairn_code code = whole ? CAIRN_OK : write_failed(output->path, error);
    if (fclose(output->file) != 0 && code == CAIRN_OK)
        code = write_failed(output->path, error);
    output->file = NULL;
    if (code == CAIRN_OK && output->temporary && rename(output->temporary, output->path) != 0)
        code = write_failed(output->path, error);
    if (code == CAIRN_OK) {
        free(output->temporary);
        output->temporary = NULL;
    }
    return code;
}

cairn_code cairn_output_close(cairn_output *output, cairn_error *error)
{
    cairn_code code = CAIRN_OK;
    if (output->compressed) {
        cairn_gzip_end(&output->gzip);
        code = write_packed(output, error);
    }
    if (code == CAIRN_OK)
        code = output->path ? finish_file(output, error) : cairn_output_flush(error);
    cairn_output_abandon(output);
    return code;
}

void cairn_output_abandon(cairn_output *output)
{
    if (output->path && output->file)
        fclose(output->file);
    output->file = NULL;
    output->compressed = false;
    cairn_gzip_free(&output->gzip);
    cairn_buf_free(&output->packed);
    if (output->temporary) {
        unlink(output->temporary);
        free(output->temporary);
        output->temporary = NULL;
    }
}
