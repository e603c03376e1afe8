// Folding: a chunk's pending operations become rows. Rows that no operation touches are copied in
// stretches, column by column; nothing is allocated per row.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "columns/chunk.h"
#include "columns/chunk_layout.h"

namespace callstore::columns {
namespace {

// An operation: kind and flags (1), time (8), tie (8).
constexpr std::size_t kOperationBytes = 17;
constexpr std::uint8_t kStartedFlag = 0x10;
constexpr std::uint8_t kPutByte = static_cast<std::uint8_t>(Operation::Kind::kPut);
constexpr std::uint8_t kRemoveByte = static_cast<std::uint8_t>(Operation::Kind::kRemove);

struct Pending {
  Position position;
  std::size_t sequence = 0;  // among all operations of the fold
  std::uint8_t first_byte = 0;

  bool put() const { return first_byte != kRemoveByte; }
  bool started() const { return (first_byte & kStartedFlag) != 0; }
};

bool IsOperation(std::string_view bytes) {
  if (bytes.size() < kOperationBytes) return false;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  return first == kPutByte || first == (kPutByte | kStartedFlag) || first == kRemoveByte;
}

// Appends the operations of an operand; returns the tail that is none.
std::string_view ReadOperand(std::string_view operand, std::vector<Pending>* operations) {
  for (; IsOperation(operand); operand.remove_prefix(kOperationBytes)) {
    operations->push_back({.position = {.time_ms = LoadLittle<std::int64_t>(operand.data() + 1),
                                        .tie = LoadLittle<std::uint64_t>(operand.data() + 9)},
                           .sequence = operations->size(),
                           .first_byte = static_cast<std::uint8_t>(operand[0])});
  }
  return operand;
}

// Leaves the last operation of each position, newest position first.
void KeepLast(std::vector<Pending>* operations) {
  std::sort(operations->begin(), operations->end(), [](const Pending& a, const Pending& b) {
    return a.position != b.position ? Newer(a.position, b.position) : a.sequence > b.sequence;
  });
  const auto same = [](const Pending& a, const Pending& b) { return a.position == b.position; };
  operations->erase(std::unique(operations->begin(), operations->end(), same), operations->end());
}

// A stretch of the old rows, then perhaps one new row.
struct Piece {
  ChunkView::Stretch kept;
  const Pending* put = nullptr;
};

std::vector<Piece> MakePieces(const ChunkView& base, const std::vector<Pending>& operations) {
  std::vector<Piece> pieces;
  pieces.reserve(operations.size() + 1);
  std::size_t next = 0;
  for (const Pending& operation : operations) {
    // Never below `next` on a sorted chunk; a damaged one may not be sorted.
    const std::size_t row = std::max(next, base.CountNewer(operation.position));
    const bool replaces = row < base.size() && base.position(row) == operation.position;
    if (!operation.put() && !replaces) continue;
    pieces.push_back({.kept = {.first = next, .count = row - next},
                      .put = operation.put() ? &operation : nullptr});
    next = row + (replaces ? 1 : 0);
  }
  pieces.push_back({.kept = {.first = next, .count = base.size() - next}});
  return pieces;
}

struct Extent {
  std::size_t rows = 0;
  std::int64_t newest = 0;
  std::int64_t oldest = 0;

  void Take(std::size_t count, std::int64_t first, std::int64_t last) {
    if (rows == 0) newest = first;
    oldest = last;
    rows += count;
  }
};

Extent Measure(const ChunkView& base, const std::vector<Piece>& pieces) {
  Extent extent;
  for (const Piece& piece : pieces) {
    if (const auto [first, count] = piece.kept; count > 0) {
      extent.Take(count, base.position(first).time_ms, base.position(first + count - 1).time_ms);
    }
    if (piece.put != nullptr) {
      extent.Take(1, piece.put->position.time_ms, piece.put->position.time_ms);
    }
  }
  return extent;
}

std::vector<std::uint64_t> JoinStarted(const ChunkView& base, const std::vector<Piece>& pieces,
                                       std::size_t rows) {
  std::vector<std::uint64_t> started(BitmapWords(rows));
  std::size_t row = 0;
  for (const Piece& piece : pieces) {
    base.CopyStarted(piece.kept, started, row);
    row += piece.kept.count;
    if (piece.put == nullptr) continue;
    if (piece.put->started()) started[row / 64] |= std::uint64_t{1} << (row % 64);
    ++row;
  }
  return started;
}

std::string Join(const ChunkView& base, const std::vector<Piece>& pieces,
                 std::string_view damaged) {
  const Extent extent = Measure(base, pieces);
  const TimeCode code =
      extent.rows == 0 ? TimeCode{} : ChooseTimeCode(extent.newest, extent.oldest);
  const std::vector<std::uint64_t> started = JoinStarted(base, pieces, extent.rows);
  ChunkWriter writer(
      {.rows = extent.rows, .time_code = code, .started = started, .damaged = damaged});
  char* times = writer.times();
  char* ties = writer.ties();
  for (const Piece& piece : pieces) {
    base.CopyTimes(piece.kept, code, times);
    base.CopyTies(piece.kept, ties);
    times += piece.kept.count * code.width;
    ties += piece.kept.count * kTieBytes;
    if (piece.put == nullptr) continue;
    StoreTime(code, piece.put->position.time_ms, times);
    std::memcpy(ties, &piece.put->position.tie, kTieBytes);
    times += code.width;
    ties += kTieBytes;
  }
  return writer.Take();
}

}  // namespace

void AppendOperation(const Operation& operation, std::string* operand) {
  const bool put = operation.kind == Operation::Kind::kPut;
  const std::uint8_t first = put && operation.row.started ? kPutByte | kStartedFlag
                             : put                        ? kPutByte
                                                          : kRemoveByte;
  operand->push_back(static_cast<char>(first));
  AppendLittle(operation.row.position.time_ms, operand);
  AppendLittle(operation.row.position.tie, operand);
}

bool IsOperand(std::string_view operand) {
  while (IsOperation(operand)) operand.remove_prefix(kOperationBytes);
  return operand.empty();
}

std::string Fold(std::string_view base, std::span<const std::string_view> operands) {
  std::string damaged;
  std::optional<ChunkView> chunk = ChunkView::Parse(base);
  if (!chunk) {
    damaged = base;
    chunk.emplace();
  } else {
    damaged = chunk->damaged();
  }
  std::size_t operand_bytes = 0;
  for (const std::string_view operand : operands) operand_bytes += operand.size();
  std::vector<Pending> operations;
  operations.reserve(operand_bytes / kOperationBytes);
  for (const std::string_view operand : operands) damaged += ReadOperand(operand, &operations);
  KeepLast(&operations);
  return Join(*chunk, MakePieces(*chunk, operations), damaged);
}

}  // namespace callstore::columns
