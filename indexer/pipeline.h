/* Sources -> workers -> sink. The calling thread reads the sources into batches and gives the outcomes to the sink, in
 * the order of the sources; as many workers as asked for do the rest meanwhile. */
#ifndef CAIRN_INDEXER_PIPELINE_H
#define CAIRN_INDEXER_PIPELINE_H

#include "indexer/work.h"

enum { CAIRN_PIPELINE_MAX_THREADS = 64 };

typedef struct cairn_pipeline_options {
    cairn_work_options work;
    size_t threads;       /* 1 to CAIRN_PIPELINE_MAX_THREADS */
    size_t batch_records; /* a batch ends with so many records */
    size_t batch_bytes;   /* or so many bytes, or after two seconds */
    size_t max_record_bytes;
} cairn_pipeline_options;

/* Called by the thread that runs the pipeline. An error ends it. */
typedef struct cairn_sink {
    void *context;
    cairn_code (*take)(void *context, const cairn_outcome *outcome, cairn_error *error);
    /* After the last outcome of a batch: whether the commit that comes now takes its time, so that workers should have
     * something to do meanwhile. May be NULL. */
    bool (*ends)(void *context);
    cairn_code (*commit)(void *context, cairn_error *error);
    /* A few times a second, for a progress line. */
    void (*tick)(void *context);
} cairn_sink;

/* Runs until the sources end, or the program is asked to stop: what was read by then is still taken and committed. */
cairn_code cairn_pipeline_run(cairn_sources *sources, const cairn_pipeline_options *options, const cairn_sink *sink,
                              cairn_error *error);

/* The number of processors that this process may use, within the limits of `threads`. */
size_t cairn_pipeline_default_threads(void);

#endif
