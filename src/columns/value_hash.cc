#include "columns/value_hash.h"

#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "base/hash.h"
#include "base/minified_json.h"
#include "columns/column.h"

namespace callstore::columns {
namespace {

// On disk: they never change. One for each type, so that 3 and "3" differ.
constexpr std::uint64_t kTextSeed = 1;
constexpr std::uint64_t kJsonTextSeed = 2;
constexpr std::uint64_t kJsonNumberSeed = 3;
constexpr std::uint64_t kJsonWordSeed = 4;

std::uint64_t HashOf(std::string_view bytes, std::uint64_t seed) {
  const std::uint64_t hash = Hash64WithSeed(bytes, seed);
  return hash == kUnknownHash ? 1 : hash;
}

bool StartsNumber(std::string_view json) {
  const std::size_t digit = json.starts_with('-') ? 1 : 0;
  return json.size() > digit && json[digit] >= '0' && json[digit] <= '9';
}

}  // namespace

std::optional<double> FiniteJsonNumber(std::string_view json) {
  if (!StartsNumber(json)) return std::nullopt;
  const double number = JsonNumber(json) + 0.0;  // -0 becomes 0
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::uint64_t TextHash(std::string_view text) { return HashOf(text, kTextSeed); }

std::uint64_t JsonNumberHash(double value) {
  const auto bytes = std::bit_cast<std::array<char, sizeof(double)>>(value + 0.0);
  return HashOf({bytes.data(), bytes.size()}, kJsonNumberSeed);
}

std::uint64_t JsonTextHash(std::string_view unescaped) { return HashOf(unescaped, kJsonTextSeed); }

std::uint64_t JsonHash(std::string_view json) {
  if (json.empty() || json.front() == '{' || json.front() == '[') return kUnknownHash;
  if (json.front() == '"') {
    std::string buffer;
    return JsonTextHash(JsonText(json, &buffer));
  }
  if (json == "true" || json == "false" || json == "null") return HashOf(json, kJsonWordSeed);
  return StartsNumber(json) ? JsonNumberHash(JsonNumber(json)) : kUnknownHash;
}

}  // namespace callstore::columns
