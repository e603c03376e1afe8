#include "bench/archive.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "bench/raw_database.h"
#include "bench/settings.h"
#include "store/organizations.h"

namespace callstore::bench {
namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() {
    const std::string& chosen = GetSettings().folder;
    std::error_code error;
    const fs::path parent = chosen.empty() ? fs::temp_directory_path(error) : fs::path(chosen);
    path_ = parent / ("callstore_bench-" + std::to_string(::getpid()));
    if (!error) fs::create_directories(path_, error);
    if (error) {
      Fatal("make the scratch folder",
            {.code = ErrorCode::kIoError, .message = error.message(), .details = {}});
    }
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
  std::fprintf(stderr, "bench: cannot %s: %s", what.c_str(), error.message.c_str());
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

std::unique_ptr<Archive>& Archive::Slot(Size size) {
  // Never destroyed by itself: after a fault the program ends without closing.
  static auto& slots = *new std::array<std::unique_ptr<Archive>, 2>;
  return slots[static_cast<std::size_t>(size)];
}

Archive& Archive::Of(Size size) {
  auto& archive = Slot(size);
  if (archive == nullptr) archive.reset(new Archive(size));
  return *archive;
}

void Archive::CloseAll() {
  for (const Size size : {Size::kSmall, Size::kFull}) Slot(size).reset();
}

Archive::Archive(Size size)
    : workload_(size, GetSettings().seed),
      calls_(size == Size::kSmall ? GetSettings().calls : GetSettings().full_calls),
      folder_(ScratchPath(SizeName(size))) {
  Load();
  RawDatabase(OptionsFor(folder_)).Compact();
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
  char data[120];
  std::snprintf(data, sizeof data,
                "%lld %s calls, records of %.1f kB, %lld MB of tables, cache %zu MB, warm",
                static_cast<long long>(calls_), SizeName(size), RecordBytes() / 1e3,
                static_cast<long long>(bytes >> 20), GetSettings().cache_mb);
  data_ = data;
}

double Archive::RecordBytes() const {
  constexpr std::int64_t kMost = 1'000;
  std::size_t size_bytes = 0;
  for (const engine::Family family : {engine::Family::kCalls, engine::Family::kTranscripts}) {
    const auto scan = bare_->NewFullScan(family);
    scan->SeekToFirst();
    for (std::int64_t i = 0; i < kMost && scan->Valid(); ++i, scan->Next()) {
      size_bytes += scan->value().size();
    }
  }
  return static_cast<double>(size_bytes) / static_cast<double>(std::min(kMost, calls_));
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
