#include "store/chunk_cache.h"

#include <utility>

namespace callstore::store {

std::shared_ptr<ChunkShelf> ChunkCache::Open(OrganizationNumber organization,
                                             const columns::Directory& directory) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(organization);
  if (place == places_.end()) {
    auto shelf = std::make_shared<ChunkShelf>(directory);
    entries_.push_front({organization, shelf});
    places_.emplace(organization, entries_.begin());
    Use(&entries_.front(), static_cast<std::ptrdiff_t>(shelf->base_bytes()));
    MakeRoom();
    return shelf;
  }
  Entry& entry = *place->second;
  entries_.splice(entries_.begin(), entries_, place->second);
  const columns::Directory& known = entry.shelf->directory();
  if (known.layout() == directory.layout()) return entry.shelf;
  auto shelf = std::make_shared<ChunkShelf>(directory);
  const std::ptrdiff_t taken = shelf->TakeOver(entry.shelf.get());
  // A reader of an older snapshot has a shelf of its own; nobody adds to it.
  if (known.head().version > directory.head().version) return shelf;
  entry.shelf = shelf;
  Use(&entry, static_cast<std::ptrdiff_t>(shelf->base_bytes()) + taken - entry.used_bytes);
  MakeRoom();
  return shelf;
}

void ChunkCache::Add(OrganizationNumber organization, const ChunkShelf& shelf, std::size_t i,
                     std::uint64_t version, ChunkPointer chunk) {
  const std::lock_guard lock(mutex_);
  const auto place = places_.find(organization);
  if (place == places_.end() || place->second->shelf.get() != &shelf) return;
  Use(&*place->second, place->second->shelf->Put(i, version, std::move(chunk)));
  MakeRoom();
}

void ChunkCache::MakeRoom() {
  while (used_bytes_ > capacity_) {
    Entry& last = entries_.back();
    const std::ptrdiff_t dropped = last.shelf->DropNext(Random() % last.shelf->chunk_count());
    Use(&last, -dropped);
    if (dropped > 0) continue;
    if (entries_.size() == 1) return;
    used_bytes_ -= last.used_bytes;
    places_.erase(last.organization);
    entries_.pop_back();
  }
}

// A linear congruential generator: Knuth, The Art of Computer Programming, 3.3.4, MMIX.
std::size_t ChunkCache::Random() {
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::size_t>(random_ >> 32);
}

}  // namespace callstore::store
