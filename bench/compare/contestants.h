// contestants.h - the peers that take part in a piece of work, each on a folder of its own.
//
// Ownership:     owns the peers, their readers and their folders; the folders go with it.
// Thread safety: none; one thread.
// Errors:        what cannot be opened or fails ends the program with a line on stderr.
#ifndef CALLSTORE_BENCH_COMPARE_CONTESTANTS_H_
#define CALLSTORE_BENCH_COMPARE_CONTESTANTS_H_

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/compare/results.h"
#include "bench/peers/peer.h"

namespace callstore::bench {

// Ends the program: `what` went wrong.
[[noreturn]] void Stop(std::string_view what);
// A line on stderr, so that a person sees where the program is.
void Progress(std::string_view what);

std::unique_ptr<Peer> OpenPeer(PeerKind kind, const PeerOptions& options);

class Contestants {
 public:
  struct Choice {
    std::string name;  // of their folder in the scratch folder
    std::size_t cache_bytes = 0;
    bool sync = false;
    std::vector<PeerKind> kinds = {kAllPeers.begin(), kAllPeers.end()};
  };
  explicit Contestants(Choice choice);  // opens them
  ~Contestants();
  Contestants(const Contestants&) = delete;
  Contestants& operator=(const Contestants&) = delete;

  // Closed, the folders may be opened by somebody else.
  void Open();
  void Close();
  // Brings all into the state in which they rest, and opens them anew.
  void Settle();

  const std::vector<PeerKind>& kinds() const { return choice_.kinds; }
  // Those who offer all of this.
  std::vector<PeerKind> Offering(std::initializer_list<Work> works) const;
  Peer& peer(PeerKind kind) const { return *slots_[Index(kind)].peer; }
  Reader& reader(PeerKind kind) const { return *slots_[Index(kind)].reader; }
  std::string folder(PeerKind kind) const;
  PeerOptions options(PeerKind kind) const;

 private:
  struct Slot {
    std::unique_ptr<Peer> peer;
    std::unique_ptr<Reader> reader;  // goes before the peer
  };
  Choice choice_;
  PerPeer<Slot> slots_;
};

}  // namespace callstore::bench

#endif  // CALLSTORE_BENCH_COMPARE_CONTESTANTS_H_
