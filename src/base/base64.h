// base64.h - base64 for URLs (RFC 4648, 5), without padding.
#ifndef CALLSTORE_SRC_BASE_BASE64_H_
#define CALLSTORE_SRC_BASE_BASE64_H_

#include <optional>
#include <string>
#include <string_view>

namespace callstore {

std::string EncodeBase64Url(std::string_view bytes);

// Nothing where `text` is not what EncodeBase64Url makes of some bytes: a foreign character,
// padding, an impossible length, or bits after the last byte that are not 0.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_BASE64_H_
