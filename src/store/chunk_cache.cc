#include "store/chunk_cache.h"

#include <utility>

namespace callstore::store {
namespace {

// What an entry takes beside the chunk's bytes.
constexpr std::size_t kEntryBytes = 512;

std::size_t SizeOf(const PinnedChunk& chunk) { return chunk.value.size() + kEntryBytes; }

}  // namespace

// Fences differ in their low bits most; a multiplication spreads them (Fibonacci hashing).
std::size_t ChunkCache::PlaceHash::operator()(const Place& place) const {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
  std::uint64_t hash = static_cast<std::uint64_t>(place.fence.time_ms) * kGolden;
  hash = (hash ^ place.fence.tie ^ (hash >> 32)) * kGolden;
  hash = (hash ^ place.organization ^ (hash >> 29)) * kGolden;
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

void ChunkCache::Remove(Shard* shard, std::list<Entry>::iterator entry) {
  shard->used_bytes -= SizeOf(*entry->chunk);
  shard->places.erase(entry->place);
  shard->entries.erase(entry);
}

std::shared_ptr<const PinnedChunk> ChunkCache::Find(const Key& key) {
  const Place place{key.organization, key.fence};
  Shard& shard = ShardOf(place);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.places.find(place);
  if (found == shard.places.end() || found->second->version != key.version) return nullptr;
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->chunk;
}

void ChunkCache::Add(const Key& key, std::shared_ptr<const PinnedChunk> chunk) {
  const Place place{key.organization, key.fence};
  if (SizeOf(*chunk) > shard_bytes_) return;
  Shard& shard = ShardOf(place);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.places.find(place); found != shard.places.end()) {
    if (found->second->version >= key.version) return;
    Remove(&shard, found->second);
  }
  shard.used_bytes += SizeOf(*chunk);
  shard.entries.push_front({place, key.version, std::move(chunk)});
  shard.places.emplace(place, shard.entries.begin());
  while (shard.used_bytes > shard_bytes_) Remove(&shard, std::prev(shard.entries.end()));
}

}  // namespace callstore::store
