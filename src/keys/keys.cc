#include "keys/keys.h"

#include <cassert>
#include <limits>

#include "base/bytes.h"

namespace callstore::keys {
namespace {

// Kinds of keys that share a family, after the organization.
constexpr std::uint8_t kIdKind = 1;
constexpr std::uint8_t kCallIdKind = 2;
constexpr std::uint8_t kHeadKind = 0;
constexpr std::uint8_t kSummaryKind = 1;
constexpr std::uint8_t kChunkKind = 2;

constexpr std::size_t kOrganizationBytes = 4;
constexpr std::size_t kPositionBytes = 16;
constexpr std::size_t kCallKeyBytes = kOrganizationBytes + kPositionBytes;
constexpr std::size_t kIndexKeyBytes = kOrganizationBytes + 1 + 8 + kPositionBytes;
constexpr std::size_t kIdsKeyBytes = kOrganizationBytes + 1 + 8;
constexpr std::size_t kFenceKeyBytes = kOrganizationBytes + 1 + kPositionBytes;

// Flipping the sign bit makes unsigned order the order of times; flipping all bits inverts it.
// Both at once flip every bit but the sign.
constexpr std::uint64_t kTimeMask = std::uint64_t{INT64_MAX};

Position LoadPosition(const char* from) {
  return {.time_ms = static_cast<std::int64_t>(LoadBig<std::uint64_t>(from) ^ kTimeMask),
          .tie = ~LoadBig<std::uint64_t>(from + 8)};
}

Key Start(OrganizationNumber organization, std::uint8_t kind) {
  Key key = FirstKey(organization);
  key.Append8(kind);
  return key;
}

}  // namespace

void Key::Append8(std::uint8_t value) {
  assert(size_ + 1U <= bytes_.size());
  bytes_[size_] = static_cast<char>(value);
  size_ = static_cast<std::uint8_t>(size_ + 1);
}

void Key::Append32(std::uint32_t value) {
  assert(size_ + 4U <= bytes_.size());
  StoreBig(value, bytes_.data() + size_);
  size_ = static_cast<std::uint8_t>(size_ + 4);
}

void Key::Append64(std::uint64_t value) {
  assert(size_ + 8U <= bytes_.size());
  StoreBig(value, bytes_.data() + size_);
  size_ = static_cast<std::uint8_t>(size_ + 8);
}

void Key::AppendPosition(const Position& position) {
  Append64(static_cast<std::uint64_t>(position.time_ms) ^ kTimeMask);
  Append64(~position.tie);
}

Key CallKey(OrganizationNumber organization, const Position& position) {
  Key key = FirstKey(organization);
  key.AppendPosition(position);
  return key;
}

std::optional<Position> ParseCallKey(std::string_view key) {
  if (key.size() != kCallKeyBytes) return std::nullopt;
  return LoadPosition(key.data() + kOrganizationBytes);
}

Key IdKey(OrganizationNumber organization, std::uint64_t tie) {
  Key key = Start(organization, kIdKind);
  key.Append64(tie);
  return key;
}

Key CallIdKey(OrganizationNumber organization, std::uint64_t call_id_hash) {
  Key key = Start(organization, kCallIdKind);
  key.Append64(call_id_hash);
  return key;
}

std::optional<IdsKey> ParseIdsKey(std::string_view key) {
  if (key.size() != kIdsKeyBytes) return std::nullopt;
  const auto kind = static_cast<std::uint8_t>(key[kOrganizationBytes]);
  if (kind != kIdKind && kind != kCallIdKind) return std::nullopt;
  return IdsKey{.of_call_id = kind == kCallIdKind,
                .value = LoadBig<std::uint64_t>(key.data() + kOrganizationBytes + 1)};
}

Key IndexKey(OrganizationNumber organization, IndexField field, std::uint64_t value_hash,
             const Position& position) {
  Key key = Start(organization, static_cast<std::uint8_t>(field));
  key.Append64(value_hash);
  key.AppendPosition(position);
  return key;
}

std::optional<Position> ParseIndexPosition(std::string_view key) {
  if (key.size() != kIndexKeyBytes) return std::nullopt;
  return LoadPosition(key.data() + kIndexKeyBytes - kPositionBytes);
}

std::optional<IndexKeyParts> ParseIndexKey(std::string_view key) {
  if (key.size() != kIndexKeyBytes) return std::nullopt;
  const auto field = static_cast<IndexField>(key[kOrganizationBytes]);
  if (field < IndexField::kFromNumber || field > IndexField::kCallSid) return std::nullopt;
  return IndexKeyParts{.field = field,
                       .value_hash = LoadBig<std::uint64_t>(key.data() + kOrganizationBytes + 1),
                       .position = LoadPosition(key.data() + kIndexKeyBytes - kPositionBytes)};
}

Key HeadKey(OrganizationNumber organization) { return Start(organization, kHeadKind); }

Key SummaryKey(OrganizationNumber organization, const Position& fence) {
  Key key = Start(organization, kSummaryKind);
  key.AppendPosition(fence);
  return key;
}

Key ChunkKey(OrganizationNumber organization, const Position& fence) {
  Key key = Start(organization, kChunkKind);
  key.AppendPosition(fence);
  return key;
}

std::optional<Position> ParseFence(std::string_view key) {
  if (key.size() != kFenceKeyBytes) return std::nullopt;
  const auto kind = static_cast<std::uint8_t>(key[kOrganizationBytes]);
  if (kind != kSummaryKind && kind != kChunkKind) return std::nullopt;
  return LoadPosition(key.data() + kOrganizationBytes + 1);
}

std::optional<OrganizationNumber> ParseOwner(std::string_view key) {
  if (key.size() < kOrganizationBytes) return std::nullopt;
  return LoadBig<OrganizationNumber>(key.data());
}

Key FirstKey(OrganizationNumber organization) {
  Key key;
  key.Append32(organization);
  return key;
}

Key OrganizationKey(OrganizationNumber organization) { return FirstKey(organization); }

std::optional<OrganizationNumber> ParseOrganization(std::string_view key) {
  if (key.size() != kOrganizationBytes) return std::nullopt;
  return LoadBig<OrganizationNumber>(key.data());
}

Key EndKey(OrganizationNumber organization) {
  if (organization < std::numeric_limits<OrganizationNumber>::max()) {
    return FirstKey(organization + 1);
  }
  // Nothing follows the last number. Keys have at most 29 bytes, so 32 of the greatest are after
  // all of them.
  Key key;
  for (int i = 0; i < 4; ++i) key.Append64(UINT64_MAX);
  return key;
}

}  // namespace callstore::keys
