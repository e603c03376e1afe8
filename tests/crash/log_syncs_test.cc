// Goal:   a closed log that cannot be synced is no error to RocksDB, which could not bear it, and
//         stops the making of tables until all rows are in some; the log that is written to fails.
// Method: the file system of the engine on one whose nth sync fails.
#include "engine/log_syncs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "crash/crash_folder.h"
#include "crash/fault_file_system.h"

namespace callstore::test {
namespace {

using engine::LogSyncs;
using File = std::unique_ptr<rocksdb::FSWritableFile>;

class LogSyncsTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_.store()); }

  rocksdb::IOStatus Make(const std::string& name, File* file) {
    return files_->NewWritableFile(folder_.store() + "/" + name, {}, file, nullptr);
  }
  static rocksdb::IOStatus Sync(const File& file) { return file->Sync({}, nullptr); }
  void FailNextSync() {
    faults_->FailAt({.kind = IoKind::kSync, .nth = faults_->count(IoKind::kSync) + 1});
  }

  CrashFolder folder_;
  std::shared_ptr<FaultFileSystem> faults_ = std::make_shared<FaultFileSystem>(folder_.store());
  std::shared_ptr<LogSyncs> syncs_ = std::make_shared<LogSyncs>();
  std::shared_ptr<rocksdb::FileSystem> files_ = syncs_->Wrap(faults_);
};

TEST_F(LogSyncsTest, ClosedLogFailsTheNextTableAndNotItself) {
  File older;
  File newer;
  File table;
  ASSERT_TRUE(Make("000004.log", &older).ok());
  ASSERT_TRUE(Make("000009.log", &newer).ok());
  ASSERT_TRUE(Make("000010.sst", &table).ok());
  FailNextSync();
  EXPECT_TRUE(Sync(older).ok());
  EXPECT_TRUE(syncs_->failed());
  EXPECT_TRUE(Sync(older).ok());
  EXPECT_TRUE(syncs_->failed()) << "what the disk forgot, a later sync does not bring back";
  EXPECT_FALSE(Make("000011.sst", &table).ok());
  {
    LogSyncs::Repair unfinished(syncs_.get());
    EXPECT_TRUE(Make("000012.sst", &table).ok());
  }
  EXPECT_FALSE(Make("000013.sst", &table).ok());
  {
    LogSyncs::Repair overtaken(syncs_.get());
    FailNextSync();
    EXPECT_TRUE(Sync(older).ok());
    overtaken.Done();
  }
  EXPECT_TRUE(syncs_->failed()) << "it failed again while the repair went on";
  {
    LogSyncs::Repair repair(syncs_.get());
    repair.Done();
  }
  EXPECT_FALSE(syncs_->failed());
  EXPECT_TRUE(Make("000014.sst", &table).ok());
}

TEST_F(LogSyncsTest, LogThatIsWrittenToFails) {
  File log;
  File table;
  ASSERT_TRUE(Make("000004.log", &log).ok());
  FailNextSync();
  EXPECT_FALSE(Sync(log).ok());
  EXPECT_FALSE(syncs_->failed());
  ASSERT_TRUE(Make("000005.sst", &table).ok());
  FailNextSync();
  EXPECT_FALSE(Sync(table).ok()) << "tables fail as they always did";
}

}  // namespace
}  // namespace callstore::test
