// strict_json.h - RFC 8259 to the letter, by a reader that shares no code with the library.
// What is not exactly JSON in UTF-8, has a lone surrogate, a duplicate key in one object, or is too
// deep, is refused.
//
// Pure. Thread safety: free functions on values.
#ifndef CALLSTORE_TESTS_FUZZ_STRICT_JSON_H_
#define CALLSTORE_TESTS_FUZZ_STRICT_JSON_H_

#include <optional>
#include <string>
#include <string_view>

namespace callstore::fuzz {

struct StrictJson {
  // The same value without whitespace and with plain escapes alone, as JsonValue reads it.
  std::string plain;
  int depth = 0;               // levels of arrays and objects
  bool huge_exponent = false;  // of some number: more than fits into 64 bits
};

// Nothing where `text` is not such JSON of at most `most_depth` levels.
std::optional<StrictJson> ReadStrictly(std::string_view text, int most_depth = 64);

}  // namespace callstore::fuzz

#endif  // CALLSTORE_TESTS_FUZZ_STRICT_JSON_H_
