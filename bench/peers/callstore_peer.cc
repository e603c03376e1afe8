// callstore through its public interface, as a program would use it. A call that opts out is kept
// whole, since that is what the others do.
#include <string>
#include <vector>

#include "base/hash.h"
#include "bench/archive.h"
#include "bench/peers/peer.h"
#include "callstore/json.h"
#include "callstore/store.h"
#include "query/cursor.h"

namespace callstore::bench {
namespace {

constexpr std::int64_t kExportLimit = 1'000;
constexpr std::size_t kPieceBytes = 64 << 10;

Filter FilterOf(const PeerFilter& wanted) {
  Filter filter;
  const auto add = [&](const char* field, const std::optional<std::string>& value) {
    if (value) filter = std::move(filter) && Field(field) == *value;
  };
  add("agent_id", wanted.agent_id);
  add("user_sentiment", wanted.user_sentiment);
  add("direction", wanted.direction);
  add("to_number", wanted.to_number);
  return filter;
}

class CallstoreReader : public Reader {
 public:
  explicit CallstoreReader(const Store* store) : store_(*store) {}

  bool List(const PeerList& list) override;
  bool Count(std::string_view organization, const PeerFilter& filter) override;
  bool Get(std::string_view organization, std::string_view id) override {
    Clear();
    return Take(store_.Get(organization, id));
  }
  bool GetByCallId(std::string_view organization, std::string_view call_id) override {
    Clear();
    return Take(store_.GetByCallId(organization, call_id));
  }
  bool ExportJson(std::string_view organization) override;
  PeerAnswer answer() const override;
  std::optional<Position> last() const override { return last_; }

 private:
  void Clear();
  bool Take(Result<StoredCall> found);
  // The list that a cursor belongs to. A page with a bound on time is one of another list than the
  // page behind it, which has none.
  struct CursorList {
    std::string organization;
    PeerFilter filter;
    bool bounded = false;
    friend bool operator==(const CursorList&, const CursorList&) = default;
  };
  std::optional<std::string> CursorAt(const PeerList& list, const ListQuery& query) const;

  const Store& store_;
  std::optional<Page> page_;
  std::optional<StoredCall> call_;
  std::optional<std::int64_t> total_;
  std::size_t exported_bytes_ = 0;
  // Where the last page ended.
  std::optional<Position> last_;
  CursorList cursor_list_;
  std::string cursor_;
};

void CallstoreReader::Clear() {
  page_.reset();
  call_.reset();
  total_.reset();
  exported_bytes_ = 0;
}

bool CallstoreReader::Take(Result<StoredCall> found) {
  if (!found) return found.error().code == ErrorCode::kNotFound;
  call_ = *std::move(found);
  return true;
}

// The cursor that the last page gave, where the list goes on from there; any other place is made
// into a cursor of this list.
std::optional<std::string> CallstoreReader::CursorAt(const PeerList& list,
                                                     const ListQuery& query) const {
  if (list.after == last_ && cursor_list_ == CursorList{list.organization, list.filter, false}) {
    return cursor_;
  }
  const auto page = store_.List(
      list.organization,
      {.limit = 1, .view = View::kSummary, .filter = query.filter, .with_total = false});
  if (!page) return std::nullopt;
  const std::uint64_t binding = query::CursorBinding(list.organization, query.sort_by,
                                                     query.sort_order, page->applied_filters_json);
  return query::EncodeCursor({.position = *list.after}, binding);
}

bool CallstoreReader::List(const PeerList& list) {
  Clear();
  ListQuery query{.limit = list.limit,
                  .view = list.view,
                  .filter = FilterOf(list.filter),
                  .with_total = list.total};
  const bool bounded = !list.after && list.before_ms != std::numeric_limits<std::int64_t>::max();
  if (list.after) {
    auto cursor = CursorAt(list, query);
    if (!cursor) return false;
    query.cursor = *std::move(cursor);
  } else {
    // Pages are numbered: what is skipped must be whole ones.
    if (list.skip % list.limit != 0) return false;
    query.page = list.skip / list.limit;
    if (bounded) query.filter = Filter(TimeRange{.lt = list.before_ms}) && query.filter;
  }
  auto page = store_.List(list.organization, query);
  if (!page) return false;
  total_ = page->pagination.total_count;
  if (!page->calls.empty()) {
    const CallView& oldest = page->calls.back();
    last_ = {oldest.list_time(), Hash64(oldest.id())};
    cursor_list_ = {list.organization, list.filter, bounded};
    cursor_ = std::move(page->end_cursor);
  }
  page_ = *std::move(page);
  return true;
}

bool CallstoreReader::Count(std::string_view organization, const PeerFilter& filter) {
  Clear();
  const auto count = store_.Count(organization, FilterOf(filter));
  if (count) total_ = *count;
  return count.has_value();
}

bool CallstoreReader::ExportJson(std::string_view organization) {
  Clear();
  ListQuery query{.limit = kExportLimit, .with_total = false};
  std::int64_t calls = 0;
  std::string piece;
  do {
    const auto page = store_.List(organization, query);
    if (!page) return false;
    for (const CallView& call : page->calls) {
      AppendJson(call, {}, &piece);
      piece += '\n';
      if (piece.size() < kPieceBytes) continue;
      exported_bytes_ += piece.size();
      piece.clear();
    }
    calls += std::ssize(page->calls);
    query.cursor = page->next_cursor;
  } while (!query.cursor.empty());
  exported_bytes_ += piece.size();
  total_ = calls;
  return true;
}

// The bytes are counted as JSON: what the records take is not to be seen from outside.
PeerAnswer CallstoreReader::answer() const {
  PeerAnswer answer{.total = total_, .bytes = exported_bytes_};
  const auto add = [&](const CallView& call, View view) {
    answer.ids.emplace_back(call.id());
    answer.bytes += ToJson(call, {.view = view}).size();
  };
  if (call_) add(**call_, View::kFull);
  if (page_) {
    for (const CallView& call : page_->calls) add(call, page_->view);
  }
  return answer;
}

class CallstorePeer : public Peer {
 public:
  explicit CallstorePeer(const PeerOptions& options)
      : Peer(options),
        write_options_{.sync = options.sync},
        store_(Must(Store::Open({.path = options.folder,
                                 .opt_out = OptOutPolicy::kKeepAll,
                                 .cache_bytes = options.cache_bytes}),
                    "open callstore")) {}

  std::string_view name() const override { return "callstore"; }
  bool Offers(Work) const override { return true; }
  bool Put(std::span<const PeerCall> calls) override;
  bool PutJson(std::span<const std::string> texts) override {
    texts_.assign(texts.begin(), texts.end());
    return PutTexts();
  }
  bool DeleteBefore(std::string_view organization, std::int64_t before_ms) override {
    return store_.DeleteMatching(organization, TimeRange{.lt = before_ms}, write_options_)
        .has_value();
  }
  std::unique_ptr<Reader> NewReader() override {
    return std::make_unique<CallstoreReader>(&store_);
  }
  bool Settle() override { return store_.Purge().has_value(); }

 private:
  bool PutTexts();

  const WriteOptions write_options_;
  Store store_;
  std::vector<std::string_view> texts_;
};

// Of a call with a transcript its JSON is read faster than its struct, with a string for each word.
bool CallstorePeer::Put(std::span<const PeerCall> calls) {
  if (calls.size() == 1) {
    const PeerCall& call = calls.front();
    return call.transcript_record.empty()
               ? store_.Put(call.call, write_options_).has_value()
               : store_.PutJson({}, call.json, write_options_).has_value();
  }
  texts_.clear();
  for (const PeerCall& call : calls) texts_.push_back(call.json);
  return PutTexts();
}

bool CallstorePeer::PutTexts() {
  const auto put = store_.PutJsonBatch({}, texts_, write_options_);
  if (!put) return false;
  for (const auto& result : *put) {
    if (!result) return false;
  }
  return true;
}

}  // namespace

std::unique_ptr<Peer> OpenCallstore(const PeerOptions& options) {
  return std::make_unique<CallstorePeer>(options);
}

}  // namespace callstore::bench
