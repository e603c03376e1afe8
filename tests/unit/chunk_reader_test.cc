// Goal:   a chunk that is missing, damaged or not what the directory says is never read as if it
//         were good.
// Method: chunk values written straight into a database.
#include "store/chunk_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scratch_folder.h"

namespace callstore::store {
namespace {

constexpr OrganizationNumber kOrganization = 7;
constexpr Position kFence{1000, 0};

std::string ChunkOf(const std::vector<columns::Row>& rows) {
  std::string operand;
  for (const columns::Row& row : rows) {
    columns::AppendOperation({columns::Operation::Kind::kPut, row}, &operand);
  }
  const std::string_view operands[] = {operand};
  return columns::Fold("", operands);
}

class ChunkReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Database::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    database_ = *std::move(opened);
    Put(kFence, ChunkOf({{{3000, 1}, true}, {{2000, 1}, false}}));
    Put(kOldest, ChunkOf({{{500, 1}, true}}));
  }

  void Put(const Position& fence, std::string_view value) {
    engine::Batch batch(*database_);
    batch.Put(engine::Family::kColumns, keys::ChunkKey(kOrganization, fence), value);
    ASSERT_TRUE(database_->Write(&batch, {}));
  }

  // The position of the first row of chunk `i`, or the error.
  Result<Position> FirstRow(std::size_t i) {
    const auto directory = columns::Directory::Make({1, {3, 2}}, {{kFence, {}}, {kOldest, {1, 1}}});
    const engine::Snapshot snapshot(*database_);
    ChunkCache cache(0);
    const QueryScope scope{{.database = *database_, .snapshot = snapshot, .number = kOrganization},
                           "org",
                           directory,
                           cache};
    ChunkReader reader(scope);
    return reader.Read(i).map([](const columns::ChunkView& chunk) { return chunk.position(0); });
  }
  void ExpectCorrupt(std::size_t i) {
    const auto row = FirstRow(i);
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().code, ErrorCode::kCorrupt);
  }

  test::ScratchFolder folder_;
  std::unique_ptr<engine::Database> database_;
};

TEST_F(ChunkReaderTest, ChunksAreCountedFromTheNewest) {
  EXPECT_EQ(FirstRow(0).value(), (Position{3000, 1}));
  EXPECT_EQ(FirstRow(1).value(), (Position{500, 1}));
}

TEST_F(ChunkReaderTest, ChunkOfOtherRowsThanTheDirectorySaysIsCorrupt) {
  Put(kFence, ChunkOf({{{3000, 1}, true}}));
  ExpectCorrupt(0);
  EXPECT_TRUE(FirstRow(1)) << "the other chunk is as good as before";
  Put(kOldest, "");
  ExpectCorrupt(1);
}

TEST_F(ChunkReaderTest, BytesThatAreNoChunkAreCorrupt) {
  Put(kFence, "no chunk");
  ExpectCorrupt(0);
}

TEST_F(ChunkReaderTest, ChunkWithDamageIsCorrupt) {
  std::string operand;
  columns::AppendOperation({columns::Operation::Kind::kPut, {{2500, 1}, true}}, &operand);
  const std::string_view operands[] = {operand, "no operation"};
  // The count of rows is right.
  Put(kOldest, columns::Fold("", operands));
  ExpectCorrupt(1);
}

TEST_F(ChunkReaderTest, MissingChunkIsCorrupt) {
  engine::Batch batch(*database_);
  batch.Delete(engine::Family::kColumns, keys::ChunkKey(kOrganization, kFence));
  ASSERT_TRUE(database_->Write(&batch, {}));
  ExpectCorrupt(0);
}

}  // namespace
}  // namespace callstore::store
