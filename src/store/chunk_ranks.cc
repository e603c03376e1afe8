#include "store/chunk_ranks.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "base/bytes.h"
#include "columns/kernels.h"

namespace callstore::store {
namespace {

using columns::Bitmap;
using columns::ColumnBytes;

// Rows of a column that are tested together in the time of one alone.
constexpr std::size_t kRowsAPass = 32;
constexpr std::uint64_t kMostValue = std::numeric_limits<std::uint64_t>::max();

// Leaves the rows of an offset from `low` to `low` + `span`, looking at no others. Without a branch
// on what is found, so that the processor fetches many rows at once.
template <typename T>
void KeepInRange(const char* values, T low, T span, Bitmap* rows) {
  std::uint64_t* words = rows->words();
  for (std::size_t word = 0; word < rows->word_count(); ++word) {
    const char* from = values + word * 64 * sizeof(T);
    std::uint64_t found = 0;
    for (std::uint64_t bits = words[word]; bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(bits));
      const T above = static_cast<T>(LoadLittle<T>(from + bit * sizeof(T)) - low);
      found |= std::uint64_t{above <= span} << bit;
    }
    words[word] = found;
  }
}

void KeepInRange(const ColumnBytes& bytes, std::uint64_t low, std::uint64_t span, Bitmap* rows) {
  switch (bytes.width) {
    case 1:
      return KeepInRange(bytes.values, static_cast<std::uint8_t>(low),
                         static_cast<std::uint8_t>(span), rows);
    case 2:
      return KeepInRange(bytes.values, static_cast<std::uint16_t>(low),
                         static_cast<std::uint16_t>(span), rows);
    case 4:
      return KeepInRange(bytes.values, static_cast<std::uint32_t>(low),
                         static_cast<std::uint32_t>(span), rows);
    default:
      return KeepInRange(bytes.values, low, span, rows);
  }
}

template <typename T>
void CopyOffsets(const char* values, const Bitmap& rows, std::uint64_t* to) {
  rows.ForEach([&](std::size_t row) { *to++ = LoadLittle<T>(values + row * sizeof(T)); });
}

}  // namespace

// The least integer of the column whose number is at or above `bound`. Numbers ascend with their
// integers, so that a step or two mend what the quotient was rounded by. REQUIRES: min_number() <
// bound <= max_number().
std::int64_t ChunkRanks::LeastIntegerOf(double bound) const {
  const ColumnBytes& bytes = column_.bytes();
  if (bytes.scale == ColumnBytes::kOrdered) return columns::OrderedBits(bound);
  constexpr double kMostInteger = 9.2e18;  // a little less than an integer holds
  const double guess = std::clamp(bound / bytes.ToNumber(1), -kMostInteger, kMostInteger);
  std::int64_t n = std::clamp(static_cast<std::int64_t>(guess), bytes.least, bytes.most);
  while (n > bytes.least && bytes.ToNumber(n - 1) >= bound) --n;
  while (n < bytes.most && bytes.ToNumber(n) < bound) ++n;
  return n;
}

std::optional<std::uint64_t> ChunkRanks::FirstNotBelow(std::uint64_t value) const {
  if (!has_values() || value > OrderedOf(column_.bytes().most)) return std::nullopt;
  if (value <= OrderedOf(column_.bytes().least)) return 0;
  return OffsetOf(integers() ? query::IntegerOf(value) : LeastIntegerOf(query::NumberOf(value)));
}

ChunkRanks::Band ChunkRanks::BandOf(std::uint64_t low, std::uint64_t most) const {
  Band band{.absent = low == 0};
  const auto first = FirstNotBelow(low);
  if (!first) return band;
  const auto end = most < kMostValue ? FirstNotBelow(most + 1) : std::nullopt;
  if (end && *end == *first) return band;
  band.some = true;
  band.low = *first;
  band.span = (end ? *end - 1 : Span()) - *first;
  return band;
}

// In a loop of its own, so that the processor fetches many at once.
void ChunkRanks::LoadOffsets(const Bitmap& rows) {
  const ColumnBytes& bytes = column_.bytes();
  offsets_.resize(chunk_->size());
  switch (bytes.width) {
    case 0:
      std::ranges::fill(offsets_, 0);
      return;
    case 1:
      return CopyOffsets<std::uint8_t>(bytes.values, rows, offsets_.data());
    case 2:
      return CopyOffsets<std::uint16_t>(bytes.values, rows, offsets_.data());
    case 4:
      return CopyOffsets<std::uint32_t>(bytes.values, rows, offsets_.data());
    default:
      return CopyOffsets<std::uint64_t>(bytes.values, rows, offsets_.data());
  }
}

void ChunkRanks::Keep(const Band& band, std::size_t count, Bitmap* rows) {
  const ColumnBytes& bytes = column_.bytes();
  const char* presence = has_values() ? bytes.presence : nullptr;
  const bool all = band.some && band.low == 0 && (bytes.width == 0 || band.span == Span());
  const bool none = !band.some || (bytes.width == 0 && band.low > 0);
  const bool some_absent = presence != nullptr || !has_values();
  if (none && !(band.absent && some_absent)) return rows->Reset(chunk_->size());
  if (!has_values() || (all && (band.absent || !some_absent))) return;

  const bool add_absent = band.absent && some_absent;
  if (some_absent) {
    if (add_absent) absent_ = *rows;
    for (std::size_t i = 0; i < rows->word_count(); ++i) {
      const auto present = LoadLittle<std::uint64_t>(presence + i * sizeof(std::uint64_t));
      rows->words()[i] &= present;
      if (add_absent) absent_.words()[i] &= ~present;
    }
  }
  if (none) {
    rows->Reset(chunk_->size());
  } else if (!all && count * kRowsAPass > chunk_->size()) {
    in_range_.Reset(chunk_->size());
    columns::AddInRange({.values = bytes.values, .width = bytes.width, .rows = chunk_->size()},
                        band.low, band.span, in_range_.words());
    rows->And(in_range_);
  } else if (!all) {
    KeepInRange(bytes, band.low, band.span, rows);
  }
  if (add_absent) rows->Or(absent_);
}

void ChunkRanks::KeepNotBelow(std::uint64_t value, std::size_t count, Bitmap* rows) {
  if (value > 0) Keep(BandOf(value, kMostValue), count, rows);
}

void ChunkRanks::KeepNotAbove(std::uint64_t value, std::size_t count, Bitmap* rows) {
  if (value < kMostValue) Keep(BandOf(0, value), count, rows);
}

template <typename F>
void ChunkRanks::SettleTies(const Rank& rank, std::size_t count, Bitmap* rows, const F& keep) {
  equal_ = *rows;
  Keep(BandOf(rank.value, rank.value), count, &equal_);
  equal_.ForEach([&](std::size_t row) {
    if (!keep(chunk_->position(row).tie)) rows->Clear(row);
  });
}

void ChunkRanks::KeepBelow(const Rank& rank, std::size_t count, Bitmap* rows) {
  KeepNotAbove(rank.value, count, rows);
  SettleTies(rank, count, rows, [&](std::uint64_t tie) { return tie < rank.tie; });
}

void ChunkRanks::KeepAbove(const Rank& rank, std::size_t count, Bitmap* rows) {
  KeepNotBelow(rank.value, count, rows);
  SettleTies(rank, count, rows, [&](std::uint64_t tie) { return tie > rank.tie; });
}

}  // namespace callstore::store
