// call_maker.h - random calls, patches and list requests from a seed, made to meet each other: few
// ids, few times, names that are easily confused.
//
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_CALL_MAKER_H_
#define CALLSTORE_TESTS_MODEL_CALL_MAKER_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/list.h"
#include "json_value.h"

namespace callstore::test {

// Names that are prefixes of one another, hold a NUL, are as long as may be, or differ in the last
// byte alone.
const std::vector<std::string>& HostileNames();

// Names that no organization, id or call_id may have: empty, too long, not UTF-8.
const std::vector<std::string>& InvalidNames();

class CallMaker {
 public:
  explicit CallMaker(std::uint64_t seed) : random_(seed) {}

  // 0 to n - 1.
  std::size_t Below(std::size_t n) { return static_cast<std::size_t>(random_() % n); }
  bool Chance(std::size_t percent) { return Below(100) < percent; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

  std::string Id();
  std::string CallId();
  std::int64_t Time();
  // A call of the organization, with an id or a call_id or both.
  JsonValue MakeCall(std::string_view organization);
  // A merge patch; some are refused.
  JsonValue MakePatch();
  TimeRange MakeRange();
  // Without page and cursor.
  ListQuery MakeQuery();

 private:
  std::string Text();
  JsonValue FreeValue();
  JsonValue Metadata();
  JsonValue Events();
  JsonValue Utterance();
  JsonValue Turns(const JsonValue& utterances);
  JsonValue Latency();
  JsonValue Analysis();
  void AddScalars(JsonValue* call);
  void AddLongParts(JsonValue* call);

  std::mt19937_64 random_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_CALL_MAKER_H_
