// cmd_show.cc - callstore show: one call for a person to read.
#include <string>

#include "callstore/json.h"
#include "cli/call_report.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace callstore::cli {

Result<void> RunCommand(const ShowOptions& options, Session* session) {
  constexpr std::size_t kPipeWidth = 100;
  if (session->format == Format::kCsv) {
    return Failure(ErrorCode::kInvalidArgument, "a call to read has no such format",
                   {{"field", "--format"}, {"valid", "table, json, jsonl"}});
  }
  const Result<Opened> opened =
      OpenOrganization(*session, OpenMode::kReadOnly, options.organization);
  if (!opened) return Forward(opened);
  const Result<StoredCall> call =
      FindCall(opened->store, opened->organization, options.id, View::kFull);
  if (!call) return Forward(call);
  if (session->format == Format::kJson) {
    return session->out.Write(GetEnvelope(call->view()) + "\n");
  }
  if (session->format == Format::kJsonl) return session->out.Write(ToJson(call->view()) + "\n");
  const std::size_t width = session->table.width;
  return session->out.Write(
      FormatCallReport(ToJson(call->view()), {.width = width == 0 ? kPipeWidth : width,
                                              .colour = session->table.bold_header,
                                              .whole = options.whole}));
}

}  // namespace callstore::cli
