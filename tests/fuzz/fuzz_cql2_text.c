// LINK: query
/* CQL2-Text: what is read is printed and read again as the same tree, in both encodings. */
#include "fuzz_cql2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_cql2(data, size, cairn_cql2_parse_text);
}
