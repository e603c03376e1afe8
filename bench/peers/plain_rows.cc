#include "bench/peers/plain_rows.h"

#include <mutex>

#include "base/bytes.h"

namespace callstore::bench {

std::string NameKey(keys::OrganizationNumber organization, NameKind kind, std::string_view name) {
  std::string key;
  key.reserve(5 + name.size());
  AppendLittle(SwapBytes(organization), &key);
  key += static_cast<char>(kind);
  key += name;
  return key;
}

std::string EncodeIdRow(const IdRow& row) {
  std::string bytes;
  AppendLittle(row.time_ms, &bytes);
  bytes += row.has_transcript ? '\1' : '\0';
  return bytes += row.call_id;
}

std::int64_t TimeOfIdRow(std::string_view bytes) { return LoadLittle<std::int64_t>(bytes.data()); }

IdRow DecodeIdRow(std::string_view bytes) {
  return {TimeOfIdRow(bytes), bytes[8] != '\0', std::string(bytes.substr(9))};
}

std::string EncodePosition(const Position& position) {
  std::string bytes;
  AppendLittle(position.time_ms, &bytes);
  AppendLittle(position.tie, &bytes);
  return bytes;
}

Position DecodePosition(std::string_view bytes) {
  return {LoadLittle<std::int64_t>(bytes.data()), LoadLittle<std::uint64_t>(bytes.data() + 8)};
}

std::optional<keys::OrganizationNumber> OrganizationNumbers::Find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

void OrganizationNumbers::Add(std::string_view name, keys::OrganizationNumber number) {
  const std::unique_lock lock(mutex_);
  numbers_.emplace(name, number);
}

keys::OrganizationNumber OrganizationNumbers::count() const {
  const std::shared_lock lock(mutex_);
  return static_cast<keys::OrganizationNumber>(numbers_.size());
}

}  // namespace callstore::bench
