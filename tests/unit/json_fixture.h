// json_fixture.h - a call on its way from JSON to records and back, for tests.
#ifndef CALLSTORE_TESTS_UNIT_JSON_FIXTURE_H_
#define CALLSTORE_TESTS_UNIT_JSON_FIXTURE_H_

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/json.h"
#include "json/call_reader.h"
#include "json/call_writer.h"
#include "json_value.h"
#include "record/access.h"
#include "record/encode.h"

namespace callstore::test {

inline constexpr std::string_view kOrganization = "org-1";

// The records of one call.
struct KeptCall {
  record::Records records;

  CallView view(bool with_transcript = true) const {
    return CallViewAccess::Make(kOrganization, records.call,
                                with_transcript ? records.transcript : std::string_view(),
                                with_transcript);
  }
  std::string Print(const JsonOptions& options = {},
                    json::Presence presence = json::Presence::kDocumented) const {
    std::string text;
    json::WriteCall(view(), options, presence, &text);
    return text;
  }
};

inline KeptCall Encode(const record::Draft& draft) {
  record::Encoder encoder;
  const auto encoded = encoder.Encode(draft, {.stored_at = 1, .changed_at = 2});
  // Longer than any string kept in place, so that the bytes are aligned as views want them.
  KeptCall kept{{std::string(encoded.call), {}}};
  kept.records.transcript = encoded.transcript;
  return kept;
}

inline Result<KeptCall> Keep(std::string_view json) {
  json::CallReader reader;
  record::Draft draft;
  if (auto read = reader.Read(json, &draft); !read) return tl::unexpected<Error>(read.error());
  return Encode(draft);
}

inline Result<KeptCall> Keep(const Call& call) {
  record::Draft draft;
  if (auto read = json::DraftOf(call, &draft); !read) return tl::unexpected<Error>(read.error());
  return Encode(draft);
}

// A call as any of its forms means it: without what an output adds and a null leaves out.
inline JsonValue Normal(JsonValue call) {
  const auto erase_nulls = [](JsonValue* object) {
    std::erase_if(object->members(), [](const auto& member) { return member.second.is_null(); });
  };
  erase_nulls(&call);
  for (const char* name :
       {"metadata", "events", "transcript_object", "transcript_with_tool_calls"}) {
    if (const JsonValue* value = call.Find(name); value && value->empty()) call.Erase(name);
  }
  constexpr std::string_view kFlag = "opt_out_sensitive_data_storage";
  if (const JsonValue* flag = call.Find(kFlag); flag && !flag->is_true()) call.Erase(kFlag);
  for (const char* name : {"call_analysis", "call_cost", "telephony_identifier", "latency"}) {
    if (JsonValue* object = call.Find(name)) erase_nulls(object);
  }
  if (JsonValue* latency = call.Find("latency")) {
    for (auto& member : latency->members()) erase_nulls(&member.second);
  }
  call.Erase("organization_id");  // not in the records
  return call;
}

// The lines of the corpus; none where it is not there.
inline std::vector<std::string> CorpusLines() {
  const std::string file = CALLSTORE_SOURCE_DIR "/../shared/corpus/calls.jsonl.gz";
  const std::string command = "test -r '" + file + "' && gzip -dc '" + file + "'";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::vector<std::string> lines;
  std::string line;
  for (int c = 0; pipe != nullptr && (c = std::getc(pipe.get())) != EOF;) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    lines.push_back(line);
    line.clear();
  }
  return lines;
}

}  // namespace callstore::test

#endif  // CALLSTORE_TESTS_UNIT_JSON_FIXTURE_H_
