#include "callstore/store.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "columns/directory.h"
#include "json/call_reader.h"
#include "query/list_query.h"
#include "store/backup.h"
#include "store/bulk_delete.h"
#include "store/eraser.h"
#include "store/getter.h"
#include "store/guard.h"
#include "store/lister.h"
#include "store/open.h"
#include "store/settings.h"
#include "store/state.h"
#include "store/verifier.h"
#include "store/workspace.h"
#include "store/write_session.h"

namespace callstore {
namespace store {

std::int64_t State::NowMs() const {
  const std::int64_t now = options.now_ms ? options.now_ms()
                                          : std::chrono::duration_cast<std::chrono::milliseconds>(
                                                std::chrono::system_clock::now().time_since_epoch())
                                                .count();
  return std::max<std::int64_t>(now, 1);
}

namespace {

constexpr std::size_t kMostKeptBytes = std::size_t{1} << 20;
thread_local std::optional<Workspace> workspace;

}  // namespace

Workspace& ThreadWorkspace() { return workspace ? *workspace : workspace.emplace(); }

void TrimWorkspace() {
  if (workspace && workspace->most_bytes > kMostKeptBytes) workspace.reset();
}

}  // namespace store

namespace {

using record::Draft;
using store::Counter;
using store::Guard;
using store::ThreadWorkspace;
using store::WriteSession;

// As Guard, of an operation that uses the thread's workspace.
template <typename Operation>
auto GuardWrite(const Operation& operation) -> decltype(operation()) {
  struct Trim {
    ~Trim() { store::TrimWorkspace(); }
  } trim;
  return Guard(operation);
}

Result<void> CheckWritable(const store::State& state) {
  if (state.options.mode == OpenMode::kReadWrite) return {};
  return Fail(ErrorCode::kReadOnly, "the store is open read-only", {{"path", state.options.path}});
}

Result<void> CheckKeyed(std::string_view organization, std::string_view field,
                        std::string_view value) {
  CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
  return query::CheckCallKey(field, value);
}

Error AtIndex(Error error, std::size_t index) {
  error.details.emplace_back("index", std::to_string(index));
  return error;
}

// Runs a query: in a follower, apart from catching up.
template <typename Query>
auto Read(store::State* state, const Query& query) -> decltype(query()) {
  return store::Apart(state->options.mode, &state->following, query);
}

// As Read, and counts the answer.
template <typename Query>
auto Answer(store::State* state, store::Counter counter, const Query& query) -> decltype(query()) {
  auto answer = Read(state, query);
  if (answer) state->counters.Add(counter);
  return answer;
}

Result<StoredCall> CountGet(store::State* state, Result<StoredCall> got) {
  if (got || got.error().code == ErrorCode::kNotFound) state->counters.Add(Counter::kGets);
  return got;
}

Result<std::vector<OrganizationInfo>> AllOrganizations(store::State* state) {
  const engine::Snapshot snapshot(*state->database);
  // The writer of a follower may have added some.
  if (state->options.mode == OpenMode::kFollow) {
    CALLSTORE_RETURN_IF_ERROR(state->organizations.Load(*state->database));
  }
  std::vector<OrganizationInfo> all;
  for (const auto& [name, number] : state->organizations.All()) {
    CALLSTORE_ASSIGN_OR_RETURN(const auto head,
                               store::ReadHead(*state->database, number, &snapshot));
    // Committed after the snapshot was taken.
    if (!head) continue;
    all.push_back({name, head->total.calls, state->organizations.Record(number).retention_days});
  }
  return all;
}

Result<StoreStats> StatsOf(store::State* state) {
  CALLSTORE_ASSIGN_OR_RETURN(const auto organizations, AllOrganizations(state));
  StoreStats stats;
  stats.organizations = static_cast<std::int64_t>(organizations.size());
  for (const OrganizationInfo& organization : organizations) {
    stats.calls += organization.call_count;
  }
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(state->options.path, error)) {
    const auto size = file.file_size(error);
    if (!error) stats.size_bytes += static_cast<std::int64_t>(size);
  }
  const engine::Database& database = *state->database;
  stats.cache_used_bytes = database.CacheUsedBytes();
  for (std::size_t i = 0; i < engine::kFamilyCount; ++i) {
    stats.families.push_back(database.FamilyStats(static_cast<engine::Family>(i)));
  }
  if (state->options.mode == OpenMode::kFollow) {
    stats.follow = FollowState{.caught_up_at = state->following.caught_up_at};
  }
  state->counters.AppendTo(&stats.counters);
  database.AppendCounters(&stats.counters);
  database.AppendGauges(&stats.gauges);
  return stats;
}

}  // namespace

class Store::Impl {
 public:
  store::State state;
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&& other) noexcept = default;
Store& Store::operator=(Store&& other) noexcept {
  if (this != &other) {
    static_cast<void>(Close());
    impl_ = std::move(other.impl_);
  }
  return *this;
}
Store::~Store() { static_cast<void>(Close()); }

Result<Store> Store::Open(const StoreOptions& options) { return store::OpenWith(options, {}); }

Result<Store> store::OpenWith(const StoreOptions& options, const engine::Environment& environment) {
  return StoreAccess::Open(options, environment);
}

store::State* store::StoreAccess::StateOf(Store* store) { return &store->impl_->state; }

Result<Store> store::StoreAccess::Open(const StoreOptions& options,
                                       const engine::Environment& environment) {
  return Guard([&]() -> Result<Store> {
    auto impl = std::make_unique<Store::Impl>();
    impl->state.options = options;
    impl->state.environment = environment;
    impl->state.following.caught_up_at = impl->state.NowMs();
    CALLSTORE_ASSIGN_OR_RETURN(impl->state.database, engine::Database::Open(options, environment));
    if (!impl->state.database->read_only()) store::RemoveStaleCopies(options.path);
    CALLSTORE_RETURN_IF_ERROR(impl->state.organizations.Load(*impl->state.database));
    impl->state.chunks = store::NewChunkCache(options);
    return Store(std::move(impl));
  });
}

Result<OpenReport> Store::open_report() const {
  CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
  return state->database->open_report();
}

Result<store::State*> Store::Opened() const {
  if (impl_ != nullptr) return &impl_->state;
  return Fail(ErrorCode::kInvalidArgument, "the store is closed");
}

// Runs what changes an organization.
template <typename Operation>
auto Store::Change(std::string_view organization, const Operation& operation)
    -> decltype(operation(nullptr)) {
  return Guard([&]() -> decltype(operation(nullptr)) {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    return operation(state);
  });
}

Result<PutResult> Store::Put(const Call& call, const WriteOptions& options) {
  return GuardWrite([&]() -> Result<PutResult> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    Draft& draft = ThreadWorkspace().record.draft;
    CALLSTORE_RETURN_IF_ERROR(json::DraftOf(call, &draft));
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(draft.organization_id));
    WriteSession session(state, {&draft.organization_id, 1});
    CALLSTORE_ASSIGN_OR_RETURN(PutResult result, session.Put(&draft, options.on_existing));
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
    state->counters.AddPut(result.outcome);
    return result;
  });
}

namespace {

using PutResults = std::vector<Result<PutResult>>;

// Reads one record into this thread's slot.
Result<Draft*> ReadOne(std::string_view organization, std::string_view text) {
  store::Workspace& work = ThreadWorkspace();
  store::RecordSlot& slot = work.record;
  work.Passed(text.size());
  CALLSTORE_RETURN_IF_ERROR(store::ReadRecord(organization, text, &slot.reader, &slot.draft));
  return &slot.draft;
}

// Whose record it probably is, at a glance; it is read with care later.
std::string_view LikelyOwner(std::string_view text) {
  constexpr std::string_view kName = R"("organization_id")";
  constexpr std::string_view kSpace = " \t\r\n";
  text = text.substr(0, 4096);
  const std::size_t at = text.find(kName);
  if (at == std::string_view::npos) return {};
  const std::size_t colon = text.find_first_not_of(kSpace, at + kName.size());
  if (colon == std::string_view::npos || text[colon] != ':') return {};
  const std::size_t open = text.find_first_not_of(kSpace, colon + 1);
  if (open == std::string_view::npos || text[open] != '"') return {};
  const std::size_t close = text.find('"', open + 1);
  return close == std::string_view::npos ? std::string_view()
                                         : text.substr(open + 1, close - open - 1);
}

std::optional<std::string> OwnerOf(std::string_view organization, std::string_view text) {
  const auto draft = ReadOne(organization, text);
  if (!draft) return std::nullopt;
  return std::string((*draft)->organization_id);
}

// Nothing, and nothing done, where a record belongs to an organization that is not among `owners`.
Result<std::optional<PutResults>> PutTexts(store::State* state, std::string_view organization,
                                           std::span<const std::string_view> texts,
                                           const std::set<std::string_view>& owners,
                                           const WriteOptions& options) {
  const std::vector<std::string_view> locked(owners.begin(), owners.end());
  WriteSession session(state, locked);
  store::Workspace& work = ThreadWorkspace();
  store::RecordReader records(organization, texts, &work.record, &state->read_ahead);
  PutResults results;
  results.reserve(texts.size());
  for (const std::string_view text : texts) {
    work.Passed(text.size());
    auto draft = records.Next();
    if (!draft) {
      results.emplace_back(tl::unexpected<Error>(std::move(draft).error()));
      continue;
    }
    if (!owners.contains((*draft)->organization_id)) return std::optional<PutResults>();
    results.push_back(session.Put(*draft, options.on_existing));
  }
  CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
  return std::optional(std::move(results));
}

}  // namespace

Result<PutResult> Store::PutJson(std::string_view organization, std::string_view json,
                                 const WriteOptions& options) {
  return GuardWrite([&]() -> Result<PutResult> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    CALLSTORE_ASSIGN_OR_RETURN(Draft* const draft, ReadOne(organization, json));
    WriteSession session(state, {&draft->organization_id, 1});
    CALLSTORE_ASSIGN_OR_RETURN(PutResult result, session.Put(draft, options.on_existing));
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
    state->counters.AddPut(result.outcome);
    return result;
  });
}

Result<std::vector<PutResult>> Store::PutBatch(std::span<const Call> calls,
                                               const WriteOptions& options) {
  return GuardWrite([&]() -> Result<std::vector<PutResult>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    std::vector<std::string_view> organizations;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (const auto checked = query::CheckOrganization(calls[i].organization_id); !checked) {
        return tl::unexpected<Error>(AtIndex(checked.error(), i));
      }
      organizations.push_back(calls[i].organization_id);
    }
    WriteSession session(state, organizations);
    std::vector<PutResult> results;
    Draft& draft = ThreadWorkspace().record.draft;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      auto result = json::DraftOf(calls[i], &draft).and_then([&] {
        return session.Put(&draft, options.on_existing);
      });
      if (!result) return tl::unexpected<Error>(AtIndex(std::move(result).error(), i));
      results.push_back(*std::move(result));
    }
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
    for (const PutResult& result : results) state->counters.AddPut(result.outcome);
    return results;
  });
}

Result<std::vector<Result<PutResult>>> Store::PutJsonBatch(std::string_view organization,
                                                           std::span<const std::string_view> texts,
                                                           const WriteOptions& options) {
  return GuardWrite([&]() -> Result<std::vector<Result<PutResult>>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    // The locks come first, so that one reader serves all records.
    std::set<std::string_view> owners;
    if (!organization.empty()) {
      owners.insert(organization);
    } else {
      for (const std::string_view text : texts) owners.insert(LikelyOwner(text));
    }
    CALLSTORE_ASSIGN_OR_RETURN(auto results, PutTexts(state, organization, texts, owners, options));
    if (!results) {
      std::set<std::string, std::less<>> named;
      for (const std::string_view text : texts) {
        if (auto owner = OwnerOf(organization, text)) named.insert(*std::move(owner));
      }
      owners = {named.begin(), named.end()};
      CALLSTORE_ASSIGN_OR_RETURN(results, PutTexts(state, organization, texts, owners, options));
    }
    for (const auto& result : *results) {
      if (result) state->counters.AddPut(result->outcome);
    }
    return *std::move(results);
  });
}

Result<StoredCall> Store::Get(std::string_view organization, std::string_view id, View view) const {
  return Guard([&]() -> Result<StoredCall> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckKeyed(organization, "id", id));
    return CountGet(state,
                    Read(state, [&] { return store::GetById(state, organization, id, view); }));
  });
}

Result<StoredCall> Store::GetByCallId(std::string_view organization, std::string_view call_id,
                                      View view) const {
  return Guard([&]() -> Result<StoredCall> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckKeyed(organization, "call_id", call_id));
    return CountGet(
        state, Read(state, [&] { return store::GetByCallId(state, organization, call_id, view); }));
  });
}

Result<PutResult> Store::Update(std::string_view organization, std::string_view id,
                                std::string_view merge_patch, const WriteOptions& options) {
  return GuardWrite([&]() -> Result<PutResult> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    CALLSTORE_RETURN_IF_ERROR(CheckKeyed(organization, "id", id));
    WriteSession session(state, {&organization, 1});
    CALLSTORE_ASSIGN_OR_RETURN(PutResult result, session.Update(organization, id, merge_patch));
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
    state->counters.AddPut(result.outcome);
    return result;
  });
}

Result<void> Store::Delete(std::string_view organization, std::string_view id,
                           const WriteOptions& options) {
  return Guard([&]() -> Result<void> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    CALLSTORE_RETURN_IF_ERROR(CheckKeyed(organization, "id", id));
    WriteSession session(state, {&organization, 1});
    CALLSTORE_RETURN_IF_ERROR(session.Delete(organization, id));
    CALLSTORE_RETURN_IF_ERROR(session.Commit(options));
    state->counters.Add(Counter::kDeletes);
    return {};
  });
}

Result<Page> Store::List(std::string_view organization, const ListQuery& query) const {
  return Guard([&]() -> Result<Page> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    CALLSTORE_RETURN_IF_ERROR(query::CheckListQuery(query));
    auto page =
        Answer(state, Counter::kLists, [&] { return store::ListPage(state, organization, query); });
    if (page) {
      state->counters.Add(Counter::kCallsListed, static_cast<std::int64_t>(page->calls.size()));
    }
    return page;
  });
}

Result<std::int64_t> Store::DeleteMatching(std::string_view organization, const Filter& filter,
                                           const WriteOptions& options) {
  return Guard([&]() -> Result<std::int64_t> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    const auto done = store::DeleteCalls(state, organization, {.filter = filter}, options);
    if (!done) return tl::unexpected<Error>(done.error());
    return done->deleted;
  });
}

Result<ErasureReceipt> Store::Erase(std::string_view organization, const Erasure& erasure,
                                    const EraseOptions& options) {
  return Change(organization, [&](store::State* state) {
    return store::Erase(state, organization, erasure, options);
  });
}

Result<void> Store::Purge() {
  return Guard([&]() -> Result<void> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    return store::Purge(state);
  });
}

Result<std::vector<ErasureReceipt>> Store::Erasures() const {
  return Guard([&]() -> Result<std::vector<ErasureReceipt>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_ASSIGN_OR_RETURN(const auto entries,
                               store::ReadLedger(store::LedgerPath(state->options.path)));
    return store::ReceiptsOf(entries);
  });
}

Result<void> Store::PlaceHold(std::string_view organization, std::string_view name,
                              const Filter& filter) {
  return Change(organization, [&](store::State* state) {
    return store::PlaceHold(state, organization, name, filter);
  });
}

Result<void> Store::ReleaseHold(std::string_view organization, std::string_view name) {
  return Change(organization,
                [&](store::State* state) { return store::ReleaseHold(state, organization, name); });
}

Result<std::vector<Hold>> Store::Holds(std::string_view organization) const {
  return Guard([&]() -> Result<std::vector<Hold>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    return Read(state, [&] { return store::HoldsOf(state, organization); });
  });
}

Result<void> Store::SetRetention(std::string_view organization, std::uint32_t days) {
  return Change(organization, [&](store::State* state) {
    return store::SetRetention(state, organization, days);
  });
}

Result<std::vector<RetentionResult>> Store::Retain() {
  return Guard([&]() -> Result<std::vector<RetentionResult>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(CheckWritable(*state));
    return store::Retain(state);
  });
}

Result<std::int64_t> Store::Count(std::string_view organization, const Filter& filter,
                                  const WorkLimits& limits) const {
  return Guard([&]() -> Result<std::int64_t> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    CALLSTORE_RETURN_IF_ERROR(query::CheckWorkLimits(limits));
    return Answer(state, Counter::kCounts,
                  [&] { return store::CountCalls(state, organization, filter, limits); });
  });
}

Result<Aggregation> Store::Aggregate(std::string_view organization,
                                     const AggregateQuery& query) const {
  return Guard([&]() -> Result<Aggregation> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    CALLSTORE_RETURN_IF_ERROR(query::CheckOrganization(organization));
    CALLSTORE_RETURN_IF_ERROR(query::CheckWorkLimits(query.work));
    return Answer(state, Counter::kAggregates,
                  [&] { return store::AggregateCalls(state, organization, query); });
  });
}

Result<std::vector<OrganizationInfo>> Store::Organizations() const {
  return Guard([&]() -> Result<std::vector<OrganizationInfo>> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    return Read(state, [&] { return AllOrganizations(state); });
  });
}

Result<StoreStats> Store::Stats() const {
  return Guard([&]() -> Result<StoreStats> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    return Read(state, [&] { return StatsOf(state); });
  });
}

Result<void> Store::CatchUp() {
  return Guard([&]() -> Result<void> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    return store::CatchUp(state);
  });
}

Result<FollowState> Store::Following() const {
  CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
  CALLSTORE_RETURN_IF_ERROR(store::CheckFollows(*state));
  return FollowState{.caught_up_at = state->following.caught_up_at};
}

Result<void> Store::Checkpoint(const std::string& path) const {
  return Guard([&]() -> Result<void> {
    CALLSTORE_ASSIGN_OR_RETURN(const store::State* const state, Opened());
    return store::Checkpoint(*state, path);
  });
}

Result<BackupInfo> Store::Backup(const std::string& folder, const BackupOptions& options) const {
  return Guard([&]() -> Result<BackupInfo> {
    CALLSTORE_ASSIGN_OR_RETURN(const store::State* const state, Opened());
    return store::BackUp(*state, folder, options);
  });
}

Result<VerifyReport> Store::Verify(const VerifyOptions& options) const {
  return Guard([&]() -> Result<VerifyReport> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    auto report = Read(state, [&] { return store::Verify(*state->database, options); });
    // The damage may be that of a follower's view alone: it is to open the folder again.
    if (report && !report->ok()) state->following.suspect = true;
    return report;
  });
}

Result<void> Store::Sync() {
  return Guard([&]() -> Result<void> {
    CALLSTORE_ASSIGN_OR_RETURN(store::State* const state, Opened());
    if (state->options.mode != OpenMode::kReadWrite) return {};
    return state->database->Sync();
  });
}

Result<void> Store::Close() {
  return Guard([&]() -> Result<void> {
    if (impl_ == nullptr) return {};
    impl_->state.chunks.reset();
    const Result<void> closed = impl_->state.database->Close();
    impl_.reset();
    return closed;
  });
}

}  // namespace callstore
