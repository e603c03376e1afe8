// rich_calls.h - random calls to be queried: every field of a filter, few values so that conditions
// hit, and beside them values that nearly no other call has, of mixed types, lists, nested objects
// and nulls.
//
// Thread safety: none.
#ifndef CALLSTORE_TESTS_MODEL_RICH_CALLS_H_
#define CALLSTORE_TESTS_MODEL_RICH_CALLS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "json_value.h"
#include "model/random.h"

namespace callstore::test {

// What the calls of an organization are like.
struct Profile {
  std::string organization = {};
  std::size_t ids = 0;            // calls that there may be
  std::size_t agents = 0;         // distinct ones
  std::size_t metadata_keys = 0;  // k0, k1, ... beside the keys that all profiles have
  bool long_parts = true;         // transcripts, turns and latency values
  bool odd_times = false;         // also before 1970
};

class RichCalls {
 public:
  explicit RichCalls(Random* random) : random_(*random) {}

  // The call with this number, 0 to profile.ids - 1. The same number has the same id and call_id.
  JsonValue MakeCall(const Profile& profile, std::size_t number);
  JsonValue MakePatch(const Profile& profile);

  static std::string Id(std::size_t number) { return "c-" + std::to_string(number); }

  // Ms of some time at which calls start, around the days that the clocks change.
  std::int64_t StartTime(const Profile& profile);
  // Some words that are said.
  std::string Speech(std::size_t words);

 private:
  JsonValue MetadataValue();
  JsonValue Metadata(const Profile& profile);
  JsonValue Customer();
  JsonValue Tags();
  JsonValue Utterances();
  JsonValue Turns();
  JsonValue Latency(bool with_values);
  JsonValue Analysis();
  void AddTimes(const Profile& profile, JsonValue* call);
  void AddScalars(const Profile& profile, JsonValue* call);
  void AddLongParts(JsonValue* call);

  Random& random_;
};

// The JSON text of a value, each letter beyond ASCII as an escape.
std::string EscapedJson(const JsonValue& json);

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_MODEL_RICH_CALLS_H_
