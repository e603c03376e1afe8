#include "store/chunk_shelf.h"

#include <algorithm>
#include <utility>

namespace callstore::store {
namespace {

// What a chunk takes beside its bytes.
constexpr std::size_t kChunkBytes = 512;
// What a shelf takes beside its slots, the texts of its filters included.
constexpr std::size_t kShelfBytes = 4096;

std::ptrdiff_t SizeOf(const PinnedChunk& chunk) {
  return static_cast<std::ptrdiff_t>(chunk.value.size() + kChunkBytes);
}

}  // namespace

ChunkShelf::ChunkShelf(columns::Directory directory)
    : directory_(std::move(directory)), slots_(directory_.chunk_count()) {}

std::size_t ChunkShelf::base_bytes() const {
  return kShelfBytes + slots_.size() * (sizeof(Slot) + kMostFilters * sizeof(std::uint64_t));
}

void ChunkShelf::Take(const columns::Directory& directory, std::size_t first,
                      std::span<ChunkPointer> to) {
  const std::lock_guard lock(mutex_);
  // The counters of the pointers lie beside what they point to: all of them are on their way
  // before the first is waited for.
  for (std::size_t k = 0; k < to.size(); ++k) __builtin_prefetch(slots_[first + k].chunk.get(), 1);
  for (std::size_t k = 0; k < to.size(); ++k) {
    const Slot& slot = slots_[first + k];
    to[k] = slot.version == directory.chunk(first + k).version ? slot.chunk : nullptr;
  }
}

std::shared_ptr<MatchCounts> ChunkShelf::CountsOf(const std::string& filter) {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(filters_, filter, &FilterCounts::filter);
  if (found != filters_.end()) {
    filters_.splice(filters_.begin(), filters_, found);
  } else {
    filters_.push_front({filter, std::make_shared<MatchCounts>(slots_.size())});
    if (filters_.size() > kMostFilters) filters_.pop_back();
  }
  return filters_.front().counts;
}

std::ptrdiff_t ChunkShelf::Put(std::size_t i, std::uint64_t version, ChunkPointer chunk) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[i];
  if (slot.chunk != nullptr && slot.version >= version) return 0;
  const std::ptrdiff_t before = slot.chunk != nullptr ? SizeOf(*slot.chunk) : 0;
  slot = {version, std::move(chunk)};
  return SizeOf(*slot.chunk) - before;
}

std::ptrdiff_t ChunkShelf::DropNext(std::size_t start) {
  const std::lock_guard lock(mutex_);
  for (std::size_t k = 0; k < slots_.size(); ++k) {
    Slot& slot = slots_[(start + k) % slots_.size()];
    if (slot.chunk == nullptr) continue;
    const std::ptrdiff_t size = SizeOf(*slot.chunk);
    slot = {};
    return size;
  }
  return 0;
}

std::ptrdiff_t ChunkShelf::TakeOver(ChunkShelf* older) {
  const std::scoped_lock lock(mutex_, older->mutex_);
  for (const FilterCounts& of : older->filters_) {
    filters_.push_back({of.filter, std::make_shared<MatchCounts>(slots_.size())});
  }
  std::ptrdiff_t added = 0;
  std::size_t from = 0;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Position fence = directory_.chunk(i).fence;
    while (from < older->slots_.size() && older->directory_.chunk(from).fence > fence) ++from;
    if (from == older->slots_.size()) break;
    if (older->directory_.chunk(from).fence != fence) continue;
    slots_[i] = older->slots_[from];
    if (slots_[i].chunk != nullptr) added += SizeOf(*slots_[i].chunk);
    auto of = filters_.begin();
    for (const FilterCounts& known : older->filters_) {
      (of++)->counts->Copy(*known.counts, from, i);
    }
  }
  return added;
}

}  // namespace callstore::store
