#include "model/store_pair.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "engine/database.h"
#include "model/compare.h"
#include "model/reference_filter.h"

namespace callstore::test {
namespace {

using Record = ReferenceStore::Record;

constexpr std::int64_t kFirstMs = 1703097599999;
constexpr std::size_t kKeptCursors = 64;

template <typename T>
std::string Outcome(const Result<T>& result) {
  return result ? "ok" : std::string(ErrorCodeName(result.error().code));
}

std::string Compare(const Result<PutResult>& store, const Result<PutResult>& reference) {
  if (store.has_value() != reference.has_value() || !store) {
    const std::string difference = Differ("outcome", Outcome(store), Outcome(reference));
    return store || difference.empty() ? difference : difference + "; " + store.error().ToString();
  }
  return First({Differ("id", store->id, reference->id),
                Differ("put outcome", static_cast<int>(store->outcome),
                       static_cast<int>(reference->outcome)),
                Differ("redacted", store->redacted, reference->redacted)});
}

std::string Describe(const std::string& organization, const ListQuery& query) {
  std::ostringstream text;
  text << "list of " << Excerpt(organization) << " page " << query.page << " limit " << query.limit
       << (query.sort_order == SortOrder::kAscending ? " ascending" : " descending")
       << (query.cursor.empty() ? "" : " by cursor") << (query.with_total ? "" : " without total");
  if (!query.filter.empty()) text << " of " << CriteriaOf(query.filter);
  return text.str();
}

ReferenceOptions ReferenceOptionsOf(const StorePair::Options& options) {
  return {
      .rank = Hash64, .derived_id = DerivedId, .opt_out = options.opt_out, .fault = options.fault};
}

}  // namespace

StorePair::StorePair(const Options& options)
    : options_(options),
      clock_(std::make_shared<std::int64_t>(kFirstMs)),
      reference_(ReferenceOptionsOf(options)),
      maker_(options.seed) {
  reference_.now_ms = *clock_;
  const std::string difference = Reopen();
  if (!difference.empty()) throw std::runtime_error(difference);
}

void StorePair::Tick() {
  if (maker_.Chance(50)) reference_.now_ms = ++*clock_;
}

std::string StorePair::Reopen() {
  if (store_) {
    if (const auto closed = store_->Close(); !closed) return "close: " + closed.error().ToString();
  }
  auto opened = Store::Open({.path = folder_.store(),
                             .opt_out = options_.opt_out,
                             .cache_bytes = std::size_t{8} << 20,
                             .write_buffer_bytes = std::size_t{1} << 20,
                             .now_ms = [clock = clock_] { return *clock; }});
  if (!opened) return "open: " + opened.error().ToString();
  store_.emplace(*std::move(opened));
  return {};
}

Record StorePair::MakeRecord() {
  const std::string& organization = maker_.Pick(options_.organizations);
  return {organization, maker_.MakeCall(organization)};
}

std::string StorePair::Put(const Record& record, OnExisting on_existing) {
  const std::string text = record.call.Print();
  const auto call = ParseCall(text);
  if (!call) return "ParseCall of " + text + ": " + call.error().ToString();
  const auto stored = store_->Put(*call, {.on_existing = on_existing});
  const auto expected = reference_.Put(record, on_existing);
  if (const auto difference = Compare(stored, expected); !difference.empty() || !stored) {
    return At("Put of " + text, difference);
  }
  return At("after Put of " + text, CheckCall(*store_, record.organization, stored->id));
}

std::string StorePair::PutJson(const Record& record, OnExisting on_existing) {
  const std::string text = record.call.Print();
  const std::string beside = maker_.Chance(50) ? record.organization : std::string();
  const auto stored = store_->PutJson(beside, text, {.on_existing = on_existing});
  const auto expected = reference_.Put(record, on_existing);
  if (const auto difference = Compare(stored, expected); !difference.empty() || !stored) {
    return At("PutJson of " + text, difference);
  }
  return At("after PutJson of " + text, CheckCall(*store_, record.organization, stored->id));
}

std::string StorePair::PutBatch(const std::vector<Record>& records, OnExisting on_existing) {
  std::vector<Call> calls;
  for (const Record& record : records) {
    auto call = ParseCall(record.call.Print());
    if (!call) return "ParseCall of " + record.call.Print() + ": " + call.error().ToString();
    calls.push_back(*std::move(call));
  }
  const auto stored = store_->PutBatch(calls, {.on_existing = on_existing});
  const auto expected = reference_.PutBatch(records, on_existing);
  if (stored.has_value() != expected.has_value() || !stored) {
    return At("PutBatch", Differ("outcome", Outcome(stored), Outcome(expected)));
  }
  for (std::size_t i = 0; i < records.size(); ++i) {
    const std::string where = "PutBatch of " + records[i].call.Print();
    const std::string difference =
        First({Compare((*stored)[i], (*expected)[i]),
               CheckCall(*store_, records[i].organization, (*stored)[i].id)});
    if (!difference.empty()) return At(where, difference);
  }
  return {};
}

std::string StorePair::PutJsonBatch(const std::vector<Record>& records, OnExisting on_existing) {
  std::vector<std::string> texts;
  for (const Record& record : records) texts.push_back(record.call.Print());
  // A text that is no call, in the middle of the good ones.
  const std::size_t bad = texts.size() / 2;
  texts.insert(texts.begin() + static_cast<std::ptrdiff_t>(bad), R"({"id":"broken","id":1})");
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto stored = store_->PutJsonBatch({}, views, {.on_existing = on_existing});
  if (!stored) return "PutJsonBatch: " + stored.error().ToString();
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Result<PutResult> expected =
        i == bad ? Result<PutResult>(tl::unexpected(Error{ErrorCode::kInvalidArgument, {}, {}}))
                 : reference_.Put(records[i < bad ? i : i - 1], on_existing);
    const std::string difference = Compare((*stored)[i], expected);
    if (!difference.empty()) return At("PutJsonBatch of " + texts[i], difference);
  }
  return {};
}

std::string StorePair::Update(const std::string& organization, const std::string& id) {
  const JsonValue patch = maker_.MakePatch();
  const auto stored = store_->Update(organization, id, patch.Print());
  const auto expected = reference_.Update(organization, id, patch);
  return At("Update by " + patch.Print(),
            First({Compare(stored, expected), CheckCall(*store_, organization, id)}));
}

std::string StorePair::Delete(const std::string& organization, const std::string& id) {
  const auto stored = store_->Delete(organization, id);
  const auto expected = reference_.Delete(organization, id);
  return At("Delete", First({Differ("outcome", Outcome(stored), Outcome(expected)),
                             CheckCall(*store_, organization, id)}));
}

std::string StorePair::Mutate() {
  static const std::vector<OnExisting> kWays = {OnExisting::kReplace, OnExisting::kMerge,
                                                OnExisting::kKeep, OnExisting::kNewer};
  const OnExisting on_existing = maker_.Pick(kWays);
  const std::size_t kind = maker_.Below(100);
  if (kind < 20) return Put(MakeRecord(), on_existing);
  if (kind < 40) return PutJson(MakeRecord(), on_existing);
  if (kind < 60) {
    std::vector<Record> records;
    for (std::size_t i = maker_.Below(6); i > 0; --i) records.push_back(MakeRecord());
    return kind < 50 ? PutBatch(records, on_existing) : PutJsonBatch(records, on_existing);
  }
  const std::string& organization = maker_.Pick(options_.organizations);
  const std::vector<std::string> ids = reference_.Ids(organization);
  const std::string id = ids.empty() || maker_.Chance(10) ? maker_.Id() : maker_.Pick(ids);
  return kind < 80 ? Update(organization, id) : Delete(organization, id);
}

// What is read as an owning Call and put again is unchanged.
std::string StorePair::CheckPutBack() {
  const std::string& organization = maker_.Pick(options_.organizations);
  const std::vector<std::string> ids = reference_.Ids(organization);
  if (ids.empty()) return {};
  const std::string& id = maker_.Pick(ids);
  const auto call = store_->Get(organization, id);
  if (!call) return "Get: " + call.error().ToString();
  const auto put = store_->Put((**call).ToCall());
  if (!put) return "putting back: " + put.error().ToString();
  return Differ("outcome of putting back", static_cast<int>(put->outcome),
                static_cast<int>(PutOutcome::kUnchanged));
}

std::string StorePair::Step() {
  Tick();
  std::string difference = Mutate();
  if (!difference.empty()) return difference;
  difference = CheckRandomPage(maker_.Pick(options_.organizations));
  if (difference.empty()) difference = CheckKeptCursor();
  if (difference.empty()) {
    difference = CheckCounts(maker_.Pick(options_.organizations), maker_.MakeRange());
  }
  if (difference.empty() && maker_.Chance(20)) difference = CheckPutBack();
  if (difference.empty() && maker_.Below(250) == 0) difference = CheckReadOnly();
  if (difference.empty() && maker_.Below(250) == 0) difference = At("reopening", Reopen());
  return difference;
}

std::string StorePair::CheckRow(const CallView& row, const std::string& organization,
                                const std::string& id, View view) const {
  if (row.id() != id) return Differ("id of a row", row.id(), std::string_view(id));
  const ReferenceCall* const call = reference_.Get(organization, id);
  const JsonValue shown = JsonValue::Parse(ToJson(row, {.view = view}));
  return First({Differ("call", shown, ReferenceStore::Document(*call, view)),
                Differ("organization", row.organization_id(), std::string_view(organization)),
                Differ("stored_at", row.stored_at(), call->stored_at),
                Differ("changed_at", row.changed_at(), call->changed_at)});
}

std::string StorePair::CheckCall(const Store& store, const std::string& organization,
                                 const std::string& id) const {
  const ReferenceCall* const call = reference_.Get(organization, id);
  const auto full = store.Get(organization, id);
  if (full.has_value() != (call != nullptr)) {
    return Differ("Get", Outcome(full), call == nullptr ? "not_found" : "ok");
  }
  if (call == nullptr) return Differ("Get", Outcome(full), "not_found");
  const auto summary = store.Get(organization, id, View::kSummary);
  if (!summary) return "Get of a summary: " + summary.error().ToString();
  const std::string difference = First({CheckRow(**full, organization, id, View::kFull),
                                        CheckRow(**summary, organization, id, View::kSummary)});
  const JsonValue* const call_id = call->given.Find("call_id");
  if (!difference.empty() || call_id == nullptr) return At("Get", difference);
  const auto by_call_id = store.GetByCallId(organization, call_id->text());
  if (!by_call_id) return "GetByCallId: " + by_call_id.error().ToString();
  return At("GetByCallId", CheckRow(**by_call_id, organization, id, View::kFull));
}

void StorePair::Keep(const std::string& organization, const ListQuery& query,
                     const std::string& cursor, const std::optional<ReferenceCursor>& reference) {
  if (!reference) return;
  KeptCursor kept{organization, query, *reference};
  kept.query.page = 0;
  kept.query.cursor = cursor;
  if (cursors_.size() < kKeptCursors) {
    cursors_.push_back(std::move(kept));
  } else {
    cursors_[maker_.Below(kKeptCursors)] = std::move(kept);
  }
}

std::string StorePair::CheckList(const Store& store, const std::string& organization,
                                 const ListQuery& query,
                                 const std::optional<ReferenceCursor>& cursor) {
  const auto page = store.List(organization, query);
  const std::string where = Describe(organization, query);
  if (!page) return At(where, page.error().ToString());
  const ReferencePage expected = reference_.List(organization, query, cursor);
  const Pagination& pagination = page->pagination;
  std::string difference = First(
      {Differ("rows", page->calls.size(), expected.ids.size()),
       Differ("has_next_page", pagination.has_next_page, expected.has_next_page),
       Differ("has_previous_page", pagination.has_previous_page, expected.has_previous_page),
       Differ("next_cursor", !page->next_cursor.empty(), expected.next.has_value()),
       Differ("previous_cursor", !page->previous_cursor.empty(), expected.previous.has_value()),
       Differ("end_cursor", !page->end_cursor.empty(), expected.end.has_value()),
       Differ("has a total", pagination.total_count.has_value(), query.with_total),
       Differ("limit", pagination.limit, query.limit)});
  if (difference.empty() && query.with_total) {
    difference = First({Differ("total_count", pagination.total_count.value(), expected.total_count),
                        Differ("total_pages", pagination.total_pages.value(), expected.total_pages),
                        Differ("page", pagination.page, expected.page)});
  }
  for (std::size_t i = 0; i < expected.ids.size() && difference.empty(); ++i) {
    difference = CheckRow(page->calls[i], organization, expected.ids[i], query.view);
  }
  if (!difference.empty()) return At(where, difference);
  Keep(organization, query, page->next_cursor, expected.next);
  Keep(organization, query, page->previous_cursor, expected.previous);
  Keep(organization, query, page->end_cursor, expected.end);
  return {};
}

std::string StorePair::CheckPage(const std::string& organization, const ListQuery& query) {
  return CheckList(*store_, organization, query, std::nullopt);
}

std::string StorePair::CheckRandomPage(const std::string& organization) {
  ListQuery query = maker_.MakeQuery();
  const std::int64_t pages = reference_.List(organization, query, std::nullopt).total_pages;
  query.page = static_cast<std::int64_t>(maker_.Below(static_cast<std::size_t>(pages) + 2));
  if (maker_.Chance(2)) query.page = INT64_MAX;
  return CheckPage(organization, query);
}

// Goes on from a cursor of long ago: calls came, moved and went meanwhile.
std::string StorePair::CheckKeptCursor() {
  if (cursors_.empty()) return {};
  const KeptCursor kept = maker_.Pick(cursors_);
  ListQuery query = kept.query;
  const ListQuery other = maker_.MakeQuery();
  query.limit = other.limit;
  query.view = other.view;
  query.with_total = other.with_total;
  const std::string& stranger = maker_.Pick(options_.organizations);
  if (stranger != kept.organization) {
    const auto refused = store_->List(stranger, query);
    if (refused || refused.error().code != ErrorCode::kInvalidCursor) {
      return "a cursor of another organization is taken";
    }
  }
  return CheckList(*store_, kept.organization, query, kept.reference);
}

std::string StorePair::CheckCounts(const std::string& organization, const TimeRange& range) {
  const auto count = store_->Count(organization, range);
  if (!count) return "Count: " + count.error().ToString();
  return Differ("Count", *count, reference_.Count(organization, range));
}

std::string StorePair::CheckOrganizations() const {
  const auto organizations = store_->Organizations();
  if (!organizations) return "Organizations: " + organizations.error().ToString();
  std::map<std::string, std::int64_t> counts;
  for (const OrganizationInfo& info : *organizations) counts[info.name] = info.call_count;
  if (!std::ranges::is_sorted(*organizations, {}, &OrganizationInfo::name)) {
    return "Organizations: not sorted by name";
  }
  return counts == reference_.Organizations() ? std::string() : "Organizations differ";
}

// A static view beside the open store.
std::string StorePair::CheckReadOnly() {
  const auto view = Store::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  if (!view) return "open read-only: " + view.error().ToString();
  for (const std::string& organization : options_.organizations) {
    const std::string difference = CheckList(*view, organization, {.limit = 1000}, std::nullopt);
    if (!difference.empty()) return At("read-only", difference);
    for (const std::string& id : reference_.Ids(organization)) {
      const std::string of_call = CheckCall(*view, organization, id);
      if (!of_call.empty()) return At("read-only", of_call);
    }
  }
  return {};
}

// No key is left behind by a move, a change or a deletion, and none is missing.
std::string StorePair::CheckKeys() const {
  std::map<engine::Family, std::size_t> expected;
  for (const auto& [organization, count] : reference_.Organizations()) {
    for (const std::string& id : reference_.Ids(organization)) {
      const JsonValue& call = reference_.Get(organization, id)->given;
      const auto has = [&call](const char* name) { return call.Find(name) != nullptr; };
      bool is_long = has("transcript") || has("transcript_object") || has("events") ||
                     has("transcript_with_tool_calls");
      if (has("latency")) {
        for (const auto& [component, stats] : call.Find("latency")->members()) {
          is_long |= stats.Find("values") != nullptr;
        }
      }
      const JsonValue* const telephony = call.Find("telephony_identifier");
      const bool has_sid = telephony != nullptr && telephony->Find("call_sid") != nullptr;
      expected[engine::Family::kCalls] += 1;
      expected[engine::Family::kTranscripts] += is_long ? 1 : 0;
      expected[engine::Family::kIds] += has("call_id") ? 2 : 1;
      expected[engine::Family::kIndex] +=
          std::size_t{has("from_number")} + std::size_t{has("to_number")} + std::size_t{has_sid};
    }
  }
  const auto database =
      engine::Database::Open({.path = folder_.store(), .mode = OpenMode::kReadOnly});
  if (!database) return "open read-only: " + database.error().ToString();
  for (const engine::Family family : {engine::Family::kCalls, engine::Family::kTranscripts,
                                      engine::Family::kIds, engine::Family::kIndex}) {
    std::size_t keys = 0;
    const auto scan = (*database)->NewFullScan(family);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) ++keys;
    const std::string difference = Differ("keys", keys, expected[family]);
    if (!difference.empty()) return At("family " + std::string(FamilyName(family)), difference);
  }
  return {};
}

std::string StorePair::CheckAll() {
  for (const std::string& organization : options_.organizations) {
    for (const SortOrder order : {SortOrder::kDescending, SortOrder::kAscending}) {
      ListQuery query{.limit = 7, .sort_order = order};
      const std::int64_t pages = reference_.List(organization, query, std::nullopt).total_pages;
      for (; query.page <= pages; ++query.page) {
        const std::string difference = CheckPage(organization, query);
        if (!difference.empty()) return difference;
      }
    }
    for (const std::string& id : reference_.Ids(organization)) {
      const std::string difference = CheckCall(*store_, organization, id);
      if (!difference.empty()) return At("CheckAll", difference);
    }
  }
  return First({CheckOrganizations(), CheckKeys()});
}

}  // namespace callstore::test
