// cmd_repair.cc - callstore repair: a new store of what can be read of a damaged one.
#include <unistd.h>

#include <string>

#include "callstore/repair.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/faults.h"
#include "cli/json_text.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

std::string QuotedList(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + QuoteJson(text);
  return "[" + list + "]";
}

Record RepairRecord(const RepairReport& report, const std::string& target) {
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  return {{"store", QuoteJson(target)},
          {"calls", std::to_string(report.calls)},
          {"transcripts", std::to_string(report.transcripts)},
          {"calls_lost", std::to_string(report.calls_lost)},
          {"transcripts_lost", std::to_string(report.transcripts_lost)},
          {"erased_again", std::to_string(report.erased_again)},
          {"files_lost", QuotedList(report.files_lost)},
          {"log_truncated", boolean(report.log_truncated)},
          {"manifest_rebuilt", boolean(report.manifest_rebuilt)},
          {"names_lost", QuotedList(report.names_lost)},
          {"losses", FaultList(report.losses)}};
}

std::string Line(std::string_view name, const std::string& value) {
  return PadRight(name, 20) + value + "\n";
}

std::string FormatRepair(const RepairReport& report, const std::string& target,
                         const TableOptions& options) {
  std::string text = Line("repaired store", CleanText(target)) +
                     Line("calls", GroupDigits(report.calls)) +
                     Line("transcripts", GroupDigits(report.transcripts)) +
                     Line("calls lost", GroupDigits(report.calls_lost)) +
                     Line("transcripts lost", GroupDigits(report.transcripts_lost));
  if (report.erased_again > 0) text += Line("erased again", GroupDigits(report.erased_again));
  for (const std::string& file : report.files_lost) text += Line("damaged file", CleanText(file));
  for (const std::string& name : report.names_lost) text += Line("name lost", CleanText(name));
  if (report.log_truncated) text += Line("log", "a part of it could not be read");
  if (report.manifest_rebuilt) text += Line("manifest", "damaged; made anew from the tables");
  if (report.losses.empty()) return text;
  return text + "\n" + FormatFaults(report.losses, options);
}

}  // namespace

Result<void> RunCommand(const RepairStoreOptions& options, Session* session) {
  Progress progress(IsTerminal(STDERR_FILENO));
  const StoreOptions store = OptionsFor(*session, OpenMode::kReadWrite, false);
  const Result<RepairReport> report =
      Repair(store.path, options.target, {.progress = DrawProgress(&progress)});
  progress.Clear();
  if (!report) return Forward(report);
  if (report->calls_lost + report->transcripts_lost > 0) {
    session->exit_code = kExitError;
    Notice(CountOf(report->calls_lost, "call") + " and " +
           CountOf(report->transcripts_lost, "transcript") + " could not be read");
  }
  if (session->format == Format::kTable) {
    return session->out.Write(FormatRepair(*report, options.target, session->table));
  }
  const Record record = RepairRecord(*report, options.target);
  if (session->format == Format::kJson) {
    return session->out.Write(SuccessEnvelope("Store repaired successfully", ToObject(record)) +
                              "\n");
  }
  return session->out.Write(FormatRecords({record}, record, session->format));
}

}  // namespace callstore::cli
