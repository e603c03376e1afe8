// utf8.h - is this text? Strict UTF-8 (RFC 3629): shortest forms, no surrogates, up to U+10FFFF.
#ifndef CALLSTORE_SRC_BASE_UTF8_H_
#define CALLSTORE_SRC_BASE_UTF8_H_

#include <string_view>

namespace callstore {

// The longest prefix of `bytes` that is valid.
std::string_view Utf8Prefix(std::string_view bytes);

inline bool IsUtf8(std::string_view bytes) { return Utf8Prefix(bytes).size() == bytes.size(); }

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_UTF8_H_
