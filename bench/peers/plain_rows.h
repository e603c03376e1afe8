// plain_rows.h - the rows of calls in an engine that knows keys and values alone: what LMDB and
// bare RocksDB hold here. They are what it takes to list, to get by id and by call_id, and to
// replace a call; there are no counts, no columns and no index beyond that.
//
//   calls        organization, position -> call record
//   transcripts  organization, position -> transcript record, where there is one
//   ids          organization, kind, id or call_id -> where the call lies
//
// Thread safety: OrganizationNumbers may be used from any thread; the rest are functions on values.
#ifndef CALLSTORE_BENCH_PEERS_PLAIN_ROWS_H_
#define CALLSTORE_BENCH_PEERS_PLAIN_ROWS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "base/position.h"
#include "bench/peers/peer.h"
#include "keys/keys.h"

namespace callstore::bench {

enum class Tree : std::uint8_t { kCalls, kTranscripts, kIds };

enum class NameKind : std::uint8_t { kOrganizationName, kId, kCallId };
// Organizations are kept under number 0.
std::string NameKey(keys::OrganizationNumber organization, NameKind kind, std::string_view name);

// What is kept for an id. `call_id` is there to find its row when the call is replaced.
struct IdRow {
  std::int64_t time_ms = 0;
  bool has_transcript = false;
  std::string call_id;

  friend bool operator==(const IdRow&, const IdRow&) = default;
};
std::string EncodeIdRow(const IdRow& row);
IdRow DecodeIdRow(std::string_view bytes);
std::int64_t TimeOfIdRow(std::string_view bytes);

// What is kept for a call_id.
std::string EncodePosition(const Position& position);
Position DecodePosition(std::string_view bytes);

class OrganizationNumbers {
 public:
  // Nothing where it has no calls.
  std::optional<keys::OrganizationNumber> Find(std::string_view name) const;
  void Add(std::string_view name, keys::OrganizationNumber number);
  keys::OrganizationNumber count() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, keys::OrganizationNumber, std::less<>> numbers_;
};

// The changes that store a call. `old`: what is kept for its id, if anything. The writer has
// PlaceKey(organization, position), Put(tree, key, value) and Delete(tree, key).
template <typename Writer>
void WriteRows(keys::OrganizationNumber organization, const PeerCall& call,
               const std::optional<IdRow>& old, Writer* writer) {
  const IdRow row{call.position.time_ms, !call.transcript_record.empty(),
                  call.call.call_id.value_or("")};
  const bool moved = !old || old->time_ms != row.time_ms;
  if (old && moved) {
    const auto place = writer->PlaceKey(organization, {old->time_ms, call.position.tie});
    writer->Delete(Tree::kCalls, place);
    if (old->has_transcript) writer->Delete(Tree::kTranscripts, place);
  }
  const auto place = writer->PlaceKey(organization, call.position);
  writer->Put(Tree::kCalls, place, call.call_record);
  if (row.has_transcript) {
    writer->Put(Tree::kTranscripts, place, call.transcript_record);
  } else if (!moved && old->has_transcript) {
    writer->Delete(Tree::kTranscripts, place);
  }
  if (old == row) return;
  writer->Put(Tree::kIds, NameKey(organization, NameKind::kId, call.call.id), EncodeIdRow(row));
  if (old && !old->call_id.empty() && old->call_id != row.call_id) {
    writer->Delete(Tree::kIds, NameKey(organization, NameKind::kCallId, old->call_id));
  }
  if (!row.call_id.empty() && (moved || old->call_id != row.call_id)) {
    writer->Put(Tree::kIds, NameKey(organization, NameKind::kCallId, row.call_id),
                EncodePosition(call.position));
  }
}

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_PLAIN_ROWS_H_
