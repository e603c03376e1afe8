// faults.h - what a check found, for people and for programs.
#ifndef CALLSTORE_SRC_CLI_FAULTS_H_
#define CALLSTORE_SRC_CLI_FAULTS_H_

#include <functional>
#include <string>
#include <vector>

#include "callstore/verify.h"
#include "cli/progress.h"
#include "cli/records.h"
#include "cli/table.h"

namespace callstore::cli {

// {"organizations":1,...,"fault_counts":{...},"faults":[...]} without the braces.
Record ReportRecord(const VerifyReport& report);

Record FaultRecord(const Fault& fault);
// [{...},...]
std::string FaultList(const std::vector<Fault>& faults);

// What was read and how many faults of each kind there are, then the faults.
std::string FormatReport(const VerifyReport& report, const TableOptions& options);
std::string FormatFaults(const std::vector<Fault>& faults, const TableOptions& options);

// Draws the progress of a check, and ends it where the user interrupts.
std::function<bool(const VerifyProgress&)> DrawProgress(Progress* progress);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_FAULTS_H_
