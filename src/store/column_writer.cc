#include "store/column_writer.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"

namespace callstore::store {
namespace {

using columns::Counts;
using columns::Directory;
using columns::Operation;
using columns::Row;
using engine::Family;

Counts CountsOf(std::span<const Row> rows) {
  Counts counts{.calls = static_cast<std::int64_t>(rows.size())};
  counts.started = std::ranges::count_if(rows, &Row::started);
  return counts;
}

Counts DeltaOf(std::span<const Operation> operations) {
  Counts delta;
  for (const Operation& operation : operations) {
    const Counts one{1, operation.row.started ? 1 : 0};
    delta = operation.kind == Operation::Kind::kPut ? delta + one : delta - one;
  }
  return delta;
}

class ColumnWriter {
 public:
  ColumnWriter(const engine::Database& database, OrganizationNumber organization,
               PendingOperations* pending, engine::Batch* batch)
      : database_(database), organization_(organization), pending_(*pending), batch_(*batch) {}

  Result<Directory> Write(const std::optional<Directory>& current,
                          std::span<const Operation> operations);

 private:
  // The operations of chunk `i` of the current directory.
  Result<void> ChangeChunk(const Directory& current, std::size_t i,
                           const std::vector<Operation>& operations);
  // Reads a chunk, applies the operand and writes it whole, in pieces where it is too large.
  Result<void> Rewrite(const Directory::Chunk& chunk, bool newest, const std::string& operand);
  tl::unexpected<Error> Damaged() const {
    return Fail(ErrorCode::kCorrupt, "a chunk of the column index is damaged",
                {{"organization_number", std::to_string(organization_)}});
  }
  void PutPiece(const Position& fence, std::span<const Row> rows);

  const engine::Database& database_;
  const OrganizationNumber organization_;
  PendingOperations& pending_;
  engine::Batch& batch_;

  // Chunks after the batch, newest first, where they are not those of the current directory.
  std::vector<Directory::Chunk> chunks_;
  bool same_chunks_ = true;
};

Result<Directory> ColumnWriter::Write(const std::optional<Directory>& current,
                                      std::span<const Operation> operations) {
  const Directory before =
      current ? *current : Directory::Make({}, {{.fence = kOldest, .counts = {}}});
  if (!current) {
    pending_[{organization_, kOldest}] = 0;
    batch_.Put(Family::kColumns, keys::SummaryKey(organization_, kOldest),
               columns::EncodeSummary({}));
  }
  std::map<std::size_t, std::vector<Operation>> by_chunk;
  for (const Operation& operation : operations) {
    by_chunk[before.FindPosition(operation.row.position)].push_back(operation);
  }
  const columns::Head head{.version = before.head().version + 1,
                           .total = before.head().total + DeltaOf(operations)};
  batch_.Put(Family::kColumns, keys::HeadKey(organization_), columns::EncodeHead(head));

  std::size_t copied = 0;
  for (const auto& [i, of_chunk] : by_chunk) {
    for (; copied < i; ++copied) chunks_.push_back(before.chunk(copied));
    CALLSTORE_RETURN_IF_ERROR(ChangeChunk(before, i, of_chunk));
    copied = i + 1;
  }
  if (same_chunks_) return before.WithHead(head);
  for (; copied < before.chunk_count(); ++copied) chunks_.push_back(before.chunk(copied));
  return Directory::Make(head, chunks_);
}

Result<void> ColumnWriter::ChangeChunk(const Directory& current, std::size_t i,
                                       const std::vector<Operation>& operations) {
  Directory::Chunk chunk = current.chunk(i);
  const bool newest = i == 0;
  chunk.counts = chunk.counts + DeltaOf(operations);
  if (chunk.counts.started < 0 || chunk.counts.calls < chunk.counts.started) return Damaged();
  std::string operand;
  for (const Operation& operation : operations) columns::AppendOperation(operation, &operand);

  if (chunk.counts.calls == 0 && chunk.fence != kOldest) {
    batch_.Delete(Family::kColumns, keys::ChunkKey(organization_, chunk.fence));
    batch_.Delete(Family::kColumns, keys::SummaryKey(organization_, chunk.fence));
    pending_.erase({organization_, chunk.fence});
    same_chunks_ = false;
    return {};
  }
  const std::size_t most = newest ? columns::kSealRows : columns::kSplitRows;
  const auto waiting = pending_.find({organization_, chunk.fence});
  const bool fold =
      waiting == pending_.end() || waiting->second + operations.size() > columns::kFoldOperations;
  if (fold || static_cast<std::size_t>(chunk.counts.calls) > most) {
    return Rewrite(chunk, newest, operand);
  }
  waiting->second += operations.size();
  batch_.Merge(Family::kColumns, keys::ChunkKey(organization_, chunk.fence), operand);
  if (!newest) {
    batch_.Put(Family::kColumns, keys::SummaryKey(organization_, chunk.fence),
               columns::EncodeSummary(chunk.counts));
    same_chunks_ = false;
  }
  chunks_.push_back(chunk);
  return {};
}

Result<void> ColumnWriter::Rewrite(const Directory::Chunk& chunk, bool newest,
                                   const std::string& operand) {
  const keys::Key key = keys::ChunkKey(organization_, chunk.fence);
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(const bool found,
                             database_.Get(Family::kColumns, key, nullptr, &value));
  const std::string_view operands[] = {operand};
  const std::string folded =
      columns::Fold(found ? engine::ToView(value) : std::string_view(), operands);
  const auto view = columns::ChunkView::Parse(folded);
  if (!view || !view->damaged().empty() ||
      view->size() != static_cast<std::size_t>(chunk.counts.calls)) {
    return Damaged();
  }
  const std::vector<Row> rows = columns::DecodeRows(*view);
  const std::size_t most = newest ? columns::kSealRows : columns::kSplitRows;
  const std::size_t pieces =
      rows.size() <= most ? 1 : (rows.size() + columns::kSealRows - 1) / columns::kSealRows;
  // The newest chunk is cut at full size from its old end, so that what is left has room to grow;
  // any other into even pieces.
  std::vector<std::span<const Row>> cut;
  std::span<const Row> rest = rows;
  for (std::size_t piece = pieces; piece > 1; --piece) {
    const std::size_t size = newest ? columns::kSealRows : rest.size() / piece;
    cut.push_back(rest.last(size));
    rest = rest.first(rest.size() - size);
  }
  cut.push_back(rest);

  std::vector<Directory::Chunk> made;
  Position fence = chunk.fence;
  for (const std::span<const Row> piece : cut) {
    PutPiece(fence, piece);
    made.push_back({fence, CountsOf(piece)});
    if (!piece.empty()) fence = JustNewer(piece.front().position);
  }
  chunks_.insert(chunks_.end(), made.rbegin(), made.rend());
  if (made.size() > 1 || !newest) same_chunks_ = false;
  return {};
}

void ColumnWriter::PutPiece(const Position& fence, std::span<const Row> rows) {
  batch_.Put(Family::kColumns, keys::ChunkKey(organization_, fence), columns::EncodeChunk(rows));
  batch_.Put(Family::kColumns, keys::SummaryKey(organization_, fence),
             columns::EncodeSummary(CountsOf(rows)));
  pending_[{organization_, fence}] = 0;
}

}  // namespace

Result<Directory> WriteColumns(const engine::Database& database, OrganizationNumber organization,
                               const std::optional<Directory>& current,
                               std::span<const Operation> operations, PendingOperations* pending,
                               engine::Batch* batch) {
  return ColumnWriter(database, organization, pending, batch).Write(current, operations);
}

}  // namespace callstore::store
