#include "indexer/command.h"

int main(int argc, char **argv)
{
    return cairn_command_main(argc, argv);
}
