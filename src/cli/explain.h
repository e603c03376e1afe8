// explain.h - what a query did, for a person to read.
//
// Thread safety: functions without state.
#ifndef CALLSTORE_SRC_CLI_EXPLAIN_H_
#define CALLSTORE_SRC_CLI_EXPLAIN_H_

#include <string>

#include "callstore/work.h"

namespace callstore::cli {

// The steps of the plan, then how much was read; lines with their ends.
std::string FormatExplain(const Explain& explain);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_EXPLAIN_H_
