#include "columns/column.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "columns/kernels.h"

namespace callstore::columns {
namespace {

constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};

constexpr std::string_view kNames[] = {"",
                                       "end_timestamp",
                                       "created_at",
                                       "updated_at",
                                       "call_duration",
                                       "call_cost.combined_cost",
                                       "latency.e2e.p50",
                                       "agent_id",
                                       "call_status",
                                       "call_type",
                                       "direction",
                                       "disconnection_reason",
                                       "call_analysis.user_sentiment",
                                       "from_number",
                                       "to_number",
                                       "opt_out_sensitive_data_storage",
                                       "call_analysis.call_successful",
                                       "call_analysis.in_voicemail",
                                       "has call_id",
                                       "has recording_url",
                                       "has public_log_url",
                                       "has call_analysis.call_summary",
                                       "has telephony_identifier.call_sid",
                                       "has telephony_identifier.conference_sid",
                                       "metadata"};
static_assert(std::size(kNames) == static_cast<std::size_t>(ColumnId::kMetadata) + 1);

}  // namespace

std::string ColumnName(ColumnId id, std::string_view metadata_key) {
  std::string name(kNames[std::min(static_cast<std::size_t>(id), std::size(kNames) - 1)]);
  if (id == ColumnId::kMetadata) name.append(".").append(metadata_key);
  return name;
}

std::int64_t OrderedBits(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value + 0.0);  // -0 becomes 0
  return bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max();
}

double FromOrderedBits(std::int64_t bits) {
  return std::bit_cast<double>(bits >= 0 ? bits : bits ^ std::numeric_limits<std::int64_t>::max());
}

std::string_view ColumnBytes::word(std::size_t i) const {
  assert(i < word_count);
  const std::size_t begin = i == 0 ? 0 : LoadLittle<std::uint32_t>(word_ends + (i - 1) * 4);
  const std::size_t end = LoadLittle<std::uint32_t>(word_ends + i * 4);
  const std::size_t from = std::min(begin, words.size());
  return words.substr(from, std::min(std::max(from, end) - from, kMostWordBytes));
}

double ColumnBytes::ToNumber(std::int64_t value) const {
  if (scale == kOrdered) return FromOrderedBits(value);
  return static_cast<double>(value) / kPowersOfTen[scale];
}

void ColumnView::LoadBitmap(const char* bitmap, Bitmap* rows) const {
  rows->Reset(rows_);
  std::uint64_t* words = rows->words();
  std::memcpy(words, bitmap, rows->word_count() * sizeof *words);
  if (rows_ % 64 != 0) words[rows->word_count() - 1] &= LowBits(rows_ % 64);
}

void ColumnView::AndPresence(Bitmap* rows) const {
  if (bytes_.presence == nullptr) return;
  std::uint64_t* words = rows->words();
  for (std::size_t i = 0; i < rows->word_count(); ++i) {
    words[i] &= LoadLittle<std::uint64_t>(bytes_.presence + i * 8);
  }
}

void ColumnView::Prefetch() const {
  constexpr std::size_t kCacheLineBytes = 64;
  constexpr std::size_t kPageBytes = 4096;
  // Within a page the processor notices by itself that it is read in order.
  constexpr std::size_t kLinesAPage = 4;
  const char* end = bytes_.words.data() + bytes_.words.size();
  for (const char* page = bytes_.values; page < end; page += kPageBytes) {
    for (std::size_t line = 0; line < kLinesAPage; ++line) {
      __builtin_prefetch(page + line * kCacheLineBytes);
    }
  }
  if (kind_ != Kind::kWords) return;
  for (const char* line = bytes_.word_ends; line < end; line += kCacheLineBytes) {
    __builtin_prefetch(line);
  }
}

void ColumnView::Present(Bitmap* rows) const {
  assert(kind_ != Kind::kUnknown);
  if (kind_ == Kind::kAbsent || kind_ == Kind::kUnknown) {
    rows->Reset(rows_);
  } else if (kind_ == Kind::kWords && bytes_.width != 0) {
    rows->Reset(rows_);
    AddInRange({.values = bytes_.values, .width = bytes_.width, .rows = rows_}, 1,
               bytes_.word_count - 1U, rows->words());
  } else if (bytes_.presence != nullptr) {
    LoadBitmap(bytes_.presence, rows);
  } else {
    rows->Reset(rows_, true);
  }
}

std::int64_t ColumnView::min_integer() const { return bytes_.least; }
std::int64_t ColumnView::max_integer() const { return bytes_.most; }
double ColumnView::min_number() const { return bytes_.ToNumber(bytes_.least); }
double ColumnView::max_number() const { return bytes_.ToNumber(bytes_.most); }

void ColumnView::InIntegerRange(std::int64_t low, std::int64_t high, Bitmap* rows) const {
  if (low > high) return rows->Reset(rows_);
  if (low <= bytes_.least && high >= bytes_.most) return Present(rows);
  rows->Reset(rows_);
  if (bytes_.width == 0) return;  // not all, so none
  const auto offset = [&](std::int64_t value) {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(bytes_.least);
  };
  AddInRange({.values = bytes_.values, .width = bytes_.width, .rows = rows_}, offset(low),
             offset(high) - offset(low), rows->words());
  AndPresence(rows);
}

void ColumnView::InRange(std::int64_t low, std::int64_t high, Bitmap* rows) const {
  assert(kind_ == Kind::kIntegers);
  InIntegerRange(std::max(low, bytes_.least), std::min(high, bytes_.most), rows);
}

// The least integer from least to most whose number is at or above `bound`. Numbers ascend with
// their integers, so that a step or two mend what the product was rounded by. REQUIRES: the numbers
// of least and most are on either side of `bound`.
std::int64_t ColumnView::LeastAtOrAbove(double bound) const {
  if (bytes_.scale == ColumnBytes::kOrdered) return OrderedBits(bound);
  auto n = static_cast<std::int64_t>(std::floor(bound * kPowersOfTen[bytes_.scale]));
  n = std::clamp(n, bytes_.least, bytes_.most);
  while (n > bytes_.least && bytes_.ToNumber(n - 1) >= bound) --n;
  while (n < bytes_.most && bytes_.ToNumber(n) < bound) ++n;
  return n;
}

// The other end: the greatest integer whose number is at or below `bound`.
std::int64_t ColumnView::MostAtOrBelow(double bound) const {
  if (bytes_.scale == ColumnBytes::kOrdered) return OrderedBits(bound);
  auto n = static_cast<std::int64_t>(std::floor(bound * kPowersOfTen[bytes_.scale]));
  n = std::clamp(n, bytes_.least, bytes_.most);
  while (n < bytes_.most && bytes_.ToNumber(n + 1) <= bound) ++n;
  while (n > bytes_.least && bytes_.ToNumber(n) > bound) --n;
  return n;
}

void ColumnView::InRange(const NumberRange& range, Bitmap* rows) const {
  assert(kind_ == Kind::kNumbers);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double low = range.low_open ? std::nextafter(range.low, kInfinity) : range.low;
  const double high = range.high_open ? std::nextafter(range.high, -kInfinity) : range.high;
  const bool some = low <= high && low <= max_number() && high >= min_number();
  const bool past_end =
      (range.low_open && range.low == kInfinity) || (range.high_open && range.high == -kInfinity);
  if (!some || past_end) return rows->Reset(rows_);
  InIntegerRange(low <= min_number() ? bytes_.least : LeastAtOrAbove(low),
                 high >= max_number() ? bytes_.most : MostAtOrBelow(high), rows);
}

std::size_t ColumnView::word_count() const { return bytes_.word_count; }
std::string_view ColumnView::word(std::size_t i) const { return bytes_.word(i); }

void ColumnView::HasWords(std::span<const std::uint8_t> wanted, Bitmap* rows) const {
  assert(kind_ == Kind::kWords);
  assert(wanted.size() == bytes_.word_count);
  rows->Reset(rows_);
  // One word, a prefix, all but one: mostly a few runs, and a run is a range of codes.
  constexpr std::size_t kMostRuns = 8;
  std::array<std::pair<std::size_t, std::size_t>, kMostRuns> runs;
  std::array<std::uint8_t, std::max<std::size_t>(kMostWords + 1, 256)> table = {};
  std::size_t run_count = 0;
  std::size_t wanted_count = 0;
  bool inside = false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_wanted = wanted[i] != 0;
    table[i + 1] = is_wanted ? 1 : 0;
    wanted_count += is_wanted ? 1 : 0;
    if (is_wanted && !inside && ++run_count <= kMostRuns) runs[run_count - 1].first = i + 1;
    if (is_wanted && run_count <= kMostRuns) runs[run_count - 1].second = i + 1;
    inside = is_wanted;
  }
  if (wanted_count == 0) return;
  if (bytes_.width == 0) return rows->Reset(rows_, true);
  const ValueArray codes{.values = bytes_.values, .width = bytes_.width, .rows = rows_};
  if (run_count > kMostRuns) {
    return AddInTable(codes, table.data(), wanted.size() + 1, rows->words());
  }
  for (std::size_t i = 0; i < run_count; ++i) {
    AddInRange(codes, runs[i].first, runs[i].second - runs[i].first, rows->words());
  }
}

void ColumnView::HasHash(std::uint64_t hash, Bitmap* rows) const {
  assert(kind_ == Kind::kHashes);
  const auto value = static_cast<std::int64_t>(hash);
  InIntegerRange(std::max(value, bytes_.least), std::min(value, bytes_.most), rows);
}

void ColumnView::IsTrue(Bitmap* rows) const {
  assert(kind_ == Kind::kFlags);
  if (bytes_.least == bytes_.most) {
    if (bytes_.most == 0) return rows->Reset(rows_);
    return Present(rows);
  }
  LoadBitmap(bytes_.values, rows);
  AndPresence(rows);
}

bool ColumnView::present(std::size_t row) const {
  assert(row < rows_);
  if (kind_ == Kind::kAbsent || kind_ == Kind::kUnknown) return false;
  if (kind_ == Kind::kWords) {
    const std::size_t code = bytes_.code(row);
    return code != 0 && code <= bytes_.word_count;
  }
  return bytes_.presence == nullptr || HasBit(bytes_.presence, row);
}

std::size_t ColumnView::word_of(std::size_t row) const {
  assert(kind_ == Kind::kWords && row < rows_);
  return std::min<std::size_t>(bytes_.code(row) - 1, bytes_.word_count - 1U);
}

bool ColumnView::flag(std::size_t row) const {
  assert(kind_ == Kind::kFlags && row < rows_);
  return bytes_.least == bytes_.most ? bytes_.most != 0 : HasBit(bytes_.values, row);
}

}  // namespace callstore::columns
