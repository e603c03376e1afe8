#include "columns/directory.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <limits>
#include <utility>

#include "base/bytes.h"

namespace callstore::columns {
namespace {

// head: version of the format, version of the directory (8), calls (8), started (8).
constexpr char kHeadFormat = 1;
constexpr std::size_t kHeadBytes = 1 + 3 * 8;
// summary: version of the format, calls (4), started (4).
constexpr char kSummaryFormat = 1;
constexpr std::size_t kSummaryBytes = 1 + 2 * 4;

// Far more than any store holds, and far from where sums of counts overflow.
constexpr std::int64_t kMostCalls = std::int64_t{1} << 56;

std::uint64_t NewLayout() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

std::string EncodeHead(const Head& head) {
  std::string value;
  value.reserve(kHeadBytes);
  value.push_back(kHeadFormat);
  AppendLittle(head.version, &value);
  AppendLittle(head.total.calls, &value);
  AppendLittle(head.total.started, &value);
  return value;
}

std::optional<Head> DecodeHead(std::string_view value) {
  if (value.size() != kHeadBytes || value[0] != kHeadFormat) return std::nullopt;
  const Head head{.version = LoadLittle<std::uint64_t>(value.data() + 1),
                  .total = {.calls = LoadLittle<std::int64_t>(value.data() + 9),
                            .started = LoadLittle<std::int64_t>(value.data() + 17)}};
  const Counts& total = head.total;
  if (total.calls < 0 || total.calls > kMostCalls) return std::nullopt;
  if (total.started < 0 || total.started > total.calls) return std::nullopt;
  return head;
}

std::string EncodeSummary(const Counts& counts) {
  assert(counts.calls >= 0 && counts.calls <= std::numeric_limits<std::uint32_t>::max());
  assert(counts.started >= 0 && counts.started <= counts.calls);
  std::string value;
  value.reserve(kSummaryBytes);
  value.push_back(kSummaryFormat);
  AppendLittle(static_cast<std::uint32_t>(counts.calls), &value);
  AppendLittle(static_cast<std::uint32_t>(counts.started), &value);
  return value;
}

std::optional<Counts> DecodeSummary(std::string_view value) {
  if (value.size() != kSummaryBytes || value[0] != kSummaryFormat) return std::nullopt;
  const Counts counts{.calls = LoadLittle<std::uint32_t>(value.data() + 1),
                      .started = LoadLittle<std::uint32_t>(value.data() + 5)};
  if (counts.started > counts.calls) return std::nullopt;
  return counts;
}

Directory Directory::Make(const Head& head, const std::vector<Chunk>& chunks,
                          const Directory* like) {
  assert(!chunks.empty());
  std::vector<ChunkEntry> older;
  older.reserve(chunks.size() - 1);
  Counts sum;
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    assert(Newer(chunks[i - 1].fence, chunks[i].fence));
    older.push_back({.fence = chunks[i].fence,
                     .counts = chunks[i].counts,
                     .version = chunks[i].version,
                     .before = sum});
    sum = sum + chunks[i].counts;
  }
  Directory directory;
  directory.head_ = head;
  directory.newest_fence_ = chunks[0].fence;
  directory.newest_ = head.total - sum;
  directory.older_ = std::make_shared<const std::vector<ChunkEntry>>(std::move(older));
  directory.layout_ = like != nullptr && directory.HasFencesOf(*like) ? like->layout_ : NewLayout();
  return directory;
}

bool Directory::HasFencesOf(const Directory& other) const {
  return newest_fence_ == other.newest_fence_ &&
         std::ranges::equal(*older_, *other.older_, {}, &ChunkEntry::fence, &ChunkEntry::fence);
}

Directory::Chunk Directory::chunk(std::size_t i) const {
  assert(i < chunk_count());
  if (i == 0) return {.fence = newest_fence_, .counts = newest_, .version = head_.version};
  const ChunkEntry& entry = (*older_)[i - 1];
  return {.fence = entry.fence, .counts = entry.counts, .version = entry.version};
}

Counts Directory::before(std::size_t i) const {
  assert(i < chunk_count());
  return i == 0 ? Counts{} : newest_ + (*older_)[i - 1].before;
}

std::size_t Directory::FindPosition(const Position& position) const {
  if (position >= newest_fence_) return 0;
  const auto found =
      std::partition_point(older_->begin(), older_->end(),
                           [&](const ChunkEntry& entry) { return entry.fence > position; });
  // The oldest chunk's fence is kOldest; were it not, that chunk would still be the one.
  const auto i = 1 + static_cast<std::size_t>(found - older_->begin());
  return std::min(i, chunk_count() - 1);
}

std::size_t Directory::FindRow(std::int64_t row, bool started_only) const {
  const auto count = started_only ? &Counts::started : &Counts::calls;
  if (row < newest_.*count) return 0;
  const std::int64_t older_row = row - newest_.*count;
  // The last chunk with at most `older_row` rows before it: those with none of their own, which
  // share that number, come earlier.
  const auto past = std::partition_point(
      older_->begin(), older_->end(),
      [&](const ChunkEntry& entry) { return entry.before.*count <= older_row; });
  return static_cast<std::size_t>(past - older_->begin());
}

Directory Directory::WithHead(const Head& head) const {
  Directory directory = *this;
  directory.newest_ = newest_ + (head.total - head_.total);
  directory.head_ = head;
  return directory;
}

std::vector<Directory::Chunk> Directory::Chunks() const {
  std::vector<Chunk> chunks;
  chunks.reserve(chunk_count());
  for (std::size_t i = 0; i < chunk_count(); ++i) chunks.push_back(chunk(i));
  return chunks;
}

}  // namespace callstore::columns
