// reference_field.h - the fields of a filter and their values in a call, for the reference model.
// Written from the documents; a call is the JSON value that it was given as.
//
// Thread safety: free functions on values.
#ifndef CALLSTORE_TESTS_MODEL_REFERENCE_FIELD_H_
#define CALLSTORE_TESTS_MODEL_REFERENCE_FIELD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json_value.h"
#include "model/fault.h"

namespace callstore::test {

enum class ReferenceType : std::uint8_t { kText, kEnum, kTime, kNumber, kBoolean, kAny, kWords };

// The documented name for an alias; other names as they are.
std::string FullFieldName(std::string_view name);
// REQUIRES: a documented field by its full name.
ReferenceType TypeOfField(std::string_view name);

// A value that can be compared. Numbers are doubles, times whole numbers; both fit.
struct Scalar {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kText };
  Kind kind = Kind::kNull;
  bool flag = false;
  long double number = 0;
  std::string_view text = {};  // lives as long as the JSON value that it was read from

  friend bool operator==(const Scalar&, const Scalar&) = default;
};

// The number that a token stands for, as a double.
double NumberOf(const JsonValue& json);

struct FieldValues {
  bool present = false;
  std::vector<Scalar> elements;      // of a list; else at most one
  const JsonValue* whole = nullptr;  // where the call has it as it is
};

// REQUIRES: `name` is a full name, `call` outlives the result.
FieldValues ValuesOfField(std::string_view name, const JsonValue& call, Fault fault);

// A word of a text: a run of letters and digits, case-folded.
struct SpokenWord {
  std::size_t offset_bytes = 0;
  std::size_t size_bytes = 0;
  std::string folded = {};
};

// Knows ASCII and the letters that the tests use.
std::vector<SpokenWord> WordsOf(std::string_view text);

// The words in which transcript_search looks.
std::vector<SpokenWord> SpokenWords(const JsonValue& call);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_REFERENCE_FIELD_H_
