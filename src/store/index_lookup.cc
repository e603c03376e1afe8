#include "store/index_lookup.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "base/error.h"
#include "base/hash.h"
#include "keys/keys.h"

namespace callstore::store {
namespace {

using query::Condition;
using query::FieldId;
using query::Node;

// More values than these are no rare ones.
constexpr std::size_t kMostValues = 64;

std::optional<keys::IndexField> IndexFieldOf(FieldId id) {
  switch (id) {
    case FieldId::kFromNumber:
      return keys::IndexField::kFromNumber;
    case FieldId::kToNumber:
      return keys::IndexField::kToNumber;
    case FieldId::kCallSid:
      return keys::IndexField::kCallSid;
    default:
      return std::nullopt;
  }
}

bool IsLookup(const Node& node) {
  if (node.kind != Node::Kind::kCondition) return false;
  const Condition& condition = node.condition;
  if (condition.one_of.empty() || condition.one_of.size() > kMostValues) return false;
  const FieldId id = condition.field.id;
  return id == FieldId::kId || id == FieldId::kCallId || IndexFieldOf(id).has_value();
}

class IndexLookup {
 public:
  IndexLookup(const engine::Database& database, OrganizationNumber organization,
              const engine::Snapshot& snapshot, std::size_t most)
      : database_(database),
        organization_(organization),
        snapshot_(snapshot),
        rows_(database, organization, &snapshot),
        most_(most) {}

  // False where there are too many.
  Result<bool> Find(const Condition& condition, std::vector<Position>* positions) {
    for (const query::Scalar& value : condition.one_of) {
      const auto* text = std::get_if<std::string>(&value);
      if (text == nullptr) continue;
      CALLSTORE_ASSIGN_OR_RETURN(const bool few, FindValue(condition.field.id, *text, positions));
      if (!few) return false;
    }
    return true;
  }

 private:
  Result<bool> FindValue(FieldId id, const std::string& text, std::vector<Position>* positions) {
    if (id == FieldId::kId) {
      CALLSTORE_ASSIGN_OR_RETURN(const TieSearch search, rows_.FindId(text));
      if (search.position) positions->push_back(*search.position);
      return true;
    }
    if (id != FieldId::kCallId) return ScanKeys(*IndexFieldOf(id), Hash64(text), positions);
    CALLSTORE_ASSIGN_OR_RETURN(const auto ties, rows_.ReadTies(Hash64(text)));
    for (const std::uint64_t tie : ties) {
      CALLSTORE_ASSIGN_OR_RETURN(const auto record, rows_.ReadIdRecord(tie));
      if (record && !record->id.empty()) positions->push_back({record->time_ms, tie});
    }
    return true;
  }

  Result<bool> ScanKeys(keys::IndexField field, std::uint64_t hash,
                        std::vector<Position>* positions) const {
    keys::Key end = keys::IndexKey(organization_, field, hash, kOldest);
    end.Append8(0);  // behind the last key
    const auto scan =
        database_.NewHashScan(engine::Family::kIndex,
                              keys::IndexKey(organization_, field, hash, kNewest), end, &snapshot_);
    for (scan->SeekToFirst(); scan->Valid(); scan->Next()) {
      const auto position = keys::ParseIndexPosition(scan->key());
      if (!position) return Fail(ErrorCode::kCorrupt, "a stored index key is damaged");
      positions->push_back(*position);
      if (positions->size() > most_) return false;
    }
    CALLSTORE_RETURN_IF_ERROR(scan->status());
    return true;
  }

  const engine::Database& database_;
  const OrganizationNumber organization_;
  const engine::Snapshot& snapshot_;
  const Rows rows_;
  const std::size_t most_;
};

}  // namespace

Result<std::optional<IndexedCalls>> LookUpIndex(const engine::Database& database,
                                                OrganizationNumber organization,
                                                const engine::Snapshot& snapshot,
                                                const query::Node& root, std::size_t most) {
  std::vector<const Condition*> conditions;
  if (IsLookup(root)) conditions.push_back(&root.condition);
  if (root.kind == Node::Kind::kAnd) {
    for (const Node& child : root.children) {
      if (IsLookup(child)) conditions.push_back(&child.condition);
    }
  }
  // An id names one call at most: it is tried before a phone number.
  std::ranges::stable_sort(conditions, {}, [](const Condition* condition) {
    return IndexFieldOf(condition->field.id).has_value();
  });
  IndexLookup lookup(database, organization, snapshot, most);
  for (const Condition* condition : conditions) {
    IndexedCalls calls{.field = query::FullName(condition->field), .positions = {}};
    CALLSTORE_ASSIGN_OR_RETURN(const bool few, lookup.Find(*condition, &calls.positions));
    if (!few) continue;
    std::ranges::sort(calls.positions, Newer);
    calls.positions.erase(std::unique(calls.positions.begin(), calls.positions.end()),
                          calls.positions.end());
    return std::optional(std::move(calls));
  }
  return std::optional<IndexedCalls>();
}

}  // namespace callstore::store
