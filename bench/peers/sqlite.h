// sqlite.h - what all users of SQLite here share: owning handles, opening, preparing, reading
// texts.
//
// Ownership:     the handles own what they point to; statements must be gone before, or with, their
//                connection.
// Thread safety: none; one thread at a time for each connection.
// Errors:        what cannot be opened, run or prepared ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_PEERS_SQLITE_H_
#define CALLSTORE_BENCH_PEERS_SQLITE_H_

#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace callstore::bench {

struct SqliteCloser {
  void operator()(sqlite3* database) const;
  void operator()(sqlite3_stmt* statement) const;
};
using SqliteDatabase = std::unique_ptr<sqlite3, SqliteCloser>;
using SqliteStatement = std::unique_ptr<sqlite3_stmt, SqliteCloser>;

[[noreturn]] void FatalSqlite(sqlite3* database, const std::string& what);

// `flags` as of sqlite3_open_v2.
SqliteDatabase OpenSqliteFile(const std::string& path, int flags);
// One or more statements without answers.
void ExecuteSql(sqlite3* database, const std::string& sql);
SqliteStatement PrepareSql(sqlite3* database, const std::string& sql);

// Binds text that lives until the statement has run.
void BindText(sqlite3_stmt* statement, int parameter, std::string_view text);

// A column of the row that a statement is at; lives until its next step.
std::string_view TextOf(sqlite3_stmt* statement, int column);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_SQLITE_H_
