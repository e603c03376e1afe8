#include "store/selection.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "query/filter_text.h"
#include "store/index_lookup.h"
#include "store/row_match.h"

namespace callstore::store {
namespace {

using query::Node;

// Index keys are followed where they name no more calls than this: beyond, columns are faster.
constexpr std::size_t kMostIndexed = 1024;
// So few rows of a chunk that index keys name are read at once: their columns, which no other query
// may have touched for long, are as far away as the calls.
constexpr std::size_t kFewIndexed = 4;
// Rows that are read between two looks at the clock.
constexpr std::int64_t kRowsBetweenChecks = 32;

// The fields of a tree, those that columns decide and those that may need the call itself.
struct FieldNames {
  std::set<std::string> columns;
  std::set<std::string> rows;
  std::set<std::string> transcripts;
};

void CollectFields(const Node& node, FieldNames* names) {
  for (const Node& child : node.children) CollectFields(child, names);
  if (node.kind != Node::Kind::kCondition) return;
  const query::FieldRef& field = node.condition.field;
  const bool in_columns = query::ColumnOf(field) || field.id == query::FieldId::kMetadata ||
                          field.id == query::FieldId::kStartTimestamp ||
                          field.id == query::FieldId::kOptOut;
  auto& of_kind = in_columns                      ? names->columns
                  : query::NeedsTranscript(field) ? names->transcripts
                                                  : names->rows;
  of_kind.insert(query::FullName(field));
}

std::string Joined(const std::set<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

std::string PlanOf(const Node& root) {
  FieldNames names;
  CollectFields(root, &names);
  std::string plan;
  if (!names.columns.empty()) plan += "columns: " + Joined(names.columns) + '\n';
  if (!names.rows.empty()) plan += "calls: " + Joined(names.rows) + '\n';
  if (!names.transcripts.empty()) plan += "transcripts: " + Joined(names.transcripts) + '\n';
  return plan;
}

}  // namespace

Selection::Selection(const QueryScope& scope, const query::NormalFilter& filter,
                     const WorkLimits& limits)
    : scope_(scope),
      filter_(filter),
      limits_(limits),
      begun_(std::chrono::steady_clock::now()),
      chunk_reader_(scope),
      row_reader_(scope.database, scope.number, scope.snapshot),
      matcher_(filter.root) {}

// Which chunks there are to look at.
Result<void> Selection::Prepare() {
  if (prepared_) return {};
  prepared_ = true;
  if (filter_.bounded) {
    empty_ = filter_.least_start > filter_.most_start;
    newest_ = {filter_.most_start, UINT64_MAX};
    oldest_ = {filter_.least_start, 0};
  }
  const std::size_t all = scope_.directory.chunk_count();
  if (!empty_) {
    newest_chunk_ = scope_.directory.FindPosition(newest_);
    oldest_chunk_ = scope_.directory.FindPosition(oldest_);
  }
  const std::size_t in_bounds = empty_ ? 0 : oldest_chunk_ - newest_chunk_ + 1;
  explain_.plan = "time: " + std::to_string(in_bounds) + " of " + std::to_string(all) + " chunks\n";
  if (!empty_ && limits_.plan == PlanChoice::kBest && in_bounds > 1) {
    CALLSTORE_ASSIGN_OR_RETURN(
        auto found,
        LookUpIndex(scope_.database, scope_.number, scope_.snapshot, filter_.root, kMostIndexed));
    if (found) {
      indexed_.emplace();
      for (const Position& position : found->positions) {
        if (position > newest_ || position < oldest_) continue;
        const std::size_t chunk = scope_.directory.FindPosition(position);
        if (indexed_->empty() || indexed_->back().chunk != chunk) indexed_->push_back({chunk, {}});
        indexed_->back().positions.push_back(position);
      }
      explain_.plan += "index: " + found->field + ", " + std::to_string(found->positions.size()) +
                       " keys in " + std::to_string(indexed_->size()) + " chunks\n";
    }
  }
  OpenCounts();
  explain_.plan += limits_.plan == PlanChoice::kRowsOnly ? "calls: all\n" : PlanOf(filter_.root);
  if (!explain_.plan.empty()) explain_.plan.pop_back();
  explain_.chunks_skipped =
      static_cast<std::int64_t>(all - (indexed_ ? indexed_->size() : in_bounds));
  return {};
}

// A scan limit counts rows that are tested: with it they are.
void Selection::OpenCounts() {
  if (filter_.only_bounds() || limits_.plan != PlanChoice::kBest || limits_.scan_limit_rows > 0) {
    return;
  }
  counts_ = chunk_reader_.shelf().CountsOf(filter_.bounded ? query::PrintFilter(filter_.root).json
                                                           : filter_.json);
}

bool Selection::TakesWhole(std::size_t i, const Walk& walk) const {
  const columns::Directory& directory = scope_.directory;
  if (i == newest_chunk_ && newest_ != kNewest) return false;
  if (i == oldest_chunk_ && oldest_ != kOldest) return false;
  if (walk.from && directory.FindPosition(*walk.from) == i) return false;
  const columns::Counts counts = directory.chunk(i).counts;
  return !filter_.bounded || counts.started == counts.calls;
}

bool Selection::Skip(std::size_t i, const Walk& walk) {
  const columns::Directory::Chunk chunk = scope_.directory.chunk(i);
  const auto count = counts_->Find(i, chunk.version);
  if (!count || (*count > 0 && (!walk.skip || !walk.skip(i, *count)))) return false;
  ++explain_.chunks_known;
  if (walk.toward_older) {
    last_tested_ = chunk.fence;
  } else if (i > 0) {
    last_tested_ = JustOlder(scope_.directory.chunk(i - 1).fence);
  }
  return true;
}

Result<bool> Selection::InTime() const {
  if (limits_.stop.stop_requested()) {
    return Fail(ErrorCode::kDeadline, "the query was stopped");
  }
  return limits_.deadline_ms <= 0 ||
         std::chrono::steady_clock::now() - begun_ < std::chrono::milliseconds(limits_.deadline_ms);
}

Result<bool> Selection::MayGoOn() {
  if (stopped_) return false;
  CALLSTORE_ASSIGN_OR_RETURN(const bool in_time, InTime());
  const bool far = limits_.scan_limit_rows > 0 && explain_.rows_tested >= limits_.scan_limit_rows;
  if (!in_time || far) StopAt(last_tested_);
  return !stopped_;
}

Result<void> Selection::Visit(const Walk& walk, const Visitor& visit) {
  CALLSTORE_RETURN_IF_ERROR(Prepare());
  last_tested_.reset();
  if (empty_) return {};
  std::size_t newest = newest_chunk_;
  std::size_t oldest = oldest_chunk_;
  if (walk.from) {
    const std::size_t from = scope_.directory.FindPosition(*walk.from);
    if (walk.toward_older) {
      newest = std::max(newest, from);
    } else {
      oldest = std::min(oldest, from);
    }
  }
  if (newest > oldest) return {};
  if (indexed_) {
    const std::size_t count = indexed_->size();
    for (std::size_t k = 0; k < count; ++k) {
      const IndexedChunk& of = (*indexed_)[walk.toward_older ? k : count - 1 - k];
      if (of.chunk < newest || of.chunk > oldest) continue;
      CALLSTORE_ASSIGN_OR_RETURN(const bool more, VisitChunk(of.chunk, &of.positions, walk, visit));
      if (!more) return {};
    }
    return {};
  }
  for (std::size_t k = 0; k <= oldest - newest; ++k) {
    const std::size_t i = walk.toward_older ? newest + k : oldest - k;
    CALLSTORE_ASSIGN_OR_RETURN(const bool more, VisitChunk(i, nullptr, walk, visit));
    if (!more) return {};
  }
  return {};
}

Selection::Window Selection::WindowOf(const columns::ChunkView& chunk, std::size_t i,
                                      const Walk& walk) {
  // The rows from `newest` to `oldest`, both included.
  const auto first_at = [&](const Position& newest) {
    return newest == kNewest ? 0 : chunk.CountNewer(newest);
  };
  const auto end_at = [&](const Position& oldest) {
    return oldest == kOldest ? chunk.size() : chunk.CountNewer(JustOlder(oldest));
  };
  Window window{0, chunk.size()};
  if (i == newest_chunk_) window.first = first_at(newest_);
  if (i == oldest_chunk_) window.end = end_at(oldest_);
  if (walk.from && walk.toward_older) window.first = std::max(window.first, first_at(*walk.from));
  if (walk.from && !walk.toward_older) window.end = std::min(window.end, end_at(*walk.from));
  if (window.first >= window.end) return {};
  if (limits_.scan_limit_rows > 0) {
    const auto left = static_cast<std::size_t>(limits_.scan_limit_rows - explain_.rows_tested);
    if (window.end - window.first > left) {
      if (walk.toward_older) {
        window.end = window.first + left;
      } else {
        window.first = window.end - left;
      }
      StopAt(chunk.position(walk.toward_older ? window.end - 1 : window.first));
    }
  }
  explain_.rows_tested += static_cast<std::int64_t>(window.end - window.first);
  return window;
}

bool Selection::TestColumns(const columns::ChunkView& chunk, const std::vector<Position>* indexed) {
  const bool few = indexed != nullptr && indexed->size() <= kFewIndexed;
  if (!few && (filter_.only_bounds() || limits_.plan != PlanChoice::kRowsOnly)) {
    if (!matcher_.Match(chunk, &sets_)) return false;
  } else {
    sets_.sure.Reset(chunk.size());
    sets_.maybe.Reset(chunk.size(), true);
  }
  if (indexed == nullptr) return true;
  open_rows_.Reset(chunk.size());
  for (const Position& position : *indexed) {
    const std::size_t row = chunk.CountNewer(position);
    if (row < chunk.size() && chunk.position(row) == position) open_rows_.Set(row);
  }
  sets_.sure.And(open_rows_);
  sets_.maybe.And(open_rows_);
  return true;
}

Result<bool> Selection::VisitChunk(std::size_t i, const std::vector<Position>* indexed,
                                   const Walk& walk, const Visitor& visit) {
  CALLSTORE_ASSIGN_OR_RETURN(const bool may, MayGoOn());
  if (!may) return false;
  const bool whole = counts_ != nullptr && TakesWhole(i, walk);
  if (whole && Skip(i, walk)) return true;
  CALLSTORE_ASSIGN_OR_RETURN(const columns::ChunkView chunk, chunk_reader_.Read(i));
  if (chunk.size() == 0) return true;
  if (const auto* next = chunk_reader_.next()) matcher_.Prefetch(*next);
  if (!TestColumns(chunk, indexed)) {
    if (whole) counts_->Set(i, scope_.directory.chunk(i).version, 0);
    ++explain_.chunks_skipped;
    last_tested_ = chunk.position(walk.toward_older ? chunk.size() - 1 : 0);
    return true;
  }
  ++explain_.chunks_read;
  const Window window = WindowOf(chunk, i, walk);
  if (window.first >= window.end) return !stopped_;
  if (window.first != 0 || window.end != chunk.size()) {
    sets_.sure.KeepRange(window.first, window.end);
    sets_.maybe.KeepRange(window.first, window.end);
  }
  if (filter_.bounded && chunk.started_count() != chunk.size()) {
    started_rows_.Reset(chunk.size());
    chunk.CopyStarted({.first = 0, .count = chunk.size()},
                      {started_rows_.words(), started_rows_.word_count()}, 0);
    sets_.sure.And(started_rows_);
    sets_.maybe.And(started_rows_);
  }
  last_tested_ = chunk.position(walk.toward_older ? window.end - 1 : window.first);
  CALLSTORE_RETURN_IF_ERROR(SettleOpenRows(chunk, walk));
  const std::size_t count = sets_.sure.Count();
  if (whole && !stopped_) counts_->Set(i, scope_.directory.chunk(i).version, count);
  if (count > 0) {
    CALLSTORE_ASSIGN_OR_RETURN(const bool more,
                               visit({.chunk = &chunk, .rows = &sets_.sure, .count = count}));
    if (!more) return false;
  }
  return !stopped_;
}

Result<void> Selection::SettleOpenRows(const columns::ChunkView& chunk, const Walk& walk) {
  open_rows_ = sets_.maybe;
  open_rows_.AndNot(sets_.sure);
  const std::size_t count = open_rows_.Count();
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t row = open_rows_.Select(walk.toward_older ? k : count - 1 - k);
    CALLSTORE_ASSIGN_OR_RETURN(const bool matches, TestRow(chunk.position(row)));
    if (matches) sets_.sure.Set(row);
    if (explain_.residual_rows % kRowsBetweenChecks != 0 || stopped_) continue;
    // The scan limit was seen to for the whole chunk; time passes row by row.
    CALLSTORE_ASSIGN_OR_RETURN(const bool may, InTime());
    if (may) continue;
    StopAt(chunk.position(row));
    if (walk.toward_older) {
      sets_.sure.KeepRange(0, row + 1);
    } else {
      sets_.sure.KeepRange(row, chunk.size());
    }
    return {};
  }
  return {};
}

Result<bool> Selection::TestRow(const Position& position) {
  ++explain_.residual_rows;
  CALLSTORE_ASSIGN_OR_RETURN(const CallView call, row_reader_.ReadCall(position));
  Verdict verdict = MatchRow(filter_.root, call);
  if (verdict == Verdict::kNeedsTranscript) {
    ++explain_.residual_transcripts;
    CALLSTORE_ASSIGN_OR_RETURN(const CallView full, row_reader_.WithTranscript());
    verdict = MatchRow(filter_.root, full);
  }
  return verdict == Verdict::kYes;
}

tl::unexpected<Error> Selection::LimitHit() const {
  const std::int64_t rows = limits_.scan_limit_rows;
  const bool rows_hit = rows > 0 && explain_.rows_tested >= rows;
  return Fail(ErrorCode::kDeadline, "the limit of the query was hit",
              {{"field", rows_hit ? "scan_limit_rows" : "deadline_ms"},
               {"value", std::to_string(rows_hit ? rows : limits_.deadline_ms)}});
}

}  // namespace callstore::store
