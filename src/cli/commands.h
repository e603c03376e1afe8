// commands.h - one function a verb. Each prints its answer to the session's output.
// An error that is returned is told by the caller; notes (an empty list, a bad record) go to
// standard error at once.
#ifndef CALLSTORE_SRC_CLI_COMMANDS_H_
#define CALLSTORE_SRC_CLI_COMMANDS_H_

#include "callstore/error.h"
#include "cli/options.h"
#include "cli/session.h"

namespace callstore::cli {

Result<void> RunCommand(const ImportOptions& options, Session* session);
Result<void> RunCommand(const ListOptions& options, Session* session);
Result<void> RunCommand(const GetOptions& options, Session* session);
Result<void> RunCommand(const ShowOptions& options, Session* session);
Result<void> RunCommand(const CountOptions& options, Session* session);
Result<void> RunCommand(const AggregateOptions& options, Session* session);
Result<void> RunCommand(const UpdateOptions& options, Session* session);
Result<void> RunCommand(const DeleteOptions& options, Session* session);
Result<void> RunCommand(const ExportOptions& options, Session* session);
Result<void> RunCommand(const OrganizationsOptions& options, Session* session);
Result<void> RunCommand(const StatsOptions& options, Session* session);
Result<void> RunCommand(const KeysCreateOptions& options, Session* session);
Result<void> RunCommand(const KeysListOptions& options, Session* session);
Result<void> RunCommand(const KeysRevokeOptions& options, Session* session);
Result<void> RunCommand(const ServeOptions& options, Session* session);
Result<void> RunCommand(const TakeBackupOptions& options, Session* session);
Result<void> RunCommand(const ListBackupsOptions& options, Session* session);
Result<void> RunCommand(const RestoreBackupOptions& options, Session* session);
Result<void> RunCommand(const CheckpointOptions& options, Session* session);
Result<void> RunCommand(const VerifyStoreOptions& options, Session* session);
Result<void> RunCommand(const RepairStoreOptions& options, Session* session);
Result<void> RunCommand(const EraseCallsOptions& options, Session* session);
Result<void> RunCommand(const ErasuresOptions& options, Session* session);
Result<void> RunCommand(const PurgeOptions& options, Session* session);
Result<void> RunCommand(const HoldPlaceOptions& options, Session* session);
Result<void> RunCommand(const HoldReleaseOptions& options, Session* session);
Result<void> RunCommand(const HoldListOptions& options, Session* session);
Result<void> RunCommand(const RetentionOptions& options, Session* session);
Result<void> RunCommand(const RetainOptions& options, Session* session);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_COMMANDS_H_
