#include "engine/log_walk.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/error.h"
#include "engine/append_file.h"
#include "engine/folder.h"
#include "engine/work_folder.h"

namespace callstore::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 32768;
constexpr std::size_t kHeaderBytes = 7;
constexpr std::size_t kBatchHeadBytes = 12;
enum RecordType : char { kZero = 0, kWhole = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

// Steps over the batches of one log.
class LogWalk {
 public:
  explicit LogWalk(const std::string& path) : file_(path, std::ios::binary) {}

  // Whether all of the file could be read.
  bool ok() const { return file_.is_open() && !file_.bad(); }

  struct BatchHead {
    std::uint64_t at = 0;  // where its first record begins
    std::uint64_t sequence = 0;
    std::uint32_t rows = 0;
  };
  // The next whole batch; false at the end, and where the rest is no log.
  bool Next(BatchHead* batch) {
    std::string head;
    while (const auto record = NextRecord()) {
      const bool begins = record->type == kWhole || record->type == kFirst;
      if (begins) {
        head.clear();
        batch->at = record->at;
        open_ = true;
      }
      if (!open_) continue;
      head.append(record->data.substr(0, kBatchHeadBytes - std::min(head.size(), kBatchHeadBytes)));
      if (record->type != kWhole && record->type != kLast) continue;
      open_ = false;
      if (head.size() < kBatchHeadBytes) continue;
      batch->sequence = LoadLittle<std::uint64_t>(head.data());
      batch->rows = LoadLittle<std::uint32_t>(head.data() + 8);
      return true;
    }
    return false;
  }

  // Steps over one whole record; where it ends, nothing where there is no more.
  std::optional<std::uint64_t> NextEnd() {
    while (const auto record = NextRecord()) {
      if (record->type == kWhole || record->type == kLast) {
        return record->at + kHeaderBytes + record->data.size();
      }
    }
    return std::nullopt;
  }

 private:
  struct Record {
    std::uint64_t at;
    char type;
    std::string_view data;
  };

  std::optional<Record> NextRecord() {
    for (;;) {
      if (block_.size() - at_ < kHeaderBytes) {
        if (!ReadBlock()) return std::nullopt;
        continue;
      }
      const char* const header = block_.data() + at_;
      const std::size_t length = LoadLittle<std::uint16_t>(header + 4);
      const char type = header[6];
      if (type == kZero && length == 0) {
        at_ = block_.size();  // padding, or room that was set aside
        continue;
      }
      if (type < kWhole || type > kLast || kHeaderBytes + length > block_.size() - at_) {
        return std::nullopt;
      }
      const Record record{block_at_ + at_, type, {header + kHeaderBytes, length}};
      at_ += kHeaderBytes + length;
      return record;
    }
  }
  bool ReadBlock() {
    block_at_ += block_.size();
    block_.resize(kBlockBytes);
    file_.read(block_.data(), static_cast<std::streamsize>(kBlockBytes));
    block_.resize(static_cast<std::size_t>(file_.gcount()));
    at_ = 0;
    return !block_.empty();
  }

  std::ifstream file_;
  std::string block_;
  std::uint64_t block_at_ = 0;
  std::size_t at_ = 0;
  bool open_ = false;  // a batch has begun whose end was not met yet
};

// A file that ends early.
class ShortFile : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  ShortFile(std::unique_ptr<rocksdb::FSSequentialFile>&& file, std::uint64_t left)
      : rocksdb::FSSequentialFileOwnerWrapper(std::move(file)), left_(left) {}

  rocksdb::IOStatus Read(std::size_t size, const rocksdb::IOOptions& options,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* context) override {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    rocksdb::IOStatus status =
        FSSequentialFileWrapper::Read(most, options, result, scratch, context);
    left_ -= result->size();
    return status;
  }
  rocksdb::IOStatus Skip(std::uint64_t size) override {
    const std::uint64_t most = std::min(size, left_);
    left_ -= most;
    return FSSequentialFileWrapper::Skip(most);
  }

 private:
  std::uint64_t left_;
};

class CutFileSystem : public rocksdb::FileSystemWrapper {
 public:
  CutFileSystem(const std::shared_ptr<rocksdb::FileSystem>& files, LogGap gap)
      : rocksdb::FileSystemWrapper(files), gap_(std::move(gap)) {}
  const char* Name() const override { return "callstore.logs_until"; }

  rocksdb::IOStatus GetChildren(const std::string& folder, const rocksdb::IOOptions& options,
                                std::vector<std::string>* names,
                                rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status =
        rocksdb::FileSystemWrapper::GetChildren(folder, options, names, context);
    std::erase_if(*names, [&](const std::string& name) { return gap_.later.contains(name); });
    return status;
  }
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* context) override {
    rocksdb::IOStatus status =
        rocksdb::FileSystemWrapper::NewSequentialFile(path, options, file, context);
    if (status.ok() && !gap_.log.empty() && path.ends_with("/" + gap_.log)) {
      *file = std::make_unique<ShortFile>(std::move(*file), gap_.keep_bytes);
    }
    return status;
  }

 private:
  const LogGap gap_;
};

}  // namespace

Result<std::optional<LogGap>> FindLogGap(const std::string& folder, std::uint64_t least_log,
                                         const std::optional<StoreState>& state) {
  std::map<std::uint64_t, std::string> logs;
  for (const std::string& log : LogsIn(folder)) logs.emplace(LogNumber(log), log);
  LogGap gap;
  const auto behind = [&](auto from) {
    for (; from != logs.end(); ++from) gap.later.insert(from->second);
    return std::optional(gap);
  };
  std::optional<std::uint64_t> expected;
  // What was known holds for as long as the tables need that log.
  if (state && state->least_log > 0 && state->least_log >= least_log) expected = state->first_row;
  for (auto log = logs.lower_bound(least_log); log != logs.end(); ++log) {
    LogWalk walk(folder + "/" + log->second);
    for (LogWalk::BatchHead batch; walk.Next(&batch);) {
      if (expected && batch.sequence > *expected) {
        gap.log = log->second;
        gap.keep_bytes = batch.at;
        return behind(std::next(log));
      }
      expected = std::max(expected.value_or(0), batch.sequence + batch.rows);
    }
    // One that a writer removed meanwhile is not needed any more.
    const std::string path = folder + "/" + log->second;
    std::error_code error;
    if (!walk.ok() && fs::exists(path, error)) {
      return tl::unexpected<Error>(FileError(EIO, "the log cannot be read", path));
    }
  }
  return std::optional<LogGap>();
}

std::vector<std::uint64_t> RecordEnds(const std::string& path, std::uint64_t from) {
  std::vector<std::uint64_t> ends;
  LogWalk walk(path);
  while (const auto end = walk.NextEnd()) {
    if (*end >= from) ends.push_back(*end);
  }
  return ends;
}

std::optional<std::uint64_t> FirstRowIn(const std::string& path) {
  LogWalk walk(path);
  LogWalk::BatchHead batch;
  if (!walk.Next(&batch)) return std::nullopt;
  return batch.sequence;
}

namespace {

std::string FreeLostName(const std::string& path) {
  std::error_code error;
  std::string name = path + ".lost";
  for (int i = 1; fs::exists(name, error); ++i) name = path + "." + std::to_string(i) + ".lost";
  return name;
}

}  // namespace

Result<void> CutLogs(const std::string& folder, const LogGap& gap) {
  std::error_code error;
  const auto refused = [&](const std::string& log) {
    return tl::unexpected<Error>(
        FileError(error.value(), "the log cannot be cut", folder + "/" + log));
  };
  for (const std::string& log : gap.later) {
    const std::string path = (fs::path(folder) / log).string();
    fs::rename(path, FreeLostName(path), error);
    if (error) return refused(log);
  }
  if (!gap.log.empty()) {
    const std::string path = folder + "/" + gap.log;
    CALLSTORE_ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(path));
    CALLSTORE_RETURN_IF_ERROR(ReplaceWholeFile(FreeLostName(path), bytes));
    fs::resize_file(path, gap.keep_bytes, error);
    if (error) return refused(gap.log);
  }
  return SyncFolder(folder);
}

std::shared_ptr<rocksdb::FileSystem> LogsUntil(const std::shared_ptr<rocksdb::FileSystem>& files,
                                               const LogGap& gap) {
  return std::make_shared<CutFileSystem>(files, gap);
}

std::shared_ptr<rocksdb::FileSystem> WithoutLogs(const std::shared_ptr<rocksdb::FileSystem>& files,
                                                 const std::string& folder) {
  return LogsUntil(files, {.log = {}, .keep_bytes = 0, .later = LogsIn(folder)});
}

}  // namespace callstore::engine
