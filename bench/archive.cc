#include "bench/archive.h"

#include <rocksdb/db.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "bench/settings.h"
#include "engine/options.h"
#include "store/organizations.h"

namespace callstore::bench {
namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() {
    const std::string& chosen = GetSettings().folder;
    const fs::path parent = chosen.empty() ? fs::temp_directory_path() : fs::path(chosen);
    path_ = parent / ("callstore_bench-" + std::to_string(::getpid()));
    fs::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

void Fatal(const std::string& what, const Error& error) {
  std::fprintf(stderr, "callstore_bench: cannot %s: %s", what.c_str(), error.message.c_str());
  for (const auto& [key, value] : error.details) {
    std::fprintf(stderr, " (%s: %s)", key.c_str(), value.c_str());
  }
  std::fputc('\n', stderr);
  std::exit(1);
}

std::string ScratchPath(const std::string& name) {
  static const Scratch scratch;
  return scratch.path() / name;
}

StoreOptions OptionsFor(const std::string& path, OpenMode mode) {
  return {.path = path, .mode = mode, .cache_bytes = GetSettings().cache_mb << 20, .now_ms = [] {
            return std::int64_t{1'800'000'000'000};
          }};
}

Archive& Archive::Of(Size size) {
  ScratchPath("");  // made first, so that it goes last
  static std::unique_ptr<Archive> archives[2];
  auto& archive = archives[static_cast<std::size_t>(size)];
  if (archive == nullptr) archive.reset(new Archive(size));
  return *archive;
}

Archive::Archive(Size size)
    : workload_(size, GetSettings().seed),
      calls_(size == Size::kSmall ? GetSettings().calls : GetSettings().full_calls),
      folder_(ScratchPath(SizeName(size))) {
  Load();
  Compact();
  store_ = std::make_unique<Store>(Must(Store::Open(OptionsFor(folder_)), "open the archive"));
  bare_ = Must(engine::Database::Open(OptionsFor(folder_, OpenMode::kReadOnly)),
               "open the archive's tables");
  store::Organizations organizations;
  Must(organizations.Load(*bare_), "read the organizations");
  number_ = organizations.Find(kOrganization).value();
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < engine::kFamilyCount; ++i) {
    bytes += bare_->FamilyStats(static_cast<engine::Family>(i)).size_bytes;
  }
  data_ = std::to_string(calls_) + ' ' + SizeName(size) + " calls, " + std::to_string(bytes >> 20) +
          " MB of tables, cache " + std::to_string(GetSettings().cache_mb) + " MB, warm";
}

void Archive::Load() {
  constexpr std::int64_t kPerBatch = 1'000;
  Store store = Must(Store::Open(OptionsFor(folder_)), "make the archive");
  std::vector<Call> calls;
  for (std::int64_t i = 0; i < calls_; i += kPerBatch) {
    calls.clear();
    for (std::int64_t k = i; k < std::min(i + kPerBatch, calls_); ++k) {
      calls.push_back(workload_.MakeCall(k));
    }
    Must(store.PutBatch(calls), "fill the archive");
  }
  Must(store.Close(), "close the archive");
}

void Archive::Compact() {
  const StoreOptions options = OptionsFor(folder_);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (std::size_t i = 0; i < engine::kFamilyCount; ++i) {
    const auto family = static_cast<engine::Family>(i);
    families.emplace_back(std::string(engine::FamilyName(family)),
                          engine::MakeFamilyOptions(family, options, nullptr));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(engine::MakeDbOptions(options), folder_, families, &handles, &opened);
  const std::unique_ptr<rocksdb::DB> db(opened);
  for (rocksdb::ColumnFamilyHandle* handle : handles) {
    if (status.ok()) status = db->CompactRange({}, handle, nullptr, nullptr);
    db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  }
  if (db != nullptr && status.ok()) status = db->Close();
  if (!status.ok()) {
    Fatal("compact the archive", {.code = ErrorCode::kIoError, .message = status.ToString()});
  }
}

std::string Archive::Copy(const std::string& name) const {
  const fs::path to = ScratchPath(name);
  fs::remove_all(to);
  fs::create_directories(to);
  for (const fs::directory_entry& file : fs::directory_iterator(folder_)) {
    const fs::path target = to / file.path().filename();
    if (file.path().filename() == "LOCK") continue;
    if (file.path().extension() == ".sst") {
      fs::create_hard_link(file.path(), target);
    } else {
      fs::copy(file.path(), target, fs::copy_options::recursive);
    }
  }
  return to;
}

}  // namespace callstore::bench
