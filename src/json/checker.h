// checker.h - the checks that each value of an owning Call must pass.
//
// Ownership:     keeps its buffers while it lives; views go to the Call's text and the draft's
//                arena.
// Thread safety: none; one thread at a time.
#ifndef CALLSTORE_SRC_JSON_CHECKER_H_
#define CALLSTORE_SRC_JSON_CHECKER_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "callstore/error.h"
#include "json/call_reader.h"
#include "json/walker.h"
#include "record/draft.h"

namespace callstore::json {

// Where a value stands in a call: "$.transcript_object", 3, ".role", or "$.latency", "e2e". Written
// out only for an error.
struct Place {
  static constexpr std::size_t kNoIndex = static_cast<std::size_t>(-1);

  std::string_view member;
  std::size_t index = kNoIndex;
  std::string_view field = {};
  std::string_view key = {};  // a name in the member; empty: none

  Place Field(std::string_view name) const { return {member, index, name, key}; }
  std::string ToString() const;
};

class Checker {
 public:
  using Number = std::pair<std::string_view, std::optional<double>>;

  // Documented members of an object beside its extra_json, and the numbers among them: only these
  // may stand in extra_json, where they say exactly what the field cannot.
  struct Documented {
    std::span<const std::string_view> names;
    std::span<const Number> numbers = {};
  };

  // Begins a call whose views go to `arena`.
  void Begin(record::TextArena* arena) {
    arena_ = arena;
    text_bytes_ = 0;
  }

  // CheckText of a short word, where nothing has to be looked at twice; else false.
  bool TakeShortAscii(std::string_view text) {
    if (text.size() > 16 || text_bytes_ > kMaxCallBytes - 32) return false;
    unsigned bits = 0;
    for (const char c : text) bits |= static_cast<unsigned char>(c);
    if (bits > 0x7F) return false;
    text_bytes_ += text.size() + kQuotingBytes;
    return true;
  }
  // UTF-8; too_large where the call's JSON would be larger than a call may be.
  Result<void> CheckText(const Place& place, std::string_view text);
  // The same and, where it is given, a view of it to *field.
  Result<void> CheckText(const Place& place, const std::optional<std::string>& text,
                         record::OptionalText* field) {
    if (!text) return {};
    *field = *text;
    return CheckText(place, *text);
  }
  // Text of 1 to 512 bytes.
  Result<void> CheckId(const Place& place, std::string_view text);
  // A finite number.
  static Result<void> CheckNumber(const Place& place, const std::optional<double>& value);

  // Begins the walk of a member that is JSON, `depth` levels deep in the call; EndWalk ends it.
  Result<void> StartWalk(const Place& place, int depth, std::string_view json);
  Result<void> EndWalk(bool read);
  Walker& walker() { return walker_; }

  // Any JSON, minified to *out.
  Result<void> CheckJson(const Place& place, int depth, std::string_view json,
                         std::string_view* out);
  Result<void> CheckObject(const Place& place, int depth, std::string_view json,
                           std::string_view* out);
  Result<void> CheckObjects(const Place& place, int depth, std::string_view json,
                            std::string_view* out);
  // An extra_json; empty where it has no members.
  Result<void> CheckExtra(const Place& place, int depth, const Documented& documented,
                          std::string_view json, std::string_view* out);

  // Counts JSON that is not text: too_large as CheckText.
  Result<void> CountBytes(const Place& place, std::size_t bytes);

 private:
  // What the JSON of a text has beside it: two quotes and what stands before the next value.
  static constexpr std::size_t kQuotingBytes = 3;

  bool ReadExtra(const Documented& documented, std::string_view* out);

  record::TextArena* arena_ = nullptr;
  std::size_t text_bytes_ = 0;
  Document document_;
  Walker walker_;
};

}  // namespace callstore::json

#endif  // CALLSTORE_SRC_JSON_CHECKER_H_
