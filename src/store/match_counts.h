// match_counts.h - how many rows of each chunk match one filter, as queries found it.
// A count belongs to a version of the chunk's bytes, so it is never out of date: a chunk that was
// changed since has none. With them a count, or a far page, of a filter that was asked before
// tests only the chunks that changed.
//
// Thread safety: safe for concurrent use.
#ifndef CALLSTORE_SRC_STORE_MATCH_COUNTS_H_
#define CALLSTORE_SRC_STORE_MATCH_COUNTS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace callstore::store {

class MatchCounts {
 public:
  explicit MatchCounts(std::size_t chunks) : counts_(chunks) {}

  // The count of chunk `i` in this version of its bytes, where it is known.
  std::optional<std::size_t> Find(std::size_t i, std::uint64_t version) const {
    const std::uint64_t known = counts_[i].load(std::memory_order_relaxed);
    if (known == 0 || known >> kCountBits != version) return std::nullopt;
    return static_cast<std::size_t>((known & kMostCount) - 1);
  }
  void Set(std::size_t i, std::uint64_t version, std::size_t count) {
    if (count >= kMostCount || version > kMostVersion) return;
    counts_[i].store(version << kCountBits | (count + 1), std::memory_order_relaxed);
  }
  // Takes over what `other` has of its chunk `from`, as chunk `to`.
  void Copy(const MatchCounts& other, std::size_t from, std::size_t to) {
    counts_[to].store(other.counts_[from].load(std::memory_order_relaxed),
                      std::memory_order_relaxed);
  }

 private:
  // One word a chunk, so that it is read and written at once: the version above, below it the count
  // plus 1; 0 where nothing is known. What does not fit is not kept.
  static constexpr unsigned kCountBits = 16;
  static constexpr std::uint64_t kMostCount = (std::uint64_t{1} << kCountBits) - 1;
  static constexpr std::uint64_t kMostVersion = UINT64_MAX >> kCountBits;

  std::vector<std::atomic<std::uint64_t>> counts_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_MATCH_COUNTS_H_
