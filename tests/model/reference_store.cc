#include "model/reference_store.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "model/reference_filter.h"

namespace callstore::test {
namespace {

using Names = std::vector<std::string_view>;

const Names kCallNames = {"agent_id",
                          "call_analysis",
                          "call_cost",
                          "call_duration",
                          "call_id",
                          "call_status",
                          "call_type",
                          "created_at",
                          "direction",
                          "disconnection_reason",
                          "end_timestamp",
                          "events",
                          "from_number",
                          "id",
                          "latency",
                          "metadata",
                          "opt_out_sensitive_data_storage",
                          "organization_id",
                          "public_log_url",
                          "recording_url",
                          "start_timestamp",
                          "telephony_identifier",
                          "to_number",
                          "transcript",
                          "transcript_object",
                          "transcript_with_tool_calls",
                          "updated_at"};
const Names kAnalysisNames = {"call_successful", "call_summary", "custom_analysis_data",
                              "in_voicemail", "user_sentiment"};
const Names kCostNames = {"combined_cost"};
const Names kTelephonyNames = {"call_sid", "conference_sid"};
const Names kLatencyNames = {"max", "min", "num", "p50", "p90", "p95", "p99", "values"};
constexpr const char* kOptOut = "opt_out_sensitive_data_storage";

bool Contains(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

tl::unexpected<Error> Refuse(ErrorCode code) { return tl::unexpected<Error>(Error{code, {}, {}}); }

// Documented members sorted by name and without nulls, the others behind them as they came.
void Tidy(const Names& documented, JsonValue* object) {
  auto& members = object->members();
  std::erase_if(members, [&](const JsonValue::Member& member) {
    return member.second.is_null() && Contains(documented, member.first);
  });
  const auto others = std::stable_partition(
      members.begin(), members.end(),
      [&](const JsonValue::Member& member) { return Contains(documented, member.first); });
  std::sort(members.begin(), others,
            [](const auto& a, const auto& b) { return a.first < b.first; });
}

// The documented spelling of the known words.
void TidyWord(JsonValue* word) {
  static constexpr std::string_view kKnown[] = {
      "REGISTERED",   "SCHEDULED",     "QUEUED",         "RINGING",
      "ONGOING",      "NOT_CONNECTED", "ENDED",          "ERROR",
      "BUSY",         "NO_ANSWER",     "CANCELED",       "PHONE_CALL",
      "WEB_CALL",     "INBOUND",       "OUTBOUND",       "Positive",
      "Negative",     "Neutral",       "Unknown",        "USER_HANGUP",
      "AGENT_HANGUP", "CALL_TRANSFER", "INACTIVITY",     "VOICEMAIL_REACHED",
      "DIAL_BUSY",    "DIAL_FAILED",   "DIAL_NO_ANSWER", "MAX_DURATION_REACHED"};
  if (word == nullptr) return;
  const auto same_letter = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  for (const std::string_view known : kKnown) {
    if (std::ranges::equal(word->text(), known, same_letter)) *word = JsonValue::Text(known);
  }
}

JsonValue Tidied(JsonValue call) {
  Tidy(kCallNames, &call);
  const std::pair<const char*, const Names*> parts[] = {{"call_analysis", &kAnalysisNames},
                                                        {"call_cost", &kCostNames},
                                                        {"telephony_identifier", &kTelephonyNames}};
  for (const auto& [name, documented] : parts) {
    if (JsonValue* const part = call.Find(name)) Tidy(*documented, part);
  }
  if (JsonValue* const latency = call.Find("latency")) {
    for (auto& [component, stats] : latency->members()) Tidy(kLatencyNames, &stats);
  }
  for (const char* const name : {"call_status", "call_type", "direction", "disconnection_reason"}) {
    TidyWord(call.Find(name));
  }
  if (JsonValue* const analysis = call.Find("call_analysis")) {
    TidyWord(analysis->Find("user_sentiment"));
  }
  const JsonValue* const flag = call.Find(kOptOut);
  if (flag != nullptr && !flag->is_true()) call.Erase(kOptOut);
  return call;
}

// Leaves only the named members; returns whether anything but empty objects and arrays went.
bool KeepOnly(const Names& kept, JsonValue* object) {
  bool removed = false;
  std::erase_if(object->members(), [&](const JsonValue::Member& member) {
    if (Contains(kept, member.first)) return false;
    const bool nothing = member.second.kind() >= JsonValue::Kind::kArray && member.second.empty();
    removed |= !nothing;
    return true;
  });
  return removed;
}

bool Redact(const ReferenceOptions& options, JsonValue* call) {
  Names kept = {"id",
                "call_id",
                "agent_id",
                "call_status",
                "call_type",
                "direction",
                "created_at",
                "updated_at",
                "organization_id",
                "events",
                "latency",
                "start_timestamp",
                "call_cost",
                "metadata",
                "end_timestamp",
                kOptOut,
                "call_analysis",
                "call_duration",
                "disconnection_reason"};
  if (options.fault == Fault::kOptOutKeepsNumbers) kept.push_back("from_number");
  bool removed = false;
  if (options.opt_out == OptOutPolicy::kRedactAndDropMetadata) removed |= call->Erase("metadata");
  removed |= KeepOnly(kept, call);
  if (JsonValue* const analysis = call->Find("call_analysis")) {
    removed |= KeepOnly({"call_successful", "in_voicemail", "user_sentiment"}, analysis);
  }
  if (JsonValue* const latency = call->Find("latency")) {
    for (auto& [component, stats] : latency->members()) removed |= KeepOnly(kLatencyNames, &stats);
  }
  if (JsonValue* const events = call->Find("events")) {
    const std::string before = events->Print();
    for (JsonValue& event : events->elements()) KeepOnly({"type", "event", "timestamp"}, &event);
    removed |= events->Print() != before;
  }
  return removed;
}

std::optional<std::int64_t> Whole(const JsonValue& call, std::string_view name) {
  const JsonValue* const value = call.Find(name);
  return value == nullptr ? std::nullopt : std::optional(value->whole());
}

}  // namespace

std::int64_t ReferenceStore::ListTimeOf(const ReferenceCall& call) const {
  const std::int64_t time = Whole(call.given, "start_timestamp")
                                .value_or(Whole(call.given, "created_at").value_or(call.stored_at));
  return options_.fault == Fault::kMovedCallStays ? call.stale_list_time.value_or(time) : time;
}

std::optional<std::string> ReferenceStore::OwnerOf(const std::string& organization,
                                                   std::string_view call_id) const {
  const auto calls = organizations_.find(organization);
  if (calls == organizations_.end()) return std::nullopt;
  for (const auto& [id, call] : calls->second) {
    const JsonValue* const own = call.given.Find("call_id");
    if (own != nullptr && own->text() == call_id) return id;
  }
  if (options_.fault == Fault::kDeletedCallIdStays && stale_call_ids_.contains(organization)) {
    const auto& stale = stale_call_ids_.at(organization);
    const auto found = stale.find(std::string(call_id));
    if (found != stale.end()) return found->second;
  }
  return std::nullopt;
}

bool ReferenceStore::RedactIfOptedOut(const ReferenceCall* old, JsonValue* call) const {
  if (old != nullptr && old->given.Find(kOptOut) != nullptr) {
    call->Set(kOptOut, JsonValue::Bool(true));
  }
  const bool opted_out = call->Find(kOptOut) != nullptr;
  return opted_out && options_.opt_out != OptOutPolicy::kKeepAll && Redact(options_, call);
}

// Makes `call`, which is complete, what is stored under `id`.
Result<PutResult> ReferenceStore::Settle(const std::string& organization, const std::string& id,
                                         JsonValue call) {
  const ReferenceCall* const old = Get(organization, id);
  PutResult result{.id = id, .outcome = PutOutcome::kNew};
  call.Set("id", JsonValue::Text(id));
  call.Set("organization_id", JsonValue::Text(organization));
  call = Tidied(std::move(call));
  result.redacted = RedactIfOptedOut(old, &call);
  call = Tidied(std::move(call));
  if (const JsonValue* const call_id = call.Find("call_id")) {
    const auto owner = OwnerOf(organization, call_id->text());
    if (owner && *owner != id) return Refuse(ErrorCode::kConflict);
  }
  ReferenceCall now{.given = std::move(call), .stored_at = now_ms, .changed_at = now_ms};
  if (old != nullptr) {
    const bool same = old->given.Print() == now.given.Print();
    const bool quiet = same && options_.fault != Fault::kUnchangedSaysChanged;
    result.outcome = quiet ? PutOutcome::kUnchanged : PutOutcome::kChanged;
    now.stored_at = old->stored_at;
    if (quiet) now.changed_at = old->changed_at;
    now.stale_list_time = ListTimeOf(*old);
  }
  organizations_[organization].insert_or_assign(id, std::move(now));
  return result;
}

Result<PutResult> ReferenceStore::Put(const Record& record, OnExisting on_existing) {
  JsonValue call = Tidied(record.call);
  const JsonValue* const given_id = call.Find("id");
  std::string id = given_id == nullptr ? std::string() : given_id->text();
  if (id.empty()) {
    const JsonValue* const call_id = call.Find("call_id");
    if (call_id == nullptr) return Refuse(ErrorCode::kInvalidArgument);
    id = OwnerOf(record.organization, call_id->text())
             .value_or(options_.derived_id(call_id->text()));
  }
  const ReferenceCall* const old = Get(record.organization, id);
  if (old == nullptr) return Settle(record.organization, id, std::move(call));
  const PutResult stands{.id = id, .outcome = PutOutcome::kUnchanged};
  if (on_existing == OnExisting::kKeep) return stands;
  if (on_existing == OnExisting::kNewer &&
      !(Whole(call, "updated_at") > Whole(old->given, "updated_at"))) {
    return stands;
  }
  if (on_existing == OnExisting::kMerge && options_.fault != Fault::kMergeForgets) {
    call = Merged(old->given, call, /*nulls_stand=*/true);
  }
  return Settle(record.organization, id, std::move(call));
}

Result<std::vector<PutResult>> ReferenceStore::PutBatch(const std::vector<Record>& records,
                                                        OnExisting on_existing) {
  // What there was before, to go back to.
  std::map<std::string, Calls> before;
  for (const Record& record : records) {
    const auto calls = organizations_.find(record.organization);
    if (calls != organizations_.end()) before.try_emplace(record.organization, calls->second);
  }
  std::vector<PutResult> results;
  for (const Record& record : records) {
    auto result = Put(record, on_existing);
    if (!result) {
      for (const Record& undone : records) organizations_.erase(undone.organization);
      organizations_.merge(before);
      return tl::unexpected<Error>(std::move(result).error());
    }
    results.push_back(*std::move(result));
  }
  return results;
}

Result<PutResult> ReferenceStore::Update(const std::string& organization, const std::string& id,
                                         const JsonValue& patch) {
  if (!patch.is_object()) return Refuse(ErrorCode::kInvalidArgument);
  const ReferenceCall* const old = Get(organization, id);
  if (old == nullptr) return Refuse(ErrorCode::kNotFound);
  JsonValue call = Merged(old->given, patch, /*nulls_stand=*/false);
  const JsonValue* const new_id = call.Find("id");
  const JsonValue* const new_organization = call.Find("organization_id");
  if (new_id == nullptr || new_id->text() != id || new_organization == nullptr ||
      new_organization->text() != organization) {
    return Refuse(ErrorCode::kInvalidArgument);
  }
  return Settle(organization, id, std::move(call));
}

Result<void> ReferenceStore::Delete(const std::string& organization, const std::string& id) {
  const ReferenceCall* const old = Get(organization, id);
  if (old == nullptr) return Refuse(ErrorCode::kNotFound);
  if (const JsonValue* const call_id = old->given.Find("call_id")) {
    if (options_.fault == Fault::kDeletedCallIdStays) {
      stale_call_ids_[organization][call_id->text()] = id;
    }
  }
  organizations_[organization].erase(id);
  return {};
}

const ReferenceCall* ReferenceStore::Get(const std::string& organization,
                                         const std::string& id) const {
  const auto calls = organizations_.find(organization);
  if (calls == organizations_.end()) return nullptr;
  const auto call = calls->second.find(id);
  return call == calls->second.end() ? nullptr : &call->second;
}

const ReferenceCall* ReferenceStore::GetByCallId(const std::string& organization,
                                                 const std::string& call_id) const {
  const auto owner = OwnerOf(organization, call_id);
  return owner ? Get(organization, *owner) : nullptr;
}

ReferencePage ReferenceStore::List(const std::string& organization, const ListQuery& query,
                                   const std::optional<ReferenceCursor>& cursor) const {
  std::vector<ReferenceRow> rows = Matching(organization, CriteriaOf(query.filter));
  SortRows(query.sort_by, query.sort_order, options_.fault, &rows);
  return PageOf(rows, query, cursor, options_.fault);
}

std::vector<ReferenceRow> ReferenceStore::Matching(const std::string& organization,
                                                   const JsonValue& criteria) const {
  std::vector<ReferenceRow> rows;
  const auto calls = organizations_.find(organization);
  if (calls == organizations_.end()) return rows;
  for (const auto& [id, call] : calls->second) {
    if (!MatchesCriteria(criteria, call.given, options_.fault)) continue;
    const std::uint64_t rank = options_.rank(id);
    rows.push_back({.list_time = ListTimeOf(call),
                    .rank = options_.fault == Fault::kTiesInOtherOrder ? ~rank : rank,
                    .id = &id,
                    .call = &call.given});
  }
  return rows;
}

std::int64_t ReferenceStore::Count(const std::string& organization, const Filter& filter) const {
  return static_cast<std::int64_t>(Matching(organization, CriteriaOf(filter)).size());
}

std::vector<std::string> ReferenceStore::Ids(const std::string& organization) const {
  std::vector<std::string> ids;
  if (const auto calls = organizations_.find(organization); calls != organizations_.end()) {
    for (const auto& [id, call] : calls->second) ids.push_back(id);
  }
  return ids;
}

std::map<std::string, std::int64_t> ReferenceStore::Organizations() const {
  std::map<std::string, std::int64_t> counts;
  for (const auto& [name, calls] : organizations_) {
    counts[name] = static_cast<std::int64_t>(calls.size());
  }
  return counts;
}

JsonValue ReferenceStore::Document(const ReferenceCall& call, View view) {
  static const Names kLong = {"transcript", "transcript_object", "transcript_with_tool_calls",
                              "events"};
  JsonValue document = call.given;
  const auto fill = [&](std::string_view name, const JsonValue& empty) {
    if (document.Find(name) == nullptr) document.Set(name, empty);
  };
  fill("metadata", JsonValue::Object());
  fill(kOptOut, JsonValue::Bool(false));
  fill("events", JsonValue::Array());
  fill("transcript_object", JsonValue::Array());
  fill("transcript_with_tool_calls", JsonValue::Array());
  if (view == View::kSummary) {
    for (const std::string_view name : kLong) document.Erase(name);
    if (JsonValue* const latency = document.Find("latency")) {
      for (auto& [component, stats] : latency->members()) stats.Erase("values");
    }
  }
  return document;
}

}  // namespace callstore::test
