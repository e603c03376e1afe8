// Goal:   a reader gets the chunk of its version or none, and memory stays bounded.
// Method: chunks of known sizes, added and found by hand.
#include "store/chunk_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace callstore::store {
namespace {

constexpr std::size_t kLarge = std::size_t{1} << 20;

std::shared_ptr<const PinnedChunk> ChunkOf(std::size_t size_bytes) {
  auto chunk = std::make_shared<PinnedChunk>();
  chunk->value.PinSelf(std::string(size_bytes, 'x'));
  return chunk;
}

ChunkCache::Key KeyOf(std::int64_t time_ms, std::uint64_t version) {
  return {.organization = 1, .fence = {time_ms, 7}, .version = version};
}

TEST(ChunkCacheTest, AddedChunkIsFoundByItsVersionAlone) {
  ChunkCache cache(kLarge);
  const auto chunk = ChunkOf(10);
  cache.Add(KeyOf(5, 3), chunk);
  EXPECT_EQ(cache.Find(KeyOf(5, 3)), chunk);
  EXPECT_EQ(cache.Find(KeyOf(5, 2)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(5, 4)), nullptr);
  EXPECT_EQ(cache.Find(KeyOf(6, 3)), nullptr);
  EXPECT_EQ(cache.Find({.organization = 2, .fence = {5, 7}, .version = 3}), nullptr);
}

TEST(ChunkCacheTest, NewerVersionReplacesOlderAndNotTheOtherWay) {
  ChunkCache cache(kLarge);
  const auto newer = ChunkOf(10);
  cache.Add(KeyOf(5, 3), ChunkOf(10));
  cache.Add(KeyOf(5, 4), newer);
  EXPECT_EQ(cache.Find(KeyOf(5, 3)), nullptr);
  cache.Add(KeyOf(5, 3), ChunkOf(10));
  EXPECT_EQ(cache.Find(KeyOf(5, 3)), nullptr) << "a slow reader must not push out the newer one";
  EXPECT_EQ(cache.Find(KeyOf(5, 4)), newer);
}

TEST(ChunkCacheTest, LeastRecentlyUsedMakesRoom) {
  ChunkCache cache(kLarge);
  constexpr std::int64_t kChunks = 1000;
  constexpr std::size_t kBytes = 10'000;
  for (std::int64_t i = 0; i < kChunks; ++i) {
    cache.Add(KeyOf(i, 1), ChunkOf(kBytes));
    cache.Find(KeyOf(0, 1));  // stays in use
  }
  std::size_t kept = 0;
  for (std::int64_t i = 0; i < kChunks; ++i) kept += cache.Find(KeyOf(i, 1)) != nullptr ? 1 : 0;
  EXPECT_LE(kept * kBytes, kLarge);
  EXPECT_GT(kept, kLarge / kBytes / 2) << "room is left unused";
  EXPECT_NE(cache.Find(KeyOf(0, 1)), nullptr);
  EXPECT_NE(cache.Find(KeyOf(kChunks - 1, 1)), nullptr);
}

TEST(ChunkCacheTest, ChunkThatWasHandedOutOutlivesItsEntry) {
  ChunkCache cache(kLarge);
  cache.Add(KeyOf(5, 1), ChunkOf(100));
  const auto held = cache.Find(KeyOf(5, 1));
  cache.Add(KeyOf(5, 2), ChunkOf(100));
  EXPECT_EQ(std::string_view(held->value.data(), held->value.size()), std::string(100, 'x'));
}

TEST(ChunkCacheTest, CacheWithoutRoomKeepsNothing) {
  ChunkCache cache(0);
  cache.Add(KeyOf(5, 1), ChunkOf(0));
  EXPECT_EQ(cache.Find(KeyOf(5, 1)), nullptr);
}

}  // namespace
}  // namespace callstore::store
