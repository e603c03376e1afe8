// script.h - a seeded list of mutations, what a store must hold after each of them, and how to read
// back what it holds.
//
// Ownership:     values.
// Thread safety: none.
#ifndef CALLSTORE_TESTS_CRASH_SCRIPT_H_
#define CALLSTORE_TESTS_CRASH_SCRIPT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "engine/environment.h"

namespace callstore::test {

// A call of a harness: everything that it has follows from these few numbers.
struct CallDoc {
  std::string id = {};
  int revision = 0;  // unique in a script
  std::int64_t time_ms = 0;
  bool started = true;  // else it has only a created_at, and no transcript
  int status = 0;       // of CallStatuses()
  int number = 0;       // of its telephone numbers
  int words = 0;        // of its transcript

  // The call as it is put; printed: as the store prints it, with the documented defaults.
  std::string Json(const std::string& organization, bool printed = false) const;
};
const std::vector<std::string>& CallStatuses();
inline constexpr int kCallNumbers = 6;
std::string CallNumber(int number);

// Organization, id, and the call as the store prints it. No organization is empty.
using StoreContent = std::map<std::string, std::map<std::string, std::string>>;

// The first difference in words; empty: none.
std::string DifferenceOf(const StoreContent& found, const StoreContent& expected);

// What a store says that it holds, and whether all its answers agree: lists both ways, totals, gets
// by id and call_id, counts by columns and by the index, Verify.
struct Reading {
  StoreContent content = {};
  std::optional<Error> error = {};  // what an answer was instead
  std::string faults = {};          // that Verify reports, in words
  std::string disagreement = {};    // of two answers
};
Reading ReadBack(const Store& store);

struct ScriptStep {
  enum class Kind : std::uint8_t { kPut, kUpdate, kDelete, kDeleteMatching, kSync, kReopen };
  Kind kind = Kind::kPut;
  bool sync = false;
  std::string organization = {};  // of all but a put
  std::string id = {};
  std::string patch = {};
  int number = 0;  // whose calls DeleteMatching deletes
  // Several: one batch.
  std::vector<std::pair<std::string, CallDoc>> calls = {};

  // Everything before it, and itself, is on disk once it is answered.
  bool durable() const { return sync || kind == Kind::kSync || kind == Kind::kReopen; }
};

struct ScriptOptions {
  std::size_t steps = 120;
  bool reopens = true;
  std::size_t sync_one_in = 8;  // writes; Sync() comes as seldom
};

class Script {
 public:
  explicit Script(std::uint64_t seed, const ScriptOptions& options = {});

  const std::vector<ScriptStep>& steps() const { return steps_; }
  // What a store holds after the first `steps` of them.
  const StoreContent& After(std::size_t steps) const { return contents_[steps]; }
  // The number of steps in `from` to `to` after which it holds `found`; nothing: none.
  std::optional<std::size_t> FindPrefix(const StoreContent& found, std::size_t from,
                                        std::size_t to) const;

 private:
  std::vector<ScriptStep> steps_;
  std::vector<StoreContent> contents_;
};

// The options of a harness's store: small buffers, so that few steps make many files.
StoreOptions SmallStore(const std::string& path);

// Runs a script on a store that it opens and reopens.
class ScriptRun {
 public:
  ScriptRun(const Script& script, StoreOptions options, engine::Environment environment)
      : script_(script), options_(std::move(options)), environment_(std::move(environment)) {}

  Result<void> Open();
  // The steps from `from` on, until one fails. `after` hears of each that was answered.
  Result<void> Run(std::size_t from, const std::function<void(std::size_t done)>& after);
  Result<void> RunStep(const ScriptStep& step);
  Result<void> Close();
  Store* store() { return store_ ? &*store_ : nullptr; }

 private:
  const Script& script_;
  StoreOptions options_;
  engine::Environment environment_;
  std::optional<Store> store_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_SCRIPT_H_
