// keys.h - every key of the store, built and parsed here and nowhere else.
// Keys are fixed-width and big-endian, so that byte order is the order meant. An organization is a
// 4-byte number: none can be a prefix of another. Time is inverted: the newest call comes first.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_KEYS_KEYS_H_
#define CALLSTORE_SRC_KEYS_KEYS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/position.h"

namespace callstore::keys {

using OrganizationNumber = std::uint32_t;

// A key of a fixed, small size, held in place.
class Key {
 public:
  operator std::string_view() const { return {bytes_.data(), size_}; }  // NOLINT: meant implicit
  std::string_view view() const { return *this; }
  void Append8(std::uint8_t value);
  void Append32(std::uint32_t value);
  void Append64(std::uint64_t value);
  void AppendPosition(const Position& position);

 private:
  std::array<char, 40> bytes_;
  std::uint8_t size_ = 0;
};

// calls, transcripts: organization, position.
Key CallKey(OrganizationNumber organization, const Position& position);
std::optional<Position> ParseCallKey(std::string_view key);

// ids: organization, 1, tie -> the place and id; organization, 2, hash of call_id -> ties.
Key IdKey(OrganizationNumber organization, std::uint64_t tie);
Key CallIdKey(OrganizationNumber organization, std::uint64_t call_id_hash);

struct IdsKey {
  bool of_call_id = false;
  std::uint64_t value = 0;  // the tie, or the hash of a call_id
};
std::optional<IdsKey> ParseIdsKey(std::string_view key);

// Keys of ids have this many bytes, and keys of index begin with as many that do not tell calls of
// one value apart.
inline constexpr std::size_t kHashedKeyBytes = 4 + 1 + 8;

// index: organization, field, hash of the value, position -> empty.
enum class IndexField : std::uint8_t { kFromNumber = 1, kToNumber = 2, kCallSid = 3 };
Key IndexKey(OrganizationNumber organization, IndexField field, std::uint64_t value_hash,
             const Position& position);
std::optional<Position> ParseIndexPosition(std::string_view key);
struct IndexKeyParts {
  IndexField field = IndexField::kFromNumber;
  std::uint64_t value_hash = 0;
  Position position;
};
std::optional<IndexKeyParts> ParseIndexKey(std::string_view key);

// columns: organization, 0 -> head; organization, 1, fence -> summary; organization, 2, fence ->
// chunk.
Key HeadKey(OrganizationNumber organization);
Key SummaryKey(OrganizationNumber organization, const Position& fence);
Key ChunkKey(OrganizationNumber organization, const Position& fence);
// The fence of a summary or chunk key.
std::optional<Position> ParseFence(std::string_view key);

// Whose key it is, in any family; nothing of a key too short to say.
std::optional<OrganizationNumber> ParseOwner(std::string_view key);

// The first key of an organization, and the first one after all of its keys; any family.
Key FirstKey(OrganizationNumber organization);
Key EndKey(OrganizationNumber organization);

// orgs: organization -> its record.
Key OrganizationKey(OrganizationNumber organization);
std::optional<OrganizationNumber> ParseOrganization(std::string_view key);

}  // namespace callstore::keys

#endif  // CALLSTORE_SRC_KEYS_KEYS_H_
