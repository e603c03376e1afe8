#include "store/counters.h"

#include <string_view>

namespace callstore::store {
namespace {

constexpr std::array<std::string_view, kCounterCount> kNames = {
    "lists",        "counts",           "aggregates",     "gets",
    "calls_listed", "puts_new",         "puts_changed",   "puts_unchanged",
    "deletes",      "chunks_read",      "chunks_skipped", "rows_tested",
    "calls_read",   "transcripts_read", "catch_ups",      "reopens"};

}  // namespace

void Counters::AddPut(PutOutcome outcome) {
  switch (outcome) {
    case PutOutcome::kNew:
      return Add(Counter::kPutsNew);
    case PutOutcome::kChanged:
      return Add(Counter::kPutsChanged);
    case PutOutcome::kUnchanged:
      return Add(Counter::kPutsUnchanged);
  }
}

// A short query leaves most of these as they are, and a line of the cache alone.
void Counters::AddWork(const Explain& explain) {
  const auto add = [this](Counter counter, std::int64_t n) {
    if (n != 0) Add(counter, n);
  };
  add(Counter::kChunksRead, explain.chunks_read);
  add(Counter::kChunksSkipped, explain.chunks_skipped);
  add(Counter::kRowsTested, explain.rows_tested);
  add(Counter::kCallsRead, explain.residual_rows);
  add(Counter::kTranscriptsRead, explain.residual_transcripts);
}

void Counters::AppendTo(std::vector<NamedNumber>* named) const {
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    named->emplace_back(kNames[i], numbers_[i].load(std::memory_order_relaxed));
  }
}

}  // namespace callstore::store
