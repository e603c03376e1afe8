// server_arguments.h - the command line of the verbs that have to do with the endpoint.
#ifndef CALLSTORE_SRC_CLI_SERVER_ARGUMENTS_H_
#define CALLSTORE_SRC_CLI_SERVER_ARGUMENTS_H_

#include "cli/verb.h"

namespace callstore::cli {

// Adds keys and serve; nothing where the tool is built without callstore::http.
void AddServerVerbs(CLI::App* tool, Arguments* out);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_SERVER_ARGUMENTS_H_
