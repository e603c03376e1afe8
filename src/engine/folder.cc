#include "engine/folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifestPrefix = "MANIFEST-";

// Makes the folder, readable by the owner alone, and its parents, durably.
Result<void> MakeFolder(const std::string& path) {
  std::error_code error;
  const fs::path parent = fs::absolute(path, error).parent_path();
  std::vector<std::string> grown = {parent.string()};
  while (!fs::exists(grown.back(), error)) {
    grown.push_back(fs::path(grown.back()).parent_path().string());
  }
  fs::create_directories(parent, error);
  if (!error && ::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    error.assign(errno, std::generic_category());
  }
  if (error) {
    const bool denied =
        error == std::errc::permission_denied || error == std::errc::read_only_file_system;
    return Fail(denied ? ErrorCode::kReadOnly : ErrorCode::kIoError, "the folder cannot be made",
                {{"path", path}, {"cause", error.message()}});
  }
  for (const std::string& folder : grown) {
    // One that may be written but not read cannot be synced.
    const Result<void> synced = SyncFolder(folder);
    if (!synced && synced.error().code != ErrorCode::kReadOnly) return synced;
  }
  return {};
}

bool Has(const std::string& folder, std::string_view name) {
  std::error_code error;
  return fs::exists(fs::path(folder) / name, error);
}

}  // namespace

std::optional<Manifest> ManifestOf(const std::string& folder) {
  std::string name;
  std::ifstream current(fs::path(folder) / "CURRENT");
  if (!std::getline(current, name) || !name.starts_with(kManifestPrefix)) return std::nullopt;
  Manifest manifest;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + kManifestPrefix.size(), end, manifest.number);
  struct stat of_file {};
  if (read.ec != std::errc() || read.ptr != end ||
      ::stat((fs::path(folder) / name).c_str(), &of_file) != 0) {
    return std::nullopt;
  }
  manifest.bytes = static_cast<std::uint64_t>(of_file.st_size);
  manifest.file = of_file.st_ino;
  return manifest;
}

// RocksDB writes at least six digits.
std::string ManifestName(std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::string(kManifestPrefix) + digits;
}

std::set<std::string> LogsIn(const std::string& folder) {
  std::set<std::string> logs;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().extension() == ".log") logs.insert(file.path().filename());
  }
  return logs;
}

std::uint64_t LogNumber(const std::string& name) {
  std::uint64_t number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

std::vector<std::string> LogsFrom(const std::string& folder, std::uint64_t least) {
  std::vector<std::string> logs;
  for (const std::string& log : LogsIn(folder)) {
    if (LogNumber(log) >= least) logs.push_back(log);
  }
  std::ranges::sort(logs, {}, LogNumber);
  return logs;
}

Result<bool> CheckFolder(const StoreOptions& options) {
  if (options.path.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the store needs a folder",
                {{"field", "path"}, {"value", ""}, {"valid", "the path of a folder"}});
  }
  std::error_code error;
  static_cast<void>(fs::status(fs::path(options.path) / "CURRENT", error));
  if (error && error != std::errc::no_such_file_or_directory &&
      error != std::errc::not_a_directory) {
    return tl::unexpected<Error>(
        FileError(error.value(), "the folder cannot be read", options.path));
  }
  // One of these alone is left of a store whose other file is gone, or was never made.
  if (Has(options.path, "CURRENT") || Has(options.path, "callstore.state")) return true;
  if (fs::exists(options.path, error) && !fs::is_directory(options.path, error)) {
    return Fail(ErrorCode::kInvalidArgument, "the path is not a folder",
                {{"field", "path"}, {"value", options.path}, {"valid", "the path of a folder"}});
  }
  if (options.mode != OpenMode::kReadWrite || !options.create_if_missing) {
    return Fail(ErrorCode::kNotFound, "there is no store in the folder", {{"path", options.path}});
  }
  for (const auto& file : fs::directory_iterator(options.path, error)) {
    // What an opening leaves that ended before it made anything.
    if (file.path().filename().native().starts_with("callstore.")) continue;
    return Fail(ErrorCode::kUnsupportedFormat, "the folder has other files in it and no store",
                {{"path", options.path}});
  }
  CALLSTORE_RETURN_IF_ERROR(MakeFolder(options.path));
  return false;
}

std::string CanonicalPath(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  return error ? path : canonical.string();
}

Result<void> CheckManifest(const StoreState& state, const std::string& folder) {
  if (state.manifest_number == 0) return {};
  const std::optional<Manifest> manifest = ManifestOf(folder);
  if (!manifest) {
    return Fail(ErrorCode::kCorrupt, "the store's manifest is missing", {{"path", folder}});
  }
  // A newer one is that of an open that ended before it could say so.
  if (manifest->number > state.manifest_number) return {};
  if (manifest->number < state.manifest_number || manifest->bytes < state.manifest_bytes) {
    return Fail(ErrorCode::kCorrupt, "the store's manifest is older or shorter than it was",
                {{"path", folder},
                 {"manifest", std::to_string(manifest->number)},
                 {"bytes", std::to_string(manifest->bytes)},
                 {"valid", "manifest " + std::to_string(state.manifest_number) + " of at least " +
                               std::to_string(state.manifest_bytes) + " bytes"}});
  }
  return {};
}

}  // namespace callstore::engine
