#include "http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace callstore::http {
namespace {

void AppendNumber(std::size_t number, std::string* out) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out->append(digits.data(), end);
}

void AppendTwoDigits(int number, std::string* out) {
  out->push_back(static_cast<char>('0' + number / 10 % 10));
  out->push_back(static_cast<char>('0' + number % 10));
}

// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string FormatDate(std::time_t second) {
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::tm utc{};
  gmtime_r(&second, &utc);
  std::string text(kDays.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3));
  text += ", ";
  AppendTwoDigits(utc.tm_mday, &text);
  text += ' ';
  text += kMonths.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3);
  text += ' ';
  AppendNumber(static_cast<std::size_t>(utc.tm_year) + 1900, &text);
  text += ' ';
  AppendTwoDigits(utc.tm_hour, &text);
  text += ':';
  AppendTwoDigits(utc.tm_min, &text);
  text += ':';
  AppendTwoDigits(utc.tm_sec, &text);
  text += " GMT";
  return text;
}

// Printed once a second and thread.
void AppendDate(std::string* out) {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    text = FormatDate(now);
    second = now;
  }
  out->append("Date: ").append(text).append("\r\n");
}

bool IsClean(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

void AppendHeader(std::string_view name, std::string_view value, std::string* out) {
  if (IsClean(name) && IsClean(value)) out->append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string_view ReasonOf(int status) {
  struct Reason {
    int status;
    std::string_view text;
  };
  static constexpr std::array kReasons = {
      Reason{200, "OK"},
      Reason{201, "Created"},
      Reason{202, "Accepted"},
      Reason{204, "No Content"},
      Reason{304, "Not Modified"},
      Reason{400, "Bad Request"},
      Reason{401, "Unauthorized"},
      Reason{403, "Forbidden"},
      Reason{404, "Not Found"},
      Reason{405, "Method Not Allowed"},
      Reason{406, "Not Acceptable"},
      Reason{408, "Request Timeout"},
      Reason{409, "Conflict"},
      Reason{411, "Length Required"},
      Reason{412, "Precondition Failed"},
      Reason{413, "Content Too Large"},
      Reason{414, "URI Too Long"},
      Reason{415, "Unsupported Media Type"},
      Reason{417, "Expectation Failed"},
      Reason{422, "Unprocessable Content"},
      Reason{429, "Too Many Requests"},
      Reason{431, "Request Header Fields Too Large"},
      Reason{500, "Internal Server Error"},
      Reason{501, "Not Implemented"},
      Reason{503, "Service Unavailable"},
      Reason{504, "Gateway Timeout"},
      Reason{505, "HTTP Version Not Supported"},
      Reason{507, "Insufficient Storage"},
  };
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.text;
  }
  return {};
}

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

void AppendResponseHead(const Response& response, const ResponseFraming& framing,
                        std::string* out) {
  out->append("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), out);
  out->append(" ").append(ReasonOf(response.status)).append("\r\n");
  AppendDate(out);
  if (HasBody(response.status)) {
    if (!response.content_type.empty()) AppendHeader("Content-Type", response.content_type, out);
    if (framing.ending == Ending::kLength) {
      out->append("Content-Length: ");
      AppendNumber(framing.length, out);
      out->append("\r\n");
    } else if (framing.ending == Ending::kChunked) {
      out->append("Transfer-Encoding: chunked\r\n");
    }
  }
  if (framing.close) {
    out->append("Connection: close\r\n");
  } else if (framing.http10) {
    out->append("Connection: keep-alive\r\n");
  }
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, out);
  out->append("\r\n");
}

}  // namespace callstore::http
