// erase_arguments.h - the command line of the verbs by which calls go and stay.
#ifndef CALLSTORE_SRC_CLI_ERASE_ARGUMENTS_H_
#define CALLSTORE_SRC_CLI_ERASE_ARGUMENTS_H_

#include "cli/verb.h"

namespace callstore::cli {

void AddDeleteVerb(CLI::App* tool, Arguments* out);

// Adds erase, erasures, purge, hold, retention and retain.
void AddEraseVerbs(CLI::App* tool, Arguments* out);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_ERASE_ARGUMENTS_H_
