// record_reader.h - the records of a batch, read from JSON in their order.
// Where it is worth it a second thread reads as well: reading is a third of what an import takes.
// Both take the next record that nobody has taken, up to a few ahead of the one that is wanted, so
// that neither waits while there is something to read.
#ifndef CALLSTORE_SRC_STORE_RECORD_READER_H_
#define CALLSTORE_SRC_STORE_RECORD_READER_H_

#include <array>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>

#include "callstore/error.h"
#include "json/call_reader.h"
#include "record/draft.h"

namespace callstore::store {

// Reads one record, and settles whose it is: it says so, or `organization` does; both must agree.
Result<void> ReadRecord(std::string_view organization, std::string_view text,
                        json::CallReader* reader, record::Draft* draft);

// The memory for a record.
struct RecordSlot {
  json::CallReader reader;
  record::Draft draft;
  Result<void> outcome;
  std::exception_ptr thrown;  // in place of the outcome
  bool read = false;
};

// What a store has to read ahead with: one batch at a time does. All slots together should stay in
// a CPU's own cache.
struct ReadAheadSlots {
  std::mutex mutex;
  std::array<RecordSlot, 8> slots;  // guarded by mutex
};

class RecordReader {
 public:
  // `own`: for records that are not read ahead. The `texts` and all slots outlive the reader.
  RecordReader(std::string_view organization, std::span<const std::string_view> texts,
               RecordSlot* own, ReadAheadSlots* ahead);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // The next record, which lives until the one after it is asked for. Throws what reading it threw.
  // REQUIRES: called no more often than there are texts.
  Result<record::Draft*> Next();

 private:
  RecordSlot& SlotOf(std::size_t record);
  bool MayTake(std::size_t record) const;
  // Reads the next record that nobody has taken. REQUIRES: it may be taken; `lock` is held.
  void ReadOne(std::unique_lock<std::mutex>* lock);
  void ReadAhead();

  const std::string_view organization_;
  const std::span<const std::string_view> texts_;
  RecordSlot& own_;
  std::unique_lock<std::mutex> ahead_lock_;
  std::span<RecordSlot> ahead_;  // empty: none is read ahead
  std::mutex mutex_;
  std::condition_variable room_;  // for the second thread
  std::condition_variable done_;  // it has read a record
  std::size_t next_ = 0;          // of Next
  std::size_t first_ = 0;         // the oldest record whose slot is in use
  std::size_t taken_ = 0;         // those before it are read, or being read
  bool stop_ = false;
  std::thread second_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_RECORD_READER_H_
