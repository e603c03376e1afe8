// Goal:   after any batch the directory that the writer hands on, the summaries on disk and the
//         chunks themselves all say the same, and hold just the rows that were put, with their
//         values.
// Method: batches of changes against a std::map of rows; each time all of it is read back.
#include "store/column_writer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "scratch_folder.h"
#include "store/directory_cache.h"

namespace callstore::store {
namespace {

using columns::Operation;
using columns::Row;

constexpr OrganizationNumber kOrganization = 7;

// The values of a row all follow from its position.
std::int64_t CreatedAt(const Position& position) {
  return position.time_ms * 3 + static_cast<std::int64_t>(position.tie);
}
std::string AgentOf(const Position& position) {
  return "agent-" + std::to_string(position.time_ms % 40);
}

class ColumnWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Database::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    database_ = *std::move(opened);
  }

  Result<void> Write(const std::vector<Operation>& operations) {
    engine::Batch batch(*database_);
    auto after = WriteColumns(*database_, kOrganization, directory_, operations, &pending_, &batch);
    if (!after) return tl::unexpected<Error>(std::move(after).error());
    directory_ = *std::move(after);
    return database_->Write(&batch, {});
  }
  void Put(const Row& row, std::vector<Operation>* operations) {
    rows_[row.position] = row.started;
    std::string values;
    columns::RowValuesWriter writer(&values);
    writer.AddInteger(columns::ColumnId::kCreatedAt, CreatedAt(row.position));
    writer.AddText(columns::ColumnId::kAgentId, AgentOf(row.position));
    operations->push_back({Operation::Kind::kPut, row, *values_.insert(values).first});
  }
  void Remove(const Position& position, std::vector<Operation>* operations) {
    operations->push_back({Operation::Kind::kRemove, {position, rows_.at(position)}});
    rows_.erase(position);
  }

  // Reads all of it back.
  void Check() {
    DirectoryCache fresh;
    const auto loaded = fresh.ReadNewest(*database_, kOrganization);
    ASSERT_TRUE(loaded && *loaded);
    ASSERT_EQ((*loaded)->head().version, directory_->head().version);
    ASSERT_EQ((*loaded)->chunk_count(), directory_->chunk_count());
    auto row = rows_.rbegin();
    for (std::size_t i = 0; i < directory_->chunk_count(); ++i) {
      const auto chunk = directory_->chunk(i);
      ASSERT_EQ((*loaded)->chunk(i).fence, chunk.fence);
      ASSERT_EQ((*loaded)->chunk(i).counts, chunk.counts);
      ASSERT_LE(chunk.counts.calls, static_cast<std::int64_t>(columns::kSplitRows));
      engine::PinnedValue value;
      ASSERT_TRUE(database_->Get(engine::Family::kColumns,
                                 keys::ChunkKey(kOrganization, chunk.fence), nullptr, &value));
      const auto view = columns::ChunkView::Parse(engine::ToView(value));
      ASSERT_TRUE(view);
      ASSERT_EQ(view->damaged(), "");
      ASSERT_EQ(view->size(), static_cast<std::size_t>(chunk.counts.calls));
      ASSERT_EQ(view->started_count(), static_cast<std::size_t>(chunk.counts.started));
      const columns::ColumnView created = view->column(columns::ColumnId::kCreatedAt);
      const columns::ColumnView agents = view->column(columns::ColumnId::kAgentId);
      for (std::size_t k = 0; k < view->size(); ++k, ++row) {
        ASSERT_TRUE(row != rows_.rend());
        ASSERT_EQ(view->position(k), row->first);
        ASSERT_EQ(view->started(k), row->second);
        ASSERT_TRUE(created.present(k) && agents.present(k));
        ASSERT_EQ(created.integer(k), CreatedAt(row->first));
        ASSERT_EQ(agents.word(agents.word_of(k)), AgentOf(row->first));
        ASSERT_GE(row->first, chunk.fence);
      }
    }
    EXPECT_TRUE(row == rows_.rend());
  }
  // A process that starts knows nothing of what waits to be folded.
  void Restart() {
    pending_.clear();
    DirectoryCache fresh;
    directory_ = *fresh.ReadNewest(*database_, kOrganization);
  }

  test::ScratchFolder folder_;
  std::unique_ptr<engine::Database> database_;
  std::optional<columns::Directory> directory_;
  PendingOperations pending_;
  std::map<Position, bool> rows_;
  std::set<std::string> values_;  // what operations point into
};

Row RowAt(std::int64_t time) { return {{time, 5}, time % 7 != 0}; }

TEST_F(ColumnWriterTest, LargeFirstBatchIsCutIntoFullChunks) {
  std::vector<Operation> operations;
  for (int i = 0; i < 20000; ++i) Put(RowAt(i), &operations);
  ASSERT_TRUE(Write(operations));
  Check();
  ASSERT_EQ(directory_->chunk_count(), 5U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(directory_->chunk(i).counts.calls, static_cast<std::int64_t>(columns::kSealRows));
  }
}

TEST_F(ColumnWriterTest, InsertsInTheMiddleSplitAChunk) {
  std::vector<Operation> operations;
  for (int i = 0; i < 9000; ++i) Put(RowAt(i * 10), &operations);
  ASSERT_TRUE(Write(operations));
  const std::size_t before = directory_->chunk_count();
  for (int i = 0; i < 3000; ++i) {
    operations.clear();
    Put(RowAt(i * 10 + 1), &operations);
    ASSERT_TRUE(Write(operations));
  }
  Check();
  EXPECT_GT(directory_->chunk_count(), before);
}

TEST_F(ColumnWriterTest, EmptiedChunksGoButTheOldest) {
  std::vector<Operation> operations;
  for (int i = 0; i < 14000; ++i) Put(RowAt(i), &operations);
  ASSERT_TRUE(Write(operations));
  ASSERT_EQ(directory_->chunk_count(), 4U);
  operations.clear();
  for (int i = 4096; i < 8192; ++i) Remove({i, 5}, &operations);  // the whole of one
  ASSERT_TRUE(Write(operations));
  Check();
  EXPECT_EQ(directory_->chunk_count(), 3U);
  operations.clear();
  Put(RowAt(5000), &operations);  // now of the chunk before it
  ASSERT_TRUE(Write(operations));
  Check();
  operations.clear();
  while (!rows_.empty()) Remove(rows_.begin()->first, &operations);
  ASSERT_TRUE(Write(operations));
  Check();
  EXPECT_EQ(directory_->chunk_count(), 1U);
  EXPECT_EQ(directory_->chunk(0).fence, kOldest);
  operations.clear();
  Put(RowAt(1), &operations);
  ASSERT_TRUE(Write(operations));
  Check();
}

TEST_F(ColumnWriterTest, RandomBatchesKeepRowsAndCounts) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 120; ++round) {
    std::vector<Operation> operations;
    const auto size = static_cast<std::size_t>(random() % 8 == 0 ? random() % 9000 : random() % 40);
    const bool shrinks = round % 40 > 25;
    for (std::size_t i = 0; i < size; ++i) {
      const auto time = static_cast<std::int64_t>(random() % 3000);
      const Row row{{time, random() % 12}, random() % 3 != 0};
      const auto near = rows_.lower_bound(row.position);
      if (near != rows_.end() && (shrinks || near->first == row.position)) {
        const Position position = near->first;
        Remove(position, &operations);
        // A row whose flag flips: gone and back in one batch.
        if (!shrinks) Put({position, row.started}, &operations);
      } else if (!shrinks) {
        Put(row, &operations);
      }
    }
    if (operations.empty()) continue;
    ASSERT_TRUE(Write(operations)) << round;
    if (round % 10 == 0) Check();
    if (round % 30 == 29) Restart();
  }
  Check();
}

TEST_F(ColumnWriterTest, DamagedChunkIsReportedNotOverwritten) {
  std::vector<Operation> operations;
  for (int i = 0; i < 100; ++i) Put(RowAt(i), &operations);
  ASSERT_TRUE(Write(operations));
  const keys::Key key = keys::ChunkKey(kOrganization, kOldest);
  engine::Batch damage(*database_);
  damage.Put(engine::Family::kColumns, key, "damaged");
  ASSERT_TRUE(database_->Write(&damage, {}));
  Restart();  // so that the next write reads the chunk
  const auto written = Write({{Operation::Kind::kPut, RowAt(1000)}});
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::kCorrupt);
  engine::PinnedValue value;
  ASSERT_TRUE(database_->Get(engine::Family::kColumns, key, nullptr, &value));
  EXPECT_EQ(engine::ToView(value), "damaged");
}

}  // namespace
}  // namespace callstore::store
