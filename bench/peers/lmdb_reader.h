// lmdb_reader.h - lists and gets from LMDB, read where the file is mapped.
// A read transaction is renewed for each work and given up after it, as long as which the answer is
// read: one byte of each cache line, as a program would that looks at the whole record.
//
// Ownership:     the Lmdb must outlive it.
// Thread safety: none; one thread at a time.
// Errors:        as Reader.
#ifndef CALLSTORE_BENCH_PEERS_LMDB_READER_H_
#define CALLSTORE_BENCH_PEERS_LMDB_READER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "bench/peers/lmdb.h"
#include "bench/peers/peer.h"

namespace callstore::bench {

class LmdbReader : public Reader {
 public:
  explicit LmdbReader(const Lmdb* lmdb);

  bool List(const PeerList& list) override;
  bool Count(std::string_view, const PeerFilter&) override { return false; }
  bool Get(std::string_view organization, std::string_view id) override;
  bool GetByCallId(std::string_view organization, std::string_view call_id) override;
  bool ExportJson(std::string_view) override { return false; }
  PeerAnswer answer() const override;
  std::optional<Position> last() const override { return last_; }

 private:
  // Takes the newest state, or gives it up.
  bool Renew() const { return mdb_txn_renew(transaction_.get()) == MDB_SUCCESS; }
  void Reset() const { mdb_txn_reset(transaction_.get()); }
  void Clear();
  bool Walk(const PeerList& list);
  // The call that the row of a name leads to.
  template <typename PositionOf>
  bool GetBy(NameKind kind, std::string_view organization, std::string_view name,
             const PositionOf& position_of);
  bool ReadAt(const Position& position);
  void Touch(std::string_view record);

  const Lmdb& lmdb_;
  LmdbTransaction transaction_;
  LmdbCursor calls_;
  LmdbCursor transcripts_;

  // What the last work found: the rows themselves are the file's.
  keys::OrganizationNumber organization_ = 0;
  std::vector<Position> rows_;
  std::size_t bytes_ = 0;
  volatile char sum_ = 0;  // so that what is read is not left out
  std::optional<Position> last_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_LMDB_READER_H_
