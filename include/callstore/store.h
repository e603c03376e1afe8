// store.h - a store of calls: one folder, one writing process, many threads.
// Every answer is exact and from one snapshot; every write is one atomic batch: the call, its ids,
// its index keys and the organization's counts change together or not at all.
//
//   auto store = callstore::Store::Open({.path = "calls"});
//   if (!store) return Report(store.error());
//   store->PutJson("org-789", text);
//   auto page = store->List("org-789", {.limit = 20});
//   for (const callstore::CallView& call : page->calls) Use(call.id(), call.transcript());
//   std::string body = callstore::ToJson(*page);
//
// Ownership:     a Store owns its folder's lock from Open to Close. Pages and StoredCalls outlive
//                it.
//
// Thread safety: all members but Close, move and the destructor may be called from any thread.
//
// Durability:    an acknowledged write survives a crash of the process; with `sync`, or after
//                Sync(), also a crash of the machine.
//
// Errors:        every member can return `corrupt` and `io_error`; the others are named where they
//                can occur. After an error nothing has changed.
#ifndef CALLSTORE_STORE_H_
#define CALLSTORE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "callstore/aggregate.h"
#include "callstore/backup.h"
#include "callstore/call.h"
#include "callstore/call_view.h"
#include "callstore/erase.h"
#include "callstore/error.h"
#include "callstore/export.h"
#include "callstore/filter.h"
#include "callstore/list.h"
#include "callstore/verify.h"

namespace callstore {

namespace store {  // of the implementation
struct State;
struct StoreAccess;
}  // namespace store

enum class LogLevel : std::uint8_t { kInfo, kWarning, kError };

// Takes the library's messages; called from any thread, also from background threads.
using LogSink = std::function<void(LogLevel level, std::string_view message)>;

enum class OpenMode : std::uint8_t {
  kReadWrite,
  // A static view of the store as it is now, also beside a process that writes to it. It takes no
  // lock and changes nothing on disk; every write is `read_only`.
  kReadOnly,
  // As kReadOnly, and CatchUp() takes up what the writer has written since. The writer may come and
  // go meanwhile. All table files are kept open, so that the writer may remove them.
  kFollow,
};

// What is kept of a call that opts out of the storage of sensitive data.
enum class OptOutPolicy : std::uint8_t {
  // Ids, agent, status, type, direction, times, duration, reason, latency, cost, success,
  // voicemail,
  // sentiment, metadata, and of events type and time. Nothing else reaches the disk.
  kRedact,
  kRedactAndDropMetadata,  // as kRedact, and no metadata
  kKeepAll,                // the flag is stored and nothing is removed
};

struct StoreOptions {
  // The folder. Created with mode 0700, and its parents, where create_if_missing.
  std::string path = {};
  OpenMode mode = OpenMode::kReadWrite;
  bool create_if_missing = true;
  OptOutPolicy opt_out = OptOutPolicy::kRedact;
  // Block cache for all families. More makes repeated reads faster; 0 turns caching off. Queries
  // with filters hold on to the chunks that they use in up to half of it.
  std::size_t cache_bytes = std::size_t{256} << 20;
  // Write buffer of each of the two large families; the others take a quarter of it.
  std::size_t write_buffer_bytes = std::size_t{64} << 20;
  LogSink log_sink = {};
  // The clock of stored_at and changed_at, ms since the epoch; empty: the system's.
  std::function<std::int64_t()> now_ms = {};
  // Also count what RocksDB does: StoreStats::counters has its tickers then. Costs a few
  // nanoseconds for each of them that an operation moves: of a read, one for each block that it
  // looks up.
  bool statistics = false;
  // Writes are `full` rather than leave less free space than this on the store's disk: RocksDB must
  // not meet a full one. Deletes may use half of it, reads need none. Nothing: room for what is in
  // memory, twice write_buffer_bytes and 64 MiB. 0: no guard.
  std::optional<std::uint64_t> reserve_bytes = {};
  // Open also where writes that were synced are gone; OpenReport says that they are. For those who
  // have no backup and want what is left.
  bool allow_loss = false;
};

// What Open met. Sequences are RocksDB's: each row of each batch counts, and a put of a call is
// some seven rows.
struct OpenReport {
  bool created = false;  // there was no store
  // The last writer called Close. Else its process or machine ended, and its log was read.
  bool clean = false;
  // callstore.state was not there or was damaged, so that a loss would not have been seen.
  bool state_missing = false;
  // The log has a part that cannot be read, and ends there now. After a crash of the machine that
  // is what was not synced.
  bool log_truncated = false;
  std::uint64_t recovered_sequence = 0;     // the last one there is
  std::uint64_t durable_sequence = 0;       // known to have been synced, by the one who wrote it
  std::uint64_t acknowledged_sequence = 0;  // known to have been acknowledged
  // Rows that were acknowledged and are gone: not synced, or also synced (only with allow_loss).
  std::uint64_t lost_rows = 0;
  std::uint64_t lost_durable_rows = 0;
};

// What Put does where the call is already there.
enum class OnExisting : std::uint8_t {
  kReplace,  // the new call stands
  kMerge,    // the new call's fields over the old one's (RFC 7396; an absent field changes nothing)
  kKeep,     // the old call stands
  kNewer,    // replace where the new updated_at is greater; absent is smaller than any
};

struct WriteOptions {
  // Wait until the write and all before it are on disk, also where it says nothing new.
  bool sync = false;
  // Answer `busy` where the write would have to wait for background work.
  bool no_slowdown = false;
  OnExisting on_existing = OnExisting::kReplace;
};

enum class PutOutcome : std::uint8_t {
  kNew,
  kChanged,
  kUnchanged,  // nothing was written
};

struct PutResult {
  std::string id = {};
  PutOutcome outcome = PutOutcome::kNew;
  // The call opts out and something was removed from what was given.
  bool redacted = false;
};

struct OrganizationInfo {
  std::string name = {};
  std::int64_t call_count = 0;
  std::uint32_t retention_days = 0;  // 0: calls are kept for good
};

// How far a store that follows a writer has come.
struct FollowState {
  // Ms since the epoch by StoreOptions::now_ms: everything that was acknowledged before is seen.
  // The lag is the time since then, at most.
  std::int64_t caught_up_at = 0;
};

// A number with its name, which is snake_case and never an organization's.
using NamedNumber = std::pair<std::string, std::int64_t>;

struct StoreStats {
  struct Family {
    std::string name = {};
    std::int64_t keys_estimated = 0;
    std::int64_t size_bytes = 0;  // of table files
  };
  std::int64_t organizations = 0;
  std::int64_t calls = 0;
  std::int64_t size_bytes = 0;  // of the folder's files
  std::int64_t cache_used_bytes = 0;
  std::vector<Family> families = {};
  // Only of a store that follows.
  std::optional<FollowState> follow = {};
  // Since the store was opened; none ever falls. All of them are there from the start.
  //   lists, counts, aggregates   answered without an error
  //   gets                        by id or call_id, answered or not_found
  //   calls_listed                calls on the pages of lists
  //   puts_new, puts_changed, puts_unchanged, deletes
  //                               calls, by what became of them; of a batch that was not written
  //                               none. An update is a put.
  //   chunks_read, chunks_skipped, rows_tested, calls_read, transcripts_read
  //                               the work of lists, counts and aggregates, as Explain has it:
  //                               the calls and transcripts that the columns could not decide
  //   catch_ups, reopens          of a store that follows: CatchUp() that succeeded, and how many
  //                               of them had to open the files anew
  // And with StoreOptions::statistics, as RocksDB counts:
  //   rocksdb_block_cache_hit, rocksdb_block_cache_miss, rocksdb_memtable_hit,
  //   rocksdb_memtable_miss, rocksdb_bloom_useful          blocks, reads, reads saved
  //   rocksdb_bytes_read, rocksdb_iterator_bytes_read, rocksdb_bytes_written,
  //   rocksdb_wal_bytes, rocksdb_flush_bytes, rocksdb_compaction_read_bytes,
  //   rocksdb_compaction_written_bytes, rocksdb_wal_syncs
  //   rocksdb_stall_micros        writes slowed down or stopped
  std::vector<NamedNumber> counters = {};
  // As they are now.
  //   rocksdb_write_stopped       1 where writes wait for background work
  //   rocksdb_delayed_write_rate  bytes a second that slowed writes get; 0: not slowed
  //   rocksdb_memtable_bytes, rocksdb_pending_compaction_bytes, rocksdb_block_cache_bytes,
  //   rocksdb_block_cache_pinned_bytes, rocksdb_snapshots, rocksdb_running_flushes,
  //   rocksdb_running_compactions, rocksdb_background_errors
  std::vector<NamedNumber> gauges = {};
};

class CALLSTORE_EXPORT Store {
 public:
  // invalid_argument (empty path), not_found (no store there and not to be created), locked (the
  // `holder` where it is known), read_only (the folder cannot be written), unsupported_format, busy
  // (a read-only open beside a writer that changes files all the time), corrupt (files are missing,
  // shorter than they were or damaged, or a write that was synced is gone; nothing has been
  // changed). Cost: milliseconds; after a crash the log is read twice, once to see that all is
  // there.
  static Result<Store> Open(const StoreOptions& options);

  Store(Store&& other) noexcept;
  Store& operator=(Store&& other) noexcept;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  ~Store();  // closes; use Close() to see its error

  // What Open met. invalid_argument: the store is closed.
  Result<OpenReport> open_report() const;

  // Stores one call. invalid_argument (the field, its value, what is valid), conflict (call_id
  // belongs to another id), too_large, busy, full, read_only. A call without `id` is matched by its
  // call_id first; only a new one gets a derived id.
  Result<PutResult> Put(const Call& call, const WriteOptions& options = {});

  // Stores all calls in one atomic batch, or none. The error names the first bad call: `index`.
  Result<std::vector<PutResult>> PutBatch(std::span<const Call> calls,
                                          const WriteOptions& options = {});

  // Stores one call given as a JSON object. `organization` may be empty where the record has its
  // organization_id; where both are there they must agree.
  Result<PutResult> PutJson(std::string_view organization, std::string_view json,
                            const WriteOptions& options = {});

  // Stores the good ones of many JSON objects in one atomic batch; a bad one gets its own error and
  // does not hold up the rest. Fails as a whole only where the batch could not be written. Long
  // records are read by a second thread as well, which ends with the call.
  Result<std::vector<Result<PutResult>>> PutJsonBatch(std::string_view organization,
                                                      std::span<const std::string_view> texts,
                                                      const WriteOptions& options = {});

  // The call with this id / call_id, with its transcript unless view says otherwise. not_found.
  Result<StoredCall> Get(std::string_view organization, std::string_view id,
                         View view = View::kFull) const;
  Result<StoredCall> GetByCallId(std::string_view organization, std::string_view call_id,
                                 View view = View::kFull) const;

  // Applies a JSON Merge Patch (RFC 7396) to the call with this id: null deletes, objects merge at
  // every depth. not_found, invalid_argument (also where the patch names another id or
  // organization), conflict. A patch of anything but the long parts leaves their record as it is.
  Result<PutResult> Update(std::string_view organization, std::string_view id,
                           std::string_view merge_patch, const WriteOptions& options = {});

  // Deletes the call with this id. not_found, conflict (a legal hold keeps it).
  Result<void> Delete(std::string_view organization, std::string_view id,
                      const WriteOptions& options = {});

  // Deletes the calls that match, in batches of 1,000, each of them atomic; a call that no longer
  // matches when its turn comes stays. Result: how many were deleted. invalid_argument, conflict (a
  // legal hold keeps one of them), read_only, busy, full; after an error the batches before it are
  // deleted (`deleted` says how many calls).
  Result<std::int64_t> DeleteMatching(std::string_view organization, const Filter& filter,
                                      const WriteOptions& options = {});

  // Deletes calls for good, and remembers it: erase.h. The receipt is durable when this returns.
  // not_found (no such call or organization), invalid_argument, conflict (a legal hold keeps one of
  // them: none is erased), read_only, busy, full, corrupt (the ledger is damaged). After an error
  // some may be gone; the same erasure again ends it. Cost: as DeleteMatching, and a synced line in
  // the ledger a batch.
  Result<ErasureReceipt> Erase(std::string_view organization, const Erasure& erasure,
                               const EraseOptions& options = {});

  // Rewrites the store's files without the bytes of calls and values that were deleted, erased or
  // replaced before. Backups and checkpoints made before keep theirs. busy: a query needed the old
  // files for longer than 10 s. Cost: reads and writes the whole store.
  Result<void> Purge();

  // The receipts of all erasures. corrupt. Cost: reads the ledger.
  Result<std::vector<ErasureReceipt>> Erasures() const;

  // Legal holds of an organization. The name is new: conflict, and 1 to 128 bytes of UTF-8. A hold
  // stands before this returns, also after a crash. not_found (no such organization or hold),
  // invalid_argument, too_large (1,000 holds).
  Result<void> PlaceHold(std::string_view organization, std::string_view name,
                         const Filter& filter = {});
  Result<void> ReleaseHold(std::string_view organization, std::string_view name);
  Result<std::vector<Hold>> Holds(std::string_view organization) const;

  // Keeps calls for so many days after their list time, 1 to 36,500; 0: for good. It is Retain()
  // that deletes. not_found, invalid_argument.
  Result<void> SetRetention(std::string_view organization, std::uint32_t days);

  // Deletes all calls that are older than their organization keeps them, but for those under a
  // legal hold. Result: the organizations that have a retention. Errors as DeleteMatching.
  Result<std::vector<RetentionResult>> Retain();

  // One page. invalid_argument, invalid_cursor, too_large (a page over 256 MiB; `limit` says what
  // would fit), deadline (stopped by another thread). An organization without calls is an empty
  // page. Cost by time without a filter, or with time bounds alone: one seek and `limit` steps, and
  // at most two reads of a chunk for the total and the page's place, whatever the page number. With
  // a filter or another sort key: a pass over the columns of the time range, a nanosecond or two a
  // call, and `limit` point reads; conditions without a column (see docs/design.md) also read the
  // calls that the columns leave over. Memory is bounded by the page and a few MB.
  Result<Page> List(std::string_view organization, const ListQuery& query = {}) const;

  // The calls that match, exact. invalid_argument; deadline (also where a limit of `limits` was
  // hit). Cost: as the total of List.
  Result<std::int64_t> Count(std::string_view organization, const Filter& filter = {},
                             const WorkLimits& limits = {}) const;

  // Figures over the calls that match. invalid_argument; too_large (more than 1,000,000 groups or
  // 256 MiB of their keys, more than 32 Mi values for percentiles, a sum beyond all doubles);
  // deadline, as Count. Cost: as Count, and a read of each matching call where a group or metric
  // has no column.
  Result<Aggregation> Aggregate(std::string_view organization, const AggregateQuery& query) const;

  // Every organization that ever had a call, by name.
  Result<std::vector<OrganizationInfo>> Organizations() const;

  // Cost: as Organizations(), and a look at each file.
  Result<StoreStats> Stats() const;

  // Of a store that follows a writer: takes up what was acknowledged before this call; it may see
  // more. The calls of one batch appear together, batches in their order, in all queries of all
  // threads from one moment on; no query sees half of a catch-up. What a query of before returned
  // stays as it was. invalid_argument: the store does not follow. busy: the writer changes files
  // faster than they can be opened; io_error, corrupt: files cannot be read. After an error queries
  // go on with what they had, or are `io_error` where that is lost; the next CatchUp heals it.
  // Cost: as long as the writer only appends to its log, reading what was appended; after a flush
  // or compaction, an open of the store. Queries wait while the log is read; they go on during the
  // open, but where files changed in the very moment of the reading. A query after it reads again
  // the chunks of an organization that changed.
  Result<void> CatchUp();

  // How far it has come, by Open and CatchUp. Cheap. invalid_argument: the store does not follow.
  Result<FollowState> Following() const;

  // Makes a second store of one moment, with all that was acknowledged before, in a folder that is
  // not there yet or is empty: by hard links, so that it costs next to nothing until one of the two
  // changes; on another device by copying. Others may write meanwhile; of a store that is open for
  // reading, also in another process. invalid_argument (the folder is in use, or lies in the
  // store), locked (another makes it), busy (a writer elsewhere changes files all the time), full,
  // read_only.
  Result<void> Checkpoint(const std::string& path) const;

  // Adds a backup of one moment, with all that was acknowledged before, to a folder of backups,
  // which is made where there is none; see backup.h. Table files that are there already are not
  // copied again. Others may write meanwhile, as of Checkpoint. invalid_argument (the folder has
  // backups of another store, or lies in this one), locked (another backup of the store or to the
  // folder is on its way), corrupt (an earlier backup is damaged), busy, full, read_only. After an
  // error, and where it is killed, the earlier backups stand.
  Result<BackupInfo> Backup(const std::string& folder, const BackupOptions& options = {}) const;

  // Checks one moment of the whole store: every block of every table file, every row against every
  // other (verify.h). Others may read and write meanwhile; in a follower CatchUp waits for it. What
  // is wrong is in the report, not an error. deadline: stopped by options.progress. Cost: a read of
  // all files and of all rows, a few microseconds a call; where something is wrong in ids or index
  // of an organization, lookups of all of these. Memory is bounded by a chunk, a call and the
  // faults, and some hundred bytes an organization.
  Result<VerifyReport> Verify(const VerifyOptions& options = {}) const;

  // Returns when all that was acknowledged before is on disk.
  Result<void> Sync();

  // Writes out what is in memory and releases the folder. Further calls are invalid_argument. Close
  // waits for nobody: no other member may be running. Idempotent.
  Result<void> Close();

 private:
  class Impl;
  friend struct store::StoreAccess;
  explicit Store(std::unique_ptr<Impl> impl);
  Result<store::State*> Opened() const;
  template <typename Operation>
  auto Change(std::string_view organization, const Operation& operation)
      -> decltype(operation(nullptr));
  std::unique_ptr<Impl> impl_;
};

}  // namespace callstore

#endif  // CALLSTORE_STORE_H_
