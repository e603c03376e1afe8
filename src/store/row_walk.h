// row_walk.h - a walk over rows that goes on behind what cannot be read.
// A damaged block ends a scan of the engine. This walk looks for the next key behind it that can be
// read, by steps that double and then by halves, and remembers the keys between as a gap.
//
// Ownership:     the database and the snapshot outlive the walk.
// Thread safety: none; one thread.
// Errors:        none: what cannot be read is a gap.
#ifndef CALLSTORE_SRC_STORE_ROW_WALK_H_
#define CALLSTORE_SRC_STORE_ROW_WALK_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "callstore/error.h"
#include "engine/database.h"
#include "keys/keys.h"

namespace callstore::store {

// Keys from `begin` (included) to `end` (excluded) whose rows cannot be read.
struct Gap {
  std::string begin;
  std::string end;
  Error error;

  bool Has(std::string_view key) const { return key >= begin && key < end; }
};

// Whether one of the gaps, which are in order, has the key; or shares one with the keys from
// `first` to `last`, both included.
bool InGap(const std::vector<Gap>& gaps, std::string_view key);
bool MeetsGap(const std::vector<Gap>& gaps, std::string_view first, std::string_view last);

class RowWalk {
 public:
  struct Range {
    engine::Family family = engine::Family::kDefault;
    keys::Key lower = {};
    keys::Key upper = {};
    // Of the keys that the rows are expected to have: how exactly the end of a gap is found.
    std::size_t key_bytes = 0;
  };
  // Makes a scan from a key up to another; a fresh one each time.
  using NewScan =
      std::function<std::unique_ptr<engine::Scan>(const keys::Key& lower, const keys::Key& upper)>;

  // Both stand at the first row.
  RowWalk(const engine::Database& database, const Range& range, const engine::Snapshot* snapshot);
  RowWalk(NewScan new_scan, const Range& range);

  bool Valid() const { return scan_ != nullptr && scan_->Valid(); }
  std::string_view key() const { return scan_->key(); }
  std::string_view value() const { return scan_->value(); }
  void Next();

  // Those that were passed so far.
  const std::vector<Gap>& gaps() const { return gaps_; }

 private:
  // Passes what cannot be read, where the scan has ended in an error; `begin` is the first key that
  // was not read.
  void PassGap(std::string begin);
  // Whether a scan can begin at the key; it is the walk's then.
  bool SeekTo(std::string_view key);

  const NewScan new_scan_;
  const Range range_;
  std::unique_ptr<engine::Scan> scan_;
  std::string last_key_;  // a buffer
  std::vector<Gap> gaps_;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_ROW_WALK_H_
