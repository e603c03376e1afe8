// extra_text.h - the members of the minified JSON objects that records keep beside their fields.
// The text was checked when it was stored. Any bytes may be given, though: what is not an object
// has no members, or senseless ones, and nothing is read beyond it.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_JSON_EXTRA_TEXT_H_
#define CALLSTORE_SRC_JSON_EXTRA_TEXT_H_

#include <cstddef>
#include <string_view>

namespace callstore::json {

// The end of the string whose opening quote is at `begin`.
inline std::size_t StringEnd(std::string_view json, std::size_t begin) {
  std::size_t i = begin + 1;
  while (i < json.size() && json[i] != '"') i += json[i] == '\\' ? 2 : 1;
  return i < json.size() ? i + 1 : json.size();
}

// The end of the member (or element) that begins at `begin`: at the comma or bracket after it.
inline std::size_t MemberEnd(std::string_view json, std::size_t begin) {
  int depth = 0;
  std::size_t i = begin;
  while (i < json.size()) {
    const char c = json[i];
    if (c == '"') {
      i = StringEnd(json, i);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth < 0) break;
    if (c == ',' && depth == 0) break;
    ++i;
  }
  return i;
}

// Calls on_member(key as written, with its quotes; the whole member) for each member of `object`.
template <typename F>
void ForEachMember(std::string_view object, F&& on_member) {
  std::size_t begin = 1;
  while (begin < object.size() && object[begin] == '"') {
    const std::size_t end = MemberEnd(object, begin);
    on_member(object.substr(begin, StringEnd(object, begin) - begin),
              object.substr(begin, end - begin));
    begin = end + 1;
  }
}

// Whether `object` has the member `name`, written without escapes.
inline bool HasMember(std::string_view object, std::string_view name) {
  bool found = false;
  if (object.empty()) return found;
  ForEachMember(object, [&](std::string_view key, std::string_view) {
    found |= key.size() == name.size() + 2 && key.substr(1, name.size()) == name;
  });
  return found;
}

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_EXTRA_TEXT_H_
