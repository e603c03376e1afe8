// utf8.h - is this text? Strict UTF-8 (RFC 3629): shortest forms, no surrogates, up to U+10FFFF.
#ifndef CALLSTORE_SRC_HTTP_UTF8_H_
#define CALLSTORE_SRC_HTTP_UTF8_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace callstore::http {

bool IsUtf8(std::string_view bytes);

// REQUIRES: a Unicode scalar value: at most 0x10FFFF and no surrogate.
void AppendUtf8(std::uint32_t code, std::string* out);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_UTF8_H_
