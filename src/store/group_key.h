// group_key.h - the keys that calls are grouped by, numbered as they are met.
// A key is a text, a JSON value or a time; null stands for an absent one. JSON scalars that are
// equal are one key: 3 and 3.0, "a" and "\u0061".
//
// Ownership:     tables own their keys.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_GROUP_KEY_H_
#define CALLSTORE_SRC_STORE_GROUP_KEY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"

namespace callstore::store {

// The number that minified JSON is; nothing where it is no number, or one beyond all doubles. Never
// -0.
std::optional<double> JsonNumber(std::string_view json);

// The one text of all JSON values that are equal to this one: numbers as the shortest decimal,
// strings with the least escapes, arrays and objects as they stand. The view is of `json` or of
// `buffer`.
std::string_view CanonicalJson(std::string_view json, std::string* buffer);

class KeyTable {
 public:
  enum class Form : std::uint8_t { kText, kJson, kTime };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit KeyTable(Form form) : form_(form) {}

  // The number of a key, from 0; a new one where it was not met before.
  std::uint32_t IdOfNull();
  std::uint32_t IdOfText(std::string_view text);  // kText
  std::uint32_t IdOfJson(std::string_view json);  // kJson; "null" is null
  std::uint32_t IdOfNumber(double value);         // kJson; finite
  std::uint32_t IdOfTime(std::int64_t time_ms);   // kTime

  std::size_t size() const { return keys_.size(); }
  std::size_t size_bytes() const { return size_bytes_; }  // of the keys' texts

  bool is_null(std::uint32_t id) const { return id == null_; }
  // Whether `bytes`, a text or a JSON value as it is kept, are the key of this number.
  bool Is(std::uint32_t id, std::string_view bytes) const {
    return !is_null(id) && keys_[id] == bytes;
  }
  std::string Json(std::uint32_t id) const;      // kText, kJson
  std::int64_t time_ms(std::uint32_t id) const;  // kTime; REQUIRES: not null

  // The place of each key in ascending order. Texts order by bytes, times and numbers by value,
  // JSON by type first: false, true, numbers, strings, arrays and objects (by their text). Null has
  // the last place.
  std::vector<std::uint32_t> Ranks() const;

 private:
  struct Hasher {
    std::size_t operator()(std::string_view text) const {
      return static_cast<std::size_t>(Hash64(text));
    }
  };
  std::uint32_t IdOf(std::string_view bytes);

  Form form_;
  std::uint32_t null_ = kNone;
  std::deque<std::string> keys_;  // by number; a time as its 8 bytes; never moved
  std::unordered_map<std::string_view, std::uint32_t, Hasher> ids_;
  std::size_t size_bytes_ = 0;
  std::string buffer_;
};

// Numbers for pairs of key numbers, from 0 as they are met.
class PairTable {
 public:
  PairTable();
  std::uint32_t NumberOf(std::uint32_t first, std::uint32_t second) {
    const std::uint64_t pair = (std::uint64_t{first} << 32) | second;
    std::size_t at = Home(pair);
    while (slots_[at].number != kEmpty) {
      if (slots_[at].pair == pair) return slots_[at].number;
      at = (at + 1) & (slots_.size() - 1);
    }
    return Insert(pair, at);
  }
  std::size_t size() const { return pairs_.size(); }
  std::pair<std::uint32_t, std::uint32_t> pair(std::uint32_t number) const {
    return {static_cast<std::uint32_t>(pairs_[number] >> 32),
            static_cast<std::uint32_t>(pairs_[number])};
  }

 private:
  static constexpr std::uint32_t kEmpty = UINT32_MAX;
  struct Slot {
    std::uint64_t pair = 0;
    std::uint32_t number = kEmpty;
  };
  std::size_t Home(std::uint64_t pair) const {
    return static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15U) >> shift_);
  }
  std::uint32_t Insert(std::uint64_t pair, std::size_t at);

  std::vector<Slot> slots_;  // a power of two of them, at most half in use
  int shift_;
  std::vector<std::uint64_t> pairs_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GROUP_KEY_H_
