#include "store/write_session.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "json/call_reader.h"
#include "json/call_writer.h"
#include "json/events.h"
#include "json/merge.h"
#include "record/access.h"

namespace callstore::store {
namespace {

using record::Draft;

constexpr std::string_view kLongMembers[] = {
    "transcript", "transcript_object", "transcript_with_tool_calls",
    "events",     "latency",           "opt_out_sensitive_data_storage"};

// No id: ids are UTF-8.
constexpr const char* kNobody = "\xFF";

columns::Row RowOf(const Draft& draft, std::int64_t stored_at, std::uint64_t tie) {
  const std::int64_t time = draft.start_timestamp.value_or(draft.created_at.value_or(stored_at));
  return {{time, tie}, draft.start_timestamp.has_value()};
}

CallView ViewOf(std::string_view organization, std::string_view call, std::string_view transcript,
                bool loaded) {
  return CallViewAccess::Make(organization, call, transcript, loaded);
}

// What a record prints is at most about 24 times as long: control characters of an utterance whose
// words have them too, and which a turn repeats. Without its long parts it is at most 8 times.
constexpr std::size_t kShortBytes = json::kMaxCallBytes / 32;
constexpr std::size_t kSmallCallBytes = std::size_t{64} << 10;
constexpr std::size_t kSmallPrintedBytes = 8 * kSmallCallBytes;

// A call that is stored can be exported and put again. A small call counts as the largest small one
// beside its long parts, so that an update of it need not read them.
Result<void> CheckPrintedSize(std::string_view organization, std::string_view call,
                              std::string_view transcript) {
  if (call.size() + transcript.size() <= kShortBytes) return {};
  std::string json;
  const CallView view = ViewOf(organization, call, transcript, true);
  json::WriteCall(view, {.view = View::kSummary}, json::Presence::kDocumented, &json);
  const std::size_t beside = json.size();
  json::WriteCall(view, {}, json::Presence::kDocumented, &json);
  const std::size_t bytes = json.size() - beside;
  if (bytes - beside + std::max(beside, kSmallPrintedBytes) <=
      json::kMaxCallBytes + kSmallPrintedBytes) {
    return {};
  }
  return Fail(ErrorCode::kTooLarge, "the call is too long as JSON",
              {{"size", std::to_string(bytes)}, {"limit", std::to_string(json::kMaxCallBytes)}});
}

}  // namespace

WriteSession::WriteSession(State* state, std::span<const std::string_view> organizations)
    : state_(state), work_(&ThreadWorkspace()), now_ms_(state->NowMs()) {
  std::set<Stripe*> stripes;  // in order, so that two sessions never wait for each other
  for (const std::string_view name : organizations) stripes.insert(&state->StripeOf(name));
  for (Stripe* stripe : stripes) locks_.emplace_back(stripe->mutex);
}

WriteSession::Organization* WriteSession::Find(std::string_view name) {
  if (const auto found = organizations_.find(name); found != organizations_.end()) {
    return &found->second;
  }
  Organization& organization = organizations_[std::string(name)];
  organization.name = name;
  const auto number = state_->organizations.Find(name);
  organization.is_new = !number;
  organization.number = number.value_or(0);
  return &organization;
}

Rows WriteSession::RowsOf(const Organization& organization) const {
  return {*state_->database, organization.number, nullptr};
}

Result<TieSearch> WriteSession::FindId(const Organization& organization,
                                       std::string_view id) const {
  return FindTie(id, Hash64(id), [&](std::uint64_t tie) -> Result<std::optional<IdRecord>> {
    const auto entry = organization.entries.find(tie);
    if (entry == organization.entries.end()) {
      if (organization.is_new) return std::optional<IdRecord>();
      return RowsOf(organization).ReadIdRecord(tie);
    }
    // Deleted in this session: only the same id may have the tie again.
    if (!entry->second.now && entry->second.id == id) return std::optional(IdRecord{});
    if (!entry->second.now) return std::optional(IdRecord{0, kNobody});
    return std::optional(IdRecord{entry->second.now->row.position.time_ms, entry->second.id});
  });
}

Result<WriteSession::Existing> WriteSession::Load(Organization* organization, std::string_view id) {
  CALLSTORE_ASSIGN_OR_RETURN(const TieSearch search, FindId(*organization, id));
  if (!search.position) return Existing{search, nullptr};
  auto [entry, inserted] = organization->entries.try_emplace(search.tie);
  if (inserted) {
    auto call = RowsOf(*organization).ReadCall(*search.position);
    if (!call) {
      organization->entries.erase(entry);
      return tl::unexpected<Error>(std::move(call).error());
    }
    const CallView view = ViewOf(organization->name, *call, {}, false);
    const columns::Row row{*search.position, view.start_timestamp().has_value()};
    entry->second.id = id;
    entry->second.before = Stored{row, *std::move(call), std::nullopt};
    entry->second.now = entry->second.before;
  }
  return Existing{search, &*entry->second.now};
}

Result<void> WriteSession::LoadTranscript(Organization* organization, Stored* stored) {
  if (stored->transcript) return {};
  // Not read so far means not changed so far: it lies where the call was before the session.
  Entry& entry = organization->entries.at(stored->row.position.tie);
  CALLSTORE_ASSIGN_OR_RETURN(entry.before->transcript,
                             RowsOf(*organization).ReadTranscript(entry.before->row.position));
  stored->transcript = entry.before->transcript;
  return {};
}

Result<WriteSession::KnownTies*> WriteSession::Ties(Organization* organization,
                                                    std::uint64_t hash) {
  const auto known = organization->known_ties.find(hash);
  if (known != organization->known_ties.end()) return &known->second;
  KnownTies read;
  if (!organization->is_new) {
    CALLSTORE_ASSIGN_OR_RETURN(read.ties, RowsOf(*organization).ReadTies(hash));
  }
  return &(organization->known_ties[hash] = std::move(read));
}

Result<std::optional<std::uint64_t>> WriteSession::FindCallId(Organization* organization,
                                                              std::string_view call_id) {
  CALLSTORE_ASSIGN_OR_RETURN(const KnownTies* known, Ties(organization, Hash64(call_id)));
  for (const std::uint64_t tie : known->ties) {
    std::string call;
    const auto entry = organization->entries.find(tie);
    if (entry != organization->entries.end()) {
      if (entry->second.now) call = entry->second.now->call;
    } else {
      const Rows rows = RowsOf(*organization);
      CALLSTORE_ASSIGN_OR_RETURN(const auto id, rows.ReadIdRecord(tie));
      if (id && !id->id.empty()) {
        CALLSTORE_ASSIGN_OR_RETURN(call, rows.ReadCall({id->time_ms, tie}));
      }
    }
    if (!call.empty() && ViewOf({}, call, {}, false).call_id() == call_id) {
      return std::optional(tie);
    }
  }
  return std::optional<std::uint64_t>();
}

// A call without id is the one that has its call_id already; else its id follows from its call_id.
Result<void> WriteSession::ResolveId(Organization* organization, Draft* draft, std::string* id) {
  if (!draft->id.empty()) return {};
  if (!draft->call_id) {
    return Fail(ErrorCode::kInvalidArgument, "the call has neither id nor call_id",
                {{"field", "id"}, {"value", ""}, {"valid", "1 to 512 bytes of UTF-8"}});
  }
  CALLSTORE_ASSIGN_OR_RETURN(const auto tie, FindCallId(organization, *draft->call_id));
  if (!tie) {
    *id = DerivedId(*draft->call_id);
  } else if (const auto entry = organization->entries.find(*tie);
             entry != organization->entries.end()) {
    *id = entry->second.id;
  } else {
    CALLSTORE_ASSIGN_OR_RETURN(const auto record, RowsOf(*organization).ReadIdRecord(*tie));
    *id = record->id;
  }
  draft->id = *id;
  return {};
}

Result<void> WriteSession::CheckCallId(Organization* organization, const Draft& draft,
                                       std::uint64_t tie) {
  if (!draft.call_id) return {};
  CALLSTORE_ASSIGN_OR_RETURN(const auto owner, FindCallId(organization, *draft.call_id));
  if (!owner || *owner == tie) return {};
  return Fail(
      ErrorCode::kConflict, "the call_id belongs to another id",
      {{"field", "call_id"}, {"value", Excerpt(*draft.call_id)}, {"id", Excerpt(draft.id)}});
}

Result<Draft*> WriteSession::Merge(Organization* organization, const Draft& draft, Stored* stored) {
  CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, stored));
  const auto encoded = work_->encoder.Encode(draft, {});
  work_->given_json.clear();
  json::WriteCall(ViewOf(organization->name, encoded.call, encoded.transcript, true), {},
                  json::Presence::kGiven, &work_->given_json);
  work_->stored_json.clear();
  json::WriteCall(ViewOf(organization->name, stored->call, *stored->transcript, true), {},
                  json::Presence::kGiven, &work_->stored_json);
  CALLSTORE_ASSIGN_OR_RETURN(
      work_->stored_json,
      json::MergePatch(work_->stored_json, work_->given_json, json::MergeNull::kStands));
  work_->Passed(work_->stored_json.size());
  CALLSTORE_RETURN_IF_ERROR(work_->merged_reader.Read(work_->stored_json, &work_->merged_draft));
  return &work_->merged_draft;
}

bool WriteSession::RedactIfOptedOut(const Stored* stored, Draft* draft) const {
  if (stored != nullptr && ViewOf({}, stored->call, {}, false).opt_out_sensitive_data_storage()) {
    draft->opt_out = true;  // the flag only tightens
  }
  if (!draft->opt_out || state_->options.opt_out == OptOutPolicy::kKeepAll) return false;
  return record::Redact(state_->options.opt_out == OptOutPolicy::kRedactAndDropMetadata,
                        json::KeepEventTypeAndTime, draft);
}

Result<PutResult> WriteSession::Put(Draft* draft, OnExisting on_existing) {
  Organization* organization = Find(draft->organization_id);
  std::string id;
  CALLSTORE_RETURN_IF_ERROR(ResolveId(organization, draft, &id));
  id = draft->id;
  CALLSTORE_ASSIGN_OR_RETURN(const Existing existing, Load(organization, id));
  PutResult result{.id = id, .outcome = PutOutcome::kUnchanged};
  if (existing.stored != nullptr) {
    if (on_existing == OnExisting::kKeep) return result;
    if (on_existing == OnExisting::kNewer) {
      const auto old = ViewOf({}, existing.stored->call, {}, false).updated_at();
      if (!(draft->updated_at > old)) return result;
    }
    if (on_existing == OnExisting::kMerge) {
      CALLSTORE_ASSIGN_OR_RETURN(draft, Merge(organization, *draft, existing.stored));
    }
  }
  result.redacted = RedactIfOptedOut(existing.stored, draft);
  CALLSTORE_RETURN_IF_ERROR(CheckCallId(organization, *draft, existing.search.tie));
  CALLSTORE_ASSIGN_OR_RETURN(result.outcome, Apply(organization, existing, *draft, false));
  return result;
}

Result<PutResult> WriteSession::Update(std::string_view organization_name, std::string_view id,
                                       std::string_view merge_patch) {
  Organization* organization = Find(organization_name);
  CALLSTORE_ASSIGN_OR_RETURN(const auto members, json::MemberNames(merge_patch));
  CALLSTORE_ASSIGN_OR_RETURN(const Existing existing, Load(organization, id));
  if (existing.stored == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no such call", {{"id", Excerpt(id)}});
  }
  const bool keep_transcript = std::ranges::none_of(members, [](const std::string& member) {
    return std::ranges::find(kLongMembers, member) != std::end(kLongMembers);
  });
  if (!keep_transcript) {
    CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, existing.stored));
  }
  work_->stored_json.clear();
  json::WriteCall(
      ViewOf(organization_name, existing.stored->call,
             keep_transcript ? std::string_view() : *existing.stored->transcript, !keep_transcript),
      {}, json::Presence::kGiven, &work_->stored_json);
  CALLSTORE_ASSIGN_OR_RETURN(work_->stored_json, json::MergePatch(work_->stored_json, merge_patch,
                                                                  json::MergeNull::kDeletes));
  work_->Passed(work_->stored_json.size());
  Draft* draft = &work_->merged_draft;
  CALLSTORE_RETURN_IF_ERROR(work_->merged_reader.Read(work_->stored_json, draft));
  if (draft->id != id || draft->organization_id != organization_name) {
    return Fail(ErrorCode::kInvalidArgument, "an update cannot change whose call it is",
                {{"field", draft->id != id ? "id" : "organization_id"},
                 {"value", Excerpt(draft->id != id ? draft->id : draft->organization_id)},
                 {"valid", Excerpt(draft->id != id ? id : organization_name)}});
  }
  PutResult result{.id = std::string(id)};
  result.redacted = RedactIfOptedOut(existing.stored, draft);
  CALLSTORE_RETURN_IF_ERROR(CheckCallId(organization, *draft, existing.search.tie));
  CALLSTORE_ASSIGN_OR_RETURN(result.outcome,
                             Apply(organization, existing, *draft, keep_transcript));
  return result;
}

Result<PutOutcome> WriteSession::Apply(Organization* organization, const Existing& existing,
                                       const Draft& draft, bool keep_transcript) {
  record::Stamps stamps{now_ms_, now_ms_};
  if (existing.stored != nullptr) {
    const CallView old = ViewOf({}, existing.stored->call, {}, false);
    stamps = {old.stored_at(), old.changed_at()};
    if (!keep_transcript) {
      CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, existing.stored));
    }
  }
  const auto encoded = work_->encoder.Encode(draft, stamps);
  work_->Passed(encoded.call.size() + encoded.transcript.size());
  CALLSTORE_RETURN_IF_ERROR(record::VerifyCall(encoded.call));
  if (!encoded.transcript.empty()) {
    CALLSTORE_RETURN_IF_ERROR(record::VerifyTranscript(encoded.transcript));
  }
  Stored now{RowOf(draft, stamps.stored_at, existing.search.tie), std::string(encoded.call),
             std::string(encoded.transcript)};
  if (keep_transcript) {
    // A move takes the transcript along, and a large call is measured, so it must be read after
    // all.
    if (now.row.position != existing.stored->row.position || now.call.size() > kSmallCallBytes) {
      CALLSTORE_RETURN_IF_ERROR(LoadTranscript(organization, existing.stored));
    }
    now.transcript = existing.stored->transcript;
  }
  CALLSTORE_RETURN_IF_ERROR(CheckPrintedSize(
      organization->name, now.call, now.transcript ? *now.transcript : std::string_view()));
  if (existing.stored == nullptr) {
    CALLSTORE_RETURN_IF_ERROR(MoveCallId(organization, existing.search.tie, nullptr, &now));
    Entry& entry = organization->entries[existing.search.tie];
    entry.id = draft.id;
    entry.now = std::move(now);
    return PutOutcome::kNew;
  }
  if (now.call == existing.stored->call && now.transcript == existing.stored->transcript) {
    return PutOutcome::kUnchanged;
  }
  record::SetChangedAt(now_ms_, &now.call);
  CALLSTORE_RETURN_IF_ERROR(MoveCallId(organization, existing.search.tie, existing.stored, &now));
  *existing.stored = std::move(now);
  return PutOutcome::kChanged;
}

Result<void> WriteSession::MoveCallId(Organization* organization, std::uint64_t tie,
                                      const Stored* before, const Stored* now) {
  const auto call_id = [](const Stored* stored) {
    return stored == nullptr ? std::nullopt : ViewOf({}, stored->call, {}, false).call_id();
  };
  const auto from = call_id(before);
  const auto to = call_id(now);
  if (from == to) return {};
  if (from) {
    CALLSTORE_ASSIGN_OR_RETURN(KnownTies * known, Ties(organization, Hash64(*from)));
    std::erase(known->ties, tie);
    known->changed = true;
  }
  if (to) {
    CALLSTORE_ASSIGN_OR_RETURN(KnownTies * known, Ties(organization, Hash64(*to)));
    known->ties.push_back(tie);
    known->changed = true;
  }
  return {};
}

}  // namespace callstore::store
