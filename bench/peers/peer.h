// peer.h - the same work on every engine: a store of calls as somebody who knows the engine well
// would build it. callstore is one of them here.
//
// What each is given costs nobody anything: calls come as structs, as JSON and as records at once,
// made before the clock starts, and each engine takes the form that suits it best. What each gives
// back is held by its Reader in the form in which a program would have it; answer() turns that into
// one form for all, outside of the time that is measured.
//
// Ownership:     a Peer owns its folder's content and outlives its readers.
// Thread safety: a Peer and each Reader belong to one thread; readers of several threads may run
//                beside the peer's writes.
// Errors:        what cannot be made or opened ends the program with a line on stderr; work that
//                fails says false.
#ifndef CALLSTORE_BENCH_PEERS_PEER_H_
#define CALLSTORE_BENCH_PEERS_PEER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/position.h"
#include "bench/workload.h"
#include "callstore/call.h"
#include "callstore/list.h"

namespace callstore::bench {

// A call in every form that an engine may want.
struct PeerCall {
  Call call;
  Position position;
  std::string json;               // the whole call, with what it was given
  std::string summary_json;       // without the long parts, as a list of summaries answers it
  std::string call_record;        // as callstore stores it
  std::string transcript_record;  // likewise; empty where there are no long parts
};
PeerCall MakePeerCall(Call call);

// A condition on each field that is set; all of them hold.
struct PeerFilter {
  std::optional<std::string> agent_id = {};
  std::optional<std::string> user_sentiment = {};
  std::optional<std::string> direction = {};
  std::optional<std::string> to_number = {};

  bool empty() const { return !agent_id && !user_sentiment && !direction && !to_number; }
  friend bool operator==(const PeerFilter&, const PeerFilter&) = default;
};

// A page, newest first.
struct PeerList {
  std::string organization = kOrganization;
  PeerFilter filter = {};
  std::int64_t before_ms = std::numeric_limits<std::int64_t>::max();  // list time; excluded
  // Go on behind this call instead: the cursor of the page before. before_ms is not looked at.
  std::optional<Position> after = {};
  std::int64_t skip = 0;  // rows before the page
  std::int64_t limit = 20;
  View view = View::kSummary;
  // Also how many calls match, exactly and in the same snapshot: the filter and before_ms, wherever
  // the page begins.
  bool total = false;
};

// What the last work found, in the form of all.
struct PeerAnswer {
  std::vector<std::string> ids = {};
  std::optional<std::int64_t> total = {};
  std::size_t bytes = 0;  // that a program was handed, so that nobody answers with pointers alone
};

class Reader {
 public:
  virtual ~Reader() = default;
  // False: it failed. A call that is not there is an answer without ids. What an engine does not
  // offer is not asked of it; see Peer::Offers.
  virtual bool List(const PeerList& list) = 0;
  virtual bool Count(std::string_view organization, const PeerFilter& filter) = 0;
  // A whole call, with its long parts.
  virtual bool Get(std::string_view organization, std::string_view id) = 0;
  virtual bool GetByCallId(std::string_view organization, std::string_view call_id) = 0;
  // All calls as JSON lines into memory, newest first, in pieces that are thrown away. The answer's
  // total says how many, its bytes how long.
  virtual bool ExportJson(std::string_view organization) = 0;
  virtual PeerAnswer answer() const = 0;
  // Where the last page ended.
  virtual std::optional<Position> last() const = 0;
};

enum class Work : std::uint8_t { kFilter, kTotal, kPageNumber, kCallId, kJson };

struct PeerOptions {
  std::string folder;
  std::size_t cache_bytes = 0;
  bool sync = false;  // whether each commit is on disk before it is answered
};

class Peer {
 public:
  virtual ~Peer() = default;
  // "callstore", "SQLite", "SQLite, kept counts", "LMDB", "RocksDB".
  virtual std::string_view name() const = 0;
  virtual bool Offers(Work work) const = 0;

  // Stores calls that are new or replace those of the same id; one commit. REQUIRES: no id twice.
  virtual bool Put(std::span<const PeerCall> calls) = 0;
  // The same from the JSON of whole calls, one commit: reading it is part of the work.
  virtual bool PutJson(std::span<const std::string> texts) = 0;
  // Deletes the calls of an organization before a list time.
  virtual bool DeleteBefore(std::string_view organization, std::int64_t before_ms) = 0;

  virtual std::unique_ptr<Reader> NewReader() = 0;

  // Brings the files into the state in which they rest: logs taken up, compacted where the engine
  // does that in its own time, statistics gathered. Not timed.
  virtual bool Settle() = 0;
  // What is written in the files.
  std::int64_t DiskBytes() const;

 protected:
  explicit Peer(PeerOptions options) : options_(std::move(options)) {}
  const PeerOptions options_;
};

// Opens a peer on its folder, which is made where it is not there.
std::unique_ptr<Peer> OpenCallstore(const PeerOptions& options);
// kept_counts: triggers keep the number of calls of each organization.
std::unique_ptr<Peer> OpenSqlite(const PeerOptions& options, bool kept_counts);
// Keys in list order with the records as values, further trees of ids and call_ids; read in place.
std::unique_ptr<Peer> OpenLmdb(const PeerOptions& options);
// The same rows, with callstore's settings of RocksDB.
std::unique_ptr<Peer> OpenRocksdb(const PeerOptions& options);

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_PEERS_PEER_H_
