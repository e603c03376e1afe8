// hash.h - XXH3, the only hash of the store. Not for secrets.
#ifndef CALLSTORE_SRC_BASE_HASH_H_
#define CALLSTORE_SRC_BASE_HASH_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace callstore {

// XXH3-64 of `bytes`. The values are on disk (ties, hashes of call_id and index values): they never
// change.
std::uint64_t Hash64(std::string_view bytes);

// The same with a seed: another hash for another use, so that one cannot stand for the other.
std::uint64_t Hash64WithSeed(std::string_view bytes, std::uint64_t seed);

// XXH3-128 of `bytes`, high half first.
std::array<std::uint64_t, 2> Hash128(std::string_view bytes);

}  // namespace callstore

#endif  // CALLSTORE_SRC_BASE_HASH_H_
