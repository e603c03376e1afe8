// column.h - one value column of a chunk, read in place.
// A column has a value or nothing for each row of its chunk. Its kind is chosen from its values:
// integers at a fixed offset and width, doubles, words of a dictionary of the chunk, hashes of
// words where nearly every row has its own, or flags. Every column carries its least and greatest
// value, or its words: a zone map that rules whole chunks out.
//
// Pure. A view lives as long as the chunk value; immutable, share freely.
#ifndef CALLSTORE_SRC_COLUMNS_COLUMN_H_
#define CALLSTORE_SRC_COLUMNS_COLUMN_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "columns/bitmap.h"
#include "columns/bits.h"

namespace callstore::columns {

// On disk; only ever appended to.
enum class ColumnId : std::uint8_t {
  kEndTimestamp = 1,  // integers
  kCreatedAt = 2,
  kUpdatedAt = 3,
  kCallDuration = 4,  // numbers; the duration is the effective one: as given, else end less start
  kCombinedCost = 5,
  kLatencyE2eP50 = 6,
  kAgentId = 7,  // texts
  kCallStatus = 8,
  kCallType = 9,
  kDirection = 10,
  kDisconnectionReason = 11,
  kUserSentiment = 12,
  kFromNumber = 13,
  kToNumber = 14,
  kOptOut = 15,  // flags: opt_out_sensitive_data_storage is true (absent stands for false)
  kCallSuccessful = 16,
  kInVoicemail = 17,
  kHasCallId = 18,  // flags that are true or absent: the field is there
  kHasRecordingUrl = 19,
  kHasPublicLogUrl = 20,
  kHasCallSummary = 21,
  kHasCallSid = 22,
  kHasConferenceSid = 23,
  kMetadata = 24,  // by key: the value as minified JSON
};
enum class ValueType : std::uint8_t { kInteger, kNumber, kText, kFlag, kJson };
constexpr ValueType TypeOf(ColumnId id) {
  if (id <= ColumnId::kUpdatedAt) return ValueType::kInteger;
  if (id <= ColumnId::kLatencyE2eP50) return ValueType::kNumber;
  if (id <= ColumnId::kToNumber) return ValueType::kText;
  return id < ColumnId::kMetadata ? ValueType::kFlag : ValueType::kJson;
}
// "call_duration", "metadata.campaign"; for figures and messages.
std::string ColumnName(ColumnId id, std::string_view metadata_key = {});

// The values of one row as bytes: equal values added in the same order are equal bytes. Columns in
// ascending order of id, metadata keys in ascending byte order, each at most once; what is not
// added is absent. A metadata value is minified JSON. Of a value over kMostWordBytes only the hash
// is kept, and of a key over kMostKeyBytes only that there is one: no column would hold more.
class RowValuesWriter {
 public:
  explicit RowValuesWriter(std::string* out) : out_(out) {}
  void AddInteger(ColumnId id, std::int64_t value);
  void AddNumber(ColumnId id, double value);  // finite; another one is left out
  void AddText(ColumnId id, std::string_view value);
  void AddFlag(ColumnId id, bool value);
  void AddMetadata(std::string_view key, std::string_view json);

 private:
  std::string* out_;
};

// A dictionary has at most this many words, each of at most this many bytes; a column beyond that
// keeps hashes.
inline constexpr std::size_t kMostWords = 1024;
inline constexpr std::size_t kMostWordBytes = 256;
// Metadata columns of a chunk, and bytes of their keys. Keys beyond either are not covered: their
// values are unknown.
inline constexpr std::size_t kMostMetadataColumns = 64;
inline constexpr std::size_t kMostKeyBytes = 256;
// The hash of a value that a hash cannot stand for: a JSON array or object. A test of it must look
// at the row.
inline constexpr std::uint64_t kUnknownHash = 0;

// The hash of a text in a column of hashes; never kUnknownHash.
std::uint64_t TextHash(std::string_view text);
// The hash of a JSON scalar (minified), such that equal scalars have equal hashes: numbers by their
// value as doubles, strings unescaped. kUnknownHash for arrays and objects.
std::uint64_t JsonHash(std::string_view json);
// The same of scalars that are not JSON text.
std::uint64_t JsonNumberHash(double value);
std::uint64_t JsonTextHash(std::string_view unescaped);

// From `low` to `high`; an open end is not included.
struct NumberRange {
  double low = 0;
  double high = 0;
  bool low_open = false;
  bool high_open = false;
};

// A finite double as an integer that orders alike, and back; its own inverse on the bits.
std::int64_t OrderedBits(double value);
double FromOrderedBits(std::int64_t bits);

// Where the parts of a column lie in its chunk's value.
// Integers, numbers, hashes: value = least + an unsigned offset of `width` bytes a row (width 0:
// all are `least`). Words: code 0 for absent, else number in the dictionary + 1 (width 0: all rows
// have the one word). Flags: least and most are 0 or 1, and where they differ `values` is a bitmap.
struct ColumnBytes {
  const char* presence = nullptr;  // bitmap of the rows that have a value; null: all, but of words
  const char* values = nullptr;
  std::size_t width = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::uint8_t scale = 0;  // numbers: the integer is value * 10^scale, or kOrdered
  std::uint16_t word_count = 0;
  const char* word_ends = nullptr;  // 4 bytes each, into `words`
  std::string_view words;

  static constexpr std::uint8_t kOrdered = 0xFF;  // the integers are OrderedBits

  // REQUIRES: of integers, numbers or hashes.
  std::int64_t integer(std::size_t row) const {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + Offset(row));
  }
  std::uint64_t Offset(std::size_t row) const {
    switch (width) {
      case 0:
        return 0;
      case 1:
        return static_cast<std::uint8_t>(values[row]);
      case 2:
        return LoadLittle<std::uint16_t>(values + row * 2);
      case 4:
        return LoadLittle<std::uint32_t>(values + row * 4);
      default:
        return LoadLittle<std::uint64_t>(values + row * 8);
    }
  }
  // REQUIRES: of words. Bytes that are no such dictionary give other words of the same bytes.
  std::string_view word(std::size_t i) const;
  std::size_t code(std::size_t row) const { return width == 0 ? 1 : Offset(row); }
  // REQUIRES: of numbers.
  double ToNumber(std::int64_t value) const;
};

class ColumnView {
 public:
  enum class Kind : std::uint8_t {
    kAbsent,    // no row has a value
    kIntegers,  // times
    kNumbers,
    kWords,
    kHashes,
    kFlags,
    kUnknown,  // a metadata key that the chunk does not cover: rows may have any value, or none
  };
  Kind kind() const { return kind_; }
  std::size_t rows() const { return rows_; }

  // All set `rows` to exactly the rows that match. REQUIRES: the kind named; `rows` may be of any
  // size before.
  void Present(Bitmap* rows) const;  // any kind but kUnknown

  // kIntegers. Both ends included. min and max are of the values there are.
  std::int64_t min_integer() const;
  std::int64_t max_integer() const;
  void InRange(std::int64_t low, std::int64_t high, Bitmap* rows) const;

  // kNumbers.
  double min_number() const;
  double max_number() const;
  void InRange(const NumberRange& range, Bitmap* rows) const;

  // kWords: sorted by bytes, each in use by some row.
  std::size_t word_count() const;
  std::string_view word(std::size_t i) const;
  // Rows whose word i has wanted[i] != 0. REQUIRES: wanted.size() == word_count().
  void HasWords(std::span<const std::uint8_t> wanted, Bitmap* rows) const;

  // kHashes. Some other word may have the same hash: odds of 2^-64 a row.
  void HasHash(std::uint64_t hash, Bitmap* rows) const;

  // kFlags.
  void IsTrue(Bitmap* rows) const;

  // Single rows. REQUIRES: the kind named, row < rows().
  bool present(std::size_t row) const;  // any kind but kUnknown
  // The next five: of a row that has a value.
  std::int64_t integer(std::size_t row) const { return bytes_.integer(row); }
  double number(std::size_t row) const { return bytes_.ToNumber(bytes_.integer(row)); }
  std::size_t word_of(std::size_t row) const;  // its number in the dictionary
  std::uint64_t hash(std::size_t row) const {
    return static_cast<std::uint64_t>(bytes_.integer(row));
  }
  bool flag(std::size_t row) const;

  // Has the processor fetch the values and the dictionary, for a test of all rows soon.
  void Prefetch() const;

  // What it takes in the chunk's value, all told.
  std::size_t size_bytes() const { return size_bytes_; }

  const ColumnBytes& bytes() const { return bytes_; }

 private:
  friend class ChunkView;
  // Sets `rows` to the rows of a value from `low` to `high`, both within least and most.
  void InIntegerRange(std::int64_t low, std::int64_t high, Bitmap* rows) const;
  void LoadBitmap(const char* bitmap, Bitmap* rows) const;
  void AndPresence(Bitmap* rows) const;
  std::int64_t LeastAtOrAbove(double bound) const;
  std::int64_t MostAtOrBelow(double bound) const;

  Kind kind_ = Kind::kAbsent;
  std::size_t rows_ = 0;
  std::size_t size_bytes_ = 0;
  ColumnBytes bytes_;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_COLUMN_H_
