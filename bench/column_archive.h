// column_archive.h - one organization's generated calls in callstore, in SQLite and in plain
// arrays. Store and SQLite file are made at the first use, which takes minutes for ten million
// calls; with Settings::columns_folder they are kept, and used again while size and seed stay the
// same. Both sides get a cache of the same size.
//
// Ownership:     a ColumnArchive owns all three sides.
// Thread safety: none; one thread.
// Errors:        a fixture that cannot be made ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_COLUMN_ARCHIVE_H_
#define CALLSTORE_BENCH_COLUMN_ARCHIVE_H_

#include <filesystem>
#include <memory>
#include <string>

#include "bench/array_columns.h"
#include "bench/column_calls.h"
#include "bench/peers/sqlite_columns.h"
#include "callstore/store.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::bench {

class ColumnArchive {
 public:
  // Made at its first use.
  static ColumnArchive& Get();
  // Closes it, if it was made; before main returns, since RocksDB's own statics go after that.
  static void Close();
  ~ColumnArchive();

  const ColumnCalls& calls() const { return calls_; }
  const Store& store() const { return *store_; }
  const engine::Database& bare() const { return *bare_; }
  const SqliteColumns& sqlite() const { return *sqlite_; }
  const ArrayColumns& arrays() const { return *arrays_; }
  keys::OrganizationNumber number() const { return number_; }
  std::string sqlite_path() const { return sqlite_path_; }
  // "1000000 calls, store 297 MB, SQLite 640 MB, cache 2048 MB each"
  const std::string& data() const { return data_; }

  // A store with the same content in a folder of its own; tables are shared by hard links. It goes
  // with the archive.
  std::string Copy(const std::string& name);

 private:
  ColumnArchive();
  static std::unique_ptr<ColumnArchive>& Slot();
  void Build() const;

  ColumnCalls calls_;
  std::filesystem::path folder_;
  std::filesystem::path store_path_;
  std::filesystem::path copies_path_;
  std::string sqlite_path_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<engine::Database> bare_;
  std::unique_ptr<SqliteColumns> sqlite_;
  std::unique_ptr<ArrayColumns> arrays_;
  keys::OrganizationNumber number_ = 0;
  std::string data_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COLUMN_ARCHIVE_H_
