// getter.h - single calls, by id or call_id.
#ifndef CALLSTORE_SRC_STORE_GETTER_H_
#define CALLSTORE_SRC_STORE_GETTER_H_

#include <string_view>

#include "callstore/call_view.h"
#include "callstore/error.h"
#include "callstore/list.h"
#include "store/state.h"

namespace callstore::store {

// Errors as Store::Get and Store::GetByCallId.
Result<StoredCall> GetById(State* state, std::string_view organization, std::string_view id,
                           View view);
Result<StoredCall> GetByCallId(State* state, std::string_view organization,
                               std::string_view call_id, View view);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_GETTER_H_
