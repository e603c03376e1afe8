// Bare RocksDB with callstore's own settings: the rows of plain_rows.h, keys in list order.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "bench/archive.h"
#include "bench/peers/peer.h"
#include "bench/peers/plain_rows.h"
#include "engine/options.h"
#include "record/access.h"
#include "store/page_bytes.h"

namespace callstore::bench {
namespace {

using engine::ToSlice;
using engine::ToView;
using keys::OrganizationNumber;

constexpr std::size_t kTrees = 3;
constexpr std::array<engine::Family, kTrees> kFamilies = {
    engine::Family::kCalls, engine::Family::kTranscripts, engine::Family::kIds};

void Check(const rocksdb::Status& status, const std::string& what) {
  if (status.ok()) return;
  Fatal(what, {.code = ErrorCode::kIoError, .message = status.ToString(), .details = {}});
}

// What a reader and the peer share.
struct Rocks {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // trees, then `default`
  OrganizationNumbers numbers;

  rocksdb::ColumnFamilyHandle* tree(Tree tree) const {
    return handles[static_cast<std::size_t>(tree)];
  }
  rocksdb::Status Get(Tree from, std::string_view key, rocksdb::PinnableSlice* value) const {
    return db->Get({}, tree(from), ToSlice(key), value);
  }
};

// A walk over the rows of an organization in one tree.
class Walk {
 public:
  Walk(const Rocks& rocks, Tree tree, OrganizationNumber organization,
       const rocksdb::Snapshot* snapshot)
      : lower_(keys::FirstKey(organization)),
        upper_(keys::EndKey(organization)),
        lower_slice_(ToSlice(lower_)),
        upper_slice_(ToSlice(upper_)) {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot;
    read.total_order_seek = true;
    read.iterate_lower_bound = &lower_slice_;
    read.iterate_upper_bound = &upper_slice_;
    iterator_.reset(rocks.db->NewIterator(read, rocks.tree(tree)));
  }
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  rocksdb::Iterator* operator->() const { return iterator_.get(); }

 private:
  const keys::Key lower_, upper_;
  const rocksdb::Slice lower_slice_, upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

Position FirstPosition(const PeerList& list) {
  if (list.after) return JustOlder(*list.after);
  if (list.before_ms == std::numeric_limits<std::int64_t>::max()) return kNewest;
  return JustOlder({list.before_ms, 0});
}

class RocksdbReader : public Reader {
 public:
  explicit RocksdbReader(const Rocks* rocks) : rocks_(*rocks) {}

  bool List(const PeerList& list) override;
  bool Count(std::string_view, const PeerFilter&) override { return false; }
  bool Get(std::string_view organization, std::string_view id) override;
  bool GetByCallId(std::string_view organization, std::string_view call_id) override;
  bool ExportJson(std::string_view) override { return false; }
  PeerAnswer answer() const override;
  std::optional<Position> last() const override { return last_; }

 private:
  void Clear() {
    bytes_ = {};
    calls_.clear();
  }
  bool ListCalls(OrganizationNumber organization, const PeerList& list);
  bool ListWhole(OrganizationNumber organization, const PeerList& list);
  bool GetAt(OrganizationNumber organization, const Position& position);

  const Rocks& rocks_;
  store::PageBytes bytes_;
  std::vector<std::string_view> calls_;
  std::optional<Position> last_;
};

bool RocksdbReader::List(const PeerList& list) {
  Clear();
  const auto organization = rocks_.numbers.Find(list.organization);
  if (!organization) return true;
  return list.view == View::kFull ? ListWhole(*organization, list) : ListCalls(*organization, list);
}

bool RocksdbReader::ListCalls(OrganizationNumber organization, const PeerList& list) {
  const Walk calls(rocks_, Tree::kCalls, organization, nullptr);
  calls->Seek(ToSlice(keys::CallKey(organization, FirstPosition(list))));
  for (; calls->Valid() && std::ssize(calls_) < list.limit; calls->Next()) {
    calls_.push_back(bytes_.Copy(ToView(calls->value())));
    last_ = keys::ParseCallKey(ToView(calls->key()));
  }
  return calls->status().ok();
}

// Both trees at one moment; a transcript has the key of its call.
bool RocksdbReader::ListWhole(OrganizationNumber organization, const PeerList& list) {
  rocksdb::ManagedSnapshot snapshot(rocks_.db.get());
  const Walk calls(rocks_, Tree::kCalls, organization, snapshot.snapshot());
  const Walk transcripts(rocks_, Tree::kTranscripts, organization, snapshot.snapshot());
  const keys::Key first = keys::CallKey(organization, FirstPosition(list));
  calls->Seek(ToSlice(first));
  transcripts->Seek(ToSlice(first));
  for (; calls->Valid() && std::ssize(calls_) < list.limit; calls->Next()) {
    calls_.push_back(bytes_.Copy(ToView(calls->value())));
    last_ = keys::ParseCallKey(ToView(calls->key()));
    if (!transcripts->Valid() || transcripts->key() != calls->key()) continue;
    bytes_.Copy(ToView(transcripts->value()));
    transcripts->Next();
  }
  return calls->status().ok() && transcripts->status().ok();
}

bool RocksdbReader::Get(std::string_view organization, std::string_view id) {
  Clear();
  const auto number = rocks_.numbers.Find(organization);
  if (!number) return true;
  rocksdb::PinnableSlice row;
  const auto status = rocks_.Get(Tree::kIds, NameKey(*number, NameKind::kId, id), &row);
  if (!status.ok()) return status.IsNotFound();
  return GetAt(*number, {TimeOfIdRow(ToView(row)), Hash64(id)});
}

bool RocksdbReader::GetByCallId(std::string_view organization, std::string_view call_id) {
  Clear();
  const auto number = rocks_.numbers.Find(organization);
  if (!number) return true;
  rocksdb::PinnableSlice row;
  const auto status = rocks_.Get(Tree::kIds, NameKey(*number, NameKind::kCallId, call_id), &row);
  if (!status.ok()) return status.IsNotFound();
  return GetAt(*number, DecodePosition(ToView(row)));
}

bool RocksdbReader::GetAt(OrganizationNumber organization, const Position& position) {
  const keys::Key key = keys::CallKey(organization, position);
  rocksdb::PinnableSlice value;
  if (!rocks_.Get(Tree::kCalls, key, &value).ok()) return false;
  calls_.push_back(bytes_.Copy(ToView(value)));
  value.Reset();
  const auto status = rocks_.Get(Tree::kTranscripts, key, &value);
  if (status.ok()) bytes_.Copy(ToView(value));
  return status.ok() || status.IsNotFound();
}

PeerAnswer RocksdbReader::answer() const {
  PeerAnswer answer{.bytes = bytes_.used()};
  for (const std::string_view call : calls_) {
    answer.ids.emplace_back(CallViewAccess::Make({}, call, {}, false).id());
  }
  return answer;
}

// Turns the changes of a call into those of a batch.
class BatchWriter {
 public:
  explicit BatchWriter(const Rocks* rocks) : rocks_(*rocks) {}

  static keys::Key PlaceKey(OrganizationNumber organization, const Position& position) {
    return keys::CallKey(organization, position);
  }
  void Put(Tree tree, std::string_view key, std::string_view value) {
    Keep(batch_.Put(rocks_.tree(tree), ToSlice(key), ToSlice(value)));
  }
  void Delete(Tree tree, std::string_view key) {
    Keep(batch_.Delete(rocks_.tree(tree), ToSlice(key)));
  }
  void DeleteRange(Tree tree, std::string_view first, std::string_view end) {
    Keep(batch_.DeleteRange(rocks_.tree(tree), ToSlice(first), ToSlice(end)));
  }
  // False where a change or the write failed.
  bool Commit(bool sync) {
    rocksdb::WriteOptions write;
    write.sync = sync;
    return good_ && rocks_.db->Write(write, &batch_).ok();
  }

 private:
  void Keep(const rocksdb::Status& status) { good_ = good_ && status.ok(); }

  const Rocks& rocks_;
  rocksdb::WriteBatch batch_;
  bool good_ = true;
};

class RocksdbPeer : public Peer {
 public:
  explicit RocksdbPeer(const PeerOptions& options);
  ~RocksdbPeer() override;
  RocksdbPeer(const RocksdbPeer&) = delete;
  RocksdbPeer& operator=(const RocksdbPeer&) = delete;

  std::string_view name() const override { return "RocksDB"; }
  bool Offers(Work work) const override { return work == Work::kCallId; }
  bool Put(std::span<const PeerCall> calls) override;
  bool PutJson(std::span<const std::string>) override { return false; }
  bool DeleteBefore(std::string_view organization, std::int64_t before_ms) override;
  std::unique_ptr<Reader> NewReader() override { return std::make_unique<RocksdbReader>(&rocks_); }
  bool Settle() override;

 private:
  void ReadOrganizations();
  OrganizationNumber NumberOf(const std::string& organization, BatchWriter* writer);

  Rocks rocks_;
};

RocksdbPeer::RocksdbPeer(const PeerOptions& options) : Peer(options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  const StoreOptions store{.path = options.folder, .cache_bytes = options.cache_bytes};
  rocksdb::DBOptions db_options = engine::MakeDbOptions(store);
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  const std::shared_ptr<rocksdb::Cache> cache =
      options.cache_bytes == 0 ? nullptr : rocksdb::NewLRUCache(options.cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const engine::Family family : kFamilies) {
    families.emplace_back(std::string(engine::FamilyName(family)),
                          engine::MakeFamilyOptions(family, store, cache));
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName,
                        engine::MakeFamilyOptions(engine::Family::kDefault, store, cache));
  rocksdb::DB* db = nullptr;
  Check(rocksdb::DB::Open(db_options, options.folder, families, &rocks_.handles, &db),
        "open RocksDB");
  rocks_.db.reset(db);
  ReadOrganizations();
}

RocksdbPeer::~RocksdbPeer() {
  for (rocksdb::ColumnFamilyHandle* handle : rocks_.handles) {
    rocks_.db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  rocks_.db->Close().PermitUncheckedError();
}

void RocksdbPeer::ReadOrganizations() {
  const Walk walk(rocks_, Tree::kIds, 0, nullptr);
  const std::size_t prefix = NameKey(0, NameKind::kOrganizationName, "").size();
  for (walk->SeekToFirst(); walk->Valid(); walk->Next()) {
    rocks_.numbers.Add(ToView(walk->key()).substr(prefix),
                       LoadLittle<OrganizationNumber>(walk->value().data()));
  }
  Check(walk->status(), "read the organizations in RocksDB");
}

OrganizationNumber RocksdbPeer::NumberOf(const std::string& organization, BatchWriter* writer) {
  if (const auto known = rocks_.numbers.Find(organization)) return *known;
  const OrganizationNumber number = rocks_.numbers.count() + 1;
  std::string value;
  AppendLittle(number, &value);
  writer->Put(Tree::kIds, NameKey(0, NameKind::kOrganizationName, organization), value);
  rocks_.numbers.Add(organization, number);
  return number;
}

bool RocksdbPeer::Put(std::span<const PeerCall> calls) {
  BatchWriter writer(&rocks_);
  rocksdb::PinnableSlice found;
  for (const PeerCall& call : calls) {
    const OrganizationNumber organization = NumberOf(call.call.organization_id, &writer);
    found.Reset();
    const auto status =
        rocks_.Get(Tree::kIds, NameKey(organization, NameKind::kId, call.call.id), &found);
    if (!status.ok() && !status.IsNotFound()) return false;
    std::optional<IdRow> old;
    if (status.ok()) old = DecodeIdRow(ToView(found));
    WriteRows(organization, call, old, &writer);
  }
  return writer.Commit(options_.sync);
}

bool RocksdbPeer::DeleteBefore(std::string_view organization, std::int64_t before_ms) {
  constexpr int kPerBatch = 1'000;
  const auto number = rocks_.numbers.Find(organization);
  if (!number) return true;
  const Walk walk(rocks_, Tree::kCalls, *number, nullptr);
  walk->Seek(ToSlice(keys::CallKey(*number, JustOlder({before_ms, 0}))));
  while (walk->Valid()) {
    BatchWriter writer(&rocks_);
    store::PageBytes bytes;
    const std::string first = walk->key().ToString();
    std::string end;
    for (int i = 0; i < kPerBatch && walk->Valid(); ++i, walk->Next()) {
      const CallView call = CallViewAccess::Make({}, bytes.Copy(ToView(walk->value())), {}, false);
      writer.Delete(Tree::kIds, NameKey(*number, NameKind::kId, call.id()));
      if (const auto call_id = call.call_id()) {
        writer.Delete(Tree::kIds, NameKey(*number, NameKind::kCallId, *call_id));
      }
      end.assign(walk->key().data(), walk->key().size());
    }
    end += '\0';  // the next key there can be
    for (const Tree tree : {Tree::kCalls, Tree::kTranscripts}) {
      writer.DeleteRange(tree, first, end);
    }
    if (!writer.Commit(options_.sync)) return false;
  }
  return walk->status().ok();
}

// As Store::Purge does: rewritten to the last level, where compression is another.
bool RocksdbPeer::Settle() {
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (rocksdb::ColumnFamilyHandle* handle : rocks_.handles) {
    if (!rocks_.db->CompactRange(all, handle, nullptr, nullptr).ok()) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<Peer> OpenRocksdb(const PeerOptions& options) {
  return std::make_unique<RocksdbPeer>(options);
}

}  // namespace callstore::bench
