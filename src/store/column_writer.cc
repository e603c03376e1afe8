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
using engine::Family;

// Rows [first, first + count) of a chunk that is cut.
struct Piece {
  std::size_t first = 0;
  std::size_t count = 0;
};

Counts CountsOf(const columns::ChunkView& chunk, const Piece& piece) {
  const std::size_t started =
      chunk.CountStarted(piece.first + piece.count) - chunk.CountStarted(piece.first);
  return {.calls = static_cast<std::int64_t>(piece.count),
          .started = static_cast<std::int64_t>(started)};
}

// Newest last. The newest chunk is cut at full size from its old end, so that what is left has room
// to grow; any other into even pieces.
std::vector<Piece> CutInto(std::size_t rows, bool newest) {
  const std::size_t most = newest ? columns::kSealRows : columns::kSplitRows;
  const std::size_t pieces =
      rows <= most ? 1 : (rows + columns::kSealRows - 1) / columns::kSealRows;
  std::vector<Piece> cut;
  std::size_t rest = rows;
  for (std::size_t piece = pieces; piece > 1; --piece) {
    const std::size_t count = newest ? columns::kSealRows : rest / piece;
    rest -= count;
    cut.push_back({.first = rest, .count = count});
  }
  cut.push_back({.first = 0, .count = rest});
  return cut;
}

// Folding costs what the chunk has: the more rows, the more operations may wait. So all foldings of
// a chunk that grows write about three times its bytes, and a reader never folds more than it
// copies.
std::size_t MostPending(std::int64_t calls) {
  return std::max(columns::kFoldOperations, static_cast<std::size_t>(calls) / 2);
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
  void PutChunk(const Directory::Chunk& chunk, const std::string& value);

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
      current ? *current : Directory::Make({}, {{.fence = kOldest, .counts = {}, .version = 0}});
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
  return Directory::Make(head, chunks_, &before);
}

Result<void> ColumnWriter::ChangeChunk(const Directory& current, std::size_t i,
                                       const std::vector<Operation>& operations) {
  Directory::Chunk chunk = current.chunk(i);
  const bool newest = i == 0;
  chunk.counts = chunk.counts + DeltaOf(operations);
  chunk.version = current.head().version + 1;
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
  const bool fold = waiting == pending_.end() ||
                    waiting->second + operations.size() > MostPending(chunk.counts.calls);
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
  const std::vector<Piece> cut = CutInto(view->size(), newest);
  std::vector<Directory::Chunk> made;
  Position fence = chunk.fence;
  for (const Piece& piece : cut) {
    const Counts counts = CountsOf(*view, piece);
    made.push_back({.fence = fence, .counts = counts, .version = chunk.version});
    PutChunk(made.back(), cut.size() == 1 ? folded : columns::Cut(*view, piece.first, piece.count));
    if (piece.count > 0) fence = JustNewer(view->position(piece.first));
  }
  chunks_.insert(chunks_.end(), made.rbegin(), made.rend());
  if (made.size() > 1 || !newest) same_chunks_ = false;
  return {};
}

void ColumnWriter::PutChunk(const Directory::Chunk& chunk, const std::string& value) {
  batch_.Put(Family::kColumns, keys::ChunkKey(organization_, chunk.fence), value);
  batch_.Put(Family::kColumns, keys::SummaryKey(organization_, chunk.fence),
             columns::EncodeSummary(chunk.counts));
  pending_[{organization_, chunk.fence}] = 0;
}

}  // namespace

Result<Directory> WriteColumns(const engine::Database& database, OrganizationNumber organization,
                               const std::optional<Directory>& current,
                               std::span<const Operation> operations, PendingOperations* pending,
                               engine::Batch* batch) {
  return ColumnWriter(database, organization, pending, batch).Write(current, operations);
}

}  // namespace callstore::store
