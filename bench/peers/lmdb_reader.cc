#include "bench/peers/lmdb_reader.h"

#include "base/hash.h"
#include "record/access.h"
#include "store/page_bytes.h"

namespace callstore::bench {
namespace {

constexpr std::size_t kCacheLine = 64;

// A step of a cursor; false at the end of the tree.
bool Step(MDB_cursor* cursor, MDB_cursor_op operation, MDB_val* key, MDB_val* value) {
  return mdb_cursor_get(cursor, key, value, operation) == MDB_SUCCESS;
}

// The last row before `end`, of whatever organization.
bool SeekBefore(MDB_cursor* cursor, const LmdbPlace& end, MDB_val* key, MDB_val* value) {
  *key = ToValue(ToView(end));
  const bool found = Step(cursor, MDB_SET_RANGE, key, value);
  return Step(cursor, found ? MDB_PREV : MDB_LAST, key, value);
}

// The place that a page lies before.
LmdbPlace EndOf(keys::OrganizationNumber organization, const PeerList& list) {
  if (list.after) return MakeLmdbPlace(organization, *list.after);
  if (list.before_ms != std::numeric_limits<std::int64_t>::max()) {
    return MakeLmdbPlace(organization, {list.before_ms, 0});
  }
  return MakeLmdbPlace(organization + 1, kOldest);
}

}  // namespace

LmdbReader::LmdbReader(const Lmdb* lmdb)
    : lmdb_(*lmdb),
      transaction_(lmdb->Begin(MDB_RDONLY)),
      calls_(lmdb->NewCursor(transaction_.get(), Tree::kCalls)),
      transcripts_(lmdb->NewCursor(transaction_.get(), Tree::kTranscripts)) {
  Reset();
}

void LmdbReader::Clear() {
  rows_.clear();
  bytes_ = 0;
}

void LmdbReader::Touch(std::string_view record) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < record.size(); i += kCacheLine) {
    sum += static_cast<unsigned char>(record[i]);
  }
  sum_ = static_cast<char>(sum);
  bytes_ += record.size();
}

bool LmdbReader::List(const PeerList& list) {
  Clear();
  const auto organization = lmdb_.numbers.Find(list.organization);
  if (!organization) return true;
  organization_ = *organization;
  if (!Renew()) return false;
  const bool done = Walk(list);
  Reset();
  if (!rows_.empty()) last_ = rows_.back();
  return done;
}

bool LmdbReader::Walk(const PeerList& list) {
  const LmdbPlace end = EndOf(organization_, list);
  const LmdbPlace first = MakeLmdbPlace(organization_, kOldest);
  const bool full = list.view == View::kFull;
  if (mdb_cursor_renew(transaction_.get(), calls_.get()) != MDB_SUCCESS) return false;
  if (full && mdb_cursor_renew(transaction_.get(), transcripts_.get()) != MDB_SUCCESS) return false;
  MDB_val key{};
  MDB_val value{};
  MDB_val text_key{};
  MDB_val text{};
  bool more_texts = full && SeekBefore(transcripts_.get(), end, &text_key, &text);
  bool more = SeekBefore(calls_.get(), end, &key, &value);
  while (more && ToView(key) >= ToView(first) && std::ssize(rows_) < list.limit) {
    Touch(ToView(value));
    rows_.push_back(ParseLmdbPlace(ToView(key)));
    if (more_texts && ToView(text_key) == ToView(key)) {
      Touch(ToView(text));
      more_texts = Step(transcripts_.get(), MDB_PREV, &text_key, &text);
    }
    if (std::ssize(rows_) < list.limit) more = Step(calls_.get(), MDB_PREV, &key, &value);
  }
  return true;
}

bool LmdbReader::Get(std::string_view organization, std::string_view id) {
  return GetBy(NameKind::kId, organization, id, [id](std::string_view row) {
    return Position{TimeOfIdRow(row), Hash64(id)};
  });
}

bool LmdbReader::GetByCallId(std::string_view organization, std::string_view call_id) {
  return GetBy(NameKind::kCallId, organization, call_id, DecodePosition);
}

template <typename PositionOf>
bool LmdbReader::GetBy(NameKind kind, std::string_view organization, std::string_view name,
                       const PositionOf& position_of) {
  Clear();
  const auto number = lmdb_.numbers.Find(organization);
  if (!number) return true;
  organization_ = *number;
  if (!Renew()) return false;
  std::string_view row;
  const bool found = lmdb_.Get(transaction_.get(), Tree::kIds, NameKey(*number, kind, name), &row);
  const bool done = !found || ReadAt(position_of(row));
  Reset();
  return done;
}

bool LmdbReader::ReadAt(const Position& position) {
  const LmdbPlace place = MakeLmdbPlace(organization_, position);
  std::string_view record;
  if (!lmdb_.Get(transaction_.get(), Tree::kCalls, ToView(place), &record)) return false;
  Touch(record);
  if (lmdb_.Get(transaction_.get(), Tree::kTranscripts, ToView(place), &record)) Touch(record);
  rows_.push_back(position);
  return true;
}

PeerAnswer LmdbReader::answer() const {
  PeerAnswer answer{.bytes = bytes_};
  if (!Renew()) return answer;
  for (const Position& position : rows_) {
    const LmdbPlace place = MakeLmdbPlace(organization_, position);
    std::string_view record;
    if (!lmdb_.Get(transaction_.get(), Tree::kCalls, ToView(place), &record)) continue;
    store::PageBytes aligned;
    answer.ids.emplace_back(CallViewAccess::Make({}, aligned.Copy(record), {}, false).id());
  }
  Reset();
  return answer;
}

}  // namespace callstore::bench
