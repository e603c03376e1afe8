// Access keys on disk: who is let in, and when no longer.
#include "callstore/http/access_keys.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "scratch_folder.h"

namespace callstore::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr const char* kOrg = "org-789";

class AccessKeysTest : public testing::Test {
 protected:
  std::unique_ptr<AccessKeys> Open() const {
    Result<std::unique_ptr<AccessKeys>> keys = AccessKeys::Open(path_);
    if (keys) return std::move(*keys);
    ADD_FAILURE() << keys.error().ToString();
    return nullptr;
  }

  std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  void Write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  mode_t Mode() const {
    struct stat status {};
    EXPECT_EQ(stat(path_.c_str(), &status), 0);
    return status.st_mode & 07777U;
  }

  // Whether `holds` becomes true while a server has time to read the file again.
  template <typename Condition>
  static bool Soon(const Condition& holds) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }

  // No folder is closed to root.
  static bool IsRoot() { return geteuid() == 0; }

  test::ScratchFolder folder_;
  std::string path_ = KeysPath(folder_.store());
};

TEST_F(AccessKeysTest, PathLiesBesideTheStore) {
  EXPECT_EQ(KeysPath("calls"), "calls.keys");
  EXPECT_EQ(KeysPath("/var/lib/calls/"), "/var/lib/calls.keys");
  EXPECT_EQ(KeysPath("calls//"), "calls.keys");
  EXPECT_EQ(KeysPath("."), fs::current_path().string() + ".keys");
  EXPECT_EQ(KeysPath("./"), fs::current_path().string() + ".keys");
}

TEST_F(AccessKeysTest, PairOpensItsOrganizationAndNothingElseDoes) {
  const auto keys = Open();
  const KeyPair a = keys->Create(kOrg, false).value();
  const KeyPair b = keys->Create("org-2", true).value();
  const std::optional<Access> first = keys->Find(a.key, a.secret);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->organization_id, kOrg);
  EXPECT_FALSE(first->read_only);
  const std::optional<Access> second = keys->Find(b.key, b.secret);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->organization_id, "org-2");
  EXPECT_TRUE(second->read_only);

  std::string last_changed = a.secret;
  last_changed.back() = last_changed.back() == 'A' ? 'B' : 'A';
  const std::string padded(300, 'x');
  const std::vector<std::pair<std::string, std::string>> refused = {{a.key, b.secret},
                                                                    {b.key, a.secret},
                                                                    {a.secret, a.key},
                                                                    {a.key, last_changed},
                                                                    {a.key, a.secret + "x"},
                                                                    {a.key, ""},
                                                                    {"", a.secret},
                                                                    {"", ""},
                                                                    {a.key + " ", a.secret},
                                                                    {"ck_", a.secret},
                                                                    {a.key, padded},
                                                                    {padded, a.secret},
                                                                    {a.key + padded, a.secret},
                                                                    {a.key, a.secret + padded}};
  for (const auto& [key, secret] : refused) EXPECT_FALSE(keys->Find(key, secret)) << key;
}

TEST_F(AccessKeysTest, PairIs256RandomBitsEach) {
  const auto keys = Open();
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const KeyPair pair = keys->Create(kOrg, false).value();
    EXPECT_THAT(pair.key, testing::MatchesRegex("ck_[A-Za-z0-9_-]+"));
    EXPECT_THAT(pair.secret, testing::MatchesRegex("cs_[A-Za-z0-9_-]+"));
    EXPECT_EQ(pair.key.size(), 3U + 43U);  // 256 bits of 6 a character
    EXPECT_EQ(pair.secret.size(), 3U + 43U);
    seen.insert(pair.key.substr(3));
    seen.insert(pair.secret.substr(3));
  }
  EXPECT_EQ(seen.size(), 40U);
}

TEST_F(AccessKeysTest, FileIsPrivateAndHasNoSecret) {
  const auto keys = Open();
  const KeyPair pair = keys->Create(kOrg, false).value();
  EXPECT_EQ(Mode(), 0600U);
  EXPECT_THAT(Content(), StartsWith("{\"format\":\"callstore-keys\",\"version\":1}\n"));
  EXPECT_THAT(Content(), HasSubstr(pair.key));
  EXPECT_THAT(test::BytesBelow(folder_.path()), Not(HasSubstr(pair.secret.substr(3))));
  EXPECT_FALSE(fs::exists(path_ + ".new"));
}

TEST_F(AccessKeysTest, PairsSurviveReopening) {
  const KeyPair pair = Open()->Create("org \"\n\xE2\x82\xAC", true).value();
  const auto keys = Open();
  EXPECT_EQ(keys->Find(pair.key, pair.secret)->organization_id, "org \"\n\xE2\x82\xAC");
  EXPECT_EQ(keys->Count().value(), 1U);
}

TEST_F(AccessKeysTest, ListIsInOrderOfMaking) {
  const auto keys = Open();
  EXPECT_TRUE(keys->List()->empty());
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(keys->Create("org-" + std::to_string(i), i == 3)->key);
  const std::vector<KeyInfo> list = keys->List().value();
  ASSERT_EQ(list.size(), 5U);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i].key, made[i]);
    EXPECT_EQ(list[i].organization_id, "org-" + std::to_string(i));
    EXPECT_EQ(list[i].read_only, i == 3);
    EXPECT_GT(list[i].created_at, 1'600'000'000'000);
  }
}

TEST_F(AccessKeysTest, WrongOrganizationIsRefusedAndWritesNothing) {
  const auto keys = Open();
  for (const std::string& name : {std::string(), std::string(513, 'x'), std::string("\xC3")}) {
    const Result<KeyPair> pair = keys->Create(name, false);
    ASSERT_FALSE(pair);
    EXPECT_EQ(pair.error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(AccessKeysTest, RevokedKeyIsRefusedAtOnceHereAndSoonElsewhere) {
  const auto keys = Open();
  const KeyPair kept = keys->Create(kOrg, false).value();
  const KeyPair gone = keys->Create(kOrg, false).value();
  const auto server = Open();
  ASSERT_TRUE(server->Find(gone.key, gone.secret));
  ASSERT_TRUE(keys->Revoke(gone.key));
  EXPECT_FALSE(keys->Find(gone.key, gone.secret));
  EXPECT_TRUE(Soon([&] { return !server->Find(gone.key, gone.secret); }));
  EXPECT_TRUE(server->Find(kept.key, kept.secret));
  EXPECT_THAT(Content(), Not(HasSubstr(gone.key)));

  const Result<void> again = keys->Revoke(gone.key);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  const Result<void> by_secret = keys->Revoke(kept.secret);
  ASSERT_FALSE(by_secret);
  EXPECT_THAT(by_secret.error().ToString(), Not(HasSubstr(kept.secret)));
}

// Goal:   a server that nobody asked for a while does not let a revoked key in.
// Method: revoke, wait longer than the oldest answer may be, ask once.
TEST_F(AccessKeysTest, FirstRequestAfterQuietTimeSeesTheChange) {
  const auto keys = Open();
  const KeyPair gone = keys->Create(kOrg, false).value();
  const auto server = Open();
  ASSERT_TRUE(server->Find(gone.key, gone.secret));
  ASSERT_TRUE(keys->Revoke(gone.key));
  std::this_thread::sleep_for(1s);
  EXPECT_FALSE(server->Find(gone.key, gone.secret));
}

TEST_F(AccessKeysTest, NewKeyComesInWithoutRestart) {
  const auto server = Open();
  EXPECT_EQ(server->Count().value(), 0U);
  const KeyPair pair = Open()->Create(kOrg, false).value();
  EXPECT_TRUE(Soon([&] { return server->Find(pair.key, pair.secret).has_value(); }));
  EXPECT_EQ(server->Count().value(), 1U);
}

// Changes within one tick of the file system's clock, some of them of equal size.
TEST_F(AccessKeysTest, LastOfManyQuickChangesCounts) {
  const auto server = Open();
  const auto keys = Open();
  KeyPair last;
  for (int i = 0; i < 30; ++i) {
    const KeyPair pair = keys->Create(kOrg, false).value();
    if (i > 0) {
      ASSERT_TRUE(keys->Revoke(last.key));
    }
    (void)server->Find(pair.key, pair.secret);
    last = pair;
  }
  EXPECT_TRUE(Soon([&] { return server->Find(last.key, last.secret).has_value(); }));
  EXPECT_EQ(server->Count().value(), 1U);
}

TEST_F(AccessKeysTest, DamagedFileLetsNobodyInUntilMended) {
  const auto server = Open();
  const KeyPair pair = server->Create(kOrg, false).value();
  const std::string good = Content();
  const auto is_let_in = [&] { return server->Find(pair.key, pair.secret).has_value(); };
  ASSERT_TRUE(is_let_in());

  Write(good + "{\"key\":\n");
  EXPECT_TRUE(Soon([&] { return !is_let_in(); }));
  const Result<std::size_t> count = server->Count();
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(count.error().Detail("path"), path_);
  EXPECT_EQ(count.error().Detail("line"), "3");
  EXPECT_FALSE(server->List());
  EXPECT_FALSE(server->Create(kOrg, false)) << "a change must not drop what is damaged";
  EXPECT_FALSE(AccessKeys::Open(path_));
  EXPECT_EQ(Content(), good + "{\"key\":\n");

  Write(good);
  EXPECT_TRUE(Soon(is_let_in));
}

TEST_F(AccessKeysTest, DeletedFileIsNoKeys) {
  const auto server = Open();
  const KeyPair pair = server->Create(kOrg, false).value();
  const std::string good = Content();
  fs::remove(path_);
  EXPECT_TRUE(Soon([&] { return !server->Find(pair.key, pair.secret); }));
  EXPECT_EQ(server->Count().value(), 0U);
  EXPECT_TRUE(server->List()->empty());
  Write(good);
  EXPECT_EQ(chmod(path_.c_str(), 0600), 0);
  EXPECT_TRUE(Soon([&] { return server->Find(pair.key, pair.secret).has_value(); }));
}

TEST_F(AccessKeysTest, FileThatOthersCanWriteIsRefused) {
  const auto server = Open();
  const KeyPair pair = server->Create(kOrg, false).value();
  for (const mode_t mode : {0620U, 0602U, 0666U}) {
    ASSERT_EQ(chmod(path_.c_str(), mode), 0);
    EXPECT_TRUE(Soon([&] { return !server->Find(pair.key, pair.secret); })) << mode;
    const Result<std::unique_ptr<AccessKeys>> opened = AccessKeys::Open(path_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kIoError);
    EXPECT_EQ(opened.error().Detail("path"), path_);
  }
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  EXPECT_TRUE(Soon([&] { return server->Find(pair.key, pair.secret).has_value(); }));
  ASSERT_TRUE(server->Create(kOrg, false));
  EXPECT_EQ(Mode(), 0640U) << "whom the owner lets read it still may";
}

TEST_F(AccessKeysTest, WhatIsNoFileIsRefused) {
  fs::create_directory(path_);
  const Result<std::unique_ptr<AccessKeys>> folder = AccessKeys::Open(path_);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kIoError);
  fs::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(AccessKeys::Open(path_)) << "and it does not wait for a writer";
  EXPECT_FALSE(AccessKeys::Open(folder_.path() + "/no\nfile/x.keys")->get()->Create(kOrg, false));
  EXPECT_FALSE(AccessKeys::Open(""));
}

TEST_F(AccessKeysTest, LinkIsFollowedAndStays) {
  fs::create_directory(folder_.path() + "/elsewhere");
  const std::string target = folder_.path() + "/elsewhere/keys";
  std::ofstream(target) << "{\"format\":\"callstore-keys\",\"version\":1}\n";
  fs::create_symlink(target, path_);
  const auto keys = Open();
  const KeyPair pair = keys->Create(kOrg, false).value();
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_TRUE(AccessKeys::Open(target)->get()->Find(pair.key, pair.secret));

  fs::remove(target);
  EXPECT_TRUE(Open()->List()->empty());
  const Result<KeyPair> dangling = keys->Create(kOrg, false);
  ASSERT_FALSE(dangling);
  EXPECT_EQ(dangling.error().code, ErrorCode::kIoError);
  EXPECT_EQ(dangling.error().Detail("path"), path_);
}

TEST_F(AccessKeysTest, FolderThatIsNotThereIsNamed) {
  const Result<KeyPair> nowhere =
      AccessKeys::Open(folder_.path() + "/no/x.keys")->get()->Create(kOrg, false);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kIoError);
  EXPECT_THAT(nowhere.error().ToString(), HasSubstr(folder_.path() + "/no/x.keys"));
  EXPECT_THAT(nowhere.error().ToString(), HasSubstr("No such file or directory"));
}

TEST_F(AccessKeysTest, FolderThatIsClosedIsNamed) {
  if (IsRoot()) GTEST_SKIP() << "root writes everywhere";
  const auto keys = Open();
  ASSERT_EQ(chmod(folder_.path().c_str(), 0500), 0);
  const Result<KeyPair> pair = keys->Create(kOrg, false);
  ASSERT_EQ(chmod(folder_.path().c_str(), 0700), 0);
  ASSERT_FALSE(pair);
  EXPECT_THAT(pair.error().ToString(), HasSubstr("Permission denied"));
}

TEST_F(AccessKeysTest, FileOfAnotherUserKeepsItsOwner) {
  if (!IsRoot()) GTEST_SKIP() << "only root gives files away";
  const auto keys = Open();
  ASSERT_TRUE(keys->Create(kOrg, false));
  ASSERT_EQ(chown(path_.c_str(), 12345, 12346), 0);
  ASSERT_TRUE(keys->Create(kOrg, false));
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 12345U);
  EXPECT_EQ(status.st_gid, 12346U);
}

TEST_F(AccessKeysTest, RestOfBrokenOffChangeIsNoHindrance) {
  std::ofstream(path_ + ".new") << "half a fi";
  const auto keys = Open();
  const KeyPair pair = keys->Create(kOrg, false).value();
  EXPECT_TRUE(keys->Find(pair.key, pair.secret));
  EXPECT_FALSE(fs::exists(path_ + ".new"));
}

TEST_F(AccessKeysTest, ChangeWaitsForTheLock) {
  const auto keys = Open();
  const KeyPair first = keys->Create(kOrg, false).value();
  const int lock = open((path_ + ".lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(lock, 0);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);
  std::atomic<bool> done = false;
  std::thread other([&] {
    EXPECT_TRUE(keys->Create(kOrg, false));
    done = true;
  });
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(done);
  EXPECT_TRUE(keys->Find(first.key, first.secret)) << "reading waits for nobody";
  EXPECT_EQ(keys->List()->size(), 1U);
  close(lock);
  other.join();
  EXPECT_EQ(keys->List()->size(), 2U);
}

// Goal:   no key that was made is lost, whoever makes others meanwhile.
// Method: four processes make keys and revoke every other one of theirs; count what is left.
TEST_F(AccessKeysTest, ChangesOfSeveralProcessesAllStay) {
  constexpr int kProcesses = 4;
  constexpr int kEach = 10;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      bool good = true;
      for (int k = 0; k < kEach && good; ++k) {
        const auto keys = AccessKeys::Open(path_);
        const Result<KeyPair> pair =
            keys ? (*keys)->Create("org-" + std::to_string(i), false) : Result<KeyPair>();
        good = keys && pair && (k % 2 == 0 || (*keys)->Revoke(pair->key));
      }
      _exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Open()->List()->size(), static_cast<std::size_t>(kProcesses * kEach / 2));
}

// Goal:   readers and changers of one object do not disturb each other (also under TSan).
// Method: threads ask for a key that stays while another makes and revokes keys.
TEST_F(AccessKeysTest, FindIsRightWhileKeysChange) {
  const auto keys = Open();
  const KeyPair stays = keys->Create(kOrg, false).value();
  std::atomic<bool> stop = false;
  std::atomic<int> refused = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        if (!keys->Find(stays.key, stays.secret)) ++refused;
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    const KeyPair pair = keys->Create("org-2", true).value();
    EXPECT_TRUE(keys->Find(pair.key, pair.secret));
    ASSERT_TRUE(keys->Revoke(pair.key));
    EXPECT_FALSE(keys->Find(pair.key, pair.secret));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace callstore::http
