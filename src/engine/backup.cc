#include "engine/backup.h"

#include <rocksdb/env.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "engine/status.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoteMark = "callstore-backup-1";
constexpr std::string_view kTables = "/shared_checksum";  // of a folder of backups
// Left on a disk that is written to: a store may lie there too, and must not find it full.
constexpr std::uint64_t kSpareBytes = std::uint64_t{64} << 20;

std::string NumberText(std::uint64_t number) { return std::to_string(number); }

// The text up to the next line feed, which is taken away.
std::string_view TakeLine(std::string_view* text) {
  const std::size_t end = std::min(text->find('\n'), text->size());
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return line;
}

template <typename Number>
bool ParseNumber(std::string_view text, Number* number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *number);
  return error == std::errc() && stop == end;
}

// Makes the folder, readable by the owner alone, and its parents.
Result<void> MakeFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(fs::absolute(folder, error).parent_path(), error);
  if (!error && ::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    error.assign(errno, std::generic_category());
  }
  if (!error && !fs::is_directory(folder, error)) error.assign(ENOTDIR, std::generic_category());
  if (!error) return {};
  return tl::unexpected<Error>(
      FileError(error.value(), "the folder of the backups cannot be made", folder));
}

rocksdb::BackupEngineOptions OptionsFor(const std::string& folder) {
  rocksdb::BackupEngineOptions options(folder);
  options.sync = true;
  options.share_table_files = true;
  options.share_files_with_checksum = true;  // by session, so that two restored lines may share
  return options;
}

// The file of `folder` that a message names; empty where it names none.
std::string FileNamedIn(std::string_view message, std::string_view folder) {
  const std::size_t begin = message.find(folder);
  if (begin == std::string_view::npos) return {};
  std::string_view rest = message.substr(begin + folder.size());
  while (rest.starts_with('/')) rest.remove_prefix(1);
  const std::size_t end =
      rest.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./");
  return std::string(rest.substr(0, end));
}

// "000012" and "3456" of "000012_sABC_3456.sst", joined: which table a shared file is. Two tables
// of one store that agree in both are one and the same, or close enough to guess the room they
// take.
std::string TableKey(std::string_view shared_name) {
  const std::string_view stem = shared_name.substr(0, shared_name.rfind('.'));
  const std::size_t first = stem.find('_');
  const std::size_t last = stem.rfind('_');
  if (last == std::string_view::npos) return {};
  return std::string(stem.substr(0, first)) + ' ' + std::string(stem.substr(last + 1));
}

std::string TableKey(std::string_view name, std::uint64_t size) {
  return std::string(name.substr(0, name.rfind('.'))) + ' ' + NumberText(size);
}

}  // namespace

Result<void> CheckRoom(const std::string& folder, std::uint64_t bytes) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || (space.available >= kSpareBytes && space.available - kSpareBytes >= bytes))
    return {};
  return Fail(ErrorCode::kFull, "there is too little room on the disk",
              {{"path", folder},
               {"needed_bytes", NumberText(bytes + kSpareBytes)},
               {"free_bytes", NumberText(space.available)}});
}

std::string EncodeNote(const BackupNote& note) {
  std::string text = std::string(kNoteMark) + '\n' + note.store_id + '\n' + note.format + '\n' +
                     std::to_string(note.created_at) + '\n' + std::to_string(note.calls) + '\n' +
                     NumberText(note.sequence) + '\n';
  return text + NumberText(Hash64(text)) + '\n';
}

std::optional<BackupNote> DecodeNote(std::string_view text) {
  const std::string_view whole = text;
  BackupNote note;
  if (TakeLine(&text) != kNoteMark) return std::nullopt;
  note.store_id = TakeLine(&text);
  note.format = TakeLine(&text);
  if (!ParseNumber(TakeLine(&text), &note.created_at)) return std::nullopt;
  if (!ParseNumber(TakeLine(&text), &note.calls)) return std::nullopt;
  if (!ParseNumber(TakeLine(&text), &note.sequence)) return std::nullopt;
  const std::string_view hashed = whole.substr(0, whole.size() - text.size());
  std::uint64_t hash = 0;
  if (!ParseNumber(TakeLine(&text), &hash) || hash != Hash64(hashed)) return std::nullopt;
  return note;
}

Result<BackupFolder> BackupFolder::OpenForReading(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder + "/meta", error)) {
    return Fail(ErrorCode::kNotFound, "there are no backups in the folder", {{"path", folder}});
  }
  CALLSTORE_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::ForReading(folder));
  BackupFolder opened(folder, std::move(lock));
  rocksdb::BackupEngineReadOnly* engine = nullptr;
  const rocksdb::Status status =
      rocksdb::BackupEngineReadOnly::Open(OptionsFor(folder), rocksdb::Env::Default(), &engine);
  if (!status.ok()) return tl::unexpected<Error>(opened.ErrorOf(status));
  opened.engine_.reset(engine);
  return opened;
}

Result<BackupFolder> BackupFolder::OpenForWriting(const std::string& folder, const Database& store,
                                                  std::int64_t bytes_per_second) {
  CALLSTORE_RETURN_IF_ERROR(MakeFolder(folder));
  CALLSTORE_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::ForWriting(folder));
  BackupFolder opened(folder, std::move(lock));
  rocksdb::BackupEngineOptions options = OptionsFor(folder);
  options.backup_rate_limit = static_cast<std::uint64_t>(bytes_per_second);
  rocksdb::BackupEngine* engine = nullptr;
  const rocksdb::Status status =
      rocksdb::BackupEngine::Open(options, store.rocks()->GetEnv(), &engine);
  if (!status.ok()) return tl::unexpected<Error>(opened.ErrorOf(status));
  opened.engine_.reset(engine);
  opened.writer_ = engine;
  return opened;
}

// RocksDB tells a file that is missing or short from one that cannot be read by its message alone.
Error BackupFolder::ErrorOf(const rocksdb::Status& status) const {
  const std::string cause = status.ToString();
  const bool missing = status.IsNotFound() || status.IsPathNotFound() ||
                       cause.find("No such file") != std::string::npos;
  Error error = ToError(status);
  if (missing || status.IsCorruption()) {
    error = {ErrorCode::kCorrupt, "a file of the backup is damaged or missing", {{"cause", cause}}};
  }
  error.details.emplace_back("path", folder_);
  const std::string file = FileNamedIn(cause, folder_);
  if (!file.empty()) error.details.emplace_back("file", file);
  return error;
}

// Shared tables have their size in their name.
std::string BackupFolder::WrongSize(const rocksdb::BackupInfo& backup) const {
  for (const rocksdb::BackupFileInfo& file : backup.file_details) {
    const std::string_view name = file.relative_filename;
    const std::size_t begin = name.rfind('_');
    const std::size_t end = name.rfind('.');
    std::uint64_t size = 0;
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) continue;
    if (!ParseNumber(name.substr(begin + 1, end - begin - 1), &size) || size == file.size) continue;
    return "a file has another size than it had: " + folder_ + '/' + file.relative_filename;
  }
  return {};
}

BackupInfo BackupFolder::InfoOf(const rocksdb::BackupInfo& backup) const {
  BackupInfo info{.number = backup.backup_id};
  info.created_at = backup.timestamp * 1000;
  info.size_bytes = static_cast<std::int64_t>(backup.size);
  info.file_count = backup.number_files;
  const std::optional<BackupNote> note = DecodeNote(backup.app_metadata);
  if (!note) {
    info.damage = "its description is damaged, or is not of a backup of calls";
    return info;
  }
  info.created_at = note->created_at;
  info.store_id = note->store_id;
  info.calls = note->calls;
  info.damage = WrongSize(backup);
  return info;
}

std::vector<BackupInfo> BackupFolder::List() const {
  std::vector<rocksdb::BackupInfo> backups;
  engine_->GetBackupInfo(&backups, true);
  std::vector<BackupInfo> list;
  for (const rocksdb::BackupInfo& backup : backups) list.push_back(InfoOf(backup));
  std::vector<rocksdb::BackupID> damaged;
  engine_->GetCorruptedBackups(&damaged);
  for (const rocksdb::BackupID number : damaged) {
    rocksdb::BackupInfo backup;
    const rocksdb::Status status = engine_->GetBackupInfo(number, &backup);
    list.push_back({.number = number, .damage = status.ToString()});
  }
  std::ranges::sort(list, {}, &BackupInfo::number);
  return list;
}

// The newest is looked for here: RocksDB 7.8 takes a damaged or removed one for the latest.
Result<BackupInfo> BackupFolder::Find(std::uint32_t number) const {
  const std::vector<BackupInfo> list = List();
  const auto found = number == 0 && !list.empty()
                         ? std::prev(list.end())
                         : std::ranges::find(list, number, &BackupInfo::number);
  if (found == list.end()) {
    return Fail(ErrorCode::kNotFound, "there is no such backup in the folder",
                {{"path", folder_}, {"number", NumberText(number)}});
  }
  if (found->damage.empty()) return *found;
  Error error{ErrorCode::kCorrupt,
              "the backup is damaged",
              {{"path", folder_}, {"number", NumberText(found->number)}, {"cause", found->damage}}};
  const std::string file = FileNamedIn(found->damage, folder_);
  if (!file.empty()) error.details.emplace_back("file", file);
  return tl::unexpected<Error>(std::move(error));
}

Result<BackupNote> BackupFolder::NoteOf(std::uint32_t number) const {
  CALLSTORE_RETURN_IF_ERROR(Find(number));
  rocksdb::BackupInfo backup;
  CALLSTORE_RETURN_IF_ERROR(ToResult(engine_->GetBackupInfo(number, &backup)));
  std::optional<BackupNote> note = DecodeNote(backup.app_metadata);
  if (note) return *std::move(note);
  return Fail(ErrorCode::kCorrupt, "the backup is damaged",
              {{"path", folder_}, {"number", NumberText(number)}});
}

Result<void> BackupFolder::Verify(std::uint32_t number) const {
  const rocksdb::Status status = engine_->VerifyBackup(number, true);
  if (status.ok()) return {};
  Error error = ErrorOf(status);
  error.details.emplace_back("number", NumberText(number));
  return tl::unexpected<Error>(std::move(error));
}

Result<void> BackupFolder::Restore(std::uint32_t number, const std::string& target) const {
  const rocksdb::Status status =
      engine_->RestoreDBFromBackup(rocksdb::RestoreOptions(), number, target, target);
  if (status.ok()) return {};
  // Which file has other bytes it does not say.
  if (status.IsCorruption()) CALLSTORE_RETURN_IF_ERROR(Verify(number));
  Error error = ErrorOf(status);
  error.details.emplace_back("number", NumberText(number));
  return tl::unexpected<Error>(std::move(error));
}

std::uint64_t BackupFolder::BytesToCopy(const Database& database, const std::string& source) const {
  std::set<std::string> there;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(folder_ + std::string(kTables), error)) {
    there.insert(TableKey(file.path().filename().string()));
  }
  std::uint64_t bytes = 0;
  std::vector<rocksdb::LiveFileMetaData> tables;
  database.rocks()->GetLiveFilesMetaData(&tables);
  for (const rocksdb::LiveFileMetaData& table : tables) {
    const std::string name = table.name.substr(table.name.find_first_not_of('/'));
    if (!there.contains(TableKey(name, table.size))) bytes += table.size;
  }
  for (const auto& file : fs::directory_iterator(source, error)) {
    if (file.path().extension() == ".sst") continue;
    const std::uintmax_t size = file.file_size(error);
    if (!error) bytes += size;
  }
  return bytes;
}

Result<std::uint32_t> BackupFolder::Add(const Database& database, const std::string& source,
                                        const BackupNote& note) {
  CALLSTORE_RETURN_IF_ERROR(CheckRoom(folder_, BytesToCopy(database, source)));
  rocksdb::BackupID number = 0;
  const rocksdb::Status status = writer_->CreateNewBackupWithMetadata(
      rocksdb::CreateBackupOptions(), database.rocks(), EncodeNote(note), &number);
  if (!status.ok()) return tl::unexpected<Error>(ErrorOf(status));
  return number;
}

Result<void> BackupFolder::Remove(const std::vector<std::uint32_t>& numbers) {
  for (const std::uint32_t number : numbers) {
    const rocksdb::Status status = writer_->DeleteBackup(number);
    if (!status.ok()) return tl::unexpected<Error>(ErrorOf(status));
  }
  return {};
}

Result<void> BackupFolder::RemoveDamaged() {
  std::vector<std::uint32_t> damaged;
  for (const BackupInfo& backup : List()) {
    if (!backup.damage.empty()) damaged.push_back(backup.number);
  }
  return Remove(damaged);
}

Result<void> BackupFolder::KeepNewest(std::size_t count) {
  std::vector<std::uint32_t> whole;
  for (const BackupInfo& backup : List()) {
    if (backup.damage.empty()) whole.push_back(backup.number);
  }
  if (whole.size() <= count || !lock_.KeepReadersAway()) return {};
  whole.resize(whole.size() - count);
  return Remove(whole);
}

}  // namespace callstore::engine
