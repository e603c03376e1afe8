// open.h - opens a store on an environment that is not the system's.
#ifndef CALLSTORE_SRC_STORE_OPEN_H_
#define CALLSTORE_SRC_STORE_OPEN_H_

#include "callstore/store.h"
#include "engine/environment.h"

namespace callstore::store {

// As Store::Open.
Result<Store> OpenWith(const StoreOptions& options, const engine::Environment& environment);

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_OPEN_H_
