// Goal:   rows come as they are in the snapshot, with their transcript once it is asked for; a row
//         that is missing is an error.
// Method: records written straight into a database.
#include "store/row_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "json_fixture.h"
#include "scratch_folder.h"

namespace callstore::store {
namespace {

using engine::Family;

constexpr OrganizationNumber kOrganization = 7;
constexpr Position kFirst{1000, 1};
constexpr Position kSecond{2000, 2};

class RowReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = engine::Database::Open({.path = folder_.store()});
    ASSERT_TRUE(opened) << opened.error().ToString();
    database_ = *std::move(opened);
  }

  void Put(const Position& position, std::string_view json) {
    const auto kept = test::Keep(json);
    ASSERT_TRUE(kept) << kept.error().ToString();
    engine::Batch batch(*database_);
    const keys::Key key = keys::CallKey(kOrganization, position);
    batch.Put(Family::kCalls, key, kept->records.call);
    if (!kept->records.transcript.empty()) {
      batch.Put(Family::kTranscripts, key, kept->records.transcript);
    }
    ASSERT_TRUE(database_->Write(&batch, {}));
  }

  test::ScratchFolder folder_;
  std::unique_ptr<engine::Database> database_;
};

TEST_F(RowReaderTest, CallComesFirstAndItsTranscriptWhenAsked) {
  Put(kFirst, R"({"id":"x","agent_id":"one","transcript":"hello"})");
  Put(kSecond, R"({"id":"y","agent_id":"two"})");
  const engine::Snapshot snapshot(*database_);
  RowReader reader(*database_, kOrganization, snapshot);

  const auto first = reader.ReadCall(kFirst);
  ASSERT_TRUE(first) << first.error().ToString();
  EXPECT_EQ(first->agent_id(), "one");
  EXPECT_FALSE(first->transcript_loaded());
  const auto full = reader.WithTranscript();
  ASSERT_TRUE(full) << full.error().ToString();
  EXPECT_EQ(full->agent_id(), "one");
  EXPECT_EQ(full->transcript(), "hello");

  ASSERT_TRUE(reader.ReadCall(kSecond));
  const auto bare = reader.WithTranscript();
  ASSERT_TRUE(bare) << bare.error().ToString();
  EXPECT_EQ(bare->agent_id(), "two");
  EXPECT_TRUE(bare->transcript_loaded()) << "there is none, and that is known";
  EXPECT_EQ(bare->transcript(), std::nullopt);
}

TEST_F(RowReaderTest, SnapshotIsWhatIsRead) {
  Put(kFirst, R"({"id":"x","agent_id":"before"})");
  const engine::Snapshot snapshot(*database_);
  Put(kFirst, R"({"id":"x","agent_id":"after","transcript":"late"})");
  RowReader reader(*database_, kOrganization, snapshot);
  const auto call = reader.ReadCall(kFirst);
  ASSERT_TRUE(call) << call.error().ToString();
  EXPECT_EQ(call->agent_id(), "before");
  EXPECT_EQ(reader.WithTranscript()->transcript(), std::nullopt);
}

TEST_F(RowReaderTest, MissingRowIsCorrupt) {
  Put(kFirst, R"({"id":"x"})");
  const engine::Snapshot snapshot(*database_);
  RowReader reader(*database_, kOrganization, snapshot);
  ASSERT_TRUE(reader.ReadCall(kFirst));
  const auto missing = reader.ReadCall(kSecond);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kCorrupt);
  RowReader other(*database_, kOrganization + 1, snapshot);
  EXPECT_FALSE(other.ReadCall(kFirst)) << "the row of another organization";
}

}  // namespace
}  // namespace callstore::store
