// Any text as a cursor: it is refused, or is to the letter what was made for this list. And any
// place in a list becomes a cursor that leads there, and not into another list.
#include <string>

#include "base/bytes.h"
#include "base/utf8.h"
#include "callstore/json.h"
#include "fuzz/target.h"
#include "query/cursor.h"

namespace callstore::fuzz {
namespace {

using query::Cursor;

constexpr std::size_t kPlaceBytes = 25;  // binding, time, tie, direction

bool CheckText(std::string_view text, std::uint64_t binding) {
  const auto cursor = query::DecodeCursor(text, binding);
  if (!cursor) {
    RequireGoodError(cursor.error());
    Require(cursor.error().code == ErrorCode::kInvalidCursor, "another error than invalid_cursor");
    return false;
  }
  RequireEqual(query::EncodeCursor(*cursor, binding), text, "a cursor has two texts");
  return true;
}

// The text with one of its characters changed.
std::string Changed(std::string text, std::size_t at, unsigned by) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  char& c = text[at % text.size()];
  c = kAlphabet[(kAlphabet.find(c) + 1 + by % (kAlphabet.size() - 1)) % kAlphabet.size()];
  return text;
}

void CheckPlace(std::string_view place, std::string_view rest) {
  const auto binding = LoadLittle<std::uint64_t>(place.data());
  const Cursor cursor{.position = {.time_ms = LoadLittle<std::int64_t>(place.data() + 8),
                                   .tie = LoadLittle<std::uint64_t>(place.data() + 16)},
                      .backward = (static_cast<unsigned char>(place[24]) & 1U) != 0};
  const std::string text = query::EncodeCursor(cursor, binding);
  Require(text.size() == 40, "a cursor of another size");
  const auto decoded = query::DecodeCursor(text, binding);
  Require(decoded.has_value() && *decoded == cursor, "a cursor leads elsewhere");
  Require(!query::DecodeCursor(text, binding ^ 1U), "a cursor of another list is taken");
  if (rest.size() < 2) return;
  const auto at = static_cast<std::size_t>(static_cast<unsigned char>(rest[0]));
  const std::string changed = Changed(text, at, static_cast<unsigned char>(rest[1]));
  Require(!query::DecodeCursor(changed, binding), "a changed cursor is taken");
  Require(!query::DecodeCursor(text.substr(0, at % text.size()), binding), "a cut cursor is taken");
}

bool Run(std::string_view input) {
  const std::uint64_t binding =
      query::CursorBinding("org-789", "start_timestamp", SortOrder::kDescending, "{}");
  const bool is_cursor = CheckText(input, binding);
  if (input.size() < kPlaceBytes) return is_cursor;
  CheckPlace(input, input.substr(kPlaceBytes));
  return true;
}

std::vector<std::string> Seeds() {
  const std::uint64_t binding =
      query::CursorBinding("org-789", "start_timestamp", SortOrder::kDescending, "{}");
  std::vector<std::string> seeds;
  for (const Cursor& cursor :
       {Cursor{.position = {.time_ms = 1703097600000, .tie = 7}},
        Cursor{.position = {.time_ms = INT64_MIN, .tie = UINT64_MAX}, .backward = true}}) {
    seeds.push_back(query::EncodeCursor(cursor, binding));
    seeds.push_back(query::EncodeCursor(cursor, 1) + "xy");
  }
  return seeds;
}

const bool kRegistered = Register({.name = "cursor",
                                   .run = Run,
                                   .seeds = Seeds,
                                   .words = {"AQ", "AQA", "AQE", "Ag", "=", "\xFF\xFF", "__8"}});

}  // namespace
}  // namespace callstore::fuzz
