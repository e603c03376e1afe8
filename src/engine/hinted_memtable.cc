#include "engine/hinted_memtable.h"

#include <rocksdb/slice.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/hash.h"

namespace callstore::engine {
namespace {

using rocksdb::KeyHandle;
using rocksdb::MemTableRep;
using rocksdb::Slice;

// Any hint is right for any row, a near one is fast.
constexpr std::size_t kHints = 64;
// The organization, and in `columns` the kind of row: keys that begin alike share a hint.
constexpr std::size_t kHintKeyBytes = 4 + 1;

class HintedMemtable : public MemTableRep {
 public:
  HintedMemtable(const KeyComparator& compare, rocksdb::Allocator* allocator, MemTableRep* table)
      : MemTableRep(allocator), compare_(compare), table_(table) {}

  KeyHandle Allocate(std::size_t size, char** entry) override {
    const KeyHandle handle = table_->Allocate(size, entry);
    allocated_.store(*entry, std::memory_order_relaxed);
    return handle;
  }
  void Insert(KeyHandle handle) override { InsertKey(handle); }
  bool InsertKey(KeyHandle handle) override {
    const Slice key = compare_.decode_key(allocated_.load(std::memory_order_relaxed));
    const std::uint64_t hash = Hash64({key.data(), std::min(key.size(), kHintKeyBytes)});
    std::atomic<void*>& slot = hints_[hash % kHints];
    void* hint = slot.load(std::memory_order_relaxed);
    const bool inserted = table_->InsertKeyWithHint(handle, &hint);
    slot.store(hint, std::memory_order_relaxed);
    return inserted;
  }
  bool Contains(const char* key) const override { return table_->Contains(key); }
  void Get(const rocksdb::LookupKey& key, void* argument,
           bool (*callback)(void* argument, const char* entry)) override {
    table_->Get(key, argument, callback);
  }
  std::uint64_t ApproximateNumEntries(const Slice& first, const Slice& end) override {
    return table_->ApproximateNumEntries(first, end);
  }
  std::size_t ApproximateMemoryUsage() override { return table_->ApproximateMemoryUsage(); }
  Iterator* GetIterator(rocksdb::Arena* arena) override { return table_->GetIterator(arena); }

 private:
  const KeyComparator& compare_;
  const std::unique_ptr<MemTableRep> table_;
  // By the one writer of the moment, for the next.
  std::atomic<const char*> allocated_ = nullptr;
  std::array<std::atomic<void*>, kHints> hints_{};
};

class HintedMemtableFactory : public rocksdb::MemTableRepFactory {
 public:
  const char* Name() const override { return "callstore.HintedMemtable"; }
  bool CanHandleDuplicatedKey() const override { return true; }
  MemTableRep* CreateMemTableRep(const MemTableRep::KeyComparator& compare,
                                 rocksdb::Allocator* allocator,
                                 const rocksdb::SliceTransform* prefix,
                                 rocksdb::Logger* logger) override {
    return new HintedMemtable(compare, allocator,
                              tables_.CreateMemTableRep(compare, allocator, prefix, logger));
  }

 private:
  rocksdb::SkipListFactory tables_;
};

}  // namespace

std::shared_ptr<rocksdb::MemTableRepFactory> NewHintedMemtableFactory() {
  return std::make_shared<HintedMemtableFactory>();
}

}  // namespace callstore::engine
