#include "base/memory.h"
#include "indexer/command.h"
#include "store/sqlite/sqlite_store.h"

int main(int argc, char **argv)
{
    cairn_memory_setup();
    cairn_sqlite_setup();
    return cairn_command_main(argc, argv);
}
