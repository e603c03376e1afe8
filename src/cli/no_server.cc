// no_server.cc - stands in for keys and serve where the tool is built without callstore::http: the
// command line does not have them then, so nothing here is reached.
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/server_arguments.h"

namespace callstore::cli {
namespace {

Result<void> Absent() {
  return Failure(ErrorCode::kInternal, "this tool was built without the endpoint");
}

}  // namespace

void AddServerVerbs(CLI::App* /*tool*/, Arguments* /*out*/) {}

Result<void> RunCommand(const KeysCreateOptions& /*options*/, Session* /*session*/) {
  return Absent();
}
Result<void> RunCommand(const KeysListOptions& /*options*/, Session* /*session*/) {
  return Absent();
}
Result<void> RunCommand(const KeysRevokeOptions& /*options*/, Session* /*session*/) {
  return Absent();
}
Result<void> RunCommand(const ServeOptions& /*options*/, Session* /*session*/) { return Absent(); }

}  // namespace callstore::cli
