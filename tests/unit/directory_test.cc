// Goal:   a directory finds by binary search what a walk over its chunks finds.
#include "columns/directory.h"

#include <gtest/gtest.h>

#include <random>

namespace callstore::columns {
namespace {

using Chunks = std::vector<Directory::Chunk>;

Chunks RandomChunks(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Chunks chunks;
  Position fence{1'000'000, 0};
  for (std::uint64_t i = random() % 30; i > 0; --i) {
    const auto calls = static_cast<std::int64_t>(random() % 4 == 0 ? 0 : random() % 6);
    const auto started =
        static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(calls + 1));
    chunks.push_back({.fence = fence, .counts = {.calls = calls, .started = started}});
    // Some fences share their time and differ in the tie alone.
    fence =
        random() % 3 == 0 && fence.tie > 0
            ? Position{fence.time_ms, fence.tie - 1}
            : Position{fence.time_ms - 1 - static_cast<std::int64_t>(random() % 9), random() % 9};
  }
  chunks.push_back({.fence = kOldest, .counts = {.calls = 3, .started = 2}});
  return chunks;
}

Counts Sum(const Chunks& chunks) {
  Counts sum;
  for (const Directory::Chunk& chunk : chunks) sum = sum + chunk.counts;
  return sum;
}

// As a loader sees the chunks: the newest one's summary is out of date.
Directory MakeStale(Chunks chunks) {
  const Head head{.version = 9, .total = Sum(chunks)};
  chunks[0].counts = {.calls = 77, .started = 66};
  return Directory::Make(head, chunks);
}

// The chunk of a row, by walking.
std::size_t WalkToRow(const Chunks& chunks, std::int64_t row, bool started_only) {
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const Counts& counts = chunks[i].counts;
    const std::int64_t count = started_only ? counts.started : counts.calls;
    if (row < count) return i;
    row -= count;
  }
  return chunks.size();
}

TEST(Directory, ChunksAndCountsAgreeWithSums) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    const Chunks chunks = RandomChunks(seed);
    const Directory directory = MakeStale(chunks);
    ASSERT_EQ(directory.chunk_count(), chunks.size());
    ASSERT_EQ(directory.head().version, 9U);
    Counts before;
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      ASSERT_EQ(directory.chunk(i).fence, chunks[i].fence);
      ASSERT_EQ(directory.chunk(i).counts, chunks[i].counts);
      ASSERT_EQ(directory.before(i), before);
      before = before + chunks[i].counts;
    }
  }
}

TEST(Directory, FindRowAgreesWithWalk) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    const Chunks chunks = RandomChunks(seed);
    const Directory directory = MakeStale(chunks);
    const Counts total = Sum(chunks);
    for (std::int64_t row = 0; row < total.calls; ++row) {
      ASSERT_EQ(directory.FindRow(row, false), WalkToRow(chunks, row, false)) << row;
    }
    for (std::int64_t row = 0; row < total.started; ++row) {
      ASSERT_EQ(directory.FindRow(row, true), WalkToRow(chunks, row, true)) << row;
    }
  }
}

TEST(Directory, FindPositionAgreesWithWalk) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    const Chunks chunks = RandomChunks(seed);
    const Directory directory = MakeStale(chunks);
    std::vector<Position> probes = {kNewest, kOldest};
    for (const Directory::Chunk& chunk : chunks) {
      probes.push_back(chunk.fence);
      probes.push_back(JustNewer(chunk.fence));
      if (chunk.fence.tie > 0) probes.push_back({chunk.fence.time_ms, chunk.fence.tie - 1});
    }
    for (const Position& probe : probes) {
      std::size_t walk = 0;
      while (chunks[walk].fence > probe) ++walk;
      ASSERT_EQ(directory.FindPosition(probe), walk) << probe.time_ms << '/' << probe.tie;
    }
  }
}

TEST(Directory, NewHeadGoesToTheNewestChunk) {
  const Chunks chunks = RandomChunks(4);
  ASSERT_GT(chunks.size(), 2U);
  const Directory directory = MakeStale(chunks);
  const Counts more{.calls = 5, .started = 4};
  const Directory next =
      directory.WithHead({.version = 10, .total = directory.head().total + more});
  EXPECT_EQ(next.head().version, 10U);
  EXPECT_EQ(next.chunk(0).counts, chunks[0].counts + more);
  EXPECT_EQ(next.chunk(1).counts, chunks[1].counts);
  EXPECT_EQ(next.before(2), directory.before(2) + more);
  EXPECT_EQ(directory.chunk(0).counts, chunks[0].counts) << "the old version changed";
}

TEST(Directory, ChunksMakeTheSameDirectory) {
  const Directory directory = MakeStale(RandomChunks(6));
  const Directory copy = Directory::Make(directory.head(), directory.Chunks());
  ASSERT_EQ(copy.chunk_count(), directory.chunk_count());
  for (std::size_t i = 0; i < copy.chunk_count(); ++i) {
    EXPECT_EQ(copy.chunk(i).counts, directory.chunk(i).counts);
    EXPECT_EQ(copy.before(i), directory.before(i));
  }
}

TEST(Directory, LayoutIsSharedByEqualFencesAlone) {
  const Chunks chunks = RandomChunks(6);
  const Directory directory = MakeStale(chunks);
  const Head head{.version = 9, .total = directory.head().total};
  EXPECT_EQ(directory.WithHead(head).layout(), directory.layout());
  Chunks changed = directory.Chunks();
  changed[3].version = 9;
  EXPECT_EQ(Directory::Make(head, changed, &directory).layout(), directory.layout());
  EXPECT_NE(Directory::Make(head, changed).layout(), directory.layout());
  changed.erase(changed.begin() + 2);
  EXPECT_NE(Directory::Make(head, changed, &directory).layout(), directory.layout());
}

TEST(DirectoryRecords, HeadDecodesBack) {
  const Head head{.version = UINT64_MAX, .total = {.calls = 1LL << 40, .started = 12}};
  const std::optional<Head> decoded = DecodeHead(EncodeHead(head));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->version, head.version);
  EXPECT_EQ(decoded->total, head.total);
}

TEST(DirectoryRecords, SummaryDecodesBack) {
  for (const Counts counts : {Counts{0, 0}, Counts{4096, 4095}, Counts{UINT32_MAX, UINT32_MAX}}) {
    EXPECT_EQ(DecodeSummary(EncodeSummary(counts)), counts);
  }
}

TEST(DirectoryRecords, EncodedBytesAreFixed) {
  EXPECT_EQ(EncodeHead({.version = 3, .total = {.calls = 258, .started = 1}}),
            std::string("\x01\x03\0\0\0\0\0\0\0\x02\x01\0\0\0\0\0\0\x01\0\0\0\0\0\0\0", 25));
  EXPECT_EQ(EncodeSummary({.calls = 258, .started = 1}),
            std::string("\x01\x02\x01\0\0\x01\0\0\0", 9));
}

TEST(DirectoryRecords, ForeignBytesAreRefused) {
  const std::string head = EncodeHead({.version = 3, .total = {.calls = 258, .started = 1}});
  const std::string summary = EncodeSummary({.calls = 258, .started = 1});
  EXPECT_FALSE(DecodeHead(""));
  EXPECT_FALSE(DecodeHead(head.substr(1)));
  EXPECT_FALSE(DecodeHead(head + '\0'));
  EXPECT_FALSE(DecodeHead('\x02' + head.substr(1)));
  EXPECT_FALSE(DecodeHead(summary));
  EXPECT_FALSE(DecodeSummary(""));
  EXPECT_FALSE(DecodeSummary(summary.substr(1)));
  EXPECT_FALSE(DecodeSummary(summary + '\0'));
  EXPECT_FALSE(DecodeSummary('\x02' + summary.substr(1)));
}

TEST(DirectoryRecords, ImpossibleCountsAreRefused) {
  EXPECT_FALSE(DecodeHead(EncodeHead({.version = 1, .total = {.calls = 1, .started = 2}})));
  EXPECT_FALSE(DecodeHead(EncodeHead({.version = 1, .total = {.calls = -1, .started = -1}})));
  EXPECT_FALSE(DecodeHead(EncodeHead({.version = 1, .total = {.calls = 1, .started = -1}})));
  EXPECT_FALSE(DecodeHead(EncodeHead({.version = 1, .total = {.calls = INT64_MAX}})));
  EXPECT_FALSE(DecodeSummary(std::string("\x01\x01\0\0\0\x02\0\0\0", 9)));
}

}  // namespace
}  // namespace callstore::columns
