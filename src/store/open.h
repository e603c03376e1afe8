// open.h - what the implementation knows of a Store beyond its public members.
#ifndef CALLSTORE_SRC_STORE_OPEN_H_
#define CALLSTORE_SRC_STORE_OPEN_H_

#include "callstore/store.h"
#include "engine/environment.h"

namespace callstore::store {

// As Store::Open.
Result<Store> OpenWith(const StoreOptions& options, const engine::Environment& environment);

struct StoreAccess {
  static Result<Store> Open(const StoreOptions& options, const engine::Environment& environment);
  // REQUIRES: the store is open.
  static State* StateOf(Store* store);
};

}  // namespace callstore::store

#endif  // CALLSTORE_SRC_STORE_OPEN_H_
