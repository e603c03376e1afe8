// field_reader.h - the numbers of one field of an aggregation's metrics, or whether a call has it,
// from the columns of a chunk or from the call itself. Both ways give the same values.
//
// Ownership:     owns its figures. A chunk must live while it is open.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_STORE_FIELD_READER_H_
#define CALLSTORE_SRC_STORE_FIELD_READER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "callstore/call_view.h"
#include "columns/chunk.h"
#include "query/field.h"
#include "store/code_tally.h"
#include "store/figures.h"

namespace callstore::store {

class FieldReader {
 public:
  enum class What : std::uint8_t {
    kPresence,  // the calls that have the field; not for fields of type any
    kNumbers,   // the values that are numbers
  };
  FieldReader(query::FieldRef field, What what);

  bool Is(const query::FieldRef& field, What what) const {
    return field_ == field && what_ == what;
  }

  // Takes up a chunk; false where its columns do not tell for all rows.
  bool Open(const columns::ChunkView& chunk);
  // Adds the values of rows[i] to groups[i]. REQUIRES: Open was true; the figures have room.
  void Read(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> groups);

  // Whether Tally can do what Read does. REQUIRES: Open was true.
  bool CanTally() const;
  // Adds the values of the rows, where groups[c] is the group of code c and calls[c] how many of
  // the rows have the code. REQUIRES: CanTally; the figures have room.
  void Tally(const CodedRows& rows, std::span<const std::uint32_t> groups,
             std::span<const std::uint64_t> calls);

  // Whether the call's transcript is needed for its values.
  bool NeedsTranscript(const CallView& call) const { return ComponentOf(call).has_value(); }
  // Keeps the values of one call until Flush adds them all. REQUIRES: the transcript where needed.
  void ReadCall(const CallView& call, std::uint32_t group);
  void Flush();  // REQUIRES: the figures have room

  std::size_t waiting() const { return values_.size(); }  // to be flushed

  // Values that are kept for percentiles, those that wait included.
  std::size_t values_kept() const { return figures_.needs().values ? kept_ + values_.size() : 0; }
  Figures& figures() { return figures_; }
  const Figures& figures() const { return figures_; }

 private:
  enum class Source : std::uint8_t {
    kNone,     // no row has the field
    kAll,      // every row has it
    kStarted,  // the rows with a start_timestamp have it
    kPresent,
    kNumbers,
    kWords,  // those whose word is a number, or has it within
  };

  bool OpenPresence(const columns::ChunkView& chunk);
  bool OpenNumbers(const columns::ChunkView& chunk);
  bool OpenMetadata(const columns::ChunkView& chunk);
  void LoadWords(std::string_view path);
  columns::ColumnBytes NumberBytes() const;
  void TallyNumbers(const CodedRows& rows);
  void TallyValues(const CodedRows& rows, const columns::ColumnBytes& bytes);
  void TallyDecimals(const CodedRows& rows, const columns::ColumnBytes& bytes);
  void TallyRange(const CodedRows& rows, const columns::ColumnBytes& bytes);
  std::optional<double> NumberOf(const CallView& call) const;
  std::optional<std::size_t> ComponentOf(const CallView& call) const;
  void ReadLatencyValues(const CallView& call, std::uint32_t group);
  // Adds values_[i] to groups[i] where has_value(i).
  template <typename F>
  void TakeIf(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> groups,
              F&& has_value);
  void Add(std::span<const std::uint32_t> groups, std::span<const double> values);
  void Wait(std::uint32_t group, double value) {
    groups_.push_back(group);
    values_.push_back(value);
  }

  query::FieldRef field_;
  What what_;
  Figures figures_;
  std::size_t kept_ = 0;

  const columns::ChunkView* chunk_ = nullptr;
  Source source_ = Source::kNone;
  columns::ColumnView column_;
  std::vector<double> values_of_codes_;  // of words; NaN: none
  std::vector<std::uint32_t> codes_;     // of the rows
  std::vector<std::int64_t> times_;      // of the chunk's rows
  // Of Tally.
  CodeTally tally_;
  columns::Bitmap rows_;              // those that have a value
  std::vector<Figures::Part> parts_;  // of the codes

  // What was read and is not in the figures yet.
  std::vector<std::uint32_t> groups_;
  std::vector<double> values_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_FIELD_READER_H_
