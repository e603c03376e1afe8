// Goal:   records that two threads read come out as if one had read them, in their order.
// Method: batches of good, broken and very long records, beside a reader of each record alone.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "store/record_reader.h"

namespace callstore {
namespace {

using store::ReadAheadSlots;
using store::ReadRecord;
using store::RecordReader;
using store::RecordSlot;

constexpr std::string_view kOrganization = "org-1";

std::string RecordOf(std::size_t number, std::string_view organization, std::size_t bytes) {
  return R"({"id":"call-)" + std::to_string(number) + R"(","organization_id":")" +
         std::string(organization) + R"(","transcript":")" + std::string(bytes, 'x') + "\"}";
}

// Enough of them that a second thread is worth it.
std::vector<std::string> MakeBatch() {
  std::vector<std::string> batch;
  for (std::size_t i = 0; i < 400; ++i) {
    if (i % 50 == 13) {
      batch.push_back(RecordOf(i, kOrganization, std::size_t{300} << 10));
    } else if (i % 20 == 7) {
      batch.push_back(RecordOf(i, "org-2", 6'000));
    } else if (i % 20 == 11) {
      batch.push_back(RecordOf(i, kOrganization, 6'000) + "}");
    } else if (i % 20 == 12) {
      batch.emplace_back();
    } else {
      batch.push_back(RecordOf(i, kOrganization, i % 3 == 0 ? 10 : 12'000));
    }
  }
  return batch;
}

std::string Describe(const Result<void>& read, const record::Draft& draft) {
  if (!read) return read.error().ToString();
  return std::string(draft.organization_id) + " " + std::string(draft.id) + " " +
         std::to_string(draft.transcript->size());
}

std::vector<std::string> ReadAlone(const std::vector<std::string>& batch) {
  std::vector<std::string> read;
  json::CallReader reader;
  record::Draft draft;
  for (const std::string& text : batch) {
    read.push_back(Describe(ReadRecord(kOrganization, text, &reader, &draft), draft));
  }
  return read;
}

std::vector<std::string> ReadTogether(const std::vector<std::string>& batch, std::size_t count,
                                      ReadAheadSlots* ahead) {
  const std::vector<std::string_view> texts(batch.begin(), batch.end());
  RecordSlot own;
  RecordReader records(kOrganization, texts, &own, ahead);
  std::vector<std::string> read;
  for (std::size_t i = 0; i < count; ++i) {
    const Result<record::Draft*> draft = records.Next();
    read.push_back(draft ? Describe({}, **draft) : draft.error().ToString());
  }
  return read;
}

TEST(RecordReaderThreadsTest, ReadsAsOneThreadDoes) {
  const std::vector<std::string> batch = MakeBatch();
  const std::vector<std::string> expected = ReadAlone(batch);
  ReadAheadSlots ahead;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ReadTogether(batch, batch.size(), &ahead), expected);
}

TEST(RecordReaderThreadsTest, EndsAtAnyRecord) {
  const std::vector<std::string> batch = MakeBatch();
  std::vector<std::string> expected = ReadAlone(batch);
  ReadAheadSlots ahead;
  for (std::size_t count = 60; count-- > 0;) {
    expected.resize(count);
    EXPECT_EQ(ReadTogether(batch, count, &ahead), expected);
  }
}

TEST(RecordReaderThreadsTest, OneBatchAtATimeReadsAhead) {
  const std::vector<std::string> batch = MakeBatch();
  const std::vector<std::string> expected = ReadAlone(batch);
  ReadAheadSlots ahead;
  const auto read = [&] { EXPECT_EQ(ReadTogether(batch, batch.size(), &ahead), expected); };
  std::thread other(read);
  read();
  other.join();
}

TEST(RecordReaderThreadsTest, ReadsShortBatches) {
  ReadAheadSlots ahead;
  EXPECT_TRUE(ReadTogether({}, 0, &ahead).empty());
  const std::vector<std::string> batch = {RecordOf(1, kOrganization, 10), "",
                                          RecordOf(2, kOrganization, 20)};
  EXPECT_EQ(ReadTogether(batch, 3, &ahead), ReadAlone(batch));
}

}  // namespace
}  // namespace callstore
