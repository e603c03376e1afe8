#include "bench/compare/contestants.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "bench/archive.h"

namespace callstore::bench {

void Stop(std::string_view what) {
  std::fprintf(stderr, "callstore_compare: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

void Progress(std::string_view what) {
  static const auto start = std::chrono::steady_clock::now();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::fprintf(stderr, "%5.0f s  %.*s\n", taken.count(), static_cast<int>(what.size()),
               what.data());
}

std::unique_ptr<Peer> OpenPeer(PeerKind kind, const PeerOptions& options) {
  switch (kind) {
    case PeerKind::kCallstore:
      return OpenCallstore(options);
    case PeerKind::kSqlite:
      return OpenSqlite(options, false);
    case PeerKind::kSqliteCounts:
      return OpenSqlite(options, true);
    case PeerKind::kLmdb:
      return OpenLmdb(options);
    case PeerKind::kRocksdb:
      return OpenRocksdb(options);
  }
  return nullptr;
}

Contestants::Contestants(Choice choice) : choice_(std::move(choice)) { Open(); }

Contestants::~Contestants() {
  Close();
  std::error_code ignored;
  std::filesystem::remove_all(ScratchPath(choice_.name), ignored);
}

std::string Contestants::folder(PeerKind kind) const {
  static constexpr PerPeer<const char*> kFolders = {"callstore", "sqlite", "sqlite-counts", "lmdb",
                                                    "rocksdb"};
  return ScratchPath(choice_.name) + '/' + kFolders[Index(kind)];
}

PeerOptions Contestants::options(PeerKind kind) const {
  return {.folder = folder(kind), .cache_bytes = choice_.cache_bytes, .sync = choice_.sync};
}

void Contestants::Open() {
  for (const PeerKind kind : kinds()) {
    Slot& slot = slots_[Index(kind)];
    slot.peer = OpenPeer(kind, options(kind));
    slot.reader = slot.peer->NewReader();
  }
}

void Contestants::Close() {
  for (Slot& slot : slots_) {
    slot.reader.reset();
    slot.peer.reset();
  }
}

void Contestants::Settle() {
  for (const PeerKind kind : kinds()) {
    slots_[Index(kind)].reader.reset();
    if (!peer(kind).Settle()) Stop(std::string(PeerName(kind)) + " cannot be brought to rest");
  }
  Close();
  Open();
}

std::vector<PeerKind> Contestants::Offering(std::initializer_list<Work> works) const {
  std::vector<PeerKind> offering;
  std::ranges::copy_if(kinds(), std::back_inserter(offering), [&](PeerKind kind) {
    return std::ranges::all_of(works, [&](Work work) { return peer(kind).Offers(work); });
  });
  return offering;
}

}  // namespace callstore::bench
