#include "json/checker.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/utf8.h"
#include "json/call_reader.h"

namespace callstore::json {
namespace {

constexpr std::size_t kMostIdBytes = 512;

}  // namespace

std::string Place::ToString() const {
  std::string path(member);
  if (!key.empty()) path += '.' + Excerpt(key);
  if (index != kNoIndex) path += '[' + std::to_string(index) + ']';
  return path += field;
}

Result<void> Checker::CountBytes(const Place& place, std::size_t bytes) {
  text_bytes_ += bytes;
  if (text_bytes_ <= kMaxCallBytes) [[likely]]
    return {};
  return Fail(ErrorCode::kTooLarge, "the call is too long",
              {{"path", place.ToString()}, {"limit", std::to_string(kMaxCallBytes)}});
}

Result<void> Checker::CheckText(const Place& place, std::string_view text) {
  CALLSTORE_RETURN_IF_ERROR(CountBytes(place, text.size() + kQuotingBytes));
  if (IsValidUtf8(text)) return {};
  return Fail(
      ErrorCode::kInvalidArgument, "the text is not UTF-8",
      {{"path", place.ToString()}, {"value", Excerpt(Utf8Prefix(text))}, {"valid", "UTF-8"}});
}

Result<void> Checker::CheckId(const Place& place, std::string_view text) {
  CALLSTORE_RETURN_IF_ERROR(CheckText(place, text));
  if (!text.empty() && text.size() <= kMostIdBytes) return {};
  return Fail(
      ErrorCode::kInvalidArgument, "the id is empty or too long",
      {{"path", place.ToString()}, {"value", Excerpt(text)}, {"valid", "text of 1 to 512 bytes"}});
}

Result<void> Checker::CheckNumber(const Place& place, const std::optional<double>& value) {
  if (!value || std::isfinite(*value)) return {};
  return Fail(ErrorCode::kInvalidArgument, "the number is not finite",
              {{"path", place.ToString()},
               {"value", std::to_string(*value)},
               {"valid", "a finite number"}});
}

Result<void> Checker::StartWalk(const Place& place, int depth, std::string_view json) {
  const std::string path = place.ToString();
  CALLSTORE_RETURN_IF_ERROR(CountBytes(place, json.size()));
  if (auto loaded = document_.Load(json); !loaded) {
    auto& details = loaded.error().details;
    details.insert(details.begin(), {"path", path});
    return loaded;
  }
  walker_.Start(document_, json.data(), arena_, {path, depth});
  return {};
}

Result<void> Checker::EndWalk(bool read) {
  if (!read || !walker_.ReadEnd()) return tl::unexpected<Error>(walker_.TakeError());
  return {};
}

Result<void> Checker::CheckJson(const Place& place, int depth, std::string_view json,
                                std::string_view* out) {
  CALLSTORE_RETURN_IF_ERROR(StartWalk(place, depth, json));
  return EndWalk(walker_.ReadMinified(out));
}

Result<void> Checker::CheckObject(const Place& place, int depth, std::string_view json,
                                  std::string_view* out) {
  CALLSTORE_RETURN_IF_ERROR(StartWalk(place, depth, json));
  if (walker_.Peek() != '{') return EndWalk(walker_.WrongType("an object"));
  return EndWalk(walker_.ReadMinified(out));
}

Result<void> Checker::CheckObjects(const Place& place, int depth, std::string_view json,
                                   std::string_view* out) {
  CALLSTORE_RETURN_IF_ERROR(StartWalk(place, depth, json));
  return EndWalk(walker_.ReadMinifiedObjects(out));
}

Result<void> Checker::CheckExtra(const Place& place, int depth, const Documented& documented,
                                 std::string_view json, std::string_view* out) {
  if (json.empty()) return {};
  CALLSTORE_RETURN_IF_ERROR(StartWalk(place, depth, json));
  return EndWalk(ReadExtra(documented, out));
}

bool Checker::ReadExtra(const Documented& documented, std::string_view* out) {
  const Walker::Token first = walker_.token();
  const bool allowed = walker_.ReadObject([&](const Walker::Key& key) {
    if (std::ranges::find(documented.names, key.name) == documented.names.end()) {
      return walker_.Skip();
    }
    const auto number = std::ranges::find(documented.numbers, key.name, &Number::first);
    if (number != documented.numbers.end() && number->second && walker_.Peek() != '"') {
      std::string_view token;
      if (!walker_.ReadNumber(&token)) return false;
      const auto nearest = ToDouble(token);
      if (nearest && !nearest->exact && nearest->value == *number->second) return true;
    }
    return walker_.Fault(key.offset, "extra_json repeats a documented member",
                         "members without a field; a number that its field cannot hold");
  });
  if (!allowed) return false;
  walker_.Seek(first);
  if (!walker_.ReadMinified(out)) return false;
  if (*out == "{}") *out = {};
  return true;
}

}  // namespace callstore::json
