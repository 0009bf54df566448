#include "base/memory.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

/* Each thread that allocates may keep so much at its end. Left alone, glibc learns of the first large text that is
 * freed how large they are, and cuts the end off whenever it is twice as long. The process asks the system for so much
 * at once: beside threads that touch new memory it waits a millisecond each time. Room that nobody touches is none. */
enum { MAPPED_FROM = 8 << 20, KEPT_AT_THE_END = 16 << 20, TAKEN_AT_ONCE = 16 << 20 };

void cairn_memory_setup(void)
{
    mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
    mallopt(M_TRIM_THRESHOLD, KEPT_AT_THE_END);
    mallopt(M_TOP_PAD, TAKEN_AT_ONCE);
}
#else
void cairn_memory_setup(void)
{
}
#endif
