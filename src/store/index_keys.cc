#include "store/index_keys.h"

#include <optional>
#include <string_view>

#include "base/hash.h"

namespace callstore::store {

std::vector<keys::Key> IndexKeysOf(keys::OrganizationNumber organization, const Position& position,
                                   const CallView& call) {
  std::vector<keys::Key> index_keys;
  const auto add = [&](keys::IndexField field, const std::optional<std::string_view>& value) {
    if (!value) return;
    index_keys.push_back(keys::IndexKey(organization, field, Hash64(*value), position));
  };
  add(keys::IndexField::kFromNumber, call.from_number());
  add(keys::IndexField::kToNumber, call.to_number());
  add(keys::IndexField::kCallSid, call.call_sid());
  return index_keys;
}

}  // namespace callstore::store
