/* SIGINT and SIGTERM ask a long command to come to an end in good order; the second one ends it at once. */
#ifndef CAIRN_INDEXER_INTERRUPT_H
#define CAIRN_INDEXER_INTERRUPT_H

#include <stdbool.h>

/* From here on the first signal is only noted (and interrupts a waiting read). Call before threads are started. */
void cairn_interrupt_install(void);

/* True once a signal came. Thread-safe. */
bool cairn_interrupted(void);

#endif
