#include "store/row_walk.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace callstore::store {
namespace {

// A key as a number of fixed size: its bytes, the most significant one first.
std::string Padded(std::string_view key, std::size_t size) {
  std::string number(key.substr(0, size));
  number.resize(size, '\0');
  return number;
}

std::uint8_t ByteOf(const std::string& number, std::size_t i) {
  return static_cast<std::uint8_t>(number[i]);
}

// number + 2^bit; false where that is beyond the size of the number.
bool AddPower(std::size_t bit, std::string* number) {
  if (bit / 8 >= number->size()) return false;
  std::size_t i = number->size() - 1 - bit / 8;
  unsigned carry = 1U << (bit % 8);
  for (;; --i) {
    carry += ByteOf(*number, i);
    (*number)[i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
    if (carry == 0) return true;
    if (i == 0) return false;
  }
}

// The number half way between the two, rounded down. REQUIRES: the same size.
std::string Middle(const std::string& low, const std::string& high) {
  std::string sum(low.size(), '\0');
  unsigned carry = 0;
  for (std::size_t i = low.size(); i-- > 0;) {
    carry += static_cast<unsigned>(ByteOf(low, i)) + ByteOf(high, i);
    sum[i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  for (char& byte : sum) {
    const auto value = static_cast<std::uint8_t>(byte);
    byte = static_cast<char>((carry << 7) | (value >> 1));
    carry = value & 1U;
  }
  return sum;
}

}  // namespace

bool InGap(const std::vector<Gap>& gaps, std::string_view key) { return MeetsGap(gaps, key, key); }

bool MeetsGap(const std::vector<Gap>& gaps, std::string_view first, std::string_view last) {
  const auto gap = std::ranges::partition_point(gaps, [&](const Gap& g) { return g.end <= first; });
  return gap != gaps.end() && gap->begin <= last;
}

RowWalk::RowWalk(const engine::Database& database, const Range& range,
                 const engine::Snapshot* snapshot)
    : RowWalk(
          [&database, family = range.family, snapshot](const keys::Key& lower,
                                                       const keys::Key& upper) {
            return database.NewScan(family, lower, upper, snapshot);
          },
          range) {}

RowWalk::RowWalk(NewScan new_scan, const Range& range)
    : new_scan_(std::move(new_scan)), range_(range) {
  if (!SeekTo(range_.lower)) PassGap(std::string(range_.lower.view()));
}

bool RowWalk::SeekTo(std::string_view key) {
  // A fresh scan: one that met damage is not asked again.
  scan_ = new_scan_(range_.lower, range_.upper);
  scan_->Seek(key);
  return scan_->Valid() || scan_->status();
}

void RowWalk::Next() {
  last_key_.assign(scan_->key());
  scan_->Next();
  if (scan_->Valid() || scan_->status()) return;
  last_key_ += '\0';  // the first key behind the last one
  PassGap(last_key_);
}

// Rows behind two damages that are near each other may be passed with them.
void RowWalk::PassGap(std::string begin) {
  Error error = scan_->status().error();
  // A row may follow at once, where the scan merely failed to go on.
  if (SeekTo(begin)) return;
  const std::string end = Padded(range_.upper, range_.key_bytes);
  const std::string start = Padded(begin, range_.key_bytes);
  std::string low = start;
  std::string high = start;
  for (std::size_t bit = 0;; ++bit) {
    high = start;
    if (!AddPower(bit, &high) || high >= end) {
      high = end;
      break;
    }
    if (SeekTo(high)) break;
    low = high;
  }
  // From here `low` cannot be read, and `high` can, or nothing follows it.
  for (std::string middle = Middle(low, high); middle != low; middle = Middle(low, high)) {
    (SeekTo(middle) ? high : low) = middle;
  }
  if (high >= end) {
    gaps_.push_back({std::move(begin), std::string(range_.upper.view()), std::move(error)});
    scan_.reset();
    return;
  }
  SeekTo(high);
  gaps_.push_back({std::move(begin), std::move(high), std::move(error)});
}

}  // namespace callstore::store
