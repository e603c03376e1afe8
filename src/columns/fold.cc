// Folding: a chunk's pending operations become rows. Rows that no operation touches are copied in
// stretches, column by column; nothing is allocated per row.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "columns/cells.h"
#include "columns/chunk.h"
#include "columns/chunk_layout.h"
#include "columns/chunk_writer.h"
#include "columns/column_folder.h"
#include "columns/row_plan.h"
#include "columns/row_values.h"

namespace callstore::columns {
namespace {

// An operation: kind and flags (1), time (8), tie (8); of puts, the length of the values, and they.
constexpr std::size_t kFixedBytes = 17;
constexpr std::size_t kUsualValueBytes = 9;  // for the first guess of how many cells there are
constexpr std::uint8_t kStartedFlag = 0x10;
constexpr std::uint8_t kPutByte = static_cast<std::uint8_t>(Operation::Kind::kPut);
constexpr std::uint8_t kRemoveByte = static_cast<std::uint8_t>(Operation::Kind::kRemove);

struct Pending {
  Position position;
  std::uint32_t sequence = 0;  // among all operations of the fold
  std::uint8_t first_byte = 0;

  bool put() const { return first_byte != kRemoveByte; }
  bool started() const { return (first_byte & kStartedFlag) != 0; }
};

struct OperationBytes {
  Pending operation;
  std::string_view values;
};

// Takes an operation off the front of `bytes`; its values are not looked at. False: there is none,
// and `bytes` stay as they are.
bool TakeOperation(std::string_view* bytes, OperationBytes* operation) {
  if (bytes->size() < kFixedBytes) return false;
  const auto first = static_cast<std::uint8_t>(bytes->front());
  if (first != kPutByte && first != (kPutByte | kStartedFlag) && first != kRemoveByte) return false;
  operation->operation = {.position = {.time_ms = LoadLittle<std::int64_t>(bytes->data() + 1),
                                       .tie = LoadLittle<std::uint64_t>(bytes->data() + 9)},
                          .first_byte = first};
  std::string_view rest = bytes->substr(kFixedBytes);
  if (operation->operation.put()) {
    const std::optional<std::size_t> length = TakeLength(&rest);
    if (!length || *length > rest.size()) return false;
    operation->values = rest.substr(0, *length);
    rest.remove_prefix(*length);
  }
  *bytes = rest;
  return true;
}

// Adds the operations of an operand and their values; returns the tail that is none.
std::string_view ReadOperand(std::string_view operand, std::vector<Pending>* operations,
                             CellTable* cells) {
  while (!operand.empty()) {
    std::string_view rest = operand;
    OperationBytes read;
    if (!TakeOperation(&rest, &read)) return operand;
    read.operation.sequence = static_cast<std::uint32_t>(operations->size());
    if (read.operation.put() && !cells->Add(read.values, read.operation.sequence)) return operand;
    operations->push_back(read.operation);
    operand = rest;
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

// The plan of a fold, and the put of each piece that has one, in order.
struct Plan {
  RowPlan rows;
  std::vector<const Pending*> added;
};

void AddPiece(const ChunkView::Stretch& kept, const Pending* put, Plan* plan) {
  plan->rows.pieces.push_back({.kept = kept, .put = put != nullptr});
  plan->rows.kept_rows += kept.count;
  plan->rows.rows += kept.count;
  if (put == nullptr) return;
  plan->rows.row_of[put->sequence] = static_cast<std::uint32_t>(plan->rows.rows++);
  plan->added.push_back(put);
}

Plan MakePlan(const ChunkView& base, const std::vector<Pending>& operations,
              std::size_t read_count) {
  Plan plan;
  plan.rows.row_of.assign(read_count, kNoRow);
  plan.rows.pieces.reserve(operations.size() + 1);
  plan.added.reserve(operations.size());
  std::size_t next = 0;
  for (const Pending& operation : operations) {
    const std::size_t row = base.CountNewer(operation.position);
    const bool replaces = row < base.size() && base.position(row) == operation.position;
    if (!operation.put() && !replaces) continue;
    AddPiece({.first = next, .count = row - next}, operation.put() ? &operation : nullptr, &plan);
    if (replaces) plan.rows.dropped.push_back(static_cast<std::uint32_t>(row));
    next = row + (replaces ? 1 : 0);
  }
  AddPiece({.first = next, .count = base.size() - next}, nullptr, &plan);
  return plan;
}

// Rows stand newest first, so that the ends of the pieces have the bounds.
TimeCode TimeCodeOf(const ChunkView& base, const Plan& plan) {
  if (plan.rows.rows == 0) return {};
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  std::int64_t oldest = std::numeric_limits<std::int64_t>::max();
  const auto take = [&](std::int64_t time) {
    newest = std::max(newest, time);
    oldest = std::min(oldest, time);
  };
  for (const RowPlan::Piece& piece : plan.rows.pieces) {
    if (piece.kept.count == 0) continue;
    take(base.position(piece.kept.first).time_ms);
    take(base.position(piece.kept.first + piece.kept.count - 1).time_ms);
  }
  for (const Pending* put : plan.added) take(put->position.time_ms);
  return ChooseTimeCode(newest, oldest);
}

std::vector<std::uint64_t> JoinStarted(const ChunkView& base, const Plan& plan) {
  std::vector<std::uint64_t> started(BitmapWords(plan.rows.rows));
  std::size_t row = 0;
  std::size_t put = 0;
  for (const RowPlan::Piece& piece : plan.rows.pieces) {
    base.CopyStarted(piece.kept, started, row);
    row += piece.kept.count;
    if (!piece.put) continue;
    if (plan.added[put++]->started()) SetBit(started.data(), row);
    ++row;
  }
  return started;
}

void JoinPositions(const ChunkView& base, const Plan& plan, const TimeCode& code, char* times,
                   char* ties) {
  std::size_t next_put = 0;
  for (const RowPlan::Piece& piece : plan.rows.pieces) {
    base.CopyTimes(piece.kept, code, times);
    base.CopyTies(piece.kept, ties);
    times += piece.kept.count * code.width;
    ties += piece.kept.count * kTieBytes;
    if (!piece.put) continue;
    const Position& position = plan.added[next_put++]->position;
    StoreTime(code, position.time_ms, times);
    std::memcpy(ties, &position.tie, kTieBytes);
    times += code.width;
    ties += kTieBytes;
  }
}

// Makes all value columns. Result: the chunk's flags of keys that have none.
std::uint8_t JoinColumns(const ChunkView& base, const RowPlan& rows, const CellTable& cells,
                         ColumnSink* sink) {
  std::uint8_t flags = cells.key_flags();
  // Rows that are kept may have any of the keys that the chunk did not cover.
  if (rows.kept_rows > 0) flags |= base.key_flags();
  const bool covers_new_keys = rows.kept_rows == 0 || (base.key_flags() & kMoreKeys) == 0;
  ColumnFolder folder(rows, cells, sink);
  std::size_t metadata_columns = 0;
  for (std::size_t i = 0; i < cells.columns().size(); ++i) {
    const ChunkView::NamedColumn& column = cells.columns()[i];
    if (column.id != ColumnId::kMetadata) {
      folder.Fold(i);
      continue;
    }
    const bool is_new = column.view.kind() == ColumnView::Kind::kAbsent;
    if ((is_new && !covers_new_keys) || metadata_columns == kMostMetadataColumns) {
      if (!is_new || folder.HasPuts(i)) flags |= kMoreKeys;
      continue;
    }
    metadata_columns += folder.Fold(i) ? 1 : 0;
  }
  return rows.rows == 0 ? 0 : flags;
}

std::string Join(const ChunkView& base, const Plan& plan, const CellTable& cells,
                 const std::string& damaged, std::size_t size_guess) {
  ColumnSink sink;
  sink.data().reserve(size_guess);
  const std::uint8_t key_flags = JoinColumns(base, plan.rows, cells, &sink);
  const TimeCode code = TimeCodeOf(base, plan);
  const std::vector<std::uint64_t> started = JoinStarted(base, plan);
  ChunkWriter writer({.rows = plan.rows.rows,
                      .time_code = code,
                      .started = started,
                      .key_flags = key_flags,
                      .damaged = damaged},
                     &sink);
  JoinPositions(base, plan, code, writer.times(), writer.ties());
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
  if (!put) return;
  AppendLength(operation.values.size(), operand);
  operand->append(operation.values);
}

bool IsOperand(std::string_view operand) {
  while (!operand.empty()) {
    OperationBytes read;
    if (!TakeOperation(&operand, &read)) return false;
    RowValuesReader values(read.values);
    while (values.Next()) {
    }
    if (!values.complete()) return false;
  }
  return true;
}

std::string Cut(const ChunkView& chunk, std::size_t first, std::size_t count) {
  Plan plan;
  AddPiece({.first = first, .count = count}, nullptr, &plan);
  plan.rows.drops_many = count != chunk.size();
  return Join(chunk, plan, CellTable(chunk), {}, 0);
}

namespace {

bool NewestFirst(const ChunkView& chunk) {
  for (std::size_t row = 1; row < chunk.size(); ++row) {
    if (!Newer(chunk.position(row - 1), chunk.position(row))) return false;
  }
  return true;
}

}  // namespace

std::string Fold(std::string_view base, std::span<const std::string_view> operands) {
  std::string damaged;
  std::optional<ChunkView> chunk = ChunkView::Parse(base);
  if (!chunk || !NewestFirst(*chunk)) {
    damaged = base;
    chunk.emplace();
  } else {
    damaged = chunk->damaged();
  }
  std::size_t operand_bytes = 0;
  for (const std::string_view operand : operands) operand_bytes += operand.size();
  std::vector<Pending> operations;
  operations.reserve(operand_bytes / (2 * kFixedBytes));
  CellTable cells(*chunk);
  cells.Reserve(operand_bytes / kUsualValueBytes);
  for (const std::string_view operand : operands) {
    damaged += ReadOperand(operand, &operations, &cells);
  }
  cells.Sort();
  const std::size_t read_count = operations.size();
  KeepLast(&operations);
  const Plan plan = MakePlan(*chunk, operations, read_count);
  return Join(*chunk, plan, cells, damaged, base.size() + operand_bytes);
}

}  // namespace callstore::columns
