// Goal:   a damaged backup is never restored and never passes for a whole one; what fails leaves
//         nothing behind and spoils nothing.
// Method: each file of a backup is changed, cut and removed in turn; so is each byte of its
//         description.
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>
#include <limits>

#include "backup_fixture.h"
#include "engine/backup.h"
#include "engine/work_folder.h"

namespace callstore {
namespace {

using test::AnswersAt;
using test::AnswersOf;
using test::FilesBelow;
using test::ReadBytes;
using test::WriteBytes;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class BackupDamageTest : public test::BackupFixture {
 protected:
  void SetUp() override {
    BackupFixture::SetUp();
    Put(0, 20);
    ASSERT_EQ(BackUp(), 1U);
  }

  std::vector<std::string> DataFiles() const {
    std::vector<std::string> names = FilesBelow(backups());
    std::erase_if(names, [](const std::string& name) {
      return name == "callstore.lock" || name.starts_with("meta/");
    });
    return names;
  }

  // `result` is an error that names the file.
  template <typename T>
  static void ExpectNamed(const Result<T>& result, const std::string& file) {
    ASSERT_FALSE(result) << file;
    EXPECT_EQ(result.error().code, ErrorCode::kCorrupt) << result.error().ToString();
    EXPECT_THAT(file, EndsWith(result.error().Detail("file"))) << result.error().ToString();
    EXPECT_FALSE(result.error().Detail("file").empty()) << result.error().ToString();
  }

  void ExpectRefused(const std::string& file) {
    SCOPED_TRACE(file);
    ExpectNamed(VerifyBackup(backups(), 0), file);
    ExpectNamed(RestoreBackup(backups(), 0, In("restored")), file);
    ExpectNothingAt(In("restored"));
  }
};

TEST_F(BackupDamageTest, EveryChangedCutOrMissingFileIsNamed) {
  const std::vector<std::string> files = DataFiles();
  ASSERT_GE(files.size(), 5U);
  for (const std::string& file : files) {
    const std::string path = backups() + "/" + file;
    const std::string bytes = ReadBytes(path);
    ASSERT_FALSE(bytes.empty()) << file;
    std::string changed = bytes;
    changed[bytes.size() / 2] = static_cast<char>(changed[bytes.size() / 2] ^ 4);
    WriteBytes(path, changed);
    ExpectRefused(file);
    WriteBytes(path, bytes.substr(0, bytes.size() / 2));
    ExpectRefused(file);
    std::filesystem::remove(path);
    ExpectRefused(file);
    WriteBytes(path, bytes);
  }
  EXPECT_TRUE(VerifyBackup(backups(), 0));
  EXPECT_TRUE(RestoreBackup(backups(), 0, In("restored")));
}

TEST_F(BackupDamageTest, NoByteOfTheDescriptionChangesWhatIsRestored) {
  const std::string answers = AnswersOf(*store_);
  const std::string path = backups() + "/meta/1";
  const std::string bytes = ReadBytes(path);
  // Of the note more than of the list of files and checksums.
  for (std::size_t i = 0; i < bytes.size(); i += i < 300 ? 2 : 7) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    WriteBytes(path, changed);
    const bool seems_whole = VerifyBackup(backups(), 1).has_value();
    if (i % (seems_whole ? 3 : 8) != 0) continue;
    const auto restored = RestoreBackup(backups(), 1, In("restored"), {.verify = false});
    if (seems_whole) {
      ASSERT_TRUE(restored) << restored.error().ToString();
      EXPECT_EQ(AnswersAt(In("restored")), answers) << "byte " << i;
      EXPECT_EQ(restored->backup.calls, 40) << "byte " << i;
      std::filesystem::remove_all(In("restored"));
    } else {
      ASSERT_FALSE(restored) << "byte " << i;
      EXPECT_EQ(restored.error().code, ErrorCode::kCorrupt) << restored.error().ToString();
      ExpectNothingAt(In("restored"));
    }
  }
}

TEST_F(BackupDamageTest, DamageIsListedAndOthersAreRestored) {
  Put(20, 10);
  const std::string answers = AnswersOf(*store_);
  BackUp();
  Put(30, 10);
  BackUp();
  std::filesystem::remove(backups() + "/private/3/CURRENT");
  WriteBytes(backups() + "/meta/1", "none");
  const auto list = ListBackups(backups());
  ASSERT_TRUE(list) << list.error().ToString();
  ASSERT_EQ(list->size(), 3U);
  EXPECT_NE((*list)[0].damage, "");
  EXPECT_EQ((*list)[1].damage, "");
  EXPECT_THAT((*list)[2].damage, HasSubstr("private/3/CURRENT"));

  const auto newest = RestoreBackup(backups(), 0, In("restored"));
  ASSERT_FALSE(newest) << "an older one must not pass for the newest";
  EXPECT_EQ(newest.error().Detail("number"), "3");
  ASSERT_TRUE(RestoreBackup(backups(), 2, In("restored")));
  EXPECT_EQ(AnswersAt(In("restored")), answers);
}

TEST_F(BackupDamageTest, TableCutShortIsSeenWithoutReadingIt) {
  for (const std::string& file : DataFiles()) {
    if (!file.ends_with(".sst")) continue;
    const std::string bytes = ReadBytes(backups() + "/" + file);
    WriteBytes(backups() + "/" + file, bytes.substr(1));
    const auto list = ListBackups(backups());
    ASSERT_TRUE(list);
    EXPECT_THAT(list->front().damage, HasSubstr(file));
    EXPECT_EQ(store_->Backup(backups()).error().code, ErrorCode::kCorrupt);
    WriteBytes(backups() + "/" + file, bytes);
  }
  BackUp();
}

TEST_F(BackupDamageTest, NewBackupIsRefusedUntilTheDamagedOneIsGivenUp) {
  std::filesystem::remove(backups() + "/private/1/CURRENT");
  const std::vector<std::string> files = FilesBelow(backups());
  const auto refused = store_->Backup(backups());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(refused.error().Detail("number"), "1");
  EXPECT_EQ(FilesBelow(backups()), files) << "what can be rescued stays";

  EXPECT_EQ(BackUp({.drop_damaged = true}), 2U);
  EXPECT_THAT(Numbers(), ElementsAre(2U));
  EXPECT_TRUE(VerifyBackup(backups(), 0));
  ASSERT_TRUE(RestoreBackup(backups(), 0, In("restored")));
  EXPECT_EQ(AnswersAt(In("restored")), AnswersOf(*store_));
}

TEST_F(BackupDamageTest, VerifySeesASharedTableGoneBad) {
  std::string table;
  for (const std::string& file : DataFiles()) {
    if (file.ends_with(".sst")) table = file;
  }
  std::string bytes = ReadBytes(backups() + "/" + table);
  bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 1);
  WriteBytes(backups() + "/" + table, bytes);
  EXPECT_EQ(BackUp(), 2U) << "without a look at the bytes nothing is seen";
  ExpectNamed(store_->Backup(backups(), {.verify = true}), table);
}

TEST_F(BackupDamageTest, BackupOfADamagedStoreIsRestoredOnlyUnchecked) {
  store_.reset();
  {
    const auto database = engine::Database::Open({.path = folder_.store()});
    ASSERT_TRUE(database) << database.error().ToString();
    engine::Batch batch(**database);
    batch.Put(engine::Family::kCalls, "no key of a call", "no call");
    ASSERT_TRUE((*database)->Write(&batch, {}));
    ASSERT_TRUE((*database)->Close());
  }
  Open({});
  BackUp();
  const auto refused = RestoreBackup(backups(), 0, In("restored"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt) << refused.error().ToString();
  EXPECT_EQ(refused.error().Detail("faults"), "1");
  ExpectNothingAt(In("restored"));
  EXPECT_TRUE(RestoreBackup(backups(), 0, In("restored"), {.verify = false}));
}

TEST_F(BackupDamageTest, OtherFilesInTheFolderAreNoBackups) {
  std::filesystem::create_directories(In("strange/meta"));
  EXPECT_EQ(ListBackups(In("strange")).error().code, ErrorCode::kNotFound);
  WriteBytes(In("strange/meta/1"), "1700000000\n1\n0\n");  // a RocksDB backup of something else
  const auto list = ListBackups(In("strange"));
  ASSERT_TRUE(list) << list.error().ToString();
  ASSERT_EQ(list->size(), 1U);
  EXPECT_NE(list->front().damage, "");
  EXPECT_EQ(RestoreBackup(In("strange"), 0, In("restored")).error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(store_->Backup(In("strange")));
}

TEST_F(BackupDamageTest, FullDiskIsToldBeforeAnythingIsWritten) {
  ASSERT_EQ(std::filesystem::create_directory(In("small")), true);
  if (::mount("none", In("small").c_str(), "tmpfs", 0, "size=4m") != 0) {
    GTEST_SKIP() << "this machine mounts no file system";
  }
  const auto backup = store_->Backup(In("small/backups"));
  const auto restored = RestoreBackup(backups(), 0, In("small/restored"));
  EXPECT_TRUE(!Exists(In("small/restored")) && !Exists(In("small/restored.callstore-partial")));
  EXPECT_EQ(ListBackups(In("small/backups")).error().code, ErrorCode::kNotFound);
  ASSERT_EQ(::umount(In("small").c_str()), 0);
  ASSERT_FALSE(backup);
  EXPECT_EQ(backup.error().code, ErrorCode::kFull) << backup.error().ToString();
  EXPECT_FALSE(backup.error().Detail("needed_bytes").empty());
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kFull) << restored.error().ToString();
  EXPECT_TRUE(store_->Put(test::MakeCall("org-1", 100)));
}

TEST_F(BackupDamageTest, RoomIsCheckedWithSomeToSpare) {
  EXPECT_TRUE(engine::CheckRoom(folder_.path(), 0));
  const auto full =
      engine::CheckRoom(folder_.path(), std::numeric_limits<std::uint64_t>::max() / 2);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kFull);
}

TEST_F(BackupDamageTest, RestoreThatCannotWriteLeavesNothing) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto restored = RestoreBackup(backups(), 0, In("restored"));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ErrorCode::kIoError) << restored.error().ToString();
  ExpectNothingAt(In("restored"));
  EXPECT_TRUE(RestoreBackup(backups(), 0, In("restored")));
}

TEST_F(BackupDamageTest, TwoRestoresToOneTargetAreKeptApart) {
  const auto other = engine::WorkFolder::Make(In("restored.callstore-partial"));
  ASSERT_TRUE(other);
  const auto refused = RestoreBackup(backups(), 0, In("restored"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kLocked);
}

TEST(BackupNoteTest, NoteComesBackAndNoDamageOfItDoes) {
  const engine::BackupNote note{.store_id = "some-id",
                                .format = "3",
                                .created_at = 1703097600000,
                                .calls = 12,
                                .sequence = 99};
  const std::string text = engine::EncodeNote(note);
  const auto back = engine::DecodeNote(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->store_id, note.store_id);
  EXPECT_EQ(back->format, note.format);
  EXPECT_EQ(back->created_at, note.created_at);
  EXPECT_EQ(back->calls, note.calls);
  EXPECT_EQ(back->sequence, note.sequence);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(engine::DecodeNote(changed)) << i;
    EXPECT_FALSE(engine::DecodeNote(text.substr(0, i))) << i;
  }
}

}  // namespace
}  // namespace callstore
