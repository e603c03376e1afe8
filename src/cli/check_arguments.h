// check_arguments.h - the verbs that look for damage and mend it: verify, repair.
#ifndef CALLSTORE_SRC_CLI_CHECK_ARGUMENTS_H_
#define CALLSTORE_SRC_CLI_CHECK_ARGUMENTS_H_

#include "cli/verb.h"

namespace callstore::cli {

void AddCheckVerbs(CLI::App* tool, Arguments* out);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_CHECK_ARGUMENTS_H_
