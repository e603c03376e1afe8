// sqlite_reader.h - lists, counts and gets from SQLite, each with a statement that is prepared
// once. A page goes on by the key of its last row; which index serves it is said, so that no plan
// is left to chance. Texts are copied into the reader's memory.
//
// Ownership:     owns its connection and its statements.
// Thread safety: none; one thread.
// Errors:        as Reader.
#ifndef CALLSTORE_BENCH_PEERS_SQLITE_READER_H_
#define CALLSTORE_BENCH_PEERS_SQLITE_READER_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/peers/peer.h"
#include "bench/peers/sqlite.h"

namespace callstore::bench {

class SqliteReader : public Reader {
 public:
  // kept_counts: organizations know how many calls they have.
  SqliteReader(const PeerOptions& options, bool kept_counts);

  bool List(const PeerList& list) override;
  bool Count(std::string_view organization, const PeerFilter& filter) override;
  bool Get(std::string_view organization, std::string_view id) override {
    return GetBy(get_.get(), organization, id);
  }
  bool GetByCallId(std::string_view organization, std::string_view call_id) override {
    return GetBy(get_by_call_id_.get(), organization, call_id);
  }
  bool ExportJson(std::string_view organization) override;
  PeerAnswer answer() const override;
  std::optional<Position> last() const override { return last_; }

 private:
  enum class Start : std::uint8_t { kNewest, kBefore, kAfter };
  enum class Ask : std::uint8_t { kSummaries, kCalls, kCount };

  void Clear();
  // Nothing where there is no such organization.
  std::optional<std::int64_t> NumberOf(std::string_view organization);
  // The statement for a question of this form.
  sqlite3_stmt* StatementFor(const PeerFilter& filter, Start start, Ask ask);
  bool ListRows(std::int64_t organization, const PeerList& list);
  bool CountRows(std::int64_t organization, const PeerFilter& filter,
                 std::optional<std::int64_t> before_ms);
  bool GetBy(sqlite3_stmt* statement, std::string_view organization, std::string_view key);
  void AddRow(std::string_view text);

  const bool kept_counts_;
  SqliteDatabase database_;
  std::map<unsigned, SqliteStatement> statements_;  // by the form of the question
  SqliteStatement begin_, commit_, number_, kept_count_, get_, get_by_call_id_, export_, id_of_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;

  std::vector<std::string> rows_;  // memory is kept from work to work
  std::size_t row_count_ = 0;
  std::size_t bytes_ = 0;
  std::optional<std::int64_t> total_;
  std::optional<Position> last_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_SQLITE_READER_H_
