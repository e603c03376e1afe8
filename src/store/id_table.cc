#include "store/id_table.h"

#include "base/bytes.h"

namespace callstore::store {

std::string EncodeIdRecord(std::int64_t time_ms, std::string_view id) {
  std::string value;
  value.reserve(sizeof time_ms + id.size());
  AppendLittle(time_ms, &value);
  value.append(id);
  return value;
}

std::optional<IdRecord> DecodeIdRecord(std::string_view value) {
  if (value.empty()) return IdRecord{};
  if (value.size() <= sizeof(std::int64_t)) return std::nullopt;
  return IdRecord{LoadLittle<std::int64_t>(value.data()),
                  std::string(value.substr(sizeof(std::int64_t)))};
}

std::string EncodeTies(const std::vector<std::uint64_t>& ties) {
  std::string value;
  for (const std::uint64_t tie : ties) AppendLittle(tie, &value);
  return value;
}

std::optional<std::vector<std::uint64_t>> DecodeTies(std::string_view value) {
  if (value.empty() || value.size() % sizeof(std::uint64_t) != 0) return std::nullopt;
  std::vector<std::uint64_t> ties;
  for (std::size_t i = 0; i < value.size(); i += sizeof(std::uint64_t)) {
    ties.push_back(LoadLittle<std::uint64_t>(value.data() + i));
  }
  return ties;
}

Result<TieSearch> FindTie(std::string_view id, std::uint64_t hash, const ReadId& read) {
  std::optional<std::uint64_t> tombstone;
  for (std::uint64_t tie = hash;; ++tie) {
    CALLSTORE_ASSIGN_OR_RETURN(const std::optional<IdRecord> record, read(tie));
    if (!record) return TieSearch{tombstone.value_or(tie), std::nullopt};
    if (record->id.empty()) {
      if (!tombstone) tombstone = tie;
    } else if (record->id == id) {
      return TieSearch{tie, Position{record->time_ms, tie}};
    }
  }
}

}  // namespace callstore::store
