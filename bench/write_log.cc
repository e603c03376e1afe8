#include "bench/write_log.h"

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <limits>
#include <utility>

#include "bench/archive.h"
#include "bench/raw_database.h"

namespace callstore::bench {
namespace {

using engine::Database;
using engine::Family;
using Kind = Change::Kind;

// Families are made in the order of `Family`, which is therefore their number in a batch.
class BatchReader : public rocksdb::WriteBatch::Handler {
 public:
  explicit BatchReader(Changes* changes) : changes_(*changes) {}

  rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice& key,
                        const rocksdb::Slice& value) override {
    return Add(Kind::kPut, family, key, value);
  }
  rocksdb::Status MergeCF(std::uint32_t family, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
    return Add(Kind::kMerge, family, key, value);
  }
  rocksdb::Status DeleteCF(std::uint32_t family, const rocksdb::Slice& key) override {
    return Add(Kind::kDelete, family, key, {});
  }

 private:
  rocksdb::Status Add(Kind kind, std::uint32_t family, const rocksdb::Slice& key,
                      const rocksdb::Slice& value) {
    if (family >= engine::kFamilyCount) return rocksdb::Status::Corruption("unknown family");
    changes_.push_back({kind, static_cast<Family>(family), key.ToString(), value.ToString()});
    return rocksdb::Status::OK();
  }

  Changes& changes_;
};

// Keeps every batch that RocksDB finds in the log when it opens a folder.
class LogReader : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "callstore_bench.log_reader"; }
  WalProcessingOption LogRecordFound(unsigned long long, const std::string&,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch*,
                                     bool*) override {
    BatchReader reader(&batches_.emplace_back());
    const rocksdb::Status status = batch.Iterate(&reader);
    return status.ok() ? WalProcessingOption::kContinueProcessing
                       : WalProcessingOption::kCorruptedRecord;
  }
  std::vector<Changes>& batches() { return batches_; }

 private:
  std::vector<Changes> batches_;
};

bool SameFamily(const Database& a, const Database& b, Family family, std::int64_t most) {
  const auto scan_a = a.NewFullScan(family);
  const auto scan_b = b.NewFullScan(family);
  scan_a->SeekToFirst();
  scan_b->SeekToFirst();
  for (std::int64_t i = 0; i < most && scan_a->Valid() && scan_b->Valid(); ++i) {
    if (scan_a->key() != scan_b->key() || scan_a->value() != scan_b->value()) return false;
    scan_a->Next();
    scan_b->Next();
  }
  return scan_a->Valid() == scan_b->Valid() && scan_a->status() && scan_b->status();
}

}  // namespace

std::vector<Changes> ReadWriteLog(const std::string& folder) {
  LogReader reader;
  const RawDatabase database(OptionsFor(folder, OpenMode::kReadOnly), &reader);
  return std::move(reader.batches());
}

Changes RecordsOf(const Changes& changes) {
  Changes records;
  for (const Change& change : changes) {
    if (change.family == Family::kCalls || change.family == Family::kTranscripts) {
      records.push_back(change);
    }
  }
  return records;
}

bool WriteChanges(const Changes& changes, engine::Database* database) {
  engine::Batch batch(*database);
  for (const Change& change : changes) {
    switch (change.kind) {
      case Kind::kPut:
        batch.Put(change.family, change.key, change.value);
        break;
      case Kind::kMerge:
        batch.Merge(change.family, change.key, change.value);
        break;
      case Kind::kDelete:
        batch.Delete(change.family, change.key);
        break;
    }
  }
  return database->Write(&batch, {}).has_value();
}

bool SameContent(const std::string& folder_a, const std::string& folder_b, std::int64_t newest) {
  const auto a = Must(Database::Open(OptionsFor(folder_a, OpenMode::kReadOnly)), "open a copy");
  const auto b = Must(Database::Open(OptionsFor(folder_b, OpenMode::kReadOnly)), "open a copy");
  for (std::size_t i = 0; i < engine::kFamilyCount; ++i) {
    const auto family = static_cast<Family>(i);
    const bool rows = family == Family::kCalls || family == Family::kTranscripts;
    const std::int64_t most = rows ? newest : std::numeric_limits<std::int64_t>::max();
    if (!SameFamily(*a, *b, family, most)) return false;
  }
  return true;
}

}  // namespace callstore::bench
