// Calls, each with its transcript and its row of a chunk: all three lie in one order.
#include <string>

#include "base/hash.h"
#include "record/encode.h"
#include "store/index_keys.h"
#include "store/verify_columns.h"
#include "store/verify_rows.h"

namespace callstore::store {
namespace {

using engine::Family;

class CallsCheck {
 public:
  CallsCheck(VerifyContext* context, CheckedOrganization* organization)
      : context_(*context),
        organization_(*organization),
        calls_(context, organization, RangeOf(Family::kCalls, organization->number)),
        transcripts_(context, organization, RangeOf(Family::kTranscripts, organization->number)),
        columns_(context, organization, &calls_.gaps()) {}

  Result<void> Run();

 private:
  void CheckCall(const Position& position);
  void AddExpectedRows(const Position& position, const CallView& call);
  // Transcripts up to the key: that of a call, or of none.
  void PassTranscripts(std::string_view call_key);
  void CheckTranscript(bool has_call);
  void Add(FaultKind kind, Family family, std::string_view key, std::string_view what) {
    context_.Add(kind, family, &organization_, key, what);
  }

  VerifyContext& context_;
  CheckedOrganization& organization_;
  CheckedWalk calls_;
  CheckedWalk transcripts_;
  ColumnsCheck columns_;
  CallBuffer buffer_;
  std::string transcript_;  // a buffer
};

Result<void> CallsCheck::Run() {
  for (; calls_.Valid(); calls_.Next()) {
    CALLSTORE_RETURN_IF_ERROR(context_.Step());
    PassTranscripts(calls_.key());
    if (const auto position = keys::ParseCallKey(calls_.key())) {
      CheckCall(*position);
    } else {
      Add(FaultKind::kForeignKey, Family::kCalls, calls_.key(), "no call has such a key");
    }
    if (transcripts_.Valid() && transcripts_.key() == calls_.key()) {
      CheckTranscript(true);
      transcripts_.Next();
    }
  }
  while (transcripts_.Valid()) {
    CheckTranscript(false);
    transcripts_.Next();
  }
  columns_.Finish();
  organization_.call_gaps = calls_.gaps();
  return {};
}

void CallsCheck::CheckCall(const Position& position) {
  ++context_.report.calls;
  const CallView* const call = buffer_.Read(calls_.value());
  columns_.AddCall(position, call);
  if (call == nullptr) {
    Add(FaultKind::kDamagedCall, Family::kCalls, calls_.key(), "the record of a call is damaged");
    return;
  }
  if (call->list_time() != position.time_ms) {
    Add(FaultKind::kMisplacedCall, Family::kCalls, calls_.key(),
        "a call lies at list time " + std::to_string(position.time_ms) + " and says " +
            std::to_string(call->list_time()) + ": id " + Excerpt(call->id()));
  }
  AddExpectedRows(position, *call);
}

void CallsCheck::AddExpectedRows(const Position& position, const CallView& call) {
  const OrganizationNumber number = organization_.number;
  organization_.id_rows.Add(IdRow(number, position, call.id()));
  if (const auto call_id = call.call_id()) {
    organization_.call_id_rows.Add(CallIdRow(number, Hash64(*call_id), position.tie));
  }
  for (const keys::Key& key : IndexKeysOf(number, position, call)) {
    organization_.index_rows.Add(key);
  }
}

void CallsCheck::PassTranscripts(std::string_view call_key) {
  for (; transcripts_.Valid() && transcripts_.key() < call_key; transcripts_.Next()) {
    CheckTranscript(false);
  }
}

void CallsCheck::CheckTranscript(bool has_call) {
  const std::string_view key = transcripts_.key();
  if (!keys::ParseCallKey(key)) {
    Add(FaultKind::kForeignKey, Family::kTranscripts, key, "no transcript has such a key");
    return;
  }
  ++context_.report.transcripts;
  transcript_.assign(transcripts_.value());
  if (!has_call && !InGap(calls_.gaps(), key)) {
    Add(FaultKind::kOrphanTranscript, Family::kTranscripts, key, "a transcript has no call");
    return;
  }
  if (record::VerifyTranscript(transcript_)) return;
  Add(FaultKind::kDamagedTranscript, Family::kTranscripts, key,
      "the record of a transcript is damaged");
}

}  // namespace

Result<void> CheckCalls(VerifyContext* context, CheckedOrganization* organization) {
  return CallsCheck(context, organization).Run();
}

}  // namespace callstore::store
