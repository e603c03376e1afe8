#include "store/verify_columns.h"

#include <algorithm>
#include <utility>

#include "store/column_values.h"

namespace callstore::store {
namespace {

using columns::Counts;
using engine::Family;

RowWalk::Range HeadRange(OrganizationNumber organization) {
  RowWalk::Range range = RangeOf(Family::kColumns, organization);
  range.upper = keys::SummaryKey(organization, kNewest);
  return range;
}

RowWalk::Range SummaryRange(OrganizationNumber organization) {
  RowWalk::Range range = RangeOf(Family::kColumns, organization);
  range.lower = keys::SummaryKey(organization, kNewest);
  range.upper = keys::ChunkKey(organization, kNewest);
  return range;
}

RowWalk::Range ChunkRange(OrganizationNumber organization) {
  RowWalk::Range range = RangeOf(Family::kColumns, organization);
  range.lower = keys::ChunkKey(organization, kNewest);
  return range;
}

// Whether `counts` may be the calls that were counted, of which some could not be read.
bool Agree(const Counts& counts, const Counts& counted, std::int64_t damaged_calls) {
  return counts.calls == counted.calls && counts.started >= counted.started &&
         counts.started <= counted.started + damaged_calls;
}

std::string Versus(const Counts& counts, const Counts& counted) {
  const auto text = [](const Counts& of) {
    return std::to_string(of.calls) + " calls (" + std::to_string(of.started) + " started)";
  };
  return text(counts) + ", and there are " + text(counted);
}

bool IsSorted(const columns::ChunkView& chunk) {
  for (std::size_t row = 1; row < chunk.size(); ++row) {
    if (!Newer(chunk.position(row - 1), chunk.position(row))) return false;
  }
  return true;
}

}  // namespace

ColumnsCheck::ColumnsCheck(VerifyContext* context, const CheckedOrganization* organization,
                           const std::vector<Gap>* call_gaps)
    : context_(*context),
      organization_(*organization),
      call_gaps_(*call_gaps),
      chunks_(context, organization, ChunkRange(organization->number)) {
  ReadHead();
  ReadSummaries();
  is_behind_gap_ = !chunks_.gaps().empty();
}

void ColumnsCheck::ReadHead() {
  CheckedWalk walk(&context_, &organization_, HeadRange(organization_.number));
  const keys::Key key = keys::HeadKey(organization_.number);
  for (; walk.Valid(); walk.Next()) {
    if (walk.key() != key.view()) {
      Add(FaultKind::kForeignKey, walk.key(), "the columns have no such key");
      continue;
    }
    head_ = columns::DecodeHead(walk.value());
  }
  head_is_unreadable_ = InGap(walk.gaps(), key);
}

void ColumnsCheck::ReadSummaries() {
  CheckedWalk walk(&context_, &organization_, SummaryRange(organization_.number));
  for (; walk.Valid(); walk.Next()) {
    const auto fence = keys::ParseFence(walk.key());
    if (!fence) {
      Add(FaultKind::kForeignKey, walk.key(), "the columns have no such key");
      continue;
    }
    summaries_.push_back({.fence = *fence, .counts = columns::DecodeSummary(walk.value())});
    if (summaries_.back().counts) continue;
    Add(FaultKind::kWrongSummary, walk.key(), "the summary of a chunk is damaged");
  }
  summary_gaps_ = walk.gaps();
}

void ColumnsCheck::NextChunk() {
  const std::size_t gaps = chunks_.gaps().size();
  chunks_.Next();
  is_behind_gap_ = chunks_.gaps().size() > gaps;
  chunk_is_used_ = false;
}

bool ColumnsCheck::OpenStretch() {
  if (chunk_is_used_) NextChunk();
  std::optional<Position> chunk;
  for (; chunks_.Valid(); NextChunk()) {
    chunk = keys::ParseFence(chunks_.key());
    if (chunk) break;
    Add(FaultKind::kForeignKey, chunks_.key(), "the columns have no such key");
  }
  const ChunkSummary* const summary =
      next_summary_ < summaries_.size() ? &summaries_[next_summary_] : nullptr;
  if (summary == nullptr && !chunk) return false;
  Stretch& stretch = stretch_.emplace();
  stretch.is_newest = !last_fence_;
  if (last_fence_) stretch.newest = JustOlder(*last_fence_);
  stretch.fence = summary == nullptr ? *chunk : std::max(summary->fence, chunk.value_or(kOldest));
  last_fence_ = stretch.fence;
  if (summary != nullptr && summary->fence == stretch.fence) {
    stretch.summary = summary;
    ++next_summary_;
  } else if (!InGap(summary_gaps_, keys::SummaryKey(organization_.number, stretch.fence))) {
    Add(FaultKind::kWrongSummary, chunks_.key(),
        "a chunk has no summary, so that no list finds it");
  }
  if (chunk == stretch.fence) {
    OpenChunk();
  } else {
    stretch.judges_rows =
        !InGap(chunks_.gaps(), keys::ChunkKey(organization_.number, stretch.fence));
  }
  return true;
}

void ColumnsCheck::OpenChunk() {
  chunk_is_used_ = true;
  ++context_.report.chunks;
  const auto chunk = columns::ChunkView::Parse(chunks_.value());
  if (!chunk || !chunk->damaged().empty() || !IsSorted(*chunk)) {
    Add(FaultKind::kDamagedChunk, chunks_.key(),
        chunk ? "a chunk has bytes or an order of rows that no chunk has"
              : "the row of a chunk is none");
    stretch_->judges_rows = false;
    return;
  }
  stretch_->chunk = chunk;
  if (is_behind_gap_ && !summary_gaps_.empty()) {
    // Nobody knows where the stretches of the chunks between begin.
    stretch_->judges_counts = false;
    stretch_->newest = chunk->size() > 0 ? chunk->position(0) : stretch_->fence;
  }
  CheckRows(&*stretch_);
}

void ColumnsCheck::CheckRows(Stretch* stretch) {
  const columns::ChunkView& chunk = *stretch->chunk;
  stretch->next_row = chunk.CountNewer(stretch->newest);
  stretch->end_row =
      stretch->fence == kOldest ? chunk.size() : chunk.CountNewer(JustOlder(stretch->fence));
  if (stretch->next_row > 0 || stretch->end_row < chunk.size()) {
    Add(FaultKind::kWrongSummary, chunks_.key(), "a chunk has rows beyond its fences");
  }
  stretch->check.emplace(chunk);
  for (const std::string& column : stretch->check->FindWrongBounds()) {
    Add(FaultKind::kWrongColumnValue, chunks_.key(),
        "the column " + column + " has other bounds or words than its rows");
  }
}

void ColumnsCheck::AddCall(const Position& position, const CallView* call) {
  const bool started = call != nullptr && call->start_timestamp().has_value();
  const Counts one{1, started ? 1 : 0};
  total_ = total_ + one;
  damaged_calls_ += call == nullptr ? 1 : 0;
  while (!stretch_ || position < stretch_->fence) {
    if (stretch_) CloseStretch();
    if (!OpenStretch()) break;
  }
  if (!stretch_) {
    if (!summary_gaps_.empty() || !chunks_.gaps().empty()) return;
    context_.Add(FaultKind::kMissingColumnRow, Family::kCalls, &organization_,
                 keys::CallKey(organization_.number, position), "no chunk holds the call's place");
    return;
  }
  stretch_->counts = stretch_->counts + one;
  stretch_->damaged_calls += call == nullptr ? 1 : 0;
  if (stretch_->judges_rows && position <= stretch_->newest) JudgeCall(position, call);
}

void ColumnsCheck::JudgeCall(const Position& position, const CallView* call) {
  Stretch& stretch = *stretch_;
  if (stretch.chunk) {
    PassRows(std::min(stretch.chunk->CountNewer(position), stretch.end_row));
  }
  const bool found =
      stretch.next_row < stretch.end_row && stretch.chunk->position(stretch.next_row) == position;
  const std::string id = call == nullptr ? "" : ": id " + Excerpt(call->id());
  if (!found) {
    context_.Add(FaultKind::kMissingColumnRow, Family::kCalls, &organization_,
                 keys::CallKey(organization_.number, position),
                 "the chunk of the call's place has no row of it" + id);
    return;
  }
  const std::size_t row = stretch.next_row++;
  if (call == nullptr) return;
  if (stretch.chunk->started(row) != call->start_timestamp().has_value()) {
    Add(FaultKind::kWrongColumnValue, chunks_.key(),
        "a row is wrong about whether the call has a start_timestamp" + id);
    return;
  }
  values_.clear();
  AppendColumnValues(*call, &values_);
  const std::string wrong = stretch.check->FindWrongColumn(row, values_);
  if (wrong.empty()) return;
  Add(FaultKind::kWrongColumnValue, chunks_.key(),
      "a row says another " + wrong + " than the call" + id);
}

void ColumnsCheck::PassRows(std::size_t end) {
  Stretch& stretch = *stretch_;
  for (; stretch.next_row < end; ++stretch.next_row) {
    const Position position = stretch.chunk->position(stretch.next_row);
    const keys::Key call = keys::CallKey(organization_.number, position);
    if (InGap(call_gaps_, call)) continue;
    Add(FaultKind::kOrphanColumnRow, chunks_.key(),
        "a chunk has a row of no call: list time " + std::to_string(position.time_ms));
  }
}

void ColumnsCheck::CloseStretch() {
  if (stretch_->judges_rows && stretch_->chunk) PassRows(stretch_->end_row);
  CheckSummary(*stretch_);
  stretch_.reset();
}

void ColumnsCheck::CheckSummary(const Stretch& stretch) {
  if (stretch.is_newest || stretch.summary == nullptr || !stretch.summary->counts) return;
  const keys::Key first = keys::CallKey(organization_.number, stretch.newest);
  const keys::Key last = keys::CallKey(organization_.number, stretch.fence);
  if (!stretch.judges_counts || MeetsGap(call_gaps_, first, last)) return;
  if (Agree(*stretch.summary->counts, stretch.counts, stretch.damaged_calls)) return;
  Add(FaultKind::kWrongSummary, keys::SummaryKey(organization_.number, stretch.fence),
      "the summary of a chunk counts " + Versus(*stretch.summary->counts, stretch.counts));
}

void ColumnsCheck::Finish() {
  do {
    if (stretch_) CloseStretch();
  } while (OpenStretch());
  CheckHead();
}

void ColumnsCheck::CheckHead() {
  const keys::Key key = keys::HeadKey(organization_.number);
  const bool whole = summary_gaps_.empty() && chunks_.gaps().empty();
  const bool any = last_fence_ || total_.calls > 0 || !call_gaps_.empty();
  if (whole && (head_ || last_fence_) && last_fence_ != kOldest) {
    Add(FaultKind::kWrongSummary, keys::SummaryKey(organization_.number, kOldest),
        "there is no chunk of the oldest positions");
  }
  if (head_is_unreadable_) return;
  if (!head_) {
    if (any) Add(FaultKind::kMissingHead, key, "no head counts the calls of the organization");
    return;
  }
  if (!call_gaps_.empty() || Agree(head_->total, total_, damaged_calls_)) return;
  Add(FaultKind::kWrongTotal, key, "the head counts " + Versus(head_->total, total_));
}

}  // namespace callstore::store
