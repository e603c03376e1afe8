// database.h - RocksDB as callstore uses it: seven column families, atomic batches, snapshot reads.
// The only door to RocksDB. Nothing here knows what a call is; keys and values are bytes.
//
// Ownership:     a Database owns the folder's lock (read-write) until it is destroyed; snapshots,
//                scans and pinned values must be gone before that.
// Thread safety: Database is safe for concurrent use; Batch, Scan and Snapshot belong to one
// thread. Errors:        every rocksdb::Status becomes an Error once, in status.cc.
#ifndef CALLSTORE_SRC_ENGINE_DATABASE_H_
#define CALLSTORE_SRC_ENGINE_DATABASE_H_

#include <rocksdb/db.h>
#include <rocksdb/slice.h>
#include <rocksdb/statistics.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/store.h"
#include "engine/environment.h"
#include "engine/folder.h"
#include "engine/listener.h"
#include "engine/log_syncs.h"
#include "engine/log_walk.h"
#include "engine/space_guard.h"
#include "engine/state_file.h"
#include "engine/store_lock.h"
#include "engine/tables.h"
#include "keys/keys.h"

namespace callstore::engine {

enum class Family : std::uint8_t {
  kDefault,      // format version, store id
  kCalls,        // the Call record of every call, in list order
  kTranscripts,  // the Transcript record beside it
  kIds,          // id and call_id to place
  kIndex,        // nearly unique values to place
  kColumns,      // heads, summaries and chunks
  kOrgs,         // names and numbers of organizations
};
inline constexpr std::size_t kFamilyCount = 7;
std::string_view FamilyName(Family family);

inline rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
inline std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class Database;
class Salvage;

// Changes that are written together or not at all.
class Batch {
 public:
  explicit Batch(const Database& database) : database_(database) {}
  void Put(Family family, std::string_view key, std::string_view value);
  void Merge(Family family, std::string_view key, std::string_view operand);
  void Delete(Family family, std::string_view key);
  bool empty() const { return batch_.Count() == 0; }
  std::size_t size_bytes() const { return batch_.GetDataSize(); }

 private:
  friend class Database;
  static constexpr std::size_t kUsualBytes = 2048;  // of a call without a transcript
  const Database& database_;
  rocksdb::WriteBatch batch_{kUsualBytes};
};

// One point in time; all reads through it agree. In a follower nothing changes but by ReadLog, so
// that a number is all that it takes.
class Snapshot {
 public:
  explicit Snapshot(const Database& database);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Snapshots of one number show the same.
  std::uint64_t sequence() const { return sequence_; }

 private:
  friend class Database;
  const Database& database_;
  const rocksdb::Snapshot* snapshot_;  // null in a follower
  std::uint64_t sequence_;
};

// A value that lies where RocksDB has it: in a cached block or in `slice`'s own buffer.
using PinnedValue = rocksdb::PinnableSlice;

// A walk over the keys from `lower` (included) to `upper` (excluded) of one family, either way.
class Scan {
 public:
  void SeekToFirst() { iterator_->SeekToFirst(); }
  void SeekToLast() { iterator_->SeekToLast(); }
  void Seek(std::string_view key) { iterator_->Seek(ToSlice(key)); }
  void SeekForPrev(std::string_view key) { iterator_->SeekForPrev(ToSlice(key)); }
  void Next() { iterator_->Next(); }
  void Prev() { iterator_->Prev(); }
  bool Valid() const { return iterator_->Valid(); }
  std::string_view key() const { return ToView(iterator_->key()); }
  std::string_view value() const { return ToView(iterator_->value()); }
  // The error that ended the walk, if any. Check it once the walk is no longer Valid.
  Result<void> status() const;

 private:
  friend class Database;
  friend class Salvage;
  Scan() = default;
  keys::Key lower_;
  keys::Key upper_;
  rocksdb::Slice lower_slice_;
  rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// How long a reader tries to open, or to copy, what a writer changes meanwhile, and how often.
constexpr std::chrono::seconds kWriterPatience{10};
constexpr std::chrono::milliseconds kWriterPause{5};

struct WriteChoice {
  bool sync = false;
  bool no_slowdown = false;
  bool only_deletes = false;  // it makes room, so it may use some of the reserve
};

class Database {
 public:
  // Opens or creates the folder of `options` and checks its format. Errors: as Store::Open.
  static Result<std::unique_ptr<Database>> Open(const StoreOptions& options,
                                                const Environment& environment = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Of a follower: opens the folder as it is now, with the cache and the statistics of `older`,
  // which stays as it is.
  static Result<std::unique_ptr<Database>> OpenAgain(const StoreOptions& options,
                                                     const Database& older);

  // Opens a damaged folder for reading with whatever can be read of it, and checks nothing; see
  // salvage.h.
  static Result<std::unique_ptr<Database>> OpenDamaged(const std::string& path,
                                                       const LogSink& log_sink);

  const OpenReport& open_report() const { return report_; }

  bool read_only() const { return mode_ != OpenMode::kReadWrite; }

  // Of a follower: whether all that the writer did since this was opened is in its log.
  bool OnlyLogGrew() const;
  // Of a reader: whether there were logs before this was opened, and each is still there. No row
  // was missed then, since logs go in the order in which they came.
  bool LogsStayed() const;
  // Of a follower: takes up what the writer's log has more. False, or an error: files changed as it
  // was read, and what this shows is of no one moment any more. REQUIRES: OnlyLogGrew, just now;
  // no other member is running; no scan or snapshot is left.
  Result<bool> ReadLog();

  // The value of a key; false where there is none. Without a snapshot: the newest value.
  Result<bool> Get(Family family, std::string_view key, const Snapshot* snapshot,
                   PinnedValue* value) const;

  // A walk over a range of keys; on the heap because RocksDB points at its bounds.
  std::unique_ptr<Scan> NewScan(Family family, const keys::Key& lower, const keys::Key& upper,
                                const Snapshot* snapshot) const;
  // The same in ids or index, only forwards, and where all keys between the bounds begin with the
  // same keys::kHashedKeyBytes: it need not sort what was written last.
  std::unique_ptr<Scan> NewHashScan(Family family, const keys::Key& lower, const keys::Key& upper,
                                    const Snapshot* snapshot) const;
  // A walk over a whole family, newest state.
  std::unique_ptr<Scan> NewFullScan(Family family) const;

  // Writes a batch. busy, full, read_only, io_error.
  Result<void> Write(Batch* batch, const WriteChoice& choice);

  // Which store this is: its id, and the version of its format.
  struct Identity {
    std::string store_id;
    std::string format;
  };
  Result<Identity> ReadIdentity() const;

  // Makes a copy of one moment, with all that was acknowledged before, in a folder that is not
  // there yet: hard links, or copies on another device. Others may write meanwhile. Result: the
  // number of a write; the copy has all up to it. A reader's copy is good only where LogsStayed()
  // holds afterwards. full, io_error.
  Result<std::uint64_t> Checkpoint(const std::string& folder) const;
  // The same of the store in `path`, also beside a process that writes to it. busy: that one
  // changes files all the time.
  static Result<std::uint64_t> CheckpointBesideWriter(const std::string& path,
                                                      const Environment& environment,
                                                      const std::string& folder);

  // For the other parts of the engine.
  rocksdb::DB* rocks() const { return db_.get(); }

  Result<void> Sync();
  // Flushes what is in memory and syncs. The database is still to be destroyed.
  Result<void> Close();

  // Rewrites all tables, so that deleted and replaced bytes are in no file. busy: a query holds on
  // to them for longer than 10 s.
  Result<void> Purge();

  // Sizes and estimates for Store::Stats.
  StoreStats::Family FamilyStats(Family family) const;
  std::int64_t CacheUsedBytes() const;
  // The tickers, where the options ask for them; the gauges.
  void AppendCounters(std::vector<NamedNumber>* counters) const;
  void AppendGauges(std::vector<NamedNumber>* gauges) const;

 private:
  std::unique_ptr<Scan> NewScan(Family family, const keys::Key& lower, const keys::Key& upper,
                                const Snapshot* snapshot, bool total_order) const;
  friend class Batch;
  friend class Salvage;
  friend class Snapshot;
  using FamilyDescriptors = std::vector<rocksdb::ColumnFamilyDescriptor>;

  Database(const StoreOptions& options, const Environment& environment);

  Result<void> OpenIn(const StoreOptions& options);
  Result<void> OpenToWrite(const StoreOptions& options, bool exists);
  Result<void> OpenBesideWriter(const StoreOptions& options);
  Result<void> OpenToRead(const StoreOptions& options);
  Result<void> Create(const StoreOptions& options);
  Result<void> OpenFamilies(const StoreOptions& options);
  Result<void> OpenDb(const rocksdb::DBOptions& db_options, const FamilyDescriptors& families);
  FamilyDescriptors Families(const StoreOptions& options) const;
  // Reads the folder and changes nothing: whether all that must be there is there. Sets recovery_.
  Result<void> Rehearse(const StoreOptions& options);
  Result<std::uint64_t> SequenceInFolder(const StoreOptions& options);
  // The same after a look for a gap, and without a part of the log that cannot be read.
  Result<std::uint64_t> SequenceAfterCrash(const StoreOptions& options);
  // Where the manifest opens without its end, of which nothing was synced: sets manifest_end_.
  bool FindManifestEnd(const StoreOptions& options);
  template <typename Question>
  Result<std::uint64_t> Ask(const StoreOptions& options, rocksdb::DBOptions db_options,
                            const Question& question) const;
  // Sets gap_.
  Result<void> FindGap(const StoreOptions& options);
  // The environment, without what stands behind a gap of the logs.
  rocksdb::Env* ReadingEnv();
  rocksdb::Env* WritingEnv();
  // The write alone, without a look at whether something failed before.
  Result<void> WriteNow(Batch* batch, const WriteChoice& choice);
  // Compares what was opened with what the state says.
  Result<void> CheckSequence(const StoreOptions& options, std::uint64_t sequence);
  Result<void> BeginState();
  // Of a follower: whether it has all tables that there are. Sets tables_.
  Result<void> CheckTables(const rocksdb::DBOptions& db_options, const FamilyDescriptors& families);
  void CloseFamilies();
  Result<void> CheckFormat();
  // Where something failed in the background: tries to go on.
  Result<void> Recover();

  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

  const OpenMode mode_;
  const Environment environment_;
  std::string path_;
  StoreLock lock_;                    // of a writer
  std::unique_ptr<StateFile> state_;  // of a writer
  OpenReport report_;
  std::optional<StoreState> expected_;  // by the state file, when this was opened
  std::shared_ptr<Listener> listener_ = std::make_shared<Listener>();
  SpaceGuard guard_;
  bool creates_ = false;
  // How the log is read: as a crash of a process leaves it, or with a part that cannot be read.
  rocksdb::WALRecoveryMode recovery_ = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  std::optional<LogGap> gap_;
  std::optional<LogGap> manifest_end_;
  std::unique_ptr<rocksdb::Env> cut_env_;  // where there is either
  std::shared_ptr<LogSyncs> log_syncs_ = std::make_shared<LogSyncs>();
  std::unique_ptr<rocksdb::Env> writing_env_;  // of a writer
  // One thread that syncs the logs, or any number of writes that are synced: RocksDB lets none use
  // a log after another failed with it.
  std::shared_mutex sync_mutex_;
  std::optional<Manifest> manifest_;  // of a reader: as it was when this was opened
  std::set<std::string> logs_;        // of a reader: before the logs were read
  Tables tables_;                     // of a follower: as it was when this was opened
  std::shared_ptr<rocksdb::Cache> cache_;
  std::shared_ptr<rocksdb::Statistics> statistics_;  // null where nobody asked for them
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilyCount> handles_{};
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_DATABASE_H_
