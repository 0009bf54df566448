/* How the C library's allocator is set for both programs. */
#ifndef CAIRN_BASE_MEMORY_H
#define CAIRN_BASE_MEMORY_H

/* Texts of some megabytes, such as answers and batches, come and go: they are taken from memory that the process has
 * already, instead of being mapped, zeroed and given back each time. At the start of a program, before there are
 * threads. Does nothing where the C library is another than glibc. */
void cairn_memory_setup(void);

#endif
