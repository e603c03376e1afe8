#include "query/sort_key.h"

#include <array>
#include <bit>
#include <cstddef>
#include <string>

#include "base/error.h"
#include "base/nearest.h"
#include "base/sort_key_names.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

using columns::ColumnId;

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

}  // namespace

Result<SortKey> FindSortKey(std::string_view sort_by) {
  for (std::size_t i = 0; i < kSortKeyNames.size(); ++i) {
    if (kSortKeyNames[i] == sort_by) return static_cast<SortKey>(i);
  }
  std::string valid;
  for (const std::string_view name : kSortKeyNames) {
    valid.append(valid.empty() ? "" : ", ").append(name);
  }
  const std::string value = Excerpt(Utf8Prefix(sort_by));
  Details details = {{"field", "sort_by"}, {"value", value}, {"valid", std::move(valid)}};
  const std::string_view nearest = Nearest(sort_by, kSortKeyNames);
  if (!nearest.empty()) details.emplace_back("nearest", nearest);
  return Fail(ErrorCode::kInvalidArgument, "sort_by is not a sort key", std::move(details));
}

ColumnId ColumnOf(SortKey key) {
  constexpr std::array kColumns = {ColumnId::kEndTimestamp, ColumnId::kCreatedAt,
                                   ColumnId::kUpdatedAt,    ColumnId::kCallDuration,
                                   ColumnId::kCombinedCost, ColumnId::kLatencyE2eP50};
  return kColumns[static_cast<std::size_t>(key) - 1];
}

std::uint64_t OrderedInteger(std::int64_t value) {
  const std::uint64_t ordered = static_cast<std::uint64_t>(value) ^ kSignBit;
  return ordered == 0 ? 1 : ordered;
}

std::uint64_t OrderedNumber(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

std::int64_t IntegerOf(std::uint64_t ordered) {
  return static_cast<std::int64_t>(ordered ^ kSignBit);
}

double NumberOf(std::uint64_t ordered) {
  return std::bit_cast<double>((ordered & kSignBit) != 0 ? ordered ^ kSignBit : ~ordered);
}

}  // namespace callstore::query
