// Goal:   the file system of the harnesses loses what a power cut loses, and nothing that was
// synced. Method: a few files in a folder, a cut, and a look at the folder.
#include "crash/fault_file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "crash/crash_folder.h"
#include "crash/file_bytes.h"

namespace callstore::test {
namespace {

using rocksdb::FileOptions;
using rocksdb::IOOptions;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FaultFileSystemTest : public testing::Test {
 protected:
  FaultFileSystemTest() {
    std::filesystem::create_directory(folder_.store());
    files_ = std::make_unique<FaultFileSystem>(folder_.store());
  }

  std::string Path(const std::string& name) const { return folder_.store() + '/' + name; }

  std::unique_ptr<rocksdb::FSWritableFile> Create(const std::string& name) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    EXPECT_TRUE(files_->NewWritableFile(Path(name), FileOptions(), &file, nullptr).ok());
    return file;
  }
  void Write(const std::string& name, const std::string& synced, const std::string& unsynced = {}) {
    const auto file = Create(name);
    EXPECT_TRUE(file->Append(synced, IOOptions(), nullptr).ok());
    EXPECT_TRUE(file->Sync(IOOptions(), nullptr).ok());
    EXPECT_TRUE(file->Append(unsynced, IOOptions(), nullptr).ok());
    EXPECT_TRUE(file->Close(IOOptions(), nullptr).ok());
  }
  void SyncFolder() {
    std::unique_ptr<rocksdb::FSDirectory> folder;
    EXPECT_TRUE(files_->NewDirectory(folder_.store(), IOOptions(), &folder, nullptr).ok());
    EXPECT_TRUE(folder->FsyncWithDirOptions(IOOptions(), nullptr, {}).ok());
  }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.store())) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  CrashFolder folder_;
  std::unique_ptr<FaultFileSystem> files_;
};

TEST_F(FaultFileSystemTest, UnsyncedTailIsLost) {
  Write("a", "safe", "lost");
  SyncFolder();
  EXPECT_EQ(BytesOf(Path("a")), "safelost");
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_EQ(BytesOf(Path("a")), "safe");
}

TEST_F(FaultFileSystemTest, NameOfUnsyncedFolderIsLost) {
  Write("a", "safe");
  SyncFolder();
  Write("b", "safe in a file without a name");
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(FaultFileSystemTest, UnsyncedRenameIsUndone) {
  Write("current", "old");
  Write("new", "new");
  SyncFolder();
  EXPECT_TRUE(files_->RenameFile(Path("new"), Path("current"), IOOptions(), nullptr).ok());
  EXPECT_EQ(BytesOf(Path("current")), "new");
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_THAT(Names(), ElementsAre("current", "new"));
  EXPECT_EQ(BytesOf(Path("current")), "old");
  EXPECT_EQ(BytesOf(Path("new")), "new");
}

TEST_F(FaultFileSystemTest, SyncedRenameStays) {
  Write("current", "old");
  Write("new", "new");
  EXPECT_TRUE(files_->RenameFile(Path("new"), Path("current"), IOOptions(), nullptr).ok());
  SyncFolder();
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_THAT(Names(), ElementsAre("current"));
  EXPECT_EQ(BytesOf(Path("current")), "new");
}

TEST_F(FaultFileSystemTest, UnsyncedDeletionIsUndone) {
  Write("a", "safe", "lost");
  SyncFolder();
  EXPECT_TRUE(files_->DeleteFile(Path("a"), IOOptions(), nullptr).ok());
  EXPECT_THAT(Names(), IsEmpty());
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_EQ(BytesOf(Path("a")), "safe");
}

// A name may come, go and come again before the folder is synced.
TEST_F(FaultFileSystemTest, ManyUnsyncedNamesAreUndoneInOrder) {
  Write("a", "first");
  SyncFolder();
  EXPECT_TRUE(files_->DeleteFile(Path("a"), IOOptions(), nullptr).ok());
  Write("b", "second");
  EXPECT_TRUE(files_->RenameFile(Path("b"), Path("a"), IOOptions(), nullptr).ok());
  Write("a", "third");
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_THAT(Names(), ElementsAre("a"));
  EXPECT_EQ(BytesOf(Path("a")), "first");
}

TEST_F(FaultFileSystemTest, HolesAreInTheUnsyncedTailAlone) {
  const std::string safe(3000, 's');
  const std::string tail(9000, 't');
  std::set<std::string> left;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    folder_.Clear();
    std::filesystem::create_directory(folder_.store());
    files_ = std::make_unique<FaultFileSystem>(folder_.store());
    Write("a", safe);
    SyncFolder();
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(files_->ReopenWritableFile(Path("a"), FileOptions(), &file, nullptr).ok());
    ASSERT_TRUE(file->Append(tail, IOOptions(), nullptr).ok());
    files_->LosePower(LossModel::kHoles, seed);
    const std::string bytes = BytesOf(Path("a"));
    ASSERT_EQ(bytes.substr(0, safe.size()), safe);
    ASSERT_LE(bytes.size(), safe.size() + tail.size());
    left.insert(bytes);
  }
  EXPECT_GT(left.size(), 40U);
  EXPECT_TRUE(left.contains(safe + tail));
  EXPECT_TRUE(std::ranges::any_of(left, [](const std::string& bytes) {
    const std::size_t hole = bytes.find('\0');
    return hole != std::string::npos && bytes.find('t', hole) != std::string::npos;
  }));
}

TEST_F(FaultFileSystemTest, FileWrittenInPlaceGoesBackToItsLastSync) {
  Write("a", std::string(2048, '0'));
  SyncFolder();
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  ASSERT_TRUE(files_->NewRandomRWFile(Path("a"), FileOptions(), &file, nullptr).ok());
  ASSERT_TRUE(file->Write(512, std::string(512, '1'), IOOptions(), nullptr).ok());
  ASSERT_TRUE(file->Sync(IOOptions(), nullptr).ok());
  ASSERT_TRUE(file->Write(1024, std::string(512, '2'), IOOptions(), nullptr).ok());
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_EQ(BytesOf(Path("a")),
            std::string(512, '0') + std::string(512, '1') + std::string(1024, '0'));
}

TEST_F(FaultFileSystemTest, LyingSyncKeepsNothing) {
  files_->Lie(true);
  Write("a", "said to be safe");
  SyncFolder();
  files_->LosePower(LossModel::kTail, 1);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(FaultFileSystemTest, NothingReachesTheFolderAfterTheCut) {
  int cuts = 0;
  files_->CutAt(2, [&cuts] { ++cuts; });
  const auto file = Create("a");
  EXPECT_FALSE(file->Append("x", IOOptions(), nullptr).ok());
  EXPECT_FALSE(file->Sync(IOOptions(), nullptr).ok());
  EXPECT_FALSE(files_->DeleteFile(Path("a"), IOOptions(), nullptr).ok());
  std::unique_ptr<rocksdb::FSSequentialFile> reader;
  EXPECT_FALSE(files_->NewSequentialFile(Path("a"), FileOptions(), &reader, nullptr).ok());
  EXPECT_EQ(cuts, 1);
  EXPECT_EQ(BytesOf(Path("a")), "");
  EXPECT_THAT(Names(), ElementsAre("a"));
}

TEST_F(FaultFileSystemTest, NthOperationFailsOnceOrFromThenOn) {
  for (const bool sticky : {false, true}) {
    files_->ForgetCounts();
    files_->FailAt({.kind = IoKind::kAppend, .nth = 2, .sticky = sticky});
    const auto file = Create("a");
    EXPECT_TRUE(file->Append("1", IOOptions(), nullptr).ok());
    EXPECT_TRUE(file->Append("2", IOOptions(), nullptr).IsIOError());
    EXPECT_EQ(file->Append("3", IOOptions(), nullptr).ok(), !sticky);
    EXPECT_TRUE(file->Sync(IOOptions(), nullptr).ok()) << "another kind";
    files_->Heal();
    EXPECT_TRUE(file->Append("4", IOOptions(), nullptr).ok());
    EXPECT_EQ(files_->count(IoKind::kAppend), 4U);
  }
}

TEST_F(FaultFileSystemTest, FullDiskTakesWhatFits) {
  files_->LimitSpace(5);
  const auto file = Create("a");
  EXPECT_TRUE(file->Append("123", IOOptions(), nullptr).ok());
  EXPECT_TRUE(file->Append("456", IOOptions(), nullptr).IsNoSpace());
  EXPECT_EQ(files_->space_left(), 0U);
  EXPECT_TRUE(file->Close(IOOptions(), nullptr).ok());
  EXPECT_EQ(BytesOf(Path("a")), "12345");
  EXPECT_TRUE(files_->DeleteFile(Path("a"), IOOptions(), nullptr).ok());
  EXPECT_EQ(files_->space_left(), 5U);
}

}  // namespace
}  // namespace callstore::test
