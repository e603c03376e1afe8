// Goal:   what an opted-out call must not keep never reaches the disk, the write-ahead log
// included. Method: every field holds a marker that says whether it may be kept; the call is
// written in every
//         way there is; then all files of the store are searched, and all values that it has.
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "callstore/callstore.h"
#include "engine/database.h"
#include "scratch_folder.h"

namespace callstore {
namespace {

constexpr const char* kOrganization = "org-789";

// "keep-..." may be kept, "drop-..." may not.
std::string MarkedCall(bool opted_out) {
  return R"({"organization_id":"org-789","id":"keep-id","call_id":"keep-call-id",
    "agent_id":"keep-agent","call_status":"keep-status","call_type":"keep-type",
    "direction":"keep-direction","disconnection_reason":"keep-reason",
    "from_number":"drop-from","to_number":"drop-to","recording_url":"drop-recording",
    "public_log_url":"drop-log","start_timestamp":1703097600000,"call_duration":600000,
    "metadata":{"m":"keep-metadata"},
    "events":[{"type":"keep-type-of-event","timestamp":"keep-time-of-event",
               "data":"drop-event-data","drop-event-member":1,"message":"drop-message"},
              {"event":"keep-event","timestamp":{"at":"drop-odd-time"},"type":["drop-odd-type"]}],
    "transcript":"drop-transcript",
    "transcript_object":[
      {"role":"drop-role","content":"drop-content",
       "words":[{"word":"drop-content","start":0.5},{"word":"drop-odd-word","start":1}]},
      {"role":"agent","content":"drop-more","drop-utterance-member":"drop-value"}],
    "transcript_with_tool_calls":[
      {"role":"tool_call_invocation","tool_call_id":"drop-tool-id","name":"drop-tool",
       "arguments":"drop-arguments"},
      {"role":"tool_call_result","tool_call_id":"drop-result-id","content":"drop-result"},
      {"role":"drop-turn-role","digit":"drop-digit"},
      {"role":"user","content":"drop-own-utterance"}],
    "latency":{"keep-component":{"p50":1,"values":[2],"drop-latency":"drop-latency-value"}},
    "call_analysis":{"call_successful":true,"in_voicemail":false,"call_summary":"drop-summary",
      "user_sentiment":"keep-sentiment","custom_analysis_data":{"k":"drop-custom"},
      "drop-analysis":"drop-analysis-value"},
    "call_cost":{"combined_cost":0.25,"c":"keep-cost"},
    "telephony_identifier":{"call_sid":"drop-call-sid","conference_sid":"drop-conference-sid",
      "drop-telephony":"drop-telephony-value"},
    "drop-member":"drop-unknown","opt_out_sensitive_data_storage":)" +
         std::string(opted_out ? "true}" : "false}");
}

const std::vector<std::string> kKept = {"keep-id",     "keep-call-id",       "keep-agent",
                                        "keep-status", "keep-type",          "keep-direction",
                                        "keep-reason", "keep-metadata",      "keep-type-of-event",
                                        "keep-event",  "keep-time-of-event", "keep-component",
                                        "keep-cost",   "keep-sentiment"};

// Every stored key and value, as it was before compression.
std::string StoredBytes(const std::string& folder) {
  const auto database = engine::Database::Open({.path = folder, .mode = OpenMode::kReadOnly});
  EXPECT_TRUE(database) << database.error().ToString();
  std::string bytes;
  for (std::size_t i = 0; database && i < engine::kFamilyCount; ++i) {
    const auto scan = (*database)->NewFullScan(static_cast<engine::Family>(i));
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      bytes.append(scan->key()).append("\n").append(scan->value()).append("\n");
    }
    EXPECT_TRUE(scan->status());
  }
  return bytes;
}

bool Has(const std::string& bytes, std::string_view marker) {
  return bytes.find(marker) != std::string::npos;
}

// A way to write the marked call; none of them may leave a "drop-" behind.
struct Way {
  const char* name;
  std::function<bool(Store*)> write;
};

Call Marked(bool opted_out) { return ParseCall(MarkedCall(opted_out)).value(); }

bool PutFlagAlone(Store* store) {
  return store->PutJson(kOrganization, R"({"id":"keep-id","opt_out_sensitive_data_storage":true})")
      .has_value();
}

std::vector<Way> Ways() {
  return {
      {"Put", [](Store* store) { return store->Put(Marked(true)).has_value(); }},
      {"PutJson", [](Store* store) { return store->PutJson({}, MarkedCall(true)).has_value(); }},
      {"PutBatch",
       [](Store* store) {
         const std::vector<Call> calls = {Marked(true), Marked(true)};
         return store->PutBatch(calls).has_value();
       }},
      {"PutJsonBatch",
       [](Store* store) {
         const std::string text = MarkedCall(true);
         const std::vector<std::string_view> texts = {text, "{", text};
         const auto put = store->PutJsonBatch(kOrganization, texts);
         return put && (*put)[0] && !(*put)[1] && (*put)[2];
       }},
      {"MergeIntoNothing",
       [](Store* store) {
         return store->PutJson({}, MarkedCall(true), {.on_existing = OnExisting::kMerge})
             .has_value();
       }},
      {"MergeIntoPlainCall",
       [](Store* store) {
         return store->PutJson(kOrganization, R"({"id":"keep-id","transcript":"plain"})") &&
                store->PutJson({}, MarkedCall(true), {.on_existing = OnExisting::kMerge});
       }},
      {"MergeOfPlainCallIntoOptedOut",
       [](Store* store) {
         return PutFlagAlone(store) &&
                store->Put(Marked(false), {.on_existing = OnExisting::kMerge});
       }},
      {"ReplaceOfOptedOutByPlain",
       [](Store* store) { return PutFlagAlone(store) && store->Put(Marked(false)); }},
      {"BatchThatOptsOutFirst",
       [](Store* store) {
         const std::vector<Call> calls = {{.organization_id = kOrganization,
                                           .id = "keep-id",
                                           .opt_out_sensitive_data_storage = true},
                                          Marked(false)};
         return store->PutBatch(calls).has_value();
       }},
      {"UpdateOfOptedOut",
       [](Store* store) {
         return PutFlagAlone(store) && store->Update(kOrganization, "keep-id", MarkedCall(false));
       }},
      {"UpdateThatTakesTheFlagBack",
       [](Store* store) {
         return PutFlagAlone(store) &&
                store->Update(kOrganization, "keep-id",
                              R"({"opt_out_sensitive_data_storage":null})") &&
                store->Update(kOrganization, "keep-id", MarkedCall(false));
       }},
      {"UpdateThatOptsOut",
       [](Store* store) {
         return store->PutJson(kOrganization, R"({"id":"keep-id","transcript":"plain"})") &&
                store->Update(kOrganization, "keep-id", MarkedCall(true));
       }},
  };
}

class OptOutTest : public testing::Test {
 protected:
  void Open(OptOutPolicy policy) {
    auto opened = Store::Open({.path = folder_.store(), .opt_out = policy});
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_.emplace(*std::move(opened));
  }
  // Files while the store is open (the log), files after it, and values as they are stored.
  std::vector<std::string> AllBytes() {
    std::vector<std::string> bytes = {test::BytesBelow(folder_.store())};
    EXPECT_TRUE(store_->Close());
    bytes.push_back(test::BytesBelow(folder_.store()));
    bytes.push_back(StoredBytes(folder_.store()));
    return bytes;
  }

  test::ScratchFolder folder_;
  std::optional<Store> store_;
};

class OptOutWaysTest : public OptOutTest, public testing::WithParamInterface<Way> {};

TEST_P(OptOutWaysTest, NothingSensitiveReachesTheDisk) {
  Open(OptOutPolicy::kRedact);
  ASSERT_TRUE(GetParam().write(&*store_));
  const auto call = store_->Get(kOrganization, "keep-id");
  ASSERT_TRUE(call);
  EXPECT_FALSE(Has(ToJson(**call), "drop-"));
  const std::vector<std::string> bytes = AllBytes();
  for (const std::string& place : bytes) EXPECT_FALSE(Has(place, "drop-"));
  for (const std::string& marker : kKept) {
    EXPECT_TRUE(Has(bytes.front(), marker)) << "the log lacks " << marker;
    EXPECT_TRUE(Has(bytes.back(), marker)) << "the store lacks " << marker;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, OptOutWaysTest, testing::ValuesIn(Ways()),
                         [](const auto& way) { return way.param.name; });

// The negative control: what is kept on purpose is found by the same search.
TEST_F(OptOutTest, KeepAllKeepsWhatIsSearchedFor) {
  Open(OptOutPolicy::kKeepAll);
  const auto put = store_->PutJson({}, MarkedCall(true));
  ASSERT_TRUE(put);
  EXPECT_FALSE(put->redacted);
  const std::vector<std::string> bytes = AllBytes();
  for (const char* const marker :
       {"drop-from", "drop-transcript", "drop-event-data", "drop-event-member", "drop-tool-id",
        "drop-odd-word", "drop-summary", "drop-custom", "drop-call-sid", "drop-unknown",
        "drop-latency-value"}) {
    EXPECT_TRUE(Has(bytes.front(), marker)) << marker;
    EXPECT_TRUE(Has(bytes.back(), marker)) << marker;
  }
}

TEST_F(OptOutTest, MetadataIsDroppedWhereThePolicySaysSo) {
  Open(OptOutPolicy::kRedactAndDropMetadata);
  ASSERT_TRUE(store_->PutJson({}, MarkedCall(true)));
  for (const std::string& place : AllBytes()) {
    EXPECT_FALSE(Has(place, "drop-"));
    EXPECT_FALSE(Has(place, "keep-metadata"));
  }
}

TEST_F(OptOutTest, CallThatDoesNotOptOutIsKeptWhole) {
  Open(OptOutPolicy::kRedact);
  const auto put = store_->PutJson({}, MarkedCall(false));
  ASSERT_TRUE(put);
  EXPECT_FALSE(put->redacted);
  EXPECT_TRUE(Has(ToJson(**store_->Get(kOrganization, "keep-id")), "drop-odd-word"));
}

TEST_F(OptOutTest, RedactedIsReportedWhereSomethingWasRemoved) {
  Open(OptOutPolicy::kRedact);
  EXPECT_TRUE(store_->PutJson({}, MarkedCall(true))->redacted);
  const auto bare = store_->PutJson(
      kOrganization, R"({"id":"bare","opt_out_sensitive_data_storage":true,"agent_id":"a"})");
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->redacted);
}

// Setting the flag on a stored call takes what it covers out of sight at once; the old bytes go at
// the next purge.
TEST_F(OptOutTest, FlagOnAStoredCallRemovesWhatItCovers) {
  Open(OptOutPolicy::kRedact);
  ASSERT_TRUE(store_->PutJson({}, MarkedCall(false)));
  const auto updated =
      store_->Update(kOrganization, "keep-id", R"({"opt_out_sensitive_data_storage":true})");
  ASSERT_TRUE(updated);
  EXPECT_TRUE(updated->redacted);
  EXPECT_EQ(updated->outcome, PutOutcome::kChanged);
  EXPECT_FALSE(Has(ToJson(**store_->Get(kOrganization, "keep-id")), "drop-"));
  ASSERT_TRUE(store_->Close());
  EXPECT_FALSE(Has(StoredBytes(folder_.store()), "drop-"));
}

TEST_F(OptOutTest, FlagIsNeverTakenBack) {
  Open(OptOutPolicy::kRedact);
  ASSERT_TRUE(PutFlagAlone(&*store_));
  ASSERT_TRUE(store_->PutJson(kOrganization, R"({"id":"keep-id"})"));
  ASSERT_TRUE(
      store_->Update(kOrganization, "keep-id", R"({"opt_out_sensitive_data_storage":false})"));
  EXPECT_TRUE((**store_->Get(kOrganization, "keep-id")).opt_out_sensitive_data_storage());
}

}  // namespace
}  // namespace callstore
