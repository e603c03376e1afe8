#include "base/error.h"

#include <array>

namespace callstore {

std::string_view ErrorCodeName(ErrorCode code) {
  static constexpr std::array<std::string_view, 16> kNames = {"invalid_argument",
                                                              "invalid_cursor",
                                                              "not_found",
                                                              "conflict",
                                                              "too_large",
                                                              "full",
                                                              "busy",
                                                              "locked",
                                                              "read_only",
                                                              "corrupt",
                                                              "unsupported_format",
                                                              "io_error",
                                                              "deadline",
                                                              "unauthorized",
                                                              "forbidden",
                                                              "internal"};
  const auto i = static_cast<std::size_t>(code);
  return i < kNames.size() ? kNames[i] : "internal";
}

std::string_view Error::Detail(std::string_view key) const {
  for (const auto& [name, value] : details) {
    if (name == key) return value;
  }
  return {};
}

std::string Error::ToString() const {
  std::string text = message;
  for (std::size_t i = 0; i < details.size(); ++i) {
    text += i == 0 ? " (" : ", ";
    text += details[i].first + ": " + details[i].second;
  }
  if (!details.empty()) text += ')';
  return text;
}

tl::unexpected<Error> Fail(ErrorCode code, std::string_view message, Details details) {
  return tl::unexpected<Error>(Error{code, std::string(message), std::move(details)});
}

std::string Excerpt(std::string_view value) {
  constexpr std::size_t kMostBytes = 100;
  if (value.size() <= kMostBytes) return std::string(value);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return std::string(value.substr(0, end)) + "...";
}

}  // namespace callstore
