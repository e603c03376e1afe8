// session.h - what every command needs: the store, the organization, the output, how to fail.
//
// Ownership:     values; a Session outlives the stores that it opens.
// Thread safety: one thread at a time.
#ifndef CALLSTORE_SRC_CLI_SESSION_H_
#define CALLSTORE_SRC_CLI_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "callstore/store.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/table.h"

namespace callstore::cli {

enum ExitCode : int { kExitOk = 0, kExitError = 1, kExitUsage = 2, kExitNotFound = 3 };

struct Session {
  CommonOptions common;
  Format format = Format::kJson;  // what to print where the command has no default of its own
  TableOptions table;
  std::int64_t now_ms = 0;
  StandardOutput out;
  int exit_code = kExitOk;  // of a command that printed its answer
};

// A store and the organization in it that a command is about.
struct Opened {
  Store store;
  std::string organization;
};

// How the store of the session is opened; its messages go to standard error.
StoreOptions OptionsFor(const Session& session, OpenMode mode, bool create);

// A static view of the store; works beside a process that writes to it. not_found where there is
// no store.
Result<Store> OpenForReading(const Session& session);

// The store for writing; made where `create` and there is none. locked while another process
// writes to it.
Result<Store> OpenForWriting(const Session& session, bool create);

// `given`, or the only organization of the store. invalid_argument, with their names, where there
// are several.
Result<std::string> ChooseOrganization(const Store& store, const std::string& given);

// The store, opened for `mode` and not made, and the organization that ChooseOrganization gives.
Result<Opened> OpenOrganization(const Session& session, OpenMode mode, const std::string& given);

// not_found, with the names that there are or the nearest ones, where the store does not know it.
Result<void> CheckOrganization(const Store& store, std::string_view organization);

// The call with this id, or with this call_id. not_found.
Result<StoredCall> FindCall(const Store& store, const std::string& organization,
                            const std::string& id, View view);

// The documented envelope of a success:
// {"message":MESSAGE,"status":"success","error":null,"data":DATA}.
std::string SuccessEnvelope(std::string_view message, std::string_view data_json);

// Tells the error on standard error (what is valid and what is nearest on lines of their own) and,
// in JSON, on standard output. Result: the exit code.
int ReportError(Session* session, const Error& error);

// The exit code of an error.
int ExitCodeOf(const Error& error);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_SESSION_H_
