// flat_json.h - JSON objects without anything nested, read strictly (RFC 8259).
// Made for the short lines of files of our own; requests are read by the store's JSON.
//
// Ownership, thread safety: values; functions without state.
#ifndef CALLSTORE_SRC_HTTP_FLAT_JSON_H_
#define CALLSTORE_SRC_HTTP_FLAT_JSON_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace callstore::http {

using FlatValue = std::variant<std::string, bool, std::int64_t>;

struct FlatObject {
  std::vector<std::pair<std::string, FlatValue>> members = {};

  // The value of this member where it is there and has this type; else null.
  template <typename T>
  const T* Find(std::string_view name) const {
    for (const auto& [known, value] : members) {
      if (known == name) return std::get_if<T>(&value);
    }
    return nullptr;
  }
};

// {"name": value, ...} where a value is a text, true, false or a whole number. Nothing where `text`
// is not exactly that, holds a name twice, or is not UTF-8.
std::optional<FlatObject> ParseFlatObject(std::string_view text);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_FLAT_JSON_H_
