// cmd_verify.cc - callstore verify: what is wrong in the store, if anything is.
// Faults are an answer, not an error: they go to standard output, and into the exit status.
#include <unistd.h>

#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/faults.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

std::string FormatVerified(const VerifyReport& report, const Session& session) {
  if (session.format == Format::kTable) return FormatReport(report, session.table);
  if (session.format == Format::kJson) {
    return SuccessEnvelope(report.ok() ? "Store verified: no faults" : "Store verified: faults",
                           ToObject(ReportRecord(report))) +
           "\n";
  }
  std::vector<Record> records;
  for (const Fault& fault : report.faults) records.push_back(FaultRecord(fault));
  return FormatRecords(records, FaultRecord({}), session.format);
}

}  // namespace

Result<void> RunCommand(const VerifyStoreOptions& options, Session* session) {
  const Result<Store> store = OpenForReading(*session);
  if (!store) return Forward(store);
  Progress progress(IsTerminal(STDERR_FILENO));
  VerifyOptions verify = options.verify;
  verify.progress = DrawProgress(&progress);
  const Result<VerifyReport> report = store->Verify(verify);
  progress.Clear();
  if (!report) return Forward(report);
  if (!report->ok()) {
    session->exit_code = kExitError;
    Notice("the store has " + CountOf(report->fault_count, "fault"));
  }
  return session->out.Write(FormatVerified(*report, *session));
}

}  // namespace callstore::cli
