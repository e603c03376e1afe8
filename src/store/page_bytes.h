// page_bytes.h - the memory that the rows of one page are copied into.
// FlatBuffers want 8-byte alignment, which values in RocksDB's blocks do not have.
//
// Ownership: owns its blocks; addresses never change.
#ifndef CALLSTORE_SRC_STORE_PAGE_BYTES_H_
#define CALLSTORE_SRC_STORE_PAGE_BYTES_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace callstore::store {

class PageBytes {
 public:
  // A copy at an 8-byte aligned address.
  std::string_view Copy(std::string_view bytes) {
    const std::size_t size = (bytes.size() + 7) & ~std::size_t{7};
    if (size > room_) Grow(size);
    char* copy = next_;
    std::memcpy(copy, bytes.data(), bytes.size());
    next_ += size;
    room_ -= size;
    used_ += bytes.size();
    return {copy, bytes.size()};
  }

  // Gives the last copy back. REQUIRES: `copy` is what the last Copy returned.
  void TakeBack(std::string_view copy) {
    const std::size_t size = (copy.size() + 7) & ~std::size_t{7};
    next_ -= size;
    room_ += size;
    used_ -= copy.size();
  }

  // Bytes copied so far.
  std::size_t used() const { return used_; }

 private:
  static constexpr std::size_t kFirstBlock = 32 << 10;
  static constexpr std::size_t kLargestBlock = 1 << 20;

  void Grow(std::size_t size) {
    const std::size_t doubled = std::min(kFirstBlock << blocks_.size(), kLargestBlock);
    room_ = std::max(size, blocks_.size() < 8 ? doubled : kLargestBlock);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    next_ = blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t room_ = 0;
  std::size_t used_ = 0;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_PAGE_BYTES_H_
