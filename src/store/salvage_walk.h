// salvage_walk.h - a walk over all rows of a family that can still be read.
// It goes through the view of a salvage, and where that has a gap, through the spares. What these
// have may be older than what was lost, or may have been deleted; a key may come more than once
// then, the row that was written last first.
//
// Ownership:     the salvage outlives the walk.
// Thread safety: none; one thread.
// Errors:        those of making the spares.
#ifndef CALLSTORE_SRC_STORE_SALVAGE_WALK_H_
#define CALLSTORE_SRC_STORE_SALVAGE_WALK_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/salvage.h"
#include "store/row_walk.h"

namespace callstore::store {

class SalvageWalk {
 public:
  // Stands at the first row.
  static Result<SalvageWalk> Make(engine::Salvage* salvage, engine::Family family);

  bool Valid() const { return current_ != nullptr; }
  std::string_view key() const { return current_->key(); }
  std::string_view value() const { return current_->value(); }
  Result<void> Next();
  // Whether the row is of the spares.
  bool is_spare() const { return current_ != view_.get(); }

  // The parts that the view did not have, so far; in order.
  const std::vector<Gap>& gaps() const { return gaps_; }

 private:
  struct Filler {
    RowWalk walk;
    engine::Salvage::Spare spare;
  };

  SalvageWalk(engine::Salvage* salvage, engine::Family family)
      : salvage_(salvage), family_(family) {}
  // Opens the spares for the gaps that the view has met since, and chooses the next row.
  Result<void> Choose();
  Result<void> Fill(const Gap& gap);
  void ChooseFiller();

  engine::Salvage* salvage_;
  engine::Family family_;
  std::unique_ptr<RowWalk> view_;  // null: there is none
  std::vector<Gap> gaps_;
  std::size_t filled_ = 0;  // of the gaps
  std::vector<std::unique_ptr<Filler>> fillers_;
  RowWalk* current_ = nullptr;
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_SALVAGE_WALK_H_
