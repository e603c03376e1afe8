// lmdb.h - LMDB with handles that close themselves, and the rows of plain_rows.h in it.
// Places are kept oldest first, other than in RocksDB: a new call is then the last key of its tree
// and fills its page to the end (MDB_APPEND), where a first key would split pages in halves. A list
// walks backwards, which costs a B+tree nothing.
//
// Ownership:     the handles own what they point to; transactions and cursors must be gone before
//                the environment.
// Thread safety: Lmdb may be shared; a transaction and its cursors belong to one thread at a time.
// Errors:        what cannot be opened or begun ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_PEERS_LMDB_H_
#define CALLSTORE_BENCH_PEERS_LMDB_H_

#include <lmdb.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "bench/peers/plain_rows.h"

namespace callstore::bench {

struct LmdbCloser {
  void operator()(MDB_env* environment) const { mdb_env_close(environment); }
  void operator()(MDB_txn* transaction) const { mdb_txn_abort(transaction); }
  void operator()(MDB_cursor* cursor) const { mdb_cursor_close(cursor); }
};
using LmdbTransaction = std::unique_ptr<MDB_txn, LmdbCloser>;
using LmdbCursor = std::unique_ptr<MDB_cursor, LmdbCloser>;

void CheckLmdb(int result, const std::string& what);

inline MDB_val ToValue(std::string_view bytes) {
  return {bytes.size(), const_cast<char*>(bytes.data())};
}
inline std::string_view ToView(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// An environment with its three trees.
struct Lmdb {
  std::unique_ptr<MDB_env, LmdbCloser> environment;
  std::array<MDB_dbi, 3> trees{};
  OrganizationNumbers numbers;

  MDB_dbi tree(Tree tree) const { return trees[static_cast<std::size_t>(tree)]; }
  LmdbTransaction Begin(unsigned flags) const;
  LmdbCursor NewCursor(MDB_txn* transaction, Tree tree) const;
  // Whether the key is there; `value` lies in the file.
  bool Get(MDB_txn* transaction, Tree tree, std::string_view key, std::string_view* value) const;
};

// organization, time, tie; big-endian, so that the oldest call comes first.
using LmdbPlace = std::array<char, 20>;
LmdbPlace MakeLmdbPlace(keys::OrganizationNumber organization, const Position& position);
Position ParseLmdbPlace(std::string_view key);
inline std::string_view ToView(const LmdbPlace& place) { return {place.data(), place.size()}; }

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_LMDB_H_
