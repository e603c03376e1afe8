// fault_file_system.h - a file system that fails when it is told to, and forgets what was not
// synced. It stands between RocksDB and the real one: every operation goes through to the real
// folder, and beside it is kept what a machine would still have after its power went. LosePower()
// makes the real folder look like that: files and names of which no sync was answered go back to
// what they were.
//
//   FaultFileSystem files(folder);
//   const auto env = rocksdb::NewCompositeEnv(files.shared());
//   files.CutAt(170, [&] { files.LosePower(LossModel::kTail, seed); _exit(0); });
//
// Syncs never reach the disk: they are noted, which is what makes a thousand trials cheap.
//
// Ownership:     must outlive every file that it opened.
// Thread safety: all members from any thread; one operation runs at a time.
#ifndef CALLSTORE_TESTS_CRASH_FAULT_FILE_SYSTEM_H_
#define CALLSTORE_TESTS_CRASH_FAULT_FILE_SYSTEM_H_

#include <rocksdb/file_system.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callstore::test {

enum class IoKind : std::uint8_t {
  kOpen,      // a file, a folder, a lock
  kRead,      // bytes of a file
  kAppend,    // bytes at the end of a file, or in it
  kSync,      // of a file
  kDirSync,   // of a folder
  kRename,    // and links
  kTruncate,  // of an open file or by name
  kDelete,
};
inline constexpr std::size_t kIoKinds = 8;
std::string_view IoKindName(IoKind kind);

// What a power cut leaves of what was written and not synced.
enum class LossModel : std::uint8_t {
  kTail,   // nothing
  kHoles,  // of names: the changes up to some moment; of bytes: parts, with holes of 512 bytes
};

// The nth operation of a kind fails, the first is 1; sticky: and all of the kind after it.
struct IoFault {
  IoKind kind = IoKind::kAppend;
  std::uint64_t nth = 1;
  bool sticky = false;
};

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  // Watches one folder; what is in it now counts as safe. Deleted files are kept beside it, in
  // `folder`.graves, until their end is safe.
  explicit FaultFileSystem(const std::string& folder);
  ~FaultFileSystem() override;
  static const char* kClassName() { return "FaultFileSystem"; }
  const char* Name() const override { return kClassName(); }

  // Operations so far that change something, which is what CutAt counts.
  std::uint64_t changes() const;
  std::uint64_t count(IoKind kind) const;
  // Starts to count anew.
  void ForgetCounts();

  // The nth change, the first is 1, fails and so does everything after it; nothing more reaches the
  // folder. `on_cut` runs once, while every other operation waits.
  void CutAt(std::uint64_t nth, std::function<void()> on_cut);
  void CutNow();
  void LosePower(LossModel model, std::uint64_t seed);

  void FailAt(const IoFault& fault);
  // So many bytes may still be written, after that the disk is full; nothing: no limit.
  void LimitSpace(std::optional<std::uint64_t> bytes);
  std::optional<std::uint64_t> space_left() const;
  // Ends all faults but a cut.
  void Heal();
  // Syncs are answered and not carried out: what the harness must notice.
  void Lie(bool lying);

  using FileSystem::NewDirectory;
  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                                      const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, std::size_t size,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LockFile(const std::string& path, const rocksdb::IOOptions& options,
                             rocksdb::FileLock** lock, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 std::uint64_t* bytes, rocksdb::IODebugContext* debug) override;

 private:
  class SequentialFile;
  class RandomAccessFile;
  class WritableFile;
  class RandomRwFile;
  class Directory;

  // A file, whatever its name is, and what of it is safe.
  struct Node {
    std::string path;
    std::uint64_t synced_bytes = 0;
    // Of a file that is not only appended to: all of its safe bytes.
    std::optional<std::string> synced_image = {};
  };
  using NodePtr = std::shared_ptr<Node>;

  // A change of names that no sync of the folder has covered.
  struct NameChange {
    enum class Kind : std::uint8_t { kCreate, kRemove, kRename };
    Kind kind = Kind::kCreate;
    std::string path = {};    // that appeared, went, or came to be
    std::string source = {};  // of a rename
    std::string grave = {};   // where the file lies that was at `path`; empty: none was
    NodePtr buried = {};
  };

  bool Watches(const std::string& path) const;
  // Counts an operation; an error where it is to fail.
  rocksdb::IOStatus Begin(IoKind kind, bool changes = true);
  NodePtr NodeOf(const std::string& path);
  // The whole operation on an open file.
  rocksdb::IOStatus Sync(Node* node);
  rocksdb::IOStatus Open(const std::string& path, const rocksdb::FileOptions& options, bool fresh,
                         std::unique_ptr<rocksdb::FSWritableFile>* file,
                         rocksdb::IODebugContext* debug);
  std::string Bury(const std::string& path, NodePtr* buried);
  void NoteCreated(NameChange change);
  void NoteSync(Node* node);
  void NoteDirSync(const std::string& folder);
  rocksdb::IOStatus TakeSpace(std::size_t wanted, std::size_t* granted);
  static void LoseBytes(const Node& node, LossModel model, std::uint64_t seed);
  void Undo(const NameChange& change);

  const std::string folder_;
  const std::string graves_;
  mutable std::recursive_mutex mutex_;
  std::uint64_t changes_ = 0;
  std::array<std::uint64_t, kIoKinds> counts_{};
  std::uint64_t cut_at_ = 0;  // 0: never
  std::function<void()> on_cut_;
  bool dead_ = false;
  bool lying_ = false;
  std::optional<IoFault> fault_;
  std::optional<std::uint64_t> space_bytes_;
  std::uint64_t last_grave_ = 0;
  std::map<std::string, NodePtr> nodes_;  // by path
  std::vector<NameChange> names_;         // in their order
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_CRASH_FAULT_FILE_SYSTEM_H_
