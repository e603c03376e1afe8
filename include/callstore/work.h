// work.h - bounds on the work of a query, and what a query did.
//
// Ownership, thread safety: values.
#ifndef CALLSTORE_WORK_H_
#define CALLSTORE_WORK_H_

#include <cstdint>
#include <stop_token>
#include <string>

namespace callstore {

// What a query may use to find its rows. All give the same answer; the others are there to compare
// with.
enum class PlanChoice : std::uint8_t {
  kBest,      // index keys where a value is rare, counts of earlier queries, else columns
  kNoIndex,   // columns alone
  kRowsOnly,  // every call of the time range is read
};

struct WorkLimits {
  // Stop after this time. 0: no limit.
  std::int64_t deadline_ms = 0;
  // Stop after this many rows were tested. 0: no limit.
  std::int64_t scan_limit_rows = 0;
  // Another thread may stop the query: it answers `deadline`. See std::stop_source.
  std::stop_token stop = {};
  PlanChoice plan = PlanChoice::kBest;
};

// What a query did.
struct Explain {
  // One line a step, in the order of the steps.
  std::string plan = {};
  std::int64_t chunks_read = 0;
  std::int64_t chunks_skipped = 0;  // by time, index keys, zone map or dictionary
  std::int64_t chunks_known = 0;    // an earlier query with the same filter counted their rows
  std::int64_t rows_tested = 0;     // rows of the chunks that were tested
  std::int64_t residual_rows = 0;   // calls read because the columns could not decide
  std::int64_t residual_transcripts = 0;
};

}  // namespace callstore

#endif  // CALLSTORE_WORK_H_
