// salvage.h - all that can be read of a damaged folder, which is not written.
// The view is the database as its manifest has it, opened with whatever tables open. Where a table
// of it is damaged, the keys of the damaged part cannot be read there, whichever table has them;
// then the spares help: a second database of the tables that are whole and of the log, made in a
// scratch folder, and what can still be read of the damaged tables. Where the manifest is gone or
// not whole there is no view, and the spares are all.
//
// Ownership:     a Salvage owns its databases; scans and walks must be gone before it. The scratch
//                folder is the caller's to remove, after it.
// Thread safety: none; one thread.
#ifndef CALLSTORE_SRC_ENGINE_SALVAGE_H_
#define CALLSTORE_SRC_ENGINE_SALVAGE_H_

#include <rocksdb/sst_file_reader.h>
#include <rocksdb/utilities/debug.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "callstore/store.h"
#include "engine/database.h"

namespace callstore::engine {

class Salvage {
 public:
  struct Folders {
    std::string damaged;
    std::string scratch;  // not there yet; for the spares
  };
  // `progress(done, total)` is called before each table is read; false ends it: `deadline`.
  // corrupt: there is neither a manifest nor a table nor a log that can be read. Cost: a read of
  // all tables.
  static Result<std::unique_ptr<Salvage>> Open(
      const Folders& folders, const LogSink& log_sink,
      const std::function<bool(std::int64_t done, std::int64_t total)>& progress);

  // Null where the manifest cannot be used.
  const Database* view() const { return view_.get(); }
  // A part of the log could not be read, or its end is gone.
  bool log_is_damaged() const { return log_is_damaged_; }
  // The tables that are damaged or missing, by their names.
  std::vector<std::string> DamagedTables() const;

  // Another place where rows of a family may be.
  struct Spare {
    std::function<std::unique_ptr<Scan>(const keys::Key& lower, const keys::Key& upper)> new_scan;
    // The number of the write that the row at a key is of; 0 where nobody knows.
    std::function<std::uint64_t(std::string_view key)> sequence_of;
  };
  // Valid as long as the Salvage. Cost: at the first call, a copy of the log and a pass over all
  // whole tables.
  Result<std::vector<Spare>> Spares(Family family);
  // What is known of a row, wherever it is.
  struct Fate {
    enum class Kind : std::uint8_t { kThere, kDeleted, kUnknown };
    Kind kind = Kind::kUnknown;
    std::string value = {};  // of one that is there
  };
  Result<Fate> FateOf(Family family, std::string_view key);

  // How many rows the damaged tables of a family have, and the scans of what is left of them.
  struct Remains {
    std::int64_t rows = 0;
    std::vector<Spare> tables;
  };
  Remains RemainsOf(Family family) const;

 private:
  struct Table {
    std::string path;
    std::string family;
    std::int64_t rows = 0;            // as its properties or the manifest say
    std::uint64_t last_sequence = 0;  // as the manifest says
    bool whole = false;
    std::unique_ptr<rocksdb::SstFileReader> reader = {};  // of a damaged one that opens
  };

  Salvage(Folders folders, LogSink log_sink)
      : folders_(std::move(folders)), log_sink_(std::move(log_sink)) {}
  Result<void> OpenView();
  bool TrustsManifest() const;
  void ListTables();
  void CheckTable(Table* table) const;
  Result<void> MakeSpare();
  Result<void> MakeSeeds(const std::string& folder) const;
  std::optional<rocksdb::KeyVersion> NewestInSpare(Family family, std::string_view key) const;
  // Takes the messages of RocksDB: that is where it says what it leaves out of a log.
  LogSink Watch();
  static std::unique_ptr<Scan> NewTableScan(const Table& table, const keys::Key& lower,
                                            const keys::Key& upper);

  const Folders folders_;
  const LogSink log_sink_;
  std::unique_ptr<Database> view_;
  std::vector<Table> tables_;  // those of the manifest; without one, those in the folder
  std::unique_ptr<Database> spare_;
  bool log_is_damaged_ = false;
};

}  // namespace callstore::engine

#endif  // CALLSTORE_SRC_ENGINE_SALVAGE_H_
