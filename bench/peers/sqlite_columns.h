// sqlite_columns.h - the same calls in SQLite: one table, and for each query an index that covers
// it. The file is in WAL mode, ANALYZE has run, statements are prepared once, and each query names
// the index that suits it best, so that no plan is left to chance. A page walks the index alone for
// its rows and reads those from the table by rowid.
//
// Ownership:     SqliteColumns owns the connection; queries must be gone before it.
// Thread safety: none; one thread.
// Errors:        a statement that fails while the file is made or opened ends the program with a
//                line on stderr; Run says false.
#ifndef CALLSTORE_BENCH_PEERS_SQLITE_COLUMNS_H_
#define CALLSTORE_BENCH_PEERS_SQLITE_COLUMNS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/column_calls.h"
#include "bench/column_queries.h"
#include "bench/peers/sqlite.h"

namespace callstore::bench {

class SqliteColumns {
 public:
  // Makes the file: rows in the order of time, then the indexes, then ANALYZE. Takes minutes for
  // ten million calls.
  static void Build(const std::string& path, const ColumnCalls& calls);

  SqliteColumns(const std::string& path, std::size_t cache_bytes);

  SqliteStatement Prepare(const std::string& sql) const;

 private:
  friend class SqliteQuery;
  void Execute(const std::string& sql) const;
  SqliteDatabase database_;
};

// One query, ready to run any number of times.
class SqliteQuery {
 public:
  SqliteQuery(const SqliteColumns& database, const ColumnQuery& query);

  // Reads every field of every row of the answer into memory of its own. False where SQLite fails.
  bool Run();
  // What the last run found.
  ColumnAnswer answer() const;

 private:
  static constexpr std::size_t kTexts = 11;
  static constexpr std::size_t kNumbers = 7;
  struct Row {
    std::array<std::string, kTexts> texts;
    std::array<double, kNumbers> numbers;
  };
  bool RunCount();
  bool RunPage();
  bool RunAggregate();

  ColumnTask task_;
  SqliteStatement count_;
  SqliteStatement rows_;
  std::int64_t total_ = 0;
  std::size_t row_count_ = 0;
  std::vector<Row> found_;  // memory is kept from run to run
  std::vector<AgentFigures> agents_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_SQLITE_COLUMNS_H_
