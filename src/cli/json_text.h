// json_text.h - reading and writing small pieces of JSON for people and tables.
// A JsonText is one value inside a text. Numbers are never converted, so they print as stored.
// Made for text that the library wrote; on anything else members may be missing, nothing worse.
//
// Ownership:     none: a JsonText lives as long as its text.
// Thread safety: immutable.
#ifndef CALLSTORE_SRC_CLI_JSON_TEXT_H_
#define CALLSTORE_SRC_CLI_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callstore::cli {

enum class JsonKind : std::uint8_t { kNone, kObject, kArray, kString, kScalar, kNull };

class JsonText {
 public:
  using MemberList = std::vector<std::pair<std::string, JsonText>>;

  JsonText() = default;
  // The first value of `text`; kNone where there is none that ends.
  explicit JsonText(std::string_view text);

  JsonKind kind() const;
  bool present() const { return kind() != JsonKind::kNone && kind() != JsonKind::kNull; }
  std::string_view raw() const { return raw_; }

  // For people: a string without its quotes, a null as nothing, all else as JSON.
  std::string Text() const;

  // Members of an object and elements of an array; empty for another kind.
  MemberList Members() const;
  std::vector<JsonText> Elements() const;

  // The first member of this name; kNone where there is none.
  JsonText Member(std::string_view name) const;

  // The value at a dotted path: at each level a member named like the whole rest of the path comes
  // first, then the path is cut at a dot. A number is the index of an array.
  JsonText At(std::string_view path) const;

 private:
  std::string_view raw_;
};

// The value at a dotted path into an object with these members; JsonText::At says how.
JsonText AtPath(const JsonText::MemberList& members, std::string_view path);

// `text` as a JSON string, quotes included. Bytes that are not UTF-8 pass unchanged.
std::string QuoteJson(std::string_view text);

}  // namespace callstore::cli

#endif  // CALLSTORE_SRC_CLI_JSON_TEXT_H_
