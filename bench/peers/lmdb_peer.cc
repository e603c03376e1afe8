// LMDB, the speed limit of a B+tree. Where commits are not synced, pages are changed where the file
// is mapped (MDB_WRITEMAP, MDB_NOSYNC), which measured three times as fast as writing them. Like
// the others' commits these survive a crash of the process; unlike theirs, a crash of the machine
// can leave a file that does not open.
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "bench/archive.h"
#include "bench/peers/lmdb.h"
#include "bench/peers/lmdb_reader.h"
#include "bench/peers/peer.h"
#include "record/access.h"
#include "store/page_bytes.h"

namespace callstore::bench {
namespace {

using keys::OrganizationNumber;

constexpr std::size_t kMapBytes = std::size_t{256} << 30;  // of addresses; the file is sparse

// Makes the changes of a call in a transaction.
class TreeWriter {
 public:
  TreeWriter(const Lmdb* lmdb, MDB_txn* transaction) : lmdb_(*lmdb), transaction_(transaction) {}

  struct Place {
    LmdbPlace bytes;
    operator std::string_view() const { return ToView(bytes); }  // NOLINT: meant implicit
  };
  static Place PlaceKey(OrganizationNumber organization, const Position& position) {
    return {MakeLmdbPlace(organization, position)};
  }
  void Put(Tree tree, std::string_view key, std::string_view value);
  void Delete(Tree tree, std::string_view key) {
    MDB_val wanted = ToValue(key);
    Keep(mdb_del(transaction_, lmdb_.tree(tree), &wanted, nullptr));
  }
  // False where a change failed.
  bool good() const { return good_; }

 private:
  void Keep(int result) { good_ = good_ && (result == MDB_SUCCESS || result == MDB_NOTFOUND); }

  const Lmdb& lmdb_;
  MDB_txn* transaction_;
  bool good_ = true;
};

// The newest call of the newest organization is the last key of its tree.
void TreeWriter::Put(Tree tree, std::string_view key, std::string_view value) {
  MDB_val to = ToValue(key);
  MDB_val from = ToValue(value);
  if (tree != Tree::kIds && LoadBig<OrganizationNumber>(key.data()) == lmdb_.numbers.count()) {
    const int result = mdb_put(transaction_, lmdb_.tree(tree), &to, &from, MDB_APPEND);
    if (result != MDB_KEYEXIST) return Keep(result);
    to = ToValue(key);
    from = ToValue(value);
  }
  Keep(mdb_put(transaction_, lmdb_.tree(tree), &to, &from, 0));
}

class LmdbPeer : public Peer {
 public:
  explicit LmdbPeer(const PeerOptions& options);

  std::string_view name() const override { return "LMDB"; }
  bool Offers(Work work) const override { return work == Work::kCallId; }
  bool Put(std::span<const PeerCall> calls) override;
  bool PutJson(std::span<const std::string>) override { return false; }
  bool DeleteBefore(std::string_view organization, std::int64_t before_ms) override;
  std::unique_ptr<Reader> NewReader() override { return std::make_unique<LmdbReader>(&lmdb_); }
  bool Settle() override { return mdb_env_sync(lmdb_.environment.get(), 1) == MDB_SUCCESS; }

 private:
  struct Old {
    LmdbPlace place;
    std::string id;
    std::optional<std::string> call_id;
  };

  void OpenTrees();
  OrganizationNumber NumberOf(const std::string& organization, TreeWriter* writer);
  // The oldest calls before a time, at most `most` of them.
  std::vector<Old> FindOld(MDB_txn* transaction, OrganizationNumber organization,
                           std::int64_t before_ms, std::size_t most) const;

  Lmdb lmdb_;
};

LmdbPeer::LmdbPeer(const PeerOptions& options) : Peer(options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  MDB_env* environment = nullptr;
  CheckLmdb(mdb_env_create(&environment), "make an environment of LMDB");
  lmdb_.environment.reset(environment);
  CheckLmdb(mdb_env_set_mapsize(environment, kMapBytes), "size LMDB");
  CheckLmdb(mdb_env_set_maxdbs(environment, 3), "size LMDB");
  // MDB_NOTLS: a reader may be made in one thread and used in another. MDB_NORDAHEAD: cold, a page
  // of calls is read and not its neighbourhood.
  const unsigned flags =
      MDB_NOTLS | MDB_NORDAHEAD | (options.sync ? 0U : MDB_NOSYNC | MDB_WRITEMAP);
  CheckLmdb(mdb_env_open(environment, options.folder.c_str(), flags, 0644), "open LMDB");
  OpenTrees();
}

void LmdbPeer::OpenTrees() {
  LmdbTransaction transaction = lmdb_.Begin(0);
  const char* names[] = {"calls", "transcripts", "ids"};
  for (std::size_t i = 0; i < lmdb_.trees.size(); ++i) {
    CheckLmdb(mdb_dbi_open(transaction.get(), names[i], MDB_CREATE, &lmdb_.trees[i]),
              "open a tree of LMDB");
  }
  {
    const LmdbCursor cursor = lmdb_.NewCursor(transaction.get(), Tree::kIds);
    const std::string prefix = NameKey(0, NameKind::kOrganizationName, "");
    MDB_val key = ToValue(prefix);
    MDB_val value{};
    int result = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
    while (result == MDB_SUCCESS && ToView(key).starts_with(prefix)) {
      lmdb_.numbers.Add(ToView(key).substr(prefix.size()),
                        LoadLittle<OrganizationNumber>(ToView(value).data()));
      result = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
    }
  }
  CheckLmdb(mdb_txn_commit(transaction.release()), "open LMDB");
}

OrganizationNumber LmdbPeer::NumberOf(const std::string& organization, TreeWriter* writer) {
  if (const auto known = lmdb_.numbers.Find(organization)) return *known;
  const OrganizationNumber number = lmdb_.numbers.count() + 1;
  std::string value;
  AppendLittle(number, &value);
  writer->Put(Tree::kIds, NameKey(0, NameKind::kOrganizationName, organization), value);
  lmdb_.numbers.Add(organization, number);
  return number;
}

bool LmdbPeer::Put(std::span<const PeerCall> calls) {
  LmdbTransaction transaction = lmdb_.Begin(0);
  TreeWriter writer(&lmdb_, transaction.get());
  for (const PeerCall& call : calls) {
    const OrganizationNumber organization = NumberOf(call.call.organization_id, &writer);
    std::string_view found;
    std::optional<IdRow> old;
    if (lmdb_.Get(transaction.get(), Tree::kIds, NameKey(organization, NameKind::kId, call.call.id),
                  &found)) {
      old = DecodeIdRow(found);
    }
    WriteRows(organization, call, old, &writer);
  }
  return writer.good() && mdb_txn_commit(transaction.release()) == MDB_SUCCESS;
}

std::vector<LmdbPeer::Old> LmdbPeer::FindOld(MDB_txn* transaction, OrganizationNumber organization,
                                             std::int64_t before_ms, std::size_t most) const {
  const LmdbCursor cursor = lmdb_.NewCursor(transaction, Tree::kCalls);
  const LmdbPlace first = MakeLmdbPlace(organization, kOldest);
  const LmdbPlace end = MakeLmdbPlace(organization, {before_ms, 0});
  std::vector<Old> olds;
  MDB_val key = ToValue(ToView(first));
  MDB_val value{};
  int result = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE);
  while (result == MDB_SUCCESS && olds.size() < most && ToView(key) < ToView(end)) {
    store::PageBytes aligned;
    const CallView call = CallViewAccess::Make({}, aligned.Copy(ToView(value)), {}, false);
    olds.push_back({MakeLmdbPlace(organization, ParseLmdbPlace(ToView(key))),
                    std::string(call.id()), std::optional<std::string>(call.call_id())});
    result = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  return olds;
}

bool LmdbPeer::DeleteBefore(std::string_view organization, std::int64_t before_ms) {
  constexpr std::size_t kPerCommit = 1'000;
  const auto number = lmdb_.numbers.Find(organization);
  if (!number) return true;
  for (;;) {
    LmdbTransaction transaction = lmdb_.Begin(0);
    const std::vector<Old> olds = FindOld(transaction.get(), *number, before_ms, kPerCommit);
    if (olds.empty()) return true;
    TreeWriter writer(&lmdb_, transaction.get());
    for (const Old& old : olds) {
      writer.Delete(Tree::kCalls, ToView(old.place));
      writer.Delete(Tree::kTranscripts, ToView(old.place));
      writer.Delete(Tree::kIds, NameKey(*number, NameKind::kId, old.id));
      if (old.call_id) writer.Delete(Tree::kIds, NameKey(*number, NameKind::kCallId, *old.call_id));
    }
    if (!writer.good() || mdb_txn_commit(transaction.release()) != MDB_SUCCESS) return false;
  }
}

}  // namespace

std::unique_ptr<Peer> OpenLmdb(const PeerOptions& options) {
  return std::make_unique<LmdbPeer>(options);
}

}  // namespace callstore::bench
