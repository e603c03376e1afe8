// backup_arguments.h - the command line of the verbs that copy stores.
#ifndef CALLSTORE_SRC_CLI_BACKUP_ARGUMENTS_H_
#define CALLSTORE_SRC_CLI_BACKUP_ARGUMENTS_H_

#include "cli/verb.h"

namespace callstore::cli {

// Adds backup, backups, restore and checkpoint.
void AddBackupVerbs(CLI::App* tool, Arguments* out);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_BACKUP_ARGUMENTS_H_
