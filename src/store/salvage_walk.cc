#include "store/salvage_walk.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/error.h"

namespace callstore::store {
namespace {

// Longer than the keys of any row that is salvaged.
constexpr std::size_t kKeyBytes = 21;

keys::Key KeyOf(std::string_view bytes) {
  keys::Key key;
  for (const char byte : bytes.substr(0, kKeyBytes)) key.Append8(static_cast<std::uint8_t>(byte));
  return key;
}

keys::Key LastKey() {
  keys::Key key;
  for (int i = 0; i < 5; ++i) key.Append64(std::numeric_limits<std::uint64_t>::max());
  return key;
}

}  // namespace

Result<SalvageWalk> SalvageWalk::Make(engine::Salvage* salvage, engine::Family family) {
  SalvageWalk walk(salvage, family);
  const keys::Key end = LastKey();
  if (salvage->view() != nullptr) {
    const RowWalk::Range range{.family = family, .lower = {}, .upper = end, .key_bytes = kKeyBytes};
    walk.view_ = std::make_unique<RowWalk>(*salvage->view(), range, nullptr);
  } else {
    Error error{ErrorCode::kCorrupt, "the manifest is lost", {}};
    walk.gaps_.push_back({.begin = {}, .end = std::string(end.view()), .error = std::move(error)});
  }
  CALLSTORE_RETURN_IF_ERROR(walk.Choose());
  return walk;
}

Result<void> SalvageWalk::Next() {
  current_->Next();
  return Choose();
}

Result<void> SalvageWalk::Choose() {
  if (view_ != nullptr) gaps_ = view_->gaps();
  current_ = nullptr;
  for (;;) {
    ChooseFiller();
    if (current_ != nullptr) return {};
    if (filled_ == gaps_.size()) break;
    CALLSTORE_RETURN_IF_ERROR(Fill(gaps_[filled_++]));
  }
  if (view_ != nullptr && view_->Valid()) current_ = view_.get();
  return {};
}

Result<void> SalvageWalk::Fill(const Gap& gap) {
  CALLSTORE_ASSIGN_OR_RETURN(auto spares, salvage_->Spares(family_));
  fillers_.clear();
  const RowWalk::Range range{.family = family_,
                             .lower = KeyOf(gap.begin),
                             .upper = gap.end.size() > kKeyBytes ? LastKey() : KeyOf(gap.end),
                             .key_bytes = kKeyBytes};
  for (engine::Salvage::Spare& spare : spares) {
    RowWalk walk(spare.new_scan, range);
    fillers_.push_back(
        std::make_unique<Filler>(Filler{.walk = std::move(walk), .spare = std::move(spare)}));
  }
  return {};
}

// The least key; of one key the row that was written last.
void SalvageWalk::ChooseFiller() {
  const Filler* chosen = nullptr;
  for (const auto& filler : fillers_) {
    if (!filler->walk.Valid()) continue;
    const std::string_view key = filler->walk.key();
    if (chosen != nullptr && key > chosen->walk.key()) continue;
    if (chosen != nullptr && key == chosen->walk.key() &&
        filler->spare.sequence_of(key) <= chosen->spare.sequence_of(key)) {
      continue;
    }
    chosen = filler.get();
    current_ = &filler->walk;
  }
}

}  // namespace callstore::store
