#include "cli/faults.h"

#include <memory>
#include <utility>

#include "cli/json_text.h"
#include "cli/terminal.h"
#include "cli/text.h"

namespace callstore::cli {
namespace {

std::vector<std::pair<std::string, std::int64_t>> Counts(const VerifyReport& report) {
  return {{"organizations", report.organizations},
          {"calls", report.calls},
          {"transcripts", report.transcripts},
          {"ids", report.ids},
          {"index_keys", report.index_keys},
          {"chunks", report.chunks},
          {"files", report.files},
          {"fault_count", report.fault_count}};
}

std::string Spaced(std::string name) {
  for (char& letter : name) letter = letter == '_' ? ' ' : letter;
  return name;
}

}  // namespace

Record FaultRecord(const Fault& fault) {
  return {{"kind", QuoteJson(FaultKindName(fault.kind))},
          {"family", QuoteJson(fault.family)},
          {"organization_id", QuoteJson(fault.organization)},
          {"key", QuoteJson(fault.key)},
          {"what", QuoteJson(fault.what)}};
}

std::string FaultList(const std::vector<Fault>& faults) {
  std::string list;
  for (const Fault& fault : faults) {
    list += (list.empty() ? "" : ",") + ToObject(FaultRecord(fault));
  }
  return "[" + list + "]";
}

Record ReportRecord(const VerifyReport& report) {
  Record record;
  for (const auto& [name, count] : Counts(report)) record.emplace_back(name, std::to_string(count));
  Record kinds;
  for (const auto& [kind, count] : report.fault_counts) {
    kinds.emplace_back(FaultKindName(kind), std::to_string(count));
  }
  record.emplace_back("fault_counts", ToObject(kinds));
  record.emplace_back("faults", FaultList(report.faults));
  return record;
}

std::string FormatFaults(const std::vector<Fault>& faults, const TableOptions& options) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(faults.size());
  for (const Fault& fault : faults) {
    rows.push_back({std::string(FaultKindName(fault.kind)), fault.family, fault.organization,
                    fault.what, fault.key});
  }
  return FormatTable({{.header = "FAULT"},
                      {.header = "FAMILY"},
                      {.header = "ORGANIZATION", .least_width = 12, .drop_rank = 1},
                      {.header = "WHAT", .least_width = 30},
                      {.header = "KEY", .least_width = 12, .drop_rank = 2}},
                     rows, options);
}

std::string FormatReport(const VerifyReport& report, const TableOptions& options) {
  constexpr std::size_t kNameWidth = 20;
  std::string text;
  for (const auto& [name, count] : Counts(report)) {
    const std::string shown = name == "fault_count" ? "faults" : Spaced(name);
    text += PadRight(shown, kNameWidth) + GroupDigits(count) + "\n";
  }
  for (const auto& [kind, count] : report.fault_counts) {
    text += PadRight("  " + Spaced(std::string(FaultKindName(kind))), kNameWidth) + "  " +
            GroupDigits(count) + "\n";
  }
  if (report.faults.empty()) return text;
  return text + "\n" + FormatFaults(report.faults, options);
}

std::function<bool(const VerifyProgress&)> DrawProgress(Progress* progress) {
  CatchInterrupts();
  return [progress, phase = std::string()](const VerifyProgress& now) mutable {
    if (phase != now.phase) {
      phase = now.phase;
      progress->Start(phase, now.total, phase == "files" ? "file" : "row");
    }
    progress->Update(now.done, now.done);
    return !Interrupted();
  };
}

}  // namespace callstore::cli
