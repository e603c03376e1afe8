// archive.h - a loaded store and, beside it, bare RocksDB over the very same files.
// The bare side opens the store's folder read-only with the engine's own settings and a block cache
// of its own, so that both sides read the same tables and neither warms the other's cache. Before
// that the archive is compacted, so that no background work moves files under one of them.
//
// Ownership:     an Archive owns both sides; its folder goes when the program ends.
// Thread safety: none; one thread.
// Errors:        a fixture that cannot be made ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_ARCHIVE_H_
#define CALLSTORE_BENCH_ARCHIVE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "bench/workload.h"
#include "callstore/store.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::bench {

// Ends the program, saying what could not be done.
[[noreturn]] void Fatal(const std::string& what, const Error& error);

// The value of a result that a fixture cannot do without.
template <typename T>
T Must(Result<T> result, const char* what) {
  if (!result) Fatal(what, result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// A path of this name in the scratch folder of this run, which goes when the program ends.
std::string ScratchPath(const std::string& name);

// Options of both sides: the settings' cache, a clock that stands still.
StoreOptions OptionsFor(const std::string& path, OpenMode mode = OpenMode::kReadWrite);

class Archive {
 public:
  // The archive of small or full calls, made at its first use: Settings say how many.
  static Archive& Of(Size size);
  // Closes all archives; before main returns, since RocksDB's own statics go after that.
  static void CloseAll();

  const Workload& workload() const { return workload_; }
  std::int64_t calls() const { return calls_; }
  const Store& store() const { return *store_; }
  const engine::Database& bare() const { return *bare_; }
  keys::OrganizationNumber number() const { return number_; }
  // "100000 small calls, records of 1.0 kB, 57 MB of tables, cache 2048 MB, warm"
  const std::string& data() const { return data_; }

  // A store with the same content in a folder of its own; tables are shared by hard links.
  std::string Copy(const std::string& name) const;

 private:
  explicit Archive(Size size);
  static std::unique_ptr<Archive>& Slot(Size size);
  void Load();
  // What the records of the newest calls take, on average.
  double RecordBytes() const;

  Workload workload_;
  std::int64_t calls_;
  std::string folder_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<engine::Database> bare_;
  keys::OrganizationNumber number_ = 0;
  std::string data_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_ARCHIVE_H_
