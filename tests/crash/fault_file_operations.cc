// The operations of FaultFileSystem: each is counted, may fail, goes through, and is noted.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "crash/fault_file_system.h"
#include "crash/file_bytes.h"

namespace callstore::test {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Lock = std::lock_guard<std::recursive_mutex>;

std::string Normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace

// An error ends the operation.
#define RETURN_IF_BAD(status)                         \
  if (IOStatus returned = (status); !returned.ok()) { \
    return returned;                                  \
  }

class FaultFileSystem::SequentialFile : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  SequentialFile(FaultFileSystem* files, std::unique_ptr<rocksdb::FSSequentialFile> file)
      : FSSequentialFileOwnerWrapper(std::move(file)), files_(files) {}
  IOStatus Read(std::size_t n, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kRead, false));
    return FSSequentialFileOwnerWrapper::Read(n, options, result, scratch, debug);
  }

 private:
  FaultFileSystem* files_;
};

class FaultFileSystem::RandomAccessFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  RandomAccessFile(FaultFileSystem* files, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), files_(files) {}
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kRead, false));
    return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }
  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t size, const IOOptions& options,
                     IODebugContext* debug) override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kRead, false));
    return FSRandomAccessFileOwnerWrapper::MultiRead(requests, size, options, debug);
  }
  IOStatus Prefetch(std::uint64_t, std::size_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::NotSupported();
  }

 private:
  FaultFileSystem* files_;
};

class FaultFileSystem::WritableFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  WritableFile(FaultFileSystem* files, NodePtr node, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), node_(std::move(node)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kAppend));
    std::size_t granted = 0;
    const IOStatus space = files_->TakeSpace(data.size(), &granted);
    RETURN_IF_BAD(FSWritableFileOwnerWrapper::Append(Slice(data.data(), granted), options, debug));
    return space;
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kTruncate));
    RETURN_IF_BAD(FSWritableFileOwnerWrapper::Truncate(size, options, debug));
    node_->synced_bytes = std::min(node_->synced_bytes, size);
    return IOStatus::OK();
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return files_->Sync(node_.get()); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return files_->Sync(node_.get()); }
  // Starts the writing and waits for nothing: no promise.
  IOStatus RangeSync(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  IOStatus Allocate(std::uint64_t, std::uint64_t, const IOOptions&, IODebugContext*) override {
    return IOStatus::OK();
  }
  void PrepareWrite(std::size_t, std::size_t, const IOOptions&, IODebugContext*) override {}
  bool IsSyncThreadSafe() const override { return true; }

 private:
  FaultFileSystem* files_;
  NodePtr node_;
};

class FaultFileSystem::RandomRwFile : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  RandomRwFile(FaultFileSystem* files, NodePtr node, std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : FSRandomRWFileOwnerWrapper(std::move(file)), files_(files), node_(std::move(node)) {}

  IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kAppend));
    return FSRandomRWFileOwnerWrapper::Write(offset, data, options, debug);
  }
  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kRead, false));
    return FSRandomRWFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return files_->Sync(node_.get()); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return files_->Sync(node_.get()); }

 private:
  FaultFileSystem* files_;
  NodePtr node_;
};

class FaultFileSystem::Directory : public rocksdb::FSDirectoryWrapper {
 public:
  Directory(FaultFileSystem* files, std::string path, std::unique_ptr<rocksdb::FSDirectory> folder)
      : FSDirectoryWrapper(std::move(folder)), files_(files), path_(std::move(path)) {}
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return NoteSync(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return NoteSync();
  }

 private:
  IOStatus NoteSync() {
    const Lock lock(files_->mutex_);
    RETURN_IF_BAD(files_->Begin(IoKind::kDirSync));
    files_->NoteDirSync(path_);
    return IOStatus::OK();
  }

  FaultFileSystem* files_;
  std::string path_;
};

// A sync that fails takes its time, and others wait for the same file meanwhile.
IOStatus FaultFileSystem::Sync(Node* node) {
  IOStatus begun;
  {
    const Lock lock(mutex_);
    begun = Begin(IoKind::kSync);
    if (begun.ok()) NoteSync(node);
  }
  if (!begun.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return begun;
}

IOStatus FaultFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                            std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                            IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen, false));
  std::unique_ptr<rocksdb::FSSequentialFile> opened;
  RETURN_IF_BAD(target_->NewSequentialFile(path, options, &opened, debug));
  *file = std::make_unique<SequentialFile>(this, std::move(opened));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                              std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                              IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen, false));
  std::unique_ptr<rocksdb::FSRandomAccessFile> opened;
  RETURN_IF_BAD(target_->NewRandomAccessFile(path, options, &opened, debug));
  *file = std::make_unique<RandomAccessFile>(this, std::move(opened));
  return IOStatus::OK();
}

void FaultFileSystem::NoteCreated(NameChange change) {
  nodes_[change.path] = std::make_shared<Node>(Node{.path = change.path});
  names_.push_back(std::move(change));
}

// A fresh file takes the place of one of that name: as a name that goes and one that comes.
IOStatus FaultFileSystem::Open(const std::string& path, const FileOptions& options, bool fresh,
                               std::unique_ptr<rocksdb::FSWritableFile>* file,
                               IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen));
  const std::string name = Normal(path);
  std::unique_ptr<rocksdb::FSWritableFile> opened;
  const bool was_there = ::access(path.c_str(), F_OK) == 0;
  NameChange change{.kind = NameChange::Kind::kCreate, .path = name};
  if (fresh && was_there && Watches(name)) {
    change.grave = Bury(name, &change.buried);
    ::unlink(path.c_str());
  }
  RETURN_IF_BAD(fresh ? target_->NewWritableFile(name, options, &opened, debug)
                      : target_->ReopenWritableFile(name, options, &opened, debug));
  if (!Watches(name)) {
    *file = std::move(opened);
    return IOStatus::OK();
  }
  if (fresh || !was_there) NoteCreated(std::move(change));
  *file = std::make_unique<WritableFile>(this, NodeOf(name), std::move(opened));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                          std::unique_ptr<rocksdb::FSWritableFile>* file,
                                          IODebugContext* debug) {
  return Open(path, options, true, file, debug);
}

IOStatus FaultFileSystem::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                             std::unique_ptr<rocksdb::FSWritableFile>* file,
                                             IODebugContext* debug) {
  return Open(path, options, false, file, debug);
}

// Log files are not recycled here.
IOStatus FaultFileSystem::ReuseWritableFile(const std::string&, const std::string&,
                                            const FileOptions&,
                                            std::unique_ptr<rocksdb::FSWritableFile>*,
                                            IODebugContext*) {
  return IOStatus::NotSupported("ReuseWritableFile");
}

IOStatus FaultFileSystem::NewRandomRWFile(const std::string& path, const FileOptions& options,
                                          std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                          IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen));
  const std::string name = Normal(path);
  const bool was_there = ::access(path.c_str(), F_OK) == 0;
  std::unique_ptr<rocksdb::FSRandomRWFile> opened;
  RETURN_IF_BAD(target_->NewRandomRWFile(name, options, &opened, debug));
  if (!Watches(name)) {
    *file = std::move(opened);
    return IOStatus::OK();
  }
  if (!was_there) NoteCreated({.kind = NameChange::Kind::kCreate, .path = name});
  const NodePtr node = NodeOf(name);
  if (!node->synced_image) {
    node->synced_image = BytesOf(name).substr(0, static_cast<std::size_t>(node->synced_bytes));
  }
  *file = std::make_unique<RandomRwFile>(this, node, std::move(opened));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                       std::unique_ptr<rocksdb::FSDirectory>* directory,
                                       IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen, false));
  std::unique_ptr<rocksdb::FSDirectory> opened;
  RETURN_IF_BAD(target_->NewDirectory(path, options, &opened, debug));
  std::string normal = Normal(path);
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  *directory = std::make_unique<Directory>(this, std::move(normal), std::move(opened));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                     IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kDelete));
  const std::string name = Normal(path);
  if (!Watches(name)) return target_->DeleteFile(name, options, debug);
  NameChange change{.kind = NameChange::Kind::kRemove, .path = name};
  const auto bytes = std::filesystem::exists(name) ? std::filesystem::file_size(name) : 0;
  change.grave = Bury(name, &change.buried);
  RETURN_IF_BAD(target_->DeleteFile(name, options, debug));
  if (space_bytes_) *space_bytes_ += bytes;
  names_.push_back(std::move(change));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& options, IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kRename));
  const std::string source = Normal(from);
  const std::string name = Normal(to);
  if (!Watches(source) || !Watches(name)) return target_->RenameFile(from, to, options, debug);
  NameChange change{.kind = NameChange::Kind::kRename, .path = name, .source = source};
  const NodePtr node = NodeOf(source);
  if (::access(name.c_str(), F_OK) == 0) change.grave = Bury(name, &change.buried);
  RETURN_IF_BAD(target_->RenameFile(source, name, options, debug));
  nodes_.erase(source);
  node->path = name;
  nodes_[name] = node;
  names_.push_back(std::move(change));
  return IOStatus::OK();
}

IOStatus FaultFileSystem::LinkFile(const std::string& from, const std::string& to,
                                   const IOOptions& options, IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kRename));
  const std::string name = Normal(to);
  RETURN_IF_BAD(target_->LinkFile(from, name, options, debug));
  if (!Watches(name)) return IOStatus::OK();
  nodes_[name] = NodeOf(Normal(from));
  names_.push_back({.kind = NameChange::Kind::kCreate, .path = name});
  return IOStatus::OK();
}

IOStatus FaultFileSystem::Truncate(const std::string& path, std::size_t size,
                                   const IOOptions& options, IODebugContext* debug) {
  const Lock lock(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kTruncate));
  const std::string name = Normal(path);
  const NodePtr node = NodeOf(name);
  RETURN_IF_BAD(target_->Truncate(name, size, options, debug));
  node->synced_bytes = std::min<std::uint64_t>(node->synced_bytes, size);
  return IOStatus::OK();
}

IOStatus FaultFileSystem::LockFile(const std::string& path, const IOOptions& options,
                                   rocksdb::FileLock** lock, IODebugContext* debug) {
  const Lock guard(mutex_);
  RETURN_IF_BAD(Begin(IoKind::kOpen));
  const std::string name = Normal(path);
  const bool was_there = ::access(path.c_str(), F_OK) == 0;
  RETURN_IF_BAD(target_->LockFile(name, options, lock, debug));
  if (Watches(name) && !was_there) NoteCreated({.kind = NameChange::Kind::kCreate, .path = name});
  return IOStatus::OK();
}

IOStatus FaultFileSystem::GetFreeSpace(const std::string& path, const IOOptions& options,
                                       std::uint64_t* bytes, IODebugContext* debug) {
  const Lock lock(mutex_);
  if (!space_bytes_) return target_->GetFreeSpace(path, options, bytes, debug);
  *bytes = *space_bytes_;
  return IOStatus::OK();
}

#undef RETURN_IF_BAD

}  // namespace callstore::test
