#include "store/rows.h"

#include "base/hash.h"

namespace callstore::store {
namespace {

using engine::Family;
using engine::ToView;

tl::unexpected<Error> Damaged(std::string_view what) {
  return Fail(ErrorCode::kCorrupt, "a stored row is damaged or missing",
              {{"row", std::string(what)}});
}

}  // namespace

Result<std::optional<IdRecord>> Rows::ReadIdRecord(std::uint64_t tie) const {
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      database_->Get(Family::kIds, keys::IdKey(organization_, tie), snapshot_, &value));
  if (!found) return std::optional<IdRecord>();
  auto record = DecodeIdRecord(ToView(value));
  if (!record) return Damaged("id");
  return record;
}

Result<std::vector<std::uint64_t>> Rows::ReadTies(std::uint64_t call_id_hash) const {
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found, database_->Get(Family::kIds, keys::CallIdKey(organization_, call_id_hash),
                                       snapshot_, &value));
  if (!found) return std::vector<std::uint64_t>();
  auto ties = DecodeTies(ToView(value));
  if (!ties) return Damaged("call_id");
  return *std::move(ties);
}

Result<TieSearch> Rows::FindId(std::string_view id) const {
  return FindTie(id, Hash64(id), [this](std::uint64_t tie) { return ReadIdRecord(tie); });
}

Result<std::string> Rows::ReadCall(const Position& position) const {
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found,
      database_->Get(Family::kCalls, keys::CallKey(organization_, position), snapshot_, &value));
  if (!found) return Damaged("call");
  return value.ToString();
}

Result<std::string> Rows::ReadTranscript(const Position& position) const {
  engine::PinnedValue value;
  CALLSTORE_ASSIGN_OR_RETURN(
      const bool found, database_->Get(Family::kTranscripts, keys::CallKey(organization_, position),
                                       snapshot_, &value));
  return found ? value.ToString() : std::string();
}

}  // namespace callstore::store
