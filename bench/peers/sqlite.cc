#include "bench/peers/sqlite.h"

#include <sqlite3.h>

#include <cstddef>

#include "bench/archive.h"

namespace callstore::bench {

void SqliteCloser::operator()(sqlite3* database) const { sqlite3_close_v2(database); }
void SqliteCloser::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void FatalSqlite(sqlite3* database, const std::string& what) {
  Fatal(what, {.code = ErrorCode::kIoError, .message = sqlite3_errmsg(database), .details = {}});
}

SqliteDatabase OpenSqliteFile(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  SqliteDatabase database(opened);
  if (result != SQLITE_OK) FatalSqlite(opened, "open " + path);
  return database;
}

void ExecuteSql(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    FatalSqlite(database, "run in SQLite: " + sql);
  }
}

SqliteStatement PrepareSql(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql.c_str(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    FatalSqlite(database, "prepare in SQLite: " + sql);
  }
  return SqliteStatement(statement);
}

void BindText(sqlite3_stmt* statement, int parameter, std::string_view text) {
  sqlite3_bind_text(statement, parameter, text.data(), static_cast<int>(text.size()),
                    SQLITE_STATIC);
}

std::string_view TextOf(sqlite3_stmt* statement, int column) {
  const unsigned char* text = sqlite3_column_text(statement, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

}  // namespace callstore::bench
