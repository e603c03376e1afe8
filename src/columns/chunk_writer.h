// chunk_writer.h - lays out a chunk value (chunk_layout.h).
//
// Ownership:     a ColumnSink owns the data of the columns that are made; keys are views.
// Thread safety: none.
#ifndef CALLSTORE_SRC_COLUMNS_CHUNK_WRITER_H_
#define CALLSTORE_SRC_COLUMNS_CHUNK_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "columns/chunk.h"
#include "columns/chunk_layout.h"

namespace callstore::columns {

// Columns as they are made, one after the other.
class ColumnSink {
 public:
  // The data of all columns; a new one's goes to the end.
  std::string& data() { return data_; }
  // What came to the end since the last Add is the column of this entry. `data_end` is set later.
  void Add(const ColumnEntry& entry, std::string_view key);

  std::size_t column_count() const { return made_.size(); }

 private:
  friend class ChunkWriter;
  struct Made {
    ColumnEntry entry;
    std::string_view key;
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::string data_;
  std::vector<Made> made_;
};

// A chunk value with room for its positions.
class ChunkWriter {
 public:
  struct Shape {
    std::size_t rows = 0;
    TimeCode time_code;
    std::span<const std::uint64_t> started;  // the bitmap; left out where all bits are set
    std::uint8_t key_flags = 0;
    std::string_view damaged;
  };
  // Takes the columns of the sink, in any order.
  ChunkWriter(const Shape& shape, ColumnSink* columns);

  // Room for the times and the ties of all rows, to be filled before Take.
  char* times() { return value_.data() + kChunkHeaderBytes; }
  char* ties() { return value_.data() + ties_offset_; }
  std::string Take() { return std::move(value_); }

 private:
  void AppendColumns(ColumnSink* columns);

  std::string value_;
  std::size_t ties_offset_ = 0;
};

}  // namespace callstore::columns

#endif  // CALLSTORE_SRC_COLUMNS_CHUNK_WRITER_H_
