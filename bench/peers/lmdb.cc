#include "bench/peers/lmdb.h"

#include "base/bytes.h"
#include "bench/archive.h"

namespace callstore::bench {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

}  // namespace

void CheckLmdb(int result, const std::string& what) {
  if (result == MDB_SUCCESS) return;
  Fatal(what, {.code = ErrorCode::kIoError, .message = mdb_strerror(result), .details = {}});
}

LmdbTransaction Lmdb::Begin(unsigned flags) const {
  MDB_txn* transaction = nullptr;
  CheckLmdb(mdb_txn_begin(environment.get(), nullptr, flags, &transaction), "begin in LMDB");
  return LmdbTransaction(transaction);
}

LmdbCursor Lmdb::NewCursor(MDB_txn* transaction, Tree of) const {
  MDB_cursor* cursor = nullptr;
  CheckLmdb(mdb_cursor_open(transaction, tree(of), &cursor), "open a cursor of LMDB");
  return LmdbCursor(cursor);
}

bool Lmdb::Get(MDB_txn* transaction, Tree from, std::string_view key,
               std::string_view* value) const {
  MDB_val wanted = ToValue(key);
  MDB_val found{};
  if (mdb_get(transaction, tree(from), &wanted, &found) != MDB_SUCCESS) return false;
  *value = ToView(found);
  return true;
}

LmdbPlace MakeLmdbPlace(keys::OrganizationNumber organization, const Position& position) {
  LmdbPlace place;
  StoreBig(organization, place.data());
  StoreBig(static_cast<std::uint64_t>(position.time_ms) ^ kSignBit, place.data() + 4);
  StoreBig(position.tie, place.data() + 12);
  return place;
}

Position ParseLmdbPlace(std::string_view key) {
  return {static_cast<std::int64_t>(LoadBig<std::uint64_t>(key.data() + 4) ^ kSignBit),
          LoadBig<std::uint64_t>(key.data() + 12)};
}

}  // namespace callstore::bench
