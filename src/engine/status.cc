#include "engine/status.h"

#include "base/error.h"

namespace callstore::engine {
namespace {

bool Mentions(const rocksdb::Status& status, std::string_view word) {
  return status.getState() != nullptr &&
         std::string_view(status.getState()).find(word) != std::string_view::npos;
}

std::pair<ErrorCode, std::string_view> Meaning(const rocksdb::Status& status) {
  if (status.IsIncomplete() || status.IsBusy() || status.IsTryAgain()) {
    return {ErrorCode::kBusy, "the write would have to wait"};
  }
  if (status.IsNoSpace()) {
    return {ErrorCode::kFull, "the disk is full"};
  }
  if (status.IsCorruption()) return {ErrorCode::kCorrupt, "the store's files are damaged"};
  if (status.IsPathNotFound()) return {ErrorCode::kCorrupt, "a file of the store is missing"};
  if (status.IsNotSupported()) return {ErrorCode::kReadOnly, "the store is open read-only"};
  if (status.IsIOError()) {
    if (Mentions(status, "lock hold by current process") || Mentions(status, "While lock file")) {
      return {ErrorCode::kLocked, "the store is open for writing elsewhere"};
    }
    if (Mentions(status, "Permission denied") || Mentions(status, "Read-only file system")) {
      return {ErrorCode::kReadOnly, "the folder cannot be written"};
    }
    return {ErrorCode::kIoError, "the operating system refused"};
  }
  // What becomes of a file that could not be opened.
  if (status.IsInvalidArgument() &&
      (Mentions(status, "Direct I/O") || Mentions(status, "IO error"))) {
    return {ErrorCode::kIoError, "the operating system refused"};
  }
  if (status.IsInvalidArgument()) {
    return {ErrorCode::kUnsupportedFormat, "the folder is not a store that this version reads"};
  }
  return {ErrorCode::kInternal, "the storage engine failed"};
}

}  // namespace

Error ToError(const rocksdb::Status& status) {
  const auto [code, message] = Meaning(status);
  return {code, std::string(message), {{"cause", status.ToString()}}};
}

}  // namespace callstore::engine
