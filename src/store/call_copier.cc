#include "store/call_copier.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/utf8.h"
#include "record/access.h"
#include "record/encode.h"
#include "store/eraser.h"
#include "store/organizations.h"
#include "store/rows.h"

namespace callstore::store {
namespace {

using engine::Batch;
using engine::Family;
using engine::ToView;

constexpr std::string_view kFormatKey = "format";
constexpr std::size_t kMostLosses = 1000;
constexpr std::size_t kMostCallsABatch = 1000;
constexpr std::size_t kMostBytesABatch = std::size_t{8} << 20;
constexpr std::size_t kMostNameBytes = 512;
constexpr std::int64_t kRowsAReport = 1000;

bool IsOrganization(const OrganizationRecord& record) {
  return record.name.size() <= kMostNameBytes && IsUtf8(record.name);
}

}  // namespace

Result<void> CallCopier::Open(const std::string& path) {
  state_.options = {.path = path, .log_sink = options_.log_sink};
  CALLSTORE_ASSIGN_OR_RETURN(state_.database, engine::Database::Open(state_.options));
  state_.chunks = NewChunkCache(state_.options);
  return {};
}

Result<void> CallCopier::Close() {
  state_.chunks.reset();
  return state_.database->Close();
}

Result<void> CallCopier::EraseAgain(const std::vector<LedgerEntry>& erasures) {
  CALLSTORE_ASSIGN_OR_RETURN(report_.erased_again, store::EraseAgain(&state_, erasures));
  if (report_.erased_again == 0) return {};
  return state_.database->Purge();
}

Result<void> CallCopier::Copy() {
  CALLSTORE_RETURN_IF_ERROR(CopyOwnRows());
  CALLSTORE_RETURN_IF_ERROR(CopyOrganizations());
  return CopyCalls();
}

// The store's id and what else it says of itself. The format is the new store's own.
Result<void> CallCopier::CopyOwnRows() {
  CALLSTORE_ASSIGN_OR_RETURN(SalvageWalk walk, SalvageWalk::Make(&salvage_, Family::kDefault));
  engine::PinnedValue format;
  CALLSTORE_RETURN_IF_ERROR(state_.database->Get(Family::kDefault, kFormatKey, nullptr, &format));
  Batch batch(*state_.database);
  std::string last_key;
  while (walk.Valid()) {
    if (walk.key() == kFormatKey && walk.value() != ToView(format)) {
      return Fail(ErrorCode::kUnsupportedFormat,
                  "the store has a format that this version does not read",
                  {{"format", Excerpt(walk.value())}, {"valid", Excerpt(ToView(format))}});
    }
    if (walk.key() != kFormatKey && walk.key() != last_key) {
      batch.Put(Family::kDefault, walk.key(), walk.value());
      last_key = walk.key();
    }
    CALLSTORE_RETURN_IF_ERROR(walk.Next());
  }
  if (batch.empty()) return {};
  return state_.database->Write(&batch, {});
}

Result<void> CallCopier::CopyOrganizations() {
  CALLSTORE_ASSIGN_OR_RETURN(SalvageWalk walk, SalvageWalk::Make(&salvage_, Family::kOrgs));
  while (walk.Valid()) {
    const auto number = keys::ParseOrganization(walk.key());
    const auto record = DecodeOrganization(walk.value());
    const bool good = number && record && IsOrganization(*record) && !names_.contains(*number);
    const bool again = good && !record->name.empty() && state_.organizations.Find(record->name);
    if (good && !again) CALLSTORE_RETURN_IF_ERROR(AddOrganization(*number, *record));
    CALLSTORE_RETURN_IF_ERROR(walk.Next());
  }
  return {};
}

Result<void> CallCopier::AddOrganization(OrganizationNumber number,
                                         const OrganizationRecord& record) {
  Batch batch(*state_.database);
  batch.Put(Family::kOrgs, keys::OrganizationKey(number), EncodeOrganization(record));
  CALLSTORE_RETURN_IF_ERROR(state_.database->Write(&batch, {}));
  names_.emplace(number, record.name);
  return state_.organizations.Set(number, record);
}

std::string CallCopier::NewName(OrganizationNumber number) const {
  std::string name = "recovered-" + std::to_string(number);
  while (state_.organizations.Find(name)) name += "-again";
  return name;
}

Result<void> CallCopier::EnterOrganization(OrganizationNumber number) {
  CALLSTORE_RETURN_IF_ERROR(Commit());
  number_ = number;
  if (const auto known = names_.find(number); known != names_.end()) {
    name_ = known->second;
    return {};
  }
  name_ = NewName(number);
  report_.names_lost.push_back(name_);
  return AddOrganization(number, {.name = name_});
}

Result<void> CallCopier::CopyCalls() {
  CALLSTORE_ASSIGN_OR_RETURN(SalvageWalk calls, SalvageWalk::Make(&salvage_, Family::kCalls));
  CALLSTORE_ASSIGN_OR_RETURN(SalvageWalk transcripts,
                             SalvageWalk::Make(&salvage_, Family::kTranscripts));
  const engine::Database* const view = salvage_.view();
  const std::int64_t total = view == nullptr ? 0 : view->FamilyStats(Family::kCalls).keys_estimated;
  CALLSTORE_RETURN_IF_ERROR(Report("calls", 0, total));
  for (std::int64_t done = 1; calls.Valid(); ++done) {
    if (keys::ParseCallKey(calls.key())) {
      CALLSTORE_RETURN_IF_ERROR(CopyCall(calls, &transcripts));
    }
    if (done % kRowsAReport == 0) CALLSTORE_RETURN_IF_ERROR(Report("calls", done, total));
    CALLSTORE_RETURN_IF_ERROR(calls.Next());
  }
  CALLSTORE_RETURN_IF_ERROR(PassTranscripts({}, &transcripts));
  CALLSTORE_RETURN_IF_ERROR(Commit());
  report_.transcripts_lost += CountUnreadRows(Family::kTranscripts);
  return CountLostCalls(calls.gaps());
}

Result<void> CallCopier::CopyCall(const SalvageWalk& calls, SalvageWalk* transcripts) {
  const OrganizationNumber number = *keys::ParseOwner(calls.key());
  if (number_ != number) CALLSTORE_RETURN_IF_ERROR(EnterOrganization(number));
  if (transcript_key_ != calls.key()) {
    CALLSTORE_RETURN_IF_ERROR(TakeTranscript(calls.key(), transcripts));
  }
  if (name_.empty()) return {};  // what is left of an erased organization stays erased
  call_.assign(calls.value());
  std::string id;
  if (record::VerifyCall(call_)) id = CallViewAccess::Make({}, call_, {}, false).id();
  if (calls.is_spare()) {
    CALLSTORE_ASSIGN_OR_RETURN(const bool gone, IsGone(calls.key(), id));
    if (gone) return {};
  }
  if (id.empty()) {
    AddLoss(FaultKind::kDamagedCall, Family::kCalls, calls.key(),
            "the record of a call is damaged");
    ++report_.calls_lost;
    report_.transcripts_lost += transcript_.empty() ? 0 : 1;
    return {};
  }
  if (!session_) {
    const std::string_view name = name_;
    session_.emplace(&state_, std::span(&name, 1));
  }
  CALLSTORE_ASSIGN_OR_RETURN(const bool stays, session_->PutStored(name_, call_, transcript_));
  session_calls_ += 1;
  session_bytes_ += stays ? call_.size() + transcript_.size() : 0;
  if (session_calls_ < kMostCallsABatch && session_bytes_ < kMostBytesABatch) return {};
  return Commit();
}

Result<void> CallCopier::Commit() {
  if (!session_) return {};
  const Result<void> written = session_->Commit({});
  session_.reset();
  session_calls_ = 0;
  session_bytes_ = 0;
  return written;
}

// Of a transcript without a call nobody knows whose it was.
Result<void> CallCopier::PassTranscripts(std::string_view key, SalvageWalk* transcripts) {
  while (transcripts->Valid() && (key.empty() || transcripts->key() < key)) {
    bool lost = transcripts->key() != transcript_key_;
    if (lost) {
      CALLSTORE_ASSIGN_OR_RETURN(const bool gone, IsGone(transcripts->key(), {}));
      lost = !gone;
    }
    if (lost) {
      AddLoss(FaultKind::kOrphanTranscript, Family::kTranscripts, transcripts->key(),
              "a transcript has no call");
      ++report_.transcripts_lost;
    }
    CALLSTORE_RETURN_IF_ERROR(transcripts->Next());
  }
  return {};
}

Result<void> CallCopier::TakeTranscript(std::string_view key, SalvageWalk* transcripts) {
  CALLSTORE_RETURN_IF_ERROR(PassTranscripts(key, transcripts));
  transcript_key_ = key;
  transcript_.clear();
  bool any = false;
  for (; transcripts->Valid() && transcripts->key() == key;) {
    any = true;
    if (transcript_.empty()) {
      transcript_.assign(transcripts->value());
      if (!record::VerifyTranscript(transcript_)) transcript_.clear();
    }
    CALLSTORE_RETURN_IF_ERROR(transcripts->Next());
  }
  if (!any || !transcript_.empty()) return {};
  AddLoss(FaultKind::kDamagedTranscript, Family::kTranscripts, key,
          "the record of a transcript is damaged");
  ++report_.transcripts_lost;
  return {};
}

Result<bool> CallCopier::IsGone(std::string_view key, std::string_view id) {
  const auto position = keys::ParseCallKey(key);
  if (!position) return true;
  const keys::Key id_key = keys::IdKey(*keys::ParseOwner(key), position->tie);
  CALLSTORE_ASSIGN_OR_RETURN(const auto fate, salvage_.FateOf(Family::kIds, id_key));
  using Kind = engine::Salvage::Fate::Kind;
  if (fate.kind != Kind::kThere) return fate.kind == Kind::kDeleted;
  const auto record = DecodeIdRecord(fate.value);
  if (!record) return false;
  return record->time_ms != position->time_ms || (!id.empty() && record->id != id);
}

std::int64_t CallCopier::CountUnreadRows(Family family) const {
  const engine::Salvage::Remains remains = salvage_.RemainsOf(family);
  std::int64_t unread = remains.rows;
  keys::Key end;
  for (int i = 0; i < 5; ++i) end.Append64(UINT64_MAX);
  const RowWalk::Range range{.family = family, .lower = {}, .upper = end, .key_bytes = 20};
  for (const engine::Salvage::Spare& table : remains.tables) {
    for (RowWalk walk(table.new_scan, range); walk.Valid(); walk.Next()) --unread;
  }
  return std::max<std::int64_t>(unread, 0);
}

Result<void> CallCopier::CountLostCalls(const std::vector<Gap>& gaps) {
  if (gaps.empty()) return {};
  std::int64_t named = 0;
  CALLSTORE_ASSIGN_OR_RETURN(SalvageWalk walk, SalvageWalk::Make(&salvage_, Family::kIds));
  for (; walk.Valid();) {
    const auto key = keys::ParseIdsKey(walk.key());
    const auto record = DecodeIdRecord(walk.value());
    if (key && !key->of_call_id && record && !record->id.empty()) {
      const OrganizationNumber number = *keys::ParseOwner(walk.key());
      const keys::Key call = keys::CallKey(number, {record->time_ms, key->value});
      const Rows rows(*state_.database, number, nullptr);
      CALLSTORE_ASSIGN_OR_RETURN(const TieSearch found, rows.FindId(record->id));
      if (InGap(gaps, call) && !found.position) {
        ++named;
        AddLoss(FaultKind::kUnreadableRow, Family::kCalls, call,
                "a call cannot be read: id " + Excerpt(record->id));
      }
    }
    CALLSTORE_RETURN_IF_ERROR(walk.Next());
  }
  // Where ids are lost too, not all are named.
  if (!walk.gaps().empty()) named = std::max(named, CountUnreadRows(Family::kCalls));
  report_.calls_lost += named;
  return {};
}

void CallCopier::AddLoss(FaultKind kind, Family family, std::string_view key,
                         const std::string& what) {
  if (report_.losses.size() >= kMostLosses) return;
  const auto number = keys::ParseOwner(key);
  const auto name = number ? names_.find(*number) : names_.end();
  report_.losses.push_back({.kind = kind,
                            .family = std::string(engine::FamilyName(family)),
                            .organization = name == names_.end() ? "" : name->second,
                            .key = ToHex(key),
                            .what = what});
}

Result<void> CallCopier::Report(std::string_view phase, std::int64_t done,
                                std::int64_t total) const {
  if (!options_.progress || options_.progress({.phase = phase, .done = done, .total = total})) {
    return {};
  }
  return Fail(ErrorCode::kDeadline, "the repair was stopped");
}

}  // namespace callstore::store
