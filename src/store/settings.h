// settings.h - what an organization has set for all of its calls: holds and retention.
//
// Thread safety: safe for concurrent use; changes wait for writers of the organization.
#ifndef CALLSTORE_SRC_STORE_SETTINGS_H_
#define CALLSTORE_SRC_STORE_SETTINGS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "callstore/erase.h"
#include "store/state.h"

namespace callstore::store {

// As the members of Store with these names.
Result<void> PlaceHold(State* state, std::string_view organization, std::string_view name,
                       const Filter& filter);
Result<void> ReleaseHold(State* state, std::string_view organization, std::string_view name);
Result<std::vector<Hold>> HoldsOf(State* state, std::string_view organization);
Result<void> SetRetention(State* state, std::string_view organization, std::uint32_t days);

// The number of an organization. not_found.
Result<OrganizationNumber> KnownOrganization(State* state, std::string_view organization);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_SETTINGS_H_
