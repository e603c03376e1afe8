// minified_json.h - steps through minified JSON that was checked before (free JSON as it is
// stored). Nothing is parsed twice or copied: values are views of the text. Bytes that are not
// minified JSON give some answer or none, but are never read past their end.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_SRC_BASE_MINIFIED_JSON_H_
#define CALLSTORE_SRC_BASE_MINIFIED_JSON_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace callstore {

// The end of the value that begins at `at`; text.size() where it does not end.
std::size_t JsonValueEnd(std::string_view text, std::size_t at);

// The text that a JSON string (with its quotes) stands for. `buffer` is used where it has escapes.
std::string_view JsonText(std::string_view json_string, std::string* buffer);

// The double nearest to a JSON number; infinite where it is beyond the greatest one.
double JsonNumber(std::string_view json_number);

// Walks the members of an object: `for (JsonMembers m(text); m.Next();) Use(m.key(), m.value());`
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view object) : text_(object) {}
  bool Next();
  std::string_view raw_key() const { return raw_key_; }  // with its quotes and escapes
  std::string_view key();                                // unescaped; valid until Next
  std::string_view value() const { return value_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view raw_key_;
  std::string_view value_;
  std::string buffer_;
};

// Walks the elements of an array.
class JsonElements {
 public:
  explicit JsonElements(std::string_view array) : text_(array) {}
  bool Next();
  std::string_view value() const { return value_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view value_;
};

// The member `key` of an object, as it stands; nothing where there is none.
std::optional<std::string_view> FindJsonMember(std::string_view object, std::string_view key);

// The value at `path`: the member of that very name, else, split at the first dot, the rest within
// the object of the first name, by the same rule.
std::optional<std::string_view> FindJsonPath(std::string_view object, std::string_view path);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_MINIFIED_JSON_H_
