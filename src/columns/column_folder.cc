#include "columns/column_folder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "columns/bits.h"
#include "columns/chunk_layout.h"
#include "columns/value_hash.h"

namespace callstore::columns {
namespace {

using Kind = ColumnView::Kind;

constexpr std::int64_t kPowersOfTen[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
static_assert(std::size(kPowersOfTen) == kMostScale + 1);

// The integer that is `number` times 10^scale; nothing where it does not give the very number back.
std::optional<std::int64_t> ToScaled(double number, std::uint8_t scale) {
  const auto power = static_cast<double>(kPowersOfTen[scale]);
  const double product = number * power;
  if (!(std::abs(product) <= static_cast<double>(kMostScaled))) return std::nullopt;
  // From 2^52 on doubles are whole, and a half would round them away.
  const double half = std::abs(product) * 2 < static_cast<double>(kMostScaled) ? 0.5 : 0.0;
  const auto scaled = static_cast<std::int64_t>(product + (product < 0 ? -half : half));
  if (std::abs(scaled) > kMostScaled) return std::nullopt;
  if (static_cast<double>(scaled) / power != number) return std::nullopt;
  return scaled;
}

std::uint8_t EncodingOf(std::optional<std::uint8_t> scale) {
  if (!scale) return static_cast<std::uint8_t>(Encoding::kDoubles);
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(Encoding::kScaled0) + *scale);
}

}  // namespace

bool ColumnFolder::HasPuts(std::size_t column) const {
  return std::ranges::any_of(cells_.cells(column), [&](const Cell& cell) {
    return plan_.row_of[cell.operation] != kNoRow;
  });
}

void ColumnFolder::CollectPuts(std::size_t column) {
  put_cells_.clear();
  for (const Cell& cell : cells_.cells(column)) {
    const std::uint32_t row = plan_.row_of[cell.operation];
    if (row != kNoRow) put_cells_.push_back({.row = row, .cell = &cell});
  }
}

bool ColumnFolder::Fold(std::size_t column) {
  base_ = cells_.columns()[column];
  if (plan_.kept_rows == 0) base_.view = ColumnView();
  CollectPuts(column);
  if (base_.view.kind() == Kind::kAbsent && put_cells_.empty()) return false;
  puts_.clear();
  switch (TypeOf(base_.id)) {
    case ValueType::kInteger:
      return FoldIntegers();
    case ValueType::kNumber:
      put_numbers_.clear();
      for (const PutCell& put : put_cells_) {
        const auto bits = LoadLittle<std::int64_t>(put.cell->data);
        put_numbers_.push_back(std::bit_cast<double>(bits) + 0.0);  // -0 becomes 0
      }
      return FoldNumbers();
    case ValueType::kFlag:
      return FoldFlags();
    case ValueType::kText:
    case ValueType::kJson:
      return FoldTexts();
  }
  return false;
}

bool ColumnFolder::GatherPresence() {
  const bool has_base = base_.view.kind() != Kind::kAbsent;
  const char* bitmap = base_.view.bytes().presence;
  if (base_.view.kind() == Kind::kWords && base_.view.bytes().width != 0) {
    base_.view.Present(&base_present_);
    bitmap = reinterpret_cast<const char*>(base_present_.words());
  }
  const bool all_kept = plan_.kept_rows == 0 || (has_base && bitmap == nullptr);
  all_present_ = all_kept && put_cells_.size() == plan_.put_rows();
  if (all_present_) return plan_.rows > 0;

  present_.assign(BitmapWords(plan_.rows), 0);
  std::size_t row = 0;
  for (const RowPlan::Piece& piece : plan_.pieces) {
    if (has_base) CopyBits(bitmap, piece.kept.first, piece.kept.count, present_.data(), row);
    row += piece.kept.count + (piece.put ? 1 : 0);
  }
  for (const PutCell& put : put_cells_) SetBit(present_.data(), put.row);
  std::size_t count = 0;
  for (const std::uint64_t word : present_) count += CountBits(word);
  all_present_ = count == plan_.rows;
  return count > 0;
}

IntegerSource ColumnFolder::GatherBase() {
  if (base_.view.kind() == Kind::kAbsent) return {.empty = true};
  const ColumnBytes& bytes = base_.view.bytes();
  raw_.resize(plan_.rows * bytes.width);
  if (bytes.width != 0) plan_.Gather(bytes.values, bytes.width, raw_.data());
  const auto at_bound = [&](std::uint32_t row) {
    const std::int64_t value = bytes.integer(row);
    return base_.view.present(row) && (value == bytes.least || value == bytes.most);
  };
  return {.values = raw_.data(),
          .width = bytes.width,
          .origin = bytes.least,
          .least = bytes.least,
          .most = bytes.most,
          .exact = !plan_.drops_many && std::ranges::none_of(plan_.dropped, at_bound)};
}

template <typename F>
IntegerSource ColumnFolder::GatherWide(std::int64_t least, std::int64_t most, F&& value_of) {
  wide_.assign(plan_.rows, 0);
  std::size_t to = 0;
  for (const RowPlan::Piece& piece : plan_.pieces) {
    for (std::size_t i = 0; i < piece.kept.count; ++i, ++to) {
      const std::size_t row = piece.kept.first + i;
      if (base_.view.present(row)) wide_[to] = value_of(row);
    }
    to += piece.put ? 1 : 0;
  }
  return {.values = reinterpret_cast<const char*>(wide_.data()),
          .width = sizeof(std::int64_t),
          .origin = 0,
          .least = least,
          .most = most};
}

bool ColumnFolder::FoldIntegers() {
  if (!GatherPresence()) return false;
  for (const PutCell& put : put_cells_) {
    puts_.push_back({.row = put.row, .value = LoadLittle<std::int64_t>(put.cell->data)});
  }
  AddIntegers(GatherBase(), static_cast<std::uint8_t>(Encoding::kIntegers));
  return true;
}

bool ColumnFolder::FitsScale(std::uint8_t scale) const {
  const auto fits = [&](double number) { return ToScaled(number, scale).has_value(); };
  if (base_.view.kind() == Kind::kNumbers) {
    const ColumnBytes& bytes = base_.view.bytes();
    const std::int64_t most = kMostScaled / kPowersOfTen[scale - bytes.scale];
    if (bytes.least < -most || bytes.most > most) return false;
  } else if (!std::ranges::all_of(word_numbers_, fits)) {
    return false;
  }
  return std::ranges::all_of(put_numbers_, fits);
}

std::optional<std::uint8_t> ColumnFolder::ChooseScale() const {
  std::uint8_t scale = 0;
  if (base_.view.kind() == Kind::kNumbers) scale = base_.view.bytes().scale;
  if (scale == ColumnBytes::kOrdered) return std::nullopt;
  const auto raise = [&](const std::vector<double>& numbers) {
    for (const double number : numbers) {
      while (scale < kMostScale && !ToScaled(number, scale)) ++scale;
    }
  };
  if (base_.view.kind() == Kind::kWords) raise(word_numbers_);
  raise(put_numbers_);
  if (!FitsScale(scale)) return std::nullopt;
  return scale;
}

IntegerSource ColumnFolder::NumbersSource(std::optional<std::uint8_t> scale) {
  const ColumnBytes& bytes = base_.view.bytes();
  if (base_.view.kind() == Kind::kNumbers) {
    if (scale.value_or(ColumnBytes::kOrdered) == bytes.scale) return GatherBase();
    if (!scale) {
      return GatherWide(OrderedBits(base_.view.min_number()), OrderedBits(base_.view.max_number()),
                        [&](std::size_t row) { return OrderedBits(base_.view.number(row)); });
    }
    const std::int64_t power = kPowersOfTen[*scale - bytes.scale];
    return GatherWide(bytes.least * power, bytes.most * power, [&](std::size_t row) {
      const auto value = static_cast<std::uint64_t>(base_.view.integer(row));
      return static_cast<std::int64_t>(value * static_cast<std::uint64_t>(power));
    });
  }
  if (base_.view.kind() != Kind::kWords) return {.empty = true};
  std::vector<std::int64_t> integers;
  integers.reserve(word_numbers_.size());
  for (const double number : word_numbers_) {
    integers.push_back(scale ? ToScaled(number, *scale).value_or(0) : OrderedBits(number));
  }
  const auto [least, most] = std::ranges::minmax(integers);
  return GatherWide(least, most,
                    [&](std::size_t row) { return integers[base_.view.word_of(row)]; });
}

bool ColumnFolder::FoldNumbers() {
  if (!GatherPresence()) return false;
  const std::optional<std::uint8_t> scale = ChooseScale();
  for (std::size_t i = 0; i < put_cells_.size(); ++i) {
    const double number = put_numbers_[i];
    const std::int64_t value = scale ? ToScaled(number, *scale).value_or(0) : OrderedBits(number);
    puts_.push_back({.row = put_cells_[i].row, .value = value});
  }
  AddIntegers(NumbersSource(scale), EncodingOf(scale));
  return true;
}

bool ColumnFolder::ReadJsonNumbers() {
  put_numbers_.clear();
  word_numbers_.clear();
  const auto read = [](std::string_view json, std::vector<double>* numbers) {
    const std::optional<double> number = FiniteJsonNumber(json);
    if (number) numbers->push_back(*number);
    return number.has_value();
  };
  for (const PutCell& put : put_cells_) {
    if (put.cell->hashed || !read(put.cell->bytes(), &put_numbers_)) return false;
  }
  if (base_.view.kind() != Kind::kWords) return true;
  for (std::size_t i = 0; i < base_.view.word_count(); ++i) {
    if (!read(base_.view.word(i), &word_numbers_)) return false;
  }
  return true;
}

bool ColumnFolder::FoldTexts() {
  const bool json = TypeOf(base_.id) == ValueType::kJson;
  if (base_.view.kind() == Kind::kHashes) return FoldHashes();
  if (base_.view.kind() != Kind::kNumbers) {
    const WordFolder::Result result = words_.Fold(base_, put_cells_);
    if (result != WordFolder::Result::kTooMany) return result == WordFolder::Result::kMade;
  }
  return json && ReadJsonNumbers() ? FoldNumbers() : FoldHashes();
}

std::uint64_t ColumnFolder::HashOf(std::string_view bytes) const {
  return TypeOf(base_.id) == ValueType::kJson ? JsonHash(bytes) : TextHash(bytes);
}

IntegerSource ColumnFolder::HashesSource() {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  switch (base_.view.kind()) {
    case Kind::kHashes:
      return GatherBase();
    case Kind::kNumbers:
      return GatherWide(kLeast, kMost, [&](std::size_t row) {
        return static_cast<std::int64_t>(JsonNumberHash(base_.view.number(row)));
      });
    case Kind::kWords: {
      std::vector<std::int64_t> hashes;
      hashes.reserve(base_.view.word_count());
      for (std::size_t i = 0; i < base_.view.word_count(); ++i) {
        hashes.push_back(static_cast<std::int64_t>(HashOf(base_.view.word(i))));
      }
      return GatherWide(kLeast, kMost,
                        [&](std::size_t row) { return hashes[base_.view.word_of(row)]; });
    }
    default:
      return {.empty = true};
  }
}

bool ColumnFolder::FoldHashes() {
  if (!GatherPresence()) return false;
  for (const PutCell& put : put_cells_) {
    const std::uint64_t hash =
        put.cell->hashed ? LoadLittle<std::uint64_t>(put.cell->data) : HashOf(put.cell->bytes());
    puts_.push_back({.row = put.row, .value = static_cast<std::int64_t>(hash)});
  }
  AddIntegers(HashesSource(), static_cast<std::uint8_t>(Encoding::kHashes));
  return true;
}

bool ColumnFolder::FoldFlags() {
  if (!GatherPresence()) return false;
  true_.assign(BitmapWords(plan_.rows), 0);
  const ColumnBytes& bytes = base_.view.bytes();
  // Only kept rows are copied, of a base that has some true value.
  const bool some_true = base_.view.kind() == Kind::kFlags && bytes.most != 0;
  const char* bitmap = bytes.least == bytes.most ? nullptr : bytes.values;
  std::size_t row = 0;
  for (const RowPlan::Piece& piece : plan_.pieces) {
    if (some_true) CopyBits(bitmap, piece.kept.first, piece.kept.count, true_.data(), row);
    row += piece.kept.count + (piece.put ? 1 : 0);
  }
  for (const PutCell& put : put_cells_) {
    if (put.cell->data[0] != 0) SetBit(true_.data(), put.row);
  }
  bool any_true = false;
  bool any_false = false;
  for (std::size_t i = 0; i < true_.size(); ++i) {
    const std::uint64_t present =
        all_present_ ? LowBits(std::min<std::size_t>(64, plan_.rows - i * 64)) : present_[i];
    true_[i] &= present;
    any_true = any_true || true_[i] != 0;
    any_false = any_false || true_[i] != present;
  }
  ColumnEntry entry = EntryOf(static_cast<std::uint8_t>(Encoding::kFlags));
  entry.least = any_false ? 0 : 1;
  entry.most = any_true ? 1 : 0;
  if (!all_present_) AppendBitmap(present_);
  if (entry.least != entry.most) AppendBitmap(true_);
  sink_.Add(entry, base_.key);
  return true;
}

ColumnEntry ColumnFolder::EntryOf(std::uint8_t encoding) const {
  return {.id = static_cast<std::uint8_t>(base_.id),
          .encoding = encoding,
          .presence = static_cast<std::uint8_t>(all_present_ ? 0 : 1)};
}

void ColumnFolder::AppendBitmap(const std::vector<std::uint64_t>& bitmap) {
  sink_.data().append(reinterpret_cast<const char*>(bitmap.data()),
                      bitmap.size() * sizeof(std::uint64_t));
}

void ColumnFolder::AddIntegers(const IntegerSource& source, std::uint8_t encoding) {
  ColumnEntry entry = EntryOf(encoding);
  if (!all_present_) AppendBitmap(present_);
  AppendIntegers(source, puts_, presence(), &sink_.data(), &entry);
  sink_.Add(entry, base_.key);
}

}  // namespace callstore::columns
