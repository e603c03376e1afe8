// backup_fixture.h - a store to copy, folders for the copies, and what both must agree in.
#ifndef CALLSTORE_TESTS_UNIT_BACKUP_FIXTURE_H_
#define CALLSTORE_TESTS_UNIT_BACKUP_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callstore/callstore.h"
#include "scratch_folder.h"

namespace callstore::test {

inline Call MakeCall(const std::string& organization, std::int64_t i) {
  Call call{.organization_id = organization, .id = "call-" + std::to_string(i)};
  call.start_timestamp = 1703097600000 + i;
  call.agent_id = "agent-" + std::to_string(i % 3);
  call.call_duration = i * 100;
  call.transcript = "what was said, " + std::to_string(i) + std::string(100, 'w');
  return call;
}

// All that lists and figures of a store say.
inline std::string AnswersOf(const Store& store) {
  std::string answers;
  const auto organizations = store.Organizations();
  EXPECT_TRUE(organizations) << organizations.error().ToString();
  if (!organizations) return answers;
  for (const OrganizationInfo& organization : *organizations) {
    answers += organization.name + ' ' + std::to_string(organization.call_count) + '\n';
    ListQuery query{.limit = 100};
    do {
      const auto page = store.List(organization.name, query);
      EXPECT_TRUE(page) << page.error().ToString();
      if (!page) return answers;
      answers += ToJson(*page) + '\n';
      query.cursor = page->next_cursor;
    } while (!query.cursor.empty());
    const auto figures = store.Aggregate(
        organization.name, {.group_by = {"agent_id"}, .metrics = {"count", "sum:call_duration"}});
    EXPECT_TRUE(figures) << figures.error().ToString();
    if (figures) answers += ToJson(*figures) + '\n';
  }
  return answers;
}

inline std::string AnswersAt(const std::string& path) {
  const auto store = Store::Open({.path = path, .create_if_missing = false});
  EXPECT_TRUE(store) << store.error().ToString();
  return store ? AnswersOf(*store) : std::string();
}

// The regular files below a folder, by their names relative to it.
inline std::vector<std::string> FilesBelow(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      names.push_back(std::filesystem::relative(entry.path(), folder).string());
    }
  }
  std::ranges::sort(names);
  return names;
}

inline std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void WriteBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class BackupFixture : public testing::Test {
 protected:
  void SetUp() override { Open({}); }

  void Open(StoreOptions options) {
    store_.reset();
    options.path = folder_.store();
    auto opened = Store::Open(options);
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }

  // Calls of two organizations, with the numbers from `first` on.
  void Put(std::int64_t first, std::int64_t count) {
    for (std::int64_t i = first; i < first + count; ++i) {
      const std::vector<Call> calls = {MakeCall("org-1", i), MakeCall("org-2", i)};
      const auto put = store_->PutBatch(calls);
      ASSERT_TRUE(put) << put.error().ToString();
    }
  }

  // Its number; 0 where it failed.
  std::uint32_t BackUp(const BackupOptions& options = {}) {
    const auto backup = store_->Backup(backups(), options);
    EXPECT_TRUE(backup) << backup.error().ToString();
    return backup ? backup->number : 0;
  }

  std::vector<std::uint32_t> Numbers() const {
    std::vector<std::uint32_t> numbers;
    const auto list = ListBackups(backups());
    EXPECT_TRUE(list) << list.error().ToString();
    for (const BackupInfo& backup : list.value_or(std::vector<BackupInfo>())) {
      numbers.push_back(backup.number);
    }
    return numbers;
  }

  std::string backups() const { return folder_.path() + "/backups"; }
  std::string In(const std::string& name) const { return folder_.path() + "/" + name; }
  bool Exists(const std::string& path) const { return std::filesystem::exists(path); }

  // Nothing stands at the target of a copy that failed, and nothing beside it.
  void ExpectNothingAt(const std::string& target) const {
    EXPECT_FALSE(Exists(target));
    EXPECT_FALSE(Exists(target + ".callstore-partial"));
  }

  ScratchFolder folder_;
  std::optional<Store> store_;
};

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_UNIT_BACKUP_FIXTURE_H_
