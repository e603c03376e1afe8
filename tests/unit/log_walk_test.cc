// Goal:   a log that ends early before another one is a gap, also within a batch.
// Method: logs written here, by the format that log_walk.h describes, cut all along a batch.
#include "engine/log_walk.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "scratch_folder.h"

namespace callstore::engine {
namespace {

constexpr std::size_t kBlockBytes = 32768;
constexpr std::size_t kHeaderBytes = 7;

// Appends a batch of `bytes` in as many records as the blocks make of it.
void AppendBatch(std::uint64_t sequence, std::uint32_t rows, std::size_t bytes, std::string* log) {
  std::string batch;
  AppendLittle(sequence, &batch);
  AppendLittle(rows, &batch);
  batch.resize(bytes, 'x');
  bool first = true;
  for (std::string_view rest = batch; !rest.empty(); first = false) {
    const std::size_t left = kBlockBytes - log->size() % kBlockBytes;
    if (left < kHeaderBytes) {
      log->append(left, '\0');
      continue;
    }
    const std::string_view part = rest.substr(0, left - kHeaderBytes);
    rest.remove_prefix(part.size());
    AppendLittle(std::uint32_t{0}, log);
    AppendLittle(static_cast<std::uint16_t>(part.size()), log);
    *log += first ? (rest.empty() ? '\1' : '\2') : (rest.empty() ? '\4' : '\3');
    *log += part;
  }
}

class LogWalkTest : public testing::Test {
 protected:
  LogWalkTest() { std::filesystem::create_directories(folder_.store()); }

  void Write(const std::string& name, std::string_view bytes) const {
    std::ofstream file(folder_.store() + '/' + name, std::ios::binary);
    file << bytes;
  }
  std::optional<LogGap> Gap() const {
    const auto gap = FindLogGap(folder_.store(), 0, std::nullopt);
    EXPECT_TRUE(gap) << gap.error().ToString();
    return gap ? *gap : std::nullopt;
  }

  test::ScratchFolder folder_;
};

TEST_F(LogWalkTest, BatchOfSeveralRecordsThatLostItsEndIsAGap) {
  std::string log;
  AppendBatch(1, 2, 100, &log);
  const std::size_t whole = log.size();
  AppendBatch(3, 1, 3 * kBlockBytes, &log);
  std::string next;
  AppendBatch(4, 5, 50, &next);
  Write("000006.log", next);
  Write("000004.log", log);
  ASSERT_FALSE(Gap());
  for (std::size_t size = whole; size < log.size(); size += size < whole + 20 ? 1 : 997) {
    Write("000004.log", std::string_view(log).substr(0, size));
    const auto gap = Gap();
    ASSERT_TRUE(gap) << size;
    EXPECT_EQ(gap->log, "000006.log") << size;
    EXPECT_EQ(gap->keep_bytes, 0U) << size;
  }
  for (std::size_t left = 1; left < 20; ++left) {
    Write("000004.log", std::string_view(log).substr(0, log.size() - left));
    EXPECT_TRUE(Gap()) << left;
  }
}

TEST_F(LogWalkTest, TornEndOfTheLastLogIsNoGap) {
  std::string log;
  AppendBatch(1, 2, 100, &log);
  AppendBatch(3, 1, 2 * kBlockBytes, &log);
  for (std::size_t size = 0; size < log.size(); size += 499) {
    Write("000004.log", std::string_view(log).substr(0, size));
    EXPECT_FALSE(Gap()) << size;
  }
}

}  // namespace
}  // namespace callstore::engine
