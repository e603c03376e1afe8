// Goal:   Verify names each thing that is wrong in a store, and nothing beside it.
// Method: one store, copied for each test, in which one thing is changed behind the store's back:
//         a row, or a bit of a file. Every test states all faults that it expects.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/hash.h"
#include "columns/chunk.h"
#include "columns/directory.h"
#include "record/access.h"
#include "scratch_folder.h"
#include "store/column_values.h"
#include "store/id_table.h"
#include "store/organizations.h"
#include "store/verifier.h"
#include "unit/damaged_store.h"

namespace callstore {
namespace {

namespace fs = std::filesystem;
using engine::Batch;
using engine::Database;
using engine::Family;
using test::FaultCounts;
using test::Rows;
using test::Show;

constexpr const char* kSmall = "org-small";  // number 1
constexpr const char* kLarge = "org-large";  // number 2
constexpr std::size_t kSmallCalls = 60;

Store OpenStore(const std::string& path) {
  auto store = Store::Open({.path = path});
  EXPECT_TRUE(store) << store.error().ToString();
  return *std::move(store);
}

// One store for all tests, which is copied.
template <std::size_t kLargeCalls>
class VerifyFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    whole_ = std::make_unique<test::ScratchFolder>();
    Store store = OpenStore(whole_->store());
    test::PutVariedCalls(&store, kSmall, 0, kSmallCalls);
    test::PutVariedCalls(&store, kLarge, 0, kLargeCalls);
    ASSERT_TRUE(store.Verify()->ok());
    ASSERT_TRUE(store.Close());
  }
  static void TearDownTestSuite() { whole_.reset(); }
  void SetUp() override { fs::copy(whole_->store(), path(), fs::copy_options::recursive); }

  std::string path() const { return folder_.store(); }
  void Change(const std::function<void(Database*, Batch*)>& change) {
    test::ChangeRows(path(), change);
  }
  // Of the database alone: a store with damaged organizations does not open.
  VerifyReport Verify(const VerifyOptions& options = {}) {
    auto database = Database::Open({.path = path()});
    EXPECT_TRUE(database) << database.error().ToString();
    if (!database) return {};
    auto report = store::Verify(**database, options);
    EXPECT_TRUE(report) << report.error().ToString();
    return report ? *std::move(report) : VerifyReport();
  }
  void ExpectFaults(const FaultCounts& expected) {
    const VerifyReport report = Verify();
    EXPECT_EQ(report.fault_counts, expected) << Show(report);
    EXPECT_EQ(report.fault_count == 0, report.ok());
    for (const Fault& fault : report.faults) {
      EXPECT_FALSE(fault.what.empty());
      EXPECT_NE(expected.find(fault.kind), expected.end());
    }
  }
  // The rows of one organization, with their keys.
  static Rows RowsOf(const Database& database, Family family, keys::OrganizationNumber number) {
    Rows rows;
    for (auto& row : test::RowsOf(database, family)) {
      if (row.first.starts_with(keys::FirstKey(number).view())) rows.push_back(std::move(row));
    }
    return rows;
  }
  // Those of a kind (the byte behind the number).
  static Rows RowsOf(const Database& database, Family family, keys::OrganizationNumber number,
                     char kind) {
    Rows rows = RowsOf(database, family, number);
    std::erase_if(rows, [kind](const auto& row) { return row.first[4] != kind; });
    return rows;
  }

  // A call whose tie is not the hash of its id: the id that had that tie was deleted.
  void PutPastTombstone() {
    const std::string call = R"({"id":"passed","start_timestamp":7,"from_number":"1"})";
    {
      Store store = OpenStore(path());
      ASSERT_TRUE(store.PutJson(kSmall, call));
    }
    Change([](Database* database, Batch* batch) {
      const std::uint64_t hash = Hash64("passed");
      const Position from{7, hash};
      const Position to{7, hash + 1};
      engine::PinnedValue record;
      ASSERT_TRUE(*database->Get(Family::kCalls, keys::CallKey(1, from), nullptr, &record));
      batch->Put(Family::kCalls, keys::CallKey(1, to), engine::ToView(record));
      batch->Delete(Family::kCalls, keys::CallKey(1, from));
      batch->Put(Family::kIds, keys::IdKey(1, from.tie), {});
      batch->Put(Family::kIds, keys::IdKey(1, to.tie), store::EncodeIdRecord(7, "passed"));
      const keys::IndexField field = keys::IndexField::kFromNumber;
      batch->Delete(Family::kIndex, keys::IndexKey(1, field, Hash64("1"), from));
      batch->Put(Family::kIndex, keys::IndexKey(1, field, Hash64("1"), to), {});
      std::string values;
      const std::string aligned = record.ToString();
      store::AppendColumnValues(CallViewAccess::Make({}, aligned, {}, false), &values);
      std::string operand;
      columns::AppendOperation({columns::Operation::Kind::kRemove, {from, true}}, &operand);
      columns::AppendOperation({columns::Operation::Kind::kPut, {to, true}, values}, &operand);
      batch->Merge(Family::kColumns, keys::ChunkKey(1, kOldest), operand);
    });
  }

  static std::unique_ptr<test::ScratchFolder> whole_;
  test::ScratchFolder folder_;
};
template <std::size_t kLargeCalls>
std::unique_ptr<test::ScratchFolder> VerifyFixture<kLargeCalls>::whole_;

class VerifyTest : public VerifyFixture<600> {};

// With several chunks, and tables of many blocks.
constexpr std::size_t kManyCalls = 8300;
class VerifyLargeTest : public VerifyFixture<kManyCalls> {};

TEST_F(VerifyTest, TheStoreOfTheseTestsHasNoFaults) { ExpectFaults({}); }

TEST_F(VerifyTest, FaultsSayWhereTheyAre) {
  std::string key;
  Change([&](Database* database, Batch* batch) {
    key = RowsOf(*database, Family::kCalls, 1)[3].first;
    batch->Put(Family::kCalls, key, "no record");
  });
  const VerifyReport report = Verify();
  ASSERT_EQ(report.faults.size(), 1U) << Show(report);
  EXPECT_EQ(report.faults[0].kind, FaultKind::kDamagedCall);
  EXPECT_EQ(report.faults[0].organization, kSmall);
  EXPECT_EQ(report.faults[0].family, "calls");
  EXPECT_EQ(report.faults[0].key, ToHex(key));
}

TEST_F(VerifyTest, MostFaultsLimitsWhatIsDescribedAlone) {
  Change([&](Database* database, Batch* batch) {
    for (const auto& row : RowsOf(*database, Family::kCalls, 1)) {
      batch->Put(Family::kCalls, row.first, "no record");
    }
  });
  const VerifyReport report = Verify({.most_faults = 7});
  EXPECT_EQ(report.faults.size(), 7U);
  EXPECT_EQ(report.fault_count, static_cast<std::int64_t>(kSmallCalls));
}

TEST_F(VerifyTest, DamagedCallIsFound) {
  Change([&](Database* database, Batch* batch) {
    auto row = RowsOf(*database, Family::kCalls, 2)[400];
    row.second[row.second.size() / 3] ^= 0x55;
    row.second.resize(row.second.size() - 9);
    batch->Put(Family::kCalls, row.first, row.second);
  });
  ExpectFaults({{FaultKind::kDamagedCall, 1}});
}

TEST_F(VerifyTest, DamagedTranscriptIsFound) {
  Change([&](Database* database, Batch* batch) {
    batch->Put(Family::kTranscripts, RowsOf(*database, Family::kTranscripts, 2)[40].first, "no");
  });
  ExpectFaults({{FaultKind::kDamagedTranscript, 1}});
}

TEST_F(VerifyTest, OrphanTranscriptIsFound) {
  Change([&](Database* database, Batch* batch) {
    const auto row = RowsOf(*database, Family::kTranscripts, 2)[40];
    batch->Put(Family::kTranscripts, keys::CallKey(2, {1, 2}), row.second);
    batch->Put(Family::kTranscripts, keys::CallKey(1, kNewest), row.second);
  });
  ExpectFaults({{FaultKind::kOrphanTranscript, 2}});
}

// The call of another list time in the place of a call: everything but its place would agree.
TEST_F(VerifyTest, MisplacedCallIsFound) {
  {
    Store store = OpenStore(path());
    ASSERT_TRUE(store.PutJson(kSmall, R"({"id":"m","start_timestamp":1000})"));
  }
  std::string record;
  Change([&](Database* database, Batch* batch) {
    engine::PinnedValue value;
    const keys::Key key = keys::CallKey(1, {1000, Hash64("m")});
    ASSERT_TRUE(*database->Get(Family::kCalls, key, nullptr, &value));
    record = value.ToString();
    const std::size_t at = record.find(std::string("\xE8\x03\0\0\0\0\0\0", 8));
    ASSERT_NE(at, std::string::npos);
    record[at] = '\x07';
    batch->Put(Family::kCalls, key, record);
  });
  ExpectFaults({{FaultKind::kMisplacedCall, 1}});
}

TEST_F(VerifyTest, ForeignKeysAreFoundInEveryFamily) {
  Change([&](Database*, Batch* batch) {
    const std::string owner(keys::FirstKey(2).view());
    for (const Family family :
         {Family::kCalls, Family::kTranscripts, Family::kIds, Family::kIndex, Family::kColumns}) {
      batch->Put(family, owner + "\x09 foreign", "x");
      batch->Put(family, "ab", "x");
    }
    batch->Put(Family::kOrgs, "an old name", "x");
    batch->Put(Family::kColumns, owner + std::string(1, '\0') + "more", "x");
    batch->Put(Family::kColumns, owner + "\x01more", "x");
    batch->Put(Family::kColumns, owner + "\x02more", "x");
  });
  ExpectFaults({{FaultKind::kForeignKey, 14}});
}

TEST_F(VerifyTest, DamagedOrganizationIsFound) {
  Change([&](Database*, Batch* batch) {
    batch->Put(Family::kOrgs, keys::OrganizationKey(1), "x");
    batch->Put(Family::kOrgs, keys::OrganizationKey(3),
               store::EncodeOrganization({.name = "not \xFF text"}));
    batch->Put(Family::kOrgs, keys::OrganizationKey(4),
               store::EncodeOrganization({.name = kLarge}));
    batch->Put(Family::kOrgs, keys::OrganizationKey(5), store::EncodeOrganization({}));
  });
  ExpectFaults({{FaultKind::kDamagedOrganization, 3}});
}

TEST_F(VerifyTest, UnknownOrganizationIsFoundOnceAFamily) {
  Change([&](Database*, Batch* batch) {
    batch->Delete(Family::kOrgs, keys::OrganizationKey(1));
    batch->Put(Family::kIndex, keys::IndexKey(77, keys::IndexField::kCallSid, 5, {1, 2}), {});
  });
  ExpectFaults({{FaultKind::kUnknownOrganization, 6}});
}

TEST_F(VerifyTest, MissingIdIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kIds, 2, '\x01');
    batch->Delete(Family::kIds, rows[10].first);
    batch->Put(Family::kIds, rows[20].first, {});  // a tombstone where there is a call
  });
  ExpectFaults({{FaultKind::kMissingId, 2}});
}

TEST_F(VerifyTest, WrongIdIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kIds, 2, '\x01');
    const auto row = *store::DecodeIdRecord(rows[10].second);
    batch->Put(Family::kIds, rows[10].first, store::EncodeIdRecord(row.time_ms + 1, row.id));
    const auto other = *store::DecodeIdRecord(rows[20].second);
    batch->Put(Family::kIds, rows[20].first, store::EncodeIdRecord(other.time_ms, "other"));
    batch->Put(Family::kIds, rows[30].first, "x");
  });
  ExpectFaults({{FaultKind::kWrongId, 3}});
}

TEST_F(VerifyTest, OrphanIdIsFound) {
  Change([&](Database*, Batch* batch) {
    batch->Put(Family::kIds, keys::IdKey(2, Hash64("no call")),
               store::EncodeIdRecord(1'703'000'000'000, "no call"));
    batch->Put(Family::kIds, keys::IdKey(1, 5), "damaged");
    batch->Put(Family::kIds, keys::IdKey(1, 6), {});  // a tombstone, which is none
  });
  ExpectFaults({{FaultKind::kOrphanId, 2}});
}

TEST_F(VerifyTest, MissingAndOrphanCallIdsAreFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kIds, 2, '\x02');
    batch->Delete(Family::kIds, rows[10].first);
    batch->Put(Family::kIds, rows[20].first, "odd");
    const auto ties = *store::DecodeTies(rows[30].second);
    batch->Put(Family::kIds, rows[30].first, store::EncodeTies({ties[0], 7, ties[0]}));
    batch->Put(Family::kIds, keys::CallIdKey(1, 5), store::EncodeTies({ties[0]}));
  });
  ExpectFaults({{FaultKind::kMissingCallId, 2}, {FaultKind::kOrphanCallId, 3}});
}

TEST_F(VerifyTest, CallIdRowOfAnotherCallIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kIds, 2, '\x02');
    batch->Put(Family::kIds, rows[10].first, rows[11].second);
  });
  ExpectFaults({{FaultKind::kMissingCallId, 1}, {FaultKind::kOrphanCallId, 1}});
}

TEST_F(VerifyTest, MissingIndexKeysAreFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kIndex, 2);
    for (const std::size_t i : {std::size_t{0}, rows.size() / 2, rows.size() - 1}) {
      batch->Delete(Family::kIndex, rows[i].first);
    }
  });
  ExpectFaults({{FaultKind::kMissingIndexKey, 3}});
}

TEST_F(VerifyTest, OrphanIndexKeysAreFound) {
  Change([&](Database* database, Batch* batch) {
    const auto call = keys::ParseCallKey(RowsOf(*database, Family::kCalls, 2)[9].first);
    batch->Put(Family::kIndex, keys::IndexKey(2, keys::IndexField::kCallSid, 9, *call), {});
    batch->Put(Family::kIndex, keys::IndexKey(1, keys::IndexField::kToNumber, 9, {5, 6}), {});
  });
  ExpectFaults({{FaultKind::kOrphanIndexKey, 2}});
}

TEST_F(VerifyTest, MissingHeadIsFound) {
  Change([&](Database*, Batch* batch) {
    batch->Delete(Family::kColumns, keys::HeadKey(1));
    batch->Put(Family::kColumns, keys::HeadKey(2), "x");
  });
  ExpectFaults({{FaultKind::kMissingHead, 2}});
}

TEST_F(VerifyTest, WrongTotalIsFound) {
  Change([&](Database* database, Batch* batch) {
    for (const keys::OrganizationNumber number : {1U, 2U}) {
      auto head = *columns::DecodeHead(RowsOf(*database, Family::kColumns, number)[0].second);
      (number == 1 ? head.total.calls : head.total.started) += 1;
      batch->Put(Family::kColumns, keys::HeadKey(number), columns::EncodeHead(head));
    }
  });
  ExpectFaults({{FaultKind::kWrongTotal, 2}});
}

TEST_F(VerifyLargeTest, WrongSummaryIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kColumns, 2, '\x01');
    ASSERT_GE(rows.size(), 3U);
    auto counts = *columns::DecodeSummary(rows[1].second);
    counts.started -= 1;
    batch->Put(Family::kColumns, rows[1].first, columns::EncodeSummary(counts));
    batch->Put(Family::kColumns, rows[2].first, "x");
  });
  ExpectFaults({{FaultKind::kWrongSummary, 2}});
}

TEST_F(VerifyLargeTest, MissingSummaryIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kColumns, 2, '\x01');
    batch->Delete(Family::kColumns, rows[1].first);
    batch->Delete(Family::kColumns, RowsOf(*database, Family::kColumns, 1, '\x01')[0].first);
  });
  ExpectFaults({{FaultKind::kWrongSummary, 2}});
}

// A fence in the middle of a chunk: queries look for its calls in a chunk that is not there.
TEST_F(VerifyTest, SummaryInAChunkIsFound) {
  Change([&](Database* database, Batch* batch) {
    const auto call = *keys::ParseCallKey(RowsOf(*database, Family::kCalls, 1)[10].first);
    batch->Put(Family::kColumns, keys::SummaryKey(1, call), columns::EncodeSummary({11, 0}));
  });
  // The calls behind the fence have no rows; the chunk has rows beyond the fence, and its summary,
  // that of the newest chunk until now, was not kept up to date.
  ExpectFaults({{FaultKind::kMissingColumnRow, 11}, {FaultKind::kWrongSummary, 2}});
}

TEST_F(VerifyLargeTest, DamagedChunkIsFound) {
  Change([&](Database* database, Batch* batch) {
    const Rows rows = RowsOf(*database, Family::kColumns, 2, '\x02');
    ASSERT_GE(rows.size(), 3U);
    batch->Put(Family::kColumns, rows[0].first, "no chunk");
    batch->Merge(Family::kColumns, rows[1].first, "no operation");
  });
  ExpectFaults({{FaultKind::kDamagedChunk, 2}});
}

TEST_F(VerifyTest, MissingChunkIsRowsThatAreMissing) {
  Change([&](Database*, Batch* batch) {
    batch->Delete(Family::kColumns, keys::ChunkKey(1, kOldest));
  });
  ExpectFaults({{FaultKind::kMissingColumnRow, static_cast<std::int64_t>(kSmallCalls)}});
}

TEST_F(VerifyTest, MissingAndOrphanColumnRowsAreFound) {
  Change([&](Database* database, Batch* batch) {
    const auto call = *keys::ParseCallKey(RowsOf(*database, Family::kCalls, 1)[10].first);
    std::string operand;
    columns::AppendOperation({columns::Operation::Kind::kRemove, {call, false}}, &operand);
    columns::AppendOperation({columns::Operation::Kind::kPut, {{3, 4}, false}}, &operand);
    columns::AppendOperation({columns::Operation::Kind::kPut, {kNewest, false}}, &operand);
    batch->Merge(Family::kColumns, keys::ChunkKey(1, kOldest), operand);
  });
  ExpectFaults({{FaultKind::kMissingColumnRow, 1}, {FaultKind::kOrphanColumnRow, 2}});
}

// A call's row with the values of another call, or of a call that is like it but for one field.
TEST_F(VerifyTest, WrongColumnValuesAreFound) {
  const auto values_of = [](const std::string& record) {
    std::string values;
    store::AppendColumnValues(CallViewAccess::Make({}, record, {}, false), &values);
    return values;
  };
  Change([&](Database* database, Batch* batch) {
    const Rows calls = RowsOf(*database, Family::kCalls, 1);
    std::string operand;
    for (const std::size_t i : {3U, 7U, 12U}) {
      const std::string values = i == 7 ? std::string() : values_of(calls[i + 1].second);
      const CallView call = CallViewAccess::Make({}, calls[i].second, {}, false);
      const bool started = call.start_timestamp().has_value();
      columns::AppendOperation(
          {columns::Operation::Kind::kPut, {*keys::ParseCallKey(calls[i].first), started}, values},
          &operand);
    }
    const std::string same = values_of(calls[22].second);
    columns::AppendOperation(
        {columns::Operation::Kind::kPut, {*keys::ParseCallKey(calls[22].first), false}, same},
        &operand);
    batch->Merge(Family::kColumns, keys::ChunkKey(1, kOldest), operand);
  });
  ExpectFaults({{FaultKind::kWrongColumnValue, 4}});
}

// The greatest value of a column, in its entry of the table: queries pass by chunks because of it.
TEST_F(VerifyTest, WrongBoundsOfAColumnAreFound) {
  Change([&](Database* database, Batch* batch) {
    auto row = RowsOf(*database, Family::kColumns, 1, '\x02')[0];
    const auto chunk = columns::ChunkView::Parse(row.second);
    ASSERT_TRUE(chunk);
    std::string bounds;
    const columns::ColumnView column = chunk->column(columns::ColumnId::kEndTimestamp);
    AppendLittle(column.min_integer(), &bounds);
    AppendLittle(column.max_integer(), &bounds);
    const std::size_t at = row.second.find(bounds);
    ASSERT_NE(at, std::string::npos);
    row.second[at + 8] += 1;
    batch->Put(Family::kColumns, row.first, row.second);
  });
  ExpectFaults({{FaultKind::kWrongColumnValue, 1}});
}

// A deleted id whose place another call passed: what is found by walking on is found.
TEST_F(VerifyTest, TombstonesThatCallsWerePutPastAreNoFaults) {
  ASSERT_NO_FATAL_FAILURE(PutPastTombstone());
  ExpectFaults({});
  const Store store = OpenStore(path());
  EXPECT_TRUE(store.Get(kSmall, "passed"));
}

TEST_F(VerifyTest, GapBeforeATieIsFound) {
  ASSERT_NO_FATAL_FAILURE(PutPastTombstone());
  Change([&](Database*, Batch* batch) {
    batch->Delete(Family::kIds, keys::IdKey(1, Hash64("passed")));
  });
  ExpectFaults({{FaultKind::kMissingId, 1}});
}

// Each family's largest table, one bit of a block of rows: the table and the rows are named, and
// what they would have said is missed nowhere.
class VerifyFilesTest : public VerifyLargeTest, public testing::WithParamInterface<Family> {};

TEST_P(VerifyFilesTest, FlippedBitIsNamedAndNothingElse) {
  const std::string table = test::TablesOf(path(), GetParam()).at(0);
  test::FlipByte(table, 0.3);
  const VerifyReport report = Verify();
  EXPECT_EQ(report.fault_counts,
            (FaultCounts{{FaultKind::kUnreadableFile, 1}, {FaultKind::kUnreadableRow, 1}}))
      << Show(report);
  EXPECT_EQ(report.faults[0].key, fs::path(table).filename());
  EXPECT_EQ(report.faults[0].family, engine::FamilyName(GetParam()));
  EXPECT_EQ(report.faults[1].family, engine::FamilyName(GetParam()));
  EXPECT_GT(report.files, 5);
  // Nearly all calls are behind the damage.
  EXPECT_GT(report.calls, static_cast<std::int64_t>(kManyCalls + kSmallCalls) - 300);
}

INSTANTIATE_TEST_SUITE_P(Families, VerifyFilesTest,
                         testing::Values(Family::kCalls, Family::kTranscripts, Family::kIds,
                                         Family::kIndex, Family::kColumns),
                         [](const auto& family) {
                           return std::string(engine::FamilyName(family.param));
                         });

TEST_F(VerifyLargeTest, ManyFlippedBitsAreManyFaults) {
  const std::string table = test::TablesOf(path(), Family::kCalls).at(0);
  for (const double part : {0.1, 0.3, 0.5, 0.7}) test::FlipByte(table, part);
  ExpectFaults({{FaultKind::kUnreadableFile, 1}, {FaultKind::kUnreadableRow, 4}});
}

TEST_F(VerifyLargeTest, FilesAreLeftOutWhereNobodyAsks) {
  const std::string table = test::TablesOf(path(), Family::kCalls).at(0);
  test::FlipByte(table, 0.3);
  const VerifyReport report = Verify({.files = false});
  EXPECT_EQ(report.fault_counts, (FaultCounts{{FaultKind::kUnreadableRow, 1}})) << Show(report);
  EXPECT_EQ(report.files, 0);
}

}  // namespace
}  // namespace callstore
