// Goal:   a reader gets the chunk of its version or none, whatever its directory's layout, and
//         memory stays bounded.
// Method: directories made by hand, chunks of known sizes added to their shelves and taken.
#include "store/chunk_cache.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace callstore::store {
namespace {

using columns::Directory;

constexpr OrganizationNumber kOrganization = 1;
constexpr std::size_t kLarge = std::size_t{1} << 20;

ChunkPointer ChunkOf(std::size_t size_bytes) {
  auto chunk = std::make_shared<PinnedChunk>();
  chunk->value.PinSelf(std::string(size_bytes, 'x'));
  return chunk;
}

// Chunks with these times as fences, newest first, and one more that is the oldest. Their bytes are
// of version `chunk_version`, the newest chunk's of `version`.
Directory DirectoryOf(std::uint64_t version, const std::vector<std::int64_t>& fences,
                      std::uint64_t chunk_version = 1, const Directory* like = nullptr) {
  std::vector<Directory::Chunk> chunks;
  for (const std::int64_t time_ms : fences) {
    chunks.push_back({.fence = {time_ms, 7}, .counts = {}, .version = chunk_version});
  }
  chunks.push_back({.fence = kOldest, .counts = {}, .version = chunk_version});
  return Directory::Make({.version = version, .total = {}}, chunks, like);
}

ChunkPointer TakeOne(ChunkCache* cache, const Directory& directory, std::size_t i,
                     OrganizationNumber organization = kOrganization) {
  ChunkPointer chunk;
  cache->Open(organization, directory)->Take(directory, i, {&chunk, 1});
  return chunk;
}

void AddOne(ChunkCache* cache, const Directory& directory, std::size_t i, ChunkPointer chunk,
            OrganizationNumber organization = kOrganization) {
  cache->Add(organization, *cache->Open(organization, directory), i, directory.chunk(i).version,
             std::move(chunk));
}

TEST(ChunkCacheTest, AddedChunkIsFoundInItsPlaceByItsVersionAlone) {
  ChunkCache cache(kLarge);
  const Directory directory = DirectoryOf(3, {20, 10});
  const auto chunk = ChunkOf(10);
  AddOne(&cache, directory, 1, chunk);
  EXPECT_EQ(TakeOne(&cache, directory, 1), chunk);
  EXPECT_EQ(TakeOne(&cache, directory, 0), nullptr);
  EXPECT_EQ(TakeOne(&cache, directory, 2), nullptr);
  EXPECT_EQ(TakeOne(&cache, directory, 1, kOrganization + 1), nullptr);
  EXPECT_EQ(TakeOne(&cache, DirectoryOf(4, {20, 10}, 2, &directory), 1), nullptr);
}

TEST(ChunkCacheTest, NewerVersionReplacesOlderAndNotTheOtherWay) {
  ChunkCache cache(kLarge);
  const Directory older = DirectoryOf(3, {10});
  const Directory newer = DirectoryOf(4, {10}, 1, &older);
  const auto chunk = ChunkOf(10);
  AddOne(&cache, older, 0, ChunkOf(10));
  AddOne(&cache, newer, 0, chunk);
  EXPECT_EQ(TakeOne(&cache, older, 0), nullptr);
  AddOne(&cache, older, 0, ChunkOf(10));
  EXPECT_EQ(TakeOne(&cache, older, 0), nullptr) << "a slow reader must not push out the newer one";
  EXPECT_EQ(TakeOne(&cache, newer, 0), chunk);
}

TEST(ChunkCacheTest, OtherLayoutTakesOverChunksAndCountsOfTheSameFences) {
  ChunkCache cache(kLarge);
  const Directory before = DirectoryOf(3, {30, 10});
  const auto chunk = ChunkOf(10);
  AddOne(&cache, before, 1, chunk);
  cache.Open(kOrganization, before)->CountsOf("filter")->Set(1, 1, 42);

  const Directory after = DirectoryOf(4, {40, 30, 20, 10});
  EXPECT_EQ(TakeOne(&cache, after, 3), chunk);
  EXPECT_EQ(TakeOne(&cache, after, 1), nullptr);
  const auto counts = cache.Open(kOrganization, after)->CountsOf("filter");
  EXPECT_EQ(counts->Find(3, 1), 42U);
  EXPECT_EQ(counts->Find(3, 2), std::nullopt);
  EXPECT_EQ(counts->Find(1, 1), std::nullopt);
}

TEST(ChunkCacheTest, ReaderOfAnOlderLayoutDoesNotDisturbTheNewerOne) {
  ChunkCache cache(kLarge);
  const Directory older = DirectoryOf(3, {10});
  const Directory newer = DirectoryOf(4, {20, 10});
  const auto chunk = ChunkOf(10);
  AddOne(&cache, newer, 1, chunk);
  EXPECT_EQ(TakeOne(&cache, older, 0), nullptr) << "as the newest chunk it is of another version";
  AddOne(&cache, older, 1, ChunkOf(10));
  EXPECT_EQ(TakeOne(&cache, newer, 1), chunk);
  EXPECT_EQ(TakeOne(&cache, newer, 2), nullptr);
}

TEST(ChunkCacheTest, ChunksBeyondTheBoundAreDropped) {
  constexpr std::size_t kChunks = 400;
  constexpr std::size_t kBytes = 10'000;
  ChunkCache cache(kLarge);
  std::vector<std::int64_t> fences;
  for (std::size_t i = kChunks; i > 0; --i) fences.push_back(static_cast<std::int64_t>(i));
  const Directory directory = DirectoryOf(1, fences);
  for (std::size_t i = 0; i < kChunks; ++i) AddOne(&cache, directory, i, ChunkOf(kBytes));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < kChunks; ++i) kept += TakeOne(&cache, directory, i) ? 1 : 0;
  EXPECT_LE(kept * kBytes, kLarge);
  EXPECT_GT(kept, kLarge / kBytes / 2) << "room is left unused";
}

TEST(ChunkCacheTest, OrganizationOpenedLeastRecentlyMakesRoom) {
  constexpr std::size_t kBytes = 200'000;
  ChunkCache cache(kLarge);
  const Directory directory = DirectoryOf(1, {});
  for (OrganizationNumber i = 1; i <= 20; ++i) {
    AddOne(&cache, directory, 0, ChunkOf(kBytes), i);
    EXPECT_NE(TakeOne(&cache, directory, 0, 1), nullptr) << "in use all the time, " << i;
  }
  EXPECT_EQ(TakeOne(&cache, directory, 0, 2), nullptr);
  EXPECT_NE(TakeOne(&cache, directory, 0, 20), nullptr);
}

TEST(ChunkCacheTest, ChunkThatWasHandedOutOutlivesItsPlace) {
  ChunkCache cache(kLarge);
  const Directory older = DirectoryOf(1, {});
  AddOne(&cache, older, 0, ChunkOf(100));
  const auto held = TakeOne(&cache, older, 0);
  AddOne(&cache, DirectoryOf(2, {}, 1, &older), 0, ChunkOf(100));
  EXPECT_EQ(TakeOne(&cache, older, 0), nullptr);
  EXPECT_EQ(std::string_view(held->value.data(), held->value.size()), std::string(100, 'x'));
}

TEST(ChunkCacheTest, CacheWithoutRoomKeepsNothing) {
  ChunkCache cache(0);
  const Directory directory = DirectoryOf(1, {});
  AddOne(&cache, directory, 0, ChunkOf(0));
  EXPECT_EQ(TakeOne(&cache, directory, 0), nullptr);
}

TEST(MatchCountsTest, WhatDoesNotFitIsNotKept) {
  MatchCounts counts(2);
  counts.Set(0, 5, 0);
  counts.Set(1, 5, 65'535);
  EXPECT_EQ(counts.Find(0, 5), 0U);
  EXPECT_EQ(counts.Find(1, 5), std::nullopt);
  counts.Set(1, std::uint64_t{1} << 48, 7);
  EXPECT_EQ(counts.Find(1, 0), std::nullopt);
}

}  // namespace
}  // namespace callstore::store
