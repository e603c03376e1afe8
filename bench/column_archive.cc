#include "bench/column_archive.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "bench/archive.h"
#include "bench/raw_database.h"
#include "bench/settings.h"
#include "bench/workload.h"
#include "store/organizations.h"

namespace callstore::bench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// What the kept files were made of.
std::string MarkerOf(const ColumnCalls& calls) {
  return "callstore_bench columns, version " + std::to_string(ColumnCalls::kVersion) + ", calls " +
         std::to_string(calls.size()) + ", seed " + std::to_string(calls.seed()) + '\n';
}

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::int64_t FolderBytes(const fs::path& path) {
  std::int64_t bytes = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(path)) {
    bytes += static_cast<std::int64_t>(file.file_size());
  }
  return bytes;
}

void FillStore(const fs::path& path, const ColumnCalls& calls) {
  constexpr std::int64_t kPerBatch = 2'000;
  const Clock::time_point start = Clock::now();
  Store store = Must(Store::Open(OptionsFor(path)), "make the archive");
  std::vector<Call> batch;
  for (std::int64_t i = 0; i < calls.size(); i += kPerBatch) {
    batch.clear();
    for (std::int64_t k = i; k < std::min(i + kPerBatch, calls.size()); ++k) {
      batch.push_back(calls.MakeCall(k));
    }
    Must(store.PutBatch(batch), "fill the archive");
  }
  Must(store.Close(), "close the archive");
  const double put_seconds = SecondsSince(start);
  RawDatabase(OptionsFor(path)).Compact();
  std::fprintf(stderr,
               "callstore_bench: %lld calls put in %.1f s (%.0f calls/s, %lld a batch, making them "
               "included), compacted in %.1f s more\n",
               static_cast<long long>(calls.size()), put_seconds,
               static_cast<double>(calls.size()) / put_seconds, static_cast<long long>(kPerBatch),
               SecondsSince(start) - put_seconds);
}

}  // namespace

std::unique_ptr<ColumnArchive>& ColumnArchive::Slot() {
  // Never destroyed by itself: after a fault the program ends without closing.
  static auto& slot = *new std::unique_ptr<ColumnArchive>;
  return slot;
}

ColumnArchive& ColumnArchive::Get() {
  if (Slot() == nullptr) Slot().reset(new ColumnArchive);
  return *Slot();
}

void ColumnArchive::Close() { Slot().reset(); }

ColumnArchive::ColumnArchive()
    : calls_(GetSettings().columns_calls, GetSettings().seed),
      folder_(GetSettings().columns_folder.empty() ? ScratchPath("columns")
                                                   : GetSettings().columns_folder),
      store_path_(folder_ / "columns_bench.store"),
      copies_path_(folder_ / "columns_bench.copies"),
      sqlite_path_(folder_ / "columns_bench.sqlite") {
  const fs::path marker = folder_ / "columns_bench.made_of";
  std::error_code error;
  fs::create_directories(folder_, error);
  if (ReadText(marker) != MarkerOf(calls_)) {
    fs::remove(marker, error);
    Build();
    std::ofstream(marker) << MarkerOf(calls_);
  }
  const std::size_t cache_bytes = GetSettings().cache_mb << 20;
  store_ = std::make_unique<Store>(Must(Store::Open(OptionsFor(store_path_)), "open the archive"));
  bare_ = Must(engine::Database::Open(OptionsFor(store_path_, OpenMode::kReadOnly)),
               "open the archive's tables");
  store::Organizations organizations;
  Must(organizations.Load(*bare_), "read the organizations");
  number_ = organizations.Find(kOrganization).value();
  sqlite_ = std::make_unique<SqliteColumns>(sqlite_path_, cache_bytes);
  arrays_ = std::make_unique<ArrayColumns>(calls_);
  char data[160];
  std::snprintf(data, sizeof data, "%lld calls, store %lld MB, SQLite %lld MB, cache %zu MB each",
                static_cast<long long>(calls_.size()),
                static_cast<long long>(FolderBytes(store_path_) >> 20),
                static_cast<long long>(fs::file_size(sqlite_path_) >> 20), GetSettings().cache_mb);
  data_ = data;
}

ColumnArchive::~ColumnArchive() {
  std::error_code ignored;
  fs::remove_all(copies_path_, ignored);
}

// Removes what an earlier run left, by names that nothing else has.
void ColumnArchive::Build() const {
  std::error_code ignored;
  fs::remove_all(store_path_, ignored);
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(sqlite_path_ + end, ignored);
  FillStore(store_path_, calls_);
  const Clock::time_point start = Clock::now();
  SqliteColumns::Build(sqlite_path_, calls_);
  std::fprintf(stderr, "callstore_bench: SQLite filled and indexed in %.1f s\n",
               SecondsSince(start));
}

std::string ColumnArchive::Copy(const std::string& name) {
  const fs::path to = copies_path_ / name;
  fs::remove_all(to);
  fs::create_directories(to);
  for (const fs::directory_entry& file : fs::directory_iterator(store_path_)) {
    const fs::path target = to / file.path().filename();
    if (file.path().filename() == "LOCK") continue;
    if (file.path().extension() == ".sst") {
      fs::create_hard_link(file.path(), target);
    } else {
      fs::copy(file.path(), target);
    }
  }
  return to;
}

}  // namespace callstore::bench
