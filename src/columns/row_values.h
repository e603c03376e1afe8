// row_values.h - reads what a RowValuesWriter wrote: the values of one row.
//
//   value      column id (1), then by its type
//   integer    8 bytes          number  8 bytes, a double        flag  1 byte, 0 or 1
//   text       length, bytes; or kHashedLength and 8 bytes, where it is over kMostWordBytes
//   metadata   key as length and bytes, then as text; or kHashedLength alone, for keys over
//              kMostKeyBytes: the row has keys that no column covers
//
// Lengths are LEB128. No dictionary takes a longer word, so its hash says all that a column will.
//
// Pure. Bytes are checked, never trusted: what is read lies within them.
#ifndef CALLSTORE_SRC_COLUMNS_ROW_VALUES_H_
#define CALLSTORE_SRC_COLUMNS_ROW_VALUES_H_

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "columns/column.h"

namespace callstore::columns {

inline constexpr std::size_t kHashedLength = kMostWordBytes + 1;
static_assert(kMostKeyBytes == kMostWordBytes, "one length marks both");

inline void AppendLength(std::size_t length, std::string* out) {
  for (; length >= 0x80; length >>= 7) out->push_back(static_cast<char>(length | 0x80));
  out->push_back(static_cast<char>(length));
}

// Takes a length off the front of `bytes`.
inline std::optional<std::size_t> TakeLength(std::string_view* bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < bytes->size() && i < 9; ++i) {
    const auto byte = static_cast<std::uint8_t>((*bytes)[i]);
    length |= static_cast<std::size_t>(byte & 0x7F) << (7 * i);
    if (byte < 0x80) {
      bytes->remove_prefix(i + 1);
      return length;
    }
  }
  return std::nullopt;
}

struct RowValue {
  ColumnId id = ColumnId::kEndTimestamp;
  std::string_view key = {};    // of metadata
  std::string_view bytes = {};  // as they lie there
  bool hashed = false;          // of texts and metadata: `bytes` are the 8 of a hash
  bool long_key = false;        // of metadata: no value, but the mark that there are longer keys

  std::int64_t integer() const { return LoadLittle<std::int64_t>(bytes.data()); }
  double number() const { return std::bit_cast<double>(integer()); }
};

// for (RowValuesReader reader(bytes); reader.Next();) Use(reader.value());
class RowValuesReader {
 public:
  explicit RowValuesReader(std::string_view bytes) : left_(bytes) {}

  // False at the end, and where the bytes are none of a writer's.
  bool Next() {
    if (left_.empty()) return false;
    const auto id = static_cast<std::uint8_t>(left_[0]);
    const bool ascends = id > last_id_ || (id == last_id_ && id == kMetadata);
    if (!ascends || id > kMetadata) return Fail();
    left_.remove_prefix(1);
    value_ = {.id = static_cast<ColumnId>(id)};
    last_id_ = id;
    switch (TypeOf(value_.id)) {
      case ValueType::kInteger:
        return TakeBytes(8) || Fail();
      case ValueType::kNumber:
        return (TakeBytes(8) && std::isfinite(value_.number())) || Fail();
      case ValueType::kFlag:
        return (TakeBytes(1) && static_cast<std::uint8_t>(value_.bytes[0]) <= 1) || Fail();
      case ValueType::kText:
        return TakeText() || Fail();
      case ValueType::kJson:
        return TakeKey() || Fail();
    }
    return Fail();
  }
  const RowValue& value() const { return value_; }
  // Whether all was read, once Next has returned false.
  bool complete() const { return left_.empty() && !failed_; }

 private:
  static constexpr auto kMetadata = static_cast<std::uint8_t>(ColumnId::kMetadata);

  bool Fail() {
    failed_ = true;
    left_ = {};
    return false;
  }
  bool TakeBytes(std::size_t size) {
    if (left_.size() < size) return false;
    value_.bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }
  bool TakeText() {
    const std::optional<std::size_t> length = TakeLength(&left_);
    if (!length || *length > kHashedLength) return false;
    value_.hashed = *length == kHashedLength;
    return TakeBytes(value_.hashed ? sizeof(std::uint64_t) : *length);
  }
  bool TakeKey() {
    const std::optional<std::size_t> length = TakeLength(&left_);
    if (!length || *length > kHashedLength) return false;
    if (*length == kHashedLength) {
      value_.long_key = true;
      return true;
    }
    if (!TakeBytes(*length)) return false;
    value_.key = value_.bytes;
    if (has_key_ && value_.key <= last_key_) return false;
    last_key_ = value_.key;
    has_key_ = true;
    return TakeText();
  }

  std::string_view left_;
  RowValue value_;
  std::string_view last_key_;
  std::uint8_t last_id_ = 0;
  bool has_key_ = false;
  bool failed_ = false;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_ROW_VALUES_H_
