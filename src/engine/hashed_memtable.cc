#include "engine/hashed_memtable.h"

#include <rocksdb/slice.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace callstore::engine {
namespace {

using rocksdb::KeyHandle;
using rocksdb::MemTableRep;
using rocksdb::Slice;

// A row takes about 128 bytes, so that few share a bucket: one that does is a look at another row.
constexpr std::size_t kBytesPerBucket = 32;
constexpr std::size_t kTrailerBytes = 8;  // RocksDB's, behind each key: sequence and type

// A row, and the first bytes of its key as numbers that order alike: nearly all comparisons need
// no look at the row.
struct Row {
  std::array<std::uint64_t, 2> head;
  const char* entry;
};

Row RowOf(const MemTableRep::KeyComparator& compare, const char* entry) {
  const Slice key = compare.decode_key(entry);
  std::array<char, 16> head{};
  const std::size_t size = std::min(key.size() - kTrailerBytes, head.size());
  std::copy_n(key.data(), size, head.begin());
  return {{LoadBig<std::uint64_t>(head.data()), LoadBig<std::uint64_t>(head.data() + 8)}, entry};
}

std::vector<Row> Sorted(const MemTableRep::KeyComparator& compare,
                        const std::vector<const char*>& entries) {
  std::vector<Row> rows;
  rows.reserve(entries.size());
  for (const char* entry : entries) rows.push_back(RowOf(compare, entry));
  std::ranges::sort(rows, [&](const Row& a, const Row& b) {
    return a.head != b.head ? a.head < b.head : compare(a.entry, b.entry) < 0;
  });
  return rows;
}

class RowIterator : public MemTableRep::Iterator {
 public:
  RowIterator(const MemTableRep::KeyComparator& compare, std::vector<Row> rows)
      : compare_(compare), rows_(std::move(rows)), at_(rows_.size()) {}

  bool Valid() const override { return at_ < rows_.size(); }
  const char* key() const override { return rows_[at_].entry; }
  void Next() override { ++at_; }
  void Prev() override { at_ = at_ == 0 ? rows_.size() : at_ - 1; }
  void Seek(const Slice& internal_key, const char*) override { at_ = FindFrom(internal_key); }
  void SeekForPrev(const Slice& internal_key, const char*) override {
    at_ = FindFrom(internal_key);
    if (!Valid() || compare_(rows_[at_].entry, internal_key) > 0) Prev();
  }
  void SeekToFirst() override { at_ = 0; }
  void SeekToLast() override {
    at_ = rows_.size();
    Prev();
  }

 private:
  // The first row that is not before the key.
  std::size_t FindFrom(const Slice& internal_key) const {
    const auto found = std::ranges::partition_point(
        rows_, [&](const Row& row) { return compare_(row.entry, internal_key) < 0; });
    return static_cast<std::size_t>(found - rows_.begin());
  }

  const MemTableRep::KeyComparator& compare_;
  const std::vector<Row> rows_;
  std::size_t at_;
};

class HashedMemtable : public MemTableRep {
 public:
  HashedMemtable(const KeyComparator& compare, rocksdb::Allocator* allocator, MemTableRep* table)
      : MemTableRep(allocator), compare_(compare), table_(table) {}

  KeyHandle Allocate(std::size_t size, char** entry) override {
    const KeyHandle handle = table_->Allocate(size, entry);
    allocated_.store(*entry, std::memory_order_relaxed);
    return handle;
  }
  void Insert(KeyHandle handle) override {
    table_->Insert(handle);
    const std::lock_guard lock(mutex_);
    entries_.push_back(allocated_.load(std::memory_order_relaxed));
    bytes_.store(entries_.capacity() * sizeof(char*), std::memory_order_relaxed);
  }
  bool Contains(const char* key) const override { return table_->Contains(key); }
  void MarkReadOnly() override { table_->MarkReadOnly(); }
  void MarkFlushed() override { table_->MarkFlushed(); }
  void Get(const rocksdb::LookupKey& key, void* argument,
           bool (*callback)(void* argument, const char* entry)) override {
    table_->Get(key, argument, callback);
  }
  std::size_t ApproximateMemoryUsage() override {
    return table_->ApproximateMemoryUsage() + bytes_.load(std::memory_order_relaxed);
  }

  Iterator* GetIterator(rocksdb::Arena* arena) override {
    std::vector<const char*> entries;
    {
      const std::lock_guard lock(mutex_);
      entries = entries_;
    }
    std::vector<Row> rows = Sorted(compare_, entries);
    if (arena == nullptr) return new RowIterator(compare_, std::move(rows));
    // RocksDB destroys the iterator and leaves its memory to the arena, which is not for others to
    // use: so it is this table's, which outlives its iterators.
    const std::lock_guard lock(mutex_);
    storages_.push_back(std::make_unique<Storage>());
    return new (storages_.back()->bytes) RowIterator(compare_, std::move(rows));
  }
  Iterator* GetDynamicPrefixIterator(rocksdb::Arena* arena) override {
    return table_->GetDynamicPrefixIterator(arena);
  }

 private:
  struct Storage {
    alignas(RowIterator) std::byte bytes[sizeof(RowIterator)];
  };

  const KeyComparator& compare_;
  const std::unique_ptr<MemTableRep> table_;
  std::atomic<const char*> allocated_ = nullptr;  // by the one writer, for its next Insert
  std::atomic<std::size_t> bytes_ = 0;
  std::mutex mutex_;  // guards what follows
  std::vector<const char*> entries_;
  std::vector<std::unique_ptr<Storage>> storages_;
};

class HashedMemtableFactory : public rocksdb::MemTableRepFactory {
 public:
  explicit HashedMemtableFactory(std::size_t bytes)
      : tables_(rocksdb::NewHashLinkListRepFactory(
            std::max<std::size_t>(std::bit_floor(bytes / kBytesPerBucket), 1))) {}

  const char* Name() const override { return "callstore.HashedMemtable"; }
  MemTableRep* CreateMemTableRep(const MemTableRep::KeyComparator& compare,
                                 rocksdb::Allocator* allocator,
                                 const rocksdb::SliceTransform* prefix,
                                 rocksdb::Logger* logger) override {
    return new HashedMemtable(compare, allocator,
                              tables_->CreateMemTableRep(compare, allocator, prefix, logger));
  }

 private:
  const std::unique_ptr<rocksdb::MemTableRepFactory> tables_;
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> NewHashedMemtableFactory(std::size_t bytes) {
  return std::make_shared<HashedMemtableFactory>(bytes);
}

}  // namespace callstore::engine
