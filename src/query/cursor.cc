#include "query/cursor.h"

#include <optional>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/utf8.h"

namespace callstore::query {
namespace {

// version (1), flags (1), binding (8), time (8), tie (8), checksum (4). Every version begins with
// its number and ends with the checksum of what is before. 30 bytes leave no spare bits in base64.
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kBackwardFlag = 1;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kBodyBytes = 26;
constexpr std::size_t kCursorBytes = kBodyBytes + kChecksumBytes;
constexpr std::size_t kMostCharacters = 4096;  // of a cursor of any version

std::uint32_t Checksum(std::string_view body) { return static_cast<std::uint32_t>(Hash64(body)); }

tl::unexpected<Error> Refuse(std::string_view text, std::string_view reason) {
  return Fail(ErrorCode::kInvalidCursor, "the cursor is not one of this list",
              {{"field", "cursor"},
               {"value", Excerpt(Utf8Prefix(text))},
               {"reason", std::string(reason)},
               {"valid", "a cursor of a page of the same organization, filter and order"}});
}

void AppendPart(std::string_view part, std::string* to) {
  AppendLittle(std::uint64_t{part.size()}, to);
  to->append(part);
}

}  // namespace

std::uint64_t CursorBinding(std::string_view organization, std::string_view sort_by,
                            SortOrder order, std::string_view applied_filters_json) {
  std::string parts;
  AppendPart(organization, &parts);
  AppendPart(sort_by, &parts);
  parts.push_back(order == SortOrder::kAscending ? '\1' : '\0');
  AppendPart(applied_filters_json, &parts);
  return Hash64(parts);
}

std::string EncodeCursor(const Cursor& cursor, std::uint64_t binding) {
  std::string bytes;
  bytes.reserve(kCursorBytes);
  bytes.push_back(static_cast<char>(kVersion));
  bytes.push_back(static_cast<char>(cursor.backward ? kBackwardFlag : 0));
  AppendLittle(binding, &bytes);
  AppendLittle(cursor.position.time_ms, &bytes);
  AppendLittle(cursor.position.tie, &bytes);
  AppendLittle(Checksum(bytes), &bytes);
  return EncodeBase64Url(bytes);
}

Result<Cursor> DecodeCursor(std::string_view text, std::uint64_t binding) {
  if (text.size() > kMostCharacters) return Refuse(text, "not a cursor");
  const std::optional<std::string> bytes = DecodeBase64Url(text);
  if (!bytes || bytes->size() < 2 + kChecksumBytes) return Refuse(text, "not a cursor");

  const std::string_view body(bytes->data(), bytes->size() - kChecksumBytes);
  if (LoadLittle<std::uint32_t>(body.data() + body.size()) != Checksum(body)) {
    return Refuse(text, "damaged");
  }
  if (static_cast<std::uint8_t>(body[0]) > kVersion) return Refuse(text, "of a newer version");
  const auto flags = static_cast<std::uint8_t>(body[1]);
  if (static_cast<std::uint8_t>(body[0]) != kVersion || body.size() != kBodyBytes ||
      (flags & ~kBackwardFlag) != 0) {
    return Refuse(text, "not a cursor");
  }
  if (LoadLittle<std::uint64_t>(body.data() + 2) != binding) {
    return Refuse(text, "of another list");
  }
  return Cursor{.position = {.time_ms = LoadLittle<std::int64_t>(body.data() + 10),
                             .tie = LoadLittle<std::uint64_t>(body.data() + 18)},
                .backward = flags != 0};
}

}  // namespace callstore::query
