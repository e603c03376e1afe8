// digest.h - what the endpoint needs of cryptography, and nothing else: digests and random bytes.
//
// Thread safety: functions without state.
#ifndef CALLSTORE_SRC_HTTP_DIGEST_H_
#define CALLSTORE_SRC_HTTP_DIGEST_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace callstore::http {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256. Nothing where the cryptographic library refuses.
std::optional<Digest> Sha256(std::string_view text);

// Takes the same time wherever the two differ.
bool SameDigest(const Digest& a, const Digest& b);

// 256 random bits that nobody can foresee, as 43 characters of base64url without padding. Nothing
// where the system has none to give.
std::optional<std::string> RandomToken();

// Lower case, two digits a byte.
std::string ToHex(std::span<const std::uint8_t> bytes);
// Nothing but 64 lower case digits is a digest.
std::optional<Digest> DigestFromHex(std::string_view text);

}  // namespace callstore::http

#endif  // CALLSTORE_SRC_HTTP_DIGEST_H_
