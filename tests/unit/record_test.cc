// Goal:   a call comes out of its records as it went in; equal calls have equal bytes; bytes that
//         were tampered with are refused, or are safe to read.
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "callstore/json.h"
#include "json/call_reader.h"
#include "json/call_writer.h"
#include "json_value.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::record {
namespace {

using test::JsonValue;

constexpr std::string_view kFullCall = R"({
  "id":"550e8400-e29b-41d4-a716-446655440000","call_id":"call-456","agent_id":"agent-123",
  "organization_id":"org-789","call_status":"ended","call_type":"PHONE_CALL",
  "direction":"SIDEWAYS","from_number":"+0987654321","to_number":"+1234567890",
  "start_timestamp":1703097600000,"end_timestamp":1703098200000,"call_duration":600000.25,
  "disconnection_reason":"user_hangup","recording_url":"https://storage/x.mp4",
  "public_log_url":"","metadata":{"b":1.50,"a":null,"deep":{"x":[1,"2",{}]}},
  "events":[{"type":"call_started","timestamp":1,"data":{"k":null}}],
  "transcript":"Hello there",
  "transcript_object":[
    {"role":"agent","content":"Hello, there!","words":[{"word":"Hello,","start":0.4,"end":0.659},
      {"word":"there!","end":2}]},
    {"role":"whisper","content":"","words":[]},
    {"role":"user","content":"Yes"},
    {"role":"user","content":"odd","words":[{"word":"odd","start":0.12345}],"more":1}],
  "transcript_with_tool_calls":[
    {"role":"agent","content":"Hello, there!","words":[{"word":"Hello,","start":0.4,"end":0.659},
      {"word":"there!","end":2}]},
    {"role":"tool_call_invocation","tool_call_id":"t1","name":"look_up","arguments":"{}"},
    {"role":"tool_call_result","tool_call_id":"t1","content":"found","successful":true},
    {"role":"tool_call_result","tool_call_id":"t2","content":""},
    {"role":"dtmf","digit":"7"},
    {"role":"user","content":"only here"},
    {"role":"user","content":"Yes"}],
  "latency":{"e2e":{"max":350.1,"min":120.5,"num":12,"p50":150.5,"p90":280.2,"p95":320.8,
    "p99":345.3,"values":[120.5,350.1],"extra":7},"own":{"values":[]},"llm":{"p50":0.5}},
  "call_analysis":{"call_successful":true,"call_summary":"done","user_sentiment":"Angry",
    "in_voicemail":false,"custom_analysis_data":{"score":7.0},"more":[1]},
  "call_cost":{"combined_cost":0.25,"parts":[1,2]},
  "telephony_identifier":{"call_sid":"CA1","conference_sid":"CF1","trunk":"x"},
  "created_at":-5,"updated_at":1703097600001,"unknown":{"x":1e400}})";

// Texts that leave out what kFullCall has, one way or another.
const std::vector<std::string>& CallTexts() {
  static const std::vector<std::string> kTexts = {
      std::string(kFullCall),
      R"({"id":"x"})",
      R"({"id":"x","metadata":{},"events":[],"transcript_object":[],"transcript_with_tool_calls":[],
          "latency":{},"call_analysis":{},"call_cost":{},"telephony_identifier":{}})",
      R"({"id":"x","transcript":"","from_number":"","call_status":"","call_type":"web_call"})",
      R"({"id":"x","latency":{"e2e":{"values":[]}},"opt_out_sensitive_data_storage":true})",
      R"({"id":"x","start_timestamp":-9223372036854775808,"end_timestamp":9223372036854775807})",
      R"({"id":"x","transcript_object":[{"role":"agent","content":"a b","words":[
          {"word":"b","start":1},{"word":"a","start":2}]}]})",
      R"({"id":"x","transcript_object":[{"role":"agent"},{"content":"c"},{}]})",
      R"({"id":"x","transcript_object":[{"role":"agent","content":"a","words":[
          {"word":"a","start":1.50,"end":2}]},{"role":"user","content":"b"}],
          "transcript_with_tool_calls":[{"role":"agent","content":"a","words":[
          {"word":"a","start":1.5,"end":2}]},{"role":"agent","content":"a","words":[
          {"word":"a","start":1.50,"end":2}]},{"role":"user","content":"b"},
          {"role":"user","content":"b"},{"role":"agent","content":"a"}]})",
      R"({"id":"x","call_duration":0.1234567890123456789012345})"};
  return kTexts;
}

// Records at addresses of their own, so that a read past their end is noticed.
struct Bytes {
  std::vector<char> call;
  std::vector<char> transcript;

  explicit Bytes(const Records& records)
      : call(records.call.begin(), records.call.end()),
        transcript(records.transcript.begin(), records.transcript.end()) {}
  CallView View() const {
    return CallViewAccess::Make("org-789", {call.data(), call.size()},
                                {transcript.data(), transcript.size()}, true);
  }
};

Records EncodeDraft(const Draft& draft) {
  Encoder encoder;
  const auto encoded = encoder.Encode(draft, {.stored_at = 5, .changed_at = 6});
  EXPECT_TRUE(VerifyCall(encoded.call));
  if (!encoded.transcript.empty()) {
    EXPECT_TRUE(VerifyTranscript(encoded.transcript));
  }
  return {std::string(encoded.call), std::string(encoded.transcript)};
}

Records EncodeText(std::string_view text) {
  json::CallReader reader;
  Draft draft;
  const auto read = reader.Read(text, &draft);
  EXPECT_TRUE(read) << read.error().ToString() << text;
  return EncodeDraft(draft);
}

TEST(Record, TextComesBackFromItsRecords) {
  for (const std::string& text : CallTexts()) {
    const Bytes bytes(EncodeText(text));
    std::string written;
    json::WriteCall(bytes.View(), {}, json::Presence::kGiven, &written);
    JsonValue expected = JsonValue::Parse(text);
    expected.Set("organization_id", JsonValue::Text("org-789"));
    for (const auto& [name, spelling] : {std::pair("call_status", "ENDED"),
                                         {"call_type", "WEB_CALL"},
                                         {"disconnection_reason", "USER_HANGUP"}}) {
      JsonValue* const word = expected.Find(name);
      if (word != nullptr && word->text().size() == std::strlen(spelling)) {
        *word = JsonValue::Text(spelling);
      }
    }
    EXPECT_EQ(JsonValue::Parse(written), expected);
  }
}

TEST(Record, OwningCallEncodesToTheSameBytes) {
  for (const std::string& text : CallTexts()) {
    const Records records = EncodeText(text);
    const Call call = Bytes(records).View().ToCall();
    Draft draft;
    const auto made = json::DraftOf(call, &draft);
    ASSERT_TRUE(made) << made.error().ToString() << text;
    EXPECT_EQ(EncodeDraft(draft), records) << text;
  }
}

TEST(Record, DocumentEncodesToTheSameBytes) {
  for (const std::string& text : CallTexts()) {
    const Records records = EncodeText(text);
    std::string written;
    json::WriteCall(Bytes(records).View(), {}, json::Presence::kGiven, &written);
    EXPECT_EQ(EncodeText(written), records) << text;
  }
}

TEST(Record, EncoderKeepsNothingOfTheCallBefore) {
  Encoder encoder;
  json::CallReader reader;
  Draft draft;
  for (int round = 0; round < 2; ++round) {
    for (const std::string& text : CallTexts()) {
      ASSERT_TRUE(reader.Read(text, &draft));
      const auto encoded = encoder.Encode(draft, {.stored_at = 5, .changed_at = 6});
      EXPECT_EQ((Records{std::string(encoded.call), std::string(encoded.transcript)}),
                EncodeText(text));
    }
  }
}

TEST(Record, CallWithoutLongPartsHasNoTranscript) {
  EXPECT_EQ(EncodeText(R"({"id":"x","latency":{"e2e":{"p50":1}}})").transcript, "");
  EXPECT_NE(EncodeText(R"({"id":"x","events":[]})").transcript, "");
}

TEST(Record, RepeatedTurnsAreKeptOnce) {
  std::string utterances;
  for (int i = 0; i < 50; ++i) {
    utterances += R"({"role":"user","content":"a rather long utterance, number )" +
                  std::to_string(i) + "\"},";
  }
  utterances.pop_back();
  const std::size_t once =
      EncodeText(R"({"id":"x","transcript_object":[)" + utterances + "]}").transcript.size();
  const std::size_t both = EncodeText(R"({"id":"x","transcript_object":[)" + utterances +
                                      R"(],"transcript_with_tool_calls":[)" + utterances + "]}")
                               .transcript.size();
  EXPECT_LT(both, once + once / 4);
}

TEST(Record, WordsOutsideTheContentFallBackToJson) {
  const auto json_of = [](const std::string& utterance) {
    const Bytes bytes(EncodeText(R"({"id":"x","transcript_object":[)" + utterance + "]}"));
    return std::string(bytes.View().utterance(0).json());
  };
  const std::string head = R"({"role":"user","content":"one two","words":[)";
  EXPECT_EQ(json_of(head + R"({"word":"one","start":1},{"word":"two","end":2.5}]})"), "");
  EXPECT_EQ(json_of(head + R"({"word":"","start":1}]})"), "");
  for (const char* const words : {R"({"word":"two","start":1},{"word":"one","start":2}]})",
                                  R"({"word":"three","start":1}]})"}) {
    EXPECT_NE(json_of(head + words), "") << words;
  }
  const std::string far = R"({"role":"user","content":"a          b","words":[)";
  EXPECT_NE(json_of(far + R"({"word":"a"},{"word":"b"}]})"), "") << "too large a gap";
  const std::string large = R"({"role":"user","content":")" + std::string(70000, 'a');
  EXPECT_EQ(json_of(large + R"("})"), "");
  EXPECT_NE(json_of(large + R"(","words":[{"word":"a"}]})"), "") << "offsets have 16 bits";
}

TEST(Record, ChangedAtIsWrittenInPlace) {
  Records records = EncodeText(kFullCall);
  SetChangedAt(77, &records.call);
  const Bytes bytes(records);
  EXPECT_EQ(bytes.View().changed_at(), 77);
  EXPECT_EQ(bytes.View().stored_at(), 5);
  SetChangedAt(6, &records.call);
  EXPECT_EQ(records, EncodeText(kFullCall));
}

// Reads everything that a view gives out.
std::size_t Walk(const CallView& view) {
  std::string written;
  json::WriteCall(view, {.view = View::kFull, .stamps = true}, json::Presence::kDocumented,
                  &written);
  const Call call = view.ToCall();
  std::size_t size = written.size() + call.id.size() + view.extra_json().size();
  for (std::size_t i = 0; i < view.utterance_count(); ++i) {
    for (std::size_t k = 0; k < view.utterance(i).word_count(); ++k) {
      size += view.utterance(i).word(k).word.size();
    }
  }
  for (std::size_t i = 0; i < view.turn_count(); ++i) {
    const TurnView turn = view.turn(i);
    size += turn.role().size() + turn.content().size() + turn.arguments().size() +
            turn.name().size() + turn.tool_call_id().size() + turn.json().size();
  }
  for (std::size_t i = 0; i < view.latency_count(); ++i) {
    for (std::size_t k = 0; k < view.latency_value_count(i); ++k) {
      size += view.latency_value(i, k) > 0 ? 1U : 0U;
    }
  }
  return size;
}

class HostileRecordTest : public testing::Test {
 protected:
  // Verifies the changed records; walks them where they pass.
  void Try(const Bytes& bytes) {
    const bool call = VerifyCall({bytes.call.data(), bytes.call.size()}).has_value();
    const bool transcript =
        VerifyTranscript({bytes.transcript.data(), bytes.transcript.size()}).has_value();
    if (call && transcript) {
      EXPECT_GT(Walk(bytes.View()), 0U);
      ++passed_;
    } else {
      ++refused_;
    }
  }

  const Records records_ = EncodeText(kFullCall);
  int passed_ = 0;
  int refused_ = 0;
};

TEST_F(HostileRecordTest, EveryBitFlipIsRefusedOrSafe) {
  for (const bool in_call : {true, false}) {
    Bytes bytes(records_);
    std::vector<char>& changed = in_call ? bytes.call : bytes.transcript;
    for (std::size_t bit = 0; bit < changed.size() * 8; ++bit) {
      const char mask = static_cast<char>(1U << (bit % 8));
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ mask);
      Try(bytes);
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ mask);
    }
  }
  EXPECT_GT(passed_, 1000) << "flips in text are harmless";
  EXPECT_GT(refused_, 500);
}

TEST_F(HostileRecordTest, RandomBytesAreRefusedOrSafe) {
  std::mt19937 random(11);
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes(records_);
    for (auto* changed : {&bytes.call, &bytes.transcript}) {
      for (std::size_t i = random() % 3; i > 0; --i) {
        const std::size_t at = random() % (changed->size() - 4) / 4 * 4;
        // A small number does the most harm: it is an offset, or a length.
        const auto value =
            static_cast<std::uint32_t>(random() % 2 == 0 ? random() : random() % 512);
        std::memcpy(changed->data() + at, &value, sizeof value);
      }
    }
    Try(bytes);
  }
  EXPECT_GT(passed_, 100);
  EXPECT_GT(refused_, 100);
}

// The last bytes may be padding, which nobody reads.
TEST_F(HostileRecordTest, EveryTruncationIsRefusedOrSafe) {
  constexpr std::size_t kMostPadding = 7;
  for (std::size_t size = 0; size < records_.call.size(); ++size) {
    Bytes bytes({records_.call.substr(0, size), records_.transcript});
    Try(bytes);
    if (size + kMostPadding < records_.call.size()) {
      ASSERT_EQ(passed_, 0) << size;
    }
  }
  passed_ = 0;
  for (std::size_t size = 0; size < records_.transcript.size(); ++size) {
    Bytes bytes({records_.call, records_.transcript.substr(0, size)});
    Try(bytes);
    if (size + kMostPadding < records_.transcript.size()) {
      ASSERT_EQ(passed_, 0) << size;
    }
  }
}

// Else a record of a few bytes could be printed as a call without end.
TEST(Record, UtteranceStandsAmongTheTurnsOnceAtMost) {
  const std::string spoken = R"([{"role":"agent","content":"a"},{"role":"user","content":"b"}])";
  const Records records = EncodeText(R"({"id":"x","transcript_object":)" + spoken +
                                     R"(,"transcript_with_tool_calls":)" + spoken + "}");
  const std::string order("\x02\0\0\0\0\0\0\0\x01\0\0\0", 12);
  const std::size_t at = records.transcript.find(order);
  ASSERT_NE(at, std::string::npos);
  Bytes bytes(records);
  bytes.transcript[at + 8] = 0;
  EXPECT_FALSE(VerifyTranscript({bytes.transcript.data(), bytes.transcript.size()}));
}

TEST_F(HostileRecordTest, OneRecordIsNotTakenForTheOther) {
  EXPECT_FALSE(VerifyCall(records_.transcript));
  EXPECT_FALSE(VerifyTranscript(records_.call));
  EXPECT_EQ(VerifyCall("").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(VerifyCall("").error().Detail("record"), "call");
  EXPECT_EQ(VerifyTranscript("x").error().Detail("record"), "transcript");
}

}  // namespace
}  // namespace callstore::record
